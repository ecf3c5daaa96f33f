/** Trades, what they came to and what an account is worth, as people and programs read them. */
import type { Money, Price } from './amount.ts'
import {
  absolute,
  average,
  formatMoney,
  formatPrice,
  formatQuantity,
  minus,
  percent,
  plus,
  quantity,
  ratio,
} from './amount.ts'
import type { Exit, RoundTrip } from './round-trip.ts'
import { grossOf } from './round-trip.ts'
import type { LegOf } from './draft.ts'
import { exchangeOf, symbolOf } from './instrument.ts'
import { isoTime } from './time.ts'

export type ExitView = {
  readonly number: number
  readonly quantity: string
  /** Average over what the order closed. */
  readonly price: string
  readonly at: string
  readonly reason: string
  /** Null for a trade by hand. */
  readonly orderId: string | null
  readonly gross: string
  readonly charges: string
  readonly pnl: string
}

export type TradeView = {
  readonly id: string
  readonly account: string
  readonly symbol: string
  readonly exchange: string
  readonly product: string
  readonly owner: string
  readonly side: 'LONG' | 'SHORT'
  readonly status: 'open' | 'closed'
  /** All that was entered. */
  readonly quantity: string
  readonly remaining: string
  readonly entryPrice: string
  readonly entryTime: string
  readonly entries: readonly string[]
  /** Average of the exits so far. */
  readonly exitPrice: string | null
  /** Null while it is open. */
  readonly exitTime: string | null
  readonly exitReason: string | null
  readonly exits: readonly ExitView[]
  readonly gross: string
  readonly charges: string
  readonly pnl: string
  /** Of the value of its entries. */
  readonly pnlPercent: string | null
  readonly currency: string
}

/** A trade, and the leg it is of. */
export type TradeOf = { readonly id: string; readonly account: string; readonly leg: LegOf }

export function tradeView({ id, account, leg }: TradeOf, trip: RoundTrip): TradeView {
  const { instrument, product, owner, currency, multiplier } = leg
  const { entered, entryValue, entries, exits, charges, end, position } = trip
  const gross = grossOf(trip)
  const pnl = minus(gross, charges)
  return {
    id,
    account,
    symbol: symbolOf(instrument),
    exchange: exchangeOf(instrument),
    product,
    owner,
    side: entered > 0n ? 'LONG' : 'SHORT',
    status: end ? 'closed' : 'open',
    quantity: formatQuantity(absolute(entered)),
    remaining: formatQuantity(absolute(position.quantity)),
    entryPrice: formatPrice(average(entryValue, entered, multiplier)),
    entryTime: isoTime(trip.openedAt),
    entries,
    exitPrice: exitPriceOf(exits, multiplier),
    exitTime: end ? isoTime(end.at) : null,
    exitReason: end?.reason ?? null,
    exits: exits.map((exit, index) => exitView(exit, index + 1, multiplier)),
    gross: formatMoney(gross),
    charges: formatMoney(charges),
    pnl: formatMoney(pnl),
    pnlPercent: entryValue === 0n ? null : percent(pnl, absolute(entryValue), 2),
    currency,
  }
}

function exitPriceOf(exits: readonly Exit[], multiplier: bigint): string | null {
  const [first, ...rest] = exits
  if (!first) return null
  let { quantity: size, value } = first
  for (const exit of rest) {
    size = plus(size, exit.quantity)
    value = plus(value, exit.value)
  }
  return formatPrice(average(value, size, multiplier))
}

function exitView(exit: Exit, number: number, multiplier: bigint): ExitView {
  const { quantity: size, value, at, reason, orderId, gross, charges } = exit
  return {
    number,
    quantity: formatQuantity(absolute(size)),
    price: formatPrice(average(value, size, multiplier)),
    at: isoTime(at),
    reason,
    orderId: orderId ?? null,
    gross: formatMoney(gross),
    charges: formatMoney(charges),
    pnl: formatMoney(minus(gross, charges)),
  }
}

/** Closed trades that won, or those that did not: how many, and their profit after charges. */
export type Outcome = { readonly trades: number; readonly pnl: Money }
export const NO_OUTCOME: Outcome = { trades: 0, pnl: 0n as Money }

export const addOutcome = (a: Outcome, b: Outcome): Outcome => ({
  trades: a.trades + b.trades,
  pnl: plus(a.pnl, b.pnl),
})

/** What metrics are made of, in one currency. */
export type Outcomes = { readonly won: Outcome; readonly lost: Outcome }
export type Capital = { readonly initial: Money; readonly current: Money }

export type MetricsView = {
  readonly totalTrades: number
  readonly wins: number
  readonly losses: number
  /** A fraction of 1. */
  readonly winRate: string
  /** Wins for each loss; null without a loss. */
  readonly winLossRatio: string | null
  readonly totalPnl: string
  /** Null where there was nothing to begin with. */
  readonly totalReturnPercent: string | null
  readonly averageWin: string | null
  /** Zero or below. */
  readonly averageLoss: string | null
  readonly currentCapital: string
}

/** Null before the first trade is closed: nothing was won or lost yet, and that is not zero. */
export function metricsView({ won, lost }: Outcomes, capital: Capital): MetricsView | null {
  const all = addOutcome(won, lost)
  if (all.trades === 0) return null
  const { initial, current } = capital
  return {
    totalTrades: all.trades,
    wins: won.trades,
    losses: lost.trades,
    winRate: ratio(BigInt(won.trades), BigInt(all.trades)),
    winLossRatio: lost.trades === 0 ? null : ratio(BigInt(won.trades), BigInt(lost.trades)),
    totalPnl: formatMoney(all.pnl),
    totalReturnPercent: initial > 0n ? percent(all.pnl, initial, 2) : null,
    averageWin: averageOf(won),
    averageLoss: averageOf(lost),
    currentCapital: formatMoney(current),
  }
}

/** To 8 decimals, half away from zero. */
function averageOf({ trades, pnl }: Outcome): string | null {
  if (trades === 0) return null
  const mean: Price = average(pnl, quantity(String(trades)))
  return formatPrice(mean)
}

export type SummaryView = { readonly currency: string; readonly metrics: MetricsView | null }

/** What one owner has of an account, in one currency. */
export type OwnerShareView = {
  readonly owner: string
  readonly positions: number
  readonly used: string
  readonly realized: string
  /** Null while a price is missing. */
  readonly unrealized: string | null
}

/** An account in one currency. */
export type PortfolioView = {
  readonly account: string
  readonly mode: 'paper' | 'live'
  readonly currency: string
  readonly initial: string
  readonly deposits: string
  readonly withdrawals: string
  /** Before charges, of all trades, closed and open. */
  readonly realized: string
  readonly charges: string
  readonly current: string
  readonly used: string
  readonly available: string
  /** What a new order may use, as the desk counts it. */
  readonly free: string
  /** Null while a price is missing: that is not zero. */
  readonly unrealized: string | null
  readonly equity: string | null
  readonly positions: number
  readonly owners: readonly OwnerShareView[]
  readonly metrics: MetricsView | null
}
