/** Parts that fail by themselves, in a house where time is told. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { instant } from '../src/core/time.ts'
import { Space } from '../src/desk/space.ts'
import { Calendar } from '../src/market/calendar.ts'
import { terminalOn } from '../src/cli/terminal.ts'
import { Reserve } from '../src/store/reserve.ts'
import type { Strategy } from '../src/strategy/strategy.ts'
import { runDemo } from '../src/worlds/demo-strategy.ts'
import { refusals } from '../src/worlds/refusal.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { House, NOON } from './house.ts'
import { tempFolder } from './temp.ts'

/** A second of prices, four times. */
async function minute(house: House): Promise<void> {
  for (let second = 0; second < 5; second++) {
    house.feed.quote('INFY', 99.95, 100)
    await house.pass(1)
  }
}

function demo(house: House, strategy: Strategy, settle = house.front.settle.bind(house.front)) {
  const troubles: string[] = []
  runDemo({
    account: 'paper',
    instrument: house.instrument('INFY'),
    desk: house.desk,
    front: { settle },
    feed: house.feed,
    clock: house.clock,
    onTrouble: ({ message }) => troubles.push(message),
    strategy,
  })
  return troubles
}

test('a strategy that fails is off, and prices and orders go on', async () => {
  const house = await House.open()
  let bars = 0
  const troubles = demo(house, {
    name: 'wrong',
    bar() {
      bars++
      throw new Error('no such indicator')
    },
  })
  await minute(house)
  assert.deepEqual(
    [bars, troubles],
    [1, ['the strategy wrong failed (no such indicator) and is off']],
  )
  await house.place('BUY 10 INFY')
  await minute(house)
  assert.equal(house.orders(), 'complete 10/10')
})

test('an order of a strategy that cannot be settled is told, and it may try again', async () => {
  const house = await House.open()
  let asked = 0
  const troubles = demo(house, { name: 'eager', bar: () => 'long' }, () => {
    asked++
    return Promise.reject(new Error('nowhere to be found'))
  })
  await minute(house)
  assert.ok(asked > 1)
  assert.equal(troubles.length, asked)
})

test('without any price a limit order works all the same', async () => {
  const house = new House()
  await house.pass(1)
  await house.serving
  const answer = await house.place('BUY 10 INFY 90')
  assert.equal(answer.is, 'placed')
  await house.pass(1)
  assert.equal(house.orders(), 'open 0/10')
})

test('with prices that are old a limit order works all the same', async () => {
  const house = await House.open()
  house.feed.freshMs = 0
  await house.pass(60)
  assert.equal((await house.place('BUY 10 INFY 90')).is, 'placed')
  await house.pass(1)
  assert.equal(house.orders(), 'open 0/10')
})

test('a closed market is denied with the calendar, and left to the broker without', async () => {
  const house = await House.open()
  const sunday = { now: () => instant(Date.UTC(2026, 10, 22, 6, 30)) }
  const halted = (): undefined => undefined
  const asked = (calendar: Calendar | undefined) => {
    return refusals({ halted, calendar, clock: sunday })(house.instrument('INFY'), 'limit')
  }
  assert.equal(asked(new Calendar())?.code, 'MARKET_CLOSED')
  assert.equal(asked(undefined), undefined)
})

test('a disk that does not say what is free is taken to have room, and that is told', async () => {
  const news: string[] = []
  const reserve = new Reserve(join(tempFolder(), 'nowhere', 'reserve'), 1024 * 1024)
  const clock = new VirtualClock(NOON)
  const space = new Space(reserve, clock, ({ state, why }) => news.push(`${state}: ${why}`))
  await space.start()
  assert.equal(space.isShort(), false)
  assert.equal(await space.whyShort(), undefined)
  assert.match(news.join('\n'), /^unwatched: ENOENT\b[^\n]*$/)
  space.stop()
})

test('a terminal that nobody reads on gets no more than so much, and the count of the rest', () => {
  const written: string[] = []
  const stream = {
    writableLength: 0,
    write: (text: string) => written.push(text) > 0,
    on: () => stream,
    removeAllListeners: () => stream,
  }
  const say = terminalOn(stream as unknown as NodeJS.WriteStream)
  say('one')
  stream.writableLength = 2 * 1024 * 1024
  for (let line = 0; line < 1_000; line++) say('unseen')
  stream.writableLength = 0
  say('two')
  assert.deepEqual(written, ['one\n', '… 1000 lines were not shown\ntwo\n'])
})
