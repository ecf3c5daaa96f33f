import type { Limits } from '../brokers/broker.ts'

/** Cancels and closes may use all of a window; entries leave them some of it. */
export type Urgency = 'entry' | 'exit'

/**
 * The broker's rate limits, as we keep them: never more than `max` calls leave in any stretch of
 * `ms`. That keeps every calendar second and minute of the broker's clock too, whatever its skew.
 * A call is journaled between its turn and its leaving, and a disk may take its time: until it has
 * left it counts as leaving now. All times are of the steady clock, since a call does not grow
 * older when somebody sets the wall's.
 */
export class Limiter {
  readonly #limits: Limits
  /** When the latest calls left, oldest first; at least as many as any window counts. */
  readonly #left: number[] = []
  /** Calls that have their turn and have not left. */
  #leaving = 0
  readonly #kept: number

  constructor(limits: Limits) {
    this.#limits = limits
    this.#kept = Math.max(0, ...limits.windows.map(({ max }) => max))
  }

  /** Calls that were made before this limiter was: a day's window goes on through a restart. */
  remember(made: readonly number[]): void {
    for (const then of made) this.#left.push(then)
    this.#left.sort((a, b) => a - b)
    this.#forget()
  }

  /** Gives one call its turn, or does not. */
  take(urgency: Urgency, now: number): boolean {
    if (this.freeAt(urgency, now) > now) return false
    this.#leaving++
    return true
  }

  /** A call that had its turn leaves. */
  leave(now: number): void {
    this.#leaving--
    this.#left.push(now)
    if (this.#left.length > 2 * this.#kept) this.#forget()
  }

  #forget(): void {
    this.#left.splice(0, Math.max(0, this.#left.length - this.#kept))
  }

  /** A call that had its turn will not be made after all. */
  giveBack(): void {
    this.#leaving--
  }

  /** The first moment at which `take` would succeed if nothing else were taken. */
  freeAt(urgency: Urgency, now: number): number {
    let free = now
    for (const { ms, max } of this.#limits.windows) {
      const usable = urgency === 'exit' ? max : Math.max(1, max - this.#limits.keptForExits)
      if (this.#leaving >= usable) return now + ms
      const nth = this.#left[this.#left.length - (usable - this.#leaving)]
      if (nth !== undefined) free = Math.max(free, nth + ms)
    }
    return free
  }
}
