import type { Settled } from '../core/account.ts'
import type { CommandKey, Event } from '../core/event.ts'
import type { Input } from '../core/input.ts'

/** An input as it is handed in: the desk adds the time. */
export type Told = {
  readonly account: string
  readonly cause: string
  readonly key?: CommandKey | undefined
  readonly body: Input['body']
}

/** Our own books of the account contradicted each other; `again`: twice in a row. */
export const failed = (account: string, reason: string, again: boolean): Told => ({
  account,
  cause: 'desk',
  body: { type: 'Failed', reason, again },
})

/** What a caller may be told to send again later; reports must never be lost. */
export const isCommand = ({ body: { type } }: Told): boolean =>
  type === 'PlaceOrder' || type === 'AmendOrder' || type === 'CancelOrder' || type === 'CancelAll'

/** What became of one input. */
export type Outcome =
  | { readonly is: 'done'; readonly seq: number; readonly events: readonly Event[] }
  /** The very same command was settled before; nothing was done. */
  | { readonly is: 'repeated'; readonly settled: Settled }
  /** Another command was settled under this id; nothing was done. */
  | { readonly is: 'conflict'; readonly settled: Settled }
  /** The account can remember no more commands for now; nothing was done. */
  | { readonly is: 'full' }

/** The desk takes nothing more: it was told to stop, or the journal failed. */
export class DeskStopped extends Error {
  override readonly name = 'DeskStopped'
}

/** More waits than will be taken: the command was not, and may be sent again. */
export class DeskBusy extends Error {
  override readonly name = 'DeskBusy'
}

/** There are no lists now; the message says why. Orders do not need them. */
export class ScreensShut extends Error {
  override readonly name = 'ScreensShut'
}

/**
 * Our own books of one account contradicted each other; its inputs of that batch did not happen.
 */
export class AccountBroken extends Error {
  override readonly name = 'AccountBroken'
}

/** Perhaps decided, perhaps not: the same command under the same id may be told again. */
export const isUnavailable = (error: unknown): error is Error =>
  error instanceof DeskStopped || error instanceof DeskBusy || error instanceof AccountBroken
