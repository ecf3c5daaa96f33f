/** A whole desk whose guards close what must be closed, and say whether they did. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money, rate } from '../src/core/amount.ts'
import type { GuardRule } from '../src/core/guard-rule.ts'
import type { Input } from '../src/core/input.ts'
import { later, SECOND } from '../src/core/time.ts'
import { ruleOf } from './guard-words.ts'
import type { HouseOptions } from './house.ts'
import { House } from './house.ts'

/** A desk with a guard at ten per cent, and 4,000 INFY at 100: 40 % of what there is. */
async function guarded(rule: Partial<GuardRule> = {}, options: HouseOptions = {}): Promise<House> {
  const house = await House.open(options)
  await house.pass(4)
  const drawdown = ruleOf({ fraction: rate('0.1'), ...rule })
  await ask(house, { type: 'SetGuard', rules: [drawdown], initial: undefined, by: 'key:me' })
  await house.place('BUY 4000 INFY')
  await passing(house, 10, 99.95)
  return house
}

async function ask(house: House, body: Input['body']): Promise<void> {
  const submitted = house.desk.submit({ account: 'paper', cause: 'key:me', body })
  await house.pass(0)
  await submitted
}

/** So many seconds with that price, told twice a second. */
async function passing(house: House, seconds: number, price: number): Promise<void> {
  for (let left = seconds * 2; left > 0; left--) {
    house.feed.quote('INFY', price, price + 0.05)
    await house.pass(0.5)
  }
}

const told = (house: House): string[] =>
  [...house.journal.read(0)]
    .flatMap(({ entries }) => entries)
    .flatMap(({ events }) => events.map(({ type }) => type))
    .filter((type) => /Guard|Liquid|Flat|Halted|Resumed|Closing/.test(type))

const held = (house: House): bigint =>
  house.venue.books().positions.reduce((sum, { quantity }) => sum + quantity, 0n) / 100_000_000n

const unbound = money('0')

test('a breach is announced, waits, is looked at again, and ends confirmed flat', async () => {
  const house = await guarded()
  assert.equal(held(house), 4000n)
  await passing(house, 6, 70)
  assert.deepEqual(told(house), ['GuardSet', 'LiquidationAnnounced'])
  assert.equal(held(house), 4000n)
  await passing(house, 14, 70)
  assert.deepEqual(told(house).slice(2), ['GuardTripped', 'LiquidationStarted', 'FlatConfirmed'])
  assert.equal(held(house), 0n)
  const denied = await house.place('BUY 1 INFY')
  assert.equal(denied.is === 'denied' && denied.denial.code, 'GUARD_TRIPPED')
  assert.ok(house.account.guards.closed[0]!.gained < unbound)
})

test('a spike of one tick, or a price that leaps and comes back, closes nothing', async () => {
  const house = await guarded({ delayMs: 0 })
  for (const price of [1, 0, -5, 1_000_000, 70, 150]) {
    house.feed.quote('INFY', price, price + 0.05)
    await house.pass(0.5)
    await passing(house, 2, 100)
  }
  assert.deepEqual(told(house), ['GuardSet'])
  assert.equal(held(house), 4000n)
})

test('a true fall is closed within five seconds of the rule’s delay', async () => {
  const house = await guarded({ delayMs: 0 })
  const from = house.now()
  await passing(house, 5, 70)
  const [order] = [...house.account.orders.values()].slice(-1)
  assert.equal(order!.intent, 'exit')
  assert.ok(order!.placedAt <= later(from, 5 * SECOND))
  assert.equal(held(house), 0n)
})

test('what works is cancelled first, and nothing that a strategy places gets through', async () => {
  const house = await guarded({ delayMs: 0 })
  await house.place('BUY 10 INFY 60')
  await house.place('BUY 10 SBIN 60')
  await passing(house, 4, 70)
  const stubborn = await house.place('BUY 100 INFY', { strategy: 'ema' })
  assert.equal(stubborn.is, 'denied')
  await passing(house, 5, 70)
  assert.equal(held(house), 0n)
  assert.equal(house.account.working, 0)
  assert.equal(told(house).at(-1), 'FlatConfirmed')
})

test('it may be closed by hand at the same moment: the position never turns', async () => {
  for (const offset of [0, 0.1, 0.3, 0.5]) {
    const house = await guarded({ delayMs: 0 })
    for (let left = 8; left > 0 && house.account.guards.closings.size === 0; left--) {
      await passing(house, 0.5, 70)
    }
    await house.pass(offset)
    await house.place('SELL 1000 INFY', { reduceOnly: true })
    await passing(house, 8, 70)
    assert.equal(held(house), 0n, `offset ${offset}`)
    assert.equal(told(house).at(-1), 'FlatConfirmed')
  }
})

test('what cannot be closed is NOT FLAT, and again each minute', async () => {
  const house = await guarded({ delayMs: 0 })
  const dry = async (seconds: number): Promise<void> => {
    for (let left = seconds; left > 0; left--) {
      house.feed.quote('INFY', 70, 70.05, 1)
      await house.pass(1)
    }
  }
  await dry(40)
  assert.equal(told(house).filter((type) => type === 'NotFlat').length, 1)
  await dry(65)
  assert.equal(told(house).filter((type) => type === 'NotFlat').length, 2)
})

test('prices that stop are no reason to close, and nothing is entered meanwhile', async () => {
  const house = await guarded({ delayMs: 0 })
  house.feed.freshMs = 5 * SECOND
  await house.pass(50)
  assert.deepEqual(told(house), ['GuardSet', 'GuardBlind'])
  assert.equal(held(house), 4000n)
  house.feed.quote('SBIN', 100, 100.05)
  const denied = await house.place('BUY 1 SBIN')
  assert.equal(denied.is === 'denied' && denied.denial.code, 'GUARD_BLIND')
  const close = await house.place('SELL 1 INFY', { reduceOnly: true })
  assert.equal(close.is, 'placed')
  await passing(house, 4, 99.95)
  assert.equal(told(house).at(-1), 'GuardSawAgain')
})

test('a desk that died between announcement and closing closes when it is back', async () => {
  const house = await guarded()
  await passing(house, 5, 70)
  assert.equal(told(house).at(-1), 'LiquidationAnnounced')
  const { clock, journal, shelf } = house
  void house.firm.stop(0)
  house.guards.stop()
  await house.desk.stop()
  const again = new House({ clock, journal, shelf, feed: house.feed, epoch: '00TST' })
  await again.pass(1)
  await again.serving
  await passing(again, 25, 70)
  assert.equal(held(again), 0n)
  assert.equal(told(again).at(-1), 'FlatConfirmed')
})
