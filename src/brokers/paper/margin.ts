/**
 * What the venue sets aside for an order: the margin of what it opens (core/margin.ts, by which our
 * own books count too), and nothing for what it closes.
 */
import type { Money, Price, Quantity } from '../../core/amount.ts'
import {
  formatMoney,
  formatQuantity,
  minus,
  negate,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  times,
} from '../../core/amount.ts'
import { marginOf } from '../../core/margin.ts'
import type { Terms } from '../../core/order.ts'
import { limitOf, triggerOf } from '../../core/order.ts'
import { quantityClosed } from '../../core/position.ts'
import type { Ledger } from './ledger.ts'
import type { VenueOrder } from './rows.ts'
import { left } from './rows.ts'

export type Refusal = { readonly code: string; readonly reason: string }
/** What an order that is being changed has already. */
export type Own = { readonly size: Quantity; readonly reserve: Money }
export const NOTHING_HELD: Own = { size: NO_QUANTITY, reserve: NO_MONEY }

type Around = {
  /** Orders that work in the same instrument. */
  readonly working: Iterable<VenueOrder>
  /** What a market order would pay now. */
  readonly market: Price | undefined
  readonly own: Own
}

export function reserveFor(ledger: Ledger, terms: Terms, around: Around): Money | Refusal {
  const { instrument, product, group, quantity, currency, multiplier } = terms
  const { own, market } = around
  const others = minus(claimed(around, terms), quantity > 0n ? own.size : negate(own.size))
  const held = plus(ledger.held(terms), others)
  const opening = minus(quantity, quantityClosed(held, quantity))
  if (product === 'CNC' && opening < 0n) {
    const has = formatQuantity(held > 0n ? held : NO_QUANTITY)
    return { code: 'HOLDINGS', reason: `only ${has} of ${instrument} are held to sell` }
  }
  if (opening === 0n) return NO_MONEY
  const price = limitOf(terms.pricing) ?? triggerOf(terms.pricing) ?? market
  if (price === undefined) return { code: 'NO_MARKET', reason: `${instrument} has no price` }
  const needed = marginOf(group, times(price, opening, multiplier))
  const free = plus(ledger.free(currency), own.reserve)
  if (needed <= free) return needed
  const reason = `${formatMoney(needed)} ${currency} needed, ${formatMoney(free)} free`
  return { code: 'FUNDS', reason }
}

/** What working orders of the same side will already have closed. */
function claimed({ working }: Around, { product, quantity }: Terms): Quantity {
  let sum = NO_QUANTITY
  for (const order of working) {
    if (order.terms.product !== product || order.terms.quantity > 0n !== quantity > 0n) continue
    sum = plus(sum, quantity > 0n ? left(order) : negate(left(order)))
  }
  return sum
}
