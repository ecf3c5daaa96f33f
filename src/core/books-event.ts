import type { Money, Price, Quantity } from './amount.ts'
import type { DenialCode } from './denial.ts'
import type { Currency, InstrumentId, Product } from './instrument.ts'
import type { BrokerOrderId, OrderId, TradeId } from './order.ts'
import type { Owner } from './owner.ts'
import type { Instant, TradingDate } from './time.ts'

/** How a break looks: what it is called, and where to look for its cause. */
export type BreakClass =
  | 'missing_here' // the broker holds more, or the other way round, and no trade of ours made it
  | 'missing_at_broker' // we hold it, and the broker is flat
  | 'partial' // same side, and the broker holds less
  | 'corporate_action' // a ratio of a split or bonus, and no trade
  | 'gap' // closed at the broker beyond our stop or target

/** What a line of another system is about; `closed` is a position that is over. */
export const RECORD_KINDS = ['symbol', 'order', 'trade', 'position', 'closed'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

/** What can happen to whose shares are whose, besides orders of ours. */
export type BooksEvent =
  /** A trade of somebody else, or that part of it which goes to one owner's book. */
  | {
      readonly type: 'ManualTradeSeen'
      readonly instrument: InstrumentId
      readonly product: Product
      readonly currency: Currency
      readonly multiplier: bigint
      readonly brokerOrderId: BrokerOrderId
      readonly tradeId: TradeId
      readonly date: TradingDate
      readonly quantity: Quantity
      readonly price: Price
      readonly tradedAt: Instant
      readonly owner: Owner
      /** Of the whole trade, signed like its part. */
      readonly whole: Quantity
      /** What strategies and people held of the symbol before it, under that product. */
      readonly tracked: Quantity
    }
  /** Held before we first saw the account. */
  | ({ readonly type: 'HoldingsAdopted' } & Carried)
  /** A quantity came or went without a trade: no profit, and no cash of ours. */
  | ({ readonly type: 'LegAdjusted'; readonly owner: Owner; readonly why: string } & Carried)
  /** From one book, or one product, to another. */
  | {
      readonly type: 'LegMoved'
      readonly instrument: InstrumentId
      readonly product: Product
      readonly owner: Owner
      readonly toProduct: Product
      readonly toOwner: Owner
      /** Signed: what the first book gives and the second takes. */
      readonly quantity: Quantity
      /** What it cost there, and what it counts as here: the same, unless it closes something. */
      readonly cost: Money
      readonly carried: Money
      readonly reason: string
    }
  | {
      readonly type: 'SymbolTracked'
      readonly instrument: InstrumentId
      readonly firstOrder: OrderId
      /** Held by others than strategies at that moment, over all products. */
      readonly preexisting: Quantity
      readonly preexistingCost: Money
    }
  | {
      readonly type: 'SymbolReleased'
      readonly instrument: InstrumentId
      readonly why: Release
      readonly by: string
      /** Realized by strategies and people while it was tracked, before charges. */
      readonly pnl: Money | undefined
    }
  | {
      readonly type: 'CashMoved'
      readonly currency: Currency
      readonly amount: Money
      readonly reason: 'opening' | 'broker'
    }
  | {
      readonly type: 'BreakFound'
      readonly instrument: InstrumentId
      readonly product: Product
      /** What all books but the unexplained one come to. */
      readonly ours: Quantity
      readonly theirs: Quantity
      readonly class: BreakClass
      /** Automatic orders in the symbol wait until it is settled. */
      readonly material: boolean
      readonly evidence: string
      /** The reading it was found in. */
      readonly cycle: number
    }
  | {
      readonly type: 'BreakSettled'
      readonly instrument: InstrumentId
      readonly product: Product
      readonly how: string
      /** Whose it is called now; undefined where the numbers agree again. */
      readonly as: Owner | undefined
      readonly by: string
    }
  /** What readings of the broker's book came to; counts add up: matched + open = total. */
  | {
      readonly type: 'BookCompared'
      /** Readings of this account are numbered; those since the last event are in this one. */
      readonly cycle: number
      readonly matched: number
      readonly total: number
      readonly unknown: number
      /** Parts that could not be read, with commas between them. */
      readonly failed: string
      /** Two readings agreed on the positions: what they hold is certain. */
      readonly proven: boolean
    }
  /** Same side and quantity, and another average at a broker whose averages are exact. */
  | {
      readonly type: 'SlippageSeen'
      readonly instrument: InstrumentId
      readonly product: Product
      readonly owner: Owner
      readonly quantity: Quantity
      readonly ours: Price
      readonly theirs: Price
      /** The averages agree again. */
      readonly within: boolean
      readonly cycle: number
    }
  /** What the account comes to in one currency, at the prices of that moment. */
  | {
      readonly type: 'EquityMarked'
      readonly currency: Currency
      /** Cash, and what open positions cost. */
      readonly balance: Money
      /** Balance and unrealized; undefined while one of its positions has no price. */
      readonly equity: Money | undefined
      readonly unrealized: Money | undefined
      /** Of the balance, what open positions bind: margin.ts. */
      readonly marginUsed: Money
      readonly openPositions: number
      readonly unpriced: number
    }
  /** A line of another system’s files, word for word: a memory, and no fact of the broker. */
  | {
      readonly type: 'RecordImported'
      readonly kind: RecordKind
      /** Names the line for ever: what is imported twice is there once. */
      readonly ref: string
      readonly symbol: string
      /** The line as JSON. */
      readonly detail: string
      readonly by: string
    }
  /** What a person asked for about whose something is, and did not get. */
  | {
      readonly type: 'SettlingDenied'
      readonly code: DenialCode
      readonly context: string
      readonly by: string
    }

export type Release = 'closed' | 'rejected' | 'released'

type Carried = {
  readonly instrument: InstrumentId
  readonly product: Product
  readonly currency: Currency
  readonly multiplier: bigint
  /** Signed, as are costs: what comes is added. */
  readonly quantity: Quantity
  readonly cost: Money
}
