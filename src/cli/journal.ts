import { Command } from 'commander'
import type { Config } from '../config.ts'
import type { Why } from '../core/why.ts'
import { why } from '../core/why.ts'
import type { ShowTime } from '../core/view.ts'
import type { Verified } from '../desk/verify.ts'
import { verifyJournal } from '../desk/verify.ts'
import type { AuditView } from '../core/asking.ts'
import type { AuditAsked } from '../store/audit.ts'
import { auditView, backwards, chosen } from '../store/audit.ts'
import { BadFile } from '../store/bad-file.ts'
import type { Journal } from '../store/journal.ts'
import { CorruptJournal } from '../store/journal.ts'
import type { SqliteJournal } from '../store/sqlite.ts'
import { EXIT, Exit } from './exit.ts'
import type { Progress } from './progress.ts'
import { progressBar } from './progress.ts'
import { entriesOf, lineOf, onOneLine, typeNamed, wholeNumber, withJournal } from './record.ts'
import { out, outJson } from './say.ts'
import { PERIOD_HELP, periodOf, showIn, zoneNamed } from './times.ts'

type Switches = { readonly full?: boolean; readonly json?: boolean }
type ShowOptions = {
  readonly order?: string
  readonly account?: string
  readonly type?: string
  readonly by?: string
  readonly from?: string
  readonly to?: string
  readonly zone?: string
  readonly limit: string
  readonly json?: boolean
}

const BESIDE = '\nWorks beside a running desk, and without one.'
const SHOWN_MAX = 100_000
const SHOW_EXAMPLE = '\n\nExample:\n  $ tallyman journal show --order paper-43'
const VERIFY_HELP = `${BESIDE} Exits with 1 when something is wrong.

Examples:
  $ tallyman journal verify
  $ tallyman journal verify --full --json`

export function journalCommand(config: () => Config): Command {
  const journal = new Command('journal').description('the record of everything that happened')
  journal
    .command('verify')
    .description('check the file and every row: none missing, changed or out of order')
    .option('--full', 'also fold it from the start, and compare with the saved accounts')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', VERIFY_HELP)
    .action((options: Switches) => verify(config(), options))
  journal
    .command('show')
    .description('the latest events, one a line')
    .option('--order <id>', 'of one order, e.g. paper-43')
    .option('--account <account>')
    .option('--type <type>', 'e.g. OrderFilled')
    .option('--from <time>')
    .option('--to <time>')
    .option('--by <caller>', 'whose command, e.g. key:my-bot')
    .option('--zone <name>', 'whose clock times are shown by (this machine’s)')
    .option('--limit <number>', 'how many, the latest ones', '50')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `${PERIOD_HELP}\n${BESIDE}${SHOW_EXAMPLE}`)
    .action((options: ShowOptions) => withJournal(config(), (read) => show(read, options)))
  journal
    .command('why')
    .description('how an order, a denial or an alert came about, step by step')
    .argument('<id>', 'an order’s, or any event’s as "journal show" names it: paper-43')
    .option('--zone <name>', 'whose clock times are shown by (this machine’s)')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `${BESIDE}\n\nExample:\n  $ tallyman journal why paper-43`)
    .action((id: string, options: { readonly zone?: string; readonly json?: boolean }) =>
      withJournal(config(), (read) => explain(read, id, options)),
    )
  return journal
}

async function verify(config: Config, switches: Switches): Promise<void> {
  try {
    await withJournal(config, (journal) => check(journal, switches))
  } catch (error) {
    if (!(error instanceof BadFile)) throw error
    if (switches.json) outJson({ sound: false, row: null, reason: error.message })
    throw new Exit(EXIT.refused, error.message)
  }
}

function check(journal: SqliteJournal, { full = false, json }: Switches): void {
  const bar = progressBar('verifying')
  const { n: total } = journal.head()
  try {
    journal.checkFile()
    const found = verifyJournal(journal, full, (n) => n % 500 === 0 && bar.show(n, total))
    bar.stop()
    if (json) outJson({ sound: found.differing.length === 0, ...found })
    else out(verdictOf(found))
    if (found.differing.length > 0 || found.saved === 'damaged') process.exitCode = EXIT.refused
  } catch (error) {
    bar.stop()
    if (error instanceof CorruptJournal && json) {
      outJson({ sound: false, row: error.row, reason: error.message })
    }
    throw error
  }
}

function verdictOf({ rows, events, digest, full, saved, differing }: Verified): string {
  const lines = [`${rows} rows and ${events} events are sound.`, `digest ${digest}`]
  if (saved === 'damaged')
    lines.push('The saved accounts are DAMAGED; a start folds the journal and saves them again.')
  else if (full && differing.length === 0)
    lines.push('Folded from the start, every account is the same.')
  for (const account of differing)
    lines.push(`The saved account ${account} DIFFERS from its events.`)
  return lines.join('\n')
}

function show(journal: Journal, options: ShowOptions): void {
  const zone = zoneNamed(options.zone)
  const limit = wholeNumber('limit', options.limit, SHOWN_MAX)
  const { account, order: orderId, by } = options
  const asked = { account, orderId, type: typeNamed(options.type), by, ...periodOf(options, zone) }
  const bar = progressBar('reading')
  const items = latest(journal, asked, { limit, show: showIn(zone), bar })
  bar.stop()
  if (options.json) outJson({ items, next: null })
  else out(items.length === 0 ? 'No such events.' : items.map(lineOf).join('\n'))
}

type Showing = { readonly limit: number; readonly show: ShowTime; readonly bar: Progress }

/** The latest that were asked for, the oldest of them first, as a log reads. */
function latest(journal: Journal, asked: AuditAsked, { limit, show, bar }: Showing): AuditView[] {
  const items: AuditView[] = []
  const { n: total } = journal.head()
  for (const { n, entries } of backwards(journal)) {
    for (const entry of entries.toReversed()) {
      for (const index of chosen(entry, asked).toReversed()) {
        items.push(auditView(entry, index, show))
        if (items.length === limit) return items.toReversed()
      }
    }
    if (n % 500 === 0) bar.show(total - n, total)
  }
  return items.toReversed()
}

type Explaining = { readonly zone?: string; readonly json?: boolean }

function explain(journal: Journal, id: string, { zone, json }: Explaining): void {
  const bar = progressBar('reading')
  const found = why(() => entriesOf(journal, bar), id)
  bar.stop()
  if (!found) {
    throw new Exit(EXIT.refused, `nothing in the journal is named "${id}"; see: journal show`)
  }
  const show = showIn(zoneNamed(zone))
  if (json) outJson({ ...found, end: found.end ?? null, steps: found.steps.map(shownStep(show)) })
  else out(storyText(found, show))
}

const shownStep =
  (show: ShowTime) =>
  ({ seq, at, text }: Why['steps'][number]) => ({ seq, at: show(at), text })

function storyText({ about, steps, end }: Why, show: ShowTime): string {
  const lines = steps.map(({ at, text }) => `  ${show(at)}  ${text}`)
  return [about, ...lines, ...(end === undefined ? [] : [end])].map(onOneLine).join('\n')
}
