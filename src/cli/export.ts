import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, Option } from 'commander'
import type { Config } from '../config.ts'
import type { AuditView } from '../core/asking.ts'
import type { FillView, OrderView } from '../core/view.ts'
import { fillHistory, orderHistory } from '../desk/history.ts'
import { auditTrail } from '../store/audit.ts'
import type { Journal } from '../store/journal.ts'
import type { Cell } from './csv.ts'
import { csvLine } from './csv.ts'
import { EXIT, Exit } from './exit.ts'
import { progressBar } from './progress.ts'
import { withJournal } from './record.ts'
import { PERIOD_HELP, periodOf, showIn, zoneNamed } from './times.ts'

type ExportOptions = {
  readonly what: 'audit' | 'orders' | 'fills'
  readonly format: 'json' | 'csv'
  readonly account?: string
  readonly from?: string
  readonly to?: string
  readonly zone: string
  readonly output?: string
}

export function exportCommand(config: () => Config): Command {
  return new Command('export')
    .description('write out the audit trail, the orders or the fills, for other programs')
    .addOption(
      new Option('--what <what>', 'what to write')
        .choices(['audit', 'orders', 'fills'])
        .default('audit'),
    )
    .addOption(
      new Option('--format <format>', 'in which form').choices(['json', 'csv']).default('json'),
    )
    .option('--account <account>', 'of one account')
    .option('--from <time>', 'events and fills since, orders placed since')
    .option('--to <time>')
    .option('--zone <name>', 'whose clock times are shown by', 'UTC')
    .option('--output <file>', 'instead of standard output; it appears when it is whole')
    .addHelpText('after', HELP)
    .action((options: ExportOptions) => withJournal(config(), (read) => write(read, options)))
}

const HELP = `${PERIOD_HELP}

Reads the journal, beside a running desk or without one. Orders come as they ended, or stand.
In CSV, text that a spreadsheet would run as a formula begins with an apostrophe.

Examples:
  $ tallyman export --what audit --format csv --from 2026-11-01 --to 2026-11-30 --output nov.csv
  $ tallyman export --what fills --format csv --zone Asia/Kolkata`

async function write(journal: Journal, options: ExportOptions): Promise<void> {
  const { output } = options
  const chunks = Readable.from(gathered(textOf(journal, options)))
  if (output === undefined) return pipeline(chunks, process.stdout, { end: false })
  const unfinished = `${output}.part`
  try {
    await pipeline(chunks, createWriteStream(unfinished, { mode: 0o600, flush: true }))
    await rename(unfinished, output)
  } catch (error) {
    if (existsSync(unfinished)) await rm(unfinished)
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Exit(EXIT.refused, `${output} cannot be written: ${message}`)
  }
}

/** Pieces of a size that is worth a call. */
const CHUNK = 65_536

function* gathered(texts: Iterable<string>): Iterable<string> {
  let chunk = ''
  for (const text of texts) {
    chunk += text
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

function* textOf(journal: Journal, options: ExportOptions): Iterable<string> {
  const { what, format, account } = options
  const zone = zoneNamed(options.zone)
  const bar = progressBar('exporting')
  const { n: total } = journal.head()
  const onRow = (n: number): void => {
    if (n % 500 === 0) bar.show(n, total)
  }
  const asked = { account, ...periodOf(options, zone), show: showIn(zone), onRow }
  const form = format === 'csv' ? asCsv : asJson
  if (what === 'audit') yield* form(auditTrail(journal, asked, asked), AUDIT)
  else if (what === 'orders') yield* form(orderHistory(journal, asked), ORDERS)
  else yield* form(fillHistory(journal, asked), FILLS)
  bar.stop()
}

function* asJson<Row>(rows: Iterable<Row>): Iterable<string> {
  let before = '[\n'
  for (const row of rows) {
    yield `${before}${JSON.stringify(row)}`
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>

function* asCsv<Row>(rows: Iterable<Row>, columns: Columns<Row>): Iterable<string> {
  yield csvLine(Object.keys(columns))
  const cells = Object.values(columns)
  for (const row of rows) yield csvLine(cells.map((cell) => cell(row)))
}

/** Columns that bear the names of the fields. */
const fields = <Row>(...names: readonly (keyof Row & string)[]): Columns<Row> =>
  Object.fromEntries(names.map((name) => [name, (row: Row) => row[name] as Cell]))

const AUDIT: Columns<AuditView> = {
  ...fields<AuditView>('seq', 'account', 'at', 'type', 'orderId', 'by', 'cause', 'summary'),
  event: ({ event }) => JSON.stringify(event),
}

const FILLS: Columns<FillView> = fields(
  'fillId',
  'account',
  'orderId',
  'exchangeOrderId',
  'tradeId',
  'symbol',
  'side',
  'quantity',
  'price',
  'exchangeAt',
  'at',
)

const ORDERS: Columns<OrderView> = {
  ...fields<OrderView>('id', 'account', 'symbol', 'exchange', 'side', 'type', 'product'),
  ...fields<OrderView>('quantity', 'price', 'trigger', 'validity', 'validityMinutes'),
  ...fields<OrderView>('disclosed', 'reduceOnly', 'status', 'filled', 'remaining', 'average'),
  ...fields<OrderView>('currency', 'multiplier', 'arrival', 'commission', 'submittedAt'),
  ...fields<OrderView>('updatedAt', 'firstFillAt', 'completedAt', 'retryCount', 'tag'),
  ...fields<OrderView>('brokerOrderId', 'exchangeOrderId', 'by', 'owner', 'note', 'warning'),
  ...fields<OrderView>('signalId', 'approvalId'),
  errorCode: ({ error }) => error?.code ?? null,
  errorMessage: ({ error }) => error?.message ?? null,
}
