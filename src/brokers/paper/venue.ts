import type { Money } from '../../core/amount.ts'
import { absolute, formatPrice, formatQuantity, minus } from '../../core/amount.ts'
import type { ChargePlan } from '../../core/charges.ts'
import type { BrokerFunds, BrokerOrder, BrokerPosition, BrokerTrade } from '../../core/input.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { BrokerOrderId, Revision, Tag, Terms } from '../../core/order.ts'
import { limitOf, triggerOf } from '../../core/order.ts'
import type { Instant } from '../../core/time.ts'
import type { Bar, MarketListener, Quote } from '../../market/feed.ts'
import { Board } from './board.ts'
import type { FloorRules } from './floor.ts'
import { Floor } from './floor.ts'
import { Ledger } from './ledger.ts'
import { left, rowOf } from './rows.ts'
import type { Own, Refusal } from './margin.ts'
import { NOTHING_HELD, reserveFor } from './margin.ts'
import { crossingOf } from './match.ts'
import type { Shelf } from './shelf.ts'

export type VenueNews = { readonly row: BrokerOrder } | { readonly trade: BrokerTrade }
/** What the venue shows of itself; while nothing changes, the very same rows. */
export type VenueBooks = {
  readonly orders: readonly BrokerOrder[]
  readonly trades: readonly BrokerTrade[]
  readonly positions: readonly BrokerPosition[]
  readonly holdings: readonly BrokerPosition[]
  readonly funds: readonly BrokerFunds[]
}
export type VenueOptions = FloorRules & {
  readonly shelf: Shelf
  readonly plan: ChargePlan
  /** What the account has before its first trade. */
  readonly opening: readonly BrokerFunds[]
}

/**
 * A small exchange with a broker in front of it. What it has answered is on its shelf first;
 * floor.ts is where orders trade, and docs/paper-broker.md states the whole model.
 */
export class Venue implements MarketListener {
  readonly #ledger: Ledger
  readonly #news: Board
  readonly #floor: Floor
  /** As they were last shown, after so many changes. */
  #books: { readonly changes: number; readonly books: VenueBooks } | undefined

  constructor({ shelf, plan, opening, ...rules }: VenueOptions) {
    this.#ledger = new Ledger(shelf, plan, opening)
    this.#news = new Board(this.#ledger)
    this.#floor = new Floor(this.#ledger, this.#news, rules)
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
    const checked = this.#check(terms, NOTHING_HELD, now)
    if (typeof checked !== 'bigint') return checked
    const order = this.#ledger.open({ tag, terms, placedAt: now, reserve: checked })
    this.#floor.enlist(order)
    this.#floor.saw(order)
    this.#floor.meet(order, now)
    this.#publish()
    return order.brokerOrderId
  }

  amend(id: BrokerOrderId, to: Revision, now: Instant): Refusal | undefined {
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
    const checked = this.#check(rest, { size: left(order), reserve: order.reserve }, now)
    if (typeof checked !== 'bigint') return checked
    this.#ledger.amend(order, terms, checked)
    this.#floor.saw(order)
    this.#floor.meet(order, now)
    this.#publish()
    return undefined
  }

  cancel(id: BrokerOrderId, now: Instant): Refusal | undefined {
    const order = this.#ledger.orders.get(id)
    if (!order) return { code: 'NOT_FOUND', reason: `no order ${id}` }
    if (order.status !== 'working') {
      return { code: 'FINISHED', reason: `the order is ${order.status} already` }
    }
    this.#floor.end(order, 'cancelled', 'cancelled on request', now)
    this.#publish()
    return undefined
  }

  /** Refuses what it had taken: a check behind the first one. */
  reject(id: BrokerOrderId, now: Instant): void {
    const order = this.#ledger.orders.get(id)
    if (order?.status !== 'working') return
    this.#floor.end(order, 'rejected', 'refused after all', now)
    this.#publish()
  }

  /** The exchange takes the latest trade back. */
  bust(now: Instant): void {
    const busted = this.#ledger.bust(now)
    if (!busted) return
    this.#news.push({ trade: busted.trade })
    this.#news.push({ row: rowOf(busted.order) })
    this.#publish()
  }

  /** Half of what is left of it trades, whatever the market says. */
  tradePart(id: BrokerOrderId, instrument: Instrument, at: Instant): void {
    const order = this.#ledger.orders.get(id)
    if (order?.status !== 'working') return
    this.#floor.tradePart(order, instrument, at)
    this.#publish()
  }

  /**
   * Ends the day whose last moment of trading was `now`: what works from before it expires, what
   * came in after it is for the next day, and what ended before `since` leaves the books.
   */
  endDay(exchange: string, now: Instant, since: Instant): void {
    this.#floor.endDay(exchange, now)
    this.#ledger.deliver(exchange, now)
    this.#ledger.forget(since)
    this.#publish()
  }

  books(): VenueBooks {
    const { changes } = this.#ledger
    if (this.#books?.changes !== changes) {
      const books = {
        orders: [...this.#ledger.orders.values()].map(rowOf),
        trades: [...this.#ledger.trades.values()],
        positions: this.#ledger.positions(),
        holdings: this.#ledger.holdings(),
        funds: this.#ledger.funds(),
      }
      this.#books = { changes, books }
    }
    return this.#books.books
  }

  /** Delivered and traded since, in one. */
  netPositions(): BrokerPosition[] {
    return this.#ledger.netPositions()
  }

  quote(instrument: Instrument, quote: Quote): void {
    if (this.trouble !== undefined) this.#publish()
    this.#floor.quote(instrument, quote)
  }

  opened(instrument: Instrument, bar: Bar): void {
    this.#floor.opened(instrument, bar)
  }

  closed(instrument: Instrument, bar: Bar, at: Instant): void {
    this.#floor.closed(instrument, bar, at)
  }

  #check(terms: Terms, own: Own, now: Instant): Money | Refusal {
    const instrument = this.#floor.instrument(terms.instrument)
    const refusal = instrument && this.#refused(instrument, terms, now)
    if (refusal) return refusal
    const last = this.#floor.last(terms.instrument)
    const market = last && crossingOf(last, terms)
    const working = this.#floor.working(terms.instrument)
    return reserveFor(this.#ledger, terms, { working, market, own })
  }

  /** What the exchange itself does not take, whoever pays for it. */
  #refused(instrument: Instrument, terms: Terms, now: Instant): Refusal | undefined {
    const { band } = instrument
    for (const at of [limitOf(terms.pricing), triggerOf(terms.pricing)]) {
      if (at === undefined || !band || (at >= band.low && at <= band.high)) continue
      const bounds = `${formatPrice(band.low)} to ${formatPrice(band.high)}`
      return { code: 'BAND', reason: `${formatPrice(at)} is outside the day's band, ${bounds}` }
    }
    return this.#floor.auctions.whyRefused(instrument, terms, now)
  }

  #publish(): void {
    this.#news.publish()
  }
}
