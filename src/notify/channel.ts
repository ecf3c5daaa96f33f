import type { Message } from '../core/message.ts'

/** Something to be told to one address. */
export type Sending = {
  readonly address: string
  readonly message: Message
  /** Arrives without a sound, where the channel can do that. */
  readonly silent: boolean
  /** The same for every attempt: whoever can tell repeats apart may tell them by it. */
  readonly key: string
  /** An attempt before this one may have arrived, though nothing said so. */
  readonly again: boolean
}

export type Delivery =
  | { readonly is: 'delivered' }
  /** The address has another name from now on, and nothing was sent. */
  | { readonly is: 'moved'; readonly to: string }
  | {
      readonly is: 'failed'
      /** Without secrets: people read it. */
      readonly reason: string
      /** What the other side asked us to wait; undefined: it named nothing. */
      readonly afterMs: number | undefined
      /** Trying again soon will not help: blocked, no such address, a wrong token. */
      readonly hopeless: boolean
      /** It may have arrived all the same. */
      readonly unsure: boolean
    }

/**
 * A way to reach people. It sends once and says what came of it; repeating, pacing and giving up
 * are for the courier. It never throws, and answers within `patienceMs`.
 */
export interface Channel {
  /** Between two messages to one address, so that the other side does not refuse. */
  readonly paceMs: (address: string) => number
  send(sending: Sending): Promise<Delivery>
  close(): void
}

export const failed = (
  reason: string,
  rest: Partial<Omit<Extract<Delivery, { is: 'failed' }>, 'is' | 'reason'>> = {},
): Delivery => ({
  is: 'failed',
  reason,
  afterMs: undefined,
  hopeless: false,
  unsure: false,
  ...rest,
})
