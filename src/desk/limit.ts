import type { Limits } from '../brokers/broker.ts'

/** Cancels and closes may use all of a window; entries leave them some of it. */
export type Urgency = 'entry' | 'exit'

/**
 * The broker's rate limits, as we keep them: never more than `max` calls in any stretch of `ms`.
 * That keeps every calendar second and minute of the broker's clock too, whatever its skew. All
 * times are of the steady clock, since a call does not grow older when somebody sets the wall's.
 */
export class Limiter {
  readonly #limits: Limits
  /** When the latest calls were let go, oldest first; at least as many as any window counts. */
  readonly #taken: number[] = []
  readonly #kept: number

  constructor(limits: Limits) {
    this.#limits = limits
    // Twice as many, since some of them may be given back.
    this.#kept = 2 * Math.max(0, ...limits.windows.map(({ max }) => max))
  }

  /** Calls that were made before this limiter was: a day's window goes on through a restart. */
  remember(made: readonly number[]): void {
    for (const then of made) this.#taken.push(then)
    this.#taken.sort((a, b) => a - b)
    this.#forget()
  }

  /** Lets one call go now, or does not. */
  take(urgency: Urgency, now: number): boolean {
    if (this.freeAt(urgency, now) > now) return false
    this.#taken.push(now)
    if (this.#taken.length > 2 * this.#kept) this.#forget()
    return true
  }

  #forget(): void {
    this.#taken.splice(0, Math.max(0, this.#taken.length - this.#kept))
  }

  /** The call that was let go then was not made after all. */
  giveBack(then: number): void {
    const index = this.#taken.lastIndexOf(then)
    if (index >= 0) this.#taken.splice(index, 1)
  }

  /** The first moment at which `take` would succeed if nothing else were taken. */
  freeAt(urgency: Urgency, now: number): number {
    let free = now
    for (const { ms, max } of this.#limits.windows) {
      const usable = urgency === 'exit' ? max : Math.max(1, max - this.#limits.keptForExits)
      const nth = this.#taken[this.#taken.length - usable]
      if (nth !== undefined) free = Math.max(free, nth + ms)
    }
    return free
  }
}
