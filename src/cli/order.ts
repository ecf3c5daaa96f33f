import { Command, Option } from 'commander'
import type { PageView } from '../core/port.ts'
import type { OrderView } from '../core/view.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

type PlaceOptions = {
  readonly side?: string
  readonly quantity?: string
  readonly symbol?: string
  readonly type?: string
  readonly price?: string
  readonly limit?: string
  readonly account?: string
  readonly exchange?: string
  readonly product?: string
  readonly strategy?: string
  readonly note?: string
  readonly key?: string
  readonly json?: boolean
}

const json = (): Option => new Option('--json', 'print the answer as JSON')

export function orderCommand(client: () => Client): Command {
  return new Command('order')
    .description('place, cancel, show and list orders')
    .addCommand(placeCommand(client))
    .addCommand(cancelCommand(client))
    .addCommand(showCommand(client))
    .addCommand(listCommand(client))
}

function placeCommand(client: () => Client): Command {
  return new Command('place')
    .description('place an order; it is answered once it is on disk')
    .argument('[side]', 'BUY or SELL')
    .argument('[quantity]', 'in units')
    .argument('[symbol]', 'as in "tallyman instruments"')
    .option('--side <side>', 'BUY or SELL')
    .option('--quantity <units>', 'in units')
    .option('--symbol <symbol>', 'what to trade')
    .option('--type <type>', 'MARKET or LIMIT (LIMIT when a price is given)')
    .option('--price <price>', 'limit of a LIMIT order')
    .option('--limit <price>', 'short for --type LIMIT --price')
    .option('--account <account>', 'the account (paper)')
    .option('--exchange <exchange>', 'where the symbol trades, if several list it')
    .option('--product <product>', 'CNC, MIS, NRML or MTF')
    .option('--strategy <name>', 'the strategy whose book it goes to')
    .option('--note <text>', 'kept with the order')
    .option('--key <id>', 'idempotency key: the same order under it is placed once')
    .addOption(json())
    .addHelpText('after', EXAMPLES)
    .action(async (side: string, quantity: string, symbol: string, options: PlaceOptions) => {
      const body = ticketFrom({ side, quantity, symbol, ...options })
      const { key } = options
      const placed = await client().call<OrderView>({
        method: 'POST',
        path: '/orders',
        body,
        idempotencyKey: key,
      })
      if (options.json) outJson(placed)
      else out(`${line(placed)}\nFollow it: npx tallyman order show ${placed.id}`)
    })
}

function cancelCommand(client: () => Client): Command {
  return new Command('cancel')
    .description('ask for an order to be cancelled; it ends when the broker says so')
    .argument('<id>', 'e.g. paper-43')
    .option('--key <id>', 'idempotency key')
    .addOption(json())
    .action(async (id: string, options: { readonly key?: string; readonly json?: boolean }) => {
      const path = `/orders/${encodeURIComponent(id)}`
      const idempotencyKey = options.key
      const asked = await client().call<OrderView>({ method: 'DELETE', path, idempotencyKey })
      if (options.json) outJson(asked)
      else out(`Cancel asked: ${line(asked)}`)
    })
}

function showCommand(client: () => Client): Command {
  return new Command('show')
    .description('one order with its history and fills')
    .argument('<id>', 'e.g. paper-43')
    .addOption(json())
    .action(async (id: string, options: { readonly json?: boolean }) => {
      const path = `/orders/${encodeURIComponent(id)}`
      const shown = await client().call<OrderView>({ method: 'GET', path })
      if (options.json) outJson(shown)
      else out(whole(shown))
    })
}

function listCommand(client: () => Client): Command {
  return new Command('list')
    .description('orders, the newest first')
    .option('--account <account>')
    .option('--symbol <symbol>')
    .option('--status <status>', 'e.g. OPEN, COMPLETE, UNKNOWN')
    .option('--limit <number>', 'how many', '20')
    .option('--cursor <number>', 'the "next" of the page before')
    .addOption(json())
    .action(async ({ json: asJson, ...query }: Record<string, string | undefined>) => {
      const page = await client().call<PageView<OrderView>>({
        method: 'GET',
        path: `/orders${queryText(query)}`,
      })
      if (asJson) outJson(page)
      else out(page.items.length === 0 ? 'No orders.' : tableText(COLUMNS, page.items))
    })
}

const EXAMPLES = `
Examples:
  $ tallyman order place BUY 10 ACME
  $ tallyman order place SELL 10 ACME --limit 251.50
  $ tallyman order place --side BUY --quantity 10 --symbol ACME --type MARKET --json`

function ticketFrom(options: PlaceOptions): object {
  const { side, quantity, symbol, price, limit } = options
  for (const [name, value] of Object.entries({ side, quantity, symbol })) {
    if (value === undefined) {
      throw new Exit(EXIT.usage, `${name} is missing: tallyman order place BUY 10 ACME`)
    }
  }
  const at = limit ?? price
  const type = (options.type ?? (at === undefined ? 'MARKET' : 'LIMIT')).toUpperCase()
  const { account, exchange, product, strategy, note } = options
  return {
    side: side!.toUpperCase(),
    quantity,
    symbol,
    type,
    price: at,
    account,
    exchange,
    product: product?.toUpperCase(),
    strategy,
    note,
  }
}

export function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1])
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

const priced = ({ type, price }: OrderView): string => (price === null ? type : `${type} ${price}`)

const line = (order: OrderView): string =>
  `${order.id}  ${order.side} ${order.quantity} ${order.symbol} ${priced(order)}  ${order.status}`

const COLUMNS: readonly Column<OrderView>[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'SIDE', cell: ({ side }) => side },
  { head: 'QUANTITY', cell: ({ quantity }) => quantity, right: true },
  { head: 'SYMBOL', cell: ({ symbol }) => symbol },
  { head: 'TYPE', cell: priced },
  { head: 'STATUS', cell: ({ status }) => status },
  { head: 'FILLED', cell: ({ filled }) => filled, right: true },
  { head: 'AVERAGE', cell: ({ average }) => average ?? '-', right: true },
  { head: 'OWNER', cell: ({ owner }) => owner },
  { head: 'SUBMITTED', cell: ({ submittedAt }) => submittedAt },
]

function whole(order: OrderView): string {
  const rows: (readonly [string, string])[] = [
    ['Order', line(order)],
    ['Filled', `${order.filled} of ${order.quantity}, average ${order.average ?? '-'}`],
    ['Charges', `${order.commission} ${order.currency}`],
    ['Broker', `${order.brokerOrderId ?? '-'} (tag ${order.tag})`],
    ['Asked by', `${order.by}, for ${order.owner}`],
  ]
  if (order.error) rows.push(['Error', `${order.error.code}: ${order.error.message}`])
  const history = order.history.map(
    ({ at, status, filled, message }) => `  ${at}  ${status.padEnd(9)} ${filled}  ${message}`,
  )
  const fills = order.fills.map(
    ({ exchangeAt, quantity, price, tradeId }) =>
      `  ${exchangeAt}  ${quantity} at ${price}  ${tradeId}`,
  )
  return [
    ...rows.map(([name, value]) => `${name.padEnd(9)} ${value}`),
    'History',
    ...history,
    ...(fills.length > 0 ? ['Fills', ...fills] : []),
  ]
    .map((text) => text.trimEnd())
    .join('\n')
}
