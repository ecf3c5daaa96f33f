import type { Bar } from '../market/feed.ts'
import { Ema, Rsi } from './indicators.ts'
import type { Strategy, Wish } from './strategy.ts'

const FAST = 9
const SLOW = 21
const STRENGTH = 14
/** Not bought above this: late to the move. */
const OVERBOUGHT = 70
/** Sold above this, whatever the averages say. */
const EXHAUSTED = 85

/**
 * Long when the fast average crosses above the slow one and the move is not overbought; out when
 * it crosses back, or the move is exhausted. A demonstration of orders, not a way to riches.
 */
export class EmaRsi implements Strategy {
  readonly name = 'ema-rsi'
  readonly #fast = new Ema(FAST)
  readonly #slow = new Ema(SLOW)
  readonly #strength = new Rsi(STRENGTH)
  #seen = 0
  #wasAbove = false

  bar({ close }: Bar, isHolding: boolean): Wish {
    const isAbove = this.#fast.add(close) > this.#slow.add(close)
    const strength = this.#strength.add(close)
    const crossedUp = isAbove && !this.#wasAbove
    this.#wasAbove = isAbove
    if (++this.#seen <= SLOW) return undefined
    if (isHolding) return !isAbove || strength > EXHAUSTED ? 'flat' : undefined
    return crossedUp && strength < OVERBOUGHT ? 'long' : undefined
  }
}
