import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NoShelf, MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { price, quantity, rate } from '../src/core/amount.ts'
import type { BrokerOrderId, Terms } from '../src/core/order.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, instant, later, MINUTE } from '../src/core/time.ts'
import { Calendar } from '../src/market/calendar.ts'
import { NOON } from './house.ts'
import { bar, limit, Pit } from './pit.ts'

const first = 'P1' as BrokerOrderId
const stop = (trigger: string): Terms['pricing'] => ({ type: 'sl-m', trigger: price(trigger) })
const market: Terms['pricing'] = { type: 'market' }

const protectedPit = (shelf = new MemoryShelf()): Pit =>
  new Pit(shelf, '1000000', { protection: rate('0.02') })

test('a protected market order takes what is near and rests for the rest', () => {
  const pit = protectedPit()
  pit.quote(99.95, 100)
  pit.place('10')
  pit.quote(101.95, 102, 4)
  pit.quote(102, 102.05)
  assert.deepEqual(pit.told, ['4 @ 102'])
  assert.equal(pit.order(), 'working 4/10')
  pit.quote(101, 101.05)
  assert.deepEqual(pit.told, ['4 @ 102', '6 @ 101.05'])
})

test('what protects an order counts from the price it met, also after a restart', () => {
  const shelf = new MemoryShelf()
  const pit = protectedPit(shelf)
  pit.quote(99.95, 100)
  pit.place('-10')
  const again = protectedPit(shelf)
  again.quote(97.9, 97.95)
  assert.deepEqual(again.told, [])
  again.quote(98, 98.05) // 97.951, on the tick
  assert.deepEqual(again.told, ['-10 @ 98'])
})

test('a protected stop counts from the price that triggered it', () => {
  const pit = protectedPit()
  pit.quote(99.95, 100)
  pit.place('-10', stop('98'))
  pit.quote(90, 90.1, 4)
  pit.quote(88.15, 88.2)
  assert.deepEqual(pit.told, ['-4 @ 90'])
  pit.quote(88.2, 88.25)
  assert.deepEqual(pit.told, ['-4 @ 90', '-6 @ 88.2'])
})

test('on bars: a gap beyond its protection leaves a market order resting at the bound', () => {
  const pit = protectedPit()
  pit.open(bar(100, 101, 99, 100))
  pit.close(bar(100, 101, 99, 100))
  pit.place('10') // it meets 100.05: no more than 102.05
  pit.open(bar(105, 106, 104, 105))
  pit.close(bar(105, 106, 104, 105))
  assert.deepEqual(pit.told, [])
  pit.open(bar(103, 103, 101, 102))
  pit.close(bar(103, 103, 101, 102))
  assert.deepEqual(pit.told, ['10 @ 102.05'])
})

test('a market order that was made a limit order is protected no more', () => {
  const pit = protectedPit()
  pit.quote(99.95, 100)
  pit.place('10')
  const to = { quantity: quantity('10'), pricing: limit('110'), validity: 'day' } as const
  assert.equal(pit.venue.amend(first, { ...to, disclosed: undefined }, NOON), undefined)
  pit.quote(104.95, 105)
  assert.deepEqual(pit.told, ['10 @ 105'])
})

const banded = { band: { low: price('90'), high: price('110') } }

test('the exchange refuses a price outside the band, in an order and in a change of one', () => {
  const pit = new Pit(new NoShelf(), '1000000', { as: banded })
  pit.quote(99.95, 100)
  assert.match(pit.place('10', limit('110.05')), /BAND: 110.05 is outside the day's band, 90 to/)
  assert.match(pit.place('-10', stop('89.95')), /BAND/)
  assert.equal(pit.place('10', limit('95')), 'P1')
  const to = { quantity: quantity('10'), validity: 'day', disclosed: undefined } as const
  const refusal = pit.venue.amend(first, { ...to, pricing: limit('111') }, NOON)
  assert.equal(refusal?.code, 'BAND')
})

test('bands hold before the first price of an instrument that is known', () => {
  const { instrument } = new Pit(undefined, undefined, { as: banded })
  const pit = new Pit(undefined, undefined, { as: banded, instruments: [instrument] })
  assert.match(pit.place('10', limit('111')), /BAND/)
})

test('nothing trades outside the band: a market order waits until the side is free', () => {
  const pit = new Pit(undefined, undefined, { as: banded })
  pit.open(bar(110, 110, 110, 110))
  pit.place('10')
  pit.open(bar(110, 110, 110, 110))
  assert.deepEqual(pit.told, [])
  pit.open(bar(109, 110, 109, 110))
  assert.deepEqual(pit.told, ['10 @ 109.05'])
})

test('of a disclosed order no more than the shown part trades at one moment', () => {
  const pit = new Pit()
  pit.quote(99.95, 100)
  pit.place('10', limit('100'), 'MIS', { disclosed: quantity('4') })
  for (let moments = 0; moments < 4; moments++) pit.quote(99.95, 100)
  assert.deepEqual(pit.told, ['4 @ 100', '4 @ 100', '2 @ 100'])
})

/** A Monday with a closing auction from 15:15 to 15:35. */
const at = (clock: string): Instant => instant(Date.parse(`2026-11-23T${clock}:00+05:30`))
const withAuction = (): Pit => {
  const calendar = new Calendar()
  const pit = new Pit(undefined, undefined, { as: { sessions: 'cash-auction' }, calendar })
  pit.quote(99.95, 100.05, undefined, at('15:10'))
  return pit
}
const from = (clock: string): [product: 'MIS', over: object, at: Instant] => ['MIS', {}, at(clock)]

test('as a closing auction begins, stops and disclosed orders are cancelled, limits go on', () => {
  const pit = withAuction()
  pit.place('10', limit('99'), ...from('15:12'))
  pit.place('-10', stop('98'), ...from('15:12'))
  pit.place('10', limit('99'), 'MIS', { disclosed: quantity('5') }, at('15:12'))
  pit.quote(98.5, 98.6, undefined, at('15:15'))
  const orders = [1, 2, 3].map((n) => pit.order(n))
  assert.deepEqual(orders, ['working 0/10', 'cancelled 0/-10', 'cancelled 0/10'])
  assert.deepEqual(pit.told, [])
})

test('a closing auction ends at one price, the last; what does not cross is cancelled', () => {
  const pit = withAuction()
  pit.place('10', limit('101'), ...from('15:12'))
  pit.place('10', limit('99'), ...from('15:12'))
  pit.place('-6', market, ...from('15:22'))
  pit.quote(100.45, 100.55, undefined, at('15:30'))
  pit.quote(100.28, 100.36, undefined, at('15:34'))
  assert.deepEqual(pit.told, [])
  pit.quote(95, 95.1, undefined, at('15:35'))
  assert.deepEqual(pit.told, ['10 @ 100.3', '-6 @ 100.3'])
  assert.equal(pit.order(2), 'cancelled 0/10')
})

test('on bars: the bar that ends with the auction has its price', () => {
  const pit = withAuction()
  pit.place('10', limit('101'), ...from('15:12'))
  const last = { ...bar(100, 102, 98, 100.5), at: later(at('15:35'), -MINUTE) }
  pit.open(last)
  assert.deepEqual(pit.told, [])
  pit.close(last)
  assert.deepEqual(pit.told, ['10 @ 100.5'])
})

test('an auction after which no price comes ends with the day, and on that day', () => {
  const pit = withAuction()
  pit.place('10', limit('101'), ...from('15:12'))
  pit.quote(100.45, 100.55, undefined, at('15:34'))
  pit.venue.endDay('NSE', at('24:00'), at('00:00'))
  assert.equal(pit.order(), 'complete 10/10')
  assert.equal(pit.venue.books().trades[0]!.date, '2026-11-23')
})

test('prices that end within an auction end it, and it does not reach into the next day', () => {
  const pit = withAuction()
  pit.place('10', limit('99'), ...from('15:12'))
  pit.quote(100.45, 100.55, undefined, at('15:28'))
  pit.venue.endDay('NSE', at('15:29'), at('00:00'))
  assert.equal(pit.order(), 'cancelled 0/10')
  pit.place('10', limit('101'), ...from('15:40'))
  pit.quote(104.95, 105, undefined, later(at('09:15'), DAY))
  assert.deepEqual(pit.told, [])
})

test('a closing auction takes orders as the calendar says, and no IOC or shown part', () => {
  const pit = withAuction()
  pit.place('1', limit('100'), ...from('15:14'))
  assert.match(pit.place('1', limit('100'), ...from('15:16')), /AUCTION/)
  assert.match(pit.place('1', stop('105'), ...from('15:22')), /AUCTION: .*no SL-M orders/)
  assert.match(pit.place('1', limit('100'), 'MIS', { validity: 'ioc' }, at('15:22')), /no IOC/)
  assert.match(pit.place('1', market, ...from('15:26')), /AUCTION: .*no MARKET orders/)
  assert.equal(pit.place('1', limit('100'), ...from('15:26')), 'P2')
})

test('a future binds a fifth of its value, long or short, and pays out what it made', () => {
  for (const side of [1, -1]) {
    const pit = new Pit(undefined, '1000', { as: { group: 'futures' } })
    pit.quote(100, 100)
    pit.place(String(40 * side), limit('100'), 'NRML')
    pit.quote(100, 100)
    assert.match(pit.place(String(11 * side), limit('100'), 'NRML'), /220 INR needed, 200 free/)
    assert.equal(pit.place(String(10 * side), limit('100'), 'NRML'), 'P2')
    pit.quote(100, 100)
    pit.place(String(-50 * side), market, 'NRML')
    pit.quote(100 + side, 100 + side)
    assert.equal(pit.cash(), '1050')
  }
})

test('a sold option binds ten times its premium, a bought one the premium', () => {
  const pit = new Pit(undefined, '1000', { as: { group: 'options' } })
  pit.quote(5, 5)
  assert.match(pit.place('-21', limit('5'), 'NRML'), /FUNDS: 1050 INR needed/)
  pit.place('-20', limit('5'), 'NRML')
  pit.quote(5, 5)
  assert.equal(pit.cash(), '1100')
  assert.match(pit.place('-1', limit('5'), 'NRML'), /50 INR needed, 0 free/)
  assert.equal(new Pit(undefined, '1000').place('200', limit('5')), 'P1')
})

test('a day ends with all that worked in it; what comes in after it is for the next', () => {
  const shelf = new MemoryShelf()
  const pit = new Pit(shelf)
  pit.quote(99.95, 100.05)
  pit.place('10', limit('100.05'))
  pit.quote(99.95, 100.05, 4)
  pit.place('10', { type: 'sl', trigger: price('101'), limit: price('102') }, 'MIS')
  pit.quote(103, 103.1) // triggered, and beyond its limit
  pit.place('10', limit('90'), 'MIS', { validity: { minutes: 5 } })
  pit.place('10', limit('90'), 'MIS', { validity: 'ioc' })
  const midnight = later(NOON, DAY / 2)
  pit.place('10', limit('90'), 'MIS', { validity: { minutes: 5 } }, later(midnight, MINUTE))
  pit.venue.endDay('NSE', midnight, NOON)
  const ended = ['expired 4/10', 'expired 0/10', 'expired 0/10', 'expired 0/10', 'working 0/10']
  const states = (of: Pit): string[] => [1, 2, 3, 4, 5].map((n) => of.order(n))
  assert.deepEqual(states(pit), ended)
  const next = new Pit(shelf)
  assert.deepEqual(states(next), ended)
  next.quote(89, 90, undefined, later(midnight, 2 * MINUTE))
  assert.deepEqual(next.told, ['10 @ 90'])
  assert.deepEqual(states(next).slice(0, 4), ended.slice(0, 4))
})
