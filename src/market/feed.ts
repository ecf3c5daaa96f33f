import type { Instrument, InstrumentId } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'

/** Prices are whole points of the instrument's decimals; sizes are units. */
export type Quote = {
  readonly at: Instant
  readonly bid: number
  readonly ask: number
  /** Offered at those prices; undefined where the source does not say. */
  readonly bidSize: number | undefined
  readonly askSize: number | undefined
}

/** `at` is its opening; prices are whole points. */
export type Bar = {
  readonly at: Instant
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Units traded; undefined where the source has no volumes. */
  readonly volume: number | undefined
}

/** What hears of a market. A source of bars tells of each one's opening first, then of the rest. */
export interface MarketListener {
  quote(instrument: Instrument, quote: Quote): void
  /** A bar has begun: this is its first price, and how much will trade in it. */
  opened(instrument: Instrument, bar: Bar): void
  /** The bar is over, at `at`. */
  closed(instrument: Instrument, bar: Bar, at: Instant): void
}

/** Where prices come from. */
export interface Feed {
  /** Returns what ends it. */
  listen(listener: MarketListener): () => void
  /** The latest price, in points: the middle of a quote, or what traded last. */
  last(id: InstrumentId): number | undefined
  /**
   * The volume-weighted average price of a stretch of time, in whole points; undefined where it is
   * not known.
   */
  vwap(id: InstrumentId, from: Instant, to: Instant): number | undefined
}
