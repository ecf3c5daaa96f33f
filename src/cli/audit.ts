import { Command } from 'commander'
import type { AuditView, PageView } from '../core/asking.ts'
import type { Client } from './client.ts'
import { queryText } from './order-words.ts'
import { lineOf, typeNamed, wholeNumber } from './record.ts'
import { out, outJson } from './say.ts'
import { PERIOD_HELP, periodOf, showIn, zoneNamed } from './times.ts'

type AuditOptions = {
  readonly account?: string
  readonly order?: string
  readonly type?: string
  readonly by?: string
  readonly from?: string
  readonly to?: string
  readonly zone?: string
  readonly limit: string
  readonly cursor?: string
  readonly json?: boolean
}

const PAGE_MAX = 500
const LIMIT_MAX = 100_000

export function auditCommand(client: () => Client): Command {
  return new Command('audit')
    .description('everything that happened, the latest first, from the running desk')
    .option('--account <account>')
    .option('--order <id>', 'of one order, e.g. paper-43')
    .option('--type <type>', 'e.g. OrderFilled')
    .option('--by <caller>', 'whose command, e.g. key:my-bot')
    .option('--from <time>')
    .option('--to <time>')
    .option('--zone <name>', 'whose clock the times given are by (this machine’s)')
    .option('--limit <number>', 'how many', '50')
    .option('--cursor <number>', 'the "next" of the page before')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `${PERIOD_HELP}\n\nExample:\n  $ tallyman audit --from 2026-11-01`)
    .action(async (options: AuditOptions) => {
      const page = await audit(client(), options)
      if (options.json) outJson(page)
      else out(page.items.length === 0 ? 'No such events.' : page.items.map(lineOf).join('\n'))
    })
}

/** Page after page, since a page may hold less than was asked for. */
async function audit(client: Client, options: AuditOptions): Promise<PageView<AuditView>> {
  const zone = zoneNamed(options.zone)
  const { from, to } = periodOf(options, zone)
  const show = showIn(zone)
  const asked = {
    account: options.account,
    orderId: options.order,
    type: typeNamed(options.type),
    by: options.by,
    from: from && show(from),
    to: to && show(to),
  }
  const limit = wholeNumber('limit', options.limit, LIMIT_MAX)
  const items: AuditView[] = []
  let cursor = options.cursor
  for (;;) {
    const size = String(Math.min(PAGE_MAX, limit - items.length))
    const path = `/audit${queryText({ ...asked, limit: size, cursor })}`
    const page = await client.call<PageView<AuditView>>({ method: 'GET', path })
    items.push(...page.items)
    if (page.next === null || items.length >= limit) return { items, next: page.next }
    cursor = String(page.next)
  }
}
