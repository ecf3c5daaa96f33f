import type { Limits } from '../brokers/broker.ts'
import type { Instant } from '../core/time.ts'
import { later } from '../core/time.ts'

/** Cancels and closes may use all of a window; entries leave them some of it. */
export type Urgency = 'entry' | 'exit'

/**
 * The broker's rate limits, as we keep them: never more than `max` calls in any stretch of `ms`.
 * That keeps every calendar second and minute of the broker's clock too, whatever its skew.
 */
export class Limiter {
  readonly #limits: Limits
  /** When the latest calls were let go, oldest first; as many as the widest window counts. */
  readonly #taken: Instant[] = []
  readonly #kept: number

  constructor(limits: Limits) {
    this.#limits = limits
    this.#kept = Math.max(0, ...limits.windows.map(({ max }) => max))
  }

  /** Lets one call go now, or does not. */
  take(urgency: Urgency, now: Instant): boolean {
    if (this.freeAt(urgency, now) > now) return false
    this.#taken.push(now)
    if (this.#taken.length > 2 * this.#kept) this.#taken.splice(0, this.#taken.length - this.#kept)
    return true
  }

  /** The call that was let go last was not made after all. */
  giveBack(): void {
    this.#taken.pop()
  }

  /** The first moment at which `take` would succeed if nothing else were taken. */
  freeAt(urgency: Urgency, now: Instant): Instant {
    let free = now
    for (const { ms, max } of this.#limits.windows) {
      const usable = urgency === 'exit' ? max : Math.max(1, max - this.#limits.keptForExits)
      const nth = this.#taken[this.#taken.length - usable]
      if (nth === undefined) continue
      const due = later(nth, ms)
      if (due > free) free = due
    }
    return free
  }
}
