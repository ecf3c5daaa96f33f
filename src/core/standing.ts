/** How the books of an account stand. */
import type { Account } from './account.ts'
import type { BreakView } from './books-view.ts'
import { breakView } from './books-view.ts'
import type { Instant } from './time.ts'
import { utc } from './view.ts'

export type ReconciliationView = {
  readonly account: string
  /** When the last reading began that succeeded; null before the first. */
  readonly lastSync: string | null
  /** Readings so far. */
  readonly cycle: number
  /** Cycles left out, since the start, because the one before them was late. */
  readonly skipped: number
  readonly status: 'ok' | 'open' | 'blind' | 'never'
  readonly matched: number
  readonly total: number
  readonly open: number
  readonly unknownOrders: number
  /** Parts of the book that could not be read. */
  readonly failed: readonly string[]
  readonly divergences: number
  readonly breaks: readonly BreakView[]
}

/** How far the readings of an account have come. */
export type Cycles = {
  /** They are numbered, over all runs. */
  readonly cycle: number
  /** Cycles that fell due while the one before them was still read, or waited for. */
  readonly skipped: number
  /** When the last one that could be read began. */
  readonly readAt: Instant | undefined
}

export function reconciliationView(
  account: Account,
  now: Instant,
  cycles: Cycles | undefined,
): ReconciliationView {
  const { compared, breaks } = account
  const { matched = 0, total = 0, failed = '' } = compared ?? {}
  const readAt = cycles?.readAt ?? compared?.at
  const parts = failed === '' ? [] : failed.split(',')
  const isOpen = breaks.size > 0 || matched < total
  const state = parts.length > 0 ? 'blind' : isOpen ? 'open' : 'ok'
  return {
    account: account.id,
    lastSync: readAt === undefined ? null : utc(readAt),
    cycle: cycles?.cycle ?? compared?.cycle ?? 0,
    skipped: cycles?.skipped ?? 0,
    status: compared ? state : 'never',
    matched,
    total,
    open: total - matched,
    unknownOrders: account.unknown.size,
    failed: parts,
    divergences: breaks.size,
    breaks: [...breaks.values()].map((each) => breakView(account, each, now)),
  }
}
