import type { Money, Price, Quantity } from '../../core/amount.ts'
import { minus, negate, NO_MONEY, NO_QUANTITY, plus, share, times } from '../../core/amount.ts'
import type { ChargePlan } from '../../core/charges.ts'
import { chargesOnOrder, totalCharges } from '../../core/charges.ts'
import type { BrokerFunds, BrokerOrder, BrokerPosition, BrokerTrade } from '../../core/input.ts'
import type { Currency } from '../../core/instrument.ts'
import { exchangeOf } from '../../core/instrument.ts'
import { lockedBy } from '../../core/margin.ts'
import type { BrokerOrderId, ExchangeOrderId, Terms, TradeId } from '../../core/order.ts'
import { isSamePricing, triggerOf } from '../../core/order.ts'
import { FLAT, trade } from '../../core/position.ts'
import type { Instant, TradingDate } from '../../core/time.ts'
import type { Holding, VenueOrder } from './rows.ts'
import { left, shown } from './rows.ts'
import type { Shelf } from './shelf.ts'

type Taken = Pick<VenueOrder, 'tag' | 'terms' | 'placedAt' | 'reserve'>
/** `size` is unsigned. */
type Fill = {
  readonly size: Quantity
  readonly price: Price
  readonly at: Instant
  readonly date: TradingDate
}
type Count = { orders: number; trades: number }

/**
 * What the venue knows for certain: orders, trades, positions and cash, on its own shelf. Changes
 * gather until `commit`, which writes them down together before anybody hears of them.
 */
export class Ledger {
  readonly #shelf: Shelf
  readonly #plan: ChargePlan
  readonly #changes = new Map<string, unknown>()
  readonly orders = new Map<BrokerOrderId, VenueOrder>()
  readonly trades = new Map<TradeId, BrokerTrade>()
  readonly #holdings = new Map<string, Holding>()
  readonly #cash = new Map<Currency, Money>()
  /** By exchange: a day ends once, however often we start after it. */
  readonly #daysEnded = new Map<string, Instant>()
  readonly #count: Count = { orders: 0, trades: 0 }
  #changed = 0

  constructor(shelf: Shelf, plan: ChargePlan, opening: readonly BrokerFunds[]) {
    this.#shelf = shelf
    this.#plan = plan
    for (const { currency, cash } of opening) this.#cash.set(currency, cash)
    for (const [name, value] of shelf.all()) this.#load(name, value)
  }

  #load(name: string, value: unknown): void {
    const kind = name.slice(0, name.indexOf(' '))
    if (kind === 'order') this.orders.set((value as VenueOrder).brokerOrderId, value as VenueOrder)
    else if (kind === 'trade') this.trades.set((value as BrokerTrade).tradeId, value as BrokerTrade)
    else if (kind === 'holding') this.#holdings.set(name.slice(8), value as Holding)
    else if (kind === 'day') this.#daysEnded.set(name.slice(4), value as Instant)
    else if (kind === 'cash') this.#cash.set(name.slice(5) as Currency, value as Money)
    else Object.assign(this.#count, value)
  }

  open(taken: Taken): VenueOrder {
    const n = ++this.#count.orders
    const order: VenueOrder = {
      brokerOrderId: `P${n}` as BrokerOrderId,
      exchangeOrderId: `X${n}` as ExchangeOrderId,
      ...taken,
      filled: NO_QUANTITY,
      worst: undefined,
      triggered: triggerOf(taken.terms.pricing) === undefined,
      value: NO_MONEY,
      charged: NO_MONEY,
      status: 'working',
      message: '',
      endedAt: undefined,
    }
    this.orders.set(order.brokerOrderId, order)
    this.#wrote('order', order.brokerOrderId, order)
    this.#wrote('count', 'all', this.#count)
    return order
  }

  trigger(order: VenueOrder): void {
    order.triggered = true
    this.#wrote('order', order.brokerOrderId, order)
  }

  protect(order: VenueOrder, worst: Price): void {
    order.worst = worst
    this.#wrote('order', order.brokerOrderId, order)
  }

  /** A stop whose trigger is moved waits again; another pricing is protected anew. */
  amend(order: VenueOrder, terms: Terms, reserve: Money): void {
    const moved = triggerOf(terms.pricing) !== triggerOf(order.terms.pricing)
    if (moved) order.triggered = triggerOf(terms.pricing) === undefined
    if (!isSamePricing(terms.pricing, order.terms.pricing)) order.worst = undefined
    order.terms = terms
    order.reserve = reserve
    this.#wrote('order', order.brokerOrderId, order)
  }

  end(order: VenueOrder, status: BrokerOrder['status'], message: string, at: Instant): void {
    order.status = status
    order.message = message
    order.endedAt = at
    this.#wrote('order', order.brokerOrderId, order)
  }

  /** `size` is unsigned and not more than what is left of the order. */
  fill(order: VenueOrder, { size, price, at, date }: Fill): BrokerTrade {
    const { instrument, product, currency, multiplier, quantity } = order.terms
    const traded = quantity > 0n ? size : minus(NO_QUANTITY, size)
    order.reserve = share(order.reserve, minus(left(order), size), left(order))
    order.filled = plus(order.filled, traded)
    order.value = plus(order.value, times(price, traded, multiplier))
    if (order.filled === quantity) this.end(order, 'complete', '', at)
    else this.#wrote('order', order.brokerOrderId, order)
    const tradeId = `T${++this.#count.trades}` as TradeId
    const told: BrokerTrade = {
      tradeId,
      brokerOrderId: order.brokerOrderId,
      exchangeOrderId: order.exchangeOrderId,
      instrument,
      product,
      currency,
      multiplier,
      date,
      quantity: traded,
      price,
      tradedAt: at,
    }
    this.trades.set(tradeId, told)
    this.#wrote('trade', tradeId, told)
    this.#wrote('count', 'all', this.#count)
    this.#book(order, told)
    return told
  }

  /** Takes the latest trade back: its order does not go on, if it was complete by it. */
  bust(at: Instant): { readonly trade: BrokerTrade; readonly order: VenueOrder } | undefined {
    const last = [...this.trades.values()].findLast(({ busted }) => !busted)
    const order = last && this.orders.get(last.brokerOrderId)
    if (!last || !order) return undefined
    const { tradeId, quantity, price } = last
    const trade = { ...last, busted: true }
    order.filled = minus(order.filled, quantity)
    order.value = minus(order.value, times(price, quantity, order.terms.multiplier))
    this.trades.set(tradeId, trade)
    this.#wrote('trade', tradeId, trade)
    this.#book(order, { ...last, quantity: negate(quantity) })
    if (order.status === 'complete') this.end(order, 'cancelled', 'its trade was busted', at)
    else this.#wrote('order', order.brokerOrderId, order)
    return { trade, order }
  }

  #book(order: VenueOrder, told: BrokerTrade): void {
    const { instrument, product, group, currency, multiplier } = order.terms
    const key = `${instrument}|${product}`
    const held = this.#holdings.get(key)?.position ?? FLAT
    const position = trade(held, told.quantity, told.price, multiplier)
    const settled = this.#holdings.get(key)?.settled ?? NO_QUANTITY
    const holding = { instrument, product, group, currency, multiplier, position, settled }
    this.#holdings.set(key, holding)
    this.#wrote('holding', key, holding)
    const moved = minus(position.cash, held.cash)
    const cash = plus(this.#cash.get(currency) ?? NO_MONEY, moved)
    const left = minus(cash, this.#charge(order, told))
    this.#cash.set(currency, left)
    this.#wrote('cash', currency, left)
  }

  /** What the trade adds to the charges on its order. */
  #charge(order: VenueOrder, { date }: BrokerTrade): Money {
    const { terms, value } = order
    const inAll = totalCharges(chargesOnOrder(this.#plan, terms, { date, value }))
    const added = minus(inAll, order.charged)
    order.charged = inAll
    return added
  }

  /** Higher whenever something has changed. */
  get changes(): number {
    return this.#changed
  }

  #wrote(kind: string, name: string, value: unknown): void {
    this.#changed++
    if (this.#shelf.keeps) this.#changes.set(`${kind} ${name}`, value)
  }

  /** Writes down all that changed since the last time. */
  commit(): void {
    if (this.#changes.size === 0) return
    this.#shelf.put(this.#changes)
    this.#changes.clear()
  }

  /** What was bought for delivery by the end of a day is a holding from then on. */
  deliver(exchange: string, dayEnd: Instant): void {
    if (this.#daysEnded.get(exchange) === dayEnd) return
    this.#daysEnded.set(exchange, dayEnd)
    this.#wrote('day', exchange, dayEnd)
    for (const [key, holding] of this.#holdings) {
      const { instrument, product, position, settled = NO_QUANTITY } = holding
      if (product !== 'CNC' || exchangeOf(instrument) !== exchange) continue
      const { quantity } = position
      if (quantity === settled || quantity < 0n) continue
      const delivered = { ...holding, settled: quantity }
      this.#holdings.set(key, delivered)
      this.#wrote('holding', key, delivered)
    }
  }

  /** Lets go of what ended before `since`: a broker's books show the day, not the year. */
  forget(since: Instant): void {
    for (const order of this.orders.values()) {
      if (order.endedAt === undefined || order.endedAt >= since) continue
      this.orders.delete(order.brokerOrderId)
      this.#wrote('order', order.brokerOrderId, undefined)
    }
    for (const { tradeId, brokerOrderId } of this.trades.values()) {
      if (this.orders.has(brokerOrderId)) continue
      this.trades.delete(tradeId)
      this.#wrote('trade', tradeId, undefined)
    }
    for (const [key, { position }] of this.#holdings) {
      if (position.quantity !== 0n) continue
      this.#holdings.delete(key)
      this.#wrote('holding', key, undefined)
    }
  }

  held({ instrument, product }: Pick<Terms, 'instrument' | 'product'>): Quantity {
    return this.#holdings.get(`${instrument}|${product}`)?.position.quantity ?? NO_QUANTITY
  }

  /** Cash, less what working orders have set aside and open positions lock: margin.ts. */
  free(currency: Currency): Money {
    let free = this.#cash.get(currency) ?? NO_MONEY
    for (const { status, reserve, terms } of this.orders.values()) {
      if (status === 'working' && terms.currency === currency) free = minus(free, reserve)
    }
    for (const { group, currency: own, position } of this.#holdings.values()) {
      if (own === undefined || own === currency) free = minus(free, lockedBy(group, position.cost))
    }
    return free
  }

  /** Traded since the day began: a holding that is sold shows as less than nothing. */
  positions(): BrokerPosition[] {
    return [...this.#holdings.values()].map((holding) => {
      const { position, settled = NO_QUANTITY } = holding
      return shown(holding, minus(position.quantity, settled))
    })
  }

  netPositions(): BrokerPosition[] {
    return [...this.#holdings.values()].map((held) => shown(held, held.position.quantity))
  }

  /** Delivered before, and not yet taken out by what was sold today. */
  holdings(): BrokerPosition[] {
    return [...this.#holdings.values()].flatMap((holding) => {
      const { settled = NO_QUANTITY } = holding
      return settled === 0n ? [] : [shown(holding, settled)]
    })
  }

  funds(): BrokerFunds[] {
    return [...this.#cash].map(([currency, cash]) => ({ currency, cash }))
  }
}
