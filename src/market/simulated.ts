/**
 * The exchange SIM: it never closes, and its market moves. Each price is a function of the seed
 * and the time alone (fractal noise), so a restart goes on where the clock is, without a file.
 */
import type { Instrument, InstrumentId } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { pointsOfPrice } from '../core/amount.ts'
import { DAY, HOUR, instant, later, MINUTE, SECOND } from '../core/time.ts'
import type { Feed, Line, MarketListener, Quote, Source, Stretch } from './feed.ts'
import { instrumentFrom } from './instruments.ts'
import type { Moods } from './moods.ts'
import { CALM, strainAt } from './moods.ts'
import { scramble } from './random.ts'

type Listing = { readonly instrument: Instrument; readonly base: number; readonly salt: number }

type Band = readonly [low: string, high: string]

const FREEZE = '100000'

/** What the exchange takes no order beyond. */
type Bounds = { readonly band?: Band; readonly freeze?: string }

const listing = (
  symbol: string,
  name: string,
  base: number,
  salt: number,
  bounds: Bounds = {},
): Listing => ({
  instrument: instrumentFrom({
    symbol,
    exchange: 'SIM',
    name,
    currency: 'INR',
    tick: '0.05',
    ...bounds,
    decimals: 2,
  }),
  base,
  salt,
})

/**
 * Made-up companies: symbols of real ones would look like real prices. Bases are in points. One has
 * a fixed band, 20 % around its base, which its own prices never leave; the others have none, as
 * shares with derivatives have none. Two have a freeze quantity.
 */
const LISTINGS: readonly Listing[] = [
  listing('ACME', 'Acme Anvils', 25_000, 11),
  listing('BANYAN', 'Banyan Bank', 98_500, 23),
  listing('CHAI', 'Chai Estates', 41_250, 37),
  listing('DIYA', 'Diya Lighting', 128_000, 53),
  listing('INDUS', 'Indus Steel', 7_550, 71, { band: ['60.4', '90.6'], freeze: FREEZE }),
  listing('MANGO', 'Mango Motors', 310_000, 97, { freeze: FREEZE }),
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

/** Whose market it is: the same two show the same prices. */
type Weather = { readonly seed: number; readonly moods: Moods }

/** What SIM shows of an instrument at a moment; undefined while it is halted. */
function quoteAt(listed: Listing, { seed, moods }: Weather, at: Instant): Quote | undefined {
  const { base, salt } = listed
  const strain = strainAt(moods, seed * 1_000 + salt, at)
  if (strain.isHalted) return undefined
  let log = strain.shift
  for (const [index, [amplitude, period]] of WAVES.entries()) {
    log += amplitude * noise(seed * 1_000 + salt + index, at / period)
  }
  const ticks = Math.max(2, Math.round((base * Math.exp(log)) / TICK_POINTS))
  const second = Math.floor(at / SECOND)
  const spread =
    1 +
    Math.floor(scramble(seed + salt, second) * SPREAD_TICKS_MAX) +
    Math.round(ticks * strain.widening)
  const bid = withinBand(listed, (ticks - Math.floor(spread / 2)) * TICK_POINTS, spread)
  return {
    at,
    bid,
    ask: bid + spread * TICK_POINTS,
    bidSize: 1 + Math.floor(scramble(salt + 1, second) * SIZE_MAX),
    askSize: 1 + Math.floor(scramble(salt + 2, second) * SIZE_MAX),
  }
}

/** The bid, so that it and the ask are where the exchange lets prices be. */
function withinBand({ instrument }: Listing, bid: number, spread: number): number {
  const { band, decimals } = instrument
  if (!band) return Math.max(TICK_POINTS, bid)
  const top = pointsOfPrice(band.high, decimals) - spread * TICK_POINTS
  return Math.max(pointsOfPrice(band.low, decimals), Math.min(bid, top))
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

type Timer = { at(due: Instant, run: () => void): () => void; now(): Instant }

/** Quotes every instrument of SIM four times a second, but for those that are halted. */
export class SimulatedFeed implements Feed, Source {
  static readonly STEP_MS = 250
  readonly freshMs: number = 10 * SECOND
  readonly #clock: Timer
  readonly #weather: Weather
  readonly #listeners = new Set<MarketListener>()
  readonly #latest = new Map<InstrumentId, Quote>()
  #disarm: () => void = () => {}

  constructor(clock: Timer, seed: number, moods: Moods = CALM) {
    this.#clock = clock
    this.#weather = { seed, moods }
  }

  start(line: Line): void {
    this.#step(line)
  }

  stop(): void {
    this.#disarm()
  }

  /** Tells what it shows at this moment too: an order may come before its next step. */
  listen(listener: MarketListener): () => void {
    const now = this.#clock.now()
    for (const each of LISTINGS) {
      const quote = quoteAt(each, this.#weather, now)
      if (quote) listener.quote(each.instrument, quote)
    }
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

  isHalted(id: InstrumentId): boolean {
    const { seed, moods } = this.#weather
    const listed = listingOf(id)
    if (!listed) return false
    return strainAt(moods, seed * 1_000 + listed.salt, this.#clock.now()).isHalted
  }

  /** The past of a market that is a function of time can be asked for. */
  *history(id: InstrumentId, { from, to, stepMs }: Stretch): Iterable<Quote> {
    const listed = listingOf(id)
    if (!listed) return
    const end = Math.min(to, later(this.#clock.now(), 1))
    for (let at = from; at < end; at = later(at, stepMs)) {
      const quote = quoteAt(listed, this.#weather, at)
      if (quote) yield quote
    }
  }

  /** Of the middles of its quotes, by the sizes that stood there: SIM has no trades of others. */
  vwap(id: InstrumentId, from: Instant, to: Instant): number | undefined {
    const stepMs = Math.max(SimulatedFeed.STEP_MS, Math.ceil((to - from) / SAMPLES_MAX))
    // From its end, so that what takes less than a step has no average, as it has no quote.
    const begin = later(to, -Math.floor((to - from) / stepMs) * stepMs)
    let volume = 0
    let value = 0
    for (const { bid, ask, bidSize = 0, askSize = 0 } of this.history(id, {
      from: begin,
      to,
      stepMs,
    })) {
      volume += bidSize + askSize
      value += ((bid + ask) / 2) * (bidSize + askSize)
    }
    return volume === 0 ? undefined : Math.round(value / volume)
  }

  #step(line: Line): void {
    const now = this.#clock.now()
    line.heard()
    for (const each of LISTINGS) {
      const quote = quoteAt(each, this.#weather, now)
      if (!quote) continue
      this.#latest.set(each.instrument.id, quote)
      for (const listener of this.#listeners) listener.quote(each.instrument, quote)
    }
    const next = (Math.floor(now / SimulatedFeed.STEP_MS) + 1) * SimulatedFeed.STEP_MS
    this.#disarm = this.#clock.at(instant(next), () => this.#step(line))
  }
}

const listingOf = (id: InstrumentId): Listing | undefined =>
  LISTINGS.find(({ instrument }) => instrument.id === id)
