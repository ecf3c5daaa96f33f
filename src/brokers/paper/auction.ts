/**
 * A closing auction, simply modelled. While the calendar says one is on, nothing trades as prices
 * come; when it is over everything that crosses trades at the last price, whole, and the rest is
 * cancelled. When it begins, the exchange cancels what cannot be in it.
 */
import type { Price } from '../../core/amount.ts'
import { pointsOfPrice, priceOfPoints } from '../../core/amount.ts'
import type { Instrument, InstrumentId } from '../../core/instrument.ts'
import type { Terms } from '../../core/order.ts'
import { limitOf } from '../../core/order.ts'
import type { Instant } from '../../core/time.ts'
import type { Calendar } from '../../market/calendar.ts'
import type { VenueOrder } from './rows.ts'
import type { Refusal } from './margin.ts'

/** An auction that is on, and its latest price. */
export type Auction = {
  readonly instrument: Instrument
  readonly points: number
  readonly at: Instant
}

export class Auctions {
  readonly #calendar: Calendar | undefined
  readonly #on = new Map<InstrumentId, Auction>()

  constructor(calendar: Calendar | undefined) {
    this.#calendar = calendar
  }

  /** Only shares with derivatives have one, so that for all others no calendar is asked. */
  isAt({ exchange, sessions }: Instrument, at: Instant): boolean {
    if (this.#calendar === undefined || sessions !== 'cash-auction') return false
    return this.#calendar.phaseAt(exchange, sessions, at)?.phase === 'closing-auction'
  }

  /** Whether this price is the first of an auction. */
  goesOn(auction: Auction): boolean {
    const { id } = auction.instrument
    const isNew = !this.#on.has(id)
    this.#on.set(id, auction)
    return isNew
  }

  /** The auction that is over with this moment, once. */
  endedBy(instrument: Instrument, at: Instant): Auction | undefined {
    const auction = this.#on.get(instrument.id)
    if (auction === undefined || this.isAt(instrument, at)) return undefined
    this.#on.delete(instrument.id)
    return auction
  }

  /** Those of the day that is over, whatever the clock says: their prices have ended. */
  endDay(exchange: string, now: Instant): Auction[] {
    const over = [...this.#on.values()].filter(
      ({ instrument, at }) => instrument.exchange === exchange && at <= now,
    )
    for (const { instrument } of over) this.#on.delete(instrument.id)
    return over
  }

  /** Why an order does not go into the auction of that moment. */
  whyRefused(instrument: Instrument, terms: Terms, at: Instant): Refusal | undefined {
    if (!this.isAt(instrument, at)) return undefined
    const { validity, disclosed, pricing } = terms
    const isPlain = validity !== 'ioc' && disclosed === undefined
    const why = this.#calendar?.whyRefused(instrument, pricing.type, at)
    if (why === undefined && isPlain) return undefined
    const reason = why ?? 'no IOC or disclosed quantity in the closing auction'
    return { code: 'AUCTION', reason }
  }
}

/** What the exchange cancels as it begins: a stop that was triggered is none any more. */
export const cannotGoOn = ({ terms, triggered }: VenueOrder): boolean =>
  !triggered || terms.disclosed !== undefined || terms.validity === 'ioc'

/** The one price of the auction, on the tick nearest to the last. */
export function auctionPrice({ instrument, points }: Auction): number {
  const step = pointsOfPrice(instrument.tick, instrument.decimals)
  return Math.max(1, Math.round(points / step)) * step
}

export function crosses(order: VenueOrder, points: number, { decimals }: Instrument): boolean {
  const bound: Price | undefined = limitOf(order.terms.pricing) ?? order.worst
  if (bound === undefined) return true
  const price = priceOfPoints(points, decimals)
  return order.terms.quantity > 0n ? price <= bound : price >= bound
}
