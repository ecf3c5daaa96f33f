/** What people are told, in one place, whichever way it reaches them. */
import type { Money, Price, Quantity } from './amount.ts'
import { absolute, average, formatPrice, formatQuantity, plus } from './amount.ts'
import type { Event, EventOf } from './event.ts'
import type { Currency } from './instrument.ts'
import { currency, symbolOf } from './instrument.ts'
import { isTraded } from './owner.ts'
import type { Order } from './order.ts'

const INR = currency('INR')
const SIGNS: Readonly<Record<string, string>> = { INR: '₹', USD: '$', EUR: '€', GBP: '£' }

/** `₹1,00,000.00`, `-$1,234.50`, `CHF 12.00`: two decimals, half away from zero. */
export function moneyText(amount: Money, currency: Currency): string {
  const cents = 10n ** 14n
  const whole = (absolute(amount) + cents / 2n) / cents
  const sign = amount < 0n && whole !== 0n ? '-' : ''
  const mark = SIGNS[currency] ?? `${currency} `
  const units = grouped((whole / 100n).toString(), currency)
  return `${sign}${mark}${units}.${(whole % 100n).toString().padStart(2, '0')}`
}

/** A price with at least two decimals, and as many as it has. */
export function priceText(at: Price, currency: Currency): string {
  const [whole = '', fraction = ''] = formatPrice(at).split('.')
  const mark = SIGNS[currency] ?? `${currency} `
  return `${mark}${grouped(whole, currency)}.${fraction.padEnd(2, '0')}`
}

export const countText = (count: number, currency: Currency): string =>
  grouped(count.toString(), currency)

/** Lakhs and crores where the currency is INR, thousands elsewhere. */
function grouped(digits: string, currency: Currency): string {
  const last = digits.slice(-3)
  const rest = digits.slice(0, -3)
  if (rest === '') return last
  const step = currency === 'INR' ? /\B(?=(\d{2})+$)/g : /\B(?=(\d{3})+$)/g
  return `${rest.replace(step, ',')},${last}`
}

/** `1,204 of 1,204 matched, 0 open`: they add up. */
export function comparedText(event: EventOf<'BookCompared'>): string {
  const { matched, total, unknown, failed } = event
  const [agree, all, open] = [matched, total, total - matched].map((n) => grouped(`${n}`, INR))
  const doubt = unknown > 0 ? `, ${unknown} orders unknown` : ''
  const lost = failed === '' ? '' : `; could not be read: ${failed}`
  return `${agree} of ${all} matched, ${open} open${doubt}${lost}`
}

const sizeText = (size: Quantity): string => formatQuantity(absolute(size))

/** A sentence about an event that people want to hear of; undefined for the rest. */
export function sentence(event: Event, order: Order | undefined): string | undefined {
  switch (event.type) {
    case 'OrderFilled':
      return order && filledText(order, event.quantity, event.price)
    case 'FillBusted':
      return order && `BUSTED: the exchange took trade ${event.tradeId} of ${summary(order)} back`
    case 'OrderRejected':
      return order && `${summary(order)} was rejected by the broker: ${event.reason}`
    case 'OrderDenied':
      return `Denied: ${event.code} ${event.context} (asked by ${event.ticket.by})`
    case 'OrderUnknown':
      return order && `${summary(order)} is UNKNOWN: ${event.evidence}. It will not be sent again.`
    case 'OrderLapsed':
      return order && `${summary(order)} is presumed never to have reached the broker.`
    case 'OrderCancelled':
      return order && `${summary(order)} was cancelled (${event.reason || 'by the broker'})`
    case 'OrderExpired':
      return order && `${summary(order)} expired: ${event.reason}`
    case 'Amended':
      return (
        order && `${summary(order)} was changed${event.by === 'broker' ? ' at the broker' : ''}`
      )
    case 'AmendRejected':
      return order && `${summary(order)} was not changed: ${event.reason}`
    case 'AmendUnknown':
      return order && `${summary(order)}: whether it was changed is UNKNOWN: ${event.evidence}`
    case 'CancelRejected':
      return order && `${summary(order)}: the broker refused to cancel it: ${event.reason}`
    case 'BrokerLost':
      return `Connection to the broker lost: ${event.reason}`
    case 'AnomalySeen':
      return `Odd: ${event.subject}: ${event.what}`
    case 'AccountFailed':
      return event.closed
        ? `ACCOUNT CLOSED: its own books contradict each other (${event.reason})`
        : `The account was rebuilt from its journal: ${event.reason}`
    case 'AccountReopened':
      return `The account was reopened by ${event.by}`
    default:
      return booksSentence(event, order)
  }
}

/** Of whose shares are whose. */
function booksSentence(event: Event, order: Order | undefined): string | undefined {
  switch (event.type) {
    case 'ManualTradeSeen': {
      const { quantity, price, currency, instrument, owner, whole, tracked } = event
      const verb = quantity > 0n ? 'Bought' : 'Sold'
      const size =
        quantity === whole ? sizeText(quantity) : `${sizeText(quantity)} of ${sizeText(whole)}`
      const what = `${size} ${symbolOf(instrument)} at ${priceText(price, currency)}`
      const counts = isTraded(owner)
        ? `, tracked ${formatQuantity(tracked)} → ${formatQuantity(plus(tracked, quantity))}`
        : ''
      return `${verb} by hand: ${what} (book ${owner}${counts})`
    }
    case 'HoldingsAdopted': {
      const { quantity, instrument } = event
      return `Held before Tallyman came: ${formatQuantity(quantity)} ${symbolOf(instrument)}`
    }
    case 'LegMoved': {
      const { quantity, instrument, owner, toOwner, product, toProduct } = event
      const what = `${formatQuantity(quantity)} ${symbolOf(instrument)}`
      return `${what} moved from ${owner} (${product}) to ${toOwner} (${toProduct})`
    }
    case 'SymbolReleased':
      return `Tracking of ${symbolOf(event.instrument)} stopped (${event.why})`
    case 'OrderWentStale':
      return (
        order && `${summary(order)} has worked for ${event.hours} hours; the broker has it still`
      )
    case 'EndOfDayStepDone':
      return event.ok ? undefined : `End of day, step ${event.step} FAILED: ${event.detail}`
    case 'EndOfDayDone':
      return event.summary
    case 'SettlingDenied':
      return `Denied: ${event.code} ${event.context} (asked by ${event.by})`
    case 'BreakFound': {
      const { instrument, ours, theirs } = event
      const held = `we have ${formatQuantity(ours)}, the broker ${formatQuantity(theirs)}`
      const lock = event.material ? ' Automatic orders in it wait.' : ''
      return `BREAK in ${symbolOf(instrument)}: ${held}; ${event.evidence}.${lock}`
    }
    case 'BreakSettled':
      return `Break in ${symbolOf(event.instrument)} settled${
        event.as === undefined ? '' : ` as ${event.as} by ${event.by}`
      }: ${event.how}.`
    default:
      return undefined
  }
}

/** How much room there is on the disk of the data folder, when that changes. */
type PricesNews =
  | { readonly is: 'lost'; readonly reason: string }
  | { readonly is: 'back'; readonly afterMs: number }

export function pricesText(news: PricesNews): string {
  if (news.is === 'back') {
    return `Prices are back after ${Math.max(1, Math.round(news.afterMs / 1_000))} s.`
  }
  return `PRICES ARE LOST: ${news.reason}. They are asked for again and again.`
}

type SpaceTold = {
  readonly state: 'ample' | 'low' | 'short' | 'unwatched'
  readonly freeBytes: number
  readonly why?: string | undefined
}

export function spaceText({ state, freeBytes, why }: SpaceTold): string {
  const free = `${Math.floor(freeBytes / 1024 / 1024)} MB of disk are free`
  switch (state) {
    case 'ample':
      return `There is room on the disk again: ${free}.`
    case 'low':
      return `Disk space is low: ${free} beside the reserve. Free some before entries must wait.`
    case 'unwatched':
      return `No room is kept for a full disk: ${why}. Orders go on; put that right.`
    case 'short':
      return (
        `DISK SPACE IS SHORT: ${free}. New orders are refused until there is room for the ` +
        'reserve; cancels and closes still work.'
      )
  }
}

function filledText(order: Order, traded: Quantity, at: Price): string {
  const { terms, status, filled, value, id } = order
  const { currency, multiplier, instrument, quantity } = terms
  const verb = traded > 0n ? 'Bought' : 'Sold'
  const what = `${sizeText(traded)} ${symbolOf(instrument)} at ${priceText(at, currency)}`
  if (status !== 'complete') {
    return `${verb} ${what} (${id}: ${sizeText(filled)} of ${sizeText(quantity)})`
  }
  const worth = moneyText(absolute(value), currency)
  const mean = priceText(average(value, filled, multiplier), currency)
  const whole = order.fills.length > 1 ? `, ${sizeText(filled)} in all at ${mean}` : ''
  return `${verb} ${what} (${id} complete${whole}, ${worth})`
}

/** `paper-43 BUY 10 INFY` */
function summary({ id, terms }: Order): string {
  const side = terms.quantity > 0n ? 'BUY' : 'SELL'
  return `${id} ${side} ${sizeText(terms.quantity)} ${symbolOf(terms.instrument)}`
}
