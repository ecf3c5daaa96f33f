/** What the venue has of an order and of a holding, and how its books show them. */
import type { Money, Price, Quantity } from '../../core/amount.ts'
import { absolute, average, minus } from '../../core/amount.ts'
import type { BrokerOrder, BrokerPosition } from '../../core/input.ts'
import type { BrokerOrderId, ExchangeOrderId, Tag, Terms } from '../../core/order.ts'
import type { Position } from '../../core/position.ts'
import type { Instant } from '../../core/time.ts'

/** An order as the venue has it. */
export type VenueOrder = {
  readonly brokerOrderId: BrokerOrderId
  readonly exchangeOrderId: ExchangeOrderId
  readonly tag: Tag | undefined
  terms: Terms
  readonly placedAt: Instant
  /** Set aside for what is unfilled; free again when it ends. */
  reserve: Money
  /** Market protection: an order without a limit trades no further than this, once it is known. */
  worst: Price | undefined
  /** The market has reached its trigger; always, for an order that has none. */
  triggered: boolean
  filled: Quantity
  value: Money
  charged: Money
  status: BrokerOrder['status']
  message: string
  /** When it ended, if it has. */
  endedAt: Instant | undefined
}

/** Its kind and currency are missing where an older version put it on the shelf. */
export type Holding = Pick<Terms, 'instrument' | 'product'> &
  Partial<Pick<Terms, 'group' | 'currency' | 'multiplier'>> & {
    readonly position: Position
    /** Delivered: what of it was there when the exchange's day last ended. */
    readonly settled?: Quantity
  }

export function shown(holding: Holding, quantity: Quantity): BrokerPosition {
  const { instrument, product, currency, multiplier = 1n, position } = holding
  const { quantity: held, cost } = position
  const mean = held === 0n ? undefined : average(cost, held, multiplier)
  return { instrument, product, quantity, average: mean, currency, multiplier }
}

export const rowOf = (order: VenueOrder): BrokerOrder => ({
  brokerOrderId: order.brokerOrderId,
  tag: order.tag,
  exchangeOrderId: order.exchangeOrderId,
  instrument: order.terms.instrument,
  quantity: order.terms.quantity,
  pricing: order.terms.pricing,
  filled: order.filled,
  status: order.status,
  placedAt: order.placedAt,
  message: order.message,
})

export const left = ({ terms, filled }: VenueOrder): Quantity =>
  minus(absolute(terms.quantity), absolute(filled))
