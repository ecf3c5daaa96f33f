import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import { decide } from '../src/core/decide.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Answer, BrokerOrder, BrokerTrade, Input, Report } from '../src/core/input.ts'
import type { BrokerOrderId, OrderId, OrderStatus, TradeId } from '../src/core/order.ts'
import { fromText, toText } from '../src/core/plain.ts'
import { epoch } from '../src/core/tag.ts'
import type { TradingDate } from '../src/core/time.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { checkBooks } from './books.ts'
import { inr, INSTRUMENTS } from './scenario-read.ts'

/**
 * Whatever the outside may say, in whatever order, about orders we know and orders we never heard
 * of: the core answers, its books still add up, and folding the journal gives the same account.
 */

const START = instant(Date.UTC(2026, 10, 23, 4))
const infy = INSTRUMENTS.get('INFY')!

class Trial {
  readonly account: Account = newAccount('paper')
  readonly #replayed: Account = newAccount('paper')
  #now = START

  constructor() {
    this.tell({ type: 'OpenAccount', number: 1, broker: 'paper', mode: 'paper', plan: 'zerodha' })
    this.tell({ type: 'Started', epoch: epoch('00TST') })
    this.tell({ type: 'BookRead', ...book({ cash: true }) })
  }

  tell(told: Input['body']): void {
    this.#now = later(this.#now, SECOND)
    const { account } = this
    const at = this.#now
    const body = told.type === 'BookRead' ? { ...told, askedAt: at } : told
    const events = decide(account, { at, cause: 'trial', key: undefined, body })
    if (events.length === 0) return
    const seq = account.seq + 1
    const entry = { account: account.id, seq, at, cause: 'trial', command: undefined, events }
    evolve(account, entry)
    evolve(this.#replayed, entry)
    checkBooks(account)
  }

  /** A fold over the journal, and one that began from a saved account, are the same account. */
  check(): void {
    assert.equal(toText(this.#replayed), toText(this.account))
    assert.equal(toText(fromText(toText(this.account))), toText(this.account))
  }
}

type BookOf = {
  readonly cash?: boolean
  readonly orders?: readonly BrokerOrder[]
  readonly trades?: readonly BrokerTrade[]
  readonly held?: string
  readonly proven?: boolean
  readonly ok?: boolean
}

function book({ cash, orders = [], trades = [], held, proven = true, ok = true }: BookOf) {
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
    tagsMayBeLost: !proven,
  }
}

/** `o` counts orders of ours from 1; beyond them, orders nobody placed. */
type Step =
  | { readonly do: 'place'; readonly size: number; readonly turn: boolean }
  | { readonly do: 'cancel' | 'turn' | 'turnCancel'; readonly o: number }
  | { readonly do: 'answer'; readonly o: number; readonly answer: Answer; readonly cancel: boolean }
  | { readonly do: 'row'; readonly o: number; readonly status: string; readonly filled: number }
  | { readonly do: 'trade'; readonly o: number; readonly t: number; readonly size: number }
  | { readonly do: 'book'; readonly rows: readonly Step[]; readonly book: BookOf }
  | { readonly do: 'restart' | 'wait' | 'day' | 'connect' | 'lose' }

const o = fc.integer({ min: 1, max: 4 })
const answer: fc.Arbitrary<Answer> = fc.oneof(
  o.map((n): Answer => ({ is: 'accepted', brokerOrderId: `b${n}` as BrokerOrderId })),
  fc.constant<Answer>({ is: 'rejected', code: 'NO', reason: 'no' }),
  fc.boolean().map((halted): Answer => {
    return { is: 'notSent', reason: 'refused', retryAfterMs: 0, halted }
  }),
  fc.constant<Answer>({ is: 'unknown', evidence: 'timeout' }),
)
const row = fc.record({
  do: fc.constant('row' as const),
  o,
  status: fc.constantFrom('working', 'complete', 'cancelled', 'rejected', 'expired'),
  filled: fc.integer({ min: 0, max: 12 }),
})
const trade = fc.record({
  do: fc.constant('trade' as const),
  o,
  t: fc.integer({ min: 1, max: 5 }),
  size: fc.integer({ min: -8, max: 8 }).filter((size) => size !== 0),
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
  fc.record({ do: fc.constantFrom('cancel' as const, 'turn' as const, 'turnCancel' as const), o }),
  fc.record({ do: fc.constant('answer' as const), o, answer, cancel: fc.boolean() }),
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
      'wait' as const,
      'day' as const,
      'connect' as const,
      'lose' as const,
    ),
  }),
)

function bodyOf(account: Account, step: Step): Input['body'] {
  const orders = [...account.orders.values()]
  const idOf = (n: number): OrderId => orders[n - 1]?.id ?? (`paper-${n}999` as OrderId)
  switch (step.do) {
    case 'place': {
      const side = step.size < 0 ? 'sell' : 'buy'
      const size = quantity(String(Math.abs(step.size)))
      const of = { instrument: infy.id, side, size, type: 'limit', price: price('100') } as const
      const whose = { owner: 'manual', by: 'me', note: undefined, product: undefined }
      const ticket = { ...of, ...whose } as Extract<Input['body'], { type: 'PlaceOrder' }>['ticket']
      return { type: 'PlaceOrder', ticket, instrument: infy, last: price('100'), turn: step.turn }
    }
    case 'cancel':
      return { type: 'CancelOrder', orderId: idOf(step.o), by: 'me', turn: true }
    case 'turn':
      return { type: 'TurnCame', orderId: idOf(step.o), request: 'place' }
    case 'turnCancel':
      return { type: 'TurnCame', orderId: idOf(step.o), request: 'cancel' }
    case 'answer': {
      const request = step.cancel ? 'cancel' : 'place'
      return { type: 'Answered', orderId: idOf(step.o), request, answer: step.answer }
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
  { o: n, status, filled }: Extract<Step, { do: 'row' }>,
): BrokerOrder {
  const order = [...account.orders.values()][n - 1]
  return {
    brokerOrderId: `b${n}` as BrokerOrderId,
    tag: order?.tag,
    exchangeOrderId: undefined,
    instrument: infy.id,
    quantity: order?.terms.quantity ?? quantity('7'),
    filled: quantity(String(filled)),
    status: status as BrokerOrder['status'],
    placedAt: START,
    message: '',
  }
}

function tradeOf({ o: n, t, size }: Extract<Step, { do: 'trade' }>): BrokerTrade {
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
  }
}

/** Chance alone hardly ever looks for one order three times in vain. */
const lapse: fc.Arbitrary<Step[]> = o.map((n) => {
  const silence: Step = { do: 'answer', o: n, answer: SILENCE, cancel: false }
  const look: Step = { do: 'book', rows: [], book: {} }
  return [{ do: 'place', size: 5, turn: true }, silence, look, look, look, look, look]
})
const SILENCE: Answer = { is: 'unknown', evidence: 'timeout' }

const RUNS = 3_000
const SIZE = { minLength: 5, maxLength: 40 } as const

test('no report, and no order of reports, meets a state that has no answer', () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          step.map((each) => [each]),
          lapse,
        ),
        SIZE,
      ),
      (steps) => {
        const trial = new Trial()
        for (const each of steps.flat()) {
          const body = bodyOf(trial.account, each)
          for (const status of statuses(trial.account, body)) seen.add(status)
          trial.tell(body)
        }
        trial.check()
      },
    ),
    { numRuns: RUNS },
  )
  // The generator must really have met what it is for, or its silence means nothing.
  const all: OrderStatus[] = [
    'pending',
    'unknown',
    'open',
    'complete',
    'cancelled',
    'rejected',
    'expired',
    'lapsed',
  ]
  const reports = ['Answered', 'OrderSeen', 'TradeSeen', 'BookRead']
  const pairs = all.flatMap((status) => reports.map((report) => `${status} ${report}`))
  const missed = pairs.filter((pair) => !seen.has(pair))
  assert.deepEqual(missed, [])
})

/** Which (status, report) pairs an input makes. */
function statuses(account: Account, body: Input['body']): string[] {
  const named = (body as Partial<Extract<Report, { type: 'Answered' }>>).orderId
  if (body.type === 'Answered') {
    const order = named && account.orders.get(named)
    return order ? [`${order.status} Answered`] : []
  }
  if (!['OrderSeen', 'TradeSeen', 'BookRead'].includes(body.type)) return []
  return [...account.orders.values()].map(({ status }) => `${status} ${body.type}`)
}
