import { Command } from 'commander'
import type { OrderView } from '../core/view.ts'
import type { Client } from './client.ts'
import { EXIT, Exit } from './exit.ts'
import { jsonOption, line, queryText } from './order-words.ts'
import { out, outJson } from './say.ts'

type Text =
  | 'side'
  | 'quantity'
  | 'symbol'
  | 'limit'
  | 'type'
  | 'price'
  | 'trigger'
  | 'validity'
  | 'minutes'
  | 'disclosed'
  | 'account'
  | 'exchange'
  | 'product'
  | 'strategy'
  | 'note'
  | 'reason'
  | 'signal'
  | 'approval'
  | 'key'
/** The options as commander hands them over. */
type Given = { readonly [name in Text]?: string | undefined } & {
  readonly json?: boolean
  readonly reduceOnly?: boolean
  readonly slice?: boolean
  readonly skipChecks?: boolean
  readonly all?: boolean
}

/** What can also be changed later. */
const changeable = (command: Command): Command =>
  command
    .option('--type <type>', 'MARKET, LIMIT, SL or SL-M')
    .option('--price <price>', 'limit; of a MARKET order your reference, which is never sent')
    .option('--trigger <price>', 'where an SL or SL-M order wakes up')
    .option('--validity <validity>', 'DAY, IOC, or TTL with --minutes')
    .option('--minutes <minutes>', 'how long a TTL order may work')
    .option('--disclosed <units>', 'how much of it the market is shown')

export function placeCommand(client: () => Client): Command {
  const command = new Command('place')
    .description('place an order; it is answered once it is on disk')
    .argument('[side]', 'BUY or SELL')
    .argument('[quantity]', 'in units')
    .argument('[symbol]', 'as in "tallyman instruments"')
    .option('--side <side>', 'BUY or SELL')
    .option('--quantity <units>', 'in units')
    .option('--symbol <symbol>', 'what to trade')
    .option('--limit <price>', 'short for --type LIMIT --price')
  return changeable(command)
    .option('--reduce-only', 'only what takes the position nearer to zero')
    .option('--slice', 'cut it by the exchange’s freeze quantity, into ten orders at most')
    .option('--account <account>', 'the account (paper)')
    .option('--exchange <exchange>', 'where the symbol trades, if several list it')
    .option('--product <product>', 'CNC, MIS, NRML or MTF')
    .option('--strategy <name>', 'the strategy whose book it goes to')
    .option('--note <text>', 'kept with the order')
    .option('--reason <reason>', 'signal, stop, target or manual: what it is for')
    .option('--skip-checks', 'for an administrator: without caps, band, session and cash')
    .option('--signal <id>', 'the signal that led to it; orders are found by it')
    .option('--approval <id>', 'the approval that led to it')
    .option('--key <id>', 'idempotency key: the same order under it is placed once')
    .addOption(jsonOption())
    .addHelpText('after', PLACE_EXAMPLES)
    .action(async (side: string, quantity: string, symbol: string, given: Given) => {
      const body = ticketFrom({ side, quantity, symbol }, given)
      const placed = await client().call<OrderView>({
        method: 'POST',
        path: '/orders',
        body,
        idempotencyKey: given.key,
      })
      if (given.json) outJson(placed)
      else out(`${line(placed)}\n${cutText(placed)}Follow it: npx tallyman order show ${placed.id}`)
    })
}

const cutText = ({ slices }: OrderView): string =>
  slices.length === 0 ? '' : `Cut into ${slices.length}: ${slices.join(', ')}\n`

export function modifyCommand(client: () => Client): Command {
  const command = new Command('modify')
    .description('ask for an order to be changed; it is as it was until the broker says so')
    .argument('<id>', 'e.g. paper-43')
    .option('--quantity <units>', 'the whole quantity, what is filled included')
  return changeable(command)
    .option('--key <id>', 'idempotency key')
    .addOption(jsonOption())
    .addHelpText('after', MODIFY_EXAMPLES)
    .action(async (id: string, given: Given) => {
      const asked = await client().call<OrderView>({
        method: 'PATCH',
        path: `/orders/${encodeURIComponent(id)}`,
        body: changesFrom(given),
        idempotencyKey: given.key,
      })
      if (given.json) outJson(asked)
      else out(`Change asked: ${line(asked)}`)
    })
}

export function cancelCommand(client: () => Client): Command {
  return new Command('cancel')
    .description('ask for an order to be cancelled; it ends when the broker says so')
    .argument('[id]', 'e.g. paper-43')
    .option('--all', 'all that work')
    .option('--account <account>', 'with --all: of this account (paper)')
    .option('--symbol <symbol>', 'with --all: only in this symbol')
    .option('--strategy <name>', 'with --all: only of this strategy')
    .option('--key <id>', 'idempotency key')
    .addOption(jsonOption())
    .addHelpText('after', CANCEL_EXAMPLES)
    .action(async (id: string | undefined, given: Given) => {
      if ((id === undefined) !== (given.all === true)) {
        throw new Exit(EXIT.usage, 'give one order id, or --all')
      }
      if (id === undefined) return cancelAll(client(), given)
      if (given.account ?? given.symbol ?? given.strategy) {
        throw new Exit(EXIT.usage, '--account, --symbol and --strategy belong to --all')
      }
      const path = `/orders/${encodeURIComponent(id)}`
      const idempotencyKey = given.key
      const asked = await client().call<OrderView>({ method: 'DELETE', path, idempotencyKey })
      if (given.json) outJson(asked)
      else out(`Cancel asked: ${line(asked)}`)
    })
}

async function cancelAll(client: Client, given: Given): Promise<void> {
  const { account, symbol, strategy, key } = given
  const { items } = await client.call<{ readonly items: readonly OrderView[] }>({
    method: 'DELETE',
    path: `/orders${queryText({ account, symbol, strategy })}`,
    idempotencyKey: key,
  })
  if (given.json) outJson({ items })
  else if (items.length === 0) out('No order works.')
  else out(items.map((order) => `Cancel asked: ${line(order)}`).join('\n'))
}

const PLACE_EXAMPLES = `
Examples:
  $ tallyman order place BUY 10 ACME
  $ tallyman order place SELL 10 ACME --limit 251.50
  $ tallyman order place SELL 10 ACME --type SL-M --trigger 245 --reduce-only
  $ tallyman order place --side BUY --quantity 10 --symbol ACME --type MARKET --json`

const MODIFY_EXAMPLES = `
Examples:
  $ tallyman order modify paper-43 --price 251.50
  $ tallyman order modify paper-43 --quantity 20 --validity TTL --minutes 15`

const CANCEL_EXAMPLES = `
Examples:
  $ tallyman order cancel paper-43
  $ tallyman order cancel --all --symbol ACME`

type Named = 'side' | 'quantity' | 'symbol'

/** A value said twice must be the same: which of two was meant is not ours to guess. */
function ticketFrom(positional: Partial<Record<Named, string>>, given: Given): object {
  const named = (name: Named): string => {
    const [first, second] = [positional[name], given[name]]
    const value = first ?? second
    if (value === undefined && !(name === 'quantity' && given.strategy)) {
      throw new Exit(EXIT.usage, `${name} is missing: tallyman order place BUY 10 ACME`)
    }
    if (first !== undefined && second !== undefined && first !== second) {
      throw new Exit(EXIT.usage, `two values for ${name}: ${first} and --${name} ${second}`)
    }
    return value!
  }
  const { limit, account, exchange, product, strategy, note, reduceOnly, slice } = given
  const { reason, skipChecks } = given
  if (limit !== undefined && (given.price ?? limit) !== limit) {
    throw new Exit(EXIT.usage, `two prices: --limit ${limit} and --price ${given.price}`)
  }
  const type = given.type?.toUpperCase() ?? typeFor(given)
  if (limit !== undefined && type !== 'LIMIT') {
    throw new Exit(EXIT.usage, `--limit makes a LIMIT order, and --type says ${type}`)
  }
  return {
    side: named('side').toUpperCase(),
    symbol: named('symbol'),
    ...changesFrom({ ...given, quantity: named('quantity'), price: limit ?? given.price, type }),
    reduceOnly,
    slice,
    account,
    exchange,
    product: product?.toUpperCase(),
    strategy,
    note,
    reason,
    skipChecks,
    signalId: given.signal,
    approvalId: given.approval,
  }
}

/** What the prices say where nobody named a type. */
function typeFor({ limit, price, trigger }: Given): string {
  const hasLimit = (limit ?? price) !== undefined
  if (trigger !== undefined) return hasLimit ? 'SL' : 'SL-M'
  return hasLimit ? 'LIMIT' : 'MARKET'
}

function changesFrom(given: Given): object {
  const { quantity, type, price, trigger, validity, minutes, disclosed } = given
  return {
    quantity,
    type: type?.toUpperCase(),
    price,
    trigger,
    validity: validity?.toUpperCase() ?? (minutes === undefined ? undefined : 'TTL'),
    validityMinutes: minutes === undefined ? undefined : wholeOr(minutes),
    disclosed,
  }
}

/** What is no number goes on as it is: the API says what is wrong with it. */
const wholeOr = (text: string): number | string => (/^\d{1,6}$/.test(text) ? Number(text) : text)
