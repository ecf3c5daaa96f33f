import type { Clock } from './clock.ts'

/**
 * When to commit what has come. A lone input goes at once. Where several come in one turn, as from
 * many connections, they wait for the end of the turn, so that all of them share one sync.
 */
export class Pace {
  readonly #clock: Clock
  #isCrowded = false
  /** A lone input was committed in this very turn: whatever comes now is company. */
  #justCommitted = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(run: () => void): void {
    if (this.#isCrowded || this.#justCommitted) this.#clock.soon(run)
    else this.#clock.next(run)
  }

  /** Told of each batch: whether the next one is likely to be more than one input. */
  feel(size: number): void {
    this.#isCrowded = size > 1
    if (this.#isCrowded || this.#justCommitted) return
    this.#justCommitted = true
    this.#clock.soon(() => {
      this.#justCommitted = false
    })
  }
}
