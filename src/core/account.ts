import type { Money, Price, Quantity } from './amount.ts'
import { minus, NO_MONEY, NO_QUANTITY, plus } from './amount.ts'
import type { BreakClass } from './books-event.ts'
import { assert } from './brand.ts'
import type { ChargePlan } from './charges.ts'
import type { Refusal } from './denial.ts'
import type { Mode, RequestKind } from './event.ts'
import type { Funding } from './funding.ts'
import type { Guards } from './guard.ts'
import { NO_GUARDS } from './guard.ts'
import type { Currency, Group, InstrumentId, NetKey, Product } from './instrument.ts'
import type { BrokerOrderId, Order, OrderId, Side, Tag } from './order.ts'
import type { Owner } from './owner.ts'
import { UNEXPLAINED } from './owner.ts'
import type { Position } from './position.ts'
import type { Epoch } from './tag.ts'
import type { TradeKey } from './trade-key.ts'
import type { Instant, TradingDate } from './time.ts'

/** What one owner holds of one net: the position, and whose it is. */
export type Leg = {
  readonly instrument: InstrumentId
  readonly product: Product
  readonly owner: Owner
  readonly currency: Currency
  readonly multiplier: bigint
  readonly position: Position
}

/** Sums over the working orders of one net, so that no check has to walk through them. */
export type Exposure = {
  /** Unfilled quantity of working buys and sells, both unsigned. */
  readonly buying: Quantity
  readonly selling: Quantity
  /** How many of them are unknown. */
  readonly unknown: number
  /** When an order or trade last changed anything here. */
  readonly touchedAt: Instant
}

/** A call to the broker that is still to be made, or was made and has not been answered. */
export type Request = {
  readonly orderId: OrderId
  readonly kind: RequestKind
  readonly sending: boolean
  /** Not to be sent before this; for an entry, also where its age is counted from. */
  readonly notBefore: Instant
  /** Times it was handed to the broker. */
  readonly attempts: number
}

/** How a command ended, kept so that repeating it does nothing and answers the same. */
export type Settled = {
  readonly hash: string
  readonly at: Instant
  readonly orderId: OrderId | undefined
  /** Of a command about several orders. */
  readonly orderIds: readonly OrderId[] | undefined
  readonly denial: Refusal | undefined
}

/** What the broker holds and no trade explains; it stands in the unexplained book meanwhile. */
export type Break = {
  readonly instrument: InstrumentId
  readonly product: Product
  /** What all books but the unexplained one come to. */
  readonly ours: Quantity
  readonly theirs: Quantity
  readonly class: BreakClass
  /** It locks the symbol for automatic orders. */
  readonly material: boolean
  readonly evidence: string
  readonly since: Instant
  /** The reading it was first found in. */
  readonly firstCycle: number
}

/** Our average and the broker's, where they differ. */
export type Slippage = { readonly ours: Price; readonly theirs: Price }

/** A symbol that the system trades, from the first order the broker took until nothing is left. */
export type Tracking = {
  readonly instrument: InstrumentId
  readonly since: Instant
  /** Its first execution. */
  readonly confirmedAt: Instant | undefined
  /** What others than strategies held when it began, over all products. */
  readonly preexisting: Quantity
  readonly preexistingCost: Money
  /** What strategies and people had realized in it when it began. */
  readonly realizedBefore: Money
  /** The first one and the latest. */
  readonly orders: readonly OrderId[]
  /** The broker refused an order of it before any had traded. */
  readonly rejected: boolean
}

/** One end of day: which of its steps are done, and whether they succeeded. */
export type DayRun = {
  readonly date: TradingDate
  readonly steps: ReadonlyMap<number, boolean>
  readonly isDone: boolean
}

/** What the latest journaled readings of the broker's book came to. */
export type Compared = {
  readonly at: Instant
  readonly cycle: number
  readonly matched: number
  readonly total: number
  readonly unknown: number
  readonly failed: string
  /** Positions were once certain: from then on what is new is no holding of before. */
  readonly adopted: boolean
}

/** All that is known of one account. A fold of its journal, and nothing else. */
export type Account = {
  readonly id: string
  /** Journal position: events folded so far. */
  readonly seq: number
  readonly number: number
  readonly broker: string
  readonly mode: Mode
  readonly plan: ChargePlan
  /** Undefined until the first start. */
  readonly epoch: Epoch | undefined
  /** The epoch before a restore, and the last journal position that this journal used in it. */
  readonly former: { readonly epoch: Epoch; readonly lastPlaced: number } | undefined
  readonly connected: boolean
  /** Our own books contradicted each other here: it places no more orders. */
  readonly closed: boolean
  readonly orders: ReadonlyMap<OrderId, Order>
  /** Journal position of the order placed last: no tag of this epoch counts further. */
  readonly lastPlaced: number
  readonly byTag: ReadonlyMap<Tag, OrderId>
  readonly byBrokerId: ReadonlyMap<BrokerOrderId, OrderId>
  /** By kind and order; of a kind, in the order in which they are to be made. */
  readonly requests: Readonly<Record<RequestKind, ReadonlyMap<OrderId, Request>>>
  readonly unknown: ReadonlySet<OrderId>
  /** How many orders are working, the unknown ones included. */
  readonly working: number
  readonly exposures: ReadonlyMap<NetKey, Exposure>
  readonly legs: ReadonlyMap<NetKey, ReadonlyMap<Owner, Leg>>
  /** Of what was ever ordered; a trade by hand does not tell it. */
  readonly groups: ReadonlyMap<InstrumentId, Group>
  readonly trades: ReadonlyMap<TradeKey, Instant>
  readonly commands: ReadonlyMap<string, Settled>
  readonly cash: ReadonlyMap<Currency, Money>
  readonly funding: ReadonlyMap<Currency, Funding>
  /** Set aside for what working orders may still open. */
  readonly reserved: ReadonlyMap<Currency, Money>
  /** By how much open positions leave less free than there is; below zero where they bind less
   * than they cost: margin.ts. */
  readonly locked: ReadonlyMap<Currency, Money>
  readonly breaks: ReadonlyMap<NetKey, Break>
  readonly slippages: ReadonlyMap<NetKey, Slippage>
  /** Legs that hold something. */
  readonly held: number
  /** Nets of which two books have held something at once, until all of them are flat. */
  readonly mixed: ReadonlySet<NetKey>
  /** Journal positions of the last event that moved a position or cash, and of the last mark. */
  readonly movedSeq: number
  readonly markedSeq: number
  readonly tracking: ReadonlyMap<InstrumentId, Tracking>
  /** Tracked symbols of which nothing is left. */
  readonly releasable: ReadonlySet<InstrumentId>
  /** Lines of another system that are in the journal, by their names. */
  readonly imported: ReadonlySet<string>
  /** Undefined until the broker's book was compared for the first time. */
  readonly compared: Compared | undefined
  readonly anomalies: ReadonlySet<string>
  /** How far the latest end of day has come, by group of exchanges. */
  readonly daysRun: ReadonlyMap<string, DayRun>
  /** The last trading date that was closed, by exchange. */
  readonly daysClosed: ReadonlyMap<string, TradingDate>
  /** Orders placed in the second of the last one. */
  readonly pace: { readonly second: number; readonly inSecond: number }
  /** Orders placed since the exchange's day last closed. */
  readonly placedToday: ReadonlyMap<string, number>
  readonly guards: Guards
}

/** Raised when the shape above, or what an event makes of it, changes: others are not read. */
export const ACCOUNT_VERSION = 13

export const newAccount = (id: string): Account => ({
  id,
  seq: 0,
  number: 0,
  broker: '',
  mode: 'paper',
  plan: 'none',
  epoch: undefined,
  former: undefined,
  connected: false,
  closed: false,
  orders: new Map(),
  lastPlaced: 0,
  byTag: new Map(),
  byBrokerId: new Map(),
  requests: { place: new Map(), amend: new Map(), cancel: new Map() },
  unknown: new Set(),
  working: 0,
  exposures: new Map(),
  legs: new Map(),
  groups: new Map(),
  trades: new Map(),
  commands: new Map(),
  cash: new Map(),
  funding: new Map(),
  reserved: new Map(),
  locked: new Map(),
  breaks: new Map(),
  slippages: new Map(),
  held: 0,
  mixed: new Set(),
  movedSeq: 0,
  markedSeq: 0,
  tracking: new Map(),
  releasable: new Set(),
  imported: new Set(),
  compared: undefined,
  anomalies: new Set(),
  daysRun: new Map(),
  daysClosed: new Map(),
  pace: { second: 0, inSecond: 0 },
  placedToday: new Map(),
  guards: NO_GUARDS(),
})

export const isOpened = (account: Account): boolean => account.number > 0

/** All calls that are to be made or on their way, of every kind. */
export function* requestsOf({ requests }: Account): Iterable<Request> {
  for (const each of Object.values(requests)) yield* each.values()
}

export const requestCount = ({ requests }: Account): number =>
  requests.place.size + requests.amend.size + requests.cancel.size

export function orderOf(account: Account, id: OrderId): Order {
  const found = account.orders.get(id)
  assert(found !== undefined, () => `order ${id} exists`)
  return found
}

const NO_EXPOSURE: Exposure = {
  buying: NO_QUANTITY,
  selling: NO_QUANTITY,
  unknown: 0,
  touchedAt: 0 as Instant,
}

export const exposureOf = (account: Account, key: NetKey): Exposure =>
  account.exposures.get(key) ?? NO_EXPOSURE

/** What the broker holds, as far as we know: derived from the legs, never stored. */
export function netQuantity(account: Account, key: NetKey): Quantity {
  let sum = NO_QUANTITY
  for (const { position } of account.legs.get(key)?.values() ?? []) {
    sum = plus(sum, position.quantity)
  }
  return sum
}

/** The same without the unexplained book: what our own record says. */
export const explainedQuantity = (account: Account, key: NetKey): Quantity =>
  minus(netQuantity(account, key), unexplainedQuantity(account, key))

export const unexplainedQuantity = (account: Account, key: NetKey): Quantity =>
  account.legs.get(key)?.get(UNEXPLAINED)?.position.quantity ?? NO_QUANTITY

/**
 * How much an order of `side` may close for certain: what is held, less all that working orders of
 * that side may already take, the unknown ones included. So it is safe in either world, whether
 * the unknown orders happened or not. `without` is what an order that is itself being changed may
 * take. All unsigned.
 */
export function closable(
  account: Account,
  key: NetKey,
  side: Side,
  without: Quantity = NO_QUANTITY,
): Quantity {
  const net = netQuantity(account, key)
  const { buying, selling } = exposureOf(account, key)
  const left = side === 'sell' ? minus(net, selling) : minus(minus(NO_QUANTITY, net), buying)
  const all = plus(left, without)
  return all > 0n ? all : NO_QUANTITY
}

/** Cash that no order, and no short position, has a claim on. */
export function freeCash(account: Account, currency: Currency): Money {
  const cash = account.cash.get(currency) ?? NO_MONEY
  const reserved = account.reserved.get(currency) ?? NO_MONEY
  return minus(minus(cash, reserved), account.locked.get(currency) ?? NO_MONEY)
}
