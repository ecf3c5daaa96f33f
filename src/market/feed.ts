import type { Instrument, InstrumentId } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { elapsed } from '../core/time.ts'

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

/** From `from` on, every `stepMs`, and before `to`. */
export type Stretch = { readonly from: Instant; readonly to: Instant; readonly stepMs: number }

/** Where prices come from. */
export interface Feed {
  /** A price older than this is no longer one to value an order by. */
  readonly freshMs: number
  /** Returns what ends it. */
  listen(listener: MarketListener): () => void
  /** The latest price, in points: the middle of a quote, or what traded last. */
  last(id: InstrumentId): number | undefined
  /** When that price was told. */
  lastAt(id: InstrumentId): Instant | undefined
  /** The latest quote; undefined where none was told, or where the source has bars. */
  latest(id: InstrumentId): Quote | undefined
  /** Whether its exchange has stopped trading in it for now. */
  isHalted(id: InstrumentId): boolean
  /** What was quoted, as far as the source knows its past; nothing that is still to come. */
  history(id: InstrumentId, stretch: Stretch): Iterable<Quote>
  /**
   * The volume-weighted average price of a stretch of time, in whole points; undefined where it is
   * not known.
   */
  vwap(id: InstrumentId, from: Instant, to: Instant): number | undefined
}

/** The latest price, in points, unless it is too old to value an order by. */
export function freshLast(feed: Feed, id: InstrumentId, now: Instant): number | undefined {
  const at = feed.lastAt(id)
  return at !== undefined && elapsed(at, now) <= feed.freshMs ? feed.last(id) : undefined
}

/** What a source says of its own connection, over one life of it. */
export type Line = {
  /** Something came, be it no price. The first time it says that the connection stands. */
  readonly heard: () => void
  /** It is over, and nothing more will come. */
  readonly lost: (reason: string) => void
}

/** A connection that prices come over; it may be started again after it was lost, or stopped. */
export interface Source {
  start(line: Line): void
  stop(): void
}
