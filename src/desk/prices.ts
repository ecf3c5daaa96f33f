/** What is quoted and what was: answered from the feed, no account asked. */
import type { CandlesView, CandleView, QuoteView } from '../core/candle.ts'
import type { Price } from '../core/amount.ts'
import { formatPrice, priceOfPoints } from '../core/amount.ts'
import type { Instrument } from '../core/instrument.ts'
import type { CandlesAsked, SymbolAsked } from '../core/asking.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, instant, isoTime, later } from '../core/time.ts'
import { Candles, SPANS } from '../market/candles.ts'
import { exchangeNamed } from '../market/exchange.ts'
import type { Bar, Feed } from '../market/feed.ts'
import { freshLast } from '../market/feed.ts'
import type { Instruments } from '../market/instruments.ts'
import type { Clock } from './clock.ts'

type PricesOptions = {
  readonly instruments: Instruments
  readonly feed: Feed
  readonly clock: Pick<Clock, 'now' | 'soon'>
}

type Priced = Pick<Instrument, 'id' | 'decimals'>

/** Of a candle, so many moments: of a minute that is every quote SIM gives. */
const LOOKS = 240
/** Then others have their turn: orders do not wait for somebody's chart. */
const LOOKS_A_TURN = 960

export class Prices {
  readonly #options: PricesOptions

  constructor(options: PricesOptions) {
    this.#options = options
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
    const text = textOf(instrument)
    return {
      symbol: instrument.symbol,
      exchange: instrument.exchange,
      currency: instrument.currency,
      bid: quote ? text(quote.bid) : null,
      ask: quote ? text(quote.ask) : null,
      bidSize: sizeText(quote?.bidSize),
      askSize: sizeText(quote?.askSize),
      at: quote ? shownAt(instrument, quote.at) : null,
      ageMs: quote ? Math.max(0, elapsed(quote.at, clock.now())) : null,
      stale: freshLast(feed, id, clock.now()) === undefined,
      halted: feed.isHalted(id),
    }
  }

  /** The newest `limit` of the stretch; none is cut by where it begins or ends. */
  async candles(asked: CandlesAsked): Promise<CandlesView | undefined> {
    const { instruments, clock } = this.#options
    const instrument = instruments.find(asked.symbol, asked.exchange)
    if (!instrument) return undefined
    const { interval, limit } = asked
    const span = SPANS[interval]
    const now = clock.now()
    const end = Math.ceil(Math.min(asked.to ?? Infinity, now + 1) / span) * span
    const first = asked.from === undefined ? -Infinity : Math.ceil(asked.from / span) * span
    const begin = Math.max(first, end - limit * span, 0)
    const bars = await this.#bars(instrument, [instant(begin), instant(end)], span)
    return {
      symbol: instrument.symbol,
      exchange: instrument.exchange,
      interval,
      items: bars.map((bar) => candleView(instrument, bar, bar.at + span <= now)),
      next: Number.isFinite(first) && begin > first ? shownAt(instrument, instant(begin)) : null,
    }
  }

  async #bars(
    { id }: Instrument,
    [from, to]: readonly [Instant, Instant],
    span: number,
  ): Promise<Bar[]> {
    const { feed, clock } = this.#options
    const candles = new Candles(span)
    const bars: Bar[] = []
    const stepMs = span / LOOKS
    // By turns of whole steps, so that nobody waits for what nobody quoted either.
    for (let at = from; at < to; at = later(at, LOOKS_A_TURN * stepMs)) {
      const until = instant(Math.min(to, at + LOOKS_A_TURN * stepMs))
      for (const quote of feed.history(id, { from: at, to: until, stepMs })) {
        const over = candles.quote(quote)
        if (over) bars.push(over)
      }
      await new Promise<void>((resolve) => clock.soon(resolve))
    }
    const last = candles.forming()
    return last ? [...bars, last] : bars
  }
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
