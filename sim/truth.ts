import type { BrokerOrder, BrokerTrade } from '../src/core/input.ts'
import type { InstrumentId } from '../src/core/instrument.ts'
import type { BrokerOrderId, Tag, TradeId } from '../src/core/order.ts'
import type { Instant } from '../src/core/time.ts'
import type { VenueNews } from '../src/brokers/paper/venue.ts'

/** A call that came to the broker: what it was for and when it left us. */
export type Arrival = { readonly sentAt: Instant; readonly arrivedAt: Instant }

/**
 * What really happened at the broker, whoever heard of it. It is kept for ever, while the broker's
 * own books forget after some days.
 */
export class Truth {
  readonly orders = new Map<BrokerOrderId, BrokerOrder>()
  readonly byTag = new Map<Tag, BrokerOrderId>()
  readonly trades = new Map<TradeId, BrokerTrade>()
  readonly arrivals = new Map<Tag, Arrival[]>()
  /** Orders that were told a definite no. */
  readonly refused = new Set<Tag>()

  arrived(tag: Tag, arrival: Arrival): void {
    const before = this.arrivals.get(tag)
    if (before) before.push(arrival)
    else this.arrivals.set(tag, [arrival])
  }

  saw(news: VenueNews): void {
    if ('trade' in news) {
      this.trades.set(news.trade.tradeId, news.trade)
      return
    }
    const { row } = news
    this.orders.set(row.brokerOrderId, row)
    if (row.tag !== undefined) this.byTag.set(row.tag, row.brokerOrderId)
  }

  /** A trade changes its order without a word about the order itself. */
  refresh(rows: readonly BrokerOrder[]): void {
    for (const row of rows) this.orders.set(row.brokerOrderId, row)
  }

  /** For another instrument, it is an order of days that an old journal made undone. */
  orderOf(tag: Tag, instrument: InstrumentId): BrokerOrder | undefined {
    const id = this.byTag.get(tag)
    const row = id && this.orders.get(id)
    return row?.instrument === instrument ? row : undefined
  }
}
