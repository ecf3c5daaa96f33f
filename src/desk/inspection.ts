import { later } from '../core/time.ts'
import type { Head, Journal } from '../store/journal.ts'
import { NO_ROWS } from '../store/journal.ts'
import type { Clock } from './clock.ts'

/** Work in one go, and the rest after it: orders come first. */
const SLICE_MS = 4
const PAUSE_MS = 8
/** Between two looks at the time. */
const ROWS = 16

/**
 * A start checks the rows after the last snapshot while it folds them. Those before it are checked
 * here, in short slices beside the work of the desk, so that a start does not take longer from
 * year to year and yet no row stays unchecked.
 */
export class Inspection {
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #to: number
  #at: Head = NO_ROWS
  #cancel: () => void = () => {}

  /** Up to row `to`. */
  constructor(journal: Journal, clock: Clock, to: number) {
    this.#journal = journal
    this.#clock = clock
    this.#to = to
  }

  /** `onFault` hears of the first row that is not sound, and of nothing after it. */
  start(onFault: (error: Error) => void): void {
    if (this.#at.n >= this.#to) return
    const due = later(this.#clock.now(), PAUSE_MS)
    this.#cancel = this.#clock.at(due, () => {
      try {
        this.#slice()
      } catch (error) {
        onFault(error as Error)
        return
      }
      this.start(onFault)
    })
  }

  #slice(): void {
    const until = this.#clock.steady() + SLICE_MS
    while (this.#at.n < this.#to && this.#clock.steady() < until) {
      this.#at = this.#journal.walk(this.#at, Math.min(ROWS, this.#to - this.#at.n))
    }
  }

  stop(): void {
    this.#cancel()
  }
}
