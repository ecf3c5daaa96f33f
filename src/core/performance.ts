/** How an account, or a part of it, has fared over a period: from its days and closed trades. */
import type { Money } from './amount.ts'
import {
  average,
  formatMoney,
  formatPrice,
  minus,
  negate,
  NO_MONEY,
  plus,
  quantity,
  ratio,
} from './amount.ts'
import type { EquityDay } from './equity.ts'
import type { Currency } from './instrument.ts'
import { symbolOf } from './instrument.ts'
import type { Dated, Fall, Fraction, Yearly } from './returns.ts'
import {
  absoluteFall,
  annual,
  calmar,
  compounded,
  deepestFall,
  fractionOf,
  grown,
  percentText,
  relativeFall,
  sharpe,
  sortino,
} from './returns.ts'
import type {
  EquityPoint,
  FallView,
  PartView,
  PerformanceView,
  TradesFigures,
} from './performance-view.ts'
import type { TradingDate } from './time.ts'
import type { Outcomes } from './trade-view.ts'
import { addOutcome } from './trade-view.ts'

/** Fewer daily returns say nothing about a year. */
const RETURNS_MIN = 30

/** Closed trades of one owner in one symbol. */
export type OutcomesOf = Outcomes & { readonly owner: string; readonly symbol: string }

export type Performed = {
  readonly account: string
  readonly currency: Currency
  readonly strategy: string | undefined
  readonly symbol: string | undefined
  /** The first day that counts; those before it only say with what it began. */
  readonly from: TradingDate | undefined
  readonly yearly: Yearly
  readonly days: readonly EquityDay[]
  readonly outcomes: readonly OutcomesOf[]
}

export function performanceView(performed: Performed): PerformanceView {
  const { account, currency, strategy, symbol, yearly, outcomes } = performed
  const steps = stepsOf(performed)
  const valued = steps.filter(({ profit }) => profit !== undefined)
  const returns = steps.flatMap((step) => (step.grew === undefined ? [] : [step.grew]))
  const paid = (of: 'paidIn' | 'paidOut'): Money =>
    steps.reduce((sum, { day }) => plus(sum, day[of]), NO_MONEY)
  return {
    account,
    currency,
    strategy: strategy ?? null,
    symbol: symbol ?? null,
    from: steps[0]?.day.date ?? null,
    to: steps.at(-1)?.day.date ?? null,
    startEquity: textOf(steps[0]?.base),
    endEquity: textOf(steps.at(-1)?.day.equity),
    paidIn: formatMoney(paid('paidIn')),
    paidOut: formatMoney(paid('paidOut')),
    pnl: valued.length === 0 ? null : formatMoney(total(valued.map(({ profit }) => profit!))),
    returnPercent: returns.length === 0 ? null : percentText(compounded(returns), 4),
    ...ratiosOf(returns, yearly),
    daysPerYear: yearly.days,
    riskFreePercent: percentText(yearly.riskFree, 4),
    daysValued: valued.length,
    daysUnvalued: steps.length - valued.length,
    drawdownPercent: belowPeak(returns),
    maxDrawdownPercent: fallOfWorth(steps),
    maxDrawdown: fallOfGains(valued),
    figures: figuresOf(outcomes),
    strategies: partsBy(outcomes, ({ owner }) => owner),
    symbols: partsBy(outcomes, (each) => each.symbol),
    equity: steps.map(pointOf),
  }
}

/** One day of the period, beside the one before it whose value is known. */
type Step = {
  readonly day: EquityDay
  /** What there was to begin it with, before anything was paid in. */
  readonly base: Money | undefined
  readonly before: TradingDate | undefined
  readonly profit: Money | undefined
  readonly grew: Fraction | undefined
}

/**
 * What was paid in works from the beginning of its day, what was paid out to the end of its day:
 * so a return is profit ÷ (equity before + paid in). A day of no known value is none: the next one
 * is reckoned from the last that has one.
 */
function stepsOf({ days, from }: Performed): Step[] {
  let last: EquityDay | undefined
  let came = NO_MONEY
  const steps: Step[] = []
  for (const day of days) {
    came = plus(came, day.paidIn)
    // Without the one no return has a base, and without the other nothing was made.
    const isKnown = day.gain !== undefined && day.equity !== undefined
    const profit = isKnown ? minus(day.gain, last?.gain ?? NO_MONEY) : undefined
    const base = last ? last.equity : NO_MONEY
    const capital = base === undefined ? undefined : plus(base, came)
    const grew =
      profit === undefined || capital === undefined || capital <= 0n
        ? undefined
        : fractionOf(profit, capital)
    if (from === undefined || day.date >= from) {
      steps.push({ day, base, before: last?.date, profit, grew })
    }
    if (isKnown) {
      last = day
      came = NO_MONEY
    }
  }
  return steps
}

const total = (all: readonly Money[]): Money =>
  all.reduce<Money>((sum, each) => plus(sum, each), NO_MONEY)

const textOf = (amount: Money | undefined): string | null =>
  amount === undefined ? null : formatMoney(amount)

const pointOf = ({ day, profit, grew }: Step): EquityPoint => ({
  date: day.date,
  equity: textOf(day.equity),
  pnl: textOf(profit),
  returnPercent: grew === undefined ? null : percentText(grew, 4),
  paidIn: formatMoney(day.paidIn),
  paidOut: formatMoney(day.paidOut),
  unpriced: day.unpriced.map(symbolOf),
})

type Ratios = Pick<
  PerformanceView,
  'annualReturnPercent' | 'sharpe' | 'sortino' | 'calmar' | 'reason'
>

function ratiosOf(returns: readonly Fraction[], yearly: Yearly): Ratios {
  const none = { annualReturnPercent: null, sharpe: null, sortino: null, calmar: null }
  if (returns.length < RETURNS_MIN) {
    const are = returns.length === 1 ? 'there is 1' : `there are ${returns.length}`
    return { ...none, reason: `${RETURNS_MIN} daily returns are needed, and ${are}` }
  }
  const year = annual(returns, yearly)
  const worth = grown(returns).map((value) => ({ date: '' as TradingDate, value }))
  const fall = deepestFall([START, ...worth], relativeFall)
  const deep = fall && relativeFall(fall.peak.value, fall.bottom.value)
  const found = {
    annualReturnPercent: year === undefined ? null : percentText(year),
    sharpe: sharpe(returns, yearly) ?? null,
    sortino: sortino(returns, yearly) ?? null,
    calmar: (year !== undefined && deep !== undefined && calmar(year, deep)) || null,
  }
  return { ...found, reason: whyNot(found) }
}

/** One unit of money. */
const START: Dated = { date: '' as TradingDate, value: 1_000_000_000_000n }

function whyNot(found: Omit<Ratios, 'reason'>): string | null {
  if (found.sharpe === null) return 'every day returned the same'
  if (found.sortino === null) return 'no day returned less than what is free of risk'
  if (found.annualReturnPercent === null) return 'a year of such days is beyond all numbers'
  return found.calmar === null ? 'nothing ever fell' : null
}

function belowPeak(returns: readonly Fraction[]): string | null {
  const worth = grown(returns)
  if (worth.length === 0) return null
  const peak = worth.reduce((most, each) => (each > most ? each : most), START.value)
  return percentText(relativeFall(peak, worth.at(-1)!), 4)
}

function fallOfWorth(steps: readonly Step[]): FallView | null {
  const grew = steps.filter((step) => step.grew !== undefined)
  const [first] = grew
  if (!first) return null
  const worth = grown(grew.map((step) => step.grew!))
  const points = worth.map((value, index) => ({ date: grew[index]!.day.date, value }))
  const start = { date: first.before ?? first.day.date, value: START.value }
  const fall = deepestFall([start, ...points], relativeFall)
  if (!fall) return null
  return fallView(fall, percentText(relativeFall(fall.peak.value, fall.bottom.value), 4))
}

function fallOfGains(valued: readonly Step[]): FallView | null {
  const [first] = valued
  if (!first) return null
  const before = minus(first.day.gain!, first.profit!)
  const points = valued.map(({ day }): Dated => ({ date: day.date, value: day.gain! }))
  const start = { date: first.before ?? first.day.date, value: before }
  const fall = deepestFall([start, ...points], absoluteFall)
  if (!fall) return null
  return fallView(fall, formatMoney(absoluteFall(fall.peak.value, fall.bottom.value)))
}

const fallView = ({ peak, bottom, recovered, days }: Fall, depth: string): FallView => ({
  depth,
  start: peak.date,
  bottom: bottom.date,
  recovered: recovered ?? null,
  days,
})

function figuresOf(outcomes: readonly Outcomes[]): TradesFigures {
  const sum = (of: 'won' | 'lost'): Outcomes['won'] =>
    outcomes.map((each) => each[of]).reduce(addOutcome, { trades: 0, pnl: NO_MONEY })
  const [won, lost] = [sum('won'), sum('lost')]
  const all = addOutcome(won, lost)
  return {
    trades: all.trades,
    wins: won.trades,
    losses: lost.trades,
    winRate: all.trades === 0 ? null : ratio(BigInt(won.trades), BigInt(all.trades)),
    averageWin: meanOf(won),
    averageLoss: meanOf(lost),
    grossProfit: formatMoney(won.pnl),
    grossLoss: formatMoney(lost.pnl),
    profitFactor: lost.pnl === 0n ? null : ratio(won.pnl, negate(lost.pnl)),
    expectancy: meanOf(all),
    totalPnl: formatMoney(all.pnl),
  }
}

const meanOf = ({ trades, pnl }: Outcomes['won']): string | null =>
  trades === 0 ? null : formatPrice(average(pnl, quantity(String(trades))))

function partsBy(
  outcomes: readonly OutcomesOf[],
  nameOf: (each: OutcomesOf) => string,
): PartView[] {
  const names = [...new Set(outcomes.map(nameOf))].sort()
  return names.map((name) => {
    return { name, figures: figuresOf(outcomes.filter((each) => nameOf(each) === name)) }
  })
}
