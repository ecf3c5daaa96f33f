import type { Account, Request } from './account.ts'
import { tradeKey } from './account.ts'
import type { Money, Quantity } from './amount.ts'
import { absolute, minus, NO_MONEY, NO_QUANTITY, plus, share, times } from './amount.ts'
import { assert, unreachable } from './brand.ts'
import { addCharges, NO_CHARGES, totalCharges } from './charges.ts'
import type { Entry, Event, EventOf } from './event.ts'
import { closeDay } from './close-day.ts'
import { remember } from './commands.ts'
import type { Books, Draft } from './draft.ts'
import { add, become, change, count, draft, move, note, touch } from './draft.ts'
import { exchangeOf, netKey } from './instrument.ts'
import type { Order, OrderId, OrderStatus } from './order.ts'
import { isWorking, MANUAL } from './order.ts'
import type { Instant } from './time.ts'

/**
 * The only way an account changes, and it changes in place: one writer owns it. Rebuilding an
 * account is folding this over its journal, so it must understand every event ever written.
 */
export function evolve(account: Account, entry: Entry): void {
  assert(entry.seq === account.seq + 1, 'the journal goes on where the account is')
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
      return finish(books, { ...event, status: 'rejected' }, at)
    case 'OrderUnknown':
      return inDoubt(books, event, at)
    case 'OrderNotFound':
      return notFound(books, event)
    case 'OrderLapsed':
      return finish(books, { ...event, ...LAPSED }, at)
    case 'OrderNotSent':
      return wait(books, again(event, event.request), at)
    case 'OrderFilled':
      return filled(books, event, at)
    case 'ChargesBooked':
      return charged(books, event)
    case 'CancelAsked':
      return cancelAsked(books, event.orderId, at)
    case 'CancelUnknown':
      return wait(books, again(event, 'cancel'), at)
    case 'CancelAccepted':
      books.requests.cancel.delete(event.orderId)
      return
    case 'CancelRejected':
      return cancelRejected(books, event, at)
    case 'OrderCancelled':
      return finish(books, { ...event, status: 'cancelled' }, at)
    case 'OrderExpired':
      return finish(books, { ...event, status: 'expired' }, at)
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
    net: netKey(terms.instrument, terms.product),
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
  books.requests[request.kind].set(request.orderId, request)
}

function sending(books: Books, { orderId, request }: EventOf<'OrderSending'>, at: Instant): void {
  const attempts = (books.requests[request].get(orderId)?.attempts ?? 0) + 1
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
  books.requests.place.delete(order.id)
  order.error = undefined
  order.completedAt = undefined
  become(books, order, { status: 'open', at, message: '' })
}

function inDoubt(books: Books, event: EventOf<'OrderUnknown'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.place.delete(order.id)
  order.doubt = { since: order.sentAt ?? at, looks: 0, lastLookAt: undefined }
  become(books, order, { status: 'unknown', at, message: event.evidence })
}

function notFound(books: Books, { orderId, askedAt }: EventOf<'OrderNotFound'>): void {
  const order = draft(books, orderId)
  assert(order.doubt !== undefined, 'an order is looked for only while it is unknown')
  order.doubt.looks++
  order.doubt.lastLookAt = askedAt
}

const LAPSED = {
  status: 'lapsed',
  code: 'LAPSED',
  reason: 'presumed never to have reached the broker',
} as const

type Again = Pick<Request, 'orderId' | 'kind' | 'notBefore'>

/** Back in the queue: nothing of it happened, or doing it again does no harm. */
function wait(books: Books, { orderId, kind, notBefore }: Again, at: Instant): void {
  const order = draft(books, orderId)
  const attempts = books.requests[kind].get(orderId)?.attempts ?? 0
  books.requests[kind].delete(orderId)
  if (isWorking(order.status)) ask(books, { orderId, kind, sending: false, notBefore, attempts })
  order.updatedAt = at
}

const again = (
  { orderId, retryAt }: { readonly orderId: OrderId; readonly retryAt: Instant },
  kind: Request['kind'],
): Again => ({ orderId, kind, notBefore: retryAt })

function cancelAsked(books: Books, orderId: OrderId, at: Instant): void {
  const order = draft(books, orderId)
  order.cancelAsked = true
  order.updatedAt = at
  if (books.requests.cancel.has(orderId)) return
  ask(books, { orderId, kind: 'cancel', sending: false, notBefore: at, attempts: 0 })
}

/** A refused cancel leaves the order as it was, and says so. */
function cancelRejected(books: Books, event: EventOf<'CancelRejected'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.cancel.delete(order.id)
  order.cancelAsked = false
  note(order, { status: order.status, at, message: `cancel refused: ${event.reason}` })
}

type Ending = {
  readonly orderId: OrderId
  readonly status: OrderStatus
  readonly code?: string
  readonly why?: string
  readonly reason: string
}

function finish(books: Books, { orderId, status, code, why, reason }: Ending, at: Instant): void {
  const order = draft(books, orderId)
  books.requests.place.delete(orderId)
  const cancel = books.requests.cancel.get(orderId)
  if (cancel && !cancel.sending) books.requests.cancel.delete(orderId)
  if (status !== 'cancelled') order.error = { code: code ?? why ?? status, message: reason }
  order.completedAt = at
  become(books, order, { status, at, message: reason })
}

function filled(books: Books, event: EventOf<'OrderFilled'>, at: Instant): void {
  const order = draft(books, event.orderId)
  const { terms } = order
  const { tradeId, quantity, price, tradedAt } = event
  const after = plus(order.filled, quantity)
  const whole = absolute(after) >= absolute(terms.quantity)
  const status = whole ? 'complete' : order.status
  change(books, order, { status, at, message: '' }, () => {
    order.reserve = keptReserve(order, quantity)
    order.filled = after
    order.value = plus(order.value, times(price, quantity, terms.multiplier))
    order.fills.push({ seq: books.seq, tradeId, quantity, price, tradedAt, at })
    order.firstFillAt ??= at
    order.exchangeOrderId = event.exchangeOrderId ?? order.exchangeOrderId
    if (!whole) return
    order.completedAt = at
    order.error = undefined
  })
  books.trades.set(tradeKey(exchangeOf(event.instrument), event.date, tradeId, quantity), at)
  const { instrument, product, currency, multiplier } = terms
  move(books, { instrument, product, owner: order.owner, currency, multiplier }, quantity, price)
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
  touch(books, netKey(instrument, product), at)
}

function charged(books: Books, event: EventOf<'ChargesBooked'>): void {
  const order = draft(books, event.orderId)
  order.charges = addCharges(order.charges, event.lines)
  add(books.cash, event.currency, minus(NO_MONEY, totalCharges(event.lines)))
}
