import type { Interval } from '../core/candle.ts'
import { DAY, HOUR, instant, MINUTE } from '../core/time.ts'
import type { Instant } from '../core/time.ts'
import type { Bar, Quote } from './feed.ts'

export const SPANS: Readonly<Record<Interval, number>> = {
  minute: MINUTE,
  '5minute': 5 * MINUTE,
  '15minute': 15 * MINUTE,
  hour: HOUR,
  day: DAY,
}

/**
 * Gathers quotes, by their middles, into bars of equal length, counted from `origin`. Stretches
 * without quotes make no bar.
 */
export class Candles {
  readonly #spanMs: number
  readonly #origin: number
  #begin = -1
  #open = 0
  #high = 0
  #low = 0
  #close = 0

  constructor(spanMs: number, origin: Instant = instant(0)) {
    this.#spanMs = spanMs
    this.#origin = origin % spanMs
  }

  /** The bar that this quote shows to be over, if it does. A crossed one has no price. */
  quote({ at, bid, ask }: Quote): Bar | undefined {
    if (bid > ask) return undefined
    const price = Math.round((bid + ask) / 2)
    const begin = Math.floor((at - this.#origin) / this.#spanMs) * this.#spanMs + this.#origin
    if (begin === this.#begin) {
      if (price > this.#high) this.#high = price
      if (price < this.#low) this.#low = price
      this.#close = price
      return undefined
    }
    const over = this.forming()
    this.#begin = begin
    this.#open = this.#high = this.#low = this.#close = price
    return over
  }

  /** The bar of the prices since the last one that was over. */
  forming(): Bar | undefined {
    if (this.#begin < 0) return undefined
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
