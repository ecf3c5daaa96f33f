import { Command } from 'commander'
import type { Config } from '../config.ts'
import { money } from '../core/amount.ts'
import { currency } from '../core/instrument.ts'
import { moneyText } from '../core/wording.ts'
import { CannotStart, fileIn, isThere, makeFolder } from '../folder.ts'
import { EXIT, Exit } from './exit.ts'
import { planFrom } from './faults.ts'
import { out } from './say.ts'

export function startCommand(config: () => Config): Command {
  return new Command('start')
    .description('start the desk, and keep it running until Ctrl-C')
    .option('--no-demo-strategy', 'let nobody trade but you')
    .option('--faults <plan.yaml>', 'break the paper broker on purpose (docs/break-it-yourself.md)')
    .option('--quiet', 'do not print what happens')
    .addHelpText('after', SETTINGS)
    .action(async (options: { demoStrategy: boolean; quiet?: boolean; faults?: string }) => {
      const read = config()
      const faults = planFrom(options.faults) ?? read.faults
      const demoStrategy = read.demoStrategy && options.demoStrategy
      const chosen = { ...read, demoStrategy, faults }
      makeFolder(chosen)
      const isFirst = !isThere(fileIn(chosen, 'journal.db'))
      const stopping = asked() // from now on, so that no signal finds us half started
      // The server is much to load, and no other command needs it.
      const { start } = await import('../main.ts')
      const running = await start(chosen, options.quiet ? () => {} : out)
      out(welcome(chosen, running.url, isFirst))
      const ending = await Promise.race([stopping, running.failed])
      if (ending instanceof Error) {
        await running.stop()
        if (ending instanceof CannotStart) throw ending
        throw new Exit(EXIT.refused, `the journal failed and did not recover: ${ending.message}`)
      }
      out(await running.stop())
    })
}

const SETTINGS = `
Settings (environment, or a file .env):
  TALLYMAN_HOST=127.0.0.1  TALLYMAN_PORT=7373  TALLYMAN_DATA=./data
  TALLYMAN_SEED=1  TALLYMAN_PAPER_CASH=1000000  TALLYMAN_PAPER_LATENCY_MS=20
  TALLYMAN_SIM=gaps=0.01,spikes=0.01,wide=0.05,halts=0.005    chances a minute, of SIM
  TALLYMAN_PAPER_CHARGES=zerodha                    or kotak, or none
  TALLYMAN_PAPER_FAULTS=lose-answer=0.1,late=0.2    break the paper broker on purpose
  VERIFIER_CHECK_INTERVAL=1800  TALLYMAN_DISK_RESERVE_MB=64

A file named HALT in the data folder stops every new order at the last step before the broker.

Examples:
  $ tallyman start
  $ TALLYMAN_PORT=8080 tallyman start --no-demo-strategy --quiet`

/**
 * Ctrl-C, or whoever supervises us. A second Ctrl-C ends at once, as people expect; one that comes
 * within a second is the first again, because npm passes on what the terminal already gave us.
 */
function asked(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      resolve()
      setTimeout(() => process.once('SIGINT', () => process.exit(EXIT.refused)), 1000).unref()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

function welcome(config: Config, url: string, isFirst: boolean): string {
  const cash = moneyText(money(config.paperCash), currency('INR'))
  const trader = config.demoStrategy
    ? 'The demo strategy "ema-rsi" trades ACME on 1-second bars; watch its orders below.'
    : 'Nobody trades but you.'
  return [
    '',
    'Tallyman is running on PAPER: no real money moves.',
    '',
    `  Account   paper, ${isFirst ? `${cash} of paper money` : 'as you left it'}`,
    '  Market    SIM, made up; it never closes',
    `  API       ${url}/api/v1   (try it in the browser: ${url}/docs)`,
    `  Data      ${config.data}`,
    '',
    trader,
    '',
    'Try next, in a second terminal:',
    '  npx tallyman order place BUY 10 CHAI',
    '  npx tallyman positions',
    '  npx tallyman keys create --scope trade     a key for your own program',
    '  npx tallyman demo                          a whole day in a second',
    '',
    'Ctrl-C stops it; what it knows is on disk.',
    '',
  ].join('\n')
}
