import type { Shelf } from '../src/brokers/paper/shelf.ts'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import type { VenueNews } from '../src/brokers/paper/venue.ts'
import type { FloorRules } from '../src/brokers/paper/floor.ts'
import { Venue } from '../src/brokers/paper/venue.ts'
import { formatMoney, formatPrice, formatQuantity, money, price } from '../src/core/amount.ts'
import type { Instrument } from '../src/core/instrument.ts'
import type { Tag, Terms } from '../src/core/order.ts'
import { later, MINUTE } from '../src/core/time.ts'
import type { Bar } from '../src/market/feed.ts'
import { terms } from './broker.exam.ts'
import { NOON } from './house.ts'
import { inr, INSTRUMENTS } from './scenario-asks.ts'

export const infy = INSTRUMENTS.get('INFY')!
export const limit = (at: string): Terms['pricing'] => ({ type: 'limit', limit: price(at) })

type Rules = FloorRules & { readonly as?: Partial<Instrument> }

/** A venue alone, with prices in rupees: what was traded is told as `10 @ 100`. */
export class Pit {
  readonly venue: Venue
  readonly told: string[] = []
  #orders = 0

  readonly instrument: Instrument

  constructor(shelf: Shelf = new MemoryShelf(), cash = '1000000', rules: Rules = {}) {
    const opening = [{ currency: inr, cash: money(cash) }]
    this.instrument = { ...infy, ...rules.as }
    this.venue = new Venue({ shelf, plan: 'none', opening, ...rules })
    this.venue.onNews((news) => this.told.push(...news.flatMap(traded)))
  }

  place(
    size: string,
    pricing?: Terms['pricing'],
    product: Terms['product'] = 'MIS',
    over: Partial<Terms> = {},
    at = NOON,
  ): string {
    const tag = `T00TST0010000${++this.#orders}` as Tag
    const { id, group, multiplier } = this.instrument
    const of = { instrument: id, group, multiplier }
    const own = terms(size, { ...of, product, ...(pricing ? { pricing } : {}), ...over })
    const placed = this.venue.place(tag, own, at)
    return typeof placed === 'string' ? placed : `${placed.code}: ${placed.reason}`
  }

  quote(bid: number, ask: number, size?: number, at = NOON): void {
    const sizes = { bidSize: size, askSize: size }
    this.venue.quote(this.instrument, { at, bid: bid * 100, ask: ask * 100, ...sizes })
  }

  open(bar: Bar): void {
    this.venue.opened(this.instrument, bar)
  }

  close(bar: Bar): void {
    this.venue.closed(this.instrument, bar, later(bar.at, MINUTE))
  }

  /** `working 4/10` of the nth order. */
  order(n = 1): string {
    const row = this.venue.books().orders[n - 1]!
    return `${row.status} ${formatQuantity(row.filled)}/${formatQuantity(row.quantity)}`
  }

  cash(): string {
    return this.venue
      .books()
      .funds.map(({ cash }) => formatMoney(cash))
      .join()
  }
}

const traded = (news: VenueNews): string[] =>
  'trade' in news
    ? [`${formatQuantity(news.trade.quantity)} @ ${formatPrice(news.trade.price)}`]
    : []

export const bar = (o: number, h: number, l: number, c: number, volume?: number): Bar => ({
  at: NOON,
  open: o * 100,
  high: h * 100,
  low: l * 100,
  close: c * 100,
  volume,
})
