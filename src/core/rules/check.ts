/** What is wrong with an order by itself, whatever the account holds. */
import type { Price, Quantity } from '../amount.ts'
import { formatPrice, formatQuantity, isOnGrid, minus } from '../amount.ts'
import type { DenialCode, Refusal } from '../denial.ts'
import { deny } from '../denial.ts'
import type { Instrument, Product } from '../instrument.ts'
import type { Pricing, Side, Ticket, Validity } from '../order.ts'
import { limitOf, triggerOf } from '../order.ts'

/** `parts`: as many orders as it may be cut into. */
export function wrongQuantity(
  size: Quantity,
  instrument: Instrument,
  parts = 1,
): Refusal | undefined {
  const { lot } = instrument
  if (size <= 0n) return deny('QUANTITY_NOT_POSITIVE', { quantity: formatQuantity(size) })
  if (!isOnGrid(size, lot)) {
    const facts = { lot: formatQuantity(lot), quantity: formatQuantity(size) }
    return deny('QUANTITY_NOT_A_LOT', facts)
  }
  const most = largestLots(instrument)
  if (most === undefined || size <= most * BigInt(parts)) return undefined
  const facts = { freeze: formatQuantity(instrument.freeze!), quantity: formatQuantity(size) }
  return deny('QUANTITY_ABOVE_FREEZE', parts > 1 ? { ...facts, slices: String(parts) } : facts)
}

/** The largest multiple of the lot that the exchange takes in one order. */
export const largestLots = ({ freeze, lot }: Instrument): Quantity | undefined =>
  freeze === undefined ? undefined : minus(freeze, (freeze % lot) as Quantity)

export function wrongProduct(product: Product, { products }: Instrument): Refusal | undefined {
  if (products.includes(product)) return undefined
  return deny('PRODUCT_NOT_OFFERED', { product, offered: products.join(',') })
}

type Priced = Pick<Ticket, 'type' | 'price' | 'trigger' | 'side'>

/**
 * A MARKET or SL-M order may carry a price, the caller's reference: it is kept, and never sent.
 */
export function pricingOf(
  asked: Priced,
  instrument: Instrument,
  last: Price | undefined,
): Refusal | Pricing {
  const { type, price, trigger } = asked
  const hasTrigger = type === 'sl' || type === 'sl-m'
  if (hasTrigger && trigger === undefined) return deny('TRIGGER_MISSING', { type: nameOf(type) })
  if (!hasTrigger && trigger !== undefined) {
    return deny('TRIGGER_NOT_ALLOWED', { type: nameOf(type), trigger: formatPrice(trigger) })
  }
  if (price === undefined && (type === 'limit' || type === 'sl')) {
    return deny('PRICE_MISSING', { type: nameOf(type) })
  }
  if (price !== undefined && price <= 0n) {
    return deny('PRICE_NOT_POSITIVE', { price: formatPrice(price) })
  }
  const pricing = shaped(type, price, trigger)
  return wrongPrices(pricing, instrument) ?? wrongRelation(pricing, asked.side, last) ?? pricing
}

const nameOf = (type: Pricing['type']): string => type.toUpperCase()

function shaped(
  type: Pricing['type'],
  price: Price | undefined,
  trigger: Price | undefined,
): Pricing {
  switch (type) {
    case 'market':
      return { type }
    case 'limit':
      return { type, limit: price! }
    case 'sl':
      return { type, trigger: trigger!, limit: price! }
    case 'sl-m':
      return { type, trigger: trigger! }
  }
}

function wrongPrices(pricing: Pricing, instrument: Instrument): Refusal | undefined {
  const { tick, band } = instrument
  const limit = limitOf(pricing)
  const trigger = triggerOf(pricing)
  if (trigger !== undefined && trigger <= 0n) {
    return deny('TRIGGER_NOT_POSITIVE', { trigger: formatPrice(trigger) })
  }
  if (limit !== undefined && !isOnGrid(limit, tick)) {
    return deny('PRICE_NOT_ON_TICK', { tick: formatPrice(tick), price: formatPrice(limit) })
  }
  if (trigger !== undefined && !isOnGrid(trigger, tick)) {
    return deny('TRIGGER_NOT_ON_TICK', { tick: formatPrice(tick), trigger: formatPrice(trigger) })
  }
  if (!band) return undefined
  return outsideBand(limit, instrument) ?? outsideBand(trigger, instrument)
}

function outsideBand(at: Price | undefined, { band }: Instrument): Refusal | undefined {
  if (at === undefined || !band || (at >= band.low && at <= band.high)) return undefined
  const { low, high } = band
  const facts = { price: formatPrice(at), low: formatPrice(low), high: formatPrice(high) }
  return deny('PRICE_OUTSIDE_BAND', facts)
}

/** A stop waits on the far side of the market, and must be able to trade once it is triggered. */
function wrongRelation(pricing: Pricing, side: Side, last: Price | undefined): Refusal | undefined {
  const trigger = triggerOf(pricing)
  if (trigger === undefined) return undefined
  const limit = limitOf(pricing)
  const wrong = (code: DenialCode, name: string, at: Price): Refusal =>
    deny(code, { side: side.toUpperCase(), trigger: formatPrice(trigger), [name]: formatPrice(at) })
  if (limit !== undefined && (side === 'buy' ? limit < trigger : limit > trigger)) {
    return wrong('LIMIT_BEHIND_TRIGGER', 'price', limit)
  }
  if (last !== undefined && (side === 'buy' ? trigger <= last : trigger >= last)) {
    return wrong('TRIGGER_ALREADY_REACHED', 'last', last)
  }
  return undefined
}

type Shown = {
  readonly validity: Validity
  readonly disclosed: Quantity | undefined
  readonly pricing: Pricing
}

export function wrongValidity(shown: Shown, size: Quantity, lot: Quantity): Refusal | undefined {
  const { validity, disclosed, pricing } = shown
  if (validity === 'ioc' && (triggerOf(pricing) !== undefined || disclosed !== undefined)) {
    return deny('VALIDITY_NOT_POSSIBLE', { validity: 'IOC', type: nameOf(pricing.type) })
  }
  if (disclosed === undefined) return undefined
  if (disclosed > 0n && disclosed <= size && isOnGrid(disclosed, lot)) return undefined
  const facts = { disclosed: formatQuantity(disclosed), quantity: formatQuantity(size) }
  return deny('DISCLOSED_OUT_OF_RANGE', facts)
}

/**
 * What one unit is expected to cost: the worst it may where it says so, else the market, else what
 * the caller had in mind.
 */
export function expectedPrice(
  pricing: Pricing,
  last: Price | undefined,
  reference: Price | undefined,
): Price | undefined {
  return limitOf(pricing) ?? triggerOf(pricing) ?? last ?? reference
}
