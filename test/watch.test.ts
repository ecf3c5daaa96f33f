import assert from 'node:assert/strict'
import { test } from 'node:test'
import { netQuantity } from '../src/core/account.ts'
import { netKey } from '../src/core/instrument.ts'
import { terms } from './broker.exam.ts'
import { faultOf } from '../src/brokers/faults/plan.ts'
import type { Reading } from '../src/brokers/broker.ts'
import { minus, money, quantity } from '../src/core/amount.ts'
import type { VerificationView } from '../src/core/asking.ts'
import type { House } from './house.ts'
import { wrapped } from './wrapped.ts'

/** An order that trades, told by the stream alone: the clock has not come to a reading. */
async function traded(house: House): Promise<void> {
  await house.place('BUY 10 INFY')
  await house.pass(5.5) // the book has been read and has agreed
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(0.05)
  assert.equal(house.orders(), 'complete 10/10')
}

async function verified(house: House): Promise<VerificationView> {
  const asking = house.front.ask({ about: 'verification', account: 'paper' })
  await house.pass(6)
  return (await asking)!
}

test('a book that never comes has failed by the broker’s bound; the next one is read', async () => {
  const { house, broker } = await wrapped({ faults: [faultOf('lose-answer', { times: 1 })] })
  house.venue.onNews(() => {})
  const read = broker.read.bind(broker)
  let late = (_: Reading): void => {}
  broker.read = () => new Promise((resolve) => (late = resolve))
  await house.place('BUY 10 INFY 90')
  await house.pass(6)
  assert.equal(house.orders(), 'unknown 0/10')
  const empty = { ...(await settled(house, read())), askedAt: house.now() }
  broker.read = read
  await house.pass(30)
  late(empty)
  await house.pass(30)
  assert.equal(house.orders(), 'open 0/10')
})

async function settled<T>(house: House, waiting: Promise<T>): Promise<T> {
  await house.pass(0.1)
  return waiting
}

test('stopping waits no longer for a book than the broker’s bound', async () => {
  const { house, broker } = await wrapped()
  broker.read = () => new Promise(() => {})
  void house.front.ask({ about: 'verification', account: 'paper' })
  let isOver = false
  void house.firm.stop(0).then(() => (isOver = true))
  await house.pass(5.1)
  assert.equal(isOver, true)
})

test('an adapter that throws where it should read has failed to read, and no more', async () => {
  const { house, broker } = await wrapped()
  const read = broker.read.bind(broker)
  broker.read = () => Promise.reject(new Error('a row makes no sense'))
  const { agreed, failed } = await verified(house)
  assert.equal(agreed, false)
  assert.deepEqual(failed[0], {
    part: 'orders',
    reason: 'the adapter failed: a row makes no sense',
  })
  broker.read = read
  assert.equal((await verified(house)).agreed, true)
})

test('after the last order has ended the book is read until two readings agree', async () => {
  const { house, broker } = await wrapped({ cadence: { cycleMs: 1_800_000 } })
  await traded(house)
  const before = broker.reads
  await house.pass(5)
  const soon = broker.reads - before
  assert.ok(soon >= 2 && soon <= 4, `${soon} readings`)
  await house.pass(1_700)
  assert.equal(broker.reads - before, soon)
})

test('a fill the broker’s own positions never show is found within seconds', async () => {
  const { house, broker } = await wrapped()
  const { positions, funds } = await settled(house, broker.read())
  broker.twist = (reading) => ({ ...reading, positions, funds })
  await traded(house)
  await house.pass(5)
  const [found] = house.account.breaks.values()
  assert.deepEqual([found?.ours, found?.theirs], [quantity('10'), 0n])
})

test('what differs at the first look is said at the first look', async () => {
  const { house, broker } = await wrapped()
  const row = { instrument: house.instrument('INFY').id, product: 'CNC' } as const
  broker.twist = (reading) => ({
    ...reading,
    positions: { ok: true, rows: [{ ...row, quantity: quantity('7') }], proven: true },
  })
  const asking = house.front.ask({ about: 'verification', account: 'paper' })
  await house.pass(0.1)
  const { agreed, differing, breaks } = (await asking)!
  assert.deepEqual([agreed, breaks], [false, []])
  const where = { symbol: 'INFY', exchange: 'NSE', product: 'CNC' }
  assert.deepEqual(differing, [{ ...where, ours: '0', theirs: '7' }])
  await house.pass(5)
  const later = await verified(house)
  assert.deepEqual([later.breaks.length, later.differing.length], [1, 0])
})

test('a fill that comes while the book is being read is no difference', async () => {
  const { house } = await wrapped({ latencyMs: 100 })
  await house.place('BUY 10 INFY')
  await house.pass(0.3)
  const asking = house.front.ask({ about: 'verification', account: 'paper' })
  await house.pass(0.05)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(0.5)
  const found = await asking
  assert.equal(house.orders(), 'complete 10/10')
  assert.deepEqual([found?.agreed, found?.differing], [true, []])
})

test('a trade by hand is noticed within seconds, not at the next half hour', async () => {
  const { house } = await wrapped()
  await house.pass(60)
  house.venue.place(undefined, terms('7'), house.now())
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(3)
  assert.equal(netQuantity(house.account, netKey(house.instrument('INFY').id, 'MIS')), units(7))
})

const units = (count: number): bigint => BigInt(count) * 100_000_000n

test('looking does not end with readings that are too poor to conclude anything from', async () => {
  const { house, broker } = await wrapped()
  await house.pass(60)
  house.venue.place(undefined, terms('7'), house.now())
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(0.5)
  const poorUntil = house.now() + 5_000
  const none = { ok: true, rows: [], proven: false } as const
  const [first] = house.venue.books().funds
  const charged = { ...first!, cash: minus(first!.cash, money('5')) }
  broker.twist = (reading) => ({
    ...reading,
    trades: house.now() < poorUntil ? none : reading.trades,
    funds: { ok: true, rows: [charged], proven: true },
  })
  await house.pass(9)
  assert.equal(house.account.cash.get(charged.currency), charged.cash)
})
