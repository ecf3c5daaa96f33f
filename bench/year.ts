/** A trader's year as events, for whoever needs a long journal. */
import type { Entry, Event } from '../src/core/event.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import { instrumentId } from '../src/core/instrument.ts'
import type { BrokerOrderId, OrderId, TradeId } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'
import { epoch, tagOf } from '../src/core/tag.ts'
import type { TradingDate } from '../src/core/time.ts'
import { DAY, instant, later } from '../src/core/time.ts'

const era = epoch('BENCH')
const inr = 'INR' as never

const SYMBOLS = 20

export type Year = {
  /** It ends with the order at which there are so many. */
  readonly events: number
  readonly ordersADay: number
}

/** Orders that are sent, accepted, filled in two parts and charged, day by day. */
export function* tradersYear({ events, ordersADay }: Year): Iterable<Entry> {
  let seq = 0
  let at = instant(Date.UTC(2026, 0, 1, 4))
  const entry = (events: Event[]): Entry => {
    const first = seq + 1
    seq += events.length
    at = later(at, 100)
    return { account: 'paper', seq: first, at, cause: 'bench', command: undefined, events }
  }
  yield entry([
    { type: 'AccountOpened', number: 1, broker: 'paper', mode: 'paper', plan: 'zerodha' },
    { type: 'EpochStarted', epoch: era },
    { type: 'CashMoved', currency: inr, amount: money('1000000000'), reason: 'opening' },
  ])
  for (let n = 0; ; n++) {
    if (seq >= events) return
    const orderId = `paper-${seq + 1}` as OrderId
    const size = quantity(n % 2 ? '-10' : '10')
    const half = quantity(n % 2 ? '-5' : '5')
    const instrument = instrumentId('NSE', `S${(n >> 1) % SYMBOLS}`)
    const brokerOrderId = `1953341975595${String(n).padStart(6, '0')}` as BrokerOrderId
    const pricing = { type: 'limit', limit: price('100.05') } as const
    const product = 'MIS' as const
    const terms = { instrument, group: 'equity', currency: inr, multiplier: 1n, product } as const
    const date = new Date(at).toISOString().slice(0, 10) as TradingDate
    yield entry([
      {
        type: 'OrderPlaced',
        orderId,
        tag: tagOf(era, 1, seq + 1),
        terms: { ...terms, quantity: size, pricing, validity: 'day', disclosed: undefined },
        intent: 'entry',
        owner: 'strategy:bench' as Owner,
        by: 'strategy:bench',
        note: undefined,
        refs: { signalId: undefined, approvalId: undefined },
        reason: undefined,
        reduceOnly: false,
        skippedChecks: false,
        warning: undefined,
        arrival: price('100'),
        reserve: money('1000.5'),
        parent: undefined,
        slices: undefined,
      },
      { type: 'OrderSending', orderId, request: 'place', epoch: era },
    ])
    yield entry([{ type: 'OrderAccepted', orderId, brokerOrderId, by: 'answer' }])
    for (const part of [0, 1]) {
      const trade = { tradeId: `T${2 * n + part}` as TradeId, date, quantity: half } as const
      const filled = { type: 'OrderFilled', orderId, instrument, price: price('100.05') } as const
      const exchangeOrderId = undefined
      yield entry([{ ...filled, ...trade, tradedAt: at, exchangeOrderId }])
    }
    if (n % ordersADay === ordersADay - 1) {
      at = later(at, DAY)
      yield entry([{ type: 'DayClosed', exchange: 'NSE', date, before: later(at, -2 * DAY) }])
    }
  }
}
