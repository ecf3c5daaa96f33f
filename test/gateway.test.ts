import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Limits } from '../src/brokers/broker.ts'
import { faultOf } from '../src/brokers/faults/plan.ts'
import type { Order, OrderId } from '../src/core/order.ts'
import { DAY, HOUR, later } from '../src/core/time.ts'
import { Limiter } from '../src/desk/limit.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { House } from './house.ts'
import { SlowJournal } from './slow-journal.ts'
import { wrapped } from './wrapped.ts'

const oneASecond: Limits = { windows: [{ ms: 1_000, max: 1 }], keptForExits: 0 }
const sending = ({ account }: House): unknown[] =>
  [...account.requests.place.values()].filter(({ sending }) => sending)

async function stopped({ firm, desk, clock }: House): Promise<number> {
  const stopping = firm.stop(5_000).then(async (unanswered) => {
    await desk.stop()
    return unanswered
  })
  await clock.advance(later(clock.now(), 10_000))
  return stopping
}

test('a turn that comes by the clock waits for the commit in progress', async () => {
  const journal = new SlowJournal()
  const { house, broker } = await wrapped({ journal, limits: oneASecond })
  house.venue.onNews(() => {})
  await house.place('BUY 1 INFY 90') // takes the turn
  await house.place('BUY 2 INFY 90') // waits for one, by a timer
  house.clock.skip(later(house.now(), 1_000))
  journal.hold()
  void house.submit('BUY 3 INFY 90') // takes the turn that has come free, and the disk hangs
  await house.clock.settle()
  await house.pass(0)
  assert.equal(broker.calls.length, 1, 'nothing leaves before it is on disk')
  journal.letGo()
  await house.pass(0)
  assert.equal(broker.calls.length, 2)
})

test('what was journaled as sending while we stopped stays, and goes out next time', async () => {
  const { house, broker } = await wrapped()
  const placing = house.submit('BUY 10 INFY 90') // has its turn, and is not on disk yet
  assert.equal(await stopped(house), 0)
  assert.equal((await placing).is, 'placed')
  assert.deepEqual([broker.calls, sending(house)], [[], []])
  const { clock, journal, shelf, feed } = house
  const next = await House.open({ clock, journal, shelf, feed })
  await next.pass(2)
  assert.equal(next.orders(), 'open 0/10')
})

test('a turn is given back by itself, not in the name of somebody else', () => {
  const limiter = new Limiter({ windows: [{ ms: 1_000, max: 2 }], keptForExits: 0 })
  limiter.take('entry', 0) // of a command that is denied
  limiter.take('entry', 900)
  limiter.leave(900)
  limiter.giveBack()
  assert.equal(limiter.take('entry', 901), true)
  limiter.leave(901)
  assert.equal(limiter.take('entry', 1_500), false, 'two went out 600 ms ago')
  assert.equal(limiter.take('entry', 1_900), true)
})

test('an entry for which the disk took too long does not leave any more', async () => {
  const journal = new SlowJournal()
  const { house, broker } = await wrapped({ journal })
  journal.hold()
  void house.submit('BUY 1 INFY')
  await house.pass(11)
  journal.letGo()
  await house.pass(5)
  assert.deepEqual([broker.calls, house.orders()], [[], 'expired 0/1'])
})

test('HALT that comes while a change is being written keeps it back; a cancel leaves', async () => {
  let halt: string | undefined
  const journal = new SlowJournal()
  const { house, broker } = await wrapped({ journal, halted: () => halt })
  await house.place('BUY 2 INFY 90')
  await house.pass(1)
  const [orderId] = house.account.orders.keys()
  journal.hold()
  void house.ask({ type: 'AmendOrder', orderId: orderId!, changes: { quantity: '1' } })
  await house.pass(0)
  halt = 'the file HALT is there'
  journal.letGo()
  await house.pass(1)
  assert.equal(house.orders(), 'open 0/2')
  await house.cancel(orderId!)
  await house.pass(1)
  assert.deepEqual(broker.calls.slice(1), [`cancel ${orderId}`])
})

test('calls that waited for a slow disk do not leave all at once', async () => {
  const journal = new SlowJournal()
  const limits = { windows: [{ ms: 1_000, max: 2 }], keptForExits: 0 }
  const { house, broker } = await wrapped({ journal, limits })
  journal.hold()
  for (let n = 0; n < 4; n++) {
    void house.submit('BUY 1 INFY 90')
    await house.pass(1)
  }
  journal.letGo()
  await house.pass(0)
  assert.equal(broker.calls.length, 2)
  await house.pass(1)
  assert.equal(broker.calls.length, 4)
})

test('what was sent before a restart counts against the limits after it', async () => {
  const limits = { windows: [{ ms: DAY, max: 3 }], keptForExits: 0 }
  const { house } = await wrapped({ limits })
  await house.place('BUY 1 INFY 90')
  await house.place('BUY 1 SBIN 90')
  await stopped(house)
  const { clock, journal, shelf, feed } = house
  clock.skip(later(clock.now(), HOUR))
  const next = await wrapped({ clock, journal, shelf, feed, limits })
  for (const id of ['third', 'fourth']) await next.house.place('BUY 1 TCS 90', { id })
  assert.equal(next.broker.calls.length, 1)
})

test('a commit looks at each order that waits once, however many do', async () => {
  const { house } = await wrapped({ limits: oneASecond })
  house.venue.onNews(() => {})
  const WAITING = 2_000
  for (let n = 0; n < WAITING; n++) void house.submit('BUY 1 INFY 90')
  await house.pass(0.5)
  const orders = house.account.orders as Map<OrderId, Order>
  const get = orders.get.bind(orders)
  let looks = 0
  orders.get = (id) => (looks++, get(id))
  const before = house.journal.head().n
  await house.place('BUY 1 INFY 90')
  const commits = house.journal.head().n - before
  assert.ok(commits > 0 && looks < 3 * WAITING * commits, `${looks} looks in ${commits} commits`)
})

test('a clock set back before a restart keeps nothing waiting, makes nothing fresh', async () => {
  const { house } = await wrapped({ limits: oneASecond })
  await house.place('BUY 1 INFY 90')
  await house.pass(1)
  await house.place('BUY 2 INFY 90')
  await house.place('BUY 3 INFY 90') // waits for its turn
  const [first] = house.account.orders.keys()
  await house.cancel(first!) // and so does the cancel
  await stopped(house)
  const { journal, shelf, feed } = house
  const clock = new VirtualClock(later(house.now(), -HOUR))
  const next = await wrapped({ clock, journal, shelf, feed, limits: oneASecond })
  await next.house.pass(5)
  assert.equal(next.house.orders(), 'cancelled 0/1, open 0/2, expired 0/3')
})

test('a clock set back before a restart keeps nothing in doubt for longer', async () => {
  const { house } = await wrapped({ faults: [faultOf('lose-request', { times: 1 })] })
  await house.place('BUY 1 INFY 90')
  await house.pass(1)
  const { journal, shelf, feed } = house
  const clock = new VirtualClock(later(house.now(), -HOUR))
  const { house: next } = await wrapped({ clock, journal, shelf, feed })
  await next.pass(40)
  assert.equal(next.orders(), 'lapsed 0/1')
})
