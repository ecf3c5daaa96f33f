import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'
import type { Bar } from './feed.ts'

/** Gathers prices into bars of equal length, aligned to the clock. Empty stretches make no bar. */
export class Candles {
  readonly #spanMs: number
  #begin = -1
  #open = 0
  #high = 0
  #low = 0
  #close = 0

  constructor(spanMs: number) {
    this.#spanMs = spanMs
  }

  /** The bar that this price shows to be over, if it does. */
  add(at: Instant, price: number): Bar | undefined {
    const begin = Math.floor(at / this.#spanMs) * this.#spanMs
    if (begin === this.#begin) {
      if (price > this.#high) this.#high = price
      if (price < this.#low) this.#low = price
      this.#close = price
      return undefined
    }
    const over = this.#begin < 0 ? undefined : this.#bar()
    this.#begin = begin
    this.#open = this.#high = this.#low = this.#close = price
    return over
  }

  #bar(): Bar {
    return {
      at: instant(this.#begin),
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: undefined,
    }
  }
}
