/** `tallyman breaks show`. */
import { Command } from 'commander'
import type { PageView } from '../core/asking.ts'
import type { LogView } from '../core/book-log.ts'
import type { BreakView } from '../core/books-view.ts'
import type { Client } from './client.ts'
import { EXIT } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import { onOneLine } from './record.ts'
import { out, outJson } from './say.ts'

type Given = { readonly json?: boolean; readonly account?: string }

/** Lines of the log that are shown with it. */
const LINES = 20

export function showCommand(client: () => Client): Command {
  return new Command('show')
    .description('one break whole: what it blocks, what was found, and how to settle it')
    .addOption(jsonOption())
    .argument('<break>', 'its symbol, or its id as `breaks list --json` shows it')
    .option('--account <account>')
    .addHelpText(
      'after',
      '\nExits with 1 where there is none.' +
        '\n\nExamples:\n  $ tallyman breaks show CHAI\n  $ tallyman breaks show paper/SIM:CHAI/CNC',
    )
    .action(async (name: string, { json, account }: Given) => {
      const page = await client().call<PageView<BreakView>>({
        method: 'GET',
        path: `/breaks${queryText({ account })}`,
      })
      const items = page.items.filter(({ id, symbol }) => name === id || meant(name) === symbol)
      if (json) outJson({ items, next: null })
      else if (items.length === 0) out(`No break in ${meant(name)}: the books agree there.`)
      else for (const each of items) out(wholeText(each, await linesOf(client(), each)))
      if (items.length === 0) process.exitCode = EXIT.refused
    })
}

const meant = (name: string): string => name.toUpperCase()

async function linesOf(client: Client, each: BreakView): Promise<readonly LogView[]> {
  const { account, symbol, since: from } = each
  const query = queryText({ symbol, from, limit: String(LINES) })
  const path = `/reconciliation/${encodeURIComponent(account)}/log${query}`
  const { items } = await client.call<PageView<LogView>>({ method: 'GET', path })
  return items.toReversed()
}

function wholeText(each: BreakView, lines: readonly LogView[]): string {
  const { id, ours, theirs, difference, evidence, since, cyclesSeen, locks, symbol } = each
  const blocked = locks
    ? `automatic orders in ${symbol} wait until it is settled; closing stays possible`
    : 'nothing: it is tolerated'
  return [
    `${id}: ${each.class}`,
    `  ours        ${ours}`,
    `  broker      ${theirs}`,
    `  difference  ${difference}`,
    `  evidence    ${evidence}`,
    `  since       ${since}, ${each.ageSeconds} s ago; ${cyclesSeen} readings`,
    `  blocks      ${blocked}`,
    ...lines.map(
      ({ createdAt, eventType, note }) => `  ${createdAt}  ${eventType}: ${onOneLine(note)}`,
    ),
    `Settle it: tallyman breaks settle ${symbol} --as manual --dry-run`,
  ].join('\n')
}
