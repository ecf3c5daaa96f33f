import type { Interval } from '../core/candle.ts'
import type { Instrument } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { instant, later } from '../core/time.ts'
import { Candles, SPANS } from './candles.ts'
import { dayAround } from './exchange.ts'
import type { Bar, Feed } from './feed.ts'
import type { HistorySource, Recalled } from './history.ts'
import type { Range } from './ranges.ts'

/** Of a candle, so many moments: of a minute that is every quote SIM gives. */
const LOOKS = 240
/** Then others have their turn: orders do not wait for somebody's chart. */
const LOOKS_A_TURN = 960
/** A call that takes a second or so: what it found is kept before the next is made. */
const CANDLES_A_CALL = 1_000

type Frame = { readonly range: Range; readonly begin: Instant; readonly span: number }

/** Candles out of the quotes that a feed remembers, or that are a function of time. */
export class QuoteHistory implements HistorySource {
  readonly name: string
  readonly #feed: Pick<Feed, 'history'>
  /** Lets everything that waits go first. */
  readonly #turn: () => Promise<void>

  constructor(name: string, feed: Pick<Feed, 'history'>, clock: { soon(run: () => void): void }) {
    this.name = name
    this.#feed = feed
    this.#turn = () => new Promise((resolve) => clock.soon(resolve))
  }

  longestMs(interval: Interval): number {
    return CANDLES_A_CALL * SPANS[interval]
  }

  async bars(instrument: Instrument, interval: Interval, range: Range): Promise<Recalled> {
    const bars: Bar[] = []
    let looks = 0
    for (const { range: part, begin, span } of framesOf(instrument, interval, range)) {
      const candles = new Candles(span, begin)
      const stepMs = Math.max(1, Math.floor(span / LOOKS))
      // By turns of whole steps, so that nobody waits for what nobody quoted either.
      for (let at = part.from; at < part.to; at = later(at, LOOKS_A_TURN * stepMs)) {
        const to = instant(Math.min(part.to, at + LOOKS_A_TURN * stepMs))
        for (const quote of this.#feed.history(instrument.id, { from: at, to, stepMs })) {
          const over = candles.quote(quote)
          if (over) bars.push(over)
        }
        looks += Math.ceil((to - at) / stepMs)
        if (looks < LOOKS_A_TURN) continue
        looks = 0
        await this.#turn()
      }
      const last = candles.forming()
      if (last) bars.push(last)
    }
    return { ok: true, bars }
  }
}

/**
 * Day by day of the exchange, since candles are counted from its midnight; each part whole, so that
 * no candle is cut by where the range begins or ends.
 */
function* framesOf({ exchange }: Instrument, interval: Interval, range: Range): Iterable<Frame> {
  for (let at = range.from; at < range.to;) {
    const [begin, end] = dayAround(exchange, at)
    const span = interval === 'day' ? end - begin : SPANS[interval]
    const whole = (moment: Instant): Instant =>
      instant(begin + Math.ceil((moment - begin) / span) * span)
    const from = whole(range.from > begin ? range.from : begin)
    const to = range.to < end ? whole(range.to) : end
    if (from < to) yield { range: { from, to: to < end ? to : end }, begin, span }
    at = end
  }
}
