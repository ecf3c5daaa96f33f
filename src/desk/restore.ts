import type { Account } from '../core/account.ts'
import { ACCOUNT_VERSION, newAccount } from '../core/account.ts'
import { evolve } from '../core/evolve.ts'
import type { Journal } from '../store/journal.ts'
import { fromText } from '../core/plain.ts'

export type Restored = { readonly accounts: Map<string, Account>; readonly events: number }

/** Every account as the journal has it, or only one of them. */
export function restore(journal: Journal, only?: string): Restored {
  const accounts = new Map<string, Account>()
  const saved = journal.snapshots(ACCOUNT_VERSION)
  for (const { account, body } of saved?.accounts ?? []) {
    if (only === undefined || only === account) accounts.set(account, fromText(body) as Account)
  }
  let events = 0
  for (const { entries } of journal.read(saved?.n ?? 0)) {
    for (const entry of entries) {
      if (only !== undefined && only !== entry.account) continue
      let account = accounts.get(entry.account)
      if (!account) accounts.set(entry.account, (account = newAccount(entry.account)))
      evolve(account, entry)
      events += entry.events.length
    }
  }
  return { accounts, events }
}
