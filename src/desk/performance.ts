/** Performance: what the screens keep of each day, valued, and the trades that were closed. */
import type { Account } from '../core/account.ts'
import type { Price } from '../core/amount.ts'
import type { PageView } from '../core/asking.ts'
import type { CashDay } from '../core/equity.ts'
import { equityDays } from '../core/equity.ts'
import type { Currency, InstrumentId } from '../core/instrument.ts'
import { exchangeOf, symbolOf } from '../core/instrument.ts'
import { strategyOwner } from '../core/owner.ts'
import type { PerformanceAsked, PerformanceView } from '../core/performance-view.ts'
import type { OutcomesOf } from '../core/performance.ts'
import { performanceView } from '../core/performance.ts'
import type { Yearly } from '../core/returns.ts'
import { percentOf } from '../core/returns.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import { DAY, dateAt, instantOf, later } from '../core/time.ts'
import { NO_OUTCOME } from '../core/trade-view.ts'
import { beginOf, endOf, tradingDateOf } from '../market/exchange.ts'
import type { Parts } from '../store/view-parts.ts'

/** By convention; and where every day is one of trade. */
const DAYS_A_YEAR = 252
const ALL_DAYS_A_YEAR = 365
/** A trade of an earlier date is a broker’s mistake, and begins no curve. */
const YEARS_MAX = 30

export type TradingDays = {
  /** Every day is one where nobody says otherwise. */
  readonly isTradingDay?: ((exchange: string, date: TradingDate) => boolean) | undefined
}

type Sources = TradingDays & {
  readonly parts: Parts
  readonly accounts: ReadonlyMap<string, Account>
  readonly now: Instant
  /** The market’s latest price: today is valued by it. */
  readonly mark: (id: InstrumentId) => Price | undefined
}

/** One item an account and currency. */
export function performanceOf(
  asked: PerformanceAsked,
  sources: Sources,
): PageView<PerformanceView> {
  const { account } = asked
  const chosen = [...sources.accounts.keys()].filter(
    (id) => account === undefined || id === account,
  )
  const items = chosen.flatMap((id) =>
    currenciesOf(id, sources.parts).map((currency) => itemOf(asked, sources, { id, currency })),
  )
  return { items, next: null }
}

function currenciesOf(account: string, { moves }: Parts): Currency[] {
  const named = [...moves.cash(account), ...moves.moves(account)].map(({ currency }) => currency)
  return [...new Set(named)].sort()
}

type Of = { readonly id: string; readonly currency: Currency }

function itemOf(asked: PerformanceAsked, sources: Sources, of: Of): PerformanceView {
  const { parts, now, mark } = sources
  const { strategy, symbol, from } = asked
  const legs = parts.moves.moves(of.id).filter(({ currency }) => currency === of.currency)
  const exchanges = [...new Set(legs.map(({ instrument }) => exchangeOf(instrument)))]
  const [clock = 'UTC'] = exchanges
  const cash = parts.moves
    .cash(of.id)
    .filter(({ currency }) => currency === of.currency)
    .map(({ at, amount }): CashDay => ({ date: tradingDateOf(clock, at), amount }))
  const today = tradingDateOf(clock, now)
  const last = asked.to !== undefined && asked.to < today ? asked.to : today
  const isOpen = openOn(exchanges, sources.isTradingDay)
  const prices = parts.moves.prices(of.id)
  const days = equityDays({
    dates: datesOf([...legs, ...cash], legs, { last, isOpen }),
    legs,
    cash: cash.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0)),
    priceOf: (id, date) => (date === today ? mark(id) : undefined) ?? prices.get(id)?.get(date),
    counts: ({ instrument, owner }) =>
      (strategy === undefined || owner === strategyOwner(strategy)) &&
      (symbol === undefined || symbolOf(instrument) === symbol),
  })
  const yearly = yearlyOf(asked, isOpen, last)
  const outcomes = outcomesOf(asked, sources, { ...of, clock })
  const { id: account, currency } = of
  return performanceView({ account, currency, strategy, symbol, from, yearly, days, outcomes })
}

type IsOpen = (date: TradingDate) => boolean

const openOn =
  (exchanges: readonly string[], isTradingDay: Sources['isTradingDay']): IsOpen =>
  (date) =>
    exchanges.some((each) => isTradingDay?.(each, date) ?? true)

/** From the first day of which anything is known: days of trade, and those that had trades. */
function datesOf(
  known: readonly { readonly date: TradingDate }[],
  legs: readonly { readonly date: TradingDate }[],
  { last, isOpen }: { readonly last: TradingDate; readonly isOpen: IsOpen },
): TradingDate[] {
  const earliest = dateAt(later(middayOf(last), -YEARS_MAX * 366 * DAY))
  const begun = known.filter(({ date }) => date > earliest && date <= last)
  if (begun.length === 0) return []
  const first = begun.reduce((least, { date }) => (date < least ? date : least), last)
  const traded = new Set(legs.map(({ date }) => date))
  const dates: TradingDate[] = []
  for (let date = first; date <= last; date = dayAfter(date)) {
    if (traded.has(date) || date === first || isOpen(date)) dates.push(date)
  }
  return dates
}

const middayOf = (date: TradingDate): Instant => instantOf(`${date}T12:00:00.000Z`)
const dayAfter = (date: TradingDate): TradingDate => dateAt(later(middayOf(date), DAY))

function yearlyOf(
  { daysPerYear, riskFreePercent = '0' }: PerformanceAsked,
  isOpen: IsOpen,
  last: TradingDate,
): Yearly {
  const week = Array.from({ length: 7 }, (_, back) => dateAt(later(middayOf(last), -back * DAY)))
  const usual = week.every(isOpen) ? ALL_DAYS_A_YEAR : DAYS_A_YEAR
  return { days: daysPerYear ?? usual, riskFree: percentOf(riskFreePercent) }
}

/** By when they were closed, on the clock of the account’s first exchange. */
function outcomesOf(
  { strategy, symbol, from, to }: PerformanceAsked,
  { parts }: Sources,
  { id: account, currency, clock }: Of & { readonly clock: string },
): OutcomesOf[] {
  const bounds = { from: from && beginOf(clock, from), to: to && endOf(clock, to) }
  const found = new Map<string, OutcomesOf>()
  for (const each of parts.trades.groups({ account, strategy, symbol, ...bounds })) {
    if (each.currency !== currency) continue
    const name = `${each.owner} ${each.symbol}`
    const { owner, symbol: of, trades, pnl } = each
    const known = found.get(name) ?? { owner, symbol: of, won: NO_OUTCOME, lost: NO_OUTCOME }
    found.set(name, { ...known, [each.won ? 'won' : 'lost']: { trades, pnl } })
  }
  return [...found.values()]
}
