import { Command } from 'commander'
import type { PageView } from '../core/asking.ts'
import type { OrderView } from '../core/view.ts'
import type { Client } from './client.ts'
import { cancelCommand, modifyCommand, placeCommand } from './order-asks.ts'
import { jsonOption, line, priced, queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

export function orderCommand(client: () => Client): Command {
  return new Command('order')
    .description('place, modify, cancel, show and list orders')
    .addCommand(placeCommand(client))
    .addCommand(modifyCommand(client))
    .addCommand(cancelCommand(client))
    .addCommand(showCommand(client))
    .addCommand(listCommand(client))
}

function showCommand(client: () => Client): Command {
  return new Command('show')
    .description('one order with its history and fills')
    .argument('<id>', 'e.g. paper-43')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tallyman order show paper-43')
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
    .option('--by <caller>', 'who asked, e.g. key:my-bot')
    .option('--owner <owner>', 'whose book, e.g. manual')
    .option('--strategy <name>', 'the strategy whose book')
    .option('--signal <id>', 'the signal that led to it')
    .option('--approval <id>', 'the approval that led to it')
    .option('--limit <number>', 'how many', '20')
    .option('--cursor <number>', 'the "next" of the page before')
    .addOption(jsonOption())
    .addHelpText('after', LIST_EXAMPLES)
    .action(async ({ json: asJson, signal, approval, ...rest }: Words) => {
      const query = { ...rest, signalId: signal, approvalId: approval }
      const page = await client().call<PageView<OrderView>>({
        method: 'GET',
        path: `/orders${queryText(query)}`,
      })
      if (asJson) outJson(page)
      else out(page.items.length === 0 ? 'No orders.' : tableText(COLUMNS, page.items))
      if (!asJson && page.next !== null) out(`There are more: --cursor ${page.next}`)
    })
}

type Words = Readonly<Record<string, string | undefined>>

const LIST_EXAMPLES = `
Examples:
  $ tallyman order list --status OPEN --symbol ACME
  $ tallyman order list --signal tv-2026-11-23-1 --json
  $ tallyman order list --by key:my-bot --strategy ema-rsi`

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

/** What is said only where there is something to say. */
function marks(order: OrderView): (readonly [string, string])[] {
  const { validity, validityMinutes, disclosed, reduceOnly, amending, cancelling, warning } = order
  const { skippedChecks } = order
  const rows: (readonly [string, string])[] = []
  if (validity !== 'DAY') rows.push(['Validity', `${validity} ${validityMinutes ?? ''}`.trim()])
  if (disclosed !== null) rows.push(['Disclosed', disclosed])
  if (reduceOnly) rows.push(['Reduces', 'only'])
  if (skippedChecks) rows.push(['Skipped', 'caps, band, session and cash were not checked'])
  if (amending) rows.push(['Change', 'asked for, not settled'])
  if (cancelling) rows.push(['Cancel', 'asked for, not settled'])
  if (warning !== null) rows.push(['Warning', warning])
  return rows
}

function whole(order: OrderView): string {
  const rows: (readonly [string, string])[] = [
    ['Order', line(order)],
    ['Filled', `${order.filled} of ${order.quantity}, average ${order.average ?? '-'}`],
    ['Charges', `${order.commission} ${order.currency}`],
    ...marks(order),
    ['Broker', `${order.brokerOrderId ?? '-'} (tag ${order.tag})`],
    ['Asked by', `${order.by}, for ${order.owner} (${order.reason})`],
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
