import { Command } from 'commander'
import type { QuoteView } from '../core/candle.ts'
import type { Client } from './client.ts'
import { jsonOption, queryText } from './order-words.ts'
import { out, outJson } from './say.ts'

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

function quoteText({ symbol, last, bid, ask, ...quote }: QuoteView): string {
  const halted = quote.halted ? '  HALTED' : ''
  if (last === null || quote.ageMs === null) return `${symbol}  not quoted yet${halted}`
  const [buys, sells] = [quote.bidSize, quote.askSize].map((size) => (size ? ` x ${size}` : ''))
  const sides = bid === null || ask === null ? '' : `  bid ${bid}${buys}  ask ${ask}${sells}`
  const stale = quote.stale ? '  STALE: too old to value an order by' : ''
  const age = `${(quote.ageMs / 1_000).toFixed(1)} s old`
  return `${symbol}  last ${last}${sides}  ${age}${stale}${halted}`
}
