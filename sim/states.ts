/** The life of an order, as the judge knows it. */
import type { OrderStatus } from '../src/core/order.ts'

export const ENDS: readonly OrderStatus[] = [
  'complete',
  'cancelled',
  'rejected',
  'expired',
  'lapsed',
]

/** What an order is said to be, loudly, when it goes on after its end. */
export const EVIDENCE = ['late', 'late fill', 'overfill']

/** Written down a second time on purpose: a change of the desk's own table has to be meant. */
export const NEXT: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ['unknown', 'open', 'rejected', 'expired', 'cancelled'],
  unknown: ['open', 'rejected', 'expired', 'lapsed'],
  open: ['complete', 'cancelled', 'rejected', 'expired'],
  complete: ['cancelled'],
  cancelled: ['complete', 'open'],
  rejected: ['open', 'complete'],
  expired: ['open', 'complete'],
  lapsed: ['open', 'rejected'],
}
