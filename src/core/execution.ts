/** How well an order was carried out. */
import type { Money, Price, Quantity } from './amount.ts'
import {
  average,
  formatMoney,
  formatPrice,
  minus,
  negate,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  price,
  quantity,
  times,
} from './amount.ts'
import type { OrderView } from './view.ts'

/** Against a price: what each unit cost more than that, and all of them; negative is better. */
export type SlippageView = {
  readonly price: string
  readonly perUnit: string
  readonly amount: string
}

export type ExecutionView = Pick<
  OrderView,
  | 'account'
  | 'symbol'
  | 'exchange'
  | 'side'
  | 'type'
  | 'product'
  | 'owner'
  | 'status'
  | 'filled'
  | 'remaining'
  | 'average'
  | 'currency'
  | 'submittedAt'
  | 'firstFillAt'
  | 'completedAt'
  | 'exchangeOrderId'
  | 'fills'
  | 'charges'
> & {
  readonly orderId: string
  readonly requested: string
  readonly totalCharges: string
  /** Null while nothing is filled, or where the price to compare with is not known. */
  readonly slippage: {
    readonly arrival: SlippageView | null
    readonly limit: SlippageView | null
    /** Against the market's volume-weighted average over the life of the order. */
    readonly vwap: SlippageView | null
  }
}

/** `vwap`: of the market from submission to the end, or to now while it works. */
export function executionView(order: OrderView, vwap: Price | undefined): ExecutionView {
  const { id, quantity: requested, commission, arrival, price: limit } = order
  const shown = (text: string | null): Price | undefined =>
    text === null ? undefined : price(text)
  return {
    orderId: id,
    exchangeOrderId: order.exchangeOrderId,
    account: order.account,
    symbol: order.symbol,
    exchange: order.exchange,
    side: order.side,
    type: order.type,
    product: order.product,
    owner: order.owner,
    status: order.status,
    currency: order.currency,
    requested,
    filled: order.filled,
    remaining: order.remaining,
    average: order.average,
    submittedAt: order.submittedAt,
    firstFillAt: order.firstFillAt,
    completedAt: order.completedAt,
    fills: order.fills,
    charges: order.charges,
    totalCharges: commission,
    slippage: {
      arrival: slippage(order, shown(arrival)),
      limit: slippage(order, shown(limit)),
      vwap: slippage(order, vwap),
    },
  }
}

/** From the fills themselves, not from the average, which is rounded. */
function slippage(
  { side, fills, multiplier }: OrderView,
  against: Price | undefined,
): SlippageView | null {
  if (against === undefined) return null
  const contract = BigInt(multiplier)
  let filled = NO_QUANTITY
  let value = NO_MONEY
  for (const { quantity: size, price: paid, side: way } of fills) {
    const traded = way === 'BUY' ? quantity(size) : negate(quantity(size))
    filled = plus(filled, traded)
    value = plus(value, times(price(paid), traded, contract))
  }
  if (filled === 0n) return null
  const dearer = minus(average(value, filled, contract), against)
  return {
    price: formatPrice(against),
    perUnit: formatPrice(side === 'BUY' ? dearer : negate(dearer)),
    amount: formatMoney(costAbove(against, { value, filled, multiplier: contract })),
  }
}

/** Quantity and value are signed: what is sold is negative. */
export type Traded = {
  readonly value: Money
  readonly filled: Quantity
  readonly multiplier: bigint
}

/** What it cost more to trade than at that price, on either side; negative is better. */
export const costAbove = (against: Price, { value, filled, multiplier }: Traded): Money =>
  minus(value, times(against, filled, multiplier))
