/** Streaming indicators: one number in, one out. Estimates, so plain numbers. */

/** Exponential moving average; starts at the first value. */
export class Ema {
  readonly #weight: number
  #value = NaN

  constructor(period: number) {
    this.#weight = 2 / (period + 1)
  }

  add(value: number): number {
    this.#value = Number.isNaN(this.#value)
      ? value
      : this.#value + this.#weight * (value - this.#value)
    return this.#value
  }
}

/** Relative strength, Wilder's smoothing; NaN until `period` changes have been seen. */
export class Rsi {
  readonly #period: number
  #last = NaN
  #seen = 0
  #gain = 0
  #loss = 0

  constructor(period: number) {
    this.#period = period
  }

  add(value: number): number {
    const change = value - this.#last
    this.#last = value
    if (Number.isNaN(change)) return NaN
    const gain = change > 0 ? change : 0
    const loss = change < 0 ? -change : 0
    const period = this.#period
    if (this.#seen < period) {
      this.#seen++
      this.#gain += gain / period
      this.#loss += loss / period
      if (this.#seen < period) return NaN
    } else {
      this.#gain = (this.#gain * (period - 1) + gain) / period
      this.#loss = (this.#loss * (period - 1) + loss) / period
    }
    return this.#loss === 0 ? 100 : 100 - 100 / (1 + this.#gain / this.#loss)
  }
}
