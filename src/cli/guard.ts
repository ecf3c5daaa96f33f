import { Command } from 'commander'
import type { PageView } from '../core/asking.ts'
import type { AlertView, GuardsView, PresetView, RuleView } from '../core/guard-port.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

type Text =
  | 'account'
  | 'confirm'
  | 'reason'
  | 'initial'
  | 'minEquity'
  | 'currency'
  | 'base'
  | 'percent'
  | 'of'
  | 'fixed'
  | 'at'
  | 'lock'
  | 'zone'
  | 'time'
  | 'measure'
  | 'breach'
  | 'consequence'
  | 'delay'
  | 'as'
type Given = { readonly [name in Text]?: string | undefined } & { readonly json?: boolean }

export function guardCommand(client: () => Client): Command {
  const command = new Command('guard').description('the guards of an account')
  return command
    .addCommand(statusCommand(client))
    .addCommand(presetsCommand(client))
    .addCommand(setCommand(client))
    .addCommand(removeCommand(client))
    .addCommand(armCommand(client, 'arm'))
    .addCommand(armCommand(client, 'disarm'))
    .addCommand(alertsCommand(client))
    .addCommand(cashCommand(client))
    .addCommand(knowCommand(client))
}

const accountOption = ['--account <account>', 'the account (paper)'] as const

function statusCommand(client: () => Client): Command {
  return new Command('status')
    .description('whether the guards are armed, and how far each is from its floor')
    .addOption(jsonOption())
    .option('--account <account>', 'only this account')
    .addHelpText(
      'after',
      '\nExits with 1 while an account that has guards is not armed, or an alert is pending.' +
        '\n\nExample:\n  $ tallyman guard status',
    )
    .action(async ({ json, account }: Given) => {
      const page = await guardsOf(client(), account)
      if (json) outJson(page)
      else out(page.items.map(statusText).join('\n\n'))
      const isCalm = page.items.every(
        ({ status, alertsPending }) => status !== 'not armed' && alertsPending === 0,
      )
      if (!isCalm) process.exitCode = EXIT.refused
    })
}

const guardsOf = (client: Client, account: string | undefined): Promise<PageView<GuardsView>> =>
  client.call({ method: 'GET', path: `/guards${queryText({ account })}` })

const RULES: readonly Column<RuleView>[] = [
  { head: 'RULE', cell: ({ rule }) => rule },
  { head: 'STATE', cell: ({ state }) => state.toUpperCase() },
  {
    head: 'BASE',
    cell: ({ base, estimated }) => `${base ?? '-'}${estimated ? ' (est.)' : ''}`,
    right: true,
  },
  { head: 'FLOOR', cell: ({ floor }) => floor ?? '-', right: true },
  { head: 'EQUITY', cell: ({ equity }) => equity ?? '-', right: true },
  { head: 'DOWN', cell: ({ drawdownPercent }) => perCent(drawdownPercent), right: true },
  { head: 'LIMIT', cell: ({ limitPercent }) => perCent(limitPercent), right: true },
  { head: 'FALL LEFT', cell: ({ fallPercent }) => perCent(fallPercent), right: true },
  { head: 'WHAT IT DOES', cell: ({ says }) => says },
]

const perCent = (text: string | null): string => (text === null ? '-' : `${text} %`)

function statusText(found: GuardsView): string {
  const { account, status, says, rules, blocked, lastCheck } = found
  const checked = lastCheck === null ? '' : ` Last check ${lastCheck}.`
  const lines = [`${account}: ${status.toUpperCase()} (${says}).${checked}`]
  if (blocked) lines.push(`Nothing is entered: ${blocked.code} (${blocked.why}).`)
  for (const { currency, amount } of found.cashInDoubt) {
    lines.push(`${amount} ${currency} left without a trade: tallyman guard cash --as withdrawal`)
  }
  for (const { closing, what, reason, notFlat } of found.closings) {
    lines.push(
      `Closing ${closing}: ${what} (${reason})${notFlat === null ? '' : `: NOT FLAT: ${notFlat}`}`,
    )
  }
  return rules.length === 0 ? lines.join('\n') : `${lines.join('\n')}\n${tableText(RULES, rules)}`
}

function presetsCommand(client: () => Client): Command {
  return new Command('presets')
    .description('rule sets to begin with: whose, read where, and how sure that is')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ tallyman guard presets')
    .action(async ({ json }: Given) => {
      const page = await client().call<PageView<PresetView>>({
        method: 'GET',
        path: '/guards/presets',
      })
      if (json) return outJson(page)
      out(page.items.map(presetText).join('\n\n'))
      out('\nFirms change their rules, and their pages contradict each other: read yours first.')
    })
}

function presetText({ preset, title, source, read, proof, note, rules }: PresetView): string {
  const sure = proof === 'unproven' ? ', UNPROVEN' : ''
  const lines = rules.map((rule) => `    ${rule}`)
  return [`${preset}: ${title}`, `  ${source}, read ${read}${sure}`, `  ${note}`, ...lines].join(
    '\n',
  )
}

function setCommand(client: () => Client): Command {
  return new Command('set')
    .description('set the rules of a preset, or one of your own')
    .addOption(jsonOption())
    .argument('<name>', 'a preset; or, with --base, the name of your rule')
    .option(...accountOption)
    .option('--initial <amount>', 'what the account began with, where percentages are of it')
    .option('--min-equity <amount>', 'the smallest equity, in the account’s currency')
    .option('--currency <code>', 'where the account has several')
    .option('--base <base>', 'what the floor is counted from: initial, highest-equity, fixed, …')
    .option('--percent <percent>', 'how far below it the floor lies')
    .option('--of <which>', 'initial or base: what the percentage is of')
    .option('--fixed <amount>', 'the same as an amount')
    .option('--at <amount>', 'the floor itself, with --base fixed')
    .option('--lock <amount>', 'the floor rises no further')
    .option('--zone <zone>', 'of the reset: Europe/Prague')
    .option('--time <time>', 'of the reset: 00:00')
    .option('--measure <what>', 'equity, balance or either')
    .option('--breach <how>', 'below or at-or-below')
    .option('--consequence <what>', 'warn, no-new-risk, reduce-only, pause, liquidate, terminate')
    .option('--delay <seconds>', 'between the announcement and the closing')
    .addHelpText('after', SET_EXAMPLES)
    .action(async (name: string, given: Given) => {
      const { json, account, initial, minEquity, currency } = given
      const rule = given.base === undefined ? undefined : ruleFrom(name, given)
      const preset = rule ? undefined : name
      const body = { account, preset, rule, initial, minEquity, currency }
      await asked(client(), { path: '/guards', body, json })
    })
}

const SET_EXAMPLES = `
Examples:
  $ tallyman guard set ftmo-2-step --initial 100000
  $ tallyman guard set drawdown --min-equity 5000
  $ tallyman guard set day --base balance-at-reset --percent 3 --of base \\
      --zone Asia/Kolkata --time 09:00 --consequence no-new-risk
  $ tallyman guard set least --base fixed --at 50000 --consequence liquidate --delay 10`

function ruleFrom(name: string, given: Given): object {
  const { base, percent, of, fixed, at, lock, zone, time, measure, breach, consequence } = given
  if (consequence === undefined) {
    throw new Exit(EXIT.usage, '--consequence is missing: warn, no-new-risk, … or liquidate')
  }
  const delaySeconds = given.delay === undefined ? undefined : wholeOr(given.delay)
  const amounts = { percent, of, fixed, at, lock }
  return { name, base, ...amounts, zone, time, measure, breach, consequence, delaySeconds }
}

/** What is no number goes on as it is: the API says what is wrong with it. */
const wholeOr = (text: string): number | string => (/^\d{1,6}$/.test(text) ? Number(text) : text)

function removeCommand(client: () => Client): Command {
  return new Command('remove')
    .description('remove a rule')
    .addOption(jsonOption())
    .argument('<rule>')
    .option(...accountOption)
    .option('--confirm <account>', 'the name of the account, typed again')
    .addHelpText('after', '\nExample:\n  $ tallyman guard remove min-equity --confirm paper')
    .action(async (rule: string, { json, account, confirm }: Given) => {
      await asked(client(), { path: '/guards/remove', body: { account, rule, confirm }, json })
    })
}

function armCommand(client: () => Client, verb: 'arm' | 'disarm'): Command {
  const does =
    verb === 'arm'
      ? 'arm what was tripped or disarmed; what was breached counts anew from now'
      : 'disarm the guards, which also stops a countdown'
  return new Command(verb)
    .description(does)
    .addOption(jsonOption())
    .option(...accountOption)
    .option('--confirm <account>', 'the name of the account, typed again')
    .option('--reason <text>', 'why; kept in the journal', 'by hand')
    .addHelpText(
      'after',
      `\nExample:\n  $ tallyman guard ${verb} --confirm paper --reason "looked into it"`,
    )
    .action(async ({ json, account, confirm, reason }: Given) => {
      await asked(client(), { path: `/guards/${verb}`, body: { account, confirm, reason }, json })
    })
}

const ALERTS: readonly Column<AlertView>[] = [
  { head: 'AT', cell: ({ createdAt }) => createdAt },
  { head: 'ACCOUNT', cell: ({ account }) => account },
  { head: 'ALERT', cell: ({ alertType }) => alertType },
  { head: 'WHAT', cell: ({ says }) => says },
]

function alertsCommand(client: () => Client): Command {
  return new Command('alerts')
    .description('what the guards have said, the newest first')
    .addOption(jsonOption())
    .option('--account <account>', 'only of this account')
    .addHelpText('after', '\nExample:\n  $ tallyman guard alerts')
    .action(async ({ json, account }: Given) => {
      const path = `/guards/alerts${queryText({ account })}`
      const page = await client().call<PageView<AlertView>>({ method: 'GET', path })
      if (json) outJson(page)
      else out(page.items.length === 0 ? 'No alerts.' : tableText(ALERTS, page.items))
    })
}

function cashCommand(client: () => Client): Command {
  return new Command('cash')
    .description('say what cash was that left the account without a trade')
    .addOption(jsonOption())
    .requiredOption('--as <what>', 'withdrawal or loss')
    .option('--currency <code>', 'of the cash', 'INR')
    .option(...accountOption)
    .addHelpText('after', '\nExample:\n  $ tallyman guard cash --as withdrawal')
    .action(async ({ json, account, as, currency }: Given) => {
      await asked(client(), { path: '/guards/cash', body: { account, as, currency }, json })
    })
}

function knowCommand(client: () => Client): Command {
  return new Command('acknowledge')
    .description('say that you know what is NOT FLAT; it is repeated only if it changes')
    .addOption(jsonOption())
    .argument('<closing>', 'its number, as in "tallyman guard status"')
    .option(...accountOption)
    .addHelpText('after', '\nExample:\n  $ tallyman guard acknowledge 57')
    .action(async (closing: string, { json, account }: Given) => {
      const body = { account, closing: wholeOr(closing) }
      await asked(client(), { path: '/guards/acknowledge', body, json })
    })
}

type Asking = {
  readonly path: string
  readonly body: object
  readonly json: boolean | undefined
}

/** Does it, and shows how the guards stand then. */
export async function asked(client: Client, { path, body, json }: Asking): Promise<void> {
  const page = await client.call<PageView<GuardsView>>({ method: 'POST', path, body })
  if (json) outJson(page)
  else out(page.items.map(statusText).join('\n\n'))
}
