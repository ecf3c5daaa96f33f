/** The shares of the simulated exchange, and prices that walk about at random. */
import { price, quantity } from '../src/core/amount.ts'
import type { Instrument, InstrumentId } from '../src/core/instrument.ts'
import { currency, instrumentId } from '../src/core/instrument.ts'
import type { Instant } from '../src/core/time.ts'
import { SECOND } from '../src/core/time.ts'
import type { Feed, MarketListener, Quote } from '../src/market/feed.ts'
import type { Random } from '../src/market/random.ts'

export const INR = currency('INR')
export const EXCHANGE = 'NSE'

const listed = (symbol: string, more: Partial<Instrument> = {}): Instrument => ({
  id: instrumentId(EXCHANGE, symbol),
  symbol,
  exchange: EXCHANGE,
  name: symbol,
  group: 'equity',
  currency: INR,
  tick: price('0.05'),
  lot: quantity('1'),
  multiplier: 1n,
  products: ['MIS', 'CNC'],
  decimals: 2,
  freeze: undefined,
  band: undefined,
  sessions: 'cash',
  ...more,
})

export const LISTED: readonly Instrument[] = [
  listed('ALPHA'),
  listed('BETA', { band: { low: price('90'), high: price('110') } }),
  listed('GAMMA', {
    group: 'futures',
    lot: quantity('25'),
    freeze: quantity('200'),
    products: ['NRML', 'MIS'],
    sessions: 'futures',
  }),
]

const START = 10_000
const TICK = 5
const FRESH_MS = 10 * SECOND

/** Prices as the desk hears them; the venue is told first and always. */
export class Market implements Feed {
  readonly freshMs = FRESH_MS
  readonly #random: Random
  readonly #now: () => Instant
  readonly #venue: () => MarketListener
  readonly #listeners = new Set<MarketListener>()
  readonly #latest = new Map<InstrumentId, Quote>()
  readonly #middle = new Map<InstrumentId, number>()
  /** While it is, only the venue hears of prices. */
  isMute = false

  constructor(random: Random, now: () => Instant, venue: () => MarketListener) {
    this.#random = random
    this.#now = now
    this.#venue = venue
  }

  listen(listener: MarketListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  last(id: InstrumentId): number | undefined {
    const quote = this.#latest.get(id)
    return quote && Math.round((quote.bid + quote.ask) / 2)
  }

  lastAt(id: InstrumentId): Instant | undefined {
    return this.#latest.get(id)?.at
  }

  latest(id: InstrumentId): Quote | undefined {
    return this.#latest.get(id)
  }

  isHalted(): boolean {
    return false
  }

  history(): readonly [] {
    return []
  }

  vwap(): undefined {}

  /** The next price of one share: nearby, and pulled back to where it began. */
  tick(instrument: Instrument): void {
    const { id, lot } = instrument
    const random = this.#random
    const before = this.#middle.get(id) ?? START
    const pull = Math.sign(START - before) * (random.chance(0.2) ? TICK : 0)
    const jump = random.chance(0.02) ? 20 : 2
    const middle = before + pull + TICK * random.integer(-jump, jump)
    this.#middle.set(id, middle)
    const half = TICK * random.integer(1, 2)
    const units = Number(lot / 100_000_000n)
    const quote: Quote = {
      at: this.#now(),
      bid: middle - half,
      ask: middle + half,
      bidSize: units * random.integer(0, 40),
      askSize: units * random.integer(0, 40),
    }
    this.#venue().quote(instrument, quote)
    if (this.isMute) return
    this.#latest.set(id, quote)
    for (const listener of this.#listeners) listener.quote(instrument, quote)
  }
}
