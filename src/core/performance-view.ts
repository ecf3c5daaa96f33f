/** How an account, or a part of it, has fared over a period, as people and programs read it. */
import type { TradingDate } from './time.ts'

/** Whose, and of which days; both dates count. */
export type PerformanceAsked = {
  readonly account?: string | undefined
  readonly strategy?: string | undefined
  readonly symbol?: string | undefined
  readonly from?: TradingDate | undefined
  readonly to?: TradingDate | undefined
  /** Days that make a year; by the exchange where it is left out. */
  readonly daysPerYear?: number | undefined
  /** In a year; decimal text. */
  readonly riskFreePercent?: string | undefined
}

/** Of closed trades, after charges. Means are to 8 decimals, ratios to 4. */
export type TradesFigures = {
  readonly trades: number
  readonly wins: number
  readonly losses: number
  /** A fraction of 1; null before the first. */
  readonly winRate: string | null
  readonly averageWin: string | null
  /** Zero or below. */
  readonly averageLoss: string | null
  readonly grossProfit: string
  /** Zero or below. */
  readonly grossLoss: string
  /** Null where nothing was lost. */
  readonly profitFactor: string | null
  /** What a trade brought on average. */
  readonly expectancy: string | null
  readonly totalPnl: string
}

export type FallView = {
  /** In per cent of the peak, or in money. */
  readonly depth: string
  readonly start: string
  readonly bottom: string
  /** Null while it has not been made up for. */
  readonly recovered: string | null
  readonly days: number
}

export type EquityPoint = {
  readonly date: string
  /** Null where the price of something that was held is not known. */
  readonly equity: string | null
  /** Since the day before it whose value is known. */
  readonly pnl: string | null
  readonly returnPercent: string | null
  readonly paidIn: string
  readonly paidOut: string
  readonly unpriced: readonly string[]
}

export type PartView = {
  readonly name: string
  readonly figures: TradesFigures
}

export type PerformanceView = {
  readonly account: string
  readonly currency: string
  readonly strategy: string | null
  readonly symbol: string | null
  /** The first and the last day that is in it; null where there is none. */
  readonly from: string | null
  readonly to: string | null
  readonly startEquity: string | null
  readonly endEquity: string | null
  readonly paidIn: string
  readonly paidOut: string
  /** All profit of the period after charges, also what is not realized. */
  readonly pnl: string | null
  /** Time-weighted: what was paid in or out is no part of it. */
  readonly returnPercent: string | null
  readonly annualReturnPercent: string | null
  readonly sharpe: string | null
  readonly sortino: string | null
  readonly calmar: string | null
  /** Why some of the four are null; null where none is. */
  readonly reason: string | null
  readonly daysPerYear: number
  readonly riskFreePercent: string
  /** Days whose value is known, and those of which a price is missing. */
  readonly daysValued: number
  readonly daysUnvalued: number
  /** Of what one unit of money became. */
  /** How far the last day with a value is below the highest; null where none has one. */
  readonly drawdownPercent: string | null
  readonly maxDrawdownPercent: FallView | null
  /** Of all profit so far. */
  readonly maxDrawdown: FallView | null
  readonly figures: TradesFigures
  readonly strategies: readonly PartView[]
  readonly symbols: readonly PartView[]
  readonly equity: readonly EquityPoint[]
}
