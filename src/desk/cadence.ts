/** How often the broker's book is read. */
import type { Account } from '../core/account.ts'
import { requestCount } from '../core/account.ts'
import type { Rate } from '../core/amount.ts'
import type { BreakRule } from '../core/break-rule.ts'
import type { Matching } from '../core/input.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, later, MINUTE, SECOND } from '../core/time.ts'

/** How often it is read when nothing calls for it sooner, and how what was read is taken. */
export type Cadence = {
  /** While orders work. */
  readonly workingMs: number
  /** Between two readings that are to agree: only the second of them proves a difference. */
  readonly agreeMs: number
  /** Always, each account in its turn; undefined: no cycle. */
  readonly cycleMs: number | undefined
  /** Accounts that are read at once where nothing hurries. */
  readonly atOnce: number
  /** Always, also where there is no cycle; undefined: never. */
  readonly verifyMs: number | undefined
  /** Whether orders and trades that the broker tells of unasked are listened to. */
  readonly streams: boolean
  /** How trades by hand reach the books. */
  readonly matching?: Matching | undefined
  /** Differences up to this fraction of what is held lock nothing. */
  readonly tolerance?: Rate | undefined
  /** By which breaks are settled. */
  readonly rules?: readonly BreakRule[] | undefined
}

export const CADENCE: Cadence = {
  workingMs: SECOND,
  agreeMs: SECOND,
  cycleMs: 10 * SECOND,
  atOnce: 5,
  verifyMs: 30 * MINUTE,
  streams: true,
}

/** When an unknown order is looked for, after it was sent; from then on once a minute. */
const LOOKS_MS = [0.5, 1, 2, 5, 10, 30, 60].map((seconds) => seconds * SECOND)
/** After readings that failed. */
const RETRY_MS = [1, 2, 5, 10, 30].map((seconds) => seconds * SECOND)

/** Where the readings of an account stand. */
type Progress = {
  /** When the last one began. */
  readonly last: Instant
  /** The cycle is counted from here: the last one, or later where some were skipped. */
  readonly beat: Instant
  /** In a row. */
  readonly failures: number
  /** Something has moved that no two readings have agreed on yet. */
  readonly confirm: boolean
  readonly cadence: Cadence
  /** Of the broker: traits. */
  readonly lapseAfterMs: number
}

/** `isRoutine`: nothing hurries, and it waits for its turn among the accounts. */
export type Due = { readonly at: Instant; readonly isRoutine: boolean }

/** Undefined: nothing calls for one, ever. */
export function nextReading(account: Account, progress: Progress): Due | undefined {
  const { last, beat, failures, confirm, lapseAfterMs } = progress
  const { workingMs, agreeMs, cycleMs = Infinity, verifyMs = Infinity } = progress.cadence
  const isWorking = hasWorking(account)
  const isSoon = confirm || isWorking
  if (failures > 0) {
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]!
    return { at: later(last, wait), isRoutine: !isSoon && account.unknown.size === 0 }
  }
  const routine = beat + Math.min(cycleMs, verifyMs)
  let soon = Infinity
  if (confirm) soon = last + agreeMs
  if (isWorking) soon = Math.min(soon, last + workingMs)
  for (const id of account.unknown) {
    const since = account.orders.get(id)!.doubt!.since
    soon = Math.min(soon, nextLook(since, last, lapseAfterMs))
  }
  const at = Math.min(routine, soon)
  if (at === Infinity) return undefined
  return { at: at as Instant, isRoutine: routine < soon }
}

/** Also at the broker's bound, when absence first means something. */
function nextLook(since: Instant, last: Instant, lapseAfterMs: number): Instant {
  const passed = elapsed(since, last)
  const looks = [...LOOKS_MS, lapseAfterMs].filter((look) => look > passed)
  // By a clock that was set back it was sent only later: nobody waits for that.
  if (looks.length === 0 || passed < 0) return later(last, MINUTE)
  return later(since, Math.min(...looks))
}

/** Orders that the broker has, or is about to have. Unknown ones have looks of their own. */
const hasWorking = (account: Account): boolean =>
  requestCount(account) > 0 || account.working > account.unknown.size
