/** Prices as programs and people are shown them; amounts are decimal text. */

export const INTERVALS = ['minute', '5minute', '15minute', 'hour', 'day'] as const
export type Interval = (typeof INTERVALS)[number]

type Named = { readonly symbol: string; readonly exchange: string }

/** Null where nothing has been quoted yet, or where the source does not say. */
export type QuoteView = Named & {
  readonly currency: string
  /** What traded last, or the middle of the latest quote. */
  readonly last: string | null
  readonly bid: string | null
  readonly ask: string | null
  readonly bidSize: string | null
  readonly askSize: string | null
  readonly at: string | null
  readonly ageMs: number | null
  /** Too old to value an order by, or never quoted. */
  readonly stale: boolean
  readonly halted: boolean
}

export type CandleView = {
  /** Its opening. */
  readonly at: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: string | null
  /** False while it is still forming. */
  readonly whole: boolean
}

export type CandlesView = Named & {
  readonly interval: Interval
  /** The oldest first. */
  readonly items: readonly CandleView[]
  /** What `to` is for those before; null where none are left of what was asked for. */
  readonly next: string | null
  /** What is wrong with them, such as that the newest could not be fetched. */
  readonly notice: string | null
}
