/** What became of orders, counted: each adds what it is now, and takes back what it was. */
import type { Money } from './amount.ts'
import { absolute, minus, NO_MONEY, plus, times } from './amount.ts'
import { totalCharges } from './charges.ts'
import type { Event } from './event.ts'
import { EXPIRY_CODES } from './evolve.ts'
import { costAbove } from './execution.ts'
import type { Order } from './order.ts'
import { elapsed } from './time.ts'

/** Every order with an id is in exactly one of `pending` to `failed`. */
export const COUNTS = [
  'orders',
  'denied', // had no id
  'submitted', // a request to place it was handed over to go to the broker
  'pending', // may still trade
  'completed',
  'cancelled',
  'rejected',
  'expired', // ended by the broker or the exchange
  'failed', // never reached the broker, or is presumed not to have
  'fills', // less those that were taken back
  'traded', // orders that have any
  'fillMs', // from placed to complete, of the completed
] as const

/** Of one currency. */
export const SUMS = [
  'volume', // price × quantity × contract size, on either side
  'charges',
  'slippage', // against the price at arrival, where that is known
  'arrival', // what the same would have come to at that price
] as const

export type Count = (typeof COUNTS)[number]
export type Sum = (typeof SUMS)[number]
export type Tally = Record<Count, number> & Record<Sum, Money>

export const noTally = (): Tally => ({
  orders: 0,
  denied: 0,
  submitted: 0,
  pending: 0,
  completed: 0,
  cancelled: 0,
  rejected: 0,
  expired: 0,
  failed: 0,
  fills: 0,
  traded: 0,
  fillMs: 0,
  volume: NO_MONEY,
  charges: NO_MONEY,
  slippage: NO_MONEY,
  arrival: NO_MONEY,
})

/** How an order stands at a moment; the order itself is folded in place. */
export type Standing = Pick<
  Order,
  | 'status'
  | 'error'
  | 'terms'
  | 'filled'
  | 'value'
  | 'arrival'
  | 'charges'
  | 'placedAt'
  | 'sentAt'
  | 'completedAt'
>

/** Each field by name: all of an order would be copied at every event. */
export const standingOf = (order: Order): Standing => ({
  status: order.status,
  error: order.error,
  terms: order.terms,
  filled: order.filled,
  value: order.value,
  arrival: order.arrival,
  charges: order.charges,
  placedAt: order.placedAt,
  sentAt: order.sentAt,
  completedAt: order.completedAt,
})

/** All that an order adds but its fills, which are counted by event. */
export function tallyOf(order: Standing): Tally {
  const { status, terms, filled, value, arrival, charges, placedAt, completedAt } = order
  const { multiplier, quantity } = terms
  const tally = noTally()
  tally.orders = 1
  tally.submitted = order.sentAt === undefined ? 0 : 1
  tally[whereabouts(order)] = 1
  if (status === 'complete') tally.fillMs = Math.max(0, elapsed(placedAt, completedAt!))
  tally.charges = totalCharges(charges)
  if (filled === 0n) return tally
  tally.traded = 1
  tally.volume = quantity < 0n ? minus(NO_MONEY, value) : value
  if (arrival === undefined) return tally
  tally.slippage = costAbove(arrival, { value, filled, multiplier })
  tally.arrival = absolute(times(arrival, filled, multiplier))
  return tally
}

/** Most events change nothing that is counted. */
export const isSameTally = (was: Standing, now: Standing): boolean =>
  was.status === now.status &&
  was.sentAt === now.sentAt &&
  was.completedAt === now.completedAt &&
  was.filled === now.filled &&
  was.value === now.value &&
  was.charges === now.charges

function whereabouts({ status, error }: Standing): Count {
  switch (status) {
    case 'pending':
    case 'unknown':
    case 'open':
      return 'pending'
    case 'complete':
      return 'completed'
    case 'cancelled':
      return 'cancelled'
    case 'rejected':
      return 'rejected'
    case 'lapsed':
      return 'failed'
    case 'expired':
      return error?.code === EXPIRY_CODES.broker ? 'expired' : 'failed'
  }
}

export function fillsIn({ type }: Event): number {
  if (type === 'OrderFilled') return 1
  return type === 'FillBusted' ? -1 : 0
}

export function addTally(sum: Tally, more: Tally): void {
  for (const name of COUNTS) sum[name] += more[name]
  for (const name of SUMS) sum[name] = plus(sum[name], more[name])
}

export function takeTally(sum: Tally, less: Tally): void {
  for (const name of COUNTS) sum[name] -= less[name]
  for (const name of SUMS) sum[name] = minus(sum[name], less[name])
}
