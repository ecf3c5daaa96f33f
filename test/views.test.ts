import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { orderView } from '../src/core/view.ts'
import { later } from '../src/core/time.ts'
import type { TradingDate } from '../src/core/time.ts'
import type { Batch, Journal } from '../src/store/journal.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { openSql } from '../src/store/sql.ts'
import { Views } from '../src/store/views.ts'
import { House } from './house.ts'
import { batchesOf } from './journal.exam.ts'
import { tempFolder } from './temp.ts'
import { tour } from './tour.ts'

const ALL = { limit: 100 }
const LONG_MS = 60_000

/** A journal in which reading does what a test wants it to do. */
class Watched extends MemoryJournal {
  rowsRead = 0
  onRow: (batch: Batch) => void = () => {};

  override *read(after: number): Iterable<Batch> {
    for (const batch of super.read(after)) {
      this.rowsRead++
      this.onRow(batch)
      yield batch
    }
  }
}

async function toured(size = 1): Promise<Watched> {
  const journal = new Watched()
  for (const batch of batchesOf(tour(), size)) await journal.append(batch)
  return journal
}

/** Everything the screens show, of a whole journal read in one go. */
function shown(views: Views): unknown {
  assert.equal(views.catchUp(LONG_MS), true)
  const parts = views.read(({ tallies, bookLog, snapshots }) => [
    tallies.days({}),
    bookLog.page({ account: 'paper', ...ALL }),
    snapshots.page({ account: 'paper', ...ALL }),
  ])
  return [views.orders({}, ALL), views.fills({}, ALL), ...parts]
}

const wholeOf = (journal: Journal): unknown => {
  const views = new Views({ file: join(tempFolder(), 'views.db'), journal, say: assert.fail })
  const whole = shown(views)
  views.close()
  return whole
}

test('screens that are closed after every row show the same as those read in one go', async () => {
  const file = join(tempFolder(), 'views.db')
  const journal = new Watched()
  for (const batch of batchesOf(tour(), 1)) {
    await journal.append(batch)
    const views = new Views({ file, journal, say: assert.fail })
    assert.equal(views.catchUp(LONG_MS), true)
    views.close()
  }
  assert.equal(journal.rowsRead, journal.head().n, 'each row is read once')
  const views = new Views({ file, journal, say: assert.fail })
  assert.deepEqual(shown(views), wholeOf(journal))
  views.close()
})

test('an order on the screen is the order in memory', async () => {
  const file = join(tempFolder(), 'views.db')
  const house = await House.open({
    views: (journal) => new Views({ file, journal, say: assert.fail }),
  })
  await house.place('BUY 10 INFY')
  await house.place('BUY 5 SBIN 90')
  house.feed.quote('INFY', 99.95, 100, 6)
  await house.pass(1)
  const asked = house.front.ask({ about: 'orders', ...ALL })
  await house.pass(0)
  const inMemory = [...house.account.orders.values()].map((each) => orderView('paper', each))
  assert.deepEqual((await asked).items, inMemory.toReversed())
})

test('a repeat is answered as the first time, also when the order has left memory', async () => {
  const file = join(tempFolder(), 'views.db')
  const house = await House.open({
    views: (journal) => new Views({ file, journal, say: assert.fail }),
  })
  const first = await house.place('BUY 10 INFY', { id: 'again' })
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(172_800)
  const before = later(house.now(), -1)
  const body = {
    type: 'DayEnded',
    exchange: 'NSE',
    date: '2026-11-24' as TradingDate,
    before,
  } as const
  house.desk.tell({ account: 'paper', cause: 'clock', body })
  await house.pass(1)
  assert.equal(house.account.orders.size, 0)
  const again = await house.place('BUY 10 INFY', { id: 'again' })
  assert.deepEqual(again, { ...first, repeated: true })
})

test('a step that fails half way has not happened, and no order is lost by it', async () => {
  const journal = await toured()
  const views = new Views({ file: join(tempFolder(), 'views.db'), journal, say: assert.fail })
  journal.onRow = ({ n }) => {
    if (n === 20) throw new Error('a disk error')
  }
  assert.throws(() => views.catchUp(LONG_MS), /a disk error/)
  journal.onRow = () => {}
  assert.deepEqual(shown(views), wholeOf(journal))
  views.close()
})

test('a slice of work ends when its time is over, not many rows later', async () => {
  const journal = await toured()
  const views = new Views({ file: join(tempFolder(), 'views.db'), journal, say: assert.fail })
  journal.onRow = () => {
    for (const started = performance.now(); performance.now() - started < 4;);
  }
  assert.equal(views.catchUp(5), false)
  assert.ok(journal.rowsRead <= 3, `${journal.rowsRead} rows of 4 ms in 5 ms`)
  views.close()
})

const damages: readonly (readonly [what: string, damage: (file: string) => void])[] = [
  ['rubbish', (file) => writeFileSync(file, Buffer.alloc(8_192, 7))],
  [
    'a file with holes in it',
    (file) => {
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.fill(0xff, 4_096))
    },
  ],
]
for (const [what, damage] of damages) {
  test(`${what} in place of the screens is written again, and told once`, async () => {
    const file = join(tempFolder(), 'views.db')
    const journal = await toured()
    const before = new Views({ file, journal, say: assert.fail })
    const whole = shown(before)
    before.close()
    damage(file)
    const said: string[] = []
    const views = new Views({ file, journal, say: (line) => said.push(line) })
    // Damage deep inside shows itself only when somebody looks there.
    for (let tries = 0; tries < 2; tries++) {
      try {
        shown(views)
      } catch {}
    }
    assert.deepEqual(shown(views), whole)
    assert.equal(said.length, 1)
    assert.match(said[0]!, /screens .* were damaged/)
    views.close()
  })
}

test('screens of an older version are written again', async () => {
  const file = join(tempFolder(), 'views.db')
  const journal = await toured()
  const views = new Views({ file, journal, say: assert.fail })
  const whole = shown(views)
  views.close()
  const database = openSql(file)
  database.exec('DROP TABLE orders; CREATE TABLE orders (old TEXT); UPDATE cursor SET version = 1')
  database.close()
  const again = new Views({ file, journal, say: assert.fail })
  assert.deepEqual(shown(again), whole)
  again.close()
})
