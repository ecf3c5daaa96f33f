import type { Money, Price, Quantity } from './amount.ts'
import {
  absolute,
  minus,
  negate,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  share,
  smaller,
  times,
} from './amount.ts'
import { assert } from './brand.ts'

/**
 * What is held of one instrument, by average cost.
 *
 * The average price itself is not stored: it would have to be rounded, and the error would grow
 * with every fill. We keep what was paid (`cost`) and divide only when somebody looks.
 */
export type Position = {
  /** Long is positive, short is negative, flat is zero. */
  readonly quantity: Quantity
  /** Paid for the open quantity; negative when we were paid, as for a short. */
  readonly cost: Money
  /** Profit already taken, before charges. */
  readonly realized: Money
  /** All money that ever flowed in or out. Kept only to prove the other three right. */
  readonly cash: Money
}

export const FLAT: Position = {
  quantity: NO_QUANTITY,
  cost: NO_MONEY,
  realized: NO_MONEY,
  cash: NO_MONEY,
}

/** `traded` is signed: positive when bought, negative when sold. `multiplier`: contract size. */
export function trade(held: Position, traded: Quantity, at: Price, multiplier = 1n): Position {
  const closing = quantityClosed(held.quantity, traded)
  const released = closing === 0n ? NO_MONEY : share(held.cost, negate(closing), held.quantity)
  const proceeds = negate(times(at, closing, multiplier))
  const opening = minus(traded, closing)

  const after: Position = {
    quantity: plus(held.quantity, traded),
    cost: plus(minus(held.cost, released), times(at, opening, multiplier)),
    realized: plus(held.realized, minus(proceeds, released)),
    cash: minus(held.cash, times(at, traded, multiplier)),
  }
  assert(after.realized === after.cash + after.cost, 'realized = cash + cost')
  assert(after.quantity !== 0n || after.cost === 0n, 'a flat position costs nothing')
  return after
}

/** A quantity that came or went without a trade, with what it counts as: no profit, no cash. */
export function carry(held: Position, moved: Quantity, cost: Money): Position {
  const after: Position = {
    quantity: plus(held.quantity, moved),
    cost: plus(held.cost, cost),
    realized: held.realized,
    cash: minus(held.cash, cost),
  }
  assert(after.quantity !== 0n || after.cost === 0n, 'a flat position costs nothing')
  return after
}

/**
 * What `moved` counts as where it arrives: what it closes goes at the average of what is held, so
 * that nothing is won or lost by it; the rest brings its own share of `cost`.
 */
export function carriedCost(held: Position, moved: Quantity, cost: Money): Money {
  const closing = quantityClosed(held.quantity, moved)
  const opening = minus(moved, closing)
  const released = closing === 0n ? NO_MONEY : share(held.cost, closing, held.quantity)
  return opening === 0n ? released : plus(released, share(cost, opening, moved))
}

/**
 * The part of `traded` that reduces `held`; the rest opens, and opens the other way in a reversal.
 */
export function quantityClosed(held: Quantity, traded: Quantity): Quantity {
  const opposite = (held > 0n && traded < 0n) || (held < 0n && traded > 0n)
  if (!opposite) return NO_QUANTITY
  const size = smaller(absolute(held), absolute(traded))
  return traded < 0n ? negate(size) : size
}
