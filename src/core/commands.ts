import type { Account, Settled } from './account.ts'
import type { CommandKey, Entry, Event } from './event.ts'
import type { OrderId } from './order.ts'
import { DAY, elapsed } from './time.ts'

/** A repeated command is recognised for this long; after that it is a new one. */
const COMMANDS_KEPT_MS: number = 7 * DAY
/**
 * So many fit in memory. Past it no command is taken, since a forgotten one could be sent twice.
 */
export const COMMANDS_MAX = 1_000_000

/** How this very command, or another one under its id, ended before. */
export const settledBefore = (account: Account, key: CommandName): Settled | undefined =>
  account.commands.get(nameOf(key))

export function remember(
  commands: Map<string, Settled>,
  { at, events }: Entry,
  key: CommandKey,
): void {
  commands.set(nameOf(key), { hash: key.hash, at, ...outcomeOf(events) })
  for (const [name, settled] of commands) {
    if (elapsed(settled.at, at) <= COMMANDS_KEPT_MS) break
    commands.delete(name)
  }
}

type CommandName = Pick<CommandKey, 'scope' | 'id'>

const nameOf = ({ scope, id }: CommandName): string => `${scope} ${id}`

/** What a command came to: the order it is about, several, or a denial. */
export function outcomeOf(events: readonly Event[]): Omit<Settled, 'hash' | 'at'> {
  let orderId: OrderId | undefined
  let orderIds: OrderId[] | undefined
  let denial: Settled['denial']
  for (const event of events) {
    const { type } = event
    if (type === 'CancelAllAsked') orderIds = []
    else if (type === 'CancelAsked') orderIds?.push(event.orderId)
    if (type === 'OrderPlaced' || type === 'AmendAsked' || type === 'CancelAsked') {
      orderId ??= event.orderId
    } else if (type === 'OrderDenied' || type === 'AmendDenied' || type === 'CancelDenied') {
      denial = { code: event.code, context: event.context }
    }
  }
  return { orderId, orderIds, denial }
}
