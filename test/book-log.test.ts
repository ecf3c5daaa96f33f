import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plus, quantity } from '../src/core/amount.ts'
import type { LogAsked, LogView, SnapshotView } from '../src/core/book-log.ts'
import { LOG_STATUSES, LOG_TYPES } from '../src/core/book-log.ts'
import type { Reading } from '../src/brokers/broker.ts'
import type { Batch } from '../src/store/journal.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import type { Views } from '../src/store/views.ts'
import type { House } from './house.ts'
import { batchesOf } from './journal.exam.ts'
import { viewsOf } from './statistics-of.ts'
import { entriesOf, tour } from './tour.ts'
import { wrapped } from './wrapped.ts'

const ALL = { account: 'paper', limit: 500 }

async function journalOf(batches: Iterable<Batch>): Promise<MemoryJournal> {
  const journal = new MemoryJournal()
  for (const batch of batches) await journal.append(batch)
  return journal
}

const logOf = (views: Views, asked: Partial<LogAsked> = {}): readonly LogView[] => {
  assert.equal(views.catchUp(60_000), true)
  return views.read(({ bookLog }) => bookLog.page({ ...ALL, ...asked })).items.toReversed()
}

async function told(story: string): Promise<readonly LogView[]> {
  return logOf(viewsOf(await journalOf(batchesOf(entriesOf(story), 3))))
}

const brief = ({ cycle, eventType, status, symbol, note }: LogView): string =>
  `${cycle ?? '-'} ${eventType} ${status}${symbol === null ? '' : ` ${symbol}`}: ${note}`

test('a difference is told by the reading that found it and by what ended it', async () => {
  const lines = await told(`
book; cash 1000000
book agreed cycle 1; position SBIN 4 @ 90
book agreed cycle 2; position SBIN 4 @ 90; cash 1000000
book agreed cycle 3; position SBIN 7 @ 92; cash 1000000
settle SBIN as manual
book agreed cycle 4; position SBIN 7; cash 1000000
book agreed no orders cycle 5; position SBIN 7; cash 1000000
`)
  assert.deepEqual(lines.map(brief), [
    '1 missing_here explained SBIN: held before Tallyman first saw the account',
    '1 read_failed open: 1 of 1 matched, 0 open; could not be read: funds',
    '2 matched ok: 1 of 1 matched, 0 open',
    '3 missing_here open SBIN: two readings agree on 3 more, and no trade of the day explains it',
    '3 matched open: 0 of 1 matched, 1 open',
    '- settled settled SBIN: settled as manual by me: looked it up',
    '4 matched ok: 1 of 1 matched, 0 open',
    '5 read_failed open: 1 of 1 matched, 0 open; could not be read: orders',
  ])
  const [, , , open] = lines
  assert.deepEqual(
    [open?.ourQuantity, open?.brokerQuantity, open?.differencePercent, open?.direction],
    ['4', '7', '75', 'BUY'],
  )
  assert.deepEqual([open?.exchange, open?.product, open?.user], ['NSE', 'CNC', null])
})

test('a trade by hand names both numbers, its order and its book', async () => {
  const lines = await told(`
book; cash 1000000
place INFY 10 limit 100 by strategy:x
accept o1 b1
trade b1 t1 10 @ 100
book; INFY:119 b9 complete 119; trade b9 t9 119 @ 101
book; INFY:-4 b8 complete -4; trade b8 t8 -4 @ 102
`)
  assert.deepEqual(lines.map(brief), [
    '- manual_buy explained INFY: 119 by hand: order b9, trade t9; book manual',
    '- manual_sell explained INFY: 4 by hand: order b8, trade t8; book manual',
  ])
  const [buy, sell] = lines
  assert.deepEqual([buy?.ourQuantity, buy?.brokerQuantity], ['10', '129'])
  assert.deepEqual([sell?.direction, sell?.brokerPrice, sell?.ticket], ['SELL', '102', 'b8'])
})

test('what is closed says by which order, for what reason, and what it brought', async () => {
  const lines = await told(`
book; cash 1000000
place INFY 10 limit 100 by strategy:x
accept o1 b1
trade b1 t1 10 @ 100
place INFY -10 limit 103.5 by strategy:x for target
accept o2 b2
trade b2 t2 -4 @ 103.5
trade b2 t3 -6 @ 103.5
wait 1
place SBIN 10 limit 100 by strategy:x
accept o3 b3
trade b3 t4 10 @ 100
book; SBIN:-10 b9 complete -10; trade b9 t9 -10 @ 99 SBIN
wait 1
`)
  const closed = lines.filter(({ eventType }) => eventType === 'closed')
  assert.deepEqual(
    closed.map((each) => [each.symbol, each.pnl, each.closeReason, each.brokerPrice, each.ticket]),
    [
      ['INFY', '35', 'target', '103.5', 'b2'],
      ['SBIN', '-10', 'manual', '99', 'b9'],
    ],
  )
  assert.match(closed[0]?.orderId ?? '', /^paper-\d+$/)
  assert.equal(closed[1]?.orderId, null)
})

test('another average shows ours, theirs and what a unit is worse by', async () => {
  const lines = await told(`
book; cash 1000000
place INFY -10 limit 100 MIS by strategy:x
place INFY 10 limit 100 by strategy:x
accept o2 b2
trade b2 t2 10 @ 100
book agreed cycle 1 exact; position INFY 10 @ 102
wait 60
book agreed cycle 2 exact; position INFY 10 @ 100
`)
  const found = lines.filter(({ eventType }) => eventType === 'slippage')
  assert.deepEqual(
    found.map((each) => [each.status, each.ourPrice, each.brokerPrice, each.slippage, each.owner]),
    [
      ['open', '100', '102', '2', 'strategy:x'],
      ['settled', '100', '100', '0', 'strategy:x'],
    ],
  )
  assert.equal(found[0]?.differencePercent, '2')
})

test('the log can be asked by symbol, type, status and time, and page by page', async () => {
  const views = viewsOf(await journalOf(batchesOf(tour(), 1)))
  const all = logOf(views)
  assert.ok(all.length > 12, `${all.length} lines`)
  for (const type of LOG_TYPES) {
    const same = all.filter(({ eventType }) => eventType === type)
    assert.deepEqual(logOf(views, { type }), same)
  }
  for (const status of LOG_STATUSES) {
    const same = all.filter((line) => line.status === status)
    assert.deepEqual(logOf(views, { status }), same)
  }
  const ofSbin = all.filter(({ symbol }) => symbol === 'SBIN')
  assert.deepEqual(logOf(views, { symbol: 'SBIN' }), ofSbin)
  assert.deepEqual(logOf(views, { account: 'other' }), [])
  const middle = Date.parse(all[7]!.createdAt) as LogAsked['from'] & number
  assert.deepEqual(
    logOf(views, { to: middle }),
    all.filter(({ createdAt }) => Date.parse(createdAt) < middle),
  )
  assert.deepEqual(
    logOf(views, { from: middle }),
    all.filter(({ createdAt }) => Date.parse(createdAt) >= middle),
  )
  const paged: LogView[] = []
  for (let before: number | undefined; ;) {
    const page = views.read(({ bookLog }) => bookLog.page({ ...ALL, limit: 3, before }))
    paged.push(...page.items)
    if (page.next === null) break
    before = page.next
  }
  assert.deepEqual(paged.toReversed(), all)
})

/** The broker shows `size` more of what it shows. */
const more =
  (size: string) =>
  ({ positions, ...reading }: Reading): Reading => {
    const rows = positions.ok ? positions.rows : []
    const changed = rows.map((row) => ({ ...row, quantity: plus(row.quantity, quantity(size)) }))
    return { ...reading, positions: { ok: true, rows: changed, proven: true } }
  }

const snapshotsOf = async (house: House): Promise<readonly SnapshotView[]> => {
  const asking = house.front.ask({ about: 'snapshots', ...ALL })
  await house.pass(0)
  return (await asking).items.toReversed()
}

test('what an account is worth is marked when something moves, and each minute', async () => {
  const { house, broker } = await wrapped({ views: (journal) => viewsOf(journal) })
  await house.pass(5)
  await house.place('BUY 10 INFY', { strategy: 'x' })
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  house.feed.quote('INFY', 109.95, 110.05)
  await house.pass(120)
  house.feed.quote('INFY', 89.95, 90.05)
  await house.pass(60)
  const found = await snapshotsOf(house)
  assert.deepEqual(
    found.map(({ balance, equity, peakEquity }) => [balance, equity, peakEquity]),
    [
      ['1000000', '1000000', '1000000'],
      ['1000000', '999999.8', '1000000'],
      ['1000000', '1000100', '1000100'],
      ['1000000', '1000100', '1000100'],
      ['1000000', '999900', '1000100'],
    ],
  )
  const last = found.at(-1)!
  assert.deepEqual([last.drawdownPercent, last.openPositions, last.unrealized], ['0.02', 1, '-100'])
  assert.equal(last.marginUsed, '1000')
  broker.twist = more('3')
  await house.pass(30)
  const open = await snapshotsOf(house)
  assert.ok(open.length > found.length)
  const views = viewsOf(house.journal)
  assert.equal(views.catchUp(60_000), true)
  const again = views.read(({ snapshots }) => snapshots.page(ALL)).items.toReversed()
  assert.deepEqual(again, open, 'written again they are the same')
})

test('a position without a price leaves the equity unknown and the peak as it was', async () => {
  const views = viewsOf(
    await journalOf(
      batchesOf(
        entriesOf(`
book; cash 1000000
book agreed cycle 1; position SBIN 10 @ 90; cash 1000000
book agreed cycle 2; position SBIN 10 @ 90; cash 1000000
book agreed cycle 3; position SBIN 10 @ 90; cash 1000000; mark SBIN 100
wait 60
book agreed cycle 4; position SBIN 10 @ 90; cash 1000000; mark INFY 100
wait 60
book agreed cycle 5; position SBIN 10 @ 90; cash 1000000; mark SBIN 80
`),
        1,
      ),
    ),
  )
  assert.equal(views.catchUp(60_000), true)
  const { items } = views.read(({ snapshots }) => snapshots.page(ALL))
  assert.deepEqual(
    items.map((each) => [each.equity, each.peakEquity, each.drawdownPercent, each.unpriced]),
    [
      ['1000800', '1001000', '0.02', 0],
      [null, '1001000', null, 1],
      ['1001000', '1001000', '0', 0],
    ],
  )
})
