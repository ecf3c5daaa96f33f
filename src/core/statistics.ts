/** How an account, or a strategy in it, has fared with its orders. */
import type { Money } from './amount.ts'
import { basisPoints, formatMoney, NO_MONEY } from './amount.ts'
import type { Currency } from './instrument.ts'
import type { Owner } from './owner.ts'
import { strategyOwner } from './owner.ts'
import type { Tally } from './tally.ts'
import { addTally, noTally } from './tally.ts'
import { SECOND } from './time.ts'

/**
 * Of which orders: those of an account, of an owner or a strategy, and those placed on trading
 * dates of their exchange. `from` and `to` both count; `today` is each exchange's own date.
 */
export type StatisticsAsked = {
  readonly account?: string | undefined
  /** `manual`, or `strategy:<name>`. */
  readonly owner?: string | undefined
  readonly strategy?: string | undefined
  readonly period?: 'all' | 'today' | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Against other prices, over all that can be compared: above zero is dearer. */
export type ComparisonView = { readonly amount: string; readonly basisPoints: string }

/** By currency; null where nothing can be compared. */
export type Comparisons = Readonly<Record<string, ComparisonView | null>>

/** Own prices against the market's volume-weighted average over the life of each order. */
export type VwapView = {
  readonly slippage: Comparisons
  /** Orders that are in it, of those that traded. */
  readonly compared: number
  readonly traded: number
  /** Why not all of them are; null where they are. */
  readonly reason: string | null
}

/** Money is decimal text by currency, means are numbers, and empty before there is anything. */
export type StatisticsView = {
  readonly account: string | null
  readonly owner: string | null
  readonly period: 'all' | 'today' | 'days'
  readonly from: string | null
  readonly to: string | null
  readonly totalOrders: number
  readonly totalSubmitted: number
  readonly totalCompleted: number
  readonly totalCancelled: number
  readonly totalRejected: number
  readonly totalExpired: number
  /** The denied among them. */
  readonly totalFailed: number
  readonly totalDenied: number
  readonly pendingCount: number
  readonly queueSize: number
  readonly monitoredPositions: number
  readonly totalFills: number
  readonly totalVolume: Readonly<Record<string, string>>
  readonly totalCommission: Readonly<Record<string, string>>
  readonly fillRate: number | null
  /** Seconds, to the millisecond. */
  readonly averageFillTime: number | null
  readonly averageSlippage: Comparisons
  readonly vwap: VwapView
}

/** What does not depend on the period. */
export type NowOf = Pick<StatisticsView, 'queueSize' | 'monitoredPositions'>

export const ownerAsked = ({ owner, strategy }: StatisticsAsked): Owner | undefined =>
  strategy === undefined ? (owner as Owner | undefined) : strategyOwner(strategy)

export type Found = {
  /** Denied orders may have no currency, and are under none. */
  readonly byCurrency: ReadonlyMap<Currency, Tally>
  readonly now: NowOf
  readonly vwap: VwapView
}

export function statisticsView(asked: StatisticsAsked, found: Found): StatisticsView {
  const { account, period, from, to } = asked
  const all = noTally()
  for (const each of found.byCurrency.values()) addTally(all, each)
  const days = from !== undefined || to !== undefined
  return {
    account: account ?? null,
    owner: ownerAsked(asked) ?? null,
    period: days ? 'days' : (period ?? 'all'),
    from: from ?? null,
    to: to ?? null,
    ...countsOf(all),
    ...found.now,
    totalVolume: by(found, ({ volume }) => formatMoney(volume)),
    totalCommission: by(found, ({ charges }) => formatMoney(charges)),
    averageSlippage: by(found, ({ slippage, arrival }) => comparison(slippage, arrival)),
    vwap: found.vwap,
  }
}

/** What needs no currency. */
export type CountsView = Pick<
  StatisticsView,
  | 'totalOrders'
  | 'totalSubmitted'
  | 'totalCompleted'
  | 'totalCancelled'
  | 'totalRejected'
  | 'totalExpired'
  | 'totalFailed'
  | 'totalDenied'
  | 'pendingCount'
  | 'totalFills'
  | 'fillRate'
  | 'averageFillTime'
>

export function countsOf(tally: Tally): CountsView {
  const { completed, submitted, failed, denied } = tally
  return {
    totalOrders: tally.orders,
    totalSubmitted: submitted,
    totalCompleted: completed,
    totalCancelled: tally.cancelled,
    totalRejected: tally.rejected,
    totalExpired: tally.expired,
    totalFailed: failed + denied,
    totalDenied: denied,
    pendingCount: tally.pending,
    totalFills: tally.fills,
    fillRate: submitted === 0 ? null : completed / submitted,
    averageFillTime: completed === 0 ? null : Math.round(tally.fillMs / completed) / SECOND,
  }
}

/** `base`: what it would have come to at the prices it is compared with; unsigned. */
export const comparison = (amount: Money, base: Money): ComparisonView | null =>
  base === NO_MONEY ? null : { amount: formatMoney(amount), basisPoints: basisPoints(amount, base) }

function by<T>({ byCurrency }: Found, figure: (tally: Tally) => T): Readonly<Record<string, T>> {
  const named = [...byCurrency].filter(([currency]) => currency !== '')
  return Object.fromEntries(named.sort(alphabetic).map(([name, tally]) => [name, figure(tally)]))
}

const alphabetic = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1
