import { setTimeout } from 'node:timers/promises'
import { Command, Option } from 'commander'
import type { Config } from '../config.ts'
import type { Instant } from '../core/time.ts'
import { dateAt, instant } from '../core/time.ts'
import type { ShowTime } from '../core/view.ts'
import { fileIn } from '../folder.ts'
import { logDays } from '../log/files.ts'
import type { LogLine } from '../log/read.ts'
import { lastLines, LogReader } from '../log/read.ts'
import { EXIT, Exit } from './exit.ts'
import { onOneLine, wholeNumber } from './record.ts'
import { out } from './say.ts'
import { showIn, sinceOf, zoneNamed } from './times.ts'

type LogsOptions = {
  readonly tail?: string
  readonly last?: string
  readonly level?: Level
  readonly order?: string
  readonly since?: string
  readonly zone?: string
  readonly follow?: boolean
  readonly json?: boolean
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof LEVELS)[number]

const SHOWN = '50'
const SHOWN_MAX = 1_000_000
const LOOK_MS = 200

export function logsCommand(config: () => Config): Command {
  return new Command('logs')
    .description('what the desk has logged, the newest line last')
    .option('--tail <number>', `how many lines, the last ones (${SHOWN})`)
    .option('--last <number>', 'the same')
    .addOption(new Option('--level <level>', 'this one and graver').choices(LEVELS))
    .option('--order <id>', 'about one order, e.g. paper-43')
    .option('--since <time>', 'e.g. 90s, 30m, 1h, 2d, or 2026-11-21T09:15')
    .option('--zone <name>', 'whose clock times are shown by (this machine’s)')
    .option('--follow', 'and go on with what comes, until Ctrl-C')
    .option('--json', 'print each line as the JSON object it is')
    .addHelpText('after', HELP)
    .action((options: LogsOptions) => show(fileIn(config(), 'logs'), options))
}

const HELP = `
Works beside a running desk, and without one. The log is kept for 14 days, one file a day by UTC,
in the folder "logs" of the data folder. TALLYMAN_LOG says how much is logged: debug, info, warn,
error or silent.

Examples:
  $ tallyman logs --tail 50
  $ tallyman logs --level error --last 10
  $ tallyman logs --order paper-43 --since 1d
  $ tallyman logs --follow`

async function show(folder: string, options: LogsOptions): Promise<void> {
  const zone = zoneNamed(options.zone)
  const shown = options.json ? jsonOf : prettyIn(showIn(zone))
  const since = options.since === undefined ? undefined : sinceOf(options.since, zone)
  const isWanted = wantedBy(options, since)
  const fromDate = since === undefined ? undefined : dateAt(since)
  const count = countOf(options)
  const wanted = { count, isWanted, fromDate, isOver: !options.follow }
  const { lines, end } = readable(folder, () => lastLines(folder, wanted))
  for (const line of lines) out(shown(line))
  if (options.follow) return follow(new LogReader(folder, end), isWanted, shown)
  if (lines.length > 0 || options.json) return
  // Days before the ones that were asked for count too: there is a log, only none of then.
  if (end || logDays(folder).length > 0) out('No such lines.')
  else out(`There is no log in ${folder} yet: the desk writes one while it runs.`)
}

function countOf({ tail, last }: LogsOptions): number {
  if (tail !== undefined && last !== undefined) {
    throw new Exit(EXIT.usage, '--tail and --last say the same; give one of them')
  }
  if (last !== undefined) return wholeNumber('last', last, SHOWN_MAX)
  return wholeNumber('tail', tail ?? SHOWN, SHOWN_MAX)
}

function readable<T>(folder: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const remedy = 'run this as the user who owns the folder'
    throw new Exit(EXIT.refused, `the log in ${folder} cannot be read (${message}); ${remedy}`)
  }
}

/** A line that is torn says neither level nor order: it is shown where nothing is asked for. */
function wantedBy({ level, order }: LogsOptions, since: Instant | undefined) {
  const graveness = level === undefined ? 0 : gravenessOf(level)
  const isAll = level === undefined && order === undefined && since === undefined
  const names = order === undefined ? undefined : wordPattern(order)
  return ({ fields }: LogLine): boolean => {
    if (!fields) return isAll
    if (gravenessOf(fields['level']) < graveness) return false
    if (since !== undefined && !(Date.parse(String(fields['time'])) >= since)) return false
    return names === undefined || fields['orderId'] === order || names.test(textOf(fields['msg']))
  }
}

/** Above all others for what is none of ours, such as `fatal`. */
function gravenessOf(level: unknown): number {
  const at = LEVELS.indexOf(level as Level)
  return at < 0 ? LEVELS.length : at
}

/** `paper-4` is not in `paper-43`. */
const wordPattern = (id: string): RegExp =>
  new RegExp(`(?<![\\w-])${id.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w-])`)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const jsonOf = ({ text, fields }: LogLine): string =>
  fields ? text : JSON.stringify({ torn: true, msg: text })

/** What has a place of its own in a line for people, or is more than they want to read. */
const PLACED: ReadonlySet<string> = new Set(
  'level time msg account orderId seq event err'.split(' '),
)

/**
 * `2026-11-21T09:15:00.123+05:30  INFO   paper-43  Bought 10 INFY …`; an event without an order has
 * a name all the same, and `journal why` knows it.
 */
const prettyIn =
  (show: ShowTime) =>
  ({ text, fields }: LogLine): string => {
    if (!fields) return onOneLine(text)
    const { level, time, msg, account, orderId, seq } = fields
    const at = Date.parse(String(time))
    const when = Number.isNaN(at) ? textOf(time) : show(instant(at))
    const event = typeof account === 'string' ? `${account}-${String(seq)}` : '-'
    const about = textOf(orderId) || event
    const rest = Object.entries(fields)
      .filter(([name]) => !PLACED.has(name))
      .map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
    const grade = textOf(level).toUpperCase().padEnd(5)
    const said = [when, grade, about.padEnd(10), textOf(msg), rest.join(' ')]
    return onOneLine(said.join('  ').trimEnd())
  }

/** Until Ctrl-C, which is how it is meant to end. */
async function follow(
  reader: LogReader,
  isWanted: (line: LogLine) => boolean,
  shown: (line: LogLine) => string,
): Promise<void> {
  const over = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => over.abort())
  const { signal } = over
  while (!signal.aborted) {
    for (const line of reader.next()) if (isWanted(line)) out(shown(line))
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => {})
  }
}
