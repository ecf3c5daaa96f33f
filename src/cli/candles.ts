import { Command, Option } from 'commander'
import type { CandlesView, CandleView, Interval } from '../core/candle.ts'
import { INTERVALS } from '../core/candle.ts'
import { DAY } from '../core/time.ts'
import { SPANS } from '../market/candles.ts'
import { HISTORY_DAYS } from '../market/candle-history.ts'
import { fileName } from '../market/candle-folder.ts'
import type { Client } from './client.ts'
import { csvLine } from '../core/csv.ts'
import { EXIT, Exit } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import { progressBar } from './progress.ts'
import { wholeNumber } from './record.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'
import { boundText, zoneNamed } from './times.ts'
import { fileFor, writeWhole } from './whole-file.ts'

type Options = {
  readonly exchange?: string
  readonly interval: Interval
  readonly days?: string
  readonly from?: string
  readonly to?: string
  readonly limit?: string
  readonly out?: string
  readonly json?: boolean
}

const PAGE_MAX = 500
/** Held in memory until they are shown or written. */
const CANDLES_MAX = 200_000
/** Where nobody says how many. */
const SHOWN = 20

export function candlesCommand(client: () => Client): Command {
  return new Command('candles')
    .description('prices of a stretch of time as candles; what is over is fetched once and kept')
    .argument('<symbol>', 'e.g. ACME')
    .option('--exchange <exchange>', 'where several list it')
    .addOption(new Option('--interval <length>').choices(INTERVALS).default('day'))
    .option(
      '--days <number>',
      'from the day on that is so many days ago (as data.historical_days says)',
    )
    .option('--from <time>', 'those that begin from then on')
    .option('--to <time>', 'and before then (now)')
    .option('--limit <number>', `the newest so many (${SHOWN}, where no stretch is named)`)
    .option('--out <place>', 'into a CSV file, or as {symbol}_{interval}.csv into a folder')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (symbol: string, options: Options) => {
      const found = await gathered(client(), symbol, options)
      if (found.notice !== null) process.stderr.write(`tallyman: ${found.notice}\n`)
      if (options.out !== undefined) return write(found, options.out, options.json)
      if (options.json) return outJson(found)
      out(found.items.length === 0 ? 'No candles.' : tableText(CANDLES, found.items))
      if (found.next !== null) out(`There are more, before ${found.next}: --days, --limit`)
    })
}

const EXAMPLES = `
The last one may still be forming; a file has only those that are over. Times are as for "audit";
a date is a trading day of the exchange.

Examples:
  $ tallyman candles ACME
  $ tallyman candles ACME --interval hour --from 2026-11-20 --to 2026-11-21
  $ tallyman candles ACME --interval 15minute --days 30 --out prices/`

const CANDLES: readonly Column<CandleView>[] = [
  { head: 'AT', cell: ({ at }) => at },
  { head: 'OPEN', cell: ({ open }) => open, right: true },
  { head: 'HIGH', cell: ({ high }) => high, right: true },
  { head: 'LOW', cell: ({ low }) => low, right: true },
  { head: 'CLOSE', cell: ({ close }) => close, right: true },
  { head: 'VOLUME', cell: ({ volume }) => volume ?? '-', right: true },
  { head: '', cell: ({ whole }) => (whole ? '' : 'forming') },
]

/** Page after page, the newest first, as far as was asked for. */
async function gathered(client: Client, symbol: string, options: Options): Promise<CandlesView> {
  const { exchange, interval, days, from, json: _, ...rest } = options
  const isStretch = days !== undefined || from !== undefined || rest.out !== undefined
  const shown = rest.limit ?? (isStretch ? undefined : String(SHOWN))
  const limit = shown === undefined ? CANDLES_MAX : wholeNumber('limit', shown, CANDLES_MAX)
  const zone = zoneNamed()
  const asked = { symbol, exchange, interval, days, from: boundText('from', from, zone) }
  const bar = progressBar('fetching')
  const expected = Math.min(limit, countIn(interval, asked))
  const pages: CandlesView['items'][] = []
  let count = 0
  let to = boundText('to', rest.to, zone)
  for (;;) {
    const size = String(Math.min(PAGE_MAX, limit - count))
    const path = `/candles${queryText({ ...asked, to, limit: size })}`
    const page = await client.call<CandlesView>({ method: 'GET', path })
    pages.unshift(page.items)
    count += page.items.length
    if (page.next === null || count >= limit) {
      bar.stop()
      if (page.next !== null && shown === undefined) throw tooMany()
      return { ...page, items: pages.flat() }
    }
    bar.show(Math.min(count, expected), expected)
    to = page.next
  }
}

/** How many there are where trading never stops: for the bar alone. */
function countIn(
  interval: Interval,
  { days, from }: Record<'days' | 'from', string | undefined>,
): number {
  const begin =
    from === undefined ? Date.now() - Number(days ?? HISTORY_DAYS) * DAY : Date.parse(from)
  return Math.max(1, Math.ceil((Date.now() - begin) / SPANS[interval]))
}

const tooMany = (): Exit =>
  new Exit(EXIT.usage, `more than ${CANDLES_MAX} candles; take fewer days, or a longer interval`)

async function write(found: CandlesView, place: string, json = false): Promise<void> {
  const { symbol, interval, items } = found
  const file = await fileFor(place, `${fileName(symbol)}_${interval}.csv`)
  const whole = items.filter((each) => each.whole)
  await writeWhole(file, [[...linesOf(interval, whole)].join('')])
  if (json) outJson({ file, candles: whole.length })
  else out(`${whole.length} candles are in ${file}.`)
}

/** A price file: docs/price-files.md. */
function* linesOf(interval: Interval, items: readonly CandleView[]): Iterable<string> {
  const hasVolume = items.some(({ volume }) => volume !== null)
  const head = ['time', 'open', 'high', 'low', 'close']
  yield csvLine(hasVolume ? [...head, 'volume'] : head)
  for (const { at, open, high, low, close, volume } of items) {
    const isDay = interval === 'day' && at.slice(10).startsWith('T00:00:00.000')
    const cells = [isDay ? at.slice(0, 10) : at, open, high, low, close]
    yield csvLine(hasVolume ? [...cells, volume] : cells)
  }
}
