import type { Account, Settled } from './account.ts'
import type { CommandKey, Entry, Event } from './event.ts'
import type { OrderId } from './order.ts'
import type { Instant } from './time.ts'
import { DAY, elapsed } from './time.ts'

/** A repeated command is recognised for this long; after that it is a new one. */
const COMMANDS_KEPT_MS: number = 7 * DAY
/**
 * As many leave at most for each that comes. It is enough to keep up with any stream of them, and
 * a clock that is wrong for a moment cannot have all of them forgotten at once.
 */
const FORGOTTEN_MAX = 2
/**
 * So many are remembered of an account: past it no command with a key is taken, since one that is
 * forgotten could be sent twice. They take 100 MB of memory, and the snapshot of an account with
 * all of them takes a second to write and another to read at the next start.
 */
export const COMMANDS_MAX = 250_000

/** How this very command, or another one under its id, ended before. */
export const settledBefore = (account: Account, key: CommandName): Settled | undefined =>
  account.commands.get(nameOf(key))

/** Whether another command can be remembered, after what is old enough has made room for it. */
export function hasRoom({ commands }: Account, at: Instant): boolean {
  if (commands.size < COMMANDS_MAX) return true
  const [oldest] = commands.values()
  return isOver(oldest!, at)
}

/** A week away in either direction: the clock may have been wrong, now or then. */
const isOver = (settled: Settled, at: Instant): boolean =>
  Math.abs(elapsed(settled.at, at)) > COMMANDS_KEPT_MS

export function remember(
  commands: Map<string, Settled>,
  { at, events }: Entry,
  key: CommandKey,
): void {
  commands.set(nameOf(key), { hash: key.hash, at, ...outcomeOf(events) })
  let left = FORGOTTEN_MAX
  for (const [name, settled] of commands) {
    if (left-- === 0 || !isOver(settled, at)) break
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
    } else if (
      type === 'OrderDenied' ||
      type === 'AmendDenied' ||
      type === 'CancelDenied' ||
      type === 'SettlingDenied' ||
      type === 'GuardDenied'
    ) {
      denial = { code: event.code, context: event.context }
    }
  }
  return { orderId, orderIds, denial }
}
