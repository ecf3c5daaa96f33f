import type { Account, Request } from '../account.ts'
import { tradeKey } from '../account.ts'
import type { Quantity } from '../amount.ts'
import { absolute, formatQuantity, minus, plus, times } from '../amount.ts'
import type { ChargeLines } from '../charges.ts'
import { CHARGE_NAMES, chargesOn, ruleOn, subtractCharges } from '../charges.ts'
import type { Event } from '../event.ts'
import type { Answer, BrokerOrder, BrokerTrade, Report } from '../input.ts'
import { exchangeOf } from '../instrument.ts'
import type { Order, OrderStatus } from '../order.ts'
import { isUnconfirmed, isWorking } from '../order.ts'
import type { Instant } from '../time.ts'
import { RETRIES_MAX, retryAt } from './send.ts'

/**
 * One warning a subject a day, and no more subjects than this: a mad broker cannot fill the disk.
 */
const ANOMALIES_MAX = 1_000

type Answered = Extract<Report, { readonly type: 'Answered' }>

/** Brokers repeat themselves and answer late, so every report must be harmless a second time. */
export function answered(account: Account, report: Answered, at: Instant): Event[] {
  const { orderId, request, answer } = report
  const order = account.orders.get(orderId)
  if (!order) return anomaly(account, `answer ${orderId}`, `an answer for no order: ${answer.is}`)
  const asked = account.requests[request].get(orderId)
  const sent = asked?.sending ? asked : undefined
  if (request === 'cancel') return cancelAnswered(order, sent, answer, at)
  return placeAnswered(account, order, sent, { answer, at })
}

type Told = { readonly answer: Answer; readonly at: Instant }

function placeAnswered(
  account: Account,
  order: Order,
  sent: Request | undefined,
  { answer, at }: Told,
): Event[] {
  const { id: orderId, status } = order
  switch (answer.is) {
    case 'accepted': {
      const { brokerOrderId } = answer
      if (isUnconfirmed(order)) return [...revived(account, order), ...confirm(order, answer)]
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
      return sent ? [notSent(order, sent, answer, at)] : []
    case 'unknown':
      return sent ? [{ type: 'OrderUnknown', orderId, evidence: answer.evidence }] : []
  }
}

const confirm = (
  { id }: Order,
  { brokerOrderId }: Extract<Answer, { readonly is: 'accepted' }>,
): Event[] => [{ type: 'OrderAccepted', orderId: id, brokerOrderId, by: 'answer' }]

const neverLeft = ({ id }: Order, reason: string): Event => ({
  type: 'OrderExpired',
  orderId: id,
  why: 'unsent',
  reason,
})

type NotSent = Extract<Answer, { readonly is: 'notSent' }>

/** Proof that nothing happened: the only case in which an order may be sent a second time. */
function notSent(order: Order, sent: Request, answer: NotSent, at: Instant): Event {
  const { id: orderId } = order
  const { reason, halted, retryAfterMs } = answer
  if (order.cancelAsked) return { type: 'OrderCancelled', orderId, reason: 'before it was sent' }
  if (halted) return { type: 'OrderExpired', orderId, why: 'halted', reason }
  if (sent.attempts > RETRIES_MAX) return { type: 'OrderExpired', orderId, why: 'retries', reason }
  const again = retryAt(sent, retryAfterMs, at)
  return { type: 'OrderNotSent', orderId, request: 'place', reason, retryAt: again }
}

/** A cancel may be repeated: the second one fails, and nothing is worse than before. */
function cancelAnswered(
  { id: orderId }: Order,
  sent: Request | undefined,
  answer: Answer,
  at: Instant,
): Event[] {
  if (!sent) return []
  switch (answer.is) {
    case 'accepted':
      return [{ type: 'CancelAccepted', orderId }]
    case 'rejected':
      return [{ type: 'CancelRejected', orderId, code: answer.code, reason: answer.reason }]
    case 'notSent': {
      const { reason, retryAfterMs } = answer
      const again = retryAt(sent, retryAfterMs, at)
      return [{ type: 'OrderNotSent', orderId, request: 'cancel', reason, retryAt: again }]
    }
    case 'unknown': {
      const again = retryAt(sent, 0, at)
      return [{ type: 'CancelUnknown', orderId, evidence: answer.evidence, retryAt: again }]
    }
  }
}

/** What the broker shows of one of our orders: its row, trades of it, or both. */
export type Sighting = {
  readonly row: BrokerOrder | undefined
  readonly trades: readonly BrokerTrade[]
  readonly by: 'tag' | 'fingerprint'
}

/**
 * Brings one order into line with what the broker shows of it. Quantity comes from trades alone.
 */
export function sighted(account: Account, order: Order, seen: Sighting): Event[] {
  const { row, trades, by } = seen
  if (row && isNoNews(order, row)) return []
  const events: Event[] = []
  const brokerOrderId = row?.brokerOrderId ?? trades[0]?.brokerOrderId
  let status = order.status
  if (isUnconfirmed(order) && brokerOrderId) {
    events.push(...revived(account, order))
    events.push({ type: 'OrderAccepted', orderId: order.id, brokerOrderId, by })
    status = 'open'
  }
  const filled = fill(account, order, { trades, status }, events)
  if (row && filled.status === 'open') events.push(...ending(order, row, filled.quantity))
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

type Filling = { readonly trades: readonly BrokerTrade[]; readonly status: OrderStatus }
type Filled = { readonly quantity: Quantity; readonly status: OrderStatus }

/** Adds the events of the trades that are new. A fill is a fact, whatever we thought before it. */
function fill(account: Account, order: Order, filling: Filling, events: Event[]): Filled {
  let { filled: quantity, value, charges } = order
  let { status } = filling
  const counted = new Set<string>()
  for (const trade of filling.trades) {
    const { tradeId, date, tradedAt, exchangeOrderId, price } = trade
    const { instrument, multiplier } = order.terms
    const key = tradeKey(exchangeOf(instrument), date, tradeId, trade.quantity)
    if (account.trades.has(key) || counted.has(key)) continue
    counted.add(key)
    if (trade.quantity > 0n !== order.terms.quantity > 0n) {
      const what = `trade ${tradeId} is of the other side: it is not counted as its fill`
      events.push(...anomaly(account, `side ${order.id} ${tradeId}`, what))
      continue
    }
    events.push({
      type: 'OrderFilled',
      orderId: order.id,
      instrument,
      tradeId,
      date,
      quantity: trade.quantity,
      price,
      tradedAt,
      exchangeOrderId,
    })
    quantity = plus(quantity, trade.quantity)
    value = plus(value, times(price, trade.quantity, multiplier))
    const charged = chargedBy(account, order, trade, value)
    if (!isSame(charged, charges)) {
      events.push(booked(order, trade, subtractCharges(charged, charges)))
      charges = charged
    }
    events.push(...odd(account, order, status, quantity))
    if (absolute(quantity) >= absolute(order.terms.quantity)) status = 'complete'
  }
  return { quantity, status }
}

/** All charges on the order so far: brokerage is capped by the order, not by the fill. */
function chargedBy(
  { plan }: Account,
  { terms }: Order,
  { date, quantity }: BrokerTrade,
  value: Order['value'],
): ChargeLines {
  const { group, product, currency } = terms
  const side = quantity > 0n ? ('buy' as const) : ('sell' as const)
  return chargesOn({ plan, group, product, currency, side, date }, absolute(value))
}

const isSame = (a: ChargeLines, b: ChargeLines): boolean =>
  a === b || CHARGE_NAMES.every((name) => a[name] === b[name])

function booked(
  { id: orderId, terms: { currency } }: Order,
  { tradeId, date }: BrokerTrade,
  lines: ChargeLines,
): Event {
  return { type: 'ChargesBooked', orderId, tradeId, currency, rule: ruleOn(date).version, lines }
}

function odd(account: Account, order: Order, status: OrderStatus, filled: Quantity): Event[] {
  const { id, terms } = order
  const over = minus(absolute(filled), absolute(terms.quantity))
  if (over > 0n) return anomaly(account, `overfill ${id}`, `${formatQuantity(over)} too many`)
  if (status === 'open' || status === 'complete') return []
  return anomaly(account, `late fill ${id}`, `it traded though we called it ${status}`)
}

/** The end the broker shows, once the trades we know account for all it says was filled. */
function ending({ id: orderId }: Order, row: BrokerOrder, filled: Quantity): Event[] {
  if (absolute(row.filled) > absolute(filled)) return []
  const reason = row.message
  switch (row.status) {
    case 'cancelled':
      return [{ type: 'OrderCancelled', orderId, reason }]
    case 'expired':
      return [{ type: 'OrderExpired', orderId, why: 'broker', reason }]
    case 'rejected':
      return [{ type: 'OrderRejected', orderId, code: 'BROKER_REJECTED', reason }]
    case 'working':
    case 'complete': // complete by our own count of trades, or not yet
      return []
  }
}

/** A row from a stream is a hint about an order of ours; about any other it says nothing yet. */
export function orderSeen(account: Account, row: BrokerOrder): Event[] {
  const order = oursOf(account, row)
  return order ? sighted(account, order, { row, trades: [], by: 'tag' }) : []
}

/**
 * A trade from a stream. One of an order we do not know may still be ours, its answer being on the
 * way: only the book, which shows the order beside it, can call it somebody else's.
 */
export function tradeSeen(account: Account, trade: BrokerTrade): Event[] {
  const id = account.byBrokerId.get(trade.brokerOrderId)
  const order = id && account.orders.get(id)
  return order ? sighted(account, order, { row: undefined, trades: [trade], by: 'tag' }) : []
}

export function oursOf(account: Account, row: BrokerOrder): Order | undefined {
  const id = (row.tag && account.byTag.get(row.tag)) ?? account.byBrokerId.get(row.brokerOrderId)
  return id && account.orders.get(id)
}

export function anomaly(account: Account, subject: string, what: string): Event[] {
  if (account.anomalies.has(subject) || account.anomalies.size >= ANOMALIES_MAX) return []
  return [{ type: 'AnomalySeen', subject, what }]
}
