import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { PaperBroker } from '../src/brokers/paper/paper.ts'
import type { Shelf } from '../src/brokers/paper/shelf.ts'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { Venue } from '../src/brokers/paper/venue.ts'
import { formatQuantity, money } from '../src/core/amount.ts'
import type { Tag } from '../src/core/order.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { SqliteShelf } from '../src/store/shelf.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import type { Candidate } from './broker.exam.ts'
import { brokerExam, terms } from './broker.exam.ts'
import { HandFeed, NOON } from './house.ts'
import { bar, infy, limit, Pit } from './pit.ts'
import { inr } from './scenario-asks.ts'
import { tempFolder } from './temp.ts'

function candidate(clock = new VirtualClock(NOON), shelf: Shelf = new MemoryShelf()): Candidate {
  const feed = new HandFeed(clock)
  const venue = new Venue({ shelf, plan: 'none', opening: OPENING })
  const broker = new PaperBroker({
    venue,
    feed,
    timers: clock,
    exchanges: [],
    latencyMs: 20,
  })
  return {
    broker,
    quote: (symbol, bid, ask, size) => feed.quote(symbol, bid, ask, size),
    settle: () => clock.advance(later(clock.now(), SECOND)),
    reborn: () => candidate(clock, shelf),
  }
}

const OPENING = [{ currency: inr, cash: money('1000000') }]

brokerExam('paper', () => candidate())

test('a market order crosses the spread', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('10')
  pit.place('-4')
  pit.quote(99.95, 100.05)
  assert.deepEqual(pit.told, ['10 @ 100.05', '-4 @ 99.95'])
})

test('a limit trades at the quote when that is better, and never beyond itself', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('10', limit('100'))
  pit.quote(99.95, 100.05)
  assert.deepEqual(pit.told, [])
  pit.quote(99.5, 99.6)
  assert.deepEqual(pit.told, ['10 @ 99.6'])
})

test('no more trades than is offered, and two orders do not take the same shares', () => {
  const pit = new Pit()
  pit.quote(99.95, 100, 10)
  pit.place('8')
  pit.place('8')
  pit.quote(99.95, 100, 10)
  assert.deepEqual(pit.told, ['8 @ 100', '2 @ 100'])
  pit.quote(99.95, 100.05, 10)
  assert.deepEqual(pit.told.slice(2), ['6 @ 100.05'])
})

test('a crossed quote trades nothing', () => {
  const pit = new Pit()
  pit.quote(99.95, 100)
  pit.place('10')
  pit.quote(100.05, 100)
  assert.deepEqual(pit.told, [])
})

test('against bars a market order pays one tick on the opening, which it did not know', () => {
  const pit = new Pit()
  pit.close(bar(100, 101, 99, 100))
  pit.place('10')
  pit.place('-10')
  pit.open(bar(101, 102, 100, 101))
  assert.deepEqual(pit.told, ['10 @ 101.05', '-10 @ 100.95'])
})

test('a limit that is only touched does not trade; one that is gone through does', () => {
  const pit = new Pit()
  pit.close(bar(100, 100, 100, 100))
  pit.place('10', limit('99'))
  const touched = bar(100, 101, 99, 100)
  pit.open(touched)
  pit.close(touched)
  assert.deepEqual(pit.told, [])
  const through = bar(100, 101, 98.95, 100)
  pit.open(through)
  pit.close(through)
  assert.deepEqual(pit.told, ['10 @ 99'])
})

test('a gap through a limit trades at the opening', () => {
  const pit = new Pit()
  pit.close(bar(100, 100, 100, 100))
  pit.place('10', limit('99'))
  pit.open(bar(97, 98, 96, 97))
  assert.deepEqual(pit.told, ['10 @ 97'])
})

test('a quarter of a bar’s volume is the most that can be had of it', () => {
  const pit = new Pit()
  pit.close(bar(100, 100, 100, 100, 10))
  pit.place('10')
  pit.place('10', limit('105'))
  const thin = bar(100, 101, 99, 100, 30)
  pit.open(thin)
  pit.close(thin)
  assert.deepEqual(pit.told, ['7 @ 100.05'])
  pit.open(bar(101, 102, 100, 101, 100))
  assert.deepEqual(pit.told.slice(1), ['3 @ 101.05', '10 @ 101'])
})

test('cash is checked when an order comes in, and holdings where a sale must deliver', () => {
  const pit = new Pit(new MemoryShelf(), '1000')
  assert.match(pit.place('1'), /NO_MARKET: NSE:INFY has no price/)
  pit.quote(100, 100)
  assert.match(pit.place('11'), /FUNDS: 1100 INR needed, 1000 free/)
  assert.equal(pit.place('6', limit('100')), 'P1')
  assert.match(pit.place('5', limit('100')), /FUNDS: 500 INR needed, 400 free/)
  assert.match(pit.place('-1', undefined, 'CNC'), /HOLDINGS: only 0 of NSE:INFY are held/)
})

test('what is sold short locks twice its price until it is bought back', () => {
  const pit = new Pit(new MemoryShelf(), '1000')
  pit.quote(100, 100)
  pit.place('-6')
  pit.quote(100, 100)
  assert.match(pit.place('-5'), /FUNDS: 500 INR needed, 400 free/)
  pit.place('6')
  pit.quote(90, 90)
  assert.equal(pit.cash(), '1060')
})

test('the day’s end expires what works, keeps what came after it, and forgets what is old', () => {
  const pit = new Pit()
  pit.quote(100, 100)
  pit.place('1', limit('90'))
  pit.place('1')
  pit.quote(100, 100)
  const night = later(NOON, 3_600_000)
  pit.venue.place('T00TST001000009' as Tag, terms('1', { pricing: limit('90') }), night)
  pit.venue.endDay('NSE', night, instant(0))
  const statuses = pit.venue.books().orders.map(({ status }) => status)
  assert.deepEqual(statuses, ['expired', 'complete', 'working'])
  pit.venue.endDay('NSE', night, later(night, 1))
  assert.deepEqual(
    pit.venue.books().orders.map(({ status }) => status),
    ['working'],
  )
  assert.equal(pit.venue.books().trades.length, 0)
  assert.equal(formatQuantity(pit.venue.books().positions[0]!.quantity), '1')
  pit.place('-1')
  pit.quote(100, 100)
  pit.venue.endDay('NSE', night, instant(0))
  assert.deepEqual(pit.venue.books().positions, [], 'what is flat is shown no more')
  assert.equal(pit.cash(), '1000000')
})

test('a venue that is opened again has the same books and goes on matching', () => {
  const shelf = new MemoryShelf()
  const pit = new Pit(shelf)
  pit.quote(100, 100)
  pit.place('10', limit('99'))
  pit.place('4')
  pit.quote(100, 100)
  const again = new Pit(shelf)
  assert.deepEqual(again.venue.books(), pit.venue.books())
  again.quote(98, 98)
  assert.deepEqual(again.told, ['10 @ 98'])
  assert.equal(again.cash(), '998620')
})

test('after a restart orders stand in the queue as they came, the tenth behind the second', () => {
  const file = join(tempFolder(), 'venue.db')
  const first = new SqliteShelf(file)
  const pit = new Pit(first)
  pit.quote(100, 100)
  for (let n = 1; n <= 11; n++) pit.place(String(n), limit('99'))
  first.close()
  const second = new SqliteShelf(file)
  const again = new Pit(second)
  again.quote(98, 98, 5)
  assert.deepEqual(again.told, ['1 @ 98', '2 @ 98', '2 @ 98'])
  second.close()
})

test('nothing is told before it is on the shelf', () => {
  const shelf = new MemoryShelf()
  const venue = new Venue({ shelf, plan: 'none', opening: OPENING })
  const kept: string[][] = []
  venue.onNews(() => kept.push([...shelf.all()].map(([name]) => name)))
  venue.quote(infy, { at: NOON, bid: 100, ask: 100, bidSize: undefined, askSize: undefined })
  venue.place('T00TST001000001' as Tag, terms('1'), NOON)
  venue.quote(infy, { at: NOON, bid: 100, ask: 100, bidSize: undefined, askSize: undefined })
  assert.ok(kept[0]?.includes('order P1'))
  assert.ok(kept[1]?.includes('trade T1') && kept[1].includes('cash INR'))
})
