import { Command } from 'commander'
import type { Config, Notice, Reading } from '../config.ts'
import { money } from '../core/amount.ts'
import { currency } from '../core/instrument.ts'
import { moneyText } from '../core/wording.ts'
import { CannotStart, fileIn, isThere, makeFolder } from '../folder.ts'
import type { Given } from '../settings/given.ts'
import { flag } from '../settings/given.ts'
import type { Key } from '../settings/schema.ts'
import { EXIT, Exit } from './exit.ts'
import { planFrom, plannedText } from './faults.ts'
import { terminalOn } from './terminal.ts'

type Options = {
  readonly demoStrategy: boolean
  readonly quiet?: boolean
  readonly faults?: string
  readonly [option: string]: string | boolean | undefined
}

export function startCommand(read: (flags: readonly Given[]) => Reading): Command {
  return new Command('start')
    .description('start the desk, and keep it running until Ctrl-C')
    .option('--host <address>', 'where it listens (127.0.0.1)')
    .option('--port <port>', 'where it listens (7373)')
    .option('--data <folder>', 'where everything is kept (./data)')
    .option('--log <level>', 'debug, info, warn, error or silent (info)')
    .option('--no-demo-strategy', 'let nobody trade but you')
    .option('--faults <plan.yaml>', 'break the paper broker on purpose (docs/break-it-yourself.md)')
    .option('--quiet', 'do not print what happens')
    .addHelpText('after', SETTINGS)
    .action(async (options: Options) => {
      const { config, notices } = read(flagsIn(options))
      const faults = planFrom(options.faults) ?? config.faults
      await run({ ...config, faults }, notices)
    })
}

const FLAGS: Readonly<Record<string, Key>> = {
  host: 'server.host',
  port: 'server.port',
  data: 'server.data_folder',
  log: 'log.level',
}

function flagsIn(options: Options): Given[] {
  const given = Object.entries(FLAGS).flatMap(([name, key]) => {
    const text = options[name]
    return typeof text === 'string' ? [flag(key, `--${name}`, text)] : []
  })
  if (!options.demoStrategy) given.push(flag('sim.demo_strategy', '--no-demo-strategy', 'off'))
  if (options.quiet) given.push(flag('log.terminal', '--quiet', 'off'))
  return given
}

async function run(config: Config, notices: readonly Notice[]): Promise<void> {
  makeFolder(config)
  const say = terminalOn(process.stdout)
  // Also where nothing else is said: they are about what nobody sees otherwise.
  for (const { says, remedy } of notices) process.stderr.write(`tallyman: ${says}; ${remedy}\n`)
  const isFirst = !isThere(fileIn(config, 'journal.db'))
  const stopping = asked() // from now on, so that no signal finds us half started
  // The server is much to load, and no other command needs it.
  const { start } = await import('../main.ts')
  const running = await start(config, config.terminal ? say : () => {})
  say(welcome(config, running.url, isFirst))
  const ending = await Promise.race([stopping, running.failed])
  if (ending instanceof Error) {
    await running.stop()
    if (ending instanceof CannotStart) throw ending
    throw new Exit(EXIT.refused, `the journal failed and did not recover: ${ending.message}`)
  }
  say(await running.stop())
}

const SETTINGS = `
All else is set in tallyman.yaml, in the environment or in a file .env: docs/configuration.md has
every name, tallyman.example.yaml is a file to begin with, "tallyman config" shows what holds.

A file named HALT in the data folder stops every new order at the last step before the broker.

Examples:
  $ tallyman start
  $ tallyman start --port 8080 --no-demo-strategy --quiet
  $ tallyman start --config desk.yaml
  $ TALLYMAN_PAPER_FAULTS=lose-answer=0.1,late=0.2 tallyman start`

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
    ...(config.faults ? [`  Faults    ${plannedText(config.faults)}`] : []),
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
