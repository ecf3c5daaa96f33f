/** Statistics counted the slow way: from every order and every event, each time anew. */
import type { Money } from '../src/core/amount.ts'
import {
  basisPoints,
  formatMoney,
  money,
  negate,
  NO_MONEY,
  plus,
  price,
  quantity,
  times,
} from '../src/core/amount.ts'
import type { Entry } from '../src/core/event.ts'
import { executionView } from '../src/core/execution.ts'
import { exchangeOf } from '../src/core/instrument.ts'
import type { StatisticsView } from '../src/core/statistics.ts'
import { instantOf } from '../src/core/time.ts'
import type { OrderView } from '../src/core/view.ts'
import { tradingDateOf } from '../src/market/exchange.ts'

type Chosen = { readonly [K in 'owner' | 'from' | 'to']?: string | undefined }
export type Counted = Omit<
  StatisticsView,
  'account' | 'owner' | 'period' | 'from' | 'to' | 'queueSize' | 'monitoredPositions' | 'vwap'
>

export function recounted(
  all: readonly OrderView[],
  entries: readonly Entry[],
  chosen: Chosen,
): Counted {
  const orders = all.filter(({ owner, exchange, submittedAt }) => {
    return isMeant(chosen, owner, tradingDateOf(exchange, instantOf(submittedAt)))
  })
  const are = (is: (order: OrderView) => boolean): number => orders.filter(is).length
  const have = (...words: readonly string[]): number => are(({ status }) => words.includes(status))
  const denied = deniedIn(entries, chosen)
  const sent = sentIn(entries)
  const complete = orders.filter(({ status }) => status === 'COMPLETE')
  const submitted = are(({ id }) => sent.has(id))
  const expired = are(({ status, error }) => status === 'EXPIRED' && error?.code === 'EXPIRED')
  return {
    totalOrders: orders.length,
    totalSubmitted: submitted,
    totalCompleted: complete.length,
    totalCancelled: have('CANCELLED'),
    totalRejected: have('REJECTED'),
    totalExpired: expired,
    totalFailed: have('LAPSED', 'EXPIRED') - expired + denied,
    totalDenied: denied,
    pendingCount: have('PENDING', 'OPEN', 'UNKNOWN'),
    totalFills: orders.flatMap(({ fills }) => fills).reduce((n, fill) => n + sign(fill), 0),
    totalVolume: { INR: formatMoney(sum(orders.map(volumeOf))) },
    totalCommission: { INR: formatMoney(sum(orders.map((order) => money(order.commission)))) },
    fillRate: submitted === 0 ? null : complete.length / submitted,
    averageFillTime: meanSeconds(complete),
    averageSlippage: { INR: slippageOf(orders) },
  }
}

function isMeant({ owner, from = '', to = '~' }: Chosen, whose: string, day: string): boolean {
  return (owner === undefined || owner === whose) && day >= from && day <= to
}

function deniedIn(entries: readonly Entry[], chosen: Chosen): number {
  const denials = entries.flatMap(({ at, events }) =>
    events.flatMap((event) => (event.type === 'OrderDenied' ? [{ ...event.ticket, at }] : [])),
  )
  return denials.filter(({ owner, instrument, at }) => {
    return isMeant(chosen, owner, tradingDateOf(exchangeOf(instrument), at))
  }).length
}

const sentIn = (entries: readonly Entry[]): Set<string> =>
  new Set(
    entries.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.type === 'OrderSending' && event.request === 'place' ? [event.orderId] : [],
      ),
    ),
  )

const sign = ({ isBust }: OrderView['fills'][number]): 1 | -1 => (isBust ? -1 : 1)

const sum = (amounts: readonly Money[]): Money => amounts.reduce((a, b) => plus(a, b), NO_MONEY)

const volumeOf = ({ fills, multiplier }: OrderView): Money =>
  sum(
    fills.map((fill) => {
      const value = times(price(fill.price), quantity(fill.quantity), BigInt(multiplier))
      return fill.isBust ? negate(value) : value
    }),
  )

function meanSeconds(complete: readonly OrderView[]): number | null {
  const took = complete.map(({ submittedAt, completedAt }) =>
    Math.max(0, Date.parse(completedAt!) - Date.parse(submittedAt)),
  )
  if (took.length === 0) return null
  return Math.round(took.reduce((a, b) => a + b, 0) / took.length) / 1_000
}

function slippageOf(orders: readonly OrderView[]): Counted['averageSlippage'][string] {
  const compared = orders.flatMap((order) => {
    const { arrival } = executionView(order, undefined).slippage
    if (!arrival) return []
    const at = times(price(arrival.price), quantity(order.filled), BigInt(order.multiplier))
    return [{ paid: money(arrival.amount), at }]
  })
  const base = sum(compared.map(({ at }) => at))
  const paid = sum(compared.map((each) => each.paid))
  if (base === 0n) return null
  return { amount: formatMoney(paid), basisPoints: basisPoints(paid, base) }
}
