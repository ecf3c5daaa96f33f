import { Command } from 'commander'
import type { Money, Price } from '../core/amount.ts'
import { formatMoney, formatPrice, money, negate, price, ratio } from '../core/amount.ts'
import type { PageView } from '../core/asking.ts'
import { currency } from '../core/instrument.ts'
import { instantOf } from '../core/time.ts'
import type {
  MetricsView,
  OwnerShareView,
  PortfolioView,
  SummaryView,
  TradeView,
} from '../core/trade-view.ts'
import type { ShowTime } from '../core/view.ts'
import { moneyText, priceText } from '../core/wording.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'
import { PERIOD_HELP, periodOf, showIn, zoneNamed } from './times.ts'

type TradesOptions = {
  readonly account?: string
  readonly symbol?: string
  readonly strategy?: string
  readonly from?: string
  readonly to?: string
  readonly zone?: string
  readonly open?: boolean
  readonly summary?: boolean
  readonly limit?: string
  readonly cursor?: string
  readonly json?: boolean
}

export function tradesCommand(client: () => Client): Command {
  return new Command('trades')
    .description('round trips from flat to flat, the one opened last first')
    .option('--open', 'only those that are open, with the exits that were taken')
    .option('--summary', 'what closed trades came to: win rate, average win and loss, return')
    .option('--account <account>')
    .option('--strategy <name>', 'only those of a strategy')
    .option('--symbol <symbol>')
    .option('--from <time>', 'only those that were closed from then on')
    .option('--to <time>', 'and before then')
    .option('--zone <name>', 'whose clock times are by (this machine’s)')
    .option('--limit <number>', 'how many (20)')
    .option('--cursor <number>', 'the "next" of the page before')
    .addOption(jsonOption())
    .addHelpText('after', `${PERIOD_HELP}${TRADES_EXAMPLES}`)
    .action(async (options: TradesOptions) => {
      if (options.summary) await showSummary(client(), options)
      else await showTrades(client(), options)
    })
}

const TRADES_EXAMPLES = `

Examples:
  $ tallyman trades --open --strategy ema-rsi
  $ tallyman trades --summary --from 2026-11-01`

async function showTrades(client: Client, options: TradesOptions): Promise<void> {
  const { open, limit = '20', cursor, json } = options
  const status = open ? 'open' : undefined
  const path = `/trades${queryText({ ...chosenBy(options), status, limit, cursor })}`
  const page = await client.call<PageView<TradeView>>({ method: 'GET', path })
  if (json) return outJson(page)
  const columns = columnsFor(showIn(zoneNamed(options.zone)))
  out(page.items.length === 0 ? 'No trades.' : tableText(columns, page.items))
  if (page.next !== null) out(`There are more: --cursor ${page.next}`)
}

async function showSummary(client: Client, options: TradesOptions): Promise<void> {
  const odd = (['open', 'limit', 'cursor'] as const).find((name) => options[name] !== undefined)
  if (odd) throw new Exit(EXIT.usage, `--${odd} makes no sense with --summary: leave one out`)
  const path = `/trades/summary${queryText(chosenBy(options))}`
  const page = await client.call<PageView<SummaryView>>({ method: 'GET', path })
  if (options.json) return outJson(page)
  const told = page.items.map((item) => metricsText(item.metrics, item.currency))
  out(told.length === 0 ? 'No account has any money yet.' : told.join('\n\n'))
}

function chosenBy(options: TradesOptions): Readonly<Record<string, string | undefined>> {
  const { account, symbol, strategy } = options
  const zone = zoneNamed(options.zone)
  const { from, to } = periodOf(options, zone)
  const show = showIn(zone)
  return { account, symbol, strategy, from: from && show(from), to: to && show(to) }
}

const columnsFor = (show: ShowTime): readonly Column<TradeView>[] => [
  { head: 'TRADE', cell: ({ id }) => id },
  { head: 'SYMBOL', cell: ({ symbol }) => symbol },
  { head: 'OWNER', cell: ({ owner }) => owner },
  { head: 'SIDE', cell: ({ side }) => side },
  { head: 'QUANTITY', cell: sizeText, right: true },
  { head: 'ENTRY', cell: (trade) => paidText(trade.entryPrice, trade), right: true },
  { head: 'EXIT', cell: (trade) => paidText(trade.exitPrice, trade), right: true },
  {
    head: 'P&L',
    cell: (trade) => moneyText(money(trade.pnl), currency(trade.currency)),
    right: true,
  },
  { head: '%', cell: ({ pnlPercent }) => pnlPercent ?? '-', right: true },
  { head: 'CLOSED', cell: ({ exitTime }) => (exitTime === null ? '' : clockText(exitTime, show)) },
  { head: 'EXITS', cell: exitsText },
]

const sizeText = ({ quantity, remaining, status }: TradeView): string =>
  status === 'open' ? `${remaining} of ${quantity}` : quantity

const paidText = (at: string | null, trade: TradeView): string =>
  at === null ? '-' : priceText(shorter(price(at)), currency(trade.currency))

/** An average to five decimals: a person needs no more. */
const shorter = (at: Price): Price => (((at + 500n) / 1_000n) * 1_000n) as Price

/** `2026-11-23 15:04:05` */
const clockText = (at: string, show: ShowTime): string =>
  show(instantOf(at)).slice(0, 19).replace('T', ' ')

/** Exits that a line has room for. */
const EXITS_SHOWN = 4

function exitsText({ exits, exitReason }: TradeView): string {
  if (exits.length === 1 && exitReason !== null) return exitReason
  const shown = exits.slice(0, EXITS_SHOWN).map(({ number, quantity, price: at, reason }) => {
    return `${number}: ${quantity} at ${formatPrice(shorter(price(at)))} ${reason}`
  })
  const more = exits.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')
}

export function portfolioCommand(client: () => Client): Command {
  return new Command('portfolio')
    .description('capital, what is used of it, and what trading came to')
    .option('--account <account>')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  $ tallyman portfolio\n  $ tallyman portfolio --json')
    .action(async ({ account, json }: { readonly account?: string; readonly json?: boolean }) => {
      const path = `/portfolio${queryText({ account })}`
      const page = await client().call<PageView<PortfolioView>>({ method: 'GET', path })
      if (json) outJson(page)
      else out(page.items.map(portfolioText).join('\n\n\n') || 'No account has any money yet.')
    })
}

function portfolioText(portfolio: PortfolioView): string {
  const text = (amount: string): string => moneyText(money(amount), currency(portfolio.currency))
  const { account, mode, initial, deposits, withdrawals, positions } = portfolio
  const { unrealized, equity } = portfolio
  const held = `in ${positions} ${positions === 1 ? 'position' : 'positions'}`
  const moved: [string, string][] = []
  if (deposits !== '0') moved.push(['Deposits', text(deposits)])
  if (withdrawals !== '0') moved.push(['Withdrawals', minusText(withdrawals, text)])
  const unknown = 'unknown: a price is missing'
  const rows: readonly (readonly [string, string])[] = [
    ['Account', `${account}, ${mode}, ${portfolio.currency}`],
    ['Initial', text(initial)],
    ...moved,
    ['Realized', text(portfolio.realized)],
    ['Charges', minusText(portfolio.charges, text)],
    ['Current', text(portfolio.current)],
    ['Used', `${text(portfolio.used)} ${held}`],
    ['Available', text(portfolio.available)],
    ['Free', `${text(portfolio.free)} for new orders`],
    ['Unrealized', unrealized === null ? unknown : text(unrealized)],
    ['Equity', equity === null ? unknown : text(equity)],
  ]
  const parts = [rowsText(rows)]
  if (portfolio.owners.length > 0) parts.push(tableText(ownersFor(text), portfolio.owners))
  parts.push(metricsText(portfolio.metrics, portfolio.currency))
  return parts.join('\n\n')
}

/** What is taken off. */
const minusText = (amount: string, text: (amount: string) => string): string =>
  text(formatMoney(negate(money(amount))))

const ownersFor = (text: (amount: string) => string): readonly Column<OwnerShareView>[] => [
  { head: 'OWNER', cell: ({ owner }) => owner },
  { head: 'POSITIONS', cell: ({ positions }) => String(positions), right: true },
  { head: 'USED', cell: ({ used }) => text(used), right: true },
  { head: 'REALIZED', cell: ({ realized }) => text(realized), right: true },
  {
    head: 'UNREALIZED',
    cell: ({ unrealized }) => (unrealized === null ? '-' : text(unrealized)),
    right: true,
  },
]

function metricsText(metrics: MetricsView | null, code: string): string {
  if (metrics === null) return `No closed trade in ${code} yet.`
  const text = (amount: Money): string => moneyText(amount, currency(code))
  const { totalTrades, wins, losses, winLossRatio, totalReturnPercent } = metrics
  const { averageWin, averageLoss } = metrics
  const rate = ratio(BigInt(wins) * 100n, BigInt(totalTrades), 2)
  const part = totalReturnPercent === null ? '' : `, ${totalReturnPercent} % of initial capital`
  return rowsText([
    ['Trades', `${totalTrades} closed: ${wins} won, ${losses} lost`],
    ['Win rate', `${rate} %${winLossRatio === null ? '' : `, ${winLossRatio} wins for each loss`}`],
    ['Total P&L', `${text(money(metrics.totalPnl))}${part}`],
    ['Average', `win ${meanText(averageWin, text)}, loss ${meanText(averageLoss, text)}`],
    ['Capital', text(money(metrics.currentCapital))],
  ])
}

const meanText = (mean: string | null, text: (amount: Money) => string): string =>
  mean === null ? 'none' : text(money(mean))

const rowsText = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, text]) => `${name.padEnd(12)} ${text}`).join('\n')
