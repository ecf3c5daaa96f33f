import type { Money, Price, Quantity, Rate } from './amount.ts'
import type { BreakRules } from './break-rule.ts'
import type { ChargePlan } from './charges.ts'
import type { DayEnded, RunDone } from './day-event.ts'
import type { CommandKey, EventOf, Mode, RequestKind } from './event.ts'
import type { GuardCommand, GuardSignal } from './guard-input.ts'
import type { Currency, Instrument, InstrumentId, Product } from './instrument.ts'
import type { ImportRecords } from './importing.ts'
import type {
  BrokerOrderId,
  ExchangeOrderId,
  OrderId,
  Pricing,
  Tag,
  Ticket,
  TradeId,
  Validity,
} from './order.ts'
import type { Owner } from './owner.ts'
import type { Epoch } from './tag.ts'
import type { Instant, TradingDate } from './time.ts'

/** All that the outside may tell an account: what people ask, what the broker says, the time. */
export type Input = {
  readonly at: Instant
  /** Names the input in the journal. */
  readonly cause: string
  /** Only commands have one. */
  readonly key: CommandKey | undefined
  readonly body: Command | Report | Signal
}

export type Command =
  | GuardCommand
  | {
      readonly type: 'OpenAccount'
      readonly number: number
      readonly broker: string
      readonly mode: Mode
      readonly plan: ChargePlan
    }
  | {
      readonly type: 'PlaceOrder'
      readonly ticket: Ticket
      /** What the exchange says of the ticket's instrument; undefined when nobody knows it. */
      readonly instrument: Instrument | undefined
      /** The market's price a moment ago, if there is one. */
      readonly last: Price | undefined
      /**
       * The rate limiter lets it go at once, so it may be journaled as sending with its placing.
       */
      readonly turn: boolean
      readonly policy: Policy
      /** Why no order is taken now: data/HALT, or the exchange is closed. */
      readonly refused: Refused | undefined
    }
  | {
      readonly type: 'AmendOrder'
      readonly orderId: OrderId
      readonly changes: Changes
      readonly by: string
      readonly instrument: Instrument | undefined
      readonly last: Price | undefined
      readonly turn: boolean
      readonly policy: Policy
      readonly refused: Refused | undefined
    }
  | {
      readonly type: 'CancelOrder'
      readonly orderId: OrderId
      readonly by: string
      readonly turn: boolean
    }
  | {
      readonly type: 'CancelAll'
      /** Only in this instrument, only of this owner; undefined: of all. */
      readonly instrument: InstrumentId | undefined
      readonly owner: Owner | undefined
      readonly by: string
    }
  | { readonly type: 'ReopenAccount'; readonly by: string }
  /** Whose the unexplained is, as a person says; `split`: every book grows by its ratio. */
  | {
      readonly type: 'SettleBreak'
      readonly instrument: InstrumentId
      /** Undefined: under every product. */
      readonly product: Product | undefined
      readonly as: Owner | 'split'
      readonly reason: string
      readonly by: string
    }
  | ImportRecords
  | { readonly type: 'ReleaseSymbol'; readonly instrument: InstrumentId; readonly by: string }
  | {
      readonly type: 'SettleOrder'
      readonly orderId: OrderId
      readonly reason: string
      readonly by: string
    }

/** What is to be different; what is absent stays. `size` is unsigned. */
export type Changes = {
  readonly size?: Quantity | undefined
  readonly type?: Pricing['type'] | undefined
  readonly price?: Price | undefined
  readonly trigger?: Price | undefined
  readonly validity?: Validity | undefined
  readonly disclosed?: Quantity | undefined
}

/** Limits the owner of the account has set. Undefined: none. */
export type Policy = {
  /** Of one order, in the account's currency. */
  readonly orderValueMax: Money | undefined
  readonly ordersPerSecondMax: number | undefined
  readonly ordersPerDayMax: number | undefined
  /** MAX_PORTFOLIO_SIZE: symbols an automatic entry may leave the account with. */
  readonly portfolioSizeMax: number | undefined
  /** CAPITAL_PER_TRADE: what one automatic entry may cost. */
  readonly capitalPerTrade: Money | undefined
}

export const NO_POLICY: Policy = {
  orderValueMax: undefined,
  ordersPerSecondMax: undefined,
  ordersPerDayMax: undefined,
  portfolioSizeMax: undefined,
  capitalPerTrade: undefined,
}

/** How what provably never left is sent again. */
export type Retry = {
  /** Of an order or a change, after the first attempt; a cancel is repeated until it is settled. */
  readonly max: number
  /** Before the first of them; each further one waits twice as long, up to half a minute. */
  readonly delayMs: number
}

export type Refused = { readonly code: 'TRADING_HALTED' | 'MARKET_CLOSED'; readonly why: string }

/** What the gateway and the clock tell of ourselves. */
export type Signal =
  | GuardSignal
  | { readonly type: 'Started'; readonly epoch: Epoch }
  /** The journal was put back from a backup, and is told so before anything else. */
  | { readonly type: 'Restored'; readonly epoch: Epoch }
  | { readonly type: 'TurnCame'; readonly orderId: OrderId; readonly request: RequestKind }
  | { readonly type: 'TimePassed' }
  | DayEnded
  /** What to do about orders that were placed before then, by what the broker's book shows. */
  | {
      readonly type: 'StaleAsked'
      readonly exchanges: readonly string[]
      readonly before: Instant
      /** When the reading began that the rows are of. */
      readonly askedAt: Instant
      readonly orders: Part<BrokerOrder>
      readonly cancel: boolean
    }
  | { readonly type: 'StepDone'; readonly done: Omit<EventOf<'EndOfDayStepDone'>, 'type'> }
  | RunDone
  | { readonly type: 'Failed'; readonly reason: string; readonly again: boolean }

export type Report =
  | {
      readonly type: 'Answered'
      readonly orderId: OrderId
      readonly request: RequestKind
      readonly answer: Answer
      /** Undefined: three times, after one second. */
      readonly retry?: Retry | undefined
    }
  | { readonly type: 'OrderSeen'; readonly row: BrokerOrder }
  | { readonly type: 'TradeSeen'; readonly trade: BrokerTrade }
  | ({ readonly type: 'BookRead' } & Book)
  | { readonly type: 'Connected' }
  | { readonly type: 'Lost'; readonly reason: string }

/** Whose book a sale by hand is taken from. */
export const GIVERS = ['manual', 'strategy', 'preexisting'] as const
export type Giver = (typeof GIVERS)[number]

/** How trades by hand reach the books. */
export type Matching = {
  /** What opens goes to the person's own book, or joins that of the strategy in the symbol. */
  readonly opens: 'separate' | 'join'
  /** In their turn. */
  readonly givers: readonly Giver[]
}
export const MATCHING: Matching = { opens: 'separate', givers: GIVERS }

/** How a call to the broker ended. There is no fifth way. */
export type Answer =
  | { readonly is: 'accepted'; readonly brokerOrderId: BrokerOrderId }
  /** Definite, by an allow-list of proven refusals: the broker will not do it. */
  | { readonly is: 'rejected'; readonly code: string; readonly reason: string }
  /** Definite: no byte of it left this machine. Only after this one it may be sent again. */
  | {
      readonly is: 'notSent'
      readonly reason: string
      readonly retryAfterMs: number
      /** `data/HALT` stood in the way: it will not be tried again. */
      readonly halted: boolean
      /** The market of its moment was gone before it could leave: no later one is meant. */
      readonly tooOld?: boolean
    }
  /** Everything else: it may have happened. */
  | { readonly is: 'unknown'; readonly evidence: string }

/** A row of the broker's order book, read without its meaning for us. */
export type BrokerOrder = {
  readonly brokerOrderId: BrokerOrderId
  /** As it came back; undefined when the broker lost it or it was never ours. */
  readonly tag: Tag | undefined
  readonly exchangeOrderId: ExchangeOrderId | undefined
  readonly instrument: InstrumentId
  /** Signed. */
  readonly quantity: Quantity
  /** Undefined where the broker does not show it as it was asked. */
  readonly pricing: Pricing | undefined
  /** Signed; may be ahead of the trades we have seen. */
  readonly filled: Quantity
  readonly status: 'working' | 'complete' | 'cancelled' | 'rejected' | 'expired'
  readonly placedAt: Instant
  readonly message: string
}

export type BrokerTrade = {
  readonly tradeId: TradeId
  readonly brokerOrderId: BrokerOrderId
  readonly exchangeOrderId: ExchangeOrderId | undefined
  readonly instrument: InstrumentId
  readonly product: Product
  readonly currency: Currency
  readonly multiplier: bigint
  readonly date: TradingDate
  /** Signed. */
  readonly quantity: Quantity
  readonly price: Price
  readonly tradedAt: Instant
  /** The exchange has taken it back. */
  readonly busted?: boolean
}

export type BrokerPosition = {
  readonly instrument: InstrumentId
  readonly product: Product
  /** Signed. */
  readonly quantity: Quantity
  /** What a unit cost, where the broker tells it; and in what it is counted. */
  readonly average?: Price | undefined
  readonly currency?: Currency | undefined
  readonly multiplier?: bigint | undefined
}

export type BrokerFunds = { readonly currency: Currency; readonly cash: Money }

/** One part of a reading. A part that failed says so: it is never an empty one. */
export type Part<Row> =
  | {
      readonly ok: true
      readonly rows: readonly Row[]
      /** The broker answered in a way that makes an empty or short list believable. */
      readonly proven: boolean
    }
  | { readonly ok: false; readonly reason: string }

/** The broker's own books, as read in one go; each part succeeds or fails by itself. */
export type Book = {
  /** When the first request of the reading left: what happened later cannot be in it. */
  readonly askedAt: Instant
  readonly orders: Part<BrokerOrder>
  readonly trades: Part<BrokerTrade>
  readonly positions: Part<BrokerPosition>
  /** What is in delivery, of brokers that show it apart from positions. */
  readonly holdings?: Part<BrokerPosition> | undefined
  readonly funds: Part<BrokerFunds>
  /** Numbers the readings of an account; undefined where nobody keeps count. */
  readonly cycle?: number | undefined
  /** A difference up to this fraction of what we hold locks nothing; undefined: none is. */
  readonly tolerance?: Rate | undefined
  readonly matching?: Matching | undefined
  /** By which a break is settled at once. */
  readonly rules?: BreakRules | undefined
  /** What the account holds was worth this when it was read; what has no price is not in it. */
  readonly marks?: ReadonlyMap<InstrumentId, Price> | undefined
  /** The broker's average is exactly what the whole of a position cost. */
  readonly costExact?: boolean | undefined
  /** When a reading before this one first showed the very same positions and funds. */
  readonly agreesSince: Instant | undefined
  /** No request of ours can surface at this broker later than this after it was sent. */
  readonly lapseAfterMs: number
  /** Its books show nothing that ended longer ago than this. */
  readonly reportsKeptMs: number
  /** For the case that the journal turns out to be older than the broker's memory of us. */
  readonly spareEpoch: Epoch
  /** Whether this broker can lose or rewrite a tag, so that a row without one may still be ours. */
  readonly tagsMayBeLost: boolean
}
