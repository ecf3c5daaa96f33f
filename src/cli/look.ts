import { Command } from 'commander'
import type { InstrumentView, PageView, VerificationView } from '../core/asking.ts'
import type { PositionView } from '../core/view.ts'
import type { Client } from './client.ts'
import { EXIT } from './exit.ts'
import { queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

type Asked = { readonly json?: boolean } & Readonly<Record<string, string | undefined | boolean>>

export function positionsCommand(client: () => Client): Command {
  return new Command('positions')
    .description('what is held, whose it is, and what it has brought')
    .option('--account <account>')
    .option('--symbol <symbol>')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExamples:\n  $ tallyman positions\n  $ tallyman positions --json')
    .action(async ({ json, ...query }: Asked) => {
      const path = `/positions${queryText(query as Record<string, string>)}`
      const page = await client().call<PageView<PositionView>>({ method: 'GET', path })
      if (json) outJson(page)
      else out(page.items.length === 0 ? 'No positions.' : tableText(POSITIONS, page.items))
    })
}

const POSITIONS: readonly Column<PositionView>[] = [
  { head: 'ACCOUNT', cell: ({ account }) => account },
  { head: 'SYMBOL', cell: ({ symbol }) => symbol },
  { head: 'PRODUCT', cell: ({ product }) => product },
  { head: 'OWNER', cell: ({ owner }) => owner },
  { head: 'QUANTITY', cell: ({ quantity }) => quantity, right: true },
  { head: 'AVERAGE', cell: ({ average }) => average ?? '-', right: true },
  { head: 'LAST', cell: ({ last }) => last ?? '-', right: true },
  { head: 'REALIZED', cell: ({ realized }) => realized, right: true },
  { head: 'UNREALIZED', cell: ({ unrealized }) => unrealized ?? '-', right: true },
  { head: '', cell: ({ currency }) => currency },
]

export function instrumentsCommand(client: () => Client): Command {
  return new Command('instruments')
    .description('what can be traded')
    .argument('[text]', 'part of a symbol or name')
    .option('--limit <number>', 'how many', '50')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExamples:\n  $ tallyman instruments\n  $ tallyman instruments bank')
    .action(async (text: string | undefined, { json, limit }: Asked) => {
      const path = `/instruments${queryText({ search: text, limit: limit as string })}`
      const page = await client().call<PageView<InstrumentView>>({ method: 'GET', path })
      if (json) outJson(page)
      else out(page.items.length === 0 ? 'None found.' : tableText(INSTRUMENTS, page.items))
    })
}

const INSTRUMENTS: readonly Column<InstrumentView>[] = [
  { head: 'SYMBOL', cell: ({ symbol }) => symbol },
  { head: 'EXCHANGE', cell: ({ exchange }) => exchange },
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'LAST', cell: ({ last }) => last ?? '-', right: true },
  { head: 'TICK', cell: ({ tick }) => tick, right: true },
  { head: 'LOT', cell: ({ lot }) => lot, right: true },
  { head: '', cell: ({ currency }) => currency },
]

export function verifyCommand(client: () => Client): Command {
  return new Command('verify')
    .description('read the broker’s book now, and say where it and ours differ')
    .argument('[account]', 'the account', 'paper')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExits with 0 when both agree, with 1 when they do not.' +
        '\n\nExamples:\n  $ tallyman verify\n  $ tallyman verify paper --json',
    )
    .action(async (account: string, { json }: Asked) => {
      const path = `/accounts/${encodeURIComponent(account)}/verify`
      const found = await client().call<VerificationView>({ method: 'POST', path })
      if (json) outJson(found)
      else out(verdict(found))
      if (!found.agreed) process.exitCode = EXIT.refused
    })
}

function verdict(found: VerificationView): string {
  const { account, readAt, failed, working, unknown, breaks, differing, agreed } = found
  const lines = [`${account}: the broker’s book was read at ${readAt}.`]
  for (const { part, reason } of failed) lines.push(`  ${part} could not be read: ${reason}`)
  for (const id of unknown) lines.push(`  ${id} is UNKNOWN: no proof yet that it happened or not`)
  for (const { symbol, product, ours, theirs, since } of breaks) {
    lines.push(`  BREAK ${symbol} ${product}: ours ${ours}, theirs ${theirs}, since ${since}`)
  }
  for (const { symbol, product, ours, theirs } of differing) {
    lines.push(`  DIFFERS ${symbol} ${product}: ours ${ours}, theirs ${theirs}`)
  }
  lines.push(
    agreed ? `Both books agree. Orders that work: ${working}.` : 'The books do NOT agree yet.',
  )
  return lines.join('\n')
}
