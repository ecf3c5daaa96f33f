import { Command } from 'commander'
import type { AccountView, PageView } from '../core/asking.ts'
import type { CloseView, GuardsView } from '../core/guard-port.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { asked } from './guard.ts'
import { jsonOption } from './order-words.ts'
import { out, outJson } from './say.ts'

type Given = {
  readonly account?: string
  readonly reason: string
  readonly price?: string
  readonly strategy?: string
  readonly level?: string
  readonly confirm?: string
  readonly stop?: string
  readonly key?: string
  readonly all?: boolean
  readonly everything?: boolean
  readonly json?: boolean
}

export function closeCommand(client: () => Client): Command {
  return new Command('close')
    .description('close a position, or all; answered once the broker’s book shows it is flat')
    .addOption(jsonOption())
    .argument('[position]', 'a symbol, or a position as in "tallyman guard status --json"')
    .option('--all', 'everything that strategies and people hold')
    .option('--account <account>', 'the account (paper)')
    .option('--price <price>', 'at this price or better; it may rest')
    .option('--reason <text>', 'why; kept in the journal', 'by hand')
    .option('--stop <closing>', 'call off a closing that goes on; with --confirm')
    .option('--confirm <account>', 'with --stop: the name of the account, typed again')
    .option('--key <id>', 'idempotency key')
    .addHelpText('after', CLOSE_EXAMPLES)
    .action(async (position: string | undefined, given: Given) => {
      const { stop, all, account, confirm } = given
      if (stop !== undefined) {
        const body = { account, confirm, closing: /^\d{1,15}$/.test(stop) ? Number(stop) : stop }
        return asked(client(), { path: '/guards/stop-close', body, json: given.json })
      }
      if ((position === undefined) !== (all === true)) {
        throw new Exit(EXIT.usage, 'give one position, or --all')
      }
      await close(client(), position ?? 'all', given)
    })
}

const CLOSE_EXAMPLES = `
Exits with 0 when it is flat, with 75 when it still goes on.

Examples:
  $ tallyman close ACME
  $ tallyman close paper/SIM:ACME/CNC/manual --price 251.50
  $ tallyman close --all --reason "going on holiday"
  $ tallyman close --stop 57 --confirm paper`

async function close(client: Client, positionId: string, given: Given): Promise<void> {
  const { account, reason, price, json, key } = given
  const body = { account, positionId, reason, price }
  const path = '/guards/manual-close'
  const closed = await client.call<CloseView>({ method: 'POST', path, body, idempotencyKey: key })
  if (json) outJson(closed)
  else out(closedText(closed))
  if (!closed.confirmed) process.exitCode = EXIT.tryAgain
}

function closedText({
  confirmed,
  closedQuantity,
  price,
  pnl,
  remaining,
  closing,
}: CloseView): string {
  const at = price === null ? '' : ` at ${price}`
  if (confirmed) return `FLAT: ${closedQuantity} closed${at}, result ${pnl}.`
  return (
    `NOT FLAT YET: ${closedQuantity} closed${at}, ${remaining} left; closing ${closing} goes on. ` +
    'See tallyman guard status.'
  )
}

export function killCommand(client: () => Client): Command {
  return new Command('kill')
    .description('halt trading: pause entries, cancel orders, or close everything')
    .addOption(jsonOption())
    .argument('[level]', 'pause, cancel or flatten; each does what the ones before it do', 'pause')
    .option('--account <account>', 'the account (paper)')
    .option('--strategy <name>', 'only this strategy')
    .option('--everything', 'in every account')
    .option('--reason <text>', 'why; kept in the journal', 'by hand')
    .addHelpText('after', KILL_EXAMPLES)
    .action(async (level: string, given: Given) => {
      const { strategy, reason } = given
      await inAll(client(), given, '/guards/halt', { strategy, reason, level })
    })
}

const KILL_EXAMPLES = `
Closes and cancels always pass. Only "tallyman resume" lifts it.

Examples:
  $ tallyman kill
  $ tallyman kill cancel --strategy ema-rsi
  $ tallyman kill flatten --everything --reason "the feed is wrong"`

export function resumeCommand(client: () => Client): Command {
  return new Command('resume')
    .description('lift a halt')
    .addOption(jsonOption())
    .option('--account <account>', 'the account (paper)')
    .option('--strategy <name>', 'of this strategy')
    .option('--confirm <account>', 'the name of the account, typed again')
    .option('--reason <text>', 'why; kept in the journal', 'by hand')
    .addHelpText('after', '\nExample:\n  $ tallyman resume --confirm paper')
    .action(async (given: Given) => {
      const { account, strategy, confirm, reason, json } = given
      const body = { account, strategy, confirm, reason }
      await asked(client(), { path: '/guards/resume', body, json })
    })
}

/** One account that fails is told, and the others are halted all the same. */
async function inAll(client: Client, given: Given, path: string, body: object): Promise<void> {
  const { account, everything, json } = given
  if (!everything) return asked(client, { path, body: { ...body, account }, json })
  if (account !== undefined) throw new Exit(EXIT.usage, 'give --account or --everything, not both')
  const { items } = await client.call<PageView<AccountView>>({ method: 'GET', path: '/accounts' })
  const failed: string[] = []
  const done: GuardsView[] = []
  for (const each of items) {
    try {
      const named = { ...body, account: each.account }
      done.push(
        ...(await client.call<PageView<GuardsView>>({ method: 'POST', path, body: named })).items,
      )
    } catch (error) {
      if (!(error instanceof Exit)) throw error
      failed.push(`${each.account}: ${error.message}`)
    }
  }
  if (json) outJson({ items: done, next: null })
  else out(done.map(({ account: id, says }) => `${id}: halted (${says}).`).join('\n'))
  if (failed.length > 0) throw new Exit(EXIT.refused, failed.join('\n'))
}
