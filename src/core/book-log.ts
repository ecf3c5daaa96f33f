/** The reconciliation log, and what an account was worth over time, as people read them. */
import type { Owner } from './owner.ts'
import type { Instant } from './time.ts'

export const LOG_TYPES = [
  'matched', // a reading, and how much of it matched
  'slippage', // same side and quantity, another average
  'partial',
  'gap',
  'missing_here',
  'missing_at_broker',
  'manual_buy',
  'manual_sell',
  'closed', // nothing of a tracked symbol is left
  'corporate_action',
  'read_failed', // a part of the broker's book could not be read
  'settled', // a difference has ended
] as const
export type LogType = (typeof LOG_TYPES)[number]

export const LOG_STATUSES = ['ok', 'open', 'explained', 'settled'] as const
export type LogStatus = (typeof LOG_STATUSES)[number]

/** One line of the log. It is never changed: what becomes of a difference is a line of its own. */
export type LogView = {
  readonly id: number
  readonly account: string
  /** Null while an account has no people of its own. */
  readonly user: string | null
  /** The reading of the account, where it is known. */
  readonly cycle: number | null
  readonly createdAt: string
  readonly eventType: LogType
  readonly status: LogStatus
  readonly symbol: string | null
  readonly exchange: string | null
  readonly product: string | null
  readonly owner: Owner | null
  /** Of a trade its side; of a position that it is held long or short. */
  readonly direction: 'BUY' | 'SELL' | null
  /** The broker's own number: of the position where it has tickets, else of the order. */
  readonly ticket: string | null
  readonly orderId: string | null
  readonly signalId: string | null
  readonly approvalId: string | null
  readonly ourQuantity: string | null
  readonly brokerQuantity: string | null
  readonly ourPrice: string | null
  readonly brokerPrice: string | null
  /** Theirs above ours, in per cent of ours. */
  readonly differencePercent: string | null
  /** A unit; above zero the broker's average is the worse one. */
  readonly slippage: string | null
  readonly closeReason: string | null
  /** Realized, before charges. */
  readonly pnl: string | null
  readonly note: string
  /** Of the event in the journal: `tallyman journal why <account>-<seq>`. */
  readonly seq: number
}

export type SnapshotView = {
  readonly id: number
  readonly account: string
  readonly user: string | null
  readonly createdAt: string
  readonly currency: string
  readonly balance: string
  /** Null while a position has no price: that is not zero. */
  readonly equity: string | null
  /** The highest equity there has been. */
  readonly peakEquity: string | null
  readonly drawdownPercent: string | null
  readonly marginUsed: string
  readonly openPositions: number
  readonly unpriced: number
  readonly unrealized: string | null
  readonly seq: number
}

/** Newest first. `before` is the `next` of the page before this one. */
export type SnapshotsAsked = {
  readonly account: string
  /** The first moment that counts, and the first that no longer does. */
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  readonly limit: number
  readonly before?: number | undefined
}

export type LogAsked = SnapshotsAsked & {
  readonly symbol?: string | undefined
  readonly type?: LogType | undefined
  readonly status?: LogStatus | undefined
}
