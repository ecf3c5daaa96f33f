import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../src/core/account.ts'
import { exposureOf, netQuantity, newAccount } from '../src/core/account.ts'
import { formatQuantity } from '../src/core/amount.ts'
import { decide } from '../src/core/decide.ts'
import type { Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import { netKey } from '../src/core/instrument.ts'
import type { OrderId } from '../src/core/order.ts'
import type { Instant, TradingDate } from '../src/core/time.ts'
import { DAY, dateAt, later, SECOND } from '../src/core/time.ts'
import { checkBooks } from '../sim/books.ts'
import { NOON } from './house.ts'
import { INSTRUMENTS } from './scenario-asks.ts'
import { Reader } from './scenario-read.ts'

const net = netKey(INSTRUMENTS.get('INFY')!.id, 'CNC')
const BOOK = 'book; INFY:5 b9 complete 5; trade b9 m1 5 @ 100'

/** Days of one account whose broker shows everything for a day, as its clock tells them. */
class Calendar {
  readonly account: Account = newAccount('paper')
  readonly #names = new Map<OrderId, string>()
  now: Instant = NOON

  constructor() {
    this.#told({ type: 'OpenAccount', number: 1, broker: 'paper', mode: 'paper', plan: 'none' })
    this.#told({ type: 'Started', epoch: Reader.EPOCH })
    this.tell('book; cash 1000000')
  }

  #told(body: Input['body']): readonly Event[] {
    const { account, now: at } = this
    const events = decide(account, { at, cause: 'day', key: undefined, body })
    const seq = account.seq + 1
    if (events.length > 0) {
      evolve(account, { account: 'paper', seq, at, cause: 'day', command: undefined, events })
    }
    for (const event of events) {
      if (event.type === 'OrderPlaced') this.#names.set(event.orderId, `o${this.#names.size + 1}`)
    }
    checkBooks(account)
    return events
  }

  tell(line: string): void {
    this.now = later(this.now, SECOND)
    this.#told(new Reader(this.account, this.#names, this.now).read(line))
  }

  /** What the clock tells at the day's end: yesterday is over, and what is two days old may go. */
  endDay(): string {
    const date = dateAt(later(this.now, -DAY))
    const before = later(this.now, -2 * DAY)
    const events = this.#told({ type: 'DayEnded', exchange: 'NSE', date, before })
    return events.map((event) => (event.type === 'DayClosed' ? event.date : event.type)).join()
  }

  pass(days: number): void {
    this.now = later(this.now, days * DAY)
  }

  get held(): string {
    return formatQuantity(netQuantity(this.account, net))
  }
}

test('a clock that jumps ahead and back has no trade counted twice, and days go on ending', () => {
  const days = new Calendar()
  assert.equal(days.endDay(), '2026-11-22')
  days.tell(BOOK)
  days.pass(360)
  assert.equal(days.endDay(), '2027-11-17')
  days.pass(-360)
  days.tell(BOOK)
  assert.equal(days.held, '5', 'the same trade, told again')
  days.pass(1)
  assert.equal(days.endDay(), '2026-11-23')
  assert.equal(days.endDay(), '')
  days.pass(1)
  assert.equal(days.endDay(), '2026-11-24')
})

test('a day that is still to come is not ended, and nothing of now is let go of', () => {
  const days = new Calendar()
  days.tell(BOOK)
  const ended = { type: 'DayEnded', exchange: 'NSE' } as const
  const decided = (date: string, before: Instant): Event[] =>
    decide(days.account, {
      at: days.now,
      cause: 'day',
      key: undefined,
      body: { ...ended, date: date as TradingDate, before },
    })
  assert.deepEqual(decided('2027-11-23', days.now), [])
  const [closed] = decided('2026-11-23', later(days.now, 360 * DAY))
  assert.equal(closed?.type === 'DayClosed' && closed.before, days.now)
})

test('after a month at rest the first day’s end is careful, and the second makes up for it', () => {
  const days = new Calendar()
  days.tell(BOOK)
  days.pass(1)
  days.endDay()
  days.pass(30)
  assert.equal(days.endDay(), '2026-12-23')
  assert.equal(days.account.trades.size, 1)
  days.pass(1)
  assert.equal(days.endDay(), '2026-12-24')
  assert.equal(days.account.trades.size, 0)
  assert.equal(days.held, '5')
})

test('of what is flat and long over only the profit stays', () => {
  const days = new Calendar()
  days.tell('place INFY 10 limit 100')
  days.tell('accept o1 b1')
  days.tell('trade b1 t1 10 @ 100')
  days.tell('place INFY -10 limit 101')
  days.tell('accept o2 b2')
  days.tell('trade b2 t2 -10 @ 101')
  days.tell('place SBIN 10 limit 100')
  days.tell('accept o3 b3')
  for (let day = 0; day < 4; day++) {
    days.pass(1)
    days.endDay()
  }
  const { account } = days
  assert.deepEqual([...account.orders.values()].map(({ id }) => id).length, 1, 'what works stays')
  assert.equal(account.exposures.size, 1)
  assert.equal(exposureOf(account, net).touchedAt, 0)
  const [leg] = account.legs.get(net)!.values()
  assert.ok(leg!.position.realized > 0n)
  days.tell('book agreed flat')
  assert.equal(account.breaks.size, 0)
})
