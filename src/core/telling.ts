/**
 * Every event as one sentence that stands by itself: for the audit trail, where nobody has the
 * order at hand. What people are told as it happens is in wording.ts.
 */
import type { Quantity } from './amount.ts'
import { absolute, formatMoney, formatPrice, formatQuantity } from './amount.ts'
import { totalCharges } from './charges.ts'
import type { Event, EventOf } from './event.ts'
import { guardTelling } from './guard-wording.ts'
import { symbolOf } from './instrument.ts'
import type { Pricing, Revision, Validity } from './order.ts'
import { comparedText } from './wording.ts'

// tidy-ok: one switch over all events
export function telling(event: Event): string {
  switch (event.type) {
    case 'AccountOpened':
      return `The account was opened at ${event.broker}, ${event.mode}.`
    case 'EpochStarted':
      return `Tags begin with ${event.epoch} from here on.`
    case 'OrderPlaced':
      return `${event.orderId}: ${wishText(event)} was placed for ${event.owner}${skipText(event)}.`
    case 'OrderDenied':
      return `Denied: ${ticketText(event)}: ${event.code} ${event.context}`.trimEnd()
    case 'OrderSending':
      return event.request === 'place'
        ? `${event.orderId} is being sent.`
        : `${event.orderId}: its ${event.request} is being sent.`
    case 'OrderAccepted':
      return `${event.orderId}: the broker has it as ${event.brokerOrderId} (by ${event.by}).`
    case 'OrderRejected':
      return `${event.orderId} was rejected by the broker: ${codeText(event)}`
    case 'OrderUnknown':
      return `${event.orderId} is UNKNOWN: ${event.evidence}.`
    case 'OrderNotFound':
      return `${event.orderId} was not in the broker's book.`
    case 'OrderLapsed':
      return `${event.orderId} is presumed never to have reached the broker.`
    case 'OrderNotSent':
      return `${event.orderId}: its ${event.request} never left (${event.reason}); it waits.`
    case 'OrderFilled':
      return `${event.orderId}: ${tradeText(event)} (trade ${event.tradeId}).`
    case 'FillBusted':
      return `${event.orderId}: the exchange took trade ${event.tradeId} back: ${tradeText(event)}.`
    case 'ChargesBooked': {
      const cost = `${formatMoney(totalCharges(event.lines))} ${event.currency}`
      return `${event.orderId}: trade ${event.tradeId} cost ${cost} (${event.rule}).`
    }
    case 'AmendAsked':
      return `${event.orderId}: ${event.by} asked for a change to ${revisionText(event.to)}.`
    case 'AmendDenied':
      return `${event.orderId}: the change was denied: ${event.code} ${event.context}`.trimEnd()
    case 'Amended':
      return `${event.orderId} was changed to ${revisionText(event.to)} (by ${event.by}).`
    case 'AmendRejected':
      return `${event.orderId} was not changed: ${codeText(event)}`
    case 'AmendUnknown':
      return `${event.orderId}: nobody knows whether it was changed: ${event.evidence}.`
    case 'CancelAllAsked': {
      const { by, orders, instrument, owner } = event
      const of = [instrument && symbolOf(instrument), owner].filter(Boolean).join(' of ')
      return `${by} asked for all orders${of && ` in ${of}`} to be cancelled: ${orders} of them.`
    }
    case 'CancelAsked':
      return `${event.orderId}: ${event.by} asked for it to be cancelled.`
    case 'CancelDenied':
      return `${event.orderId}: the cancel was denied: ${event.code} ${event.context}`.trimEnd()
    case 'CancelAccepted':
      return `${event.orderId}: the broker took the cancel.`
    case 'CancelRejected':
      return `${event.orderId}: the broker refused to cancel it: ${codeText(event)}`
    case 'CancelUnknown':
      return `${event.orderId}: nobody knows whether the cancel arrived: ${event.evidence}.`
    case 'OrderCancelled':
      return `${event.orderId} was cancelled (${event.reason || 'by the broker'}).`
    case 'OrderExpired':
      return `${event.orderId} expired: ${event.reason}.`
    case 'ManualTradeSeen':
      return `By hand: ${tradeText(event)} (trade ${event.tradeId}), in the book of ${event.owner}.`
    case 'HoldingsAdopted':
      return `Held before: ${carriedText(event)}.`
    case 'LegAdjusted':
      return `${upper(event.owner)}: ${carriedText(event)} (${event.why}).`
    case 'LegMoved': {
      const { quantity, instrument, product, owner, toProduct, toOwner, reason } = event
      const from = `${owner} ${product}`
      const what = `${formatQuantity(quantity)} ${symbolOf(instrument)}`
      return `${what} went from ${from} to ${toOwner} ${toProduct} (${reason}).`
    }
    case 'SymbolTracked':
      return `${symbolOf(event.instrument)} is tracked from here on, with ${formatQuantity(
        event.preexisting,
      )} held by others.`
    case 'SymbolReleased':
      return `${symbolOf(event.instrument)} is tracked no longer (${event.why}, by ${event.by}).`
    case 'SlippageSeen':
      return slippageText(event)
    case 'EquityMarked':
      return equityText(event)
    case 'BookCompared':
      return `${comparedText(event)}.`
    case 'RecordImported':
      return `Imported ${event.ref}: ${event.symbol} (${event.kind} of another system).`
    case 'SettlingDenied':
      return `Denied: ${event.code} ${event.context}`.trimEnd()
    case 'CashMoved':
      return `Cash moved by ${formatMoney(event.amount)} ${event.currency} (${event.reason}).`
    case 'BreakFound':
      return `BREAK in ${symbolOf(event.instrument)} ${event.product}: ${heldText(event)}; ${
        event.evidence
      }.`
    case 'BreakSettled':
      return `Break in ${symbolOf(event.instrument)} ${event.product} settled: ${event.how}.`
    case 'BrokerConnected':
      return 'Connected to the broker.'
    case 'BrokerLost':
      return `Connection to the broker lost: ${event.reason}.`
    case 'OrderWentStale':
      return `${event.orderId} has worked for ${event.hours} hours; the broker still has it.`
    case 'EndOfDayStepDone': {
      const { group, date, step, ok, detail } = event
      return `End of ${date} (${group}), step ${step} ${ok ? 'done' : 'FAILED'}: ${detail}.`
    }
    case 'PositionMarked': {
      const { instrument, date, price } = event
      return `${symbolOf(instrument)} ended ${date} at ${formatPrice(price)}.`
    }
    case 'EndOfDayDone': {
      const { group, date, stepsCompleted, stepsFailed } = event
      return `End of ${date} (${group}): ${stepsCompleted} steps done, ${stepsFailed} failed.`
    }
    case 'DayClosed':
      return `The day ${event.date} of ${event.exchange} was closed.`
    case 'AnomalySeen':
      return `Odd: ${event.subject}: ${event.what}.`
    case 'AccountFailed':
      return event.closed
        ? `ACCOUNT CLOSED: its own books contradict each other (${event.reason}).`
        : `The account was rebuilt from its journal: ${event.reason}.`
    case 'AccountReopened':
      return `The account was reopened by ${event.by}.`
    default:
      return guardTelling(event)
  }
}

const skipText = ({ skippedChecks }: Pick<EventOf<'OrderPlaced'>, 'skippedChecks'>): string =>
  skippedChecks ? ', without the checks of caps, band, session and cash' : ''

/** `BUY 10 INFY LIMIT 101.5` */
export function wishText({ terms }: Pick<EventOf<'OrderPlaced'>, 'terms'>): string {
  const { quantity, instrument, pricing, validity } = terms
  const side = quantity > 0n ? 'BUY' : 'SELL'
  const what = `${side} ${sizeText(quantity)} ${symbolOf(instrument)}`
  return `${what} ${pricingText(pricing)}${validityText(validity)}`
}

/** The wish as it was asked, before it was checked. */
export function ticketText({ ticket }: Pick<EventOf<'OrderDenied'>, 'ticket'>): string {
  const { side, size, instrument, type, price, trigger, validity } = ticket
  const units = size === undefined ? '' : `${formatQuantity(size)} `
  const at = [price && formatPrice(price), trigger && `trigger ${formatPrice(trigger)}`]
  const what = `${side.toUpperCase()} ${units}${symbolOf(instrument)} ${type.toUpperCase()}`
  return `${[what, ...at].filter(Boolean).join(' ')}${validityText(validity)}`
}

function pricingText(pricing: Pricing): string {
  switch (pricing.type) {
    case 'market':
      return 'MARKET'
    case 'limit':
      return `LIMIT ${formatPrice(pricing.limit)}`
    case 'sl':
      return `SL ${formatPrice(pricing.limit)} trigger ${formatPrice(pricing.trigger)}`
    case 'sl-m':
      return `SL-M trigger ${formatPrice(pricing.trigger)}`
  }
}

/** Nothing for the whole day, which is what most orders are for. */
function validityText(validity: Validity): string {
  if (validity === 'day') return ''
  return validity === 'ioc' ? ' IOC' : ` for ${validity.minutes} min`
}

/** `12 LIMIT 101.5` */
export function revisionText({ quantity, pricing, validity, disclosed }: Revision): string {
  const shown = disclosed === undefined ? '' : `, showing ${formatQuantity(disclosed)}`
  return `${sizeText(quantity)} ${pricingText(pricing)}${validityText(validity)}${shown}`
}

type Traded = Pick<EventOf<'OrderFilled'>, 'quantity' | 'instrument' | 'price'>

function tradeText({ quantity, instrument, price }: Traded): string {
  const verb = quantity > 0n ? 'bought' : 'sold'
  return `${verb} ${sizeText(quantity)} ${symbolOf(instrument)} at ${formatPrice(price)}`
}

const sizeText = (size: Quantity): string => formatQuantity(absolute(size))

const carriedText = ({
  instrument,
  product,
  quantity,
}: Pick<EventOf<'HoldingsAdopted'>, 'instrument' | 'product' | 'quantity'>): string =>
  `${quantity < 0n ? '' : '+'}${formatQuantity(quantity)} ${symbolOf(instrument)} ${product}`

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function slippageText(event: EventOf<'SlippageSeen'>): string {
  const { instrument, product, ours, theirs, within } = event
  const what = `${symbolOf(instrument)} ${product}: our average is ${formatPrice(ours)}`
  return `${what}, the broker’s ${formatPrice(theirs)}${within ? ': they agree again' : ''}.`
}

function equityText(event: EventOf<'EquityMarked'>): string {
  const { currency, balance, equity, openPositions, unpriced } = event
  const held = `balance ${formatMoney(balance)} ${currency}, ${openPositions} positions open`
  if (equity === undefined) return `Equity is not known: ${unpriced} have no price; ${held}.`
  return `Equity ${formatMoney(equity)} ${currency}: ${held}.`
}

const heldText = ({ ours, theirs }: Pick<EventOf<'BreakFound'>, 'ours' | 'theirs'>): string =>
  `we have ${formatQuantity(ours)}, the broker ${formatQuantity(theirs)}`

const codeText = ({ code, reason }: { readonly code: string; readonly reason: string }): string =>
  reason === '' ? code : `${reason} (${code})`

/** Names as the journal has them, in words: `key:me` is the key "me". */
function whoText(name: string): string {
  if (name === 'program') return 'the program it runs in'
  const [kind, rest] = halves(name, ':')
  if (kind === 'key' && rest !== '') return `the key "${rest}"`
  if (kind === 'strategy' && rest !== '') return `the strategy "${rest}"`
  return name
}

/** What brought an entry about, as a noun. */
export function causeText(cause: string): string {
  const [word, rest] = halves(cause, ' ')
  if (word === 'answer') return 'the broker’s answer to our call'
  if (word === 'turn') return 'its turn under the rate limit'
  if (cause === 'book') return 'a reading of the broker’s book'
  if (cause === 'clock') return 'the clock'
  if (cause === 'start') return 'the start of the desk'
  if (cause === 'restore') return 'a restore from a backup'
  if (cause === 'desk') return 'the desk itself'
  if (rest === 'told') return 'a report of the broker'
  const [scope, id] = halves(cause, '/')
  return id === '' ? whoText(scope) : `${whoText(scope)} under the id ${id}`
}

function halves(text: string, by: string): readonly [before: string, after: string] {
  const at = text.indexOf(by)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + by.length)]
}
