import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money, price, quantity } from '../src/core/amount.ts'
import type { OrderId } from '../src/core/order.ts'
import type { LegFill } from '../src/core/round-trip.ts'
import { LISTED_MAX, take } from '../src/core/round-trip.ts'
import { instant } from '../src/core/time.ts'
import { PARTLY_OUT, told, TradeStory } from './trade-story.ts'

test('a trade is what happens from flat to flat, with its partial exits by number', async () => {
  const story = await TradeStory.open()
  await story.play(PARTLY_OUT)
  assert.deepEqual(story.trades({ open: true, strategy: 'x' }).map(told), [
    'LONG 10 at 100 (6 left); 1: 4 at 110 target 40; 40',
  ])
  await story.play(`
    place INFY -6 sl-m - trigger 95 by strategy:x
    accept o3 b3
    trade b3 t3 -2 @ 95
    trade b3 t4 -4 @ 94.5`)
  const [trade, ...more] = story.trades()
  assert.deepEqual(more, [])
  assert.equal(
    told(trade!),
    'LONG 10 at 100; 1: 4 at 110 target 40; 2: 6 at 94.66666667 stop -32; 8 by stop',
  )
  assert.deepEqual(
    [trade!.status, trade!.exitPrice, trade!.pnlPercent, trade!.entries],
    ['closed', '100.8', '0.8', ['paper-4']],
  )
  assert.deepEqual(
    [trade!.entryTime, trade!.exitTime].map((at) => at!.slice(11, 19)),
    ['04:00:04', '04:00:11'],
  )
  story.close()
})

test('exits are known after a restart, and the next one gets the next number', async () => {
  const story = await TradeStory.open()
  await story.play(PARTLY_OUT)
  story.restart()
  const [open] = story.trades({ open: true, strategy: 'x', symbol: 'INFY' })
  assert.deepEqual(
    open!.exits.map(({ number, reason }) => [number, reason]),
    [[1, 'target']],
  )
  await story.play(`
    place INFY -1 limit 120 by strategy:x for target
    accept o3 b3
    trade b3 t3 -1 @ 120`)
  const [later] = story.trades({ open: true })
  const [, ...exits] = story.account.orders.keys()
  assert.deepEqual(
    later!.exits.map(({ number, orderId }) => [number, orderId]),
    exits.map((id, index) => [index + 1, id]),
  )
  story.close()
})

test('a reversal ends one trade and opens the next, and shares its charges out', async () => {
  const story = await TradeStory.open('zerodha')
  await story.play(`
    place INFY 10 limit 100 MIS
    accept o1 b1
    trade b1 t1 10 @ 100
    place INFY -25 limit 110 MIS
    accept o2 b2
    trade b2 t2 -25 @ 110`)
  const [long, short] = story.trades()
  assert.deepEqual(
    [told(long!), told(short!)],
    ['LONG 10 at 100; 1: 10 at 110 manual 100; 100 by manual', 'SHORT 15 at 110 (15 left); 0'],
  )
  // 1,000 bought: brokerage 0.30, exchange 0.03, stamp 0.03, GST 0.06. 2,750 sold: brokerage 0.83,
  // STT 0.69, exchange 0.08, GST 0.16: ten of twenty-five of 1.76 belong to what was closed.
  assert.deepEqual(
    [long!.charges, long!.exits[0]!.charges, short!.charges],
    ['1.124', '0.704', '1.056'],
  )
  assert.deepEqual([long!.pnl, long!.exits[0]!.pnl], ['98.876', '99.296'])
  story.close()
})

test('each owner of a share has trades of its own', async () => {
  const story = await TradeStory.open()
  await story.play(`
    place INFY 10 limit 100 by strategy:x
    accept o1 b1
    trade b1 t1 10 @ 100
    place INFY 5 limit 101
    accept o2 b2
    trade b2 t2 5 @ 101
    book; INFY:-5 h1 complete -5; trade h1 m1 -5 @ 103`)
  assert.deepEqual(story.trades().map(told), [
    'LONG 10 at 100 (10 left); 0',
    'LONG 5 at 101; 1: 5 at 103 manual 10; 10 by manual',
  ])
  assert.equal(story.trades()[1]!.exits[0]!.orderId, null)
  story.close()
})

test('an exit that the exchange takes back was never taken', async () => {
  const story = await TradeStory.open()
  await story.play(PARTLY_OUT)
  await story.play('trade b2 t2 -4 @ 110 bust')
  const [trade] = story.trades()
  assert.deepEqual([trade!.exits, trade!.remaining, trade!.quantity], [[], '10', '10'])
  await story.play(`
    place INFY -10 limit 105 by strategy:x
    accept o3 b3
    trade b3 t3 -10 @ 105`)
  assert.deepEqual(story.trades().map(told), [
    'LONG 10 at 100; 1: 10 at 105 signal 50; 50 by signal',
  ])
  story.close()
})

test('a trade whose end is taken back goes on, and the next one is part of it', async () => {
  const story = await TradeStory.open()
  await story.play(PARTLY_OUT)
  await story.play(`
    place INFY -6 limit 90 by strategy:x
    accept o3 b3
    trade b3 t3 -6 @ 90
    place INFY 5 limit 80 by strategy:x
    accept o4 b4
    trade b4 t4 5 @ 80`)
  assert.equal(story.trades().length, 2)
  assert.deepEqual([story.summary().metrics?.losses, story.summary().metrics?.wins], [1, 0])
  await story.play('trade b3 t3 -6 @ 90 bust')
  const [trade, ...more] = story.trades()
  assert.deepEqual(more, [])
  assert.deepEqual([trade!.quantity, trade!.remaining, trade!.exits.length], ['15', '11', 1])
  assert.equal(story.summary().metrics, null)
  story.close()
})

test('a fill taken back after a reversal leaves the trade before it alone', async () => {
  const story = await TradeStory.open()
  await story.play(`
    place INFY 10 limit 100 MIS
    accept o1 b1
    trade b1 t1 10 @ 100
    place INFY -25 limit 110 MIS
    accept o2 b2
    trade b2 t2 -25 @ 110
    place INFY 5 limit 105 MIS
    accept o3 b3
    trade b3 t3 5 @ 105`)
  const [long] = story.trades()
  await story.play('trade b3 t3 5 @ 105 bust')
  story.restart()
  const [before, short] = story.trades()
  assert.deepEqual(before, long)
  // Traded back in the books, it leaves its 25 in profit, and as much in cost until it is flat.
  assert.equal(told(short!), 'SHORT 15 at 110 (15 left); 25')
  await story.play('trade b2 t2 -25 @ 110 bust')
  assert.deepEqual(story.trades().map(told), ['LONG 10 at 100 (10 left); 100'])
  await story.play(`
    place INFY -10 limit 90 MIS
    accept o4 b4
    trade b4 t4 -10 @ 90`)
  assert.equal(told(story.trades()[0]!), TAKEN_BACK)
  story.close()
})

const TAKEN_BACK = 'LONG 10 at 100; 1: 10 at 90 manual -100; -100 by manual'

test('what is taken back at another price is traded back at that', async () => {
  const story = await TradeStory.open()
  await story.play(`
    ${PARTLY_OUT}
    trade b2 t2 -4 @ 109 bust`)
  assert.deepEqual(story.trades().map(told), [
    'LONG 14 at 102.57142857 (10 left); 1: 4 at 110 target 40; 40',
  ])
  story.close()
})

test('a trade by hand that is taken back leaves nothing behind', async () => {
  const story = await TradeStory.open()
  await story.play(`
    book; INFY:5 h1 complete 5; trade h1 m1 5 @ 100
    book; INFY:5 h1 complete 5; trade h1 m1 5 @ 100 INFY bust`)
  assert.deepEqual(story.trades(), [])
  story.close()
})

test('what is found to be a strategy’s enters at what it cost; a split is no profit', async () => {
  const story = await TradeStory.open()
  await story.play(`
    book agreed; position INFY 5 @ 90
    settle INFY as strategy:x
    place INFY 5 limit 100 by strategy:x
    accept o1 b1
    trade b1 t1 5 @ 100`)
  assert.deepEqual(story.trades().map(told), ['LONG 10 at 95 (10 left); 0'])
  await story.play(`
    book agreed; position INFY 20
    settle INFY as split
    place INFY -20 limit 50 by strategy:x
    accept o2 b2
    trade b2 t2 -20 @ 50`)
  assert.deepEqual(story.trades().map(told), [
    'LONG 20 at 47.5; 1: 20 at 50 signal 50; 50 by signal',
  ])
  const { deposits, current } = story.portfolio()
  assert.deepEqual([deposits, current], ['450', '1000500'])
  story.close()
})

test('what goes to another book leaves at what it cost', async () => {
  const story = await TradeStory.open()
  await story.play(`
    place INFY 10 limit 100 by strategy:x
    accept o1 b1
    trade b1 t1 10 @ 100
    book agreed; position INFY 4
    settle INFY as strategy:x`)
  assert.deepEqual(story.trades().map(told), ['LONG 10 at 100 (4 left); 1: 6 at 100 moved 0; 0'])
  assert.equal(story.trades()[0]!.exits[0]!.orderId, null)
  story.close()
})

test('a trade that is never flat lists so many exits, and counts the rest with the last', () => {
  const fill = (seq: number, size: string): LegFill => ({
    seq,
    source: `paper-${seq}`,
    orderId: `paper-${seq}` as OrderId,
    reason: 'manual',
    quantity: quantity(size),
    price: price('100'),
    at: instant(seq),
    charges: money('1'),
  })
  let [trip] = take(undefined, fill(1, '1000'), 1n)
  for (let seq = 2; seq < LISTED_MAX + 12; seq++) [trip] = take(trip, fill(seq, '-1'), 1n)
  assert.equal(trip.exits.length, LISTED_MAX)
  assert.deepEqual(
    [trip.exits.at(-1)!.quantity, trip.exits.at(-1)!.charges],
    [quantity('-11'), money('11')],
  )
  assert.equal(trip.charges, money(String(LISTED_MAX + 11)))
})
