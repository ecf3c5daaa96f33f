/** What is done about orders that have worked for longer than a day order should. */
import type { Account } from '../account.ts'
import type { Event } from '../event.ts'
import type { Signal } from '../input.ts'
import { exchangeOf } from '../instrument.ts'
import type { Order } from '../order.ts'
import { isWorking } from '../order.ts'
import type { Instant } from '../time.ts'
import { elapsed, HOUR } from '../time.ts'
import { cancelOrder } from './cancel.ts'

type StaleAsked = Extract<Signal, { readonly type: 'StaleAsked' }>

/**
 * One the book still has is kept, and named; a day order that the complete book no longer has has
 * expired there; what is unknown stays unknown. Nothing is cancelled unless that is asked for.
 */
export function staleOrders(account: Account, asked: StaleAsked, at: Instant): Event[] {
  const events: Event[] = []
  for (const order of account.orders.values()) {
    if (isStale(order, asked)) events.push(...settled(account, order, asked, at))
  }
  return events
}

const isStale = ({ status, terms, placedAt }: Order, { before, exchanges }: StaleAsked): boolean =>
  isWorking(status) &&
  status !== 'unknown' &&
  placedAt < before &&
  exchanges.includes(exchangeOf(terms.instrument))

function settled(account: Account, order: Order, asked: StaleAsked, at: Instant): Event[] {
  const { id: orderId, brokerOrderId, placedAt, updatedAt } = order
  const { orders, askedAt, cancel } = asked
  if (!brokerOrderId || !orders.ok) return []
  const isThere = orders.rows.some((row) => row.brokerOrderId === brokerOrderId)
  if (isThere) {
    const hours = Math.floor(elapsed(placedAt, at) / HOUR)
    const stale: Event = { type: 'OrderWentStale', orderId, hours }
    if (!cancel || order.cancelAsked) return [stale]
    const by = 'end of day'
    return [stale, ...cancelOrder(account, { type: 'CancelOrder', orderId, by, turn: false })]
  }
  if (!orders.proven || askedAt <= updatedAt) return []
  const reason = 'a day order that the broker’s complete book no longer has'
  return [{ type: 'OrderExpired', orderId, why: 'broker', reason }]
}
