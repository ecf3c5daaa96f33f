import type { Answer, Book, BrokerOrder, BrokerTrade } from '../core/input.ts'
import type { BrokerOrderId, OrderId, Revision, Tag, Terms } from '../core/order.ts'

/**
 * What we need of a broker. Failing is part of the job, so it is part of the answer: an adapter
 * throws only when it is itself wrong. Once the first byte of a call may have left, anything but a
 * proven refusal is `unknown`.
 */
export interface Broker {
  readonly traits: Traits
  /** Connects, and tells of everything it hears until `stop`. */
  start(tell: (news: News) => void): Promise<void>
  /** Whether the session is alive and orders could be sent, without sending one. */
  probe(): Promise<Probe>
  place(order: PlaceCall): Promise<Answer>
  /** Names the terms as they are to be, whole: made twice, it changes nothing the second time. */
  amend(order: AmendCall): Promise<Answer>
  cancel(order: CancelCall): Promise<Answer>
  /**
   * The broker's own books. Each part fails by itself; a failed part is never an empty one. A part
   * that shows what it showed the last time is best given as the very same rows (same-rows.ts):
   * then nothing is compared twice. Rows that were given are never changed.
   */
  read(): Promise<Reading>
  stop(): Promise<void>
}

/** `tag` comes back in the book. It is how an order is found again when no answer arrived. */
export type PlaceCall = { readonly orderId: OrderId; readonly tag: Tag; readonly terms: Terms }
export type AmendCall = CancelCall & { readonly to: Revision }
export type CancelCall = {
  readonly orderId: OrderId
  readonly brokerOrderId: BrokerOrderId
  readonly terms: Terms
}

/**
 * What a broker tells without being asked. Hints all: it may be late, lost, repeated or reordered.
 */
export type News =
  | { readonly type: 'OrderSeen'; readonly row: BrokerOrder }
  | { readonly type: 'TradeSeen'; readonly trade: BrokerTrade }
  | { readonly type: 'Connected' }
  | { readonly type: 'Lost'; readonly reason: string }

export type Reading = Omit<
  Book,
  'agreesSince' | 'lapseAfterMs' | 'reportsKeptMs' | 'spareEpoch' | 'tagsMayBeLost'
>

export type Probe =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly loginNeeded: boolean }

/** What is true of every account at this broker. */
export type Traits = {
  readonly name: string
  /** No request of ours can surface in the book later than this after it was sent. */
  readonly lapseAfterMs: number
  /** Its books show nothing that ended longer ago than this. */
  readonly reportsKeptMs: number
  /** Whether the book may show one of our orders without its tag. */
  readonly tagsMayBeLost: boolean
  /** A call that has not answered by then is `unknown`. */
  readonly timeoutMs: number
  /**
   * The average of a position is exactly what the whole of it cost: only then is it compared with
   * ours. False where it is left out.
   */
  readonly costExact?: boolean
  readonly limits: Limits
}

/** Calls that place, amend or cancel, over sliding windows of the given length. */
export type Limits = {
  readonly windows: readonly { readonly ms: number; readonly max: number }[]
  /** Of each window's calls, so many are kept for cancels and closes. */
  readonly keptForExits: number
}
