import type { Money, Quantity } from '../../core/amount.ts'
import {
  absolute,
  formatQuantity,
  minus,
  pointsOfPrice,
  priceOfPoints,
  smaller,
} from '../../core/amount.ts'
import type { ChargePlan } from '../../core/charges.ts'
import type { BrokerFunds, BrokerOrder, BrokerTrade } from '../../core/input.ts'
import type { Instrument, InstrumentId } from '../../core/instrument.ts'
import { exchangeOf } from '../../core/instrument.ts'
import type { BrokerOrderId, Revision, Tag, Terms } from '../../core/order.ts'
import { limitOf, triggerOf } from '../../core/order.ts'
import type { Instant } from '../../core/time.ts'
import { later, MINUTE } from '../../core/time.ts'
import { tradingDateOf } from '../../market/exchange.ts'
import type { Bar, MarketListener, Quote } from '../../market/feed.ts'
import { Board } from './board.ts'
import type { VenueOrder } from './ledger.ts'
import { left, Ledger, rowOf } from './ledger.ts'
import type { Own, Refusal } from './margin.ts'
import { NOTHING_HELD, reserveFor } from './margin.ts'
import type { Moment, Shown } from './match.ts'
import {
  crossingOf,
  isTriggered,
  momentOfOpen,
  momentOfQuote,
  priceNow,
  priceWithin,
  shareOf,
  unitsOf,
} from './match.ts'
import type { Shelf } from './shelf.ts'

export type VenueNews = { readonly row: BrokerOrder } | { readonly trade: BrokerTrade }
export type VenueOptions = {
  readonly shelf: Shelf
  readonly plan: ChargePlan
  /** What the account has before its first trade. */
  readonly opening: readonly BrokerFunds[]
}

/** Units that can still be had, of each side or of both; undefined where the source is silent. */
type Sizes = { [side in 'buy' | 'sell' | 'both']?: Quantity | undefined }
type Offer = { readonly price: number; readonly sizes: Sizes }

/**
 * A small exchange with a broker in front of it. It matches in whole points against quotes or
 * bars (match.ts), and what it has answered is on its shelf first.
 */
export class Venue implements MarketListener {
  readonly #ledger: Ledger
  readonly #working = new Map<InstrumentId, Set<VenueOrder>>()
  readonly #last = new Map<InstrumentId, Shown>()
  /** Units of the bar in progress that can still be had. */
  readonly #budget = new Map<InstrumentId, Quantity | undefined>()
  readonly #news: Board

  constructor({ shelf, plan, opening }: VenueOptions) {
    this.#ledger = new Ledger(shelf, plan, opening)
    this.#news = new Board(this.#ledger)
    for (const order of this.#ledger.orders.values()) {
      if (order.status === 'working') this.#enlist(order)
    }
  }

  /** Tells of orders that came or ended, and of trades; each once it is on the shelf. */
  onNews(tell: (news: readonly VenueNews[]) => void): void {
    this.#news.onNews(tell)
  }

  onTrouble(tell: (trouble: string | undefined) => void): void {
    this.#news.onTrouble(tell)
  }

  get trouble(): string | undefined {
    return this.#news.trouble
  }

  place(tag: Tag | undefined, terms: Terms, now: Instant): BrokerOrderId | Refusal {
    const checked = this.#check(terms, NOTHING_HELD)
    if (typeof checked !== 'bigint') return checked
    const order = this.#ledger.open({ tag, terms, placedAt: now, reserve: checked })
    this.#enlist(order)
    this.#saw(order)
    this.#publish()
    return order.brokerOrderId
  }

  amend(id: BrokerOrderId, to: Revision): Refusal | undefined {
    const order = this.#ledger.orders.get(id)
    if (!order) return { code: 'NOT_FOUND', reason: `no order ${id}` }
    if (order.status !== 'working') {
      return { code: 'FINISHED', reason: `the order is ${order.status} already` }
    }
    if (absolute(to.quantity) <= absolute(order.filled)) {
      return { code: 'FILLED', reason: `${formatQuantity(absolute(order.filled))} are filled` }
    }
    const terms = { ...order.terms, ...to }
    const rest = { ...terms, quantity: minus(to.quantity, order.filled) }
    const checked = this.#check(rest, { size: left(order), reserve: order.reserve })
    if (typeof checked !== 'bigint') return checked
    this.#ledger.amend(order, terms, checked)
    this.#saw(order)
    this.#publish()
    return undefined
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

  /** Refuses what it had taken: a check behind the first one. */
  reject(id: BrokerOrderId, now: Instant): void {
    const order = this.#ledger.orders.get(id)
    if (order?.status !== 'working') return
    this.#end(order, 'rejected', 'refused after all', now)
    this.#publish()
  }

  /** Half of what is left of an order trades, at its own price or the last one. */
  tradePart(id: BrokerOrderId, instrument: Instrument, at: Instant): void {
    const order = this.#ledger.orders.get(id)
    const last = this.#last.get(instrument.id)
    if (order?.status !== 'working' || !last) return
    const limit = limitOf(order.terms.pricing)
    const price = limit === undefined ? last.points : pointsOfPrice(limit, instrument.decimals)
    const half = ((left(order) / 2n / instrument.lot) * instrument.lot) as Quantity
    this.#trade(order, { price, sizes: { both: half } }, { at, instrument })
    this.#publish()
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
    if (this.trouble !== undefined) this.#publish()
    const { bid, ask, bidSize, askSize, at } = quote
    const { id } = instrument
    this.#last.set(id, { points: Math.round((bid + ask) / 2), instrument, quote })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0 || bid > ask) return
    const sizes: Sizes = { buy: unitsOf(askSize), sell: unitsOf(bidSize) }
    this.#matchNow(orders, { at, instrument }, momentOfQuote(instrument, quote), sizes)
    this.#publish()
  }

  opened(instrument: Instrument, bar: Bar): void {
    const { at, open, volume } = bar
    const { id } = instrument
    this.#last.set(id, { points: open, instrument, quote: undefined })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0) {
      this.#budget.delete(id)
      return
    }
    const size = volume === undefined ? undefined : shareOf(volume, instrument)
    // A bar has one volume, and either side eats from it.
    const sizes: Sizes = { both: size }
    this.#matchNow(orders, { at, instrument }, momentOfOpen(instrument, bar), sizes)
    this.#budget.set(id, sizes.both)
    this.#publish()
  }

  #matchNow(orders: Set<VenueOrder>, where: Where, moment: Moment, sizes: Sizes): void {
    for (const order of orders) {
      if (this.#isOver(order, where.at)) continue
      this.#trigger(order, moment.last, moment.decimals)
      const price = priceNow(order, moment)
      if (price !== undefined) this.#trade(order, { price, sizes }, where)
      if (order.terms.validity !== 'ioc' || order.status !== 'working') continue
      this.#end(order, 'cancelled', 'immediate or cancel: the rest', where.at)
    }
  }

  /** Its minutes have passed. */
  #isOver(order: VenueOrder, at: Instant): boolean {
    const { validity } = order.terms
    if (typeof validity === 'string') return false
    if (at < later(order.placedAt, validity.minutes * MINUTE)) return false
    this.#end(order, 'expired', `its ${validity.minutes} minutes have passed`, at)
    return true
  }

  #trigger(order: VenueOrder, last: number, decimals: number): void {
    if (order.triggered || !isTriggered(order, last, decimals)) return
    this.#ledger.trigger(order)
    if (triggerOf(order.terms.pricing) !== undefined) this.#saw(order)
  }

  closed(instrument: Instrument, bar: Bar, at: Instant): void {
    const { close, volume } = bar
    const { id, decimals } = instrument
    this.#last.set(id, { points: close, instrument, quote: undefined })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0) return
    const whole = volume === undefined ? undefined : shareOf(volume, instrument)
    const sizes: Sizes = { both: this.#budget.has(id) ? this.#budget.get(id) : whole }
    for (const order of orders) {
      if (this.#isOver(order, at)) continue
      const price = priceWithin(order, bar, instrument)
      if (price === undefined) continue
      this.#trigger(order, order.terms.quantity > 0n ? bar.high : bar.low, decimals)
      this.#trade(order, { price, sizes }, { at, instrument })
    }
    this.#budget.delete(id)
    this.#publish()
  }

  #trade(order: VenueOrder, { price: points, sizes }: Offer, where: Where): void {
    const source = 'both' in sizes ? 'both' : isBuy(order) ? 'buy' : 'sell'
    const had = sizes[source]
    const wanted = left(order)
    const size = had === undefined ? wanted : smaller(wanted, had)
    if (size <= 0n) return
    if (had !== undefined) sizes[source] = minus(had, size)
    const { at, instrument } = where
    const date = tradingDateOf(instrument.exchange, at)
    const price = priceOfPoints(points, instrument.decimals)
    const trade = this.#ledger.fill(order, { size, price, at, date })
    this.#news.push({ trade })
    if (order.status !== 'working') this.#working.get(instrument.id)!.delete(order)
  }

  #check(terms: Terms, own: Own): Money | Refusal {
    const working = this.#working.get(terms.instrument) ?? []
    const last = this.#last.get(terms.instrument)
    const market = last && crossingOf(last, terms)
    return reserveFor(this.#ledger, terms, { working, market, own })
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

  #publish(): void {
    this.#news.publish()
  }
}

type Where = { readonly at: Instant; readonly instrument: Instrument }

const isBuy = ({ terms }: VenueOrder): boolean => terms.quantity > 0n
