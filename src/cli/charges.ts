import { Command } from 'commander'
import { chargesQuery } from '../api/charges.ts'
import type { Config } from '../config.ts'
import { money, price } from '../core/amount.ts'
import type { ChargeName } from '../core/charges.ts'
import { currency } from '../core/instrument.ts'
import type { ChargesAsked } from '../core/asking.ts'
import type { ChargesView } from '../core/preview.ts'
import { instant } from '../core/time.ts'
import { moneyText, priceText } from '../core/wording.ts'
import { previewOf } from '../desk/preview.ts'
import { tradingDateOf } from '../market/exchange.ts'
import { Instruments } from '../market/instruments.ts'
import { SIM_INSTRUMENTS } from '../market/simulated.ts'
import { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { queryText } from './order-words.ts'
import { out, outJson } from './say.ts'

type Options = { readonly json?: boolean } & Readonly<Record<string, string | undefined | boolean>>

export function chargesCommand(config: () => Config): Command {
  return new Command('charges')
    .description('what orders cost besides their price')
    .addCommand(previewCommand(config))
}

function previewCommand(config: () => Config): Command {
  return new Command('preview')
    .description('what an order would cost, line by line; nothing is placed')
    .requiredOption('--side <side>', 'BUY or SELL')
    .requiredOption('--quantity <units>', 'in units')
    .requiredOption('--price <price>', 'at which it would trade')
    .option('--symbol <symbol>', 'whose segment, lot and tick count')
    .option('--segment <segment>', 'without a symbol: delivery, intraday, futures or options')
    .option('--exchange <exchange>', 'NSE or BSE; or where the symbol trades')
    .option('--product <product>', 'CNC, MIS, NRML or MTF')
    .option('--plan <plan>', 'zerodha, kotak, none or per-lot:3.5 (TALLYMAN_PAPER_CHARGES)')
    .option('--date <date>', 'whose rule, e.g. 2026-03-31 (today)')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, ...options }: Options) => {
      const asked = askedFrom(options as Record<string, string | undefined>)
      const shown = await answer(asked, config())
      if (json) outJson(shown)
      else out(text(shown))
    })
}

const EXAMPLES = `
Works without a running desk, but for symbols that only the desk knows.

Examples:
  $ tallyman charges preview --side BUY --quantity 100 --price 250
  $ tallyman charges preview --side SELL --quantity 65 --price 110 --segment options --plan kotak
  $ tallyman charges preview --side BUY --quantity 10 --price 410 --symbol CHAI --product MIS`

function askedFrom(options: Readonly<Record<string, string | undefined>>): ChargesAsked {
  const { side, product, ...rest } = options
  const given = { ...rest, side: side?.toUpperCase(), product: product?.toUpperCase() }
  const parsed = chargesQuery.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = String(issue?.path[0] ?? '')
  throw new Exit(EXIT.usage, `--${field} ${options[field] ?? ''}: ${issue?.message}`)
}

/** From the tables at hand where they suffice, else from the desk that knows the symbol. */
async function answer(asked: ChargesAsked, config: Config): Promise<ChargesView> {
  const { symbol, exchange } = asked
  const known = symbol && new Instruments(SIM_INSTRUMENTS).find(symbol, exchange)
  if (symbol !== undefined && !known) {
    const path = `/charges/preview${queryText(asked)}`
    return new Client(config).call<ChargesView>({ method: 'GET', path })
  }
  const instrument = known || undefined
  const date = tradingDateOf(instrument?.exchange ?? exchange ?? 'NSE', instant(Date.now()))
  return previewOf(asked, instrument, { plan: config.paperCharges, date })
}

const NAMES: Readonly<Record<ChargeName, string>> = {
  brokerage: 'Brokerage',
  stt: 'Securities transaction tax',
  exchange: 'Exchange transaction charge',
  sebi: 'SEBI fee',
  stamp: 'Stamp duty',
  dp: 'Depository (DP) charge',
  gst: 'GST',
}
const WIDTH = 28

function text(view: ChargesView): string {
  const unit = currency(view.currency)
  const amount = (decimal: string): string => moneyText(money(decimal), unit)
  const { side, quantity, symbol, exchange, segment, product, breakEven, rule, date } = view
  const rows: (readonly [string, string])[] = [
    ['Turnover', amount(view.turnover)],
    ...view.lines.map(({ name, amount: paid }) => [NAMES[name], amount(paid)] as const),
    ['Total', amount(view.total)],
  ]
  const width = Math.max(...rows.map(([, value]) => value.length))
  const after = side === 'BUY' ? 'sold at' : 'bought at'
  const beyond = side === 'BUY' ? 'or more' : 'or less'
  const even = breakEven && {
    move: `${priceText(price(breakEven.move), unit)} (${breakEven.percent} %)`,
    at: `${after} ${priceText(price(breakEven.price), unit)} ${beyond}`,
  }
  const ruled = rule
    ? `${rule.version}, in force since ${rule.from}; asked for ${date}`
    : `none is dated; asked for ${date}`
  return [
    `${side} ${quantity} ${symbol ?? 'units'} at ${priceText(price(view.price), unit)}`,
    `on ${exchange}, ${segment}, product ${product}, plan ${view.plan}`,
    '',
    ...rows.map(([name, value]) => `${name.padEnd(WIDTH)}${value.padStart(width)}`),
    '',
    even
      ? `Break-even  ${even.move}: ${even.at}, both sides are paid for`
      : 'Break-even  no price of this instrument pays for both sides',
    `Rule        ${ruled}`,
    ...view.notes.map((note) => `Note        ${note}`),
  ].join('\n')
}
