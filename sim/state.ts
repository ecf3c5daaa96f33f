import type { Account } from '../src/core/account.ts'
import { legsOf } from '../src/core/view.ts'
import { netKey } from '../src/core/instrument.ts'
import { checkBooks } from './books.ts'
import type { Complain } from './known.ts'
import type { Written } from './written.ts'

/**
 * What the desk holds in memory between two commits, against the count of the same rows by other
 * code, and against itself.
 */
export function checkState(account: Account, written: Written, complain: Complain): void {
  try {
    checkBooks(account)
  } catch (error) {
    complain('3 the sums kept beside the orders are true', (error as Error).message)
  }
  for (const order of account.orders.values()) {
    const { id, status, filled } = order
    const known = written.orders.get(id)
    if (known?.status === status && known.filled === filled) continue
    const counted = known ? `${known.status} ${known.filled}` : 'nothing'
    complain('10 memory is what the rows say', `${id}: ${status} ${filled}, counted ${counted}`)
  }
  const held = new Map<string, bigint>()
  for (const { instrument, product, owner, position } of legsOf(account)) {
    held.set(`${netKey(instrument, product)}|${owner}`, position.quantity)
  }
  for (const [key, quantity] of written.held) {
    if ((held.get(key) ?? 0n) === quantity) continue
    complain('9 a position is the sum of its fills', `${key}: ${held.get(key)} of ${quantity}`)
  }
  for (const [currency, cash] of account.cash) {
    if (written.cash.get(currency) === cash) continue
    complain('13 money is conserved', `${cash} ${currency}, counted ${written.cash.get(currency)}`)
  }
}
