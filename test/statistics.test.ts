import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatisticsAsked, StatisticsView } from '../src/core/statistics.ts'
import type { Instant } from '../src/core/time.ts'
import { instant } from '../src/core/time.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { House } from './house.ts'
import type { Asking } from './statistics-of.ts'
import { statistics, viewsOf } from './statistics-of.ts'
import { entriesOf } from './tour.ts'

/** What the lines of a story come to. */
async function after(story: string, more: Omit<Asking, 'views'> = {}): Promise<StatisticsView> {
  const journal = new MemoryJournal()
  let n = 0
  for (const entry of entriesOf(story)) await journal.append({ n: ++n, entries: [entry] })
  const views = viewsOf(journal)
  const found = await statistics({ views, ...more })
  views.close()
  return found
}

const BOUGHT = `
connect
book; cash 1000000
place INFY 10 limit 100
accept o1 b1`

test('a fresh account has zeros, and nothing where there is nothing to compare', async () => {
  const house = await House.open({ views: viewsOf })
  const asking = house.front.ask({ about: 'statistics', account: 'paper' })
  await house.pass(0)
  const { account, owner, period, from, to, ...figures } = await asking
  assert.deepEqual([account, owner, period, from, to], ['paper', null, 'all', null, null])
  assert.deepEqual(figures, {
    totalOrders: 0,
    totalSubmitted: 0,
    totalCompleted: 0,
    totalCancelled: 0,
    totalRejected: 0,
    totalExpired: 0,
    totalFailed: 0,
    totalDenied: 0,
    pendingCount: 0,
    queueSize: 0,
    monitoredPositions: 0,
    totalFills: 0,
    totalVolume: { INR: '0' },
    totalCommission: { INR: '0' },
    fillRate: null,
    averageFillTime: null,
    averageSlippage: { INR: null },
    vwap: { slippage: { INR: null }, compared: 0, traded: 0, reason: 'nothing has traded' },
  })
})

test('after operations each order is counted where it is, and all of them once', async () => {
  const found = await after(
    `${BOUGHT}
    trade b1 t1 4 @ 99.95
    trade b1 t2 6 @ 100
    place INFY 10 limit 101.23
    place SBIN 10 limit 100 MIS by strategy:x
    reject o2 no margin
    place SBIN 10 limit 100
    silence o3
    place TCS 10 limit 100
    accept o4 b4
    cancel o4
    row o4 b4 cancelled
    place TCS 10 limit 99
    accept o5 b5
    row o5 b5 expired
    place TCS 10 market last 99 queued
    wait 20
    place TCS 10 limit 98 queued`.replaceAll(/\n +/g, '\n'),
  )
  const { totalOrders, totalDenied, totalFailed, ...rest } = found
  assert.deepEqual(
    [rest.totalCompleted, rest.totalRejected, rest.totalCancelled, rest.totalExpired],
    [1, 1, 1, 1],
  )
  // The denied one, and the one that waited until it was too old; unknown and waiting still work.
  assert.deepEqual([totalFailed, totalDenied, rest.pendingCount], [2, 1, 2])
  assert.deepEqual([totalOrders, rest.totalSubmitted], [7, 5])
  assert.equal(totalOrders + totalDenied, 1 + 1 + 1 + 1 + totalFailed + rest.pendingCount)
  assert.deepEqual([rest.totalFills, rest.totalVolume], [2, { INR: '999.8' }]) // 399.80 + 600
  assert.equal(rest.fillRate, 1 / 5)
})

test('the execution summary, by hand', async () => {
  // Asked for 10 at an arrival of 100: bought for 999.80 after 3 s, against a market at 99.90.
  const buys = `${BOUGHT}
trade b1 t1 4 @ 99.95
trade b1 t2 6 @ 100`
  const found = await after(buys, { vwap: 9_990 })
  assert.deepEqual([found.fillRate, found.averageFillTime], [1, 3])
  assert.deepEqual(found.averageSlippage, { INR: { amount: '-0.2', basisPoints: '-2' } })
  assert.deepEqual(found.vwap.slippage, { INR: { amount: '0.8', basisPoints: '8.01' } })
  assert.deepEqual([found.vwap.compared, found.vwap.traded, found.vwap.reason], [1, 1, null])
  // Sold 5 at 101, a unit dearer than it stood: what is dear to a buyer is cheap to a seller.
  const sold = await after(`${buys}
place INFY -5 limit 101 last 100
accept o2 b2
trade b2 t3 -5 @ 101`)
  assert.deepEqual(sold.averageSlippage, { INR: { amount: '-5.2', basisPoints: '-34.67' } })
  assert.equal(sold.totalVolume['INR'], '1504.8')
  assert.match(sold.vwap.reason!, /has no average of the time in which they worked/)
})

type Turn = readonly [told: string, completed: number, cancelled: number, failed: number]

const turns: readonly (readonly [title: string, ...Turn[]])[] = [
  [
    'a fill that crossed its cancel, and is then taken back',
    ['cancel o1\nrow o1 b1 cancelled', 0, 1, 0],
    ['trade b1 t1 10 @ 99.95', 1, 0, 0],
    ['trade b1 t1 10 @ 99.95 INFY bust', 0, 1, 0],
  ],
  [
    'an order that lapsed, appears after all, and ends',
    ['place SBIN 10 limit 100\nsilence o2', 0, 0, 0],
    ['book\nwait 200\nbook\nwait 200\nbook\nwait 200\nbook\nwait 200\nbook', 0, 0, 1],
    ['accept o2 b2', 0, 0, 0],
    ['trade b2 t2 10 @ 99', 1, 0, 0],
  ],
]
for (const [title, ...told] of turns) {
  test(`${title}, is counted where it is each time`, async () => {
    let story = BOUGHT
    for (const [line, completed, cancelled, failed] of told) {
      story += `\n${line}`
      const found = await after(story)
      const { totalCompleted, totalCancelled, totalFailed } = found
      assert.deepEqual(
        [totalCompleted, totalCancelled, totalFailed],
        [completed, cancelled, failed],
      )
      assert.equal(found.totalFills, completed)
      if (completed === 0) assert.deepEqual(found.totalVolume, { INR: '0' })
    }
  })
}

test('a day is the exchange’s own, and what becomes of an order stays with its day', async () => {
  // 09:30 in India on the 23rd; 20 hours later it is 05:30 on the 24th, and 00:00 UTC.
  const story = `${BOUGHT}
wait 72000
trade b1 t1 10 @ 99.95
place SBIN 10 limit 100
accept o2 b2`
  const on = (asked: StatisticsAsked, now?: Instant): Promise<StatisticsView> =>
    after(story, { asked, ...(now === undefined ? {} : { now }) })
  const [first, second] = [
    await on({ from: '2026-11-23', to: '2026-11-23' }),
    await on({ from: '2026-11-24' }),
  ]
  assert.deepEqual([first.totalCompleted, first.totalFills, first.pendingCount], [1, 1, 0])
  assert.deepEqual([second.totalCompleted, second.totalOrders, second.pendingCount], [0, 1, 1])
  // 19:00 UTC on the 23rd is the 24th in India already.
  const night = instant(Date.UTC(2026, 10, 23, 19))
  const today = await on({ period: 'today' }, night)
  assert.deepEqual([today.period, today.totalOrders, today.pendingCount], ['today', 1, 1])
  assert.equal((await on({ to: '2026-11-22' })).totalOrders, 0)
})

test('a strategy has its own, people have theirs, and nobody has none', async () => {
  const house = await House.open({ views: viewsOf })
  await house.place('BUY 10 INFY', { strategy: 'x' })
  await house.place('BUY 5 SBIN 90')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  const ask = async (asked: StatisticsAsked): Promise<readonly number[]> => {
    const asking = house.front.ask({ about: 'statistics', ...asked })
    await house.pass(0)
    const { totalOrders, totalCompleted, pendingCount, monitoredPositions } = await asking
    return [totalOrders, totalCompleted, pendingCount, monitoredPositions]
  }
  assert.deepEqual(await ask({}), [2, 1, 1, 1])
  assert.deepEqual(await ask({ strategy: 'x' }), [1, 1, 0, 1])
  assert.deepEqual(await ask({ owner: 'manual' }), [1, 0, 1, 0])
  assert.deepEqual(await ask({ strategy: 'nobody' }), [0, 0, 0, 0])
})
