import { Command } from 'commander'
import type { Money } from '../core/amount.ts'
import { formatMoney, money, ratio } from '../core/amount.ts'
import type { PageView } from '../core/asking.ts'
import { currency } from '../core/instrument.ts'
import type {
  FallView,
  PartView,
  PerformanceView,
  TradesFigures,
} from '../core/performance-view.ts'
import { moneyText } from '../core/wording.ts'
import { chart } from './chart.ts'
import type { Client } from './client.ts'
import { jsonOption, queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

type Options = Readonly<Record<string, string | undefined>> & { readonly json?: boolean }

export function performanceCommand(client: () => Client): Command {
  return new Command('performance')
    .description('return, drawdown, ratios and the curve of equity over a period')
    .option('--account <account>')
    .option('--strategy <name>', 'what one strategy brought')
    .option('--symbol <symbol>', 'what one symbol brought')
    .option('--from <date>', 'the first trading date that counts')
    .option('--to <date>', 'the last one')
    .option('--days-per-year <number>', 'for what is annual (252, or 365 where every day trades)')
    .option('--risk-free-percent <number>', 'earned in a year without risk (0)')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, ...asked }: Options) => {
      const path = `/performance${queryText(asked)}`
      const page = await client().call<PageView<PerformanceView>>({ method: 'GET', path })
      if (json) outJson(page)
      else out(page.items.map(performanceText).join('\n\n\n') || 'Nothing has moved yet.')
    })
}

const EXAMPLES = `
What was paid in or out is no profit: returns are time-weighted. A day on which the price of
something held is not known has no value, and is said. Formulas: docs/performance-statistics.md.

Examples:
  $ tallyman performance
  $ tallyman performance --strategy ema-rsi --from 2026-11-01
  $ tallyman performance --risk-free-percent 6.5 --json`

const CHART = { width: 60, rows: 6 }

type Row = readonly [name: string, text: string]

function performanceText(found: PerformanceView): string {
  const text = (amount: string): string => moneyText(money(amount), currency(found.currency))
  const parts = [titleOf(found), curveOf(found), rowsText(moneyRows(found, text))]
  parts.push(rowsText(ratioRows(found, text)), rowsText(tradeRows(found.figures, text)))
  if (found.strategies.length > 0) parts.push(tableText(columnsOf('OWNER', text), found.strategies))
  if (found.symbols.length > 0) parts.push(tableText(columnsOf('SYMBOL', text), found.symbols))
  return parts.filter((part) => part !== '').join('\n\n')
}

function titleOf({ account, currency: code, strategy, symbol, from, to }: PerformanceView): string {
  const of = [account, code, strategy && `strategy ${strategy}`, symbol].filter(Boolean).join(', ')
  return from === null ? `${of}: no day` : `${of}, ${from} to ${to}`
}

/** Of the account's worth, or, of a part of it, of the profit so far. */
function curveOf({ equity, strategy, symbol }: PerformanceView): string {
  const isPart = strategy !== null || symbol !== null
  let sum = 0
  const values = equity.flatMap(({ equity: worth, pnl }) => {
    if (worth === null || pnl === null) return []
    sum += Number(pnl)
    return [isPart ? sum : Number(worth)]
  })
  if (values.length < 2) return ''
  const label = (value: number): string => String(Math.round(value))
  return `${isPart ? 'Profit' : 'Equity'}\n${chart(values, { ...CHART, label })}`
}

function moneyRows(found: PerformanceView, text: (amount: string) => string): Row[] {
  const { startEquity, endEquity, paidIn, paidOut, pnl, returnPercent } = found
  const moved: Row[] = []
  if (paidIn !== '0') moved.push(['Paid in', text(paidIn)])
  if (paidOut !== '0') moved.push(['Paid out', text(paidOut)])
  return [
    ['Equity', `${known(startEquity, text)} → ${known(endEquity, text)}`],
    ...moved,
    ['P&L', known(pnl, text)],
    ['Return', returnPercent === null ? 'not known' : `${returnPercent} %, time-weighted`],
    ['Days', daysText(found)],
  ]
}

const known = (amount: string | null, text: (amount: string) => string): string =>
  amount === null ? 'not known: a price is missing' : text(amount)

function daysText({ daysValued, daysUnvalued, equity }: PerformanceView): string {
  if (daysUnvalued === 0) return String(daysValued)
  const names = [...new Set(equity.flatMap(({ unpriced }) => unpriced))]
  const some = names.slice(0, NAMED_MAX).join(', ')
  const more = names.length > NAMED_MAX ? ', …' : ''
  return `${daysValued}, and ${daysUnvalued} without a value: no price of ${some}${more} is known`
}

const NAMED_MAX = 5

function ratioRows(found: PerformanceView, text: (amount: string) => string): Row[] {
  const { annualReturnPercent: annual, sharpe, sortino, calmar, reason } = found
  const { maxDrawdownPercent: part, maxDrawdown: whole, daysPerYear, riskFreePercent } = found
  const of = `${daysPerYear} days a year, risk-free ${riskFreePercent} %`
  const all: readonly Row[] = [
    ['Annual', annual === null ? 'none' : `${annual} % (${of})`],
    ['Sharpe', sharpe ?? 'none'],
    ['Sortino', sortino ?? 'none'],
    ['Calmar', calmar ?? 'none'],
    ['', reason === null ? '' : `(none: ${reason})`],
  ]
  const ratios: readonly Row[] =
    [annual, sharpe, sortino, calmar].every((each) => each === null) && reason !== null
      ? [['Ratios', `none: ${reason}`]]
      : all
  const rows: readonly Row[] = [
    ...ratios,
    ['Drawdown', part === null ? 'none' : fallText(part, `${part.depth} %`)],
    ['', whole === null ? '' : fallText(whole, text(whole.depth))],
  ]
  return rows.filter(([, told]) => told !== '')
}

function fallText({ start, bottom, recovered, days }: FallView, depth: string): string {
  const end = recovered === null ? 'not recovered yet' : `recovered ${recovered}`
  return `${depth}: from ${start}, lowest ${bottom}, ${end}, ${days} days`
}

function tradeRows(figures: TradesFigures, text: (amount: string) => string): Row[] {
  const { trades, wins, losses, averageWin, averageLoss, profitFactor, expectancy } = figures
  if (trades === 0) return [['Trades', 'none closed']]
  const mean = (amount: string | null): string => (amount === null ? 'none' : text(paise(amount)))
  return [
    ['Trades', `${trades} closed: ${wins} won, ${losses} lost, win rate ${rateOf(figures)} %`],
    ['Average', `win ${mean(averageWin)}, loss ${mean(averageLoss)}`],
    ['Factor', profitFactor ?? 'nothing was lost'],
    ['Expectancy', `${mean(expectancy)} a trade`],
  ]
}

const rateOf = ({ wins, trades }: TradesFigures): string =>
  trades === 0 ? '-' : ratio(BigInt(wins) * 100n, BigInt(trades), 2)

const HUNDREDTH: bigint = money('0.01')
const HALF = HUNDREDTH / 2n

/** A mean to the hundredth: a person needs no more. */
const paise = (amount: string): string => {
  const units = (money(amount) as bigint) + (amount.startsWith('-') ? -HALF : HALF)
  return formatMoney((units - (units % HUNDREDTH)) as Money)
}

const columnsOf = (head: string, text: (amount: string) => string): readonly Column<PartView>[] => [
  { head, cell: ({ name }) => name },
  { head: 'TRADES', cell: ({ figures }) => String(figures.trades), right: true },
  { head: 'WIN RATE %', cell: ({ figures }) => rateOf(figures), right: true },
  { head: 'FACTOR', cell: ({ figures }) => figures.profitFactor ?? '-', right: true },
  {
    head: 'EXPECTANCY',
    cell: ({ figures }) => (figures.expectancy === null ? '-' : text(paise(figures.expectancy))),
    right: true,
  },
  { head: 'P&L', cell: ({ figures }) => text(figures.totalPnl), right: true },
]

const rowsText = (rows: readonly Row[]): string =>
  rows.map(([name, text]) => `${name.padEnd(12)} ${text}`).join('\n')
