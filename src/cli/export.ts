import { Command, Option } from 'commander'
import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { Format, What } from '../core/exporting.ts'
import { FORMATS, WHATS } from '../core/exporting.ts'
import type { Exporting } from '../desk/exports.ts'
import { EXIT, Exit } from './exit.ts'
import { writeAll, writeOne } from './export-write.ts'
import { exportLegacy } from './legacy-export.ts'
import { withJournal } from './record.ts'
import { out } from './say.ts'
import { openScreens } from './screens.ts'
import { boundIn, periodOf, showIn, zoneNamed } from './times.ts'
import { fileFor } from './whole-file.ts'

type ExportOptions = {
  readonly what: What | 'all'
  readonly format: Format | 'legacy'
  readonly account?: string
  readonly from?: string
  readonly to?: string
  readonly zone?: string
  readonly out?: string
}

export function exportCommand(config: () => Config): Command {
  return new Command('export')
    .description(
      'write out orders, fills, executions, trades, the audit trail, positions or statistics',
    )
    .addOption(
      new Option('--what <what>', 'what to write').choices([...WHATS, 'all']).default('audit'),
    )
    .addOption(
      new Option('--format <format>', 'in which form')
        .choices([...FORMATS, 'legacy'])
        .default('json'),
    )
    .option('--account <account>', 'of one account')
    .option(
      '--from <time>',
      'orders placed since, fills traded, trades closed, events decided since',
    )
    .option('--to <time>', 'and until then; positions as they stood then')
    .option('--zone <name>', 'whose clock times are shown by (UTC), and days counted by')
    .option('--out <place>', 'a file, or a folder; - or nothing is standard output')
    .addHelpText('after', HELP)
    .action((options: ExportOptions) => write(config(), options))
}

const HELP = `
Times: 2026-11-21T09:15 (by this machine's clock, or --zone), or with an offset:
2026-11-21T09:15:00+05:30. A date is a trading day of each row's own exchange, and a day of UTC
for events and positions; with --zone it is a day there. As --to it counts whole.

Works beside a running desk or without one. Orders come as they ended, or stand. A file appears
when it is whole; "all" is a folder with one file each and manifest.json. In CSV, text that a
spreadsheet would run as a formula begins with an apostrophe. Positions have no prices here.

Examples:
  $ tallyman export --what audit --format csv --from 2026-11-01 --to 2026-11-30 --out nov.csv
  $ tallyman export --what fills --format csv --zone Asia/Kolkata
  $ tallyman export --format legacy --out ./old
  $ tallyman export --what all --format csv --from 2026-11-20 --to 2026-11-20 --out 2026-11-20`

async function write(config: Config, options: ExportOptions): Promise<void> {
  const { what, format, account, from, to, zone, out: given } = options
  if (what === 'positions' && from !== undefined) {
    throw new Exit(EXIT.usage, 'positions are as they stood at --to, or stand: leave --from out')
  }
  const place = given === '-' ? undefined : given
  if (what === 'all' && place === undefined) {
    throw new Exit(EXIT.usage, '"all" is a folder of files: name it with --out')
  }
  if (format === 'legacy' && (place === undefined || (what !== 'audit' && what !== 'all'))) {
    throw new Exit(EXIT.usage, '"legacy" is a folder of four files: name it with --out, alone')
  }
  const asked = askedBy(options)
  await withJournal(config, async (journal) => {
    const screens = await openScreens(config, journal)
    try {
      const upTo = screens.upTo()!
      if (account !== undefined && !screens.knows(account)) {
        throw new Exit(EXIT.refused, `there is no account "${account}" in the journal`)
      }
      const sources = { screens, journal, upTo }
      if (format === 'legacy') {
        const files = await exportLegacy({ sources, asked, folder: resolve(place!) })
        out(files.join('\n'))
        return
      }
      const job = { sources, format, asked }
      if (what !== 'all') {
        const file = place === undefined ? undefined : await fileFor(place, `${what}.${format}`)
        await writeOne(what, file, job)
      } else {
        const madeAt = new Date().toISOString()
        const period = { account, from, to, zone }
        const path = resolve(place!)
        await writeAll({ path, journal: journal.headAt(upTo), madeAt, period }, job)
      }
    } finally {
      screens.close()
    }
  })
}

function askedBy({ account, from, to, zone }: ExportOptions): Exporting {
  const show = showIn(zoneNamed(zone ?? 'UTC'))
  const here = zoneNamed(zone)
  if (zone === undefined) {
    return { account, show, from: boundIn('from', from, here), to: boundIn('to', to, here) }
  }
  return { account, show, ...periodOf({ ...(from && { from }), ...(to && { to }) }, here) }
}
