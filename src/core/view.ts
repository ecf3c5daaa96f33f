/**
 * What people and programs read: plain JSON-able data, under the names that hold everywhere (REST,
 * --json, export, live feed). Amounts are decimal text, times ISO 8601, what is absent is null.
 */
import type { Account, Leg } from './account.ts'
import type { Money, Price } from './amount.ts'
import {
  absolute,
  average,
  formatMoney,
  formatPrice,
  formatQuantity,
  minus,
  NO_QUANTITY,
  times,
} from './amount.ts'
import type { ChargeLines, ChargeName } from './charges.ts'
import { CHARGE_NAMES, NO_CHARGES, totalCharges } from './charges.ts'
import { exchangeOf, symbolOf } from './instrument.ts'
import type { Fill, Order, OrderStatus, Pricing, StatusChange, Validity } from './order.ts'
import { isWorking, limitOf, reasonOf, slicesOf, triggerOf } from './order.ts'
import type { Instant } from './time.ts'
import { isoTime } from './time.ts'

/** Minutes ahead of UTC at a moment: whose clock times are shown by. */
export type ShowTime = (at: Instant) => string

export const utc: ShowTime = (at) => isoTime(at)

export type FillView = {
  readonly account: string
  readonly orderId: string
  readonly exchangeOrderId: string | null
  readonly fillId: string
  readonly tradeId: string
  readonly symbol: string
  readonly exchange: string
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly price: string
  /** It takes an earlier fill of the same trade back. */
  readonly isBust: boolean
  /** When Tallyman journaled it. */
  readonly at: string
  /** When the exchange says it traded. */
  readonly exchangeAt: string
}

export type StatusView = {
  readonly orderId: string
  readonly status: string
  readonly filled: string
  readonly average: string | null
  readonly at: string
  readonly message: string
  readonly exchangeOrderId: string | null
}

export type OrderView = {
  readonly id: string
  readonly account: string
  readonly symbol: string
  readonly exchange: string
  readonly side: 'BUY' | 'SELL'
  readonly type: Uppercase<Pricing['type']>
  readonly product: string
  readonly quantity: string
  readonly price: string | null
  readonly trigger: string | null
  readonly validity: 'DAY' | 'IOC' | 'TTL'
  readonly validityMinutes: number | null
  readonly disclosed: string | null
  readonly reduceOnly: boolean
  /** What it is for: `signal`, `stop`, `target`, `manual` or `guard:<why>`. */
  readonly reason: string
  /** It was placed without the checks of caps, band, session and cash. */
  readonly skippedChecks: boolean
  /** Of a slice: the first of them, which is the one to cancel all by. */
  readonly parentId: string | null
  /** Of the first slice: all of them, itself included. */
  readonly slices: readonly string[]
  readonly status: Uppercase<OrderStatus>
  readonly filled: string
  readonly remaining: string
  readonly average: string | null
  readonly currency: string
  /** Contract size: what one unit of quantity delivers. */
  readonly multiplier: string
  readonly submittedAt: string
  readonly updatedAt: string
  readonly firstFillAt: string | null
  readonly completedAt: string | null
  readonly retryCount: number
  readonly error: { readonly code: string; readonly message: string } | null
  readonly brokerOrderId: string | null
  readonly exchangeOrderId: string | null
  /** A change, a cancel, was asked for and is not settled. */
  readonly amending: boolean
  readonly cancelling: boolean
  /** The market's price when it was placed. */
  readonly arrival: string | null
  readonly commission: string
  readonly charges: Readonly<Record<ChargeName, string>>
  readonly by: string
  readonly owner: string
  readonly note: string | null
  readonly warning: string | null
  readonly signalId: string | null
  readonly approvalId: string | null
  readonly tag: string
  readonly history: readonly StatusView[]
  readonly fills: readonly FillView[]
}

export function orderView(account: string, order: Order, show: ShowTime = utc): OrderView {
  const { id, terms, status, filled, value } = order
  const { instrument, quantity, pricing, product, currency, multiplier } = terms
  const { arrival, charges, refs } = order
  const left = minus(absolute(quantity), absolute(filled))
  return {
    id,
    account,
    symbol: symbolOf(instrument),
    exchange: exchangeOf(instrument),
    side: sideOf(quantity),
    type: pricing.type.toUpperCase() as OrderView['type'],
    product,
    quantity: formatQuantity(absolute(quantity)),
    price: priceOrNull(limitOf(pricing)),
    trigger: priceOrNull(triggerOf(pricing)),
    ...validityView(terms.validity),
    disclosed: terms.disclosed === undefined ? null : formatQuantity(terms.disclosed),
    reduceOnly: order.reduceOnly,
    reason: reasonOf(order),
    skippedChecks: order.skippedChecks,
    parentId: order.parent ?? null,
    slices: slicesOf(order),
    status: status.toUpperCase() as OrderView['status'],
    filled: formatQuantity(absolute(filled)),
    remaining: formatQuantity(left > 0n ? left : NO_QUANTITY),
    average: filled === 0n ? null : formatPrice(average(value, filled, multiplier)),
    currency,
    multiplier: multiplier.toString(),
    submittedAt: show(order.placedAt),
    updatedAt: show(order.updatedAt),
    firstFillAt: order.firstFillAt === undefined ? null : show(order.firstFillAt),
    completedAt: order.completedAt === undefined ? null : show(order.completedAt),
    retryCount: Math.max(0, order.attempts - 1),
    error: order.error ?? null,
    brokerOrderId: order.brokerOrderId ?? null,
    exchangeOrderId: order.exchangeOrderId ?? null,
    amending: order.amending !== undefined,
    cancelling: order.cancelAsked && isWorking(status),
    arrival: priceOrNull(arrival),
    commission: formatMoney(totalCharges(charges)),
    charges: chargesView(charges),
    by: order.by,
    owner: order.owner,
    note: order.note ?? null,
    warning: order.warning ?? null,
    signalId: refs.signalId ?? null,
    approvalId: refs.approvalId ?? null,
    tag: order.tag,
    history: order.history.map((change) => statusView(order, change, show)),
    fills: order.fills.map((fill) => fillView(account, order, { fill, show })),
  }
}

const priceOrNull = (at: Price | undefined): string | null =>
  at === undefined ? null : formatPrice(at)

function validityView(validity: Validity): Pick<OrderView, 'validity' | 'validityMinutes'> {
  if (validity === 'day') return { validity: 'DAY', validityMinutes: null }
  if (validity === 'ioc') return { validity: 'IOC', validityMinutes: null }
  return { validity: 'TTL', validityMinutes: validity.minutes }
}

const chargesView = (lines: ChargeLines): OrderView['charges'] =>
  Object.fromEntries(CHARGE_NAMES.map((name) => [name, formatMoney(lines[name])])) as Record<
    ChargeName,
    string
  >

/** The order as it was the moment it was placed: what a repeated command is answered with. */
export function asPlaced(account: string, order: Order, show: ShowTime = utc): OrderView {
  const [first] = order.history
  return orderView(
    account,
    {
      ...order,
      terms: { ...order.terms, ...order.asked },
      status: 'pending',
      amending: undefined,
      cancelAsked: false,
      filled: NO_QUANTITY,
      fills: [],
      history: first ? [first] : [],
      updatedAt: order.placedAt,
      firstFillAt: undefined,
      completedAt: undefined,
      attempts: 0,
      error: undefined,
      brokerOrderId: undefined,
      exchangeOrderId: undefined,
      charges: NO_CHARGES,
    },
    show,
  )
}

function statusView(order: Order, change: StatusChange, show: ShowTime): StatusView {
  const { status, filled, value, at, message } = change
  return {
    orderId: order.id,
    status: status.toUpperCase(),
    filled: formatQuantity(absolute(filled)),
    average: filled === 0n ? null : formatPrice(average(value, filled, order.terms.multiplier)),
    at: show(at),
    message,
    exchangeOrderId: order.exchangeOrderId ?? null,
  }
}

type Shown = { readonly fill: Fill; readonly show: ShowTime }

export function fillView(account: string, order: Order, { fill, show }: Shown): FillView {
  return {
    account,
    orderId: order.id,
    exchangeOrderId: order.exchangeOrderId ?? null,
    fillId: `${account}-${fill.seq}`,
    tradeId: fill.tradeId,
    symbol: symbolOf(order.terms.instrument),
    exchange: exchangeOf(order.terms.instrument),
    side: sideOf(fill.quantity),
    quantity: formatQuantity(absolute(fill.quantity)),
    price: formatPrice(fill.price),
    isBust: fill.isBust,
    at: show(fill.at),
    exchangeAt: show(fill.tradedAt),
  }
}

export type PositionView = {
  readonly account: string
  readonly symbol: string
  readonly exchange: string
  readonly product: string
  readonly owner: string
  readonly currency: string
  /** Signed: short is negative. */
  readonly quantity: string
  readonly average: string | null
  readonly last: string | null
  readonly realized: string
  /** Null while no price is known: that is not zero. */
  readonly unrealized: string | null
}

export function positionView(account: string, leg: Leg, last: Price | undefined): PositionView {
  const { instrument, product, owner, currency, multiplier, position } = leg
  const { quantity, cost, realized } = position
  const gain = unrealizedOf(leg, last)
  return {
    account,
    symbol: symbolOf(instrument),
    exchange: exchangeOf(instrument),
    product,
    owner,
    currency,
    quantity: formatQuantity(quantity),
    average: quantity === 0n ? null : formatPrice(average(cost, quantity, multiplier)),
    last: last === undefined ? null : formatPrice(last),
    realized: formatMoney(realized),
    unrealized: gain === undefined ? null : formatMoney(gain),
  }
}

/** What closing at `last` would bring, before charges; undefined where no price is known. */
export function unrealizedOf(
  { position, multiplier }: Leg,
  last: Price | undefined,
): Money | undefined {
  const { quantity, cost } = position
  if (quantity === 0n) return 0n as Money
  return last === undefined ? undefined : minus(times(last, quantity, multiplier), cost)
}

export function* legsOf(account: Account): Iterable<Leg> {
  for (const owners of account.legs.values()) yield* owners.values()
}

const sideOf = (quantity: bigint): 'BUY' | 'SELL' => (quantity < 0n ? 'SELL' : 'BUY')
