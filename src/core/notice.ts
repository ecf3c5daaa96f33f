/**
 * What followers of the desk are told, after it is on disk: in the form in which people and
 * programs read it everywhere else.
 */
import type { Event } from './event.ts'
import type { ExecutionView } from './execution.ts'
import type { FillView, OrderView, PositionView } from './view.ts'

/** In the order in which one event brings them; only positions may be two of a kind. */
export const NOTICE_KINDS = [
  'order',
  'fill',
  'position',
  'rejected',
  'executed',
  'execution',
  'dayClosed',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** The broker refused an order. What Tallyman itself denies was never an order. */
export type RejectedView = {
  readonly symbol: string
  readonly exchange: string
  readonly orderId: string
  readonly quantity: string
  readonly code: string
  readonly reason: string
}

/** An order is complete; `price` is its average. */
export type ExecutedView = {
  readonly symbol: string
  readonly exchange: string
  readonly orderId: string
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly price: string
}

/** What the end of a day came to. */
export type DayClosedView = {
  /** Exchanges whose day ends together. */
  readonly group: string
  readonly date: string
  readonly success: boolean
  readonly durationSeconds: number
  readonly stepsCompleted: number
  readonly stepsFailed: number
  readonly summary: string
}

export type Told = {
  /** As it was right after the event. */
  readonly order: OrderView
  readonly fill: FillView
  /** As it was right after the event; valued at its price, if it was a trade. */
  readonly position: PositionView
  readonly rejected: RejectedView
  readonly executed: ExecutedView
  /**
   * Of an order that has ended; again where a trade came, or was taken back, after its end. Its
   * slippage against the market's average is null: that is for whoever asks for the report.
   */
  readonly execution: ExecutionView
  readonly dayClosed: DayClosedView
}

/** What is told of one kind, and where in the journal it stands. */
export type NoticeOf<K extends NoticeKind> = {
  /** Of the event; it only grows. Whoever asks for what comes after it gets the rest, once. */
  readonly sequence: number
  readonly kind: K
  /** What happened: `OrderFilled`. */
  readonly event: Event['type']
  readonly account: string
  readonly at: string
} & Pick<Told, K>

export type Notice = { [K in NoticeKind]: NoticeOf<K> }[NoticeKind]

export type NoticesAsked = {
  /** A sequence; without one, from now on. */
  readonly after?: number | undefined
  readonly kinds?: readonly NoticeKind[] | undefined
  readonly account?: string | undefined
  /** A page may hold a few more: what one event brings is never torn apart. */
  readonly limit: number
}

export type NoticesView = {
  readonly items: readonly Notice[]
  /** The `after` of the next page. */
  readonly next: number
  /** There is more in the journal already, though perhaps nothing that was asked for. */
  readonly more: boolean
}

/** Positions of events in the journal as numbers: its row, and which of the row's events. */
const EVENTS_A_ROW: number = 2 ** 20

export const sequenceOf = (row: number, index: number): number => row * EVENTS_A_ROW + index
export const rowOfSequence = (sequence: number): number => Math.floor(sequence / EVENTS_A_ROW)
/** No event of the row stands after it. */
export const endOfRow = (row: number): number => sequenceOf(row + 1, 0) - 1
