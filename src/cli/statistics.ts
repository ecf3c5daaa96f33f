import { Command } from 'commander'
import { absolute, money } from '../core/amount.ts'
import { currency } from '../core/instrument.ts'
import type { Comparisons, StatisticsView } from '../core/statistics.ts'
import { countText, moneyText } from '../core/wording.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import { out, outJson } from './say.ts'

type Options = {
  readonly account?: string
  readonly strategy?: string
  readonly owner?: string
  readonly from?: string
  readonly to?: string
  readonly today?: boolean
  readonly json?: boolean
}

export function statisticsCommand(client: () => Client): Command {
  return new Command('statistics')
    .description('orders counted by what became of them, and how well they were carried out')
    .option('--account <account>')
    .option('--strategy <name>', 'those of one strategy')
    .option('--owner <owner>', 'e.g. manual: those of people and programs')
    .option('--from <date>', 'placed on that trading date of their exchange, or after it')
    .option('--to <date>', 'placed on that date, or before it')
    .option('--today', 'placed today, by the date of their exchange')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, today, ...asked }: Options) => {
      if (today && (asked.from !== undefined || asked.to !== undefined)) {
        throw new Exit(EXIT.usage, '--today, or --from and --to: name one of the two')
      }
      const query = { ...asked, period: today ? 'today' : undefined }
      const path = `/statistics${queryText(query)}`
      const found = await client().call<StatisticsView>({ method: 'GET', path })
      if (json) outJson(found)
      else out(statisticsText(found))
    })
}

const EXAMPLES = `
Whatever became of an order later is counted with the day on which it was placed.

Examples:
  $ tallyman statistics
  $ tallyman statistics --today --strategy ema-rsi
  $ tallyman statistics --owner manual --from 2026-11-01 --to 2026-11-30`

type Line = readonly [name: string, value: string, remark?: string]

function statisticsText(found: StatisticsView): string {
  return [
    titleOf(found),
    '',
    'Orders',
    ...block(countsOf(found)),
    '',
    'Execution',
    ...block(executionOf(found)),
  ].join('\n')
}

const WHO = { all: 'ever placed', today: 'placed today' } as const

function titleOf({ account, owner, period, from, to }: StatisticsView): string {
  const of = [account ?? 'all accounts', ...(owner === null ? [] : [owner])].join(', ')
  if (period !== 'days') return `Orders of ${of}, ${WHO[period]}`
  if (from === to) return `Orders of ${of}, placed on ${from}`
  const since = from === null ? '' : ` from ${from}`
  return `Orders of ${of}, placed${since}${to === null ? ' on' : ` up to ${to}`}`
}

/** Names to the left, figures below each other to the right, remarks after them. */
function block(lines: readonly Line[]): string[] {
  const [names, values] = [0, 1].map((at) => Math.max(...lines.map((line) => line[at]!.length)))
  return lines.map(([name, value, remark = '']) =>
    `  ${name.padEnd(names!)}  ${value.padStart(values!)}  ${remark}`.trimEnd(),
  )
}

function countsOf(found: StatisticsView): Line[] {
  const shown = (count: number): string => countText(count, firstOf(found))
  const denied = found.totalDenied
  const unsent = found.totalFailed - denied
  const why = `${shown(denied)} denied, ${shown(unsent)} never reached the broker`
  return [
    ['Placed', shown(found.totalOrders)],
    ['Submitted', shown(found.totalSubmitted), 'a request of ours left'],
    ['Completed', shown(found.totalCompleted)],
    ['Cancelled', shown(found.totalCancelled)],
    ['Rejected', shown(found.totalRejected), 'by the broker'],
    ['Expired', shown(found.totalExpired), 'at the broker'],
    ['Failed', shown(found.totalFailed), found.totalFailed === 0 ? '' : why],
    ['Working', shown(found.pendingCount)],
    ['Fills', shown(found.totalFills)],
    ...amounts('Volume', found.totalVolume),
    ...amounts('Charges', found.totalCommission),
    ['Waiting', shown(found.queueSize), 'requests, for their turn at the broker, now'],
    ['Positions', shown(found.monitoredPositions), 'of strategies, now'],
  ]
}

/** Counts are grouped as its money is. */
const firstOf = ({ totalVolume }: StatisticsView) => currency(Object.keys(totalVolume)[0] ?? 'INR')

const amounts = (name: string, byCurrency: Readonly<Record<string, string>>): Line[] =>
  Object.entries(byCurrency).map(
    ([code, amount]) => [name, moneyText(money(amount), currency(code))] as const,
  )

function executionOf({ fillRate, averageFillTime, averageSlippage, vwap }: StatisticsView): Line[] {
  const { compared, traded, reason } = vwap
  const average = `than its average, over ${compared} of ${traded} orders`
  const time: Line =
    averageFillTime === null
      ? ['Time to fill', '-']
      : ['Time to fill', `${averageFillTime.toFixed(3)} s`, 'on average']
  return [
    ['Fill rate', fillRate === null ? '-' : `${(fillRate * 100).toFixed(1)} %`],
    time,
    ...comparisons('Slippage', averageSlippage, 'than at arrival'),
    ...(compared === 0
      ? [['Market', '-', reason ?? ''] as const]
      : comparisons('Market', vwap.slippage, average)),
  ]
}

function comparisons(name: string, all: Comparisons, against: string): Line[] {
  return Object.entries(all).map(([code, found]) => {
    if (found === null) return [name, '-']
    const amount = money(found.amount)
    const how = amount < 0n ? 'cheaper' : 'dearer'
    const points = found.basisPoints.replace('-', '')
    const remark = `${how} ${against}: ${points} basis points`
    return [name, moneyText(absolute(amount), currency(code)), remark]
  })
}
