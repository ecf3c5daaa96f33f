import type { Quantity, Rate } from '../../core/amount.ts'
import {
  around,
  minus,
  NO_QUANTITY,
  pointsOfPrice,
  priceOfPoints,
  smaller,
} from '../../core/amount.ts'
import type { BrokerOrder } from '../../core/input.ts'
import type { Instrument, InstrumentId } from '../../core/instrument.ts'
import { exchangeOf } from '../../core/instrument.ts'
import { limitOf, triggerOf } from '../../core/order.ts'
import type { Instant } from '../../core/time.ts'
import { later, MINUTE } from '../../core/time.ts'
import type { Calendar } from '../../market/calendar.ts'
import { tradingDateOf } from '../../market/exchange.ts'
import type { Bar, MarketListener, Quote } from '../../market/feed.ts'
import type { Auction } from './auction.ts'
import { auctionPrice, Auctions, cannotGoOn, crosses } from './auction.ts'
import type { Board } from './board.ts'
import type { Ledger } from './ledger.ts'
import type { VenueOrder } from './rows.ts'
import { left, rowOf } from './rows.ts'
import type { Moment, Shown } from './match.ts'
import {
  crossingOf,
  isTriggered,
  momentOfOpen,
  momentOfQuote,
  priceNow,
  priceWithin,
  shareOf,
  sideOf,
  unitsOf,
} from './match.ts'

/** Units that can still be had, of each side or of both; undefined where the source is silent. */
type Sizes = { [side in 'buy' | 'sell' | 'both']?: Quantity | undefined }
type Offer = { readonly price: number; readonly sizes: Sizes }
type Where = { readonly at: Instant; readonly instrument: Instrument }

export type FloorRules = {
  /** Those whose bands hold before their first price; of the others it learns from the feed. */
  readonly instruments?: readonly Instrument[]
  /** Undefined: no exchange is known to hold auctions. */
  readonly calendar?: Calendar | undefined
  /** How far a market order may trade from the price it met; undefined: as far as it takes. */
  readonly protection?: Rate | undefined
}

/** Where orders meet prices: those that work, the latest prices, and who trades with what. */
export class Floor implements MarketListener {
  readonly #ledger: Ledger
  readonly #news: Board
  readonly #protection: Rate | undefined
  readonly #auctions: Auctions
  readonly #instruments: Map<InstrumentId, Instrument>
  readonly #working = new Map<InstrumentId, Set<VenueOrder>>()
  readonly #last = new Map<InstrumentId, Shown>()
  /** Units of the bar in progress that can still be had. */
  readonly #budget = new Map<InstrumentId, Quantity | undefined>()

  constructor(ledger: Ledger, news: Board, rules: FloorRules) {
    this.#ledger = ledger
    this.#news = news
    this.#protection = rules.protection
    this.#auctions = new Auctions(rules.calendar)
    this.#instruments = new Map(rules.instruments?.map((each) => [each.id, each]))
    for (const order of ledger.orders.values()) {
      if (order.status === 'working') this.enlist(order)
    }
  }

  get auctions(): Auctions {
    return this.#auctions
  }

  /** The feed knows it as it is today. */
  instrument(id: InstrumentId): Instrument | undefined {
    return this.#last.get(id)?.instrument ?? this.#instruments.get(id)
  }

  working(id: InstrumentId): Iterable<VenueOrder> {
    return this.#working.get(id) ?? []
  }

  last(id: InstrumentId): Shown | undefined {
    return this.#last.get(id)
  }

  enlist(order: VenueOrder): void {
    const { instrument } = order.terms
    const orders = this.#working.get(instrument) ?? new Set()
    this.#working.set(instrument, orders.add(order))
  }

  /** It has come in, or was changed, and meets the latest price: its protection counts from it. */
  meet(order: VenueOrder, at: Instant): void {
    const shown = this.#last.get(order.terms.instrument)
    if (!shown) return
    const { instrument, points } = shown
    const met = pointsOfPrice(crossingOf(shown, order.terms), instrument.decimals)
    if (order.triggered) this.#protect(order, instrument, met)
    this.#isInAuction({ instrument, points, at })
  }

  end(order: VenueOrder, status: BrokerOrder['status'], message: string, at: Instant): void {
    this.#ledger.end(order, status, message, at)
    this.#working.get(order.terms.instrument)?.delete(order)
    this.saw(order)
  }

  saw(order: VenueOrder): void {
    this.#news.push({ row: rowOf(order) })
  }

  /** What works from before `now` expires; an auction that no later price ended is over too. */
  endDay(exchange: string, now: Instant): void {
    for (const auction of this.#auctions.endDay(exchange, now)) this.#settle(auction, auction.at)
    for (const [id, orders] of this.#working) {
      if (exchangeOf(id) !== exchange) continue
      for (const order of orders) {
        if (order.placedAt < now) this.end(order, 'expired', 'the day is over', now)
      }
    }
  }

  /** Half of what is left of an order trades, at its own price or the last one. */
  tradePart(order: VenueOrder, instrument: Instrument, at: Instant): void {
    const last = this.#last.get(instrument.id)
    if (!last) return
    const limit = limitOf(order.terms.pricing)
    const price = limit === undefined ? last.points : pointsOfPrice(limit, instrument.decimals)
    const half = ((left(order) / 2n / instrument.lot) * instrument.lot) as Quantity
    this.#trade(order, { price, sizes: { both: half } }, { at, instrument })
  }

  quote(instrument: Instrument, quote: Quote): void {
    const { bid, ask, bidSize, askSize, at } = quote
    const { id } = instrument
    this.#endAuction(instrument, at)
    const points = Math.round((bid + ask) / 2)
    this.#last.set(id, { points, instrument, quote })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0) return
    if (!this.#isInAuction({ instrument, points, at }) && bid <= ask) {
      const sizes: Sizes = { buy: unitsOf(askSize), sell: unitsOf(bidSize) }
      this.#matchNow(orders, { at, instrument }, momentOfQuote(instrument, quote), sizes)
    }
    this.#news.publish()
  }

  opened(instrument: Instrument, bar: Bar): void {
    const { at, open, volume } = bar
    const { id } = instrument
    this.#endAuction(instrument, at)
    this.#last.set(id, { points: open, instrument, quote: undefined })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0) {
      this.#budget.delete(id)
      return
    }
    if (this.#isInAuction({ instrument, points: open, at })) return this.#news.publish()
    const size = volume === undefined ? undefined : shareOf(volume, instrument)
    // A bar has one volume, and either side eats from it.
    const sizes: Sizes = { both: size }
    this.#matchNow(orders, { at, instrument }, momentOfOpen(instrument, bar), sizes)
    this.#budget.set(id, sizes.both)
    this.#news.publish()
  }

  closed(instrument: Instrument, bar: Bar, at: Instant): void {
    const { id } = instrument
    this.#last.set(id, { points: bar.close, instrument, quote: undefined })
    const orders = this.#working.get(id)
    if (!orders || orders.size === 0) return
    if (!this.#isInAuction({ instrument, points: bar.close, at: bar.at })) {
      this.#matchWithin(orders, { at, instrument }, bar)
    }
    this.#budget.delete(id)
    this.#endAuction(instrument, at)
    this.#news.publish()
  }

  #matchNow(orders: Set<VenueOrder>, where: Where, moment: Moment, sizes: Sizes): void {
    for (const order of orders) {
      if (this.#isOver(order, where.at)) continue
      const met = moment.crossing[sideOf(order.terms)]
      if (isTriggered(order, moment.last, moment.decimals)) this.#trigger(order, where, met)
      const price = priceNow(order, moment)
      if (price !== undefined) this.#trade(order, { price, sizes }, where)
      if (order.terms.validity !== 'ioc' || order.status !== 'working') continue
      this.end(order, 'cancelled', 'immediate or cancel: the rest', where.at)
    }
  }

  #matchWithin(orders: Set<VenueOrder>, where: Where, bar: Bar): void {
    const { instrument, at } = where
    const { id, decimals } = instrument
    const whole = bar.volume === undefined ? undefined : shareOf(bar.volume, instrument)
    const sizes: Sizes = { both: this.#budget.has(id) ? this.#budget.get(id) : whole }
    for (const order of orders) {
      if (this.#isOver(order, at)) continue
      const price = priceWithin(order, bar, instrument)
      if (price === undefined) continue
      const reached = order.terms.quantity > 0n ? bar.high : bar.low
      if (isTriggered(order, reached, decimals)) this.#trigger(order, where, price)
      this.#trade(order, { price, sizes }, where)
    }
  }

  /** Its minutes have passed. */
  #isOver(order: VenueOrder, at: Instant): boolean {
    const { validity } = order.terms
    if (typeof validity === 'string') return false
    if (at < later(order.placedAt, validity.minutes * MINUTE)) return false
    this.end(order, 'expired', `its ${validity.minutes} minutes have passed`, at)
    return true
  }

  #trigger(order: VenueOrder, { instrument }: Where, met: number): void {
    this.#protect(order, instrument, met)
    if (order.triggered) return
    this.#ledger.trigger(order)
    if (triggerOf(order.terms.pricing) !== undefined) this.saw(order)
  }

  #protect(order: VenueOrder, { tick, decimals }: Instrument, met: number): void {
    if (this.#protection === undefined || order.worst !== undefined) return
    if (limitOf(order.terms.pricing) !== undefined) return
    const [low, high] = around(priceOfPoints(met, decimals), this.#protection, tick)
    this.#ledger.protect(order, order.terms.quantity > 0n ? high : low)
  }

  /** At one moment no more than what the order shows, and nothing beyond the day's band. */
  #trade(order: VenueOrder, { price: points, sizes }: Offer, where: Where): void {
    const { at, instrument } = where
    const price = priceOfPoints(points, instrument.decimals)
    const { band } = instrument
    if (band && (price < band.low || price > band.high)) return
    const source = 'both' in sizes ? 'both' : sideOf(order.terms)
    const had = sizes[source]
    const shown = smaller(left(order), order.terms.disclosed ?? left(order))
    const size = had === undefined ? shown : smaller(shown, had)
    if (size <= NO_QUANTITY) return
    if (had !== undefined) sizes[source] = minus(had, size)
    const date = tradingDateOf(instrument.exchange, at)
    const trade = this.#ledger.fill(order, { size, price, at, date })
    this.#news.push({ trade })
    if (order.status !== 'working') this.#working.get(instrument.id)!.delete(order)
  }

  /** Its orders wait for the one price; with the first of its prices some are cancelled. */
  #isInAuction(auction: Auction): boolean {
    const { instrument, at } = auction
    if (!this.#auctions.isAt(instrument, at)) return false
    const begins = this.#auctions.goesOn(auction)
    for (const order of this.working(instrument.id)) {
      if (this.#isOver(order, at) || !begins || !cannotGoOn(order)) continue
      this.end(order, 'cancelled', 'the closing auction takes no such orders', at)
    }
    return true
  }

  #endAuction(instrument: Instrument, at: Instant): void {
    const auction = this.#auctions.endedBy(instrument, at)
    if (!auction) return
    this.#settle(auction, at)
    this.#news.publish()
  }

  #settle(auction: Auction, at: Instant): void {
    const { instrument } = auction
    const price = auctionPrice(auction)
    for (const order of this.working(instrument.id)) {
      if (order.triggered && crosses(order, price, instrument)) {
        this.#trade(order, { price, sizes: {} }, { at, instrument })
      }
      if (order.status !== 'working') continue
      this.end(order, 'cancelled', 'the closing auction is over', at)
    }
  }
}
