/** What chance may tell an account, a step at a time. */
import fc from 'fast-check'
import type { Account } from '../src/core/account.ts'
import type { Quantity } from '../src/core/amount.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import type { RequestKind } from '../src/core/event.ts'
import type { Answer, BrokerOrder, BrokerTrade, Input } from '../src/core/input.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { BrokerOrderId, Order, OrderId, TradeId } from '../src/core/order.ts'
import { USUAL } from '../src/core/order.ts'
import { MANUAL } from '../src/core/owner.ts'
import { epoch } from '../src/core/tag.ts'
import type { TradingDate } from '../src/core/time.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { inr, INSTRUMENTS } from './scenario-asks.ts'

export const START = instant(Date.UTC(2026, 10, 23, 4))
const infy = INSTRUMENTS.get('INFY')!

type BookOf = {
  readonly cash?: boolean
  readonly orders?: readonly BrokerOrder[]
  readonly trades?: readonly BrokerTrade[]
  readonly held?: string
  readonly proven?: boolean
  readonly ok?: boolean
}

export function book({ cash, orders = [], trades = [], held, proven = true, ok = true }: BookOf) {
  const failed = { ok: false, reason: 'lost' } as const
  const position = { instrument: infy.id, product: 'CNC', quantity: quantity(held ?? '0') } as const
  return {
    askedAt: later(START, 3_600 * SECOND),
    orders: ok ? ({ ok, rows: orders, proven } as const) : failed,
    trades: ok ? ({ ok, rows: trades, proven } as const) : failed,
    positions: held === undefined ? failed : ({ ok: true, rows: [position], proven } as const),
    funds: cash
      ? ({ ok: true, rows: [{ currency: inr, cash: money('1000000') }], proven } as const)
      : failed,
    agreesSince: held === undefined ? undefined : later(START, 3_600 * SECOND),
    lapseAfterMs: 4 * SECOND,
    reportsKeptMs: 60 * SECOND,
    spareEpoch: epoch('SPARE'),
    tagsMayBeLost: !proven,
  }
}

/** `o` counts orders of ours from 1; beyond them, orders nobody placed. */
export type Step =
  | { readonly do: 'place'; readonly size: number; readonly turn: boolean }
  | { readonly do: 'cancel'; readonly o: number }
  | { readonly do: 'amend'; readonly o: number; readonly size: number; readonly limit: string }
  | { readonly do: 'turn'; readonly o: number; readonly request: RequestKind }
  | {
      readonly do: 'answer'
      readonly o: number
      readonly answer: Answer
      readonly request: RequestKind
    }
  | {
      readonly do: 'row'
      readonly o: number
      readonly status: string
      readonly filled: number
      /** Of the row, where it differs from what we know. */
      readonly size?: number
    }
  | {
      readonly do: 'trade'
      readonly o: number
      readonly t: number
      readonly size: number
      readonly busted: boolean
    }
  | { readonly do: 'book'; readonly rows: readonly Step[]; readonly book: BookOf }
  | { readonly do: 'restart' | 'restore' | 'wait' | 'day' | 'connect' | 'lose' }

const o = fc.integer({ min: 1, max: 4 })
const answer: fc.Arbitrary<Answer> = fc.oneof(
  o.map((n): Answer => ({ is: 'accepted', brokerOrderId: `b${n}` as BrokerOrderId })),
  fc.constant<Answer>({ is: 'rejected', code: 'NO', reason: 'no' }),
  fc.boolean().map((halted): Answer => {
    return { is: 'notSent', reason: 'refused', retryAfterMs: 0, halted }
  }),
  fc.constant<Answer>({ is: 'unknown', evidence: 'timeout' }),
)
const request = fc.constantFrom<RequestKind>('place', 'amend', 'cancel')
const row = fc.record(
  {
    do: fc.constant('row' as const),
    o,
    status: fc.constantFrom('working', 'complete', 'cancelled', 'rejected', 'expired'),
    filled: fc.integer({ min: 0, max: 12 }),
    size: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: ['do', 'o', 'status', 'filled'] },
)
const trade = fc.record({
  do: fc.constant('trade' as const),
  o,
  t: fc.integer({ min: 1, max: 5 }),
  size: fc.integer({ min: -8, max: 8 }).filter((size) => size !== 0),
  busted: fc.boolean(),
})
const bookOf: fc.Arbitrary<BookOf> = fc.record(
  {
    cash: fc.boolean(),
    proven: fc.boolean(),
    ok: fc.boolean(),
    held: fc.constantFrom('0', '4', '10'),
  },
  { requiredKeys: [] },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('place' as const),
    size: fc.integer({ min: -10, max: 10 }),
    turn: fc.boolean(),
  }),
  fc.record({ do: fc.constant('cancel' as const), o }),
  fc.record({
    do: fc.constant('amend' as const),
    o,
    size: fc.integer({ min: 1, max: 12 }),
    limit: fc.constantFrom('99', '100', '101'),
  }),
  fc.record({ do: fc.constant('turn' as const), o, request }),
  fc.record({ do: fc.constant('answer' as const), o, answer, request }),
  row,
  trade,
  fc.record({
    do: fc.constant('book' as const),
    rows: fc.array(fc.oneof(row, trade), { maxLength: 4 }),
    book: bookOf,
  }),
  fc.record({
    do: fc.constantFrom(
      'restart' as const,
      'restore' as const,
      'wait' as const,
      'day' as const,
      'connect' as const,
      'lose' as const,
    ),
  }),
)

/** Chance alone hardly ever looks for one order three times in vain. */
const lapse: fc.Arbitrary<Step[]> = o.map((n) => {
  const silence: Step = { do: 'answer', o: n, answer: SILENCE, request: 'place' }
  const look: Step = { do: 'book', rows: [], book: {} }
  return [{ do: 'place', size: 5, turn: true }, silence, look, look, look, look, look]
})
/** Nor does it change an order that has just been accepted. */
const change: fc.Arbitrary<Step[]> = fc.tuple(o, answer).map(([n, told]) => {
  const brokerOrderId = `b${n}` as BrokerOrderId
  const accepted: Answer = { is: 'accepted', brokerOrderId }
  return [
    { do: 'place', size: 5, turn: true },
    { do: 'answer', o: n, answer: accepted, request: 'place' },
    { do: 'amend', o: n, size: 7, limit: '99' },
    { do: 'answer', o: n, answer: told, request: 'amend' },
  ]
})
/** Nor is the same trade told, and then taken back. */
const bust: fc.Arbitrary<Step[]> = fc.tuple(o, fc.integer({ min: 1, max: 5 })).map(([n, size]) => {
  const accepted: Answer = { is: 'accepted', brokerOrderId: `b${n}` as BrokerOrderId }
  const trade: Step = { do: 'trade', o: n, t: 9, size, busted: false }
  return [
    { do: 'place', size: 5, turn: true },
    { do: 'answer', o: n, answer: accepted, request: 'place' },
    trade,
    { ...trade, busted: true },
  ]
})
const SILENCE: Answer = { is: 'unknown', evidence: 'timeout' }

/** A step, or a few of them that chance alone hardly ever puts in that order. */
export const episode: fc.Arbitrary<Step[]> = fc.oneof(
  step.map((each) => [each]),
  lapse,
  change,
  bust,
)

const WORLD = {
  instrument: infy,
  last: price('100'),
  policy: NO_POLICY,
  refused: undefined,
} as const

export function bodyOf(account: Account, step: Step): Input['body'] {
  const orders = [...account.orders.values()]
  const idOf = (n: number): OrderId => orders[n - 1]?.id ?? (`paper-${n}999` as OrderId)
  switch (step.do) {
    case 'place': {
      const side = step.size < 0 ? 'sell' : 'buy'
      const size = quantity(String(Math.abs(step.size)))
      const of = { instrument: infy.id, side, size, type: 'limit', price: price('100') } as const
      const ticket = { ...of, owner: MANUAL, by: 'me', ...USUAL }
      return { type: 'PlaceOrder', ticket, ...WORLD, turn: step.turn }
    }
    case 'amend': {
      const changes = { size: quantity(String(step.size)), price: price(step.limit) }
      return { type: 'AmendOrder', orderId: idOf(step.o), changes, by: 'me', ...WORLD, turn: true }
    }
    case 'cancel':
      return { type: 'CancelOrder', orderId: idOf(step.o), by: 'me', turn: true }
    case 'turn':
      return { type: 'TurnCame', orderId: idOf(step.o), request: step.request }
    case 'answer':
      return {
        type: 'Answered',
        orderId: idOf(step.o),
        request: step.request,
        answer: step.answer,
      }
    case 'row':
      return { type: 'OrderSeen', row: rowOf(account, step) }
    case 'trade':
      return { type: 'TradeSeen', trade: tradeOf(step) }
    case 'book': {
      const rows = step.rows.flatMap((each) => (each.do === 'row' ? [rowOf(account, each)] : []))
      const trades = step.rows.flatMap((each) => (each.do === 'trade' ? [tradeOf(each)] : []))
      return { type: 'BookRead', ...book({ ...step.book, orders: rows, trades }) }
    }
    case 'restart':
      return { type: 'Started', epoch: epoch('00TST') }
    case 'restore':
      return { type: 'Restored', epoch: epoch(`N${String(account.seq).padStart(4, '0')}`) }
    case 'wait':
      return { type: 'TimePassed' }
    case 'connect':
      return { type: 'Connected' }
    case 'lose':
      return { type: 'Lost', reason: 'closed' }
    case 'day': {
      const date = `2026-11-${20 + (account.seq % 9)}` as TradingDate
      return { type: 'DayEnded', exchange: 'NSE', date, before: later(START, 10 * SECOND) }
    }
  }
}

function rowOf(
  account: Account,
  { o: n, status, filled, size }: Extract<Step, { do: 'row' }>,
): BrokerOrder {
  const order = [...account.orders.values()][n - 1]
  return {
    brokerOrderId: `b${n}` as BrokerOrderId,
    tag: order?.tag,
    exchangeOrderId: undefined,
    instrument: infy.id,
    quantity: sizeOf(order, size),
    pricing: order?.amending?.to.pricing ?? order?.terms.pricing,
    filled: quantity(String(filled)),
    status: status as BrokerOrder['status'],
    placedAt: START,
    message: '',
  }
}

/** Of the side of the order; as large as it is known to be, or as the step says. */
function sizeOf(order: Order | undefined, size: number | undefined): Quantity {
  const known = (order?.amending?.to ?? order?.terms)?.quantity ?? quantity('7')
  if (size === undefined) return known
  return quantity(String(known < 0n ? -size : size))
}

function tradeOf({ o: n, t, size, busted }: Extract<Step, { do: 'trade' }>): BrokerTrade {
  return {
    tradeId: `t${t}` as TradeId,
    brokerOrderId: `b${n}` as BrokerOrderId,
    exchangeOrderId: undefined,
    instrument: infy.id,
    product: 'CNC',
    currency: inr,
    multiplier: 1n,
    date: '2026-11-23' as TradingDate,
    quantity: quantity(String(size)),
    price: price('100.5'),
    tradedAt: START,
    busted,
  }
}
