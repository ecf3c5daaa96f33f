import type { Account } from '../core/account.ts'
import { ACCOUNT_VERSION, newAccount } from '../core/account.ts'
import { evolve } from '../core/evolve.ts'
import type { Journal, Snapshots } from '../store/journal.ts'
import { fromText } from '../core/plain.ts'

export type Restored = {
  readonly accounts: Map<string, Account>
  /** Folded since the accounts were saved. */
  readonly events: number
  /** The last row whose events came with the saved accounts; nothing before it was looked at. */
  readonly after: number
  readonly saved: 'sound' | 'none' | 'damaged'
}

/**
 * Every account as the journal has it, or only one of them. Saved accounts spare folding; those
 * that are damaged are as good as none.
 */
export function restore(journal: Pick<Journal, 'read' | 'snapshots'>, only?: string): Restored {
  const accounts = new Map<string, Account>()
  const saved = journal.snapshots(ACCOUNT_VERSION)
  const { n: after, accounts: whole } = typeof saved === 'object' ? saved : NOTHING
  for (const { account, body } of whole) {
    if (only === undefined || only === account) accounts.set(account, fromText(body) as Account)
  }
  let events = 0
  for (const { entries } of journal.read(after)) {
    for (const entry of entries) {
      if (only !== undefined && only !== entry.account) continue
      let account = accounts.get(entry.account)
      if (!account) accounts.set(entry.account, (account = newAccount(entry.account)))
      evolve(account, entry)
      events += entry.events.length
    }
  }
  return { accounts, events, after, saved: typeof saved === 'object' ? 'sound' : saved }
}

export const DAMAGED = 'the saved accounts were damaged; the journal was folded from its first row'

const NOTHING: Snapshots = { n: 0, accounts: [] }
