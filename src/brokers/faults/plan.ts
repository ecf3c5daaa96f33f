import type { Instant } from '../../core/time.ts'
import { elapsed, SECOND } from '../../core/time.ts'
import { Random } from '../../market/random.ts'

/** What can go wrong with one call that places, changes or cancels an order. */
export const CALL_FAULTS = [
  'lose-request', // it never arrives, and nothing ever answers it
  'lose-answer', // it is done, and nothing ever says so
  'late', // it is done, and answered `seconds` later
  'server-error', // HTTP 502; done or not, as a coin falls
  'garbage', // it is done, and the answer cannot be read
  'refuse-connection', // no byte of it left
  'rate-limit', // refused for a second, before it counted
  'reject', // the broker says no
] as const
/** With what the broker tells without being asked. */
export const NEWS_FAULTS = ['repeat', 'reorder', 'silence'] as const
/** With a reading of its books. */
export const BOOK_FAULTS = [
  'book-fails', // 503 for every part of it
  'book-unreadable', // wrong types: the list of orders cannot be read
  'book-stale', // what was shown before, once more
  'book-truncated', // every other row is missing
  'book-empty', // no rows at all
] as const
/** With the broker as a whole. Each begins by chance, once a second. */
export const WEATHER = [
  'session-loss', // nothing works until we have logged in again, `seconds` later
  'restart', // what is on its way is never answered; back after `seconds`
  'ghost', // somebody trades by hand in the same account
  'bust', // the exchange takes the latest trade back
  'reject-late', // an order that was accepted is refused after all
  'race', // a part of an order trades while its cancel is on the way
] as const

export const FAULTS = [...CALL_FAULTS, ...NEWS_FAULTS, ...BOOK_FAULTS, ...WEATHER] as const
export type FaultName = (typeof FAULTS)[number]
export const CALLS = ['place', 'amend', 'cancel'] as const
export type CallName = (typeof CALLS)[number]

export type Fault = {
  readonly fault: FaultName
  /** Between 0 and 1, each time it could strike. */
  readonly chance: number
  /** Only from so many seconds after the start on, and only for so long. */
  readonly from: number
  readonly for: number
  /** Only these calls. */
  readonly on: readonly CallName[]
  /** How late, or how long. */
  readonly seconds: number
  /** It strikes so often and then no more. */
  readonly times: number
}

export type FaultPlan = { readonly seed: number; readonly faults: readonly Fault[] }

export const faultOf = (fault: FaultName, over: Partial<Fault> = {}): Fault => ({
  fault,
  chance: 1,
  from: 0,
  for: Infinity,
  on: CALLS,
  seconds: 3,
  times: Infinity,
  ...over,
})

/** Draws lots by the plan: the same seed and the same questions give the same answers. */
export class Dice {
  readonly #plan: FaultPlan
  readonly #random: Random
  readonly #start: Instant
  readonly #struck = new Map<Fault, number>()

  constructor(plan: FaultPlan, start: Instant) {
    this.#plan = plan
    this.#random = new Random(plan.seed)
    this.#start = start
  }

  /** The first of the named faults that strikes now; undefined: none does. */
  strike(among: readonly FaultName[], now: Instant, call?: CallName): Fault | undefined {
    const age = elapsed(this.#start, now) / SECOND
    for (const fault of this.#plan.faults) {
      if (!among.includes(fault.fault) || age < fault.from || age >= fault.from + fault.for)
        continue
      if (call !== undefined && !fault.on.includes(call)) continue
      const struck = this.#struck.get(fault) ?? 0
      if (struck >= fault.times || !this.#random.chance(fault.chance)) continue
      this.#struck.set(fault, struck + 1)
      return fault
    }
    return undefined
  }

  /** How often each fault has struck. */
  get struck(): ReadonlyMap<FaultName, number> {
    const sums = new Map<FaultName, number>()
    for (const [{ fault }, times] of this.#struck) sums.set(fault, (sums.get(fault) ?? 0) + times)
    return sums
  }

  coin(): boolean {
    return this.#random.chance(0.5)
  }

  /** One of `count` things. */
  pick(count: number): number {
    return this.#random.integer(0, count - 1)
  }
}
