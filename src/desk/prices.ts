/** What is quoted and what was: answered from feed and history, no account asked. */
import type { CandlesView, CandleView, QuoteView } from '../core/candle.ts'
import type { Price } from '../core/amount.ts'
import { formatPrice, priceOfPoints } from '../core/amount.ts'
import type { Instrument, InstrumentId } from '../core/instrument.ts'
import type { CandlesAsked, SymbolAsked } from '../core/asking.ts'
import type { Instant } from '../core/time.ts'
import { DAY, elapsed, instant, isoTime, later } from '../core/time.ts'
import { CandleHistory } from '../market/candle-history.ts'
import type { Remembered } from '../market/candle-shelf.ts'
import { SPANS } from '../market/candles.ts'
import { beginOf, dayAround, endOf, exchangeNamed } from '../market/exchange.ts'
import type { Bar, Feed } from '../market/feed.ts'
import { freshLast } from '../market/feed.ts'
import { finishedTo } from '../market/history.ts'
import type { Instruments } from '../market/instruments.ts'
import { QuoteHistory } from '../market/quote-history.ts'
import type { Range } from '../market/ranges.ts'
import type { Clock } from './clock.ts'

type PricesOptions = {
  readonly instruments: Instruments
  readonly feed: Feed
  readonly clock: Pick<Clock, 'now' | 'soon' | 'at'>
  /** Without one the feed's own past is asked every time. */
  readonly history?: CandleHistory | undefined
}

type Priced = Pick<Instrument, 'id' | 'decimals'>
type Found = { readonly told: Remembered; readonly begin: Instant }

/** Candles are looked for in stretches of so many times their number, and each time longer. */
const WIDER = 4
/** Not further back than so many of them in one go: `next` leads there. */
const WIDTH_MAX = 50_000

export class Prices {
  readonly #options: PricesOptions
  readonly #history: CandleHistory

  constructor(options: PricesOptions) {
    const { feed, clock, history } = options
    this.#options = options
    const source = new QuoteHistory('the feed', feed, clock)
    const say = (): void => {} // nothing is kept that could be damaged
    this.#history = history ?? new CandleHistory({ source, clock, cacheEnabled: false, say })
  }

  /** One to value an order by: undefined where the feed has none, or only an old one. */
  fresh({ id, decimals }: Priced): Price | undefined {
    const { feed, clock } = this.#options
    return priceFrom(freshLast(feed, id, clock.now()), decimals)
  }

  /** The latest there was, however old. */
  latest({ id, decimals }: Priced): Price | undefined {
    return priceFrom(this.#options.feed.last(id), decimals)
  }

  quote({ symbol, exchange }: SymbolAsked): QuoteView | undefined {
    const { instruments, feed, clock } = this.#options
    const instrument = instruments.find(symbol, exchange)
    if (!instrument) return undefined
    const { id } = instrument
    const quote = feed.latest(id)
    const last = feed.last(id)
    const at = quote?.at ?? feed.lastAt(id)
    const text = textOf(instrument)
    return {
      symbol: instrument.symbol,
      exchange: instrument.exchange,
      currency: instrument.currency,
      last: last === undefined ? null : text(last),
      bid: quote ? text(quote.bid) : null,
      ask: quote ? text(quote.ask) : null,
      bidSize: sizeText(quote?.bidSize),
      askSize: sizeText(quote?.askSize),
      at: at === undefined ? null : shownAt(instrument, at),
      ageMs: at === undefined ? null : Math.max(0, elapsed(at, clock.now())),
      stale: freshLast(feed, id, clock.now()) === undefined,
      halted: feed.isHalted(id),
    }
  }

  /** The newest `limit` of the stretch; none is cut by where it begins or ends. */
  async candles(
    asked: CandlesAsked,
  ): Promise<CandlesView | { readonly failed: string } | undefined> {
    const { instruments, clock } = this.#options
    const instrument = instruments.find(asked.symbol, asked.exchange)
    if (!instrument) return undefined
    const { interval, limit } = asked
    const now = clock.now()
    const { from, to } = this.#rangeOf(asked, instrument, now)
    const { told, begin } = await this.#newest(instrument, { from, to }, { interval, limit })
    if (!told.ok) return { failed: told.reason }
    const bars = told.bars.slice(-limit)
    const over = finishedTo(instrument, interval, now)
    const isMore = begin > from || bars.length < told.bars.length
    return {
      symbol: instrument.symbol,
      exchange: instrument.exchange,
      interval,
      items: bars.map((bar) => candleView(instrument, bar, bar.at < over)),
      next: isMore ? shownAt(instrument, bars[0]?.at ?? begin) : null,
      notice: told.notice ?? null,
    }
  }

  #rangeOf({ days, ...asked }: CandlesAsked, { exchange }: Instrument, now: Instant): Range {
    const back = later(now, -(days ?? this.#history.days) * DAY)
    const from = asked.from === undefined ? dayAround(exchange, back)[0] : asked.from
    const to = asked.to === undefined ? Infinity : endOf(exchange, asked.to)
    return {
      from: instant(Math.max(0, beginOf(exchange, from))),
      to: instant(Math.min(to, now + 1)),
    }
  }

  /**
   * From the end backwards, since how much time so many candles take depends on when trading was;
   * `begin` is how far back was looked.
   */
  async #newest(
    instrument: Instrument,
    { from, to }: Range,
    { interval, limit }: Pick<CandlesAsked, 'interval' | 'limit'>,
  ): Promise<Found> {
    const span = SPANS[interval]
    for (let width = limit; ; width *= WIDER) {
      const begin = instant(Math.max(from, to - Math.min(width, WIDTH_MAX) * span))
      if (begin >= to) return { told: NOTHING, begin: from }
      const told = await this.#history.bars(instrument, interval, { from: begin, to })
      const isEnough = told.ok && told.bars.length >= limit
      if (!told.ok || isEnough || begin === from || width >= WIDTH_MAX) return { told, begin }
    }
  }
}

const NOTHING: Remembered = { ok: true, bars: [], notice: undefined }
/** The latest price of an instrument, however old; undefined where there never was one. */
export const latestPrice =
  ({ instruments, feed }: Pick<PricesOptions, 'instruments' | 'feed'>) =>
  (id: InstrumentId): Price | undefined => {
    const instrument = instruments.get(id)
    return instrument && priceFrom(feed.last(id), instrument.decimals)
  }

const priceFrom = (points: number | undefined, decimals: number): Price | undefined =>
  points === undefined ? undefined : priceOfPoints(points, decimals)

const textOf =
  ({ decimals }: Instrument) =>
  (points: number): string =>
    formatPrice(priceOfPoints(points, decimals))

const sizeText = (size: number | undefined): string | null =>
  size === undefined ? null : String(size)

const shownAt = ({ exchange }: Instrument, at: Instant): string =>
  isoTime(at, exchangeNamed(exchange).zone(at))

function candleView(instrument: Instrument, bar: Bar, whole: boolean): CandleView {
  const text = textOf(instrument)
  const { at, open, high, low, close, volume } = bar
  return {
    at: shownAt(instrument, at),
    open: text(open),
    high: text(high),
    low: text(low),
    close: text(close),
    volume: sizeText(volume),
    whole,
  }
}
