/** Questions about the trades that trades.ts counts. */
import type { Money } from '../core/amount.ts'
import { money } from '../core/amount.ts'
import type { PageView } from '../core/asking.ts'
import type { Currency } from '../core/instrument.ts'
import { strategyOwner } from '../core/owner.ts'
import type { Instant } from '../core/time.ts'
import type { Outcome, TradeView } from '../core/trade-view.ts'
import { tradeView } from '../core/trade-view.ts'
import { PIECE_SUMS, sumOf } from './pieces.ts'
import type { Sql } from './sql.ts'
import { rowOf, tradeIdOf } from './trade-rows.ts'
import type { PageAsked } from './views-asked.ts'

export type TradesAsked = {
  readonly account?: string | undefined
  readonly symbol?: string | undefined
  readonly strategy?: string | undefined
  /** Open ones only, or closed ones only. */
  readonly open?: boolean | undefined
  /** When they were closed: the first moment that counts, and the first that no longer does. */
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
}

/** The one that was opened last comes first. */
export function tradesPage(
  sql: Sql,
  asked: TradesAsked,
  { limit, before }: PageAsked,
): PageView<TradeView> {
  const { where, values } = conditionsOf(asked)
  // Few are open, whatever else is asked.
  const by = asked.open ? 'INDEXED BY trades_open' : ''
  const rows = sql
    .prepare(
      `SELECT no, account, body FROM trades ${by} WHERE ${where} AND no < ?
       ORDER BY no DESC LIMIT ?`,
    )
    .all(...values, before ?? Number.MAX_SAFE_INTEGER, limit + 1) as Listed[]
  const items = rows.slice(0, limit).map((row) => {
    const { account, leg, trip } = rowOf(row)
    return tradeView({ id: tradeIdOf(account, trip), account, leg }, trip)
  })
  return { items, next: rows.length > limit ? rows[limit - 1]!.no : null }
}

type Listed = { readonly no: number }

export type OutcomeOf = Outcome & {
  readonly account: string
  readonly currency: Currency
  readonly won: boolean
}

/** Closed trades, added up by account, currency and whether they won. */
export function outcomes(sql: Sql, asked: Omit<TradesAsked, 'open'>): OutcomeOf[] {
  const { from, to } = asked
  return from === undefined && to === undefined ? allTime(sql, asked) : inPeriod(sql, asked)
}

/** Of all time the sums are kept: a few for each owner and symbol. */
function allTime(sql: Sql, asked: TradesAsked): OutcomeOf[] {
  const { where, values } = conditionsOf(asked)
  const rows = sql
    .prepare(`SELECT account, currency, won, trades, pnl FROM trade_totals WHERE ${where}`)
    .all(...values) as Summed[]
  return rows.map((row) => outcomeOf(row, money(row.pnl)))
}

function inPeriod(sql: Sql, asked: TradesAsked): OutcomeOf[] {
  const { where, values } = conditionsOf({ ...asked, open: false })
  const rows = sql
    .prepare(
      `SELECT account, currency, won, COUNT(*) AS trades, ${PIECE_SUMS}
       FROM trades WHERE ${where} GROUP BY account, currency, won`,
    )
    .all(...values) as (Summed & Readonly<Record<string, string>>)[]
  return rows.map((row) => outcomeOf(row, sumOf(row) as Money))
}

export type GroupOf = OutcomeOf & { readonly owner: string; readonly symbol: string }

/** The same by owner and symbol as well. */
export function groups(sql: Sql, asked: Omit<TradesAsked, 'open'>): GroupOf[] {
  const { where, values } = conditionsOf({ ...asked, open: false })
  const rows = sql
    .prepare(
      `SELECT account, currency, won, owner, symbol, COUNT(*) AS trades, ${PIECE_SUMS}
       FROM trades WHERE ${where} GROUP BY account, currency, won, owner, symbol`,
    )
    .all(...values) as (Summed &
    Readonly<Record<string, string>> & { readonly owner: string; readonly symbol: string })[]
  return rows.map((row) => {
    const { owner, symbol } = row
    return { ...outcomeOf(row, sumOf(row) as Money), owner, symbol }
  })
}

type Summed = {
  readonly account: string
  readonly currency: string
  readonly won: number
  readonly trades: number
  readonly pnl: string
}

const outcomeOf = ({ account, currency, won, trades }: Summed, pnl: Money): OutcomeOf => ({
  account,
  currency: currency as Currency,
  won: won === 1,
  trades,
  pnl,
})

function conditionsOf({ account, symbol, strategy, open, from, to }: TradesAsked): {
  readonly where: string
  readonly values: (string | number)[]
} {
  const conditions = ['1 = 1']
  const values: (string | number)[] = []
  const where = (condition: string, value: string | number | undefined): void => {
    if (value === undefined) return
    conditions.push(condition)
    values.push(value)
  }
  where('account = ?', account)
  where('symbol = ?', symbol)
  where('owner = ?', strategy === undefined ? undefined : strategyOwner(strategy))
  if (open !== undefined) conditions.push(`closed_at IS ${open ? '' : 'NOT '}NULL`)
  where('closed_at >= ?', from)
  where('closed_at < ?', to)
  return { where: conditions.join(' AND '), values }
}
