/**
 * What an open position binds of its owner's cash: a fixed part of its value when it was opened.
 * A simple model, not the exchange's: it does not follow prices or hedges, and gives no leverage in
 * shares. docs/paper-broker.md says what real brokers do otherwise.
 */
import type { Money, Rate } from './amount.ts'
import { absolute, charge, minus, rate } from './amount.ts'
import type { Group } from './instrument.ts'

const WHOLE = rate('1')

/**
 * Of a sold option the premium is multiplied: what is at stake is the underlying, whose price its
 * terms do not tell.
 */
const MARGINS: Readonly<Record<Group, { readonly long: Rate; readonly short: Rate }>> = {
  equity: { long: WHOLE, short: WHOLE },
  futures: { long: rate('0.2'), short: rate('0.2') },
  options: { long: WHOLE, short: rate('10') },
  fx: { long: WHOLE, short: WHOLE },
}

/** `value` is signed: what is sold short is negative. A group nobody told counts whole. */
export function marginOf(group: Group | undefined, value: Money): Money {
  const of = group === undefined ? WHOLE : MARGINS[group][value < 0n ? 'short' : 'long']
  return of === WHOLE ? absolute(value) : charge(absolute(value), of)
}

/**
 * By how much less cash is free than there is. A trade moves its whole value in cash, so a long
 * future gives back what it does not bind, and a short position keeps its proceeds from use.
 */
export const lockedBy = (group: Group | undefined, cost: Money): Money =>
  minus(marginOf(group, cost), cost)
