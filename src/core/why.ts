/** "Why?": the chain of causes behind an order or an alert, in sentences a trader understands. */
import { newAccount } from './account.ts'
import { absolute, average, formatQuantity, minus } from './amount.ts'
import { totalCharges } from './charges.ts'
import { DENIALS } from './denial.ts'
import type { Entry, Event, EventOf } from './event.ts'
import { symbolOf } from './instrument.ts'
import { foldOne, orderIdOf } from './one-order.ts'
import type { Order, OrderId } from './order.ts'
import { isWorking } from './order.ts'
import { causeText, revisionText, telling, ticketText, wishText } from './telling.ts'
import type { Instant } from './time.ts'
import { elapsed } from './time.ts'
import { moneyText, priceText } from './wording.ts'

export type Step = { readonly seq: number; readonly at: Instant; readonly text: string }
export type Why = {
  readonly about: string
  readonly steps: readonly Step[]
  /** How it stands, where it can still change. */
  readonly end: string | undefined
}

/** An event, by the name that all people and programs know it by: `<account>-<seq>`. */
type Found = { readonly entry: Entry; readonly event: Event; readonly seq: number }

/** Trades and differences of an instrument that are told before an alert about it. */
const STEPS_BEFORE = 10

/**
 * `id` is an order's, or any event's. Reads the journal twice at most; undefined where nothing has
 * that name.
 */
export function why(entries: () => Iterable<Entry>, id: string): Why | undefined {
  const at = id.lastIndexOf('-')
  const [account, seq] = [id.slice(0, at), id.slice(at + 1)]
  if (at < 1 || !/^[1-9]\d{0,14}$/.test(seq)) return undefined
  const found = findEvent(entries(), account, BigInt(seq))
  if (!found) return undefined
  const { event, entry } = found
  const orderId = orderIdOf(event)
  if (orderId !== undefined) return orderStory(entriesOf(entries(), account), orderId, found)
  if (event.type === 'OrderDenied') return denialStory(found, event)
  if ('instrument' in event && event.type !== 'CancelAllAsked')
    return netStory(entriesOf(entries(), account), found)
  const steps = eventsOf(entry).map((each): Step => stepOf(each, telling(each.event)))
  const about = `${id}: ${telling(event)} It came of ${causeText(entry.cause)}.`
  return { about, steps, end: undefined }
}

function findEvent(entries: Iterable<Entry>, account: string, seq: bigint): Found | undefined {
  for (const entry of entriesOf(entries, account)) {
    if (entry.seq + entry.events.length <= seq) continue
    return eventsOf(entry).find((each) => BigInt(each.seq) === seq)
  }
  return undefined
}

function* entriesOf(entries: Iterable<Entry>, account: string): Iterable<Entry> {
  for (const entry of entries) if (entry.account === account) yield entry
}

const eventsOf = (entry: Entry): Found[] =>
  entry.events.map((event, index) => ({ entry, event, seq: entry.seq + index }))

const stepOf = ({ entry, seq }: Found, text: string): Step => ({ seq, at: entry.at, text })

function denialStory(found: Found, event: EventOf<'OrderDenied'>): Why {
  const { says, remedy } = DENIALS[event.code]
  const { owner, note } = event.ticket
  const who = upper(causeText(found.entry.cause))
  const steps = [
    `${who} asked for ${ticketText(event)}, for ${owner}${noted(note)}.`,
    `It was denied: ${says} ${event.code} ${event.context}`.trimEnd(),
    'Nothing was sent to the broker.',
    remedy,
  ]
  const about = `${found.entry.account}-${found.seq}: ${ticketText(event)} was denied.`
  return { about, steps: steps.map((text) => stepOf(found, text)), end: undefined }
}

/** What happened in an instrument until the alert, and until it was settled. */
function netStory(entries: Iterable<Entry>, target: Found): Why {
  const { instrument } = target.event as EventOf<'BreakFound'>
  const steps: Step[] = []
  let end: string | undefined
  for (const found of flat(entries)) {
    const { event, seq, entry } = found
    if (!('instrument' in event) || event.instrument !== instrument) continue
    steps.push(stepOf(found, `${telling(event)} It came of ${causeText(entry.cause)}.`))
    if (seq < target.seq) steps.splice(0, steps.length - STEPS_BEFORE)
    if (seq === target.seq && event.type !== 'BreakFound') break
    if (event.type === 'BreakFound') end = 'It is not settled: automatic orders in it wait.'
    if (event.type !== 'BreakSettled') continue
    end = undefined
    if (seq > target.seq) break
  }
  const { entry, seq, event } = target
  return { about: `${entry.account}-${seq}: ${telling(event)}`, steps, end }
}

function* flat(entries: Iterable<Entry>): Iterable<Found> {
  for (const entry of entries) yield* eventsOf(entry)
}

function orderStory(entries: Iterable<Entry>, id: OrderId, target: Found): Why {
  const fold = newAccount(target.entry.account)
  const steps: Step[] = []
  for (const found of flat(entries)) {
    const { event, entry, seq } = found
    // A cancel of an order that never was is denied under the name it was asked for.
    if (orderIdOf(event) !== id || (event.type === 'CancelDenied' && !fold.orders.has(id))) continue
    const looks = fold.orders.get(id)?.doubt?.looks
    foldOne(fold, entry, seq - entry.seq)
    steps.push(stepOf(found, orderText(found, fold.orders.get(id)!, looks)))
  }
  const order = fold.orders.get(id)
  if (!order) return { about: telling(target.event), steps: [], end: undefined }
  const name = `${target.entry.account}-${target.seq}`
  const about = `${id}: ${wishText(order)}, for ${order.owner}.`
  const part = name === id ? '' : ` ${name} is a step of it.`
  return { about: `${about}${part}`, steps, end: endText(order) }
}

/** One step of an order, which `is` as the event left it; `looks` is how often it was missed. */
// tidy-ok: one switch over all events of an order
function orderText({ event, entry }: Found, is: Order, looks: number | undefined): string {
  switch (event.type) {
    case 'OrderPlaced':
      return placedText(event, entry)
    case 'OrderSending':
      if (event.request !== 'place') return `The ${event.request} was handed to the broker.`
      return `It was handed to the broker, attempt ${is.attempts}, under the tag ${is.tag}.`
    case 'OrderAccepted':
      return acceptedText(event, entry, is)
    case 'OrderRejected':
      return `The broker refused it: ${event.reason} (${event.code}).`
    case 'OrderUnknown': {
      const { instrument } = is.terms
      return (
        `No proof either way: ${event.evidence}. It is UNKNOWN: it is not sent again, the ` +
        `broker’s book decides, and entries in ${symbolOf(instrument)} wait.`
      )
    }
    case 'OrderNotFound':
      return `The broker’s book was read well and did not show it (look ${is.doubt?.looks}).`
    case 'OrderLapsed':
      return (
        `After ${looks ?? 'enough'} looks it is presumed never to have reached the ` +
        'broker: LAPSED. Should it appear after all, it is believed.'
      )
    case 'OrderNotSent': {
      const wait = secondsText(elapsed(entry.at, event.retryAt))
      return `Its ${event.request} never left: ${event.reason}. It is tried again in ${wait}.`
    }
    case 'OrderFilled':
      return filledText(event, entry, is)
    case 'FillBusted':
      return `The exchange took trade ${event.tradeId} back; ${doneText(is)}.`
    case 'ChargesBooked': {
      const cost = moneyText(totalCharges(event.lines), event.currency)
      return `Charges of ${cost} on trade ${event.tradeId} (${event.rule}).`
    }
    case 'AmendAsked': {
      const who = upper(causeText(entry.cause))
      return `${who} asked for it to be changed to ${revisionText(event.to)}.`
    }
    case 'AmendDenied':
      return `A change was denied: ${DENIALS[event.code].says} ${event.code} ${event.context}`
    case 'Amended':
      return `${CHANGED[event.by]}: it is ${revisionText(event.to)} now.`
    case 'CancelAsked':
      return `${upper(causeText(entry.cause))} asked for it to be cancelled.`
    case 'CancelDenied': {
      const { says } = DENIALS[event.code]
      const who = upper(causeText(entry.cause))
      return `${who} asked for it to be cancelled, and was denied: ${says} (${event.code}).`
    }
    case 'OrderCancelled': {
      const left = minus(absolute(is.terms.quantity), absolute(is.filled))
      const how = event.reason || 'by the broker'
      return `It was cancelled (${how}) with ${formatQuantity(left)} open.`
    }
    default:
      return upper(telling(event).replace(`${is.id}: `, '').replace(is.id, 'it'))
  }
}

function placedText(event: EventOf<'OrderPlaced'>, entry: Entry): string {
  const { terms, owner, note, intent, reserve, arrival, warning } = event
  const who = upper(causeText(entry.cause))
  const market =
    arrival === undefined ? '' : `, with the market at ${priceText(arrival, terms.currency)}`
  const held =
    intent === 'exit'
      ? 'It only closes what is held, so it is an exit and needs no cash.'
      : `It is an entry: ${moneyText(reserve, terms.currency)} of cash was set aside.`
  const asked = `${who} asked for ${wishText(event)} ${terms.product}, for ${owner}${noted(note)}`
  const passed = event.skippedChecks
    ? 'The checks of caps, band, session and cash were left out; it passed the others.'
    : 'It passed every check.'
  const but = warning === undefined ? '' : ` It was warned of: ${warning}.`
  return `${asked}${market}. ${passed}${but} ${held}`
}

function acceptedText(
  { by, brokerOrderId }: EventOf<'OrderAccepted'>,
  { at, cause }: Entry,
  is: Order,
): string {
  if (by !== 'answer') {
    const proof = by === 'tag' ? 'its tag' : 'what was asked and when'
    return `It is at the broker as ${brokerOrderId}, recognised by ${proof} in ${causeText(cause)}.`
  }
  const after = is.sentAt === undefined ? '' : `, ${secondsText(elapsed(is.sentAt, at))} later`
  return `The broker accepted it as ${brokerOrderId}${after}.`
}

function filledText(event: EventOf<'OrderFilled'>, entry: Entry, is: Order): string {
  const { quantity, price, tradeId } = event
  const verb = quantity > 0n ? 'Bought' : 'Sold'
  const what = `${formatQuantity(absolute(quantity))} at ${priceText(price, is.terms.currency)}`
  const so = doneText(is)
  return `${verb} ${what} (trade ${tradeId}): ${so}. It came with ${causeText(entry.cause)}.`
}

function endText(order: Order): string {
  const { status, terms, filled, value, completedAt, placedAt, charges } = order
  const done = doneText(order)
  const at =
    filled === 0n
      ? ''
      : ` at ${priceText(average(value, filled, terms.multiplier), terms.currency)} on average` +
        `, charges ${moneyText(totalCharges(charges), terms.currency)}`
  const took =
    isWorking(status) || completedAt === undefined
      ? ''
      : `, ${secondsText(elapsed(placedAt, completedAt))} after it was asked for`
  return `It is ${status.toUpperCase()}: ${done}${at}${took}.`
}

/** `4 of 10` */
const doneText = ({ filled, terms }: Order): string =>
  `${formatQuantity(absolute(filled))} of ${formatQuantity(absolute(terms.quantity))}`

const CHANGED: Readonly<Record<EventOf<'Amended'>['by'], string>> = {
  answer: 'The broker changed it',
  book: 'The broker’s book shows the change',
  unsent: 'It was changed before it left us',
  broker: 'Somebody changed it at the broker',
}

const noted = (note: string | undefined): string => (note === undefined ? '' : ` ("${note}")`)

const upper = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** `23 ms`, `1.2 s`, `3 min` */
function secondsText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`
  return `${Math.round(ms / 60_000)} min`
}
