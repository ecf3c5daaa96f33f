import { Command, Option } from 'commander'
import type { CandlesView, CandleView, QuoteView } from '../core/candle.ts'
import { INTERVALS } from '../core/candle.ts'
import type { Client } from './client.ts'
import { jsonOption, queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

type Options = { readonly json?: boolean } & Readonly<Record<string, string | undefined | boolean>>

export function quoteCommand(client: () => Client): Command {
  return new Command('quote')
    .description('what an instrument is quoted at, and how old that is')
    .argument('<symbol>', 'e.g. ACME')
    .option('--exchange <exchange>', 'where several list it')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  $ tallyman quote ACME\n  $ tallyman quote ACME --json')
    .action(async (symbol: string, { json, exchange }: Options) => {
      const path = `/quotes${queryText({ symbol, exchange: exchange as string | undefined })}`
      const quote = await client().call<QuoteView>({ method: 'GET', path })
      if (json) outJson(quote)
      else out(quoteText(quote))
    })
}

function quoteText({ symbol, bid, ask, ...quote }: QuoteView): string {
  const halted = quote.halted ? '  HALTED' : ''
  if (bid === null || ask === null) return `${symbol}  not quoted yet${halted}`
  const [buys, sells] = [quote.bidSize, quote.askSize].map((size) => (size ? ` x ${size}` : ''))
  const stale = quote.stale ? '  STALE' : ''
  const age = `${((quote.ageMs ?? 0) / 1_000).toFixed(1)} s old`
  return `${symbol}  bid ${bid}${buys}  ask ${ask}${sells}  ${age}${stale}${halted}`
}

export function candlesCommand(client: () => Client): Command {
  return new Command('candles')
    .description('prices of a stretch of time, as candles')
    .argument('<symbol>', 'e.g. ACME')
    .option('--exchange <exchange>', 'where several list it')
    .addOption(new Option('--interval <length>').choices(INTERVALS).default('1m'))
    .option('--from <time>', 'ISO 8601 with offset: those that begin from then on')
    .option('--to <time>', 'and before then (now)')
    .option('--limit <number>', 'how many: the newest', '20')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (symbol: string, { json, ...options }: Options) => {
      const query = { symbol, ...(options as Record<string, string>) }
      const path = `/candles${queryText(query)}`
      const found = await client().call<CandlesView>({ method: 'GET', path })
      if (json) outJson(found)
      else out(found.items.length === 0 ? 'No candles.' : tableText(CANDLES, found.items))
    })
}

const EXAMPLES = `
The last one may still be forming.

Examples:
  $ tallyman candles ACME
  $ tallyman candles ACME --interval 1h --from 2026-11-20T00:00:00Z --limit 48`

const CANDLES: readonly Column<CandleView>[] = [
  { head: 'AT', cell: ({ at }) => at },
  { head: 'OPEN', cell: ({ open }) => open, right: true },
  { head: 'HIGH', cell: ({ high }) => high, right: true },
  { head: 'LOW', cell: ({ low }) => low, right: true },
  { head: 'CLOSE', cell: ({ close }) => close, right: true },
  { head: '', cell: ({ whole }) => (whole ? '' : 'forming') },
]
