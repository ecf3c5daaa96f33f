/** Where a guard's base stands: it rises only by figures that can be trusted. */
import type { Account } from '../account.ts'
import type { Money } from '../amount.ts'
import { larger, minus } from '../amount.ts'
import type { GuardState } from '../guard.ts'
import type { Baseline, GuardRule, Reset, Worth } from '../guard-rule.ts'
import { baseAfterReset, raised } from '../guard-rule.ts'
import type { Instant } from '../time.ts'
import { elapsed, SECOND } from '../time.ts'
import type { Sample } from './guard.ts'

/** A peak is the middle one of three figures so far apart. */
const PEAK_APART_MS: number = 2 * SECOND
/** A larger rise in one step must have lasted so long. */
const STEP = 33n // a thirty-third: 3 %
const STEP_LASTS_MS: number = 10 * SECOND
/** A smaller rise is not worth an event: the base is known to one part in so many. */
const GRAIN = 10_000n

/** The new base, where the highest has risen. */
export function risen(
  rule: GuardRule,
  baseline: Baseline,
  samples: readonly Sample[],
): Money | undefined {
  const three = apart(samples, PEAK_APART_MS)
  if (three.length < 3) return undefined
  const [, middle] = three.toSorted((a, b) => (valueIn(rule, a) < valueIn(rule, b) ? -1 : 1))
  const higher = raised(rule, baseline, middle!)
  if (higher === undefined) return undefined
  const { base } = baseline
  const step = minus(higher, base)
  if (base > 0n && step < base / GRAIN) return undefined
  return base > 0n && step > base / STEP ? lasting(rule, base, samples) : higher
}

/** The lowest of the figures since, if they reach back far enough and all lie above the base. */
function lasting(rule: GuardRule, base: Money, samples: readonly Sample[]): Money | undefined {
  const now = samples.at(-1)!.at
  const first = samples.findLastIndex(({ at }) => elapsed(at, now) >= STEP_LASTS_MS)
  if (first < 0) return undefined
  const values = samples.slice(first).map((sample) => valueIn(rule, sample))
  const lowest = values.reduce((a, b) => (a < b ? a : b))
  return lowest > base ? lowest : undefined
}

const valueIn = ({ base }: GuardRule, { equity, balance }: Worth): Money =>
  base === 'highest-balance' ? balance : equity

/** The newest three that are so far apart; fewer where there are not as many. */
function apart(samples: readonly Sample[], ms: number): Sample[] {
  const chosen: Sample[] = []
  for (const sample of samples.toReversed()) {
    const last = chosen.at(-1)
    if (!last || elapsed(sample.at, last.at) >= ms) chosen.push(sample)
    if (chosen.length === 3) break
  }
  return chosen
}

type Passed = {
  readonly state: GuardState
  readonly reset: Reset
  readonly samples: readonly Sample[]
  readonly now: Worth
}

/** A figure so close to the reset is the figure of the reset. */
const CAPTURE_MS: number = 5 * SECOND

/** What the base is since the reset: as it was seen, or the worse of what was known around it. */
export function movedAtReset(
  account: Account,
  { state, reset, samples, now }: Passed,
): { readonly base: Money; readonly estimated: boolean } {
  const { rule, baseline } = state
  const seen = nearest(samples, reset.last)
  if (seen) return { base: baseAfterReset(rule, baseline!, seen), estimated: false }
  const before = account.guards.noted.get(rule.currency) ?? now
  const worst: Worth = {
    equity: larger(before.equity, now.equity),
    balance: larger(before.balance, now.balance),
  }
  const base = baseAfterReset(rule, baseline!, worst)
  return { base, estimated: base !== baseline!.base || rule.base.includes('-at-reset') }
}

function nearest(samples: readonly Sample[], moment: Instant): Sample | undefined {
  const before = samples.findLast(({ at }) => at <= moment)
  if (before && elapsed(before.at, moment) <= CAPTURE_MS) return before
  const after = samples.find(({ at }) => at >= moment)
  return after && elapsed(moment, after.at) <= CAPTURE_MS ? after : undefined
}
