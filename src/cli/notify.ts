import { Command, Option } from 'commander'
import type { PageView } from '../core/asking.ts'
import { KINDS, MESSAGE_KINDS, SEVERITIES } from '../core/message.ts'
import type { ChannelName, LetterView, RecipientView, TestView } from '../core/message-view.ts'
import { CHANNELS } from '../core/message-view.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { jsonOption, queryText } from './order-words.ts'
import type { Column } from './say.ts'
import { out, outJson, tableText } from './say.ts'

type Json = { readonly json?: boolean }
type View = PageView<LetterView> & {
  readonly banner: readonly LetterView[]
  readonly recipients: readonly RecipientView[]
}

export function notifyCommand(client: () => Client): Command {
  return new Command('notify')
    .description('who is told what, and whether it reached them')
    .addHelpText('after', EXAMPLES)
    .addCommand(listCommand(client))
    .addCommand(testCommand(client))
    .addCommand(sendCommand(client))
    .addCommand(addCommand(client))
    .addCommand(removeCommand(client))
    .addCommand(kindsCommand())
}

const EXAMPLES = `
Bots, mail servers and webhooks are set up in the settings: docs/notifications.md.

Examples:
  $ tallyman notify list
  $ tallyman notify test
  $ tallyman notify add asha telegram 123456789 --off partial,denied --quiet 22:00-07:00`

function listCommand(client: () => Client): Command {
  return new Command('list')
    .description('recipients, what waits for them, and the latest messages')
    .addOption(jsonOption())
    .option('--limit <count>', 'messages to show', '20')
    .addHelpText('after', '\nExamples:\n  $ tallyman notify list --limit 5')
    .action(async ({ json, limit }: Json & { readonly limit: string }) => {
      const path = `/notifications${queryText({ limit })}`
      const view = await client().call<View>({ method: 'GET', path })
      if (json) outJson(view)
      else out(viewText(view))
    })
}

function viewText({ banner, recipients, items }: View): string {
  const people =
    recipients.length === 0
      ? 'Nobody is told anything: set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, or another channel.'
      : tableText(RECIPIENTS, recipients)
  const latest = items.length === 0 ? 'No message was sent yet.' : tableText(LETTERS, items)
  const alarm =
    banner.length === 0
      ? []
      : ['CRITICAL MESSAGES THAT REACHED NOBODY', tableText(LETTERS, banner), '']
  return [...alarm, people, '', latest].join('\n')
}

const RECIPIENTS: readonly Column<RecipientView>[] = [
  { head: 'NAME', cell: ({ name }) => name },
  { head: 'CHANNEL', cell: ({ channel }) => channel },
  { head: 'ADDRESS', cell: ({ address }) => address },
  { head: 'QUIET', cell: ({ quietHours }) => quietHours ?? '' },
  { head: 'WAITING', cell: ({ waiting }) => String(waiting), right: true },
  { head: 'SINCE', cell: ({ waitingSince }) => waitingSince ?? '' },
]

const LETTERS: readonly Column<LetterView>[] = [
  { head: 'AT', cell: ({ at }) => at },
  { head: 'TO', cell: ({ recipient }) => recipient },
  { head: 'MESSAGE', cell: ({ title, symbol }) => [title, symbol].filter(Boolean).join(' ') },
  { head: 'ACCOUNT', cell: ({ account }) => account ?? '' },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'TRIES', cell: ({ attempts }) => String(attempts), right: true },
  { head: 'WHY', cell: ({ reason }) => reason ?? '' },
]

function testCommand(client: () => Client): Command {
  return new Command('test')
    .description('send a test message now; exit 1 if it reached nobody')
    .addOption(jsonOption())
    .option('--to <name>', 'one recipient alone')
    .addHelpText('after', '\nExamples:\n  $ tallyman notify test --to telegram')
    .action(async ({ json, to }: Json & { readonly to?: string }) => {
      const tested = await client().call<{
        readonly delivered: number
        readonly items: readonly TestView[]
      }>({ method: 'POST', path: '/notifications/test', body: { to } })
      if (json) outJson(tested)
      else for (const each of tested.items) out(testText(each))
      if (tested.delivered > 0) return
      const why = tested.items.length === 0 ? 'there is nobody to tell' : 'it reached nobody'
      throw new Exit(EXIT.refused, `${why}; docs/notifications.md says how to set it up`)
    })
}

const testText = ({ recipient, channel, delivered, reason }: TestView): string =>
  delivered
    ? `✓ ${recipient} (${channel}): delivered`
    : `✗ ${recipient} (${channel}): failed, ${reason}`

type SendOptions = Json & {
  readonly title: string
  readonly text: string
  readonly severity: string
  readonly to?: string
  readonly key?: string
}

function sendCommand(client: () => Client): Command {
  return new Command('send')
    .description('tell people something, kept until it has reached them')
    .addOption(jsonOption())
    .requiredOption('--title <title>')
    .requiredOption('--text <text>')
    .addOption(
      new Option('--severity <severity>', 'an error is critical')
        .choices([...SEVERITIES])
        .default('info'),
    )
    .option('--to <name>', 'one recipient alone')
    .option('--key <key>', 'sent again under the same key, it is told once')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tallyman notify send --title "Nightly scan" --text "12 symbols found"',
    )
    .action(async ({ json, key, ...body }: SendOptions) => {
      const path = '/notifications'
      const call = { method: 'POST', path, body, idempotencyKey: key } as const
      const told = await client().call<{ readonly recipients: readonly string[] }>(call)
      if (json) outJson(told)
      else if (told.recipients.length > 0) out(`To be told: ${told.recipients.join(', ')}.`)
      if (told.recipients.length === 0) {
        throw new Exit(EXIT.refused, 'nobody wants to hear of it; "tallyman notify list" has all')
      }
    })
}

type AddOptions = Json & {
  readonly on?: string
  readonly silent?: string
  readonly off?: string
  readonly quiet?: string
  readonly zone?: string
  readonly accounts?: string
}

function addCommand(client: () => Client): Command {
  const split = (text: string | undefined): string[] | undefined =>
    text?.split(',').map((part) => part.trim())
  return new Command('add')
    .description('add a recipient, or change one')
    .addOption(jsonOption())
    .argument('<name>')
    .argument('<channel>', `one of ${CHANNELS.join(', ')}`)
    .argument('<address>', 'a chat, a mail address, a URL')
    .option('--on <kinds>', 'arrive with a sound; "tallyman notify kinds" lists them')
    .option('--silent <kinds>', 'arrive without one')
    .option('--off <kinds>', 'are not sent')
    .option('--quiet <hours>', 'held back from then to then, unless critical: 22:00-07:00')
    .option('--zone <zone>', 'whose clock that is (Asia/Kolkata)')
    .option('--accounts <accounts>', 'only what happens in these')
    .addHelpText(
      'after',
      '\nThe order in which they were added is the order in which they stand in for each other.' +
        '\n\nExamples:\n  $ tallyman notify add asha telegram 123456789' +
        '\n  $ tallyman notify add desk webhook https://hooks.slack.com/services/… --on executed',
    )
    .action(async (name: string, channel: ChannelName, address: string, given: AddOptions) => {
      const { json, on, silent, off, quiet, zone, accounts } = given
      const noise = { on: split(on), silent: split(silent), off: split(off) }
      const rest = { quietHours: quiet, zone, accounts: split(accounts) }
      const path = `/notifications/recipients/${encodeURIComponent(name)}`
      const body = { channel, address, ...noise, ...rest }
      const added = await client().call<RecipientView>({ method: 'PUT', path, body })
      if (json) outJson(added)
      else out(`${name} is told. Try it: tallyman notify test --to ${name}`)
    })
}

function removeCommand(client: () => Client): Command {
  return new Command('remove')
    .description('tell somebody nothing any more')
    .addOption(jsonOption())
    .argument('<name>')
    .addHelpText('after', '\nExamples:\n  $ tallyman notify remove asha')
    .action(async (name: string, { json }: Json) => {
      const path = `/notifications/recipients/${encodeURIComponent(name)}`
      const removed = await client().call<object>({ method: 'DELETE', path })
      if (json) outJson(removed)
      else out(`${name} is told nothing any more.`)
    })
}

function kindsCommand(): Command {
  return new Command('kinds')
    .description('what messages are about, and how loud each is unless told otherwise')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  $ tallyman notify kinds')
    .action(({ json }: Json) => {
      const kinds = MESSAGE_KINDS.map((kind) => {
        const { usual, does } = KINDS[kind]
        return { kind, usual, does }
      })
      if (json) outJson({ items: kinds })
      else out(tableText(KIND_COLUMNS, kinds))
    })
}

const KIND_COLUMNS: readonly Column<{ kind: string; usual: string; does: string }>[] = [
  { head: 'KIND', cell: ({ kind }) => kind },
  { head: 'USUALLY', cell: ({ usual }) => usual },
  { head: 'WHEN', cell: ({ does }) => does },
]
