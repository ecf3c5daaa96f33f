import { Command } from 'commander'
import type { EndOfDayView } from '../core/day-view.ts'
import type { Client } from './client.ts'
import { EXIT } from './exit.ts'
import { jsonOption } from './order-words.ts'
import { out, outJson } from './say.ts'

type Given = Readonly<Record<string, string | undefined>> & {
  readonly json?: boolean
  readonly dryRun?: boolean
}

export function eodCommand(client: () => Client): Command {
  return new Command('eod')
    .description('end the day: verify, reconcile, look after stale orders, sum up, archive')
    .option('--date <date>', 'the day that ends (today)')
    .option('--account <account>', 'the account (paper)')
    .option('--group <name>', 'exchanges whose day ends together')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nEach step is done once a day: a second run changes nothing. Exits with 1 when one\n' +
        'failed.' +
        '\n\nExamples:\n  $ tallyman eod --dry-run\n  $ tallyman eod',
    )
    .action(async ({ json, dryRun, date, account, group }: Given) => {
      const body = { date, account, group, dryRun }
      const run = await client().call<EndOfDayView>({ method: 'POST', path: '/end-of-day', body })
      if (json) outJson(run)
      else out(text(run))
      if (!run.success) process.exitCode = EXIT.refused
    })
}

function text(run: EndOfDayView): string {
  const { steps, stepsCompleted, stepsFailed, durationSeconds, summary, dryRun } = run
  const of = steps.length
  const lines = steps.map(({ number, name, ok, detail, error }) => {
    return `[Step ${number}/${of}] ${name.padEnd(22)} ${ok ? '✓' : '✗'} ${error ?? detail}`
  })
  return [
    dryRun ? 'Dry run: nothing was done.' : `End of ${run.date}, ${run.exchanges.join(', ')}`,
    ...lines,
    '',
    `Duration: ${durationSeconds.toFixed(1)} s`,
    `Steps Completed: ${stepsCompleted}/${of}`,
    `Steps Failed: ${stepsFailed}/${of}`,
    '',
    summary,
  ].join('\n')
}
