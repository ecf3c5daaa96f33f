import { Command, Option } from 'commander'
import { money, whyNotDecimal } from '../core/amount.ts'
import type { Product } from '../core/instrument.ts'
import type { ReadOptions } from '../market/csv.ts'
import { NotARecording, readRecording } from '../market/csv.ts'
import { GENERATED_DAY, generateRecording } from '../market/generated.ts'
import type { Moods } from '../market/moods.ts'
import { moodsOf, whyNoMoods } from '../market/moods.ts'
import type { Recording } from '../market/recording.ts'
import { EmaRsi } from '../strategy/ema-rsi.ts'
import { backtest } from '../worlds/backtest.ts'
import { EXIT, Exit } from './exit.ts'
import { planFrom } from './faults.ts'
import { progressBar } from './progress.ts'
import { Report } from './report.ts'
import { out, outJson } from './say.ts'

type DemoOptions = {
  readonly data?: string
  readonly strategy: string
  readonly seed: string
  readonly sim?: string
  readonly symbol?: string
  readonly exchange?: string
  readonly currency?: string
  readonly tick?: string
  readonly session?: string
  readonly product?: Product
  readonly plan: (typeof PLANS)[number]
  readonly cash: string
  readonly capital: string
  readonly latency: string
  readonly faults?: string
  readonly json?: boolean
}

const PLANS = ['zerodha', 'kotak', 'none'] as const
const SEED_MAX = 999_999_999
/** There and back must be less than the broker's patience. */
const LATENCY_MAX_MS = 2_000

export function demoCommand(): Command {
  return new Command('demo')
    .description('play a recorded day through the whole desk, at full speed, and report')
    .option('--data <file>', 'bars or quotes, .csv or .csv.gz (without it: a generated day)')
    .addOption(
      new Option('--strategy <name>', 'what trades it').choices(['ema-rsi']).default('ema-rsi'),
    )
    .option('--seed <number>', 'of all that is left to chance', '1')
    .option('--sim <moods>', 'of the generated day: gaps=0.01,spikes=0.01,halts=0.005 (a minute)')
    .option('--symbol <symbol>', 'instead of the one in the file’s name')
    .addOption(new Option('--exchange <code>', 'whose rules apply').choices(['NSE', 'US', 'FX']))
    .option('--currency <code>', 'instead of the exchange’s')
    .option('--tick <size>', 'tick size, instead of the exchange’s')
    .option('--session <open-close>', 'local times, e.g. 09:15-15:30: other rows are skipped')
    .addOption(
      new Option('--product <product>', 'MIS for a day of minutes, CNC for daily bars').choices([
        'CNC',
        'MIS',
        'NRML',
      ]),
    )
    .addOption(new Option('--plan <name>', 'whose charges').choices(PLANS).default('zerodha'))
    .option('--cash <amount>', 'what the account starts with', '1000000')
    .option('--capital <amount>', 'what one entry may cost', '100000')
    .option('--latency <ms>', 'between the desk and the broker, each way', '0')
    .option('--faults <plan.yaml>', 'break the broker on purpose (docs/break-it-yourself.md)')
    .option('--json', 'print the report as one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(demo)
}

const EXAMPLES = `
Formats: time,open,high,low,close[,volume] for minute or daily bars, time,bid,ask for quotes.
Rows that are no prices are skipped, counted and named; "rows" counts all rows of the file.
A market order fills at the next bar's opening and one tick, at most a quarter of its volume.

Examples:
  $ tallyman demo
  $ tallyman demo --data YESBANK-1m.csv
  $ tallyman demo --data EURUSD-ticks.csv.gz --seed 7 --json
  $ tallyman demo --faults plan.yaml
  $ tallyman demo --sim gaps=0.05,halts=0.01`

async function demo(options: DemoOptions): Promise<void> {
  const seed = wholeNumber('seed', options.seed, SEED_MAX)
  const latencyMs = wholeNumber('latency', options.latency, LATENCY_MAX_MS)
  const cash = positive('cash', options.cash)
  const capital = positive('capital', options.capital)
  const recording = recordingFor(options, seed)
  const { products } = recording.instrument
  const product = options.product ?? (isDaily(recording) ? products[0] : products.at(-1)!)
  if (!products.includes(product)) {
    throw new Exit(EXIT.usage, `product ${product}: here it is one of ${products.join(', ')}`)
  }
  const bar = progressBar('playing')
  const run = await backtest({
    recording,
    strategy: new EmaRsi(),
    seed,
    product,
    plan: options.plan,
    cash,
    capital,
    latencyMs,
    faults: planFrom(options.faults),
    onProgress: (done, of) => bar.show(done, of),
  })
  bar.stop()
  const report = new Report(recording, run)
  if (options.json) outJson(report.json())
  else out(report.text())
}

const ABOUT_A_FILE = ['symbol', 'exchange', 'currency', 'tick', 'session'] as const

function recordingFor(options: DemoOptions, seed: number): Recording {
  const about = readOptions(options)
  if (options.data === undefined) {
    for (const name of ABOUT_A_FILE) {
      if (options[name] === undefined) continue
      const why = 'it describes a file of prices: give one with --data, or leave it out'
      throw new Exit(EXIT.usage, `${name} "${options[name]}": ${why}`)
    }
    return generateRecording({ seed, ...GENERATED_DAY, moods: moodsFrom(options.sim) })
  }
  if (options.sim !== undefined) {
    const why = 'it is for a generated day, and a file has its own prices: leave --data or it out'
    throw new Exit(EXIT.usage, `sim "${options.sim}": ${why}`)
  }
  try {
    return readRecording(options.data, about)
  } catch (error) {
    if (error instanceof NotARecording) throw new Exit(EXIT.refused, error.message)
    throw error
  }
}

function moodsFrom(text = ''): Moods {
  const why = whyNoMoods(text)
  if (why === undefined) return moodsOf(text)
  throw new Exit(EXIT.usage, `sim "${text}": ${why}`)
}

function readOptions({ exchange, symbol, currency, tick, session }: DemoOptions): ReadOptions {
  if (tick !== undefined) positive('tick', tick)
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) {
    throw new Exit(EXIT.usage, `currency "${currency}": three capital letters are expected`)
  }
  if (symbol !== undefined && !/^[\w&.-]{1,40}$/.test(symbol)) {
    throw new Exit(EXIT.usage, `symbol "${symbol}": letters, digits, &, . and - are expected`)
  }
  return {
    exchange,
    symbol,
    currency,
    tick,
    session: session === undefined ? undefined : sessionFrom(session),
  }
}

const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d'
const SESSION = new RegExp(`^(${TIME})-(${TIME}|24:00)$`)

function sessionFrom(text: string): readonly [string, string] {
  const [, open, close] = SESSION.exec(text) ?? []
  if (open !== undefined && close !== undefined && open < close) return [open, close]
  const expected = 'local times from 00:00 to 24:00, the opening before the closing'
  throw new Exit(EXIT.usage, `session "${text}": give ${expected}, such as 09:15-15:30`)
}

const HALF_A_DAY_MS = 12 * 3_600_000

function isDaily({ prices }: Recording): boolean {
  if (prices.kind !== 'bars' || prices.count < 2) return false
  return prices.at[1]! - prices.at[0]! > HALF_A_DAY_MS
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (value <= max) return value
  throw new Exit(EXIT.usage, `${name} "${text}": a whole number up to ${max} is expected`)
}

function positive(name: string, text: string): ReturnType<typeof money> {
  const why = whyNotDecimal(text, 8)
  const amount = why === undefined ? money(text) : undefined
  if (amount !== undefined && amount > 0n) return amount
  throw new Exit(EXIT.usage, `${name} "${text}": ${why ?? 'it must be above zero'}`)
}
