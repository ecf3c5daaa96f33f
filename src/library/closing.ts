/** Closing what is held, by what both kinds of desk can do. */
import type { OrderView, PositionView } from '../core/view.ts'
import { BadRequest } from './errors.ts'
import type { Held, Once, Tallyman } from './tallyman.ts'

/** Legs of one symbol in one account: owners times products. */
const LEGS_MAX = 500

/**
 * The side is read here, the size decided by the desk as the order is placed: should the position
 * have turned in between, there is nothing to reduce, and nothing is opened.
 */
export async function closeHeld(
  desk: Pick<Tallyman, 'positions' | 'place'>,
  held: Held,
  once?: Once,
): Promise<OrderView> {
  const { symbol, account = 'paper', strategy } = held
  const { items } = await desk.positions({ account, symbol, limit: LEGS_MAX })
  const leg = theOne(items.filter((each) => isMeant(each, held)))
  const { exchange = held.exchange, product = held.product, quantity = '0' } = leg ?? {}
  const side = quantity.startsWith('-') ? 'BUY' : 'SELL'
  return desk.place(
    {
      account,
      symbol,
      exchange,
      product: product as Held['product'],
      strategy,
      side,
      type: 'MARKET',
      reduceOnly: true,
      slice: true,
      note: held.note,
      reason: held.reason,
    },
    once,
  )
}

function isMeant(leg: PositionView, { exchange, product, strategy }: Held): boolean {
  if (leg.quantity === '0') return false
  if (exchange !== undefined && leg.exchange !== exchange.toUpperCase()) return false
  if (product !== undefined && leg.product !== product) return false
  return leg.owner === (strategy === undefined ? 'manual' : `strategy:${strategy}`)
}

/** Undefined where nothing is held: the desk then says so. */
function theOne(legs: readonly PositionView[]): PositionView | undefined {
  const [leg, other] = legs
  if (!leg || !other) return leg
  const field = leg.exchange === other.exchange ? 'product' : 'exchange'
  const names = [...new Set(legs.map((each) => each[field]))].join(', ')
  throw new BadRequest({
    code: 'POSITION_NOT_CLEAR',
    detail: `${leg.symbol} is held under more than one ${field}: ${names}.`,
    field,
    value: null,
    remedy: `Name the ${field} to be closed.`,
  })
}
