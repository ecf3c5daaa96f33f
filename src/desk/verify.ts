import type { Account } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import { evolve } from '../core/evolve.ts'
import { toText } from '../core/plain.ts'
import { Digest } from '../store/chain.ts'
import type { Journal } from '../store/journal.ts'
import type { Restored } from './restore.ts'
import { restore } from './restore.ts'

export type Verified = {
  readonly rows: number
  readonly events: number
  readonly hash: string
  /** Equal for two journals with the same events, however they were batched. */
  readonly digest: string
  readonly full: boolean
  /** Looked at only in full. */
  readonly saved: Restored['saved']
  /** Accounts whose saved state is not what their events make of them. */
  readonly differing: readonly string[]
}

/**
 * Reads every row, and with `full` proves that starting from snapshots equals starting from
 * nothing. `onRow` hears of each row that was read.
 */
export function verifyJournal(
  journal: Journal,
  full: boolean,
  onRow: (n: number) => void = () => {},
): Verified {
  // Restored first: a desk that runs beside us may add rows while we read.
  const { accounts: restored, saved } = full ? restore(journal) : NOTHING
  const digest = new Digest()
  const folded = new Map<string, Account>()
  let rows = 0
  for (const { n, entries } of journal.read(0)) {
    rows++
    onRow(n)
    for (const entry of entries) {
      digest.add(entry)
      if (entry.seq > (restored.get(entry.account)?.seq ?? 0)) continue
      let account = folded.get(entry.account)
      if (!account) folded.set(entry.account, (account = newAccount(entry.account)))
      evolve(account, entry)
    }
  }
  const differing = [...restored.values()].filter((account) => {
    const other = folded.get(account.id)
    return other === undefined || toText(other) !== toText(account)
  })
  return {
    rows,
    events: digest.events,
    hash: journal.head().hash,
    digest: digest.hex(),
    full,
    saved,
    differing: differing.map(({ id }) => id),
  }
}

const NOTHING: Pick<Restored, 'accounts' | 'saved'> = { accounts: new Map(), saved: 'none' }
