import { Command, CommanderError } from 'commander'
import { breaksCommand, reconcileCommand, trackingCommand } from './cli/books.ts'
import { backupCommand } from './cli/backup.ts'
import { calendarCommand } from './cli/calendar.ts'
import { closeCommand, killCommand, resumeCommand } from './cli/close.ts'
import { guardCommand } from './cli/guard.ts'
import { chargesCommand } from './cli/charges.ts'
import { auditCommand } from './cli/audit.ts'
import { accountsCommand } from './cli/accounts.ts'
import { Client } from './cli/client.ts'
import { configCommand } from './cli/settings.ts'
import { demoCommand } from './cli/demo.ts'
import { doctorCommand } from './cli/doctor.ts'
import { eodCommand } from './cli/eod.ts'
import { EXIT, Exit } from './cli/exit.ts'
import { exportCommand } from './cli/export.ts'
import { journalCommand } from './cli/journal.ts'
import { keysCommand } from './cli/keys.ts'
import { logsCommand } from './cli/logs.ts'
import { notifyCommand } from './cli/notify.ts'
import { instrumentsCommand, positionsCommand, verifyCommand } from './cli/look.ts'
import { restoreCommand } from './cli/restore.ts'
import { reportCommand } from './cli/execution.ts'
import { candlesCommand } from './cli/candles.ts'
import { quoteCommand } from './cli/market.ts'
import { orderCommand } from './cli/order.ts'
import { importCommand } from './cli/import.ts'
import { performanceCommand } from './cli/performance.ts'
import { portfolioCommand, tradesCommand } from './cli/portfolio.ts'
import { startCommand } from './cli/start.ts'
import { statisticsCommand } from './cli/statistics.ts'
import type { Config, Reading } from './config.ts'
import { BadSetting, readSettings } from './config.ts'
import { CannotStart } from './folder.ts'
import { BadCalendar } from './market/calendar-file.ts'
import type { Given } from './settings/given.ts'
import { BadFile } from './store/bad-file.ts'
import { VERSION } from './store/version.ts'

/** Runs one command line; sets the exit code, and returns when the command has ended. */
export async function run(args: readonly string[]): Promise<void> {
  process.stdout.on('error', cannotWrite)
  process.stderr.on('error', () => {}) // nothing is left to say it on
  process.umask(0o077) // what we write is for its owner alone
  try {
    await program().parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeFor(error)
  }
}

function program(): Command {
  const read = (flags: readonly Given[] = []): Reading => {
    const { config: file } = tallyman.opts<{ readonly config?: string }>()
    return readSettings({ env: process.env, file, flags })
  }
  const config = (): Config => read().config
  const client = (): Client => new Client(config())
  const tallyman = new Command('tallyman')
    .description('A self-hosted order desk for people who trade by program.')
    .version(VERSION)
    .option('--config <file>', 'read these settings instead of ./tallyman.yaml')
    .showSuggestionAfterError()
    .addHelpText('after', HELP)
  tallyman.addCommand(startCommand(read))
  tallyman.addCommand(demoCommand())
  tallyman.addCommand(orderCommand(client))
  tallyman.addCommand(reportCommand(client))
  tallyman.addCommand(positionsCommand(client))
  tallyman.addCommand(statisticsCommand(client))
  tallyman.addCommand(performanceCommand(client))
  tallyman.addCommand(portfolioCommand(client))
  tallyman.addCommand(tradesCommand(client))
  tallyman.addCommand(instrumentsCommand(client))
  tallyman.addCommand(quoteCommand(client))
  tallyman.addCommand(candlesCommand(client))
  tallyman.addCommand(verifyCommand(client))
  tallyman.addCommand(trackingCommand(client))
  tallyman.addCommand(breaksCommand(client))
  tallyman.addCommand(reconcileCommand(client))
  tallyman.addCommand(guardCommand(client))
  tallyman.addCommand(closeCommand(client))
  tallyman.addCommand(killCommand(client))
  tallyman.addCommand(resumeCommand(client))
  tallyman.addCommand(eodCommand(client))
  tallyman.addCommand(chargesCommand(config))
  tallyman.addCommand(calendarCommand(config))
  tallyman.addCommand(auditCommand(client))
  tallyman.addCommand(exportCommand(config))
  tallyman.addCommand(importCommand(client))
  tallyman.addCommand(accountsCommand(config, client))
  tallyman.addCommand(journalCommand(config))
  tallyman.addCommand(notifyCommand(client))
  tallyman.addCommand(logsCommand(config))
  tallyman.addCommand(backupCommand(read))
  tallyman.addCommand(restoreCommand(config))
  tallyman.addCommand(doctorCommand(read))
  tallyman.addCommand(configCommand(read))
  tallyman.addCommand(keysCommand(config))
  throwInsteadOfExit(tallyman)
  showConfigIn(tallyman)
  return tallyman
}

const HELP = `
Exit codes: 0 done · 1 refused or failed · 2 wrong use · 75 try again · 78 cannot start

First steps:
  $ tallyman start                        the desk, on paper money
  $ tallyman demo                         a day of trading in a second
  $ tallyman order place BUY 10 ACME      in a second terminal`

function throwInsteadOfExit(command: Command): void {
  command.exitOverride()
  for (const inner of command.commands) throwInsteadOfExit(inner)
}

/** `--config` is taken by every command, so the help of each one shows it. */
function showConfigIn(command: Command): void {
  command.configureHelp({ showGlobalOptions: true })
  for (const inner of command.commands) showConfigIn(inner)
}

function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version are no errors; everything else commander has said on standard error.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  }
  if (error instanceof Exit) return told(error.message, error.code)
  if (error instanceof BadSetting) {
    return told(error.message, error.isUsage ? EXIT.usage : EXIT.cannotStart)
  }
  if (error instanceof BadCalendar) return told(error.message, EXIT.cannotStart)
  if (error instanceof BadFile) return told(error.message, EXIT.cannotStart)
  if (error instanceof CannotStart) return told(error.message, EXIT.cannotStart)
  throw error
}

function told(sentence: string, code: number): number {
  process.stderr.write(`tallyman: ${sentence}\n`)
  return code
}

/** The reader of a pipe has gone, as in `tallyman order list | head`; or the disk is full. */
function cannotWrite(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.ok)
  process.exit(told(`the answer cannot be written: ${error.message}`, EXIT.refused))
}
