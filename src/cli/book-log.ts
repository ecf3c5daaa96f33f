/** What `tallyman reconcile` has besides: its log, the snapshots, the positions. */
import { Command, Option } from 'commander'
import { money } from '../core/amount.ts'
import type { PageView } from '../core/asking.ts'
import type { LogView, SnapshotView } from '../core/book-log.ts'
import { LOG_STATUSES, LOG_TYPES } from '../core/book-log.ts'
import { currency } from '../core/instrument.ts'
import { moneyText } from '../core/wording.ts'
import type { PositionReportView } from '../core/position-report.ts'
import type { Client } from './client.ts'
import { EXIT } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import { onOneLine, wholeNumber } from './record.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'
import { PERIOD_HELP, periodOf, showIn, zoneNamed } from './times.ts'

type Given = {
  readonly json?: boolean
  readonly from?: string
  readonly to?: string
  readonly zone?: string
  readonly limit: string
  readonly cursor?: string
  readonly symbol?: string
  readonly type?: string
  readonly status?: string
}

const LIMIT_MAX = 500

export const logCommands = (client: () => Client): readonly Command[] => [
  logCommand(client),
  snapshotsCommand(client),
  positionsCommand(client),
]

function logCommand(client: () => Client): Command {
  const example = 'tallyman reconcile log --status open\n  $ tallyman reconcile log --symbol CHAI'
  return listing('log', 'what each reading found, and every divergence, the newest first')
    .option('--symbol <symbol>')
    .addOption(new Option('--type <type>').choices(LOG_TYPES))
    .addOption(new Option('--status <status>').choices(LOG_STATUSES))
    .addHelpText('after', `${PERIOD_HELP}\n\nExamples:\n  $ ${example}`)
    .action(async (account: string, _: Given, command: Command) => {
      const { json, ...given } = givenTo(command)
      const page = await asked<LogView>(client(), `${pathOf(account)}/log`, given)
      if (json) outJson(page)
      else out(page.items.length === 0 ? 'No such lines.' : tableText(LOG, page.items))
    })
}

function snapshotsCommand(client: () => Client): Command {
  const example = 'tallyman reconcile snapshots --from 2026-11-23'
  return listing('snapshots', 'what the account was worth over time, the newest first')
    .addHelpText('after', `${PERIOD_HELP}\n\nExamples:\n  $ ${example}`)
    .action(async (account: string, _: Given, command: Command) => {
      const { json, ...given } = givenTo(command)
      const page = await asked<SnapshotView>(client(), `${pathOf(account)}/snapshots`, given)
      if (json) outJson(page)
      else out(page.items.length === 0 ? 'No such lines.' : tableText(SNAPSHOTS, page.items))
    })
}

function positionsCommand(client: () => Client): Command {
  return new Command('positions')
    .description('read the broker’s book now, and set every position beside the broker’s')
    .argument('[account]', 'the account', 'paper')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExits with 1 where one differs.\n\nExamples:\n  $ tallyman reconcile positions',
    )
    .action(async (account: string, _: Given, command: Command) => {
      const path = `${pathOf(account)}/positions`
      const found = await client().call<PositionReportView>({ method: 'GET', path })
      if (givenTo(command).json) outJson(found)
      else out(reportText(found))
      if (found.mismatched > 0) process.exitCode = EXIT.refused
    })
}

function reportText({
  totalPositions,
  matched,
  mismatched,
  positions,
  summary,
}: PositionReportView) {
  const { currency: code, totalRealized, totalUnrealized } = summary
  const noun = totalPositions === 1 ? 'position' : 'positions'
  const counts = `${totalPositions} ${noun}, ${matched} matched, ${mismatched} mismatched.`
  if (code === null) return counts
  const realized = moneyText(money(totalRealized), currency(code))
  const open =
    totalUnrealized === null ? 'unknown' : moneyText(money(totalUnrealized), currency(code))
  const table = positions.length === 0 ? [] : [tableText(POSITIONS, positions)]
  return [...table, `${counts} Realized ${realized}, unrealized ${open}.`].join('\n')
}

/** `reconcile` has a `--json` as well, and takes it wherever it stands. */
const givenTo = (command: Command): Given => command.optsWithGlobals<Given>()

const pathOf = (account: string): string => `/reconciliation/${encodeURIComponent(account)}`

const listing = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('[account]', 'the account', 'paper')
    .addOption(jsonOption())
    .option('--from <time>')
    .option('--to <time>')
    .option('--zone <name>', 'whose clock the times given are by (this machine’s)')
    .option('--limit <number>', `how many, at most ${LIMIT_MAX}`, '50')
    .option('--cursor <number>', 'the "next" of the page before')

function asked<View>(client: Client, path: string, given: Given): Promise<PageView<View>> {
  const zone = zoneNamed(given.zone)
  const show = showIn(zone)
  const { from, to } = periodOf(given, zone)
  const { cursor, symbol, type, status } = given
  const limit = String(wholeNumber('limit', given.limit, LIMIT_MAX))
  const period = { from: from && show(from), to: to && show(to) }
  const query = { symbol: symbol?.toUpperCase(), type, status, ...period, limit, cursor }
  return client.call({ method: 'GET', path: `${path}${queryText(query)}` })
}

const LOG: readonly Column<LogView>[] = [
  { head: 'TIME', cell: ({ createdAt }) => createdAt },
  { head: 'CYCLE', cell: ({ cycle }) => shown(cycle), right: true },
  { head: 'TYPE', cell: ({ eventType }) => eventType },
  { head: 'STATUS', cell: ({ status }) => status },
  { head: 'SYMBOL', cell: ({ symbol }) => shown(symbol) },
  { head: 'OURS', cell: ({ ourQuantity }) => shown(ourQuantity), right: true },
  { head: 'BROKER', cell: ({ brokerQuantity }) => shown(brokerQuantity), right: true },
  { head: 'PRICE', cell: ({ brokerPrice }) => shown(brokerPrice), right: true },
  { head: 'P&L', cell: ({ pnl }) => shown(pnl), right: true },
  { head: 'NOTE', cell: ({ note }) => onOneLine(note) },
]

const SNAPSHOTS: readonly Column<SnapshotView>[] = [
  { head: 'TIME', cell: ({ createdAt }) => createdAt },
  { head: 'BALANCE', cell: (line) => cash(line, line.balance), right: true },
  { head: 'EQUITY', cell: (line) => cash(line, line.equity), right: true },
  { head: 'UNREALIZED', cell: (line) => cash(line, line.unrealized), right: true },
  { head: 'PEAK', cell: (line) => cash(line, line.peakEquity), right: true },
  { head: 'DRAWDOWN', cell: ({ drawdownPercent: part }) => percentText(part), right: true },
  { head: 'MARGIN', cell: (line) => cash(line, line.marginUsed), right: true },
  { head: 'OPEN', cell: ({ openPositions }) => String(openPositions), right: true },
  { head: 'UNPRICED', cell: ({ unpriced }) => String(unpriced), right: true },
]

const POSITIONS: readonly Column<PositionReportView['positions'][number]>[] = [
  { head: 'SYMBOL', cell: ({ symbol }) => symbol },
  { head: 'PRODUCT', cell: ({ product }) => product },
  { head: 'OURS', cell: ({ ours }) => ours.quantity, right: true },
  { head: 'BROKER', cell: ({ broker }) => broker?.quantity ?? '?', right: true },
  { head: 'AVERAGE', cell: ({ ours }) => shown(ours.average), right: true },
  { head: 'BROKER’S', cell: ({ broker }) => shown(broker?.average ?? null), right: true },
  { head: 'MATCH', cell: ({ match }) => (match ? 'yes' : 'NO') },
  { head: 'DIFFERENCES', cell: ({ differences }) => differences.join('; ') },
]

const shown = (value: string | number | null): string => (value === null ? '-' : String(value))

const percentText = (part: string | null): string => (part === null ? '-' : `${part} %`)

const cash = ({ currency: code }: SnapshotView, amount: string | null): string =>
  amount === null ? '-' : moneyText(money(amount), currency(code))
