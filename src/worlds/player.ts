import type { Price } from '../core/amount.ts'
import { priceOfPoints } from '../core/amount.ts'
import type { InstrumentId } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { dateAt, DAY, instant, MINUTE } from '../core/time.ts'
import type { Bar, Feed, MarketListener } from '../market/feed.ts'
import type { BarColumns, Recording, TickColumns } from '../market/recording.ts'
import type { VirtualClock } from './virtual.ts'

/** Rows between two moments at which the caller may show how far things are. */
const ROWS_A_BEAT = 8_192

export type PlayerHooks = {
  /** A trading date is over; the first price of another one is about to come. */
  readonly dayEnded: (date: ReturnType<typeof dateAt>, at: Instant) => Promise<void>
  /** A bar is over, or a minute of quotes. */
  readonly closed: (at: Instant) => void
  readonly beat: (done: number, of: number) => void
}

/** Plays a recording as a feed, at full speed: time passes from one price to the next. */
export class Player implements Feed {
  readonly freshMs = Infinity
  readonly #recording: Recording
  readonly #clock: VirtualClock
  #listeners: readonly MarketListener[] = []
  #points = NaN
  /** Twice the last price, in points: the middle of a quote may lie between two points. */
  #doubled = NaN
  /** The local day of the price before, counted from 1970. */
  #day: number | undefined

  constructor(recording: Recording, clock: VirtualClock) {
    this.#recording = recording
    this.#clock = clock
  }

  listen(listener: MarketListener): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener)
    }
  }

  last(id: InstrumentId): number | undefined {
    if (id !== this.#recording.instrument.id || Number.isNaN(this.#points)) return undefined
    return this.#points
  }

  /** What was recorded counts until the next row, however long that takes. */
  lastAt(id: InstrumentId): Instant | undefined {
    return this.last(id) === undefined ? undefined : this.#clock.now()
  }

  latest(): undefined {}

  isHalted(): boolean {
    return false
  }

  history(): readonly [] {
    return []
  }

  /** Nobody asks during a recording, and its report measures against arrival prices. */
  vwap(): undefined {}

  /** The last close, or the middle of the last quote, exactly. */
  mark(): Price {
    const { decimals } = this.#recording.instrument
    return (priceOfPoints(this.#doubled, decimals) / 2n) as Price
  }

  async play(hooks: PlayerHooks): Promise<void> {
    const { prices } = this.#recording
    if (prices.kind === 'bars') await this.#playBars(prices, hooks)
    else await this.#playTicks(prices, hooks)
    hooks.beat(prices.count, prices.count)
  }

  async #playBars(bars: BarColumns, hooks: PlayerHooks): Promise<void> {
    const { instrument } = this.#recording
    for (let index = 0; index < bars.count; index++) {
      const bar = barAt(bars, index)
      const passing = this.#pass(bar.at, hooks)
      if (passing) await passing
      this.#show(bar.open)
      for (const listener of this.#listeners) listener.opened(instrument, bar)
      if (this.#clock.isBusy) await this.#clock.settle()
      const next = bars.at[index + 1] ?? Infinity
      const end = instant(Math.min(bar.at + bars.spanMs, next))
      const moving = this.#moveTo(end)
      if (moving) await moving
      this.#show(bar.close)
      for (const listener of this.#listeners) listener.closed(instrument, bar, end)
      if (this.#clock.isBusy) await this.#clock.settle()
      hooks.closed(end)
      if (index % ROWS_A_BEAT === 0) hooks.beat(index, bars.count)
    }
  }

  async #playTicks(ticks: TickColumns, hooks: PlayerHooks): Promise<void> {
    const { instrument } = this.#recording
    let minute = -1
    for (let index = 0; index < ticks.count; index++) {
      const at = instant(ticks.at[index]!)
      const bid = ticks.bid[index]!
      const ask = ticks.ask[index]!
      const passing = this.#pass(at, hooks)
      if (passing) await passing
      const current = Math.floor(at / MINUTE)
      if (minute >= 0 && current !== minute) hooks.closed(at)
      minute = current
      this.#show(Math.round((bid + ask) / 2), bid + ask)
      const quote = { at, bid, ask, bidSize: undefined, askSize: undefined }
      for (const listener of this.#listeners) listener.quote(instrument, quote)
      if (this.#clock.isBusy) await this.#clock.settle()
      if (index % ROWS_A_BEAT === 0) hooks.beat(index, ticks.count)
    }
    hooks.closed(this.#clock.now())
  }

  #show(points: number, doubled = 2 * points): void {
    this.#points = points
    this.#doubled = doubled
  }

  /** Time moves on to the next price, over the end of a day if one lies between. */
  #pass(to: Instant, hooks: PlayerHooks): Promise<void> | undefined {
    const day = this.#localDay(to)
    const before = this.#day ?? day
    this.#day = day
    if (before === day) return this.#moveTo(to)
    return this.#endDay(dateAt(instant(before * DAY)), to, hooks)
  }

  #localDay(at: Instant): number {
    return Math.floor((at + this.#recording.offsetAt(at) * MINUTE) / DAY)
  }

  async #endDay(date: ReturnType<typeof dateAt>, to: Instant, hooks: PlayerHooks): Promise<void> {
    await hooks.dayEnded(date, this.#clock.now())
    await this.#clock.advance(to)
  }

  #moveTo(to: Instant): Promise<void> | undefined {
    if (!this.#clock.isQuietUntil(to)) return this.#clock.advance(to)
    this.#clock.skip(to)
    return undefined
  }
}

function barAt(bars: BarColumns, index: number): Bar {
  return {
    at: instant(bars.at[index]!),
    open: bars.open[index]!,
    high: bars.high[index]!,
    low: bars.low[index]!,
    close: bars.close[index]!,
    volume: bars.volume?.[index],
  }
}
