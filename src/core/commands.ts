import type { Account, Settled } from './account.ts'
import type { CommandKey, Entry } from './event.ts'
import type { OrderId } from './order.ts'
import { DAY, elapsed } from './time.ts'

/** A repeated command is recognised for this long; after that it is a new one. */
const COMMANDS_KEPT_MS: number = 7 * DAY
/**
 * So many fit in memory. Past it no command is taken, since a forgotten one could be sent twice.
 */
export const COMMANDS_MAX = 1_000_000

/** How this very command, or another one under its id, ended before. */
export const settledBefore = (account: Account, key: CommandKey): Settled | undefined =>
  account.commands.get(nameOf(key))

export function remember(
  commands: Map<string, Settled>,
  { at, events }: Entry,
  key: CommandKey,
): void {
  let orderId: OrderId | undefined
  let denial: Settled['denial']
  for (const event of events) {
    if (event.type === 'OrderPlaced' || event.type === 'CancelAsked') orderId = event.orderId
    if (event.type === 'OrderDenied' || event.type === 'CancelDenied') {
      denial = { code: event.code, context: event.context }
    }
  }
  commands.set(nameOf(key), { hash: key.hash, at, orderId, denial })
  for (const [name, settled] of commands) {
    if (elapsed(settled.at, at) <= COMMANDS_KEPT_MS) break
    commands.delete(name)
  }
}

const nameOf = ({ scope, id }: CommandKey): string => `${scope} ${id}`
