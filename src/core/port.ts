/**
 * The desk as programs and people reach it: plain, JSON-able commands and questions in, plain
 * answers out. Web and worker can become two processes without a change on either side.
 */
import type { BreakAsked, PlainQuestion, Replies, SymbolAsked } from './asking.ts'
import type { Refusal } from './denial.ts'
import type { CloseView, GuardsCommand } from './guard-port.ts'
import type { OrderId, REASONS } from './order.ts'
import type { OrderView } from './view.ts'

/** An order as it arrives: well formed, with amounts as decimal text. */
export type PlainTicket = {
  readonly account: string
  readonly symbol: string
  readonly exchange?: string | undefined
  readonly side: 'BUY' | 'SELL'
  /**
   * May be left out by an automatic entry, which is then sized by CAPITAL_PER_TRADE, and by what
   * only reduces, which then closes all it safely can.
   */
  readonly quantity?: string | undefined
  readonly type: PlainType
  /** The limit; of a MARKET or SL-M order the caller's reference, which is never sent. */
  readonly price?: string | undefined
  readonly trigger?: string | undefined
  readonly validity?: PlainValidity | undefined
  /** With TTL. */
  readonly validityMinutes?: number | undefined
  readonly disclosed?: string | undefined
  readonly reduceOnly?: boolean | undefined
  readonly slice?: boolean | undefined
  readonly signalId?: string | undefined
  readonly approvalId?: string | undefined
  readonly product?: 'CNC' | 'MIS' | 'NRML' | 'MTF' | undefined
  /** The strategy whose book it goes to; without one it goes to the person's own. */
  readonly strategy?: string | undefined
  readonly note?: string | undefined
  readonly reason?: (typeof REASONS)[number] | undefined
  /** For an administrator: without the checks of caps, band, session and cash. */
  readonly skipChecks?: boolean | undefined
}

export type PlainType = 'MARKET' | 'LIMIT' | 'SL' | 'SL-M'
export type PlainValidity = 'DAY' | 'IOC' | 'TTL'

/** What is to be different; what is absent stays as it is. */
export type PlainChanges = {
  readonly [
    K in 'quantity' | 'type' | 'price' | 'trigger' | 'validity' | 'validityMinutes' | 'disclosed'
  ]?: PlainTicket[K] | undefined
}

/** Which working orders: all of the account, or those of a symbol, of a strategy, or of both. */
export type Chosen = {
  readonly account: string
  readonly symbol?: string | undefined
  readonly exchange?: string | undefined
  readonly strategy?: string | undefined
}

/**
 * Who asks, and under which id a repeat of the command is recognised: without one it is not, and
 * nothing of it need be remembered.
 */
export type Asked = {
  readonly scope: string
  readonly id: string | undefined
  readonly by: string
}

export type OrderCommand =
  | ({ readonly type: 'PlaceOrder'; readonly ticket: PlainTicket } & Asked)
  | ({
      readonly type: 'AmendOrder'
      readonly orderId: string
      readonly changes: PlainChanges
    } & Asked)
  | ({ readonly type: 'CancelOrder'; readonly orderId: string } & Asked)
  | ({ readonly type: 'CancelAll'; readonly chosen: Chosen } & Asked)
/** A person says whose something is, where no evidence does. */
export type BooksCommand =
  | ({
      readonly type: 'SettleBreak'
      readonly account: string
      readonly reason: string
    } & BreakAsked &
      Asked)
  | ({ readonly type: 'ReleaseSymbol'; readonly account: string } & SymbolAsked & Asked)
  | ({ readonly type: 'SettleOrder'; readonly orderId: string; readonly reason: string } & Asked)

export type PlainCommand =
  | OrderCommand
  | BooksCommand
  | GuardsCommand
  /** Lifts a closing; an account that is not closed stays as it is. */
  | ({ readonly type: 'ReopenAccount'; readonly account: string } & Asked)

export type PlainDenial = {
  readonly code: string
  readonly context: string
  readonly field: string | null
  readonly says: string
  readonly remedy: string
}

/** `repeated`: the command had been settled before, and this is what it was answered then. */
export type PlainAnswer =
  | { readonly is: 'placed'; readonly order: OrderView; readonly repeated: boolean }
  | { readonly is: 'amendAsked'; readonly order: OrderView; readonly repeated: boolean }
  | { readonly is: 'cancelAsked'; readonly order: OrderView; readonly repeated: boolean }
  | {
      readonly is: 'allCancelAsked'
      readonly orders: readonly OrderView[]
      readonly repeated: boolean
    }
  | { readonly is: 'denied'; readonly denial: PlainDenial; readonly repeated: boolean }
  | { readonly is: 'reopened'; readonly account: string }
  | { readonly is: 'booksSettled'; readonly account: string; readonly repeated: boolean }
  | { readonly is: 'guardsSettled'; readonly account: string; readonly repeated: boolean }
  | { readonly is: 'closing'; readonly closed: CloseView; readonly repeated: boolean }
  /** Another command was settled under the same id. */
  | { readonly is: 'conflict' }
  /** Perhaps decided, perhaps not: the same command under the same id may be sent again. */
  | { readonly is: 'unavailable'; readonly reason: string }
  | { readonly is: 'noAccount'; readonly account: string }
  /** The disk is nearly full: only what reduces is taken. */
  | { readonly is: 'noSpace'; readonly reason: string }

/** What a command came to, without the order it is about. */
export type Settling =
  | {
      readonly is: 'settled'
      readonly account: string
      readonly repeated: boolean
      readonly orderId: OrderId | undefined
      /** Of a command about several orders. */
      readonly orderIds: readonly OrderId[] | undefined
      readonly denial: Refusal | undefined
    }
  | Exclude<PlainAnswer, { readonly repeated: boolean }>

export interface DeskPort {
  submit(command: PlainCommand): Promise<PlainAnswer>
  /** Rejects when the desk has stopped. */
  ask<Q extends PlainQuestion>(question: Q): Promise<Replies[Q['about']]>
  /** Calls `wake` whenever there may be more to ask for; returns what ends that. */
  follow(wake: () => void): () => void
}
