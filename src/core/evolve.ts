import type { Account, Request } from './account.ts'
import { netKey, requestKey, tradeKey } from './account.ts'
import type { Money, Quantity } from './amount.ts'
import { absolute, minus, NO_MONEY, NO_QUANTITY, plus, share, times } from './amount.ts'
import { assert, unreachable } from './brand.ts'
import { addCharges, NO_CHARGES, totalCharges } from './charges.ts'
import type { Entry, Event, EventOf } from './event.ts'
import { remember } from './commands.ts'
import type { Books, Draft } from './draft.ts'
import { add, become, count, draft, move, note, touch } from './draft.ts'
import { exchangeOf } from './instrument.ts'
import type { Order, OrderId, OrderStatus } from './order.ts'
import { isWorking, MANUAL } from './order.ts'
import type { Instant } from './time.ts'

/**
 * The only way an account changes, and it changes in place: one writer owns it. Rebuilding an
 * account is folding this over its journal, so it must understand every event ever written.
 */
export function evolve(account: Account, entry: Entry): void {
  assert(entry.seq === account.seq + 1, `journal of ${account.id} goes on at ${account.seq + 1}`)
  const books = account as Books
  if (entry.command) remember(books.commands, entry, entry.command)
  for (const event of entry.events) {
    books.seq++
    apply(books, event, entry.at)
  }
}

// tidy-ok: one switch over all events
function apply(books: Books, event: Event, at: Instant): void {
  switch (event.type) {
    case 'AccountOpened':
      books.number = event.number
      books.broker = event.broker
      books.mode = event.mode
      books.plan = event.plan
      return
    case 'EpochStarted':
      books.epoch = event.epoch
      return
    case 'OrderPlaced':
      return placed(books, event, at)
    case 'OrderSending':
      return sending(books, event, at)
    case 'OrderAccepted':
      return accepted(books, event, at)
    case 'OrderRejected':
      return finish(books, event.orderId, 'rejected', at, event)
    case 'OrderUnknown':
      return inDoubt(books, event, at)
    case 'OrderNotFound':
      return notFound(books, event)
    case 'OrderLapsed':
      return finish(books, event.orderId, 'lapsed', at, LAPSED)
    case 'OrderNotSent':
      return wait(books, event.orderId, event.request, event.retryAt, at)
    case 'OrderFilled':
      return filled(books, event, at)
    case 'ChargesBooked':
      return charged(books, event)
    case 'CancelAsked':
      return cancelAsked(books, event.orderId, at)
    case 'CancelUnknown':
      return wait(books, event.orderId, 'cancel', event.retryAt, at)
    case 'CancelAccepted':
      books.requests.delete(requestKey(event.orderId, 'cancel'))
      return
    case 'CancelRejected':
      return cancelRejected(books, event, at)
    case 'OrderCancelled':
      return finish(books, event.orderId, 'cancelled', at, { reason: event.reason })
    case 'OrderExpired':
      return finish(books, event.orderId, 'expired', at, event)
    case 'ManualTradeSeen':
      return tradedByHand(books, event, at)
    case 'CashMoved':
      return add(books.cash, event.currency, event.amount)
    case 'BreakFound': {
      const { instrument, product, ours, theirs } = event
      books.breaks.set(netKey(instrument, product), {
        instrument,
        product,
        ours,
        theirs,
        since: at,
      })
      return
    }
    case 'BreakSettled':
      books.breaks.delete(netKey(event.instrument, event.product))
      return
    case 'BrokerConnected':
      books.connected = true
      return
    case 'BrokerLost':
      books.connected = false
      return
    case 'DayClosed':
      return closeDay(books, event)
    case 'AnomalySeen':
      books.anomalies.add(event.subject)
      return
    case 'AccountFailed':
      books.closed ||= event.closed
      return
    case 'OrderDenied':
    case 'CancelDenied':
      return
    default:
      return unreachable(event)
  }
}

function placed(books: Books, event: EventOf<'OrderPlaced'>, at: Instant): void {
  const { orderId, tag, terms, intent, owner, by, note, arrival, reserve } = event
  const order: Order = {
    id: orderId,
    tag,
    terms,
    intent,
    owner,
    by,
    note,
    arrival,
    status: 'pending',
    filled: NO_QUANTITY,
    value: NO_MONEY,
    charges: NO_CHARGES,
    reserve,
    placedAt: at,
    updatedAt: at,
    sentAt: undefined,
    firstFillAt: undefined,
    completedAt: undefined,
    brokerOrderId: undefined,
    exchangeOrderId: undefined,
    attempts: 0,
    cancelAsked: false,
    doubt: undefined,
    error: undefined,
    history: [{ status: 'pending', filled: NO_QUANTITY, value: NO_MONEY, at, message: '' }],
    fills: [],
  }
  books.orders.set(orderId, order as Draft<Order>)
  books.byTag.set(tag, orderId)
  ask(books, { orderId, kind: 'place', sending: false, notBefore: at, attempts: 0 })
  count(books, order, 1, at)
}

function ask(books: Books, request: Request): void {
  books.requests.set(requestKey(request.orderId, request.kind), request)
}

function sending(books: Books, { orderId, request }: EventOf<'OrderSending'>, at: Instant): void {
  const attempts = (books.requests.get(requestKey(orderId, request))?.attempts ?? 0) + 1
  ask(books, { orderId, kind: request, sending: true, notBefore: at, attempts })
  if (request === 'cancel') return
  const order = draft(books, orderId)
  order.attempts++
  order.sentAt = at
}

function accepted(books: Books, event: EventOf<'OrderAccepted'>, at: Instant): void {
  const order = draft(books, event.orderId)
  order.brokerOrderId = event.brokerOrderId
  books.byBrokerId.set(event.brokerOrderId, order.id)
  books.requests.delete(requestKey(order.id, 'place'))
  order.error = undefined
  order.completedAt = undefined
  become(books, order, 'open', at, '')
}

function inDoubt(books: Books, event: EventOf<'OrderUnknown'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.delete(requestKey(order.id, 'place'))
  order.doubt = { since: order.sentAt ?? at, looks: 0, lastLookAt: undefined }
  become(books, order, 'unknown', at, event.evidence)
}

function notFound(books: Books, { orderId, askedAt }: EventOf<'OrderNotFound'>): void {
  const order = draft(books, orderId)
  assert(order.doubt !== undefined, `order ${orderId} is looked for only while it is unknown`)
  order.doubt.looks++
  order.doubt.lastLookAt = askedAt
}

const LAPSED = { code: 'LAPSED', reason: 'presumed never to have reached the broker' }

/** Back in the queue: nothing of it happened, or doing it again does no harm. */
function wait(
  books: Books,
  orderId: OrderId,
  kind: Request['kind'],
  notBefore: Instant,
  at: Instant,
): void {
  const order = draft(books, orderId)
  const attempts = books.requests.get(requestKey(orderId, kind))?.attempts ?? 0
  books.requests.delete(requestKey(orderId, kind))
  if (isWorking(order.status)) ask(books, { orderId, kind, sending: false, notBefore, attempts })
  order.updatedAt = at
}

function cancelAsked(books: Books, orderId: OrderId, at: Instant): void {
  const order = draft(books, orderId)
  order.cancelAsked = true
  order.updatedAt = at
  if (books.requests.has(requestKey(orderId, 'cancel'))) return
  ask(books, { orderId, kind: 'cancel', sending: false, notBefore: at, attempts: 0 })
}

/** A refused cancel leaves the order as it was, and says so. */
function cancelRejected(books: Books, event: EventOf<'CancelRejected'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.delete(requestKey(order.id, 'cancel'))
  order.cancelAsked = false
  note(order, order.status, at, `cancel refused: ${event.reason}`)
}

type Ending = { readonly code?: string; readonly why?: string; readonly reason: string }

function finish(
  books: Books,
  orderId: OrderId,
  status: OrderStatus,
  at: Instant,
  { code, why, reason }: Ending,
): void {
  const order = draft(books, orderId)
  books.requests.delete(requestKey(orderId, 'place'))
  const cancel = books.requests.get(requestKey(orderId, 'cancel'))
  if (cancel && !cancel.sending) books.requests.delete(requestKey(orderId, 'cancel'))
  if (status !== 'cancelled') order.error = { code: code ?? why ?? status, message: reason }
  order.completedAt = at
  become(books, order, status, at, reason)
}

function filled(books: Books, event: EventOf<'OrderFilled'>, at: Instant): void {
  const order = draft(books, event.orderId)
  const { terms } = order
  const { tradeId, quantity, price, tradedAt } = event
  count(books, order, -1, at)
  order.reserve = keptReserve(order, quantity)
  order.filled = plus(order.filled, quantity)
  order.value = plus(order.value, times(price, quantity, terms.multiplier))
  order.fills.push({ seq: books.seq, tradeId, quantity, price, tradedAt, at })
  order.firstFillAt ??= at
  order.exchangeOrderId = event.exchangeOrderId ?? order.exchangeOrderId
  count(books, order, 1, at)
  books.trades.set(tradeKey(exchangeOf(event.instrument), event.date, tradeId, quantity), at)
  const { instrument, product, currency, multiplier } = terms
  move(books, { instrument, product, owner: order.owner, currency, multiplier }, quantity, price)
  const whole = absolute(order.filled) >= absolute(terms.quantity)
  if (!whole || order.status === 'complete') return note(order, order.status, at, '')
  order.completedAt = at
  order.error = undefined
  become(books, order, 'complete', at, '')
}

/** What stays set aside after `traded`: in proportion to what is then left. */
function keptReserve({ reserve, terms, filled: before }: Draft<Order>, traded: Quantity): Money {
  const left = absolute(minus(terms.quantity, before))
  const size = absolute(traded)
  return left === 0n || size >= left ? NO_MONEY : share(reserve, minus(left, size), left)
}

function tradedByHand(books: Books, event: EventOf<'ManualTradeSeen'>, at: Instant): void {
  const { instrument, product, currency, multiplier, date, tradeId, quantity, price } = event
  books.trades.set(tradeKey(exchangeOf(instrument), date, tradeId, quantity), at)
  move(books, { instrument, product, owner: MANUAL, currency, multiplier }, quantity, price)
  touch(books, instrument, product, at)
}

function charged(books: Books, event: EventOf<'ChargesBooked'>): void {
  const order = draft(books, event.orderId)
  order.charges = addCharges(order.charges, event.lines)
  add(books.cash, event.currency, minus(NO_MONEY, totalCharges(event.lines)))
}

/** Only what is finished, settled and older than any re-report leaves; the rest stays watched. */
function closeDay(books: Books, { exchange, date, before }: EventOf<'DayClosed'>): void {
  for (const order of books.orders.values()) {
    if (exchangeOf(order.terms.instrument) !== exchange) continue
    if (isWorking(order.status) || order.status === 'lapsed') continue
    if (order.updatedAt >= before) continue
    books.orders.delete(order.id)
    books.byTag.delete(order.tag)
    if (order.brokerOrderId) books.byBrokerId.delete(order.brokerOrderId)
  }
  for (const [key, seenAt] of books.trades) {
    if (seenAt < before && key.startsWith(`${exchange} `)) books.trades.delete(key)
  }
  books.anomalies.clear()
  books.daysClosed.set(exchange, date)
}
