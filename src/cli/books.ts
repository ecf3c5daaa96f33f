import { Command } from 'commander'
import type { PageView } from '../core/asking.ts'
import type { BreakView, RunView, SettlingView, TrackingView } from '../core/books-view.ts'
import { logCommands } from './book-log.ts'
import { rulesCommand, showCommand } from './break-show.ts'
import type { ReconciliationView } from '../core/standing.ts'
import type { Client } from './client.ts'
import { EXIT } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

type Given = Readonly<Record<string, string | undefined>> & { readonly json?: boolean }

export function trackingCommand(client: () => Client): Command {
  const command = new Command('tracking')
    .description('symbols the system trades, and whose books hold how much of them')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tallyman tracking list\n  $ tallyman tracking show CHAI',
    )
  const list = new Command('list')
    .description('every tracked symbol')
    .addOption(jsonOption())
    .option('--account <account>')
    .addHelpText('after', '\nExamples:\n  $ tallyman tracking list')
    .action(async ({ json, account }: Given) => {
      const page = await tracked(client(), { account })
      if (json) outJson(page)
      else out(page.items.length === 0 ? 'Nothing is tracked.' : tableText(TRACKED, page.items))
    })
  const show = new Command('show')
    .description('one symbol, book by book')
    .addOption(jsonOption())
    .argument('<symbol>')
    .option('--account <account>')
    .addHelpText('after', '\nExamples:\n  $ tallyman tracking show CHAI')
    .action(async (symbol: string, { json, account }: Given) => {
      const page = await tracked(client(), { account, symbol })
      if (json) outJson(page)
      else
        out(
          page.items.length === 0
            ? `${symbol} is not tracked.`
            : page.items.map(whole).join('\n\n'),
        )
    })
  const release = new Command('release')
    .description('take a symbol out of it')
    .addOption(jsonOption())
    .argument('<symbol>')
    .option('--account <account>')
    .addHelpText(
      'after',
      '\nNothing is sold, and no order is cancelled.' +
        '\n\nExamples:\n  $ tallyman tracking release CHAI',
    )
    .action(async (symbol: string, { json, account }: Given) => {
      const path = '/tracking/release'
      const page = await client().call<PageView<TrackingView>>({
        method: 'POST',
        path,
        body: { symbol, account },
      })
      if (json) outJson(page)
      else out(`${symbol} is tracked no longer.`)
    })
  return command.addCommand(list).addCommand(show).addCommand(release)
}

const tracked = (client: Client, asked: Given): Promise<PageView<TrackingView>> =>
  client.call({ method: 'GET', path: `/tracking${queryText(asked)}` })

const TRACKED: readonly Column<TrackingView>[] = [
  { head: 'ACCOUNT', cell: ({ account }) => account },
  { head: 'SYMBOL', cell: ({ symbol }) => symbol },
  { head: 'STATUS', cell: ({ status }) => status },
  { head: 'TRACKED', cell: ({ tracked: size }) => size, right: true },
  { head: 'PRE-EXISTING', cell: ({ preexisting }) => preexisting.quantity, right: true },
  { head: 'EXPECTED', cell: ({ expected }) => expected, right: true },
  { head: 'ORDERS', cell: ({ orders }) => String(orders.length), right: true },
  { head: 'SINCE', cell: ({ since }) => since },
]

function whole(each: TrackingView): string {
  const { symbol, exchange, account, tracked: size, expected, preexisting, since } = each
  const books = each.books.map(
    ({ owner, product, quantity, cost }) =>
      `  ${owner.padEnd(24)} ${product} ${quantity} for ${cost}`,
  )
  const orders = each.orders.map(({ orderId, relation }) => `  ${orderId}  ${relation}`)
  return [
    `${symbol} (${exchange}) in ${account}, tracked since ${since}`,
    `Tracked ${size}, pre-existing ${preexisting.quantity}; the broker should show ${expected}`,
    'Books',
    ...(books.length > 0 ? books : ['  none holds any']),
    'Orders',
    ...orders,
  ].join('\n')
}

export function breaksCommand(client: () => Client): Command {
  const command = new Command('breaks')
    .description('where the broker holds another quantity than all books come to')
    .addHelpText('after', '\nExamples:\n  $ tallyman breaks list')
  const list = new Command('list')
    .description('every open break')
    .addOption(jsonOption())
    .option('--account <account>')
    .option('--symbol <symbol>')
    .addHelpText(
      'after',
      '\nExits with 1 while one is open.\n\nExamples:\n  $ tallyman breaks list',
    )
    .action(async ({ json, account, symbol }: Given) => {
      const query = queryText({ account, symbol })
      const path = `/breaks${query}`
      const page = await client().call<PageView<BreakView>>({ method: 'GET', path })
      if (json) outJson(page)
      else
        out(page.items.length === 0 ? 'No breaks: the books agree.' : tableText(BREAKS, page.items))
      if (page.items.length > 0) process.exitCode = EXIT.refused
    })
  return command
    .addCommand(list)
    .addCommand(showCommand(client))
    .addCommand(settleCommand(client))
    .addCommand(rulesCommand(client))
}

const BREAKS: readonly Column<BreakView>[] = [
  { head: 'ACCOUNT', cell: ({ account }) => account },
  { head: 'SYMBOL', cell: ({ symbol }) => symbol },
  { head: 'PRODUCT', cell: ({ product }) => product },
  { head: 'CLASS', cell: (each) => each.class },
  { head: 'OURS', cell: ({ ours }) => ours, right: true },
  { head: 'THEIRS', cell: ({ theirs }) => theirs, right: true },
  { head: 'LOCKS', cell: ({ locks }) => (locks ? 'yes' : 'no') },
  { head: 'SEEN', cell: ({ cyclesSeen }) => `${cyclesSeen}×`, right: true },
  { head: 'SINCE', cell: ({ since }) => since },
  { head: 'EVIDENCE', cell: ({ evidence }) => evidence },
]

function settleCommand(client: () => Client): Command {
  return new Command('settle')
    .description('say whose a break is')
    .addOption(jsonOption())
    .argument('<symbol>')
    .requiredOption('--as <owner>', 'manual, preexisting, external, strategy:<name>, or split')
    .option('--reason <text>', 'why; kept in the journal')
    .option('--product <product>', 'only under this product')
    .option('--account <account>')
    .option('--dry-run', 'show what it would do, and do nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tallyman breaks settle CHAI --as manual --dry-run' +
        '\n  $ tallyman breaks settle CHAI --as manual --reason "sold by phone"',
    )
    .action(async (symbol: string, given: Given & { readonly dryRun?: boolean }) => {
      const { json, dryRun, account, reason, product, as } = given
      const asked = { account, symbol, as, product: product?.toUpperCase() }
      const query = queryText(asked)
      const preview = await client().call<SettlingView>({
        method: 'GET',
        path: `/breaks/settling${query}`,
      })
      if (dryRun) return json ? outJson(preview) : out(settlingText(preview))
      const body = { ...asked, reason }
      const page = await client().call<PageView<BreakView>>({
        method: 'POST',
        path: '/breaks/settle',
        body,
      })
      if (json) outJson(page)
      else out(`${settlingText(preview)}\nSettled.`)
    })
}

function settlingText({ symbol, as, denial, books }: SettlingView): string {
  if (denial !== null) return `It would be denied: ${denial}`
  const lines = books.map(
    ({ owner, product, before, after }) => `  ${owner.padEnd(24)} ${product} ${before} → ${after}`,
  )
  return [`${symbol}, settled as ${as}:`, ...lines].join('\n')
}

export function reconcileCommand(client: () => Client): Command {
  const command = new Command('reconcile')
    .description('read the broker’s book now, and match what was done by hand')
    .addOption(jsonOption())
    .argument('[account]', 'the account', 'paper')
    .option('--status', 'do not read: how the books stood after the last reading')
    .addHelpText(
      'after',
      '\nExits with 1 while a difference is open or a part could not be read.' +
        '\n\nExamples:\n  $ tallyman reconcile\n  $ tallyman reconcile paper --status',
    )
  for (const each of logCommands(client)) command.addCommand(each)
  return command.action(async (account: string, { json, status }: Given) => {
    const path = `/reconciliation/${encodeURIComponent(account)}`
    if (status) {
      const found = await client().call<ReconciliationView>({ method: 'GET', path })
      if (json) outJson(found)
      else out(standing(found))
      if (found.status !== 'ok') process.exitCode = EXIT.refused
      return
    }
    const found = await client().call<RunView>({ method: 'POST', path: `${path}/run` })
    if (json) outJson(found)
    else out(summary(found))
    const isOpen = found.differences.some(({ status: of }) => of === 'open')
    if (isOpen || found.readsFailed > 0) process.exitCode = EXIT.refused
  })
}

function standing(found: ReconciliationView): string {
  const { account, status, lastSync, matched, total, open, unknownOrders, failed } = found
  const { cycle, skipped } = found
  const lost = failed.length > 0 ? ` Could not be read: ${failed.join(', ')}.` : ''
  return (
    `${account}: ${status.toUpperCase()}, last read ${lastSync ?? 'never'}. ` +
    `${matched} of ${total} matched, ${open} open, ${unknownOrders} orders unknown.${lost} ` +
    `Cycle ${cycle}, ${skipped} skipped.`
  )
}

const WIDTH = 44

function summary(found: RunView): string {
  const rule = '═'.repeat(WIDTH)
  const counts: readonly (readonly [string, string | number])[] = [
    ['Matched', found.matched],
    ['Manual buys detected', found.manualBuysDetected],
    ['Manual sells detected', found.manualSellsDetected],
    ['Partial closes', found.partialCloses],
    ['Closed symbols', found.closedSymbols.join(', ') || 0],
    ['Updated symbols', found.updatedSymbols.join(', ') || 0],
    ['Corporate actions', found.corporateActions],
    ['Breaks opened', found.breaksOpened],
    ['Unknown orders', found.unknownOrders],
    ['Reads failed', found.readsFailed],
  ]
  const lines = counts.map(([name, value]) => `${name.padEnd(24)} ${value}`)
  const differences = found.differences.map(
    ({ symbol, product, expected, broker, difference, explanation }) =>
      `${symbol} ${product}: expected ${expected}, broker ${broker}, ` +
      `difference ${difference}: ${explanation}`,
  )
  return [rule, 'MANUAL TRADE RECONCILIATION SUMMARY', rule, ...lines, rule, ...differences].join(
    '\n',
  )
}
