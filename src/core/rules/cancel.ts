import type { Account } from '../account.ts'
import { assert } from '../brand.ts'
import type { Event } from '../event.ts'
import type { Command } from '../input.ts'
import type { Order } from '../order.ts'
import { isWorking, slicesOf } from '../order.ts'
import { deny } from '../denial.ts'

type CancelAll = Extract<Command, { readonly type: 'CancelAll' }>

/** Every working order that is meant and is not being cancelled already. */
export function cancelAll(account: Account, { instrument, owner, by }: CancelAll): Event[] {
  const events: Event[] = []
  let orders = 0
  for (const order of account.orders.values()) {
    if (!isWorking(order.status) || order.cancelAsked) continue
    if (instrument !== undefined && order.terms.instrument !== instrument) continue
    if (owner !== undefined && order.owner !== owner) continue
    orders++
    events.push(...cancelOne(account, order, { by, turn: false }))
  }
  return [{ type: 'CancelAllAsked', by, instrument, owner, orders }, ...events]
}

type CancelOrder = Extract<Command, { readonly type: 'CancelOrder' }>

/** Asks for an end; of the first slice of an order, for that of all of them. */
export function cancelOrder(account: Account, { orderId, by, turn }: CancelOrder): Event[] {
  const order = account.orders.get(orderId)
  if (!order) {
    return [{ type: 'CancelDenied', orderId, ...deny('ORDER_NOT_FOUND', { order: orderId }) }]
  }
  const slices = slicesOf(order).flatMap((id) => account.orders.get(id) ?? [])
  const meant = (slices.length > 0 ? slices : [order]).filter(({ status }) => isWorking(status))
  if (meant.length === 0) {
    const facts = { order: orderId, status: order.status.toUpperCase() }
    return [{ type: 'CancelDenied', orderId, ...deny('ORDER_FINISHED', facts) }]
  }
  return meant.flatMap((each, index) => cancelOne(account, each, { by, turn: turn && index === 0 }))
}

type Asking = { readonly by: string; readonly turn: boolean }

/** Only the broker's status ends an order that has left us; one that has not, ends now. */
function cancelOne(account: Account, order: Order, { by, turn }: Asking): Event[] {
  const orderId = order.id
  const asked: Event = { type: 'CancelAsked', orderId, by }
  const placing = account.requests.place.get(orderId)
  if (placing && !placing.sending) {
    return [asked, { type: 'OrderCancelled', orderId, reason: 'before it was sent' }]
  }
  const already = account.requests.cancel.has(orderId)
  if (!turn || already || !order.brokerOrderId) return [asked]
  assert(account.epoch !== undefined, 'an account is started before it takes orders')
  return [asked, { type: 'OrderSending', orderId, request: 'cancel', epoch: account.epoch }]
}
