/** `tallyman breaks show` and `tallyman breaks rules`. */
import { Command } from 'commander'
import type { PageView } from '../core/asking.ts'
import type { LogView } from '../core/book-log.ts'
import type { BreakView, RuleView } from '../core/books-view.ts'
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

export function rulesCommand(client: () => Client): Command {
  return new Command('rules')
    .description('the rules that settle breaks by themselves, and what they would settle now')
    .addOption(jsonOption())
    .option('--try <rules>', 'these instead of those that are set; nothing is done')
    .option('--account <account>')
    .addHelpText(
      'after',
      '\nThey are set under breaks.rules in tallyman.yaml; the first that fits decides.' +
        '\n\nExamples:\n  $ tallyman breaks rules' +
        '\n  $ tallyman breaks rules --try "CNC difference below one lot: manual"',
    )
    .action(async (given: Given & { readonly try?: string }) => {
      const { json, account, try: rules } = given
      const path = `/breaks/rules${queryText({ account, rules })}`
      const page = await client().call<PageView<RuleView>>({ method: 'GET', path })
      if (json) return outJson(page)
      out(page.items.length === 0 ? 'No rules are set.' : page.items.map(ruleText).join('\n'))
    })
}

function ruleText({ name, settles }: RuleView): string {
  const open = settles.map(({ id, ours, theirs }) => `  ${id}: ours ${ours}, broker ${theirs}`)
  return [name, ...(open.length > 0 ? open : ['  no open break'])].join('\n')
}
