/** How `evolve` takes a new order in. */
import { NO_QUANTITY, NO_MONEY } from './amount.ts'
import { NO_CHARGES } from './charges.ts'
import type { Books, Draft } from './draft.ts'
import { ask, count, learn } from './draft.ts'
import type { EventOf } from './event.ts'
import { exchangeOf, netKey } from './instrument.ts'
import type { Order } from './order.ts'
import type { Instant } from './time.ts'
import { SECOND } from './time.ts'

export function placed(books: Books, event: EventOf<'OrderPlaced'>, at: Instant): void {
  const { orderId, tag, terms, intent, owner, by, note, refs, reason, reduceOnly } = event
  const { warning, arrival, reserve, parent, slices, skippedChecks } = event
  const order: Order = {
    id: orderId,
    tag,
    terms,
    intent,
    owner,
    by,
    note,
    refs,
    reason,
    reduceOnly,
    skippedChecks,
    parent,
    slices,
    warning,
    arrival,
    reserve,
    net: netKey(terms.instrument, terms.product),
    status: 'pending',
    filled: NO_QUANTITY,
    value: NO_MONEY,
    charges: NO_CHARGES,
    placedAt: at,
    updatedAt: at,
    sentAt: undefined,
    firstFillAt: undefined,
    completedAt: undefined,
    brokerOrderId: undefined,
    exchangeOrderId: undefined,
    attempts: 0,
    cancelAsked: false,
    amending: undefined,
    asked: undefined,
    doubt: undefined,
    error: undefined,
    history: [{ status: 'pending', filled: NO_QUANTITY, value: NO_MONEY, at, message: '' }],
    fills: [],
  }
  books.orders.set(orderId, order as Draft<Order>)
  books.lastPlaced = books.seq
  books.byTag.set(tag, orderId)
  learn(books, terms)
  ask(books, { orderId, kind: 'place', sending: false, notBefore: at, attempts: 0 })
  count(books, order, 1, at)
  const second = Math.floor(at / SECOND)
  const { pace } = books
  pace.inSecond = second === pace.second ? pace.inSecond + 1 : 1
  pace.second = second
  const exchange = exchangeOf(terms.instrument)
  books.placedToday.set(exchange, (books.placedToday.get(exchange) ?? 0) + 1)
}
