/** How well an order was carried out. */
import type { Price } from './amount.ts'
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
  if (against === undefined || fills.length === 0) return null
  const contract = BigInt(multiplier)
  let filled = NO_QUANTITY
  let value = NO_MONEY
  for (const fill of fills) {
    const size = quantity(fill.quantity)
    filled = plus(filled, size)
    value = plus(value, times(price(fill.price), size, contract))
  }
  const dearer = minus(average(value, filled, contract), against)
  const cost = minus(value, times(against, filled, contract))
  const [perUnit, amount] = side === 'BUY' ? [dearer, cost] : [negate(dearer), negate(cost)]
  return {
    price: formatPrice(against),
    perUnit: formatPrice(perUnit),
    amount: formatMoney(amount),
  }
}
