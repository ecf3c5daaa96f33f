/** Where candles of the past come from: a broker, a vendor, or the made-up market itself. */
import type { Interval } from '../core/candle.ts'
import type { Instrument } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'
import { SPANS } from './candles.ts'
import { dayAround } from './exchange.ts'
import type { Bar } from './feed.ts'
import type { Range } from './ranges.ts'

export type Recalled =
  | { readonly ok: true; readonly bars: readonly Bar[] }
  | { readonly ok: false; readonly reason: string }

/**
 * An adapter turns a stretch into requests, and the bytes that come back into bars; what is kept,
 * what is asked for again and when is not its business. It passes test/history.exam.ts.
 */
export interface HistorySource {
  /** What is kept of another source, or of another state of this one, is not used. */
  readonly name: string
  /** One call asks for no longer a stretch than this, in milliseconds. */
  longestMs(interval: Interval): number
  /**
   * The bars that begin in `range`, the oldest first; the one that is still forming may be among
   * them, as it is so far. Bars of a day begin at the exchange's midnight, or later on that day.
   * No bars means: nothing traded. What cannot be answered is not `ok`; it never rejects.
   */
  bars(instrument: Instrument, interval: Interval, range: Range): Promise<Recalled>
}

/** Bars that begin before this are over. A day is over with its date, whenever trading ended. */
export function finishedTo({ exchange }: Instrument, interval: Interval, now: Instant): Instant {
  return interval === 'day' ? dayAround(exchange, now)[0] : instant(now - SPANS[interval] + 1)
}

/** The first moment at which the bar after one that begins at `at` can begin. */
export const nextAfter = ({ exchange }: Instrument, interval: Interval, at: Instant): Instant =>
  interval === 'day' ? dayAround(exchange, at)[1] : instant(at + SPANS[interval])

/** Why that cannot be the bars of `range`; undefined where it can. */
export function whyUnsound(bars: readonly Bar[], { from, to }: Range): string | undefined {
  let last = -Infinity
  for (const { at, open, high, low, close, volume } of bars) {
    const when = new Date(at)
    const time = Number.isNaN(when.getTime()) ? String(at) : when.toISOString()
    if (!(at >= from && at < to)) return `a candle of ${time}, which was not asked for`
    if (at <= last) return `candles out of order at ${time}`
    if (![open, high, low, close].every(Number.isSafeInteger)) return `no price at ${time}`
    if (high < Math.max(open, close) || low > Math.min(open, close)) {
      return `a high below or a low above its prices at ${time}`
    }
    if (volume !== undefined && !(volume >= 0)) return `no volume at ${time}`
    last = at
  }
  return undefined
}
