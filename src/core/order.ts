import type { Money, Price, Quantity } from './amount.ts'
import { absolute, larger, minus, NO_QUANTITY } from './amount.ts'
import type { Brand } from './brand.ts'
import type { ChargeLines } from './charges.ts'
import type { Currency, Group, InstrumentId, NetKey, Product } from './instrument.ts'
import type { Owner } from './owner.ts'
import { isAutomatic } from './owner.ts'
import type { Instant } from './time.ts'

/** `paper-43`: the account, and the journal position at which the order was placed. */
export type OrderId = Brand<string, 'OrderId'>
/** The broker's own name for an order: text always, since 19 digits do not fit a number. */
export type BrokerOrderId = Brand<string, 'BrokerOrderId'>
export type ExchangeOrderId = Brand<string, 'ExchangeOrderId'>
export type TradeId = Brand<string, 'TradeId'>
/** Ours, chosen before sending, and given back in the broker's book: see tag.ts. */
export type Tag = Brand<string, 'Tag'>
export type Side = 'buy' | 'sell'
/** `sl` and `sl-m` wait at the exchange until the market reaches their trigger. */
export type Pricing =
  | { readonly type: 'market' }
  | { readonly type: 'limit'; readonly limit: Price }
  | { readonly type: 'sl'; readonly trigger: Price; readonly limit: Price }
  | { readonly type: 'sl-m'; readonly trigger: Price }

/**
 * How long it may work: the trading day, this very moment, or some minutes from when the broker
 * has it.
 */
export type Validity = 'day' | 'ioc' | { readonly minutes: number }

/** An order as somebody asks for it: well formed, but not yet checked against anything. */
export type Ticket = {
  readonly instrument: InstrumentId
  readonly side: Side
  /** Unsigned, as it was asked; an automatic entry may leave it to CAPITAL_PER_TRADE. */
  readonly size: Quantity | undefined
  readonly type: Pricing['type']
  /** The limit; of an order without one, the price the caller had in mind: kept, never sent. */
  readonly price: Price | undefined
  readonly trigger: Price | undefined
  readonly validity: Validity
  /** Shown to the market at a time; unsigned. */
  readonly disclosed: Quantity | undefined
  readonly product: Product | undefined
  readonly owner: Owner
  /** The person or program that asked. */
  readonly by: string
  readonly note: string | undefined
  readonly reduceOnly: boolean
  /** Cut into as many orders as the exchange's freeze quantity makes necessary. */
  readonly slice: boolean
  readonly refs: Refs
  readonly reason: Reason | undefined
  /**
   * Leaves out what the account's owner and the exchange's calendar say: caps, band, session, cash.
   * What keeps the books right is never left out.
   */
  readonly skipChecks: boolean
}

/** What an order is for, where somebody said so; of an exit, why the trade was ended. */
export const REASONS = ['signal', 'stop', 'target', 'manual'] as const
export type Reason = (typeof REASONS)[number] | `guard:${string}`

/** Records elsewhere that led to the order. */
export type Refs = {
  readonly signalId: string | undefined
  readonly approvalId: string | undefined
}

/** What most orders leave out. */
export const USUAL: Pick<
  Ticket,
  | 'trigger'
  | 'validity'
  | 'disclosed'
  | 'product'
  | 'note'
  | 'reduceOnly'
  | 'slice'
  | 'refs'
  | 'reason'
  | 'skipChecks'
> = {
  trigger: undefined,
  validity: 'day',
  disclosed: undefined,
  product: undefined,
  note: undefined,
  reduceOnly: false,
  slice: false,
  refs: { signalId: undefined, approvalId: undefined },
  reason: undefined,
  skipChecks: false,
}

/** What has passed every check: nothing in it is optional or contradicts anything else. */
export type Terms = {
  readonly instrument: InstrumentId
  readonly group: Group
  readonly currency: Currency
  readonly multiplier: bigint
  readonly product: Product
  /** Signed: to sell is negative. */
  readonly quantity: Quantity
  readonly pricing: Pricing
  readonly validity: Validity
  readonly disclosed: Quantity | undefined
}

/** The part of an order's terms that can be changed while it works. */
export type Revision = Pick<Terms, 'quantity' | 'pricing' | 'validity' | 'disclosed'>

/** A change that was asked for and is not settled: risk counts the worse of before and after. */
export type Amendment = {
  readonly to: Revision
  /** What would be set aside for it. */
  readonly reserve: Money
  /** Sent without an answer: since then the broker may have either. */
  readonly unknownSince: Instant | undefined
}

/**
 * An exit wholly reduces what is held: it goes first, does not age, and passes where entries wait.
 */
export type Intent = 'entry' | 'exit'

export type OrderStatus =
  | 'pending' // decided, and perhaps on its way: the broker has not answered
  | 'unknown' // sent, and no proof either way
  | 'open' // the broker has it
  | 'complete'
  | 'cancelled'
  | 'rejected' // by the broker, definitely
  | 'expired' // never left us, or ended unfilled at the broker
  | 'lapsed' // presumed never to have reached the broker

export type Fill = {
  /** Journal position of the event; `<account>-<seq>` names the fill. */
  readonly seq: number
  readonly tradeId: TradeId
  /** Signed, as the order's. */
  readonly quantity: Quantity
  readonly price: Price
  /** When the exchange says it happened. */
  readonly tradedAt: Instant
  /** When we journaled it. */
  readonly at: Instant
  /** It takes an earlier fill back. */
  readonly isBust: boolean
}

export type StatusChange = {
  readonly status: OrderStatus
  readonly filled: Quantity
  readonly value: Money
  readonly at: Instant
  readonly message: string
}

export type OrderError = { readonly code: string; readonly message: string }

/** While an order is unknown: how hard it has been looked for. */
export type Doubt = {
  /** When it was sent, or may have been at the latest. */
  readonly since: Instant
  /** Good reads of the whole book, well apart, that did not show it. */
  readonly looks: number
  readonly lastLookAt: Instant | undefined
}

export type Order = {
  readonly id: OrderId
  readonly tag: Tag
  readonly terms: Terms
  /** Of its instrument and product. */
  readonly net: NetKey
  readonly intent: Intent
  readonly owner: Owner
  readonly by: string
  readonly note: string | undefined
  readonly refs: Refs
  readonly reason: Reason | undefined
  readonly reduceOnly: boolean
  /** It was placed without the checks that can be left out. */
  readonly skippedChecks: boolean
  /** The first slice of those it belongs to, itself perhaps; undefined for a whole order. */
  readonly parent: OrderId | undefined
  /** Of a first slice: how many there are. Their ids follow each other. */
  readonly slices: number | undefined
  /** What a person was warned of and a strategy would have been refused for. */
  readonly warning: string | undefined
  /** The market's price when it was placed: what slippage is measured from. */
  readonly arrival: Price | undefined
  readonly status: OrderStatus
  /** Signed sum of its fills. */
  readonly filled: Quantity
  /** Sum of price × quantity × multiplier over its fills, signed as the quantity. */
  readonly value: Money
  readonly charges: ChargeLines
  /** Set aside for what is still unfilled. */
  readonly reserve: Money
  readonly placedAt: Instant
  readonly updatedAt: Instant
  /** When its first byte left, if one did. */
  readonly sentAt: Instant | undefined
  readonly firstFillAt: Instant | undefined
  readonly completedAt: Instant | undefined
  readonly brokerOrderId: BrokerOrderId | undefined
  readonly exchangeOrderId: ExchangeOrderId | undefined
  /** Times it was handed to the broker. */
  readonly attempts: number
  readonly cancelAsked: boolean
  readonly amending: Amendment | undefined
  /** Of an order that was changed: what was asked for at first. */
  readonly asked: Revision | undefined
  readonly doubt: Doubt | undefined
  readonly error: OrderError | undefined
  readonly history: readonly StatusChange[]
  readonly fills: readonly Fill[]
}

/**
 * What may follow what. `decide` never asks for anything else, and `evolve` asserts that it did
 * not. A status that nothing ordinary follows can still be left by proof from the broker's book.
 */
const NEXT: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['unknown', 'open', 'rejected', 'expired', 'cancelled'],
  unknown: ['open', 'rejected', 'expired', 'lapsed'],
  open: ['complete', 'cancelled', 'rejected', 'expired', 'unknown'], // the last: after a restore
  complete: ['cancelled'], // the exchange took a fill back: no order comes of it again
  cancelled: ['complete', 'open'], // the last fill crossed our cancel; or it had left us after all
  rejected: ['open', 'complete'], // the book shows what a refusal denied: believed, loudly
  expired: ['open', 'complete'], // it had left us after all, or the last fill came late
  lapsed: ['open', 'rejected'], // a late appearance revives it, loudly
}

export const mayFollow = (from: OrderStatus, to: OrderStatus): boolean => NEXT[from].includes(to)

/** It may still trade, so it counts against cash, position and the checks on other orders. */
export const isWorking = (status: OrderStatus): boolean =>
  status === 'pending' || status === 'open' || status === 'unknown'

/** The broker has not told us of it, so what it shows under our tag is news. */
export const isUnconfirmed = (order: Order): boolean => order.brokerOrderId === undefined

/** What was said, or what the order itself tells: a waiting stop, a strategy's wish, a person's. */
export function reasonOf({
  reason,
  terms,
  owner,
}: Pick<Order, 'reason' | 'terms' | 'owner'>): Reason {
  if (reason !== undefined) return reason
  if (triggerOf(terms.pricing) !== undefined) return 'stop'
  return isAutomatic(owner) ? 'signal' : 'manual'
}

/** The limit of an order that has one. */
export const limitOf = (pricing: Pricing): Price | undefined =>
  'limit' in pricing ? pricing.limit : undefined

export const triggerOf = (pricing: Pricing): Price | undefined =>
  'trigger' in pricing ? pricing.trigger : undefined

export const isSamePricing = (a: Pricing, b: Pricing): boolean =>
  a.type === b.type && limitOf(a) === limitOf(b) && triggerOf(a) === triggerOf(b)

export const isSameValidity = (a: Validity, b: Validity): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && a.minutes === b.minutes)

/** As many as it may come to: while a change is not settled, the larger of before and after. */
export function largestSize({ terms, amending }: Order): Quantity {
  const now = absolute(terms.quantity)
  return amending ? larger(now, absolute(amending.to.quantity)) : now
}

export const largestReserve = ({ reserve, amending }: Order): Money =>
  amending ? larger(reserve, amending.reserve) : reserve

/** Unfilled, unsigned; never negative, since an overfill leaves nothing to fill. */
export function remainingOf(order: Order): Quantity {
  const left = minus(largestSize(order), absolute(order.filled))
  return left > 0n ? left : NO_QUANTITY
}

/** The ids of all slices, where the order is the first of some. */
export function slicesOf({ id, slices = 0 }: Pick<Order, 'id' | 'slices'>): OrderId[] {
  const cut = id.lastIndexOf('-') + 1
  const first = BigInt(id.slice(cut))
  return Array.from(
    { length: slices },
    (_, n) => `${id.slice(0, cut)}${first + BigInt(n)}` as OrderId,
  )
}
