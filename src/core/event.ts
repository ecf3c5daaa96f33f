import type { Money, Price, Quantity } from './amount.ts'
import type { ChargeLines, ChargePlan } from './charges.ts'
import type { BooksEvent } from './books-event.ts'
import type { DayEvent } from './day-event.ts'
import type { DenialCode } from './denial.ts'
import type { GuardEvent } from './guard-event.ts'
import type { Currency, InstrumentId } from './instrument.ts'
import type {
  BrokerOrderId,
  ExchangeOrderId,
  Intent,
  OrderId,
  Reason,
  Refs,
  Revision,
  Tag,
  Terms,
  Ticket,
  TradeId,
} from './order.ts'
import type { Owner } from './owner.ts'
import type { Epoch } from './tag.ts'
import type { Instant, TradingDate } from './time.ts'

/** What one call to the broker is for. */
export type RequestKind = 'place' | 'amend' | 'cancel'

export type Mode = 'paper' | 'live'

/** Why an order ended without the broker cancelling or filling it. */
export type Expiry =
  | 'unsent' // waited for its turn until it was too old to send
  | 'retries' // provably not sent, as often as it may be tried
  | 'halted' // data/HALT stood in the way
  | 'pointless' // an exit that no longer reduces anything
  | 'broker' // the broker or exchange ended it: the day, the validity

/**
 * Everything that can ever have happened to an account. Past tense, and never edited: this list
 * only grows, and every journal ever written must still fold (test/golden).
 */
export type Event =
  | {
      readonly type: 'AccountOpened'
      /** 0 to 46,655: the account's three digits in every tag. */
      readonly number: number
      readonly broker: string
      readonly mode: Mode
      readonly plan: ChargePlan
    }
  | { readonly type: 'EpochStarted'; readonly epoch: Epoch }
  | {
      readonly type: 'OrderPlaced'
      readonly orderId: OrderId
      readonly tag: Tag
      readonly terms: Terms
      readonly intent: Intent
      readonly owner: Owner
      readonly by: string
      readonly note: string | undefined
      readonly refs: Refs
      readonly reason: Reason | undefined
      readonly reduceOnly: boolean
      readonly skippedChecks: boolean
      readonly warning: string | undefined
      readonly arrival: Price | undefined
      readonly reserve: Money
      readonly parent: OrderId | undefined
      readonly slices: number | undefined
    }
  | {
      readonly type: 'OrderDenied'
      readonly ticket: Ticket
      readonly code: DenialCode
      /** `tick=0.05 price=101.23`: what the code is about. */
      readonly context: string
    }
  | {
      readonly type: 'OrderSending'
      readonly orderId: OrderId
      readonly request: RequestKind
      readonly epoch: Epoch
    }
  | {
      readonly type: 'OrderAccepted'
      readonly orderId: OrderId
      readonly brokerOrderId: BrokerOrderId
      /** `answer`, or what the broker's book was recognised by. */
      readonly by: 'answer' | 'tag' | 'fingerprint'
    }
  | {
      readonly type: 'OrderRejected'
      readonly orderId: OrderId
      readonly code: string
      readonly reason: string
    }
  | {
      readonly type: 'OrderUnknown'
      readonly orderId: OrderId
      readonly evidence: string
      /** It may have been sent as late as this; undefined: only when we say that it was. */
      readonly until: Instant | undefined
    }
  | { readonly type: 'OrderNotFound'; readonly orderId: OrderId; readonly askedAt: Instant }
  | {
      readonly type: 'OrderLapsed'
      readonly orderId: OrderId
      /** The person who said so, and why; undefined where the broker's book did. */
      readonly by: string | undefined
      readonly reason: string | undefined
    }
  | {
      readonly type: 'OrderNotSent'
      readonly orderId: OrderId
      readonly request: RequestKind
      readonly reason: string
      readonly retryAt: Instant
    }
  | {
      readonly type: 'OrderFilled'
      readonly orderId: OrderId
      readonly instrument: InstrumentId
      readonly tradeId: TradeId
      readonly date: TradingDate
      readonly quantity: Quantity
      readonly price: Price
      readonly tradedAt: Instant
      readonly exchangeOrderId: ExchangeOrderId | undefined
    }
  /** The exchange took a fill back: it is booked as the opposite trade at the same price. */
  | {
      readonly type: 'FillBusted'
      readonly orderId: OrderId
      readonly instrument: InstrumentId
      readonly tradeId: TradeId
      readonly date: TradingDate
      /** Opposite in sign to the fill. */
      readonly quantity: Quantity
      readonly price: Price
      readonly tradedAt: Instant
    }
  | {
      readonly type: 'ChargesBooked'
      readonly orderId: OrderId
      readonly tradeId: TradeId
      readonly currency: Currency
      readonly rule: string
      readonly lines: ChargeLines
    }
  | {
      readonly type: 'AmendAsked'
      readonly orderId: OrderId
      readonly by: string
      readonly to: Revision
      readonly reserve: Money
    }
  | {
      readonly type: 'AmendDenied'
      readonly orderId: OrderId
      readonly code: DenialCode
      readonly context: string
    }
  | {
      readonly type: 'Amended'
      readonly orderId: OrderId
      readonly to: Revision
      readonly reserve: Money
      /** `unsent`: it was changed before it left us. `broker`: somebody changed it there. */
      readonly by: 'answer' | 'book' | 'unsent' | 'broker'
    }
  /** Refused by the broker, or never sent: the order is as it was. */
  | {
      readonly type: 'AmendRejected'
      readonly orderId: OrderId
      readonly code: string
      readonly reason: string
    }
  | { readonly type: 'AmendUnknown'; readonly orderId: OrderId; readonly evidence: string }
  /** All that worked and was meant; each has a CancelAsked of its own beside it. */
  | {
      readonly type: 'CancelAllAsked'
      readonly by: string
      readonly instrument: InstrumentId | undefined
      readonly owner: Owner | undefined
      readonly orders: number
    }
  | { readonly type: 'CancelAsked'; readonly orderId: OrderId; readonly by: string }
  | {
      readonly type: 'CancelDenied'
      readonly orderId: OrderId
      readonly code: DenialCode
      readonly context: string
    }
  | { readonly type: 'CancelAccepted'; readonly orderId: OrderId }
  | {
      readonly type: 'CancelRejected'
      readonly orderId: OrderId
      readonly code: string
      readonly reason: string
    }
  | {
      readonly type: 'CancelUnknown'
      readonly orderId: OrderId
      readonly evidence: string
      readonly retryAt: Instant
    }
  | { readonly type: 'OrderCancelled'; readonly orderId: OrderId; readonly reason: string }
  | {
      readonly type: 'OrderExpired'
      readonly orderId: OrderId
      readonly why: Expiry
      readonly reason: string
    }
  | BooksEvent
  | DayEvent
  | GuardEvent
  | { readonly type: 'BrokerConnected' }
  | { readonly type: 'BrokerLost'; readonly reason: string }
  | {
      readonly type: 'DayClosed'
      readonly exchange: string
      readonly date: TradingDate
      /** What was finished and known before this leaves memory: no broker reports it again. */
      readonly before: Instant
    }
  /** A report that fits nothing we know: journaled once, and the book is read afresh. */
  | { readonly type: 'AnomalySeen'; readonly subject: string; readonly what: string }
  /** Our own books contradicted each other; twice in a row keeps the account closed. */
  | { readonly type: 'AccountFailed'; readonly reason: string; readonly closed: boolean }
  /** A person has looked into why it was closed, and lets it place orders again. */
  | { readonly type: 'AccountReopened'; readonly by: string }

export type EventOf<Type extends Event['type']> = Extract<Event, { readonly type: Type }>

/** The command behind an entry: what makes a repeat of it harmless, for seven days. */
export type CommandKey = {
  /** `key:<name>`, `strategy:<name>`, `program` or `desk`: callers may choose the same id. */
  readonly scope: string
  readonly id: string
  /** SHA-256 of the canonical body, hex. */
  readonly hash: string
}

/** What one input brought about: the unit in which events are decided, journaled and folded. */
export type Entry = {
  readonly account: string
  /** Of the first event; the rest follow without a gap. */
  readonly seq: number
  readonly at: Instant
  /** The input: `key:me/a1`, `key:me` for a command, `answer paper-43 place` for a report. */
  readonly cause: string
  readonly command: CommandKey | undefined
  readonly events: readonly Event[]
}
