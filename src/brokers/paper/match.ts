/**
 * At what price an order trades, in whole points. A market order crosses the spread; against bars,
 * which show none, it pays one tick. A limit that is only touched does not trade: others stood in
 * the queue before it. A stop is triggered by the middle of a quote, or by what a bar has shown; a
 * gap through it trades where the market is, not where the stop was. Market protection bounds an
 * order without a limit, which then rests there.
 */
import type { Price, Quantity } from '../../core/amount.ts'
import { pointsOfPrice, priceOfPoints } from '../../core/amount.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Terms } from '../../core/order.ts'
import { limitOf, triggerOf } from '../../core/order.ts'
import type { Bar, Quote } from '../../market/feed.ts'

/** What can be had at one moment. */
export type Moment = {
  readonly last: number
  /** What a market order pays and gets, and what a limit that lies beyond it does. */
  readonly crossing: { readonly buy: number; readonly sell: number }
  readonly resting: { readonly buy: number; readonly sell: number }
  readonly decimals: number
}

export type Stop = {
  readonly terms: Terms
  readonly triggered: boolean
  readonly worst: Price | undefined
}

export const momentOfQuote = ({ decimals }: Instrument, { bid, ask }: Quote): Moment => {
  const sides = { buy: ask, sell: bid }
  return { last: (bid + ask) / 2, crossing: sides, resting: sides, decimals }
}

export function momentOfOpen({ tick, decimals }: Instrument, { open }: Bar): Moment {
  const step = pointsOfPrice(tick, decimals)
  const crossing = { buy: open + step, sell: Math.max(1, open - step) }
  return { last: open, crossing, resting: { buy: open, sell: open }, decimals }
}

export const sideOf = ({ quantity }: Terms): 'buy' | 'sell' => (quantity > 0n ? 'buy' : 'sell')

export function isTriggered({ terms, triggered }: Stop, last: number, decimals: number): boolean {
  const trigger = triggerOf(terms.pricing)
  if (triggered || trigger === undefined) return true
  const at = pointsOfPrice(trigger, decimals)
  return terms.quantity > 0n ? last >= at : last <= at
}

/** Undefined: it does not trade now. */
export function priceNow(order: Stop, moment: Moment): number | undefined {
  const { terms } = order
  const { last, crossing, resting, decimals } = moment
  if (!isTriggered(order, last, decimals)) return undefined
  const limit = limitOf(terms.pricing)
  const bound = limit ?? order.worst
  const side = sideOf(terms)
  if (bound === undefined) return crossing[side]
  const worst = pointsOfPrice(bound, decimals)
  const price = resting[side]
  if (side === 'buy' ? price > worst : price < worst) return undefined
  if (limit !== undefined) return price
  return side === 'buy' ? Math.min(worst, crossing.buy) : Math.max(worst, crossing.sell)
}

/**
 * Over the rest of a bar, after its opening. A market order that came in during it is not filled:
 * the next price is its.
 */
export function priceWithin(
  order: Stop,
  bar: Bar,
  { tick, decimals }: Instrument,
): number | undefined {
  const { terms, triggered } = order
  const { pricing } = terms
  const trigger = triggerOf(pricing)
  const limit = limitOf(pricing)
  const isBuy = terms.quantity > 0n
  const worst = limit === undefined ? undefined : pointsOfPrice(limit, decimals)
  if (trigger !== undefined && !triggered) {
    if (!isTriggered(order, isBuy ? bar.high : bar.low, decimals)) return undefined
    const step = pointsOfPrice(tick, decimals)
    const at = pointsOfPrice(trigger, decimals) + (isBuy ? step : -step)
    if (worst === undefined) return Math.max(1, at)
    return isBuy ? Math.min(worst, at) : Math.max(worst, at)
  }
  if (worst === undefined) return resumed(order, bar, decimals)
  return (isBuy ? bar.low < worst : bar.high > worst) ? worst : undefined
}

/** A protected order rests in a bar that opened beyond its protection, and trades like a limit. */
function resumed({ terms, worst }: Stop, bar: Bar, decimals: number): number | undefined {
  if (worst === undefined) return undefined
  const at = pointsOfPrice(worst, decimals)
  if (terms.quantity > 0n) return bar.open > at && bar.low < at ? at : undefined
  return bar.open < at && bar.high > at ? at : undefined
}

/** The latest price, and the quote it comes from, if it does. */
export type Shown = {
  readonly points: number
  readonly instrument: Instrument
  readonly quote: Quote | undefined
}

/** What a market order would pay or get. */
export function crossingOf({ points, instrument, quote }: Shown, { quantity }: Terms): Price {
  const { decimals, tick } = instrument
  const side = quantity > 0n ? 1 : -1
  const quoted = quote && (side > 0 ? quote.ask : quote.bid)
  return priceOfPoints(quoted ?? points + side * pointsOfPrice(tick, decimals), decimals)
}

/** Of a bar's volume, as much as one participant could have had. */
const VOLUME_SHARE_PERCENT = 25
const UNIT = 100_000_000n

/** What a quote offers, in units; undefined where its source is silent. */
export const unitsOf = (size: number | undefined): Quantity | undefined =>
  size === undefined ? undefined : ((BigInt(Math.floor(size)) * UNIT) as Quantity)

/** A share of the volume in whole lots. */
export function shareOf(volume: number, { lot }: Instrument): Quantity {
  const had = (BigInt(Math.floor(volume)) * UNIT * BigInt(VOLUME_SHARE_PERCENT)) / 100n
  return ((had / lot) * lot) as Quantity
}
