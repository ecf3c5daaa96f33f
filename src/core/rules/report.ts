import type { Account, Request } from '../account.ts'
import type { Quantity } from '../amount.ts'
import { absolute, formatQuantity } from '../amount.ts'
import type { Event, EventOf } from '../event.ts'
import type { Answer, BrokerOrder, BrokerTrade, Report } from '../input.ts'
import type { Order } from '../order.ts'
import { isUnconfirmed, isWorking } from '../order.ts'
import type { Instant } from '../time.ts'
import type { Looked, Told } from './amend.ts'
import { amendAnswered, amendmentSeen } from './amend.ts'
import { heldByOthers } from '../owning.ts'
import { anomaly } from './anomaly.ts'
import { fill } from './fill.ts'
import { mayRetry, retryAt } from './send.ts'

type Answered = Extract<Report, { readonly type: 'Answered' }>

/** Brokers repeat themselves and answer late, so every report must be harmless a second time. */
export function answered(account: Account, report: Answered, at: Instant): Event[] {
  const { orderId, request, answer, retry } = report
  const order = account.orders.get(orderId)
  if (!order) return anomaly(account, `answer ${orderId}`, `an answer for no order: ${answer.is}`)
  const asked = account.requests[request].get(orderId)
  const sent = asked?.sending ? asked : undefined
  const told: Told = { answer, at, retry }
  if (request === 'cancel') return cancelAnswered(order, sent, told)
  if (request === 'amend') return amendAnswered(order, sent, told)
  return placeAnswered(account, order, sent, told)
}

function placeAnswered(
  account: Account,
  order: Order,
  sent: Request | undefined,
  { answer, at, retry }: Told,
): Event[] {
  const { id: orderId, status } = order
  switch (answer.is) {
    case 'accepted': {
      const { brokerOrderId } = answer
      if (isUnconfirmed(order)) {
        const accepted = accept(account, order, { brokerOrderId, by: 'answer' })
        return [...revived(account, order), ...accepted]
      }
      if (order.brokerOrderId === brokerOrderId) return []
      const what = `the broker calls it ${brokerOrderId} after ${order.brokerOrderId}`
      return anomaly(account, `renamed ${orderId}`, what)
    }
    case 'rejected': {
      const { code, reason } = answer
      if (status === 'pending' || status === 'unknown' || status === 'lapsed') {
        return [{ type: 'OrderRejected', orderId, code, reason }]
      }
      if (status === 'rejected') return []
      return anomaly(account, `refused ${orderId}`, `refused (${reason}) though ${status}`)
    }
    case 'notSent':
      if (status === 'unknown') return [neverLeft(order, answer.reason)]
      return sent ? [notSent(order, sent, answer, { at, retry })] : []
    case 'unknown':
      return sent
        ? [{ type: 'OrderUnknown', orderId, evidence: answer.evidence, until: undefined }]
        : []
  }
}

/** The broker has it: from the first such order on, its symbol is tracked. */
function accept(account: Account, { id: orderId, terms }: Order, how: How): Event[] {
  const accepted: Event = { type: 'OrderAccepted', orderId, ...how }
  const { instrument } = terms
  if (account.tracking.has(instrument)) return [accepted]
  const held = heldByOthers(account, instrument)
  return [{ type: 'SymbolTracked', instrument, firstOrder: orderId, ...held }, accepted]
}

type How = Pick<EventOf<'OrderAccepted'>, 'brokerOrderId' | 'by'>

const neverLeft = ({ id }: Order, reason: string): Event => ({
  type: 'OrderExpired',
  orderId: id,
  why: 'unsent',
  reason,
})

type NotSent = Extract<Answer, { readonly is: 'notSent' }>

/** Proof that nothing happened: the only case in which an order may be sent a second time. */
function notSent(
  order: Order,
  sent: Request,
  answer: NotSent,
  { at, retry }: Omit<Told, 'answer'>,
): Event {
  const { id: orderId } = order
  const { reason, halted, tooOld, retryAfterMs } = answer
  if (order.cancelAsked) return { type: 'OrderCancelled', orderId, reason: 'before it was sent' }
  if (halted) return { type: 'OrderExpired', orderId, why: 'halted', reason }
  if (tooOld) return { type: 'OrderExpired', orderId, why: 'unsent', reason }
  if (!mayRetry(sent, retry)) return { type: 'OrderExpired', orderId, why: 'retries', reason }
  const again = retryAt(sent, { at, askedMs: retryAfterMs, retry })
  return { type: 'OrderNotSent', orderId, request: 'place', reason, retryAt: again }
}

/** A cancel may be repeated: the second one fails, and nothing is worse than before. */
function cancelAnswered(
  { id: orderId }: Order,
  sent: Request | undefined,
  { answer, at, retry }: Told,
): Event[] {
  if (!sent) return []
  switch (answer.is) {
    case 'accepted':
      return [{ type: 'CancelAccepted', orderId }]
    case 'rejected':
      return [{ type: 'CancelRejected', orderId, code: answer.code, reason: answer.reason }]
    case 'notSent': {
      const { reason, retryAfterMs } = answer
      const again = retryAt(sent, { at, askedMs: retryAfterMs, retry })
      return [{ type: 'OrderNotSent', orderId, request: 'cancel', reason, retryAt: again }]
    }
    case 'unknown': {
      const again = retryAt(sent, { at, askedMs: 0, retry })
      return [{ type: 'CancelUnknown', orderId, evidence: answer.evidence, retryAt: again }]
    }
  }
}

/** What the broker shows of one of our orders: its row, trades of it, or both. */
export type Sighting = {
  readonly row: BrokerOrder | undefined
  readonly trades: readonly BrokerTrade[]
  readonly by: 'tag' | 'fingerprint'
  /** The reading it comes from; undefined for what a stream told. */
  readonly looked: Looked
}

/**
 * Brings one order into line with what the broker shows of it. Quantity comes from trades alone.
 */
export function sighted(account: Account, order: Order, seen: Sighting): Event[] {
  const { row, trades, by, looked } = seen
  if (row && isNoNews(order, row) && !trades.some(({ busted }) => busted)) return []
  const events: Event[] = []
  const brokerOrderId = row?.brokerOrderId ?? trades[0]?.brokerOrderId
  let status = order.status
  if ((isUnconfirmed(order) || status === 'unknown' || status === 'lapsed') && brokerOrderId) {
    events.push(...revived(account, order))
    events.push(...accept(account, order, { brokerOrderId, by }))
    status = 'open'
  }
  const filled = fill(account, order, { trades, status }, events)
  if (!row || filled.status !== 'open') return events
  const isCaughtUp = absolute(row.filled) <= absolute(filled.quantity)
  // A row that has not caught up with the trades is from before them, whenever it was asked for.
  const isOld = row.status === 'working' && absolute(row.filled) < absolute(filled.quantity)
  const isNews = !filled.amended && !isOld && (isCaughtUp || row.status === 'working')
  if (isNews) events.push(...amendmentSeen(order, row, looked))
  if (isCaughtUp) events.push(...ending(account, order, { row, filled: filled.quantity }))
  return events
}

/** Most rows of most readings: an order that ended as we know it did, with as much filled. */
const isNoNews = ({ status, filled, brokerOrderId }: Order, row: BrokerOrder): boolean =>
  status === row.status && filled === row.filled && brokerOrderId === row.brokerOrderId

/** An order we had given up on is there after all: believed, loudly. */
function revived(account: Account, { id, status }: Order): Event[] {
  if (isWorking(status)) return []
  return anomaly(account, `late ${id}`, `the broker has it though we called it ${status}`)
}

type Ended = { readonly row: BrokerOrder; readonly filled: Quantity }

/** The end the broker shows, once the trades we know account for all it says was filled. */
function ending(account: Account, order: Order, { row, filled }: Ended): Event[] {
  const { id: orderId, amending, terms } = order
  const isAmended = amending?.to.quantity === row.quantity
  const size = absolute(isAmended ? row.quantity : terms.quantity)
  if (absolute(filled) >= size) return [] // complete by our own count of trades
  const reason = row.message
  switch (row.status) {
    case 'cancelled':
      return [{ type: 'OrderCancelled', orderId, reason }]
    case 'expired':
      return [{ type: 'OrderExpired', orderId, why: 'broker', reason }]
    case 'rejected':
      return [{ type: 'OrderRejected', orderId, code: 'BROKER_REJECTED', reason }]
    case 'complete':
      return completeForLess(account, order, row)
    case 'working':
      return []
  }
}

/** Complete there, and not by our count of the same trades: it was made smaller at the broker. */
function completeForLess(account: Account, { id, terms }: Order, row: BrokerOrder): Event[] {
  const done = formatQuantity(absolute(row.filled))
  const what = `complete at the broker with ${done} of ${formatQuantity(absolute(terms.quantity))}`
  return [
    ...anomaly(account, `short ${id}`, what),
    { type: 'OrderExpired', orderId: id, why: 'broker', reason: what },
  ]
}

/** A row from a stream is a hint about an order of ours; about any other it says nothing yet. */
export function orderSeen(account: Account, row: BrokerOrder): Event[] {
  const order = oursOf(account, row)
  return order ? sighted(account, order, { row, trades: [], by: 'tag', looked: undefined }) : []
}

/**
 * A trade from a stream. One of an order we do not know may still be ours, its answer being on the
 * way: only the book, which shows the order beside it, can call it somebody else's.
 */
export function tradeSeen(account: Account, trade: BrokerTrade): Event[] {
  const order = orderOfTrade(account, trade)
  if (!order) return []
  return sighted(account, order, { row: undefined, trades: [trade], by: 'tag', looked: undefined })
}

/** The order of ours that the broker says has traded, unless it is for something else. */
export function orderOfTrade(account: Account, trade: BrokerTrade): Order | undefined {
  const id = account.byBrokerId.get(trade.brokerOrderId)
  const order = id && account.orders.get(id)
  return order?.terms.instrument === trade.instrument ? order : undefined
}

/**
 * By its tag, unless that is another order’s by all the rest: two days that an old journal made of
 * one have given it out twice.
 */
export function oursOf(account: Account, row: BrokerOrder): Order | undefined {
  const tagged = row.tag ? account.byTag.get(row.tag) : undefined
  const id = tagged ?? account.byBrokerId.get(row.brokerOrderId)
  const order = id && account.orders.get(id)
  return order && isLike(order, row) ? order : undefined
}

/** Its quantity and its price may be changed at the broker; these may not. */
const isLike = ({ terms }: Order, { instrument, quantity }: BrokerOrder): boolean =>
  terms.instrument === instrument && terms.quantity > 0n === quantity > 0n
