/**
 * The exchange SIM: it never closes, and its market moves. Each price is a function of the seed
 * and the time alone (fractal noise), so a restart goes on where the clock is, without a file.
 */
import type { Instrument, InstrumentId } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { DAY, HOUR, instant, MINUTE, SECOND } from '../core/time.ts'
import type { Feed, MarketListener, Quote } from './feed.ts'
import { instrumentFrom } from './instruments.ts'

type Listing = { readonly instrument: Instrument; readonly base: number; readonly salt: number }

type Band = readonly [low: string, high: string]

const FREEZE = '100000'

const listing = (
  symbol: string,
  name: string,
  base: number,
  salt: number,
  band?: Band,
): Listing => ({
  instrument: instrumentFrom({
    symbol,
    exchange: 'SIM',
    name,
    currency: 'INR',
    tick: '0.05',
    freeze: FREEZE,
    ...(band && { band }),
    decimals: 2,
  }),
  base,
  salt,
})

/**
 * Made-up companies: symbols of real ones would look like real prices. Bases are in points. One has
 * a fixed band, 20 % around its base, which its own prices never leave; the others have none, as
 * shares with derivatives have none.
 */
const LISTINGS: readonly Listing[] = [
  listing('ACME', 'Acme Anvils', 25_000, 11),
  listing('BANYAN', 'Banyan Bank', 98_500, 23),
  listing('CHAI', 'Chai Estates', 41_250, 37),
  listing('DIYA', 'Diya Lighting', 128_000, 53),
  listing('INDUS', 'Indus Steel', 7_550, 71, ['60.4', '90.6']),
  listing('MANGO', 'Mango Motors', 310_000, 97),
]

export const SIM_INSTRUMENTS: readonly Instrument[] = LISTINGS.map(({ instrument }) => instrument)

/** How far each wave moves the price (natural logarithm), and how long it takes to change. */
const WAVES: readonly (readonly [amplitude: number, periodMs: number])[] = [
  [0.08, 5 * DAY],
  [0.03, DAY],
  [0.012, 3 * HOUR],
  [0.006, 30 * MINUTE],
  [0.003, 4 * MINUTE],
  [0.0012, 40 * SECOND],
  [0.0005, 7 * SECOND],
  [0.0004, 2 * SECOND],
  [0.0003, SECOND / 2],
]

const TICK_POINTS = 5
const SPREAD_TICKS_MAX = 3
const SIZE_MAX = 2_000
/** A long stretch is looked at in so many places. */
const SAMPLES_MAX = 10_000

/** What SIM shows of an instrument at a moment. */
function quoteAt({ base, salt }: Listing, seed: number, at: Instant): Quote {
  let log = 0
  for (const [index, [amplitude, period]] of WAVES.entries()) {
    log += amplitude * noise(seed * 1_000 + salt + index, at / period)
  }
  const ticks = Math.max(2, Math.round((base * Math.exp(log)) / TICK_POINTS))
  const second = Math.floor(at / SECOND)
  const spread = 1 + Math.floor(scramble(seed + salt, second) * SPREAD_TICKS_MAX)
  const bid = (ticks - Math.floor(spread / 2)) * TICK_POINTS
  return {
    at,
    bid: Math.max(TICK_POINTS, bid),
    ask: Math.max(TICK_POINTS, bid) + spread * TICK_POINTS,
    bidSize: 1 + Math.floor(scramble(salt + 1, second) * SIZE_MAX),
    askSize: 1 + Math.floor(scramble(salt + 2, second) * SIZE_MAX),
  }
}

/** Smooth between whole `x`, about -1 to 1. */
function noise(salt: number, x: number): number {
  const left = Math.floor(x)
  const t = x - left
  const blend = t * t * (3 - 2 * t)
  const a = scramble(salt, left) * 2 - 1
  const b = scramble(salt, left + 1) * 2 - 1
  return a + (b - a) * blend
}

/** Between 0 and 1; the same for the same two numbers. */
function scramble(salt: number, n: number): number {
  let h = Math.imul(salt ^ (n | 0), 0x85ebca6b) ^ Math.imul(Math.floor(n / 2 ** 32), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296
}

type Timer = { at(due: Instant, run: () => void): () => void; now(): Instant }

/** Quotes every instrument of SIM four times a second. */
export class SimulatedFeed implements Feed {
  static readonly STEP_MS = 250
  readonly #clock: Timer
  readonly #seed: number
  readonly #listeners = new Set<MarketListener>()
  readonly #last = new Map<InstrumentId, number>()
  #disarm: () => void = () => {}

  constructor(clock: Timer, seed: number) {
    this.#clock = clock
    this.#seed = seed
  }

  start(): void {
    this.#step()
  }

  stop(): void {
    this.#disarm()
  }

  /** Tells what it shows at this moment too: an order may come before its next step. */
  listen(listener: MarketListener): () => void {
    const now = this.#clock.now()
    for (const each of LISTINGS) listener.quote(each.instrument, quoteAt(each, this.#seed, now))
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  last(id: InstrumentId): number | undefined {
    return this.#last.get(id)
  }

  /**
   * What it showed before now: the past of a market that is a function of time can be asked for.
   */
  history(id: InstrumentId, spanMs: number): Quote[] {
    const now = this.#clock.now()
    return this.#between(id, instant(now - spanMs), now)
  }

  /** Of the middles of its quotes, by the sizes that stood there: SIM has no trades of others. */
  vwap(id: InstrumentId, from: Instant, to: Instant): number | undefined {
    let volume = 0
    let value = 0
    for (const { bid, ask, bidSize = 0, askSize = 0 } of this.#between(id, from, to)) {
      volume += bidSize + askSize
      value += ((bid + ask) / 2) * (bidSize + askSize)
    }
    return volume === 0 ? undefined : Math.round(value / volume)
  }

  #between(id: InstrumentId, from: Instant, to: Instant): Quote[] {
    const listed = LISTINGS.find(({ instrument }) => instrument.id === id)
    if (!listed) return []
    const step = Math.max(SimulatedFeed.STEP_MS, Math.ceil((to - from) / SAMPLES_MAX))
    const steps = Math.floor((to - from) / step)
    return Array.from({ length: steps }, (_, nth) =>
      quoteAt(listed, this.#seed, instant(to - (steps - nth) * step)),
    )
  }

  #step(): void {
    const now = this.#clock.now()
    for (const each of LISTINGS) {
      const quote = quoteAt(each, this.#seed, now)
      this.#last.set(each.instrument.id, Math.round((quote.bid + quote.ask) / 2))
      for (const listener of this.#listeners) listener.quote(each.instrument, quote)
    }
    const next = (Math.floor(now / SimulatedFeed.STEP_MS) + 1) * SimulatedFeed.STEP_MS
    this.#disarm = this.#clock.at(instant(next), () => this.#step())
  }
}
