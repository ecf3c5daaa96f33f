import type { Instrument } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'

/** Why a row is no price, in the words of the report. */
export type SkipReason =
  | 'not a time'
  | 'time goes back'
  | 'time repeats'
  | 'not a number'
  | 'more than 8 decimals'
  | 'not above zero'
  | 'high below low'
  | 'crossed'
  | 'outside the session'

export type Skip = {
  readonly reason: SkipReason
  readonly count: number
  /** Line numbers of the first few, the heading being line 1. */
  readonly lines: readonly number[]
}

/** Prices of one instrument over a stretch of time, in columns: one number each, in points. */
export type Recording = {
  readonly file: string
  readonly instrument: Instrument
  /** Rows of the file below its heading, the skipped ones included. */
  readonly rows: number
  readonly skips: readonly Skip[]
  /** Remarks on what was assumed, for the report. */
  readonly notes: readonly string[]
  /** Minutes ahead of UTC in which the file tells time, at a moment. */
  readonly offsetAt: (at: Instant) => number
  readonly prices: BarColumns | TickColumns
}

export type BarColumns = {
  readonly kind: 'bars'
  readonly count: number
  /** When each began, in milliseconds. */
  readonly at: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Undefined where the file has no volumes, or only zeroes. */
  readonly volume: Float64Array | undefined
  /** From a bar's beginning to its end; of daily bars, the session. */
  readonly spanMs: number
}

export type TickColumns = {
  readonly kind: 'ticks'
  readonly count: number
  readonly at: Float64Array
  readonly bid: Float64Array
  readonly ask: Float64Array
}
