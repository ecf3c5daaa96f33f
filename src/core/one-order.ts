import type { Account } from './account.ts'
import type { Entry, Event } from './event.ts'
import { evolve } from './evolve.ts'
import type { OrderId } from './order.ts'

export const orderIdOf = (event: Event): OrderId | undefined =>
  'orderId' in event ? event.orderId : undefined

/**
 * One event of one order, folded by the very function that folds the whole account, into an account
 * that is told of nothing else.
 */
export function foldOne(fold: Account, entry: Entry, index: number): void {
  const seq = entry.seq + index
  const scratch = fold as { seq: number }
  scratch.seq = seq - 1
  evolve(fold, { ...entry, seq, command: undefined, events: [entry.events[index]!] })
}
