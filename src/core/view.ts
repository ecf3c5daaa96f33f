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
import { NO_CHARGES, totalCharges } from './charges.ts'
import { exchangeOf, symbolOf } from './instrument.ts'
import type { Fill, Order, OrderStatus, Pricing, StatusChange } from './order.ts'
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
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly price: string
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
  readonly status: Uppercase<OrderStatus>
  readonly filled: string
  readonly remaining: string
  readonly average: string | null
  readonly currency: string
  readonly submittedAt: string
  readonly updatedAt: string
  readonly firstFillAt: string | null
  readonly completedAt: string | null
  readonly retryCount: number
  readonly error: { readonly code: string; readonly message: string } | null
  readonly brokerOrderId: string | null
  readonly exchangeOrderId: string | null
  readonly commission: string
  readonly by: string
  readonly owner: string
  readonly note: string | null
  readonly tag: string
  readonly history: readonly StatusView[]
  readonly fills: readonly FillView[]
}

export function orderView(account: string, order: Order, show: ShowTime = utc): OrderView {
  const { id, terms, status, filled, value } = order
  const { instrument, quantity, pricing, product, currency, multiplier } = terms
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
    price: pricing.type === 'limit' ? formatPrice(pricing.limit) : null,
    trigger: null,
    status: status.toUpperCase() as OrderView['status'],
    filled: formatQuantity(absolute(filled)),
    remaining: formatQuantity(left > 0n ? left : NO_QUANTITY),
    average: filled === 0n ? null : formatPrice(average(value, filled, multiplier)),
    currency,
    submittedAt: show(order.placedAt),
    updatedAt: show(order.updatedAt),
    firstFillAt: order.firstFillAt === undefined ? null : show(order.firstFillAt),
    completedAt: order.completedAt === undefined ? null : show(order.completedAt),
    retryCount: Math.max(0, order.attempts - 1),
    error: order.error ?? null,
    brokerOrderId: order.brokerOrderId ?? null,
    exchangeOrderId: order.exchangeOrderId ?? null,
    commission: formatMoney(totalCharges(order.charges)),
    by: order.by,
    owner: order.owner,
    note: order.note ?? null,
    tag: order.tag,
    history: order.history.map((change) => statusView(order, change, show)),
    fills: order.fills.map((fill) => fillView(account, order, { fill, show })),
  }
}

/** The order as it was the moment it was placed: what a repeated command is answered with. */
export function asPlaced(account: string, order: Order, show: ShowTime = utc): OrderView {
  const [first] = order.history
  return orderView(
    account,
    {
      ...order,
      status: 'pending',
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
    side: sideOf(fill.quantity),
    quantity: formatQuantity(absolute(fill.quantity)),
    price: formatPrice(fill.price),
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
