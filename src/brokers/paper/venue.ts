import type { Money, Price, Quantity } from '../../core/amount.ts'
import {
  formatMoney,
  formatQuantity,
  minus,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  pointsOfPrice,
  priceOfPoints,
  smaller,
  times,
} from '../../core/amount.ts'
import type { ChargePlan } from '../../core/charges.ts'
import type { BrokerFunds, BrokerOrder, BrokerTrade } from '../../core/input.ts'
import type { Instrument, InstrumentId } from '../../core/instrument.ts'
import { exchangeOf } from '../../core/instrument.ts'
import type { BrokerOrderId, Tag, Terms } from '../../core/order.ts'
import { quantityClosed } from '../../core/position.ts'
import type { Instant } from '../../core/time.ts'
import { tradingDateOf } from '../../market/exchange.ts'
import type { Bar, MarketListener, Quote } from '../../market/feed.ts'
import type { VenueOrder } from './ledger.ts'
import { left, Ledger, rowOf } from './ledger.ts'
import type { Shelf } from './shelf.ts'

/** Of a bar's volume, as much as one participant could have had. */
const VOLUME_SHARE_PERCENT = 25
const UNIT = 100_000_000n

export type VenueNews = { readonly row: BrokerOrder } | { readonly trade: BrokerTrade }
export type VenueOptions = {
  readonly shelf: Shelf
  readonly plan: ChargePlan
  /** What the account has before its first trade. */
  readonly opening: readonly BrokerFunds[]
}
export type Refusal = { readonly code: string; readonly reason: string }

/** What can be had of one side of the market right now. */
type Offer = {
  readonly price: number
  /** Units still to be had; undefined where the source does not say. */
  size: Quantity | undefined
}

/**
 * A small exchange with a broker in front of it. It matches in whole points against quotes or
 * bars, and what it has answered is on its shelf first. A market order crosses the spread; against
 * bars, which show none, it pays one tick. A limit that is only touched does not trade: others
 * stood in the queue before it.
 */
export class Venue implements MarketListener {
  readonly #ledger: Ledger
  readonly #working = new Map<InstrumentId, Set<VenueOrder>>()
  readonly #last = new Map<InstrumentId, { readonly points: number; readonly decimals: number }>()
  /** Units of the bar in progress that can still be had. */
  readonly #budget = new Map<InstrumentId, Quantity | undefined>()
  #tell: (news: readonly VenueNews[]) => void = () => {}
  #news: VenueNews[] = []

  constructor({ shelf, plan, opening }: VenueOptions) {
    this.#ledger = new Ledger(shelf, plan, opening)
    for (const order of this.#ledger.orders.values()) {
      if (order.status === 'working') this.#enlist(order)
    }
  }

  /** Tells of orders that came or ended, and of trades; each once it is on the shelf. */
  onNews(tell: (news: readonly VenueNews[]) => void): void {
    this.#tell = tell
  }

  place(tag: Tag, terms: Terms, now: Instant): BrokerOrderId | Refusal {
    const checked = this.#check(terms)
    if (typeof checked !== 'bigint') return checked
    const order = this.#ledger.open({ tag, terms, placedAt: now, reserve: checked })
    this.#enlist(order)
    this.#saw(order)
    this.#publish()
    return order.brokerOrderId
  }

  cancel(id: BrokerOrderId, now: Instant): Refusal | undefined {
    const order = this.#ledger.orders.get(id)
    if (!order) return { code: 'NOT_FOUND', reason: `no order ${id}` }
    if (order.status !== 'working') {
      return { code: 'FINISHED', reason: `the order is ${order.status} already` }
    }
    this.#end(order, 'cancelled', 'cancelled on request', now)
    this.#publish()
    return undefined
  }

  /**
   * Ends the day whose last moment of trading was `now`: what works from before it expires, what
   * came in after it is for the next day, and what ended before `since` leaves the books.
   */
  endDay(exchange: string, now: Instant, since: Instant): void {
    for (const [id, orders] of this.#working) {
      if (exchangeOf(id) !== exchange) continue
      for (const order of orders) {
        if (order.placedAt < now) this.#end(order, 'expired', 'the day is over', now)
      }
    }
    this.#ledger.forget(since)
    this.#publish()
  }

  books(): {
    readonly orders: BrokerOrder[]
    readonly trades: BrokerTrade[]
    readonly positions: ReturnType<Ledger['positions']>
    readonly funds: BrokerFunds[]
  } {
    return {
      orders: [...this.#ledger.orders.values()].map(rowOf),
      trades: [...this.#ledger.trades.values()],
      positions: this.#ledger.positions(),
      funds: this.#ledger.funds(),
    }
  }

  quote(instrument: Instrument, quote: Quote): void {
    const { bid, ask, bidSize, askSize, at } = quote
    const { id, decimals } = instrument
    this.#last.set(id, { points: Math.round((bid + ask) / 2), decimals })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0 || bid > ask) return
    const asked: Offer = { price: ask, size: units(askSize) }
    const wanted: Offer = { price: bid, size: units(bidSize) }
    for (const order of orders) {
      const offer = isBuy(order) ? asked : wanted
      if (reaches(order, offer.price, decimals)) this.#trade(order, offer, { at, instrument })
    }
    this.#publish()
  }

  opened(instrument: Instrument, { at, open, volume }: Bar): void {
    const { id, decimals } = instrument
    this.#last.set(id, { points: open, decimals })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0) {
      this.#budget.delete(id)
      return
    }
    const lots = volume === undefined ? undefined : shareOf(volume, instrument)
    const offer: Offer = { price: open, size: lots }
    const tick = pointsOfPrice(instrument.tick, decimals)
    for (const order of orders) {
      if (!reaches(order, open, decimals)) continue
      const crossing = isBuy(order) ? open + tick : Math.max(1, open - tick)
      const price = order.terms.pricing.type === 'market' ? crossing : open
      const had: Offer = { price, size: offer.size }
      this.#trade(order, had, { at, instrument })
      offer.size = had.size
    }
    this.#budget.set(id, offer.size)
    this.#publish()
  }

  closed(instrument: Instrument, { high, low, close, volume }: Bar, at: Instant): void {
    const { id, decimals } = instrument
    this.#last.set(id, { points: close, decimals })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0) return
    let size = this.#budget.has(id)
      ? this.#budget.get(id)
      : volume === undefined
        ? undefined
        : shareOf(volume, instrument)
    for (const order of orders) {
      const { pricing } = order.terms
      if (pricing.type !== 'limit') continue // it came in during the bar: the next price is its
      const limit = pointsOfPrice(pricing.limit, decimals)
      if (isBuy(order) ? low >= limit : high <= limit) continue
      const offer: Offer = { price: limit, size }
      this.#trade(order, offer, { at, instrument })
      size = offer.size
    }
    this.#budget.delete(id)
    this.#publish()
  }

  #trade(order: VenueOrder, offer: Offer, where: Where): void {
    const wanted = left(order)
    const size = offer.size === undefined ? wanted : smaller(wanted, offer.size)
    if (size <= 0n) return
    if (offer.size !== undefined) offer.size = minus(offer.size, size)
    const { at, instrument } = where
    const date = tradingDateOf(instrument.exchange, at)
    const price = priceOfPoints(offer.price, instrument.decimals)
    const trade = this.#ledger.fill(order, { size, price, at, date })
    this.#news.push({ trade })
    if (order.status !== 'working') this.#working.get(instrument.id)!.delete(order)
  }

  #check(terms: Terms): Money | Refusal {
    const { instrument, product, quantity, currency, multiplier } = terms
    const held = plus(this.#ledger.held(terms), this.#claimed(terms))
    const closing = quantityClosed(held, quantity)
    const opening = minus(quantity, closing)
    if (product === 'CNC' && opening < 0n) {
      const has = formatQuantity(held > 0n ? held : NO_QUANTITY)
      return { code: 'HOLDINGS', reason: `only ${has} of ${instrument} are held to sell` }
    }
    if (opening === 0n) return NO_MONEY
    const price = this.#expected(terms)
    if (price === undefined) return { code: 'NO_MARKET', reason: `${instrument} has no price` }
    const size = opening < 0n ? minus(NO_QUANTITY, opening) : opening
    const needed = times(price, size, multiplier)
    const free = this.#ledger.free(currency)
    if (needed <= free) return needed
    const reason = `${formatMoney(needed)} ${currency} needed, ${formatMoney(free)} free`
    return { code: 'FUNDS', reason }
  }

  /** What working orders of the same side will already have closed. */
  #claimed({ instrument, product, quantity }: Terms): Quantity {
    let claimed = NO_QUANTITY
    for (const order of this.#working.get(instrument) ?? []) {
      if (order.terms.product !== product || order.terms.quantity > 0n !== quantity > 0n) continue
      claimed = plus(claimed, isBuy(order) ? left(order) : minus(NO_QUANTITY, left(order)))
    }
    return claimed
  }

  #expected({ pricing, instrument }: Terms): Price | undefined {
    if (pricing.type === 'limit') return pricing.limit
    const last = this.#last.get(instrument)
    return last && priceOfPoints(last.points, last.decimals)
  }

  #enlist(order: VenueOrder): void {
    const { instrument } = order.terms
    const orders = this.#working.get(instrument) ?? new Set()
    this.#working.set(instrument, orders.add(order))
  }

  #end(order: VenueOrder, status: BrokerOrder['status'], message: string, at: Instant): void {
    this.#ledger.end(order, status, message, at)
    this.#working.get(order.terms.instrument)?.delete(order)
    this.#saw(order)
  }

  #saw(order: VenueOrder): void {
    this.#news.push({ row: rowOf(order) })
  }

  /** On the shelf first, told afterwards. */
  #publish(): void {
    this.#ledger.commit()
    if (this.#news.length === 0) return
    const news = this.#news
    this.#news = []
    this.#tell(news)
  }
}

type Where = { readonly at: Instant; readonly instrument: Instrument }

const isBuy = ({ terms }: VenueOrder): boolean => terms.quantity > 0n

const units = (size: number | undefined): Quantity | undefined =>
  size === undefined ? undefined : ((BigInt(Math.floor(size)) * UNIT) as Quantity)

/** A share of the volume in whole lots. */
function shareOf(volume: number, { lot }: Instrument): Quantity {
  const had = (BigInt(Math.floor(volume)) * UNIT * BigInt(VOLUME_SHARE_PERCENT)) / 100n
  return ((had / lot) * lot) as Quantity
}

/** Whether the order would trade at that price. */
function reaches({ terms }: VenueOrder, price: number, decimals: number): boolean {
  const { pricing, quantity } = terms
  if (pricing.type === 'market') return true
  const limit = pointsOfPrice(pricing.limit, decimals)
  return quantity > 0n ? price <= limit : price >= limit
}
