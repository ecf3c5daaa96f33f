import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeBackup } from '../src/backup/make.ts'
import { finishCutOff, isCutOff } from '../src/backup/phases.ts'
import type { PutBack, RestoreOptions } from '../src/backup/put-back.ts'
import { putBack } from '../src/backup/put-back.ts'
import type { OrderId } from '../src/core/order.ts'
import { later, SECOND } from '../src/core/time.ts'
import { SqliteShelf } from '../src/store/shelf.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { checkBooks } from '../sim/books.ts'
import type { House } from './house.ts'
import { NOON } from './house.ts'
import { tempFolder } from './temp.ts'
import type { Wrapped } from './wrapped.ts'
import { wrapped } from './wrapped.ts'

/** A house whose journal and venue are files in a data folder. */
class Kept {
  readonly house: House
  readonly broker: Wrapped
  readonly #close: () => void

  private constructor(house: House, broker: Wrapped, close: () => void) {
    this.house = house
    this.broker = broker
    this.#close = close
  }

  static async open(folder: string, at = NOON): Promise<Kept> {
    const journal = new SqliteJournal(join(folder, 'journal.db'))
    const shelf = new SqliteShelf(join(folder, 'venue.db'))
    const limits = { windows: [{ ms: SECOND, max: 2 }], keptForExits: 0 }
    const clock = new VirtualClock(at)
    const { house, broker } = await wrapped({ journal, shelf, clock, limits })
    return new Kept(house, broker, () => {
      journal.close()
      shelf.close()
    })
  }

  get placed(): string[] {
    return this.broker.calls.filter((call) => call.startsWith('place'))
  }

  async close(): Promise<void> {
    const stopping = this.house.desk.stop()
    await this.house.pass(1)
    await stopping
    this.#close()
  }
}

const quiet = { force: true, withVenue: false, onStep: () => {} }

type Taken = {
  readonly folder: string
  readonly file: string
  /** When the day went on until. */
  readonly end: typeof NOON
}

/**
 * A day with a backup in it: one order has filled in part by then, one works, one is being
 * changed, and some were never sent. Afterwards all of them are sent, filled or cancelled, and
 * others are placed.
 */
async function aDay(): Promise<Taken> {
  const folder = tempFolder()
  const { house, ...kept } = await day(folder)
  const file = join(tempFolder(), 'b.tar.gz')
  await makeBackup({ ...quiet, settings: undefined, folder, file, force: false, now: house.now() })
  await house.pass(5)
  assert.equal(house.account.requests.place.size, 0)
  house.feed.quote('INFY', 99.45, 99.5, 4)
  await house.place('BUY 6 SBIN 95')
  await house.pass(1)
  house.feed.quote('SBIN', 94.95, 95)
  await house.place('BUY 2 TCS')
  await house.pass(1)
  house.feed.quote('TCS', 99.95, 100)
  const [, second] = [...house.account.orders.keys()]
  await house.cancel(second!)
  await house.pass(5)
  await kept.close()
  return { folder, file, end: later(house.now(), SECOND) }
}

async function day(folder: string): Promise<{ house: House; close: () => Promise<void> }> {
  const kept = await Kept.open(folder)
  const { house } = kept
  await house.place('BUY 10 INFY 99.5')
  await house.pass(1)
  house.feed.quote('INFY', 99.45, 99.5, 3)
  await house.place('BUY 7 SBIN 90')
  await house.pass(2)
  assert.equal(house.orders(), 'open 3/10, open 0/7')
  const [, sbin] = [...house.account.orders.keys()]
  const asking = house.ask({ type: 'AmendOrder', orderId: sbin!, changes: { quantity: '8' } })
  const placing = [1, 2, 3].map((size) => house.submit(`BUY ${size} TCS 90`))
  await house.pass(0)
  await Promise.all([asking, ...placing])
  assert.ok([...house.account.requests.place.values()].some(({ sending }) => !sending))
  return { house, close: () => kept.close() }
}

const back = ({ folder, file, end }: Taken, over: Partial<RestoreOptions> = {}): Promise<PutBack> =>
  putBack({ ...quiet, folder, file, now: end, ...over })

/** Everything of ours that the venue shows is as we have it, order for order, share for share. */
function agrees({ house }: Kept): void {
  checkBooks(house.account)
  const { orders } = house.venue.books()
  for (const row of orders) {
    const id = row.tag === undefined ? undefined : house.account.byTag.get(row.tag)
    if (id === undefined) continue
    const { status, filled } = house.account.orders.get(id)!
    const expected = row.status === 'working' ? 'open' : row.status
    assert.deepEqual([id, status, filled], [id, expected, row.filled])
  }
  const ours = [...house.account.legs].flatMap(([net, owners]) => {
    const sum = [...owners.values()].reduce((all, { position }) => all + position.quantity, 0n)
    return sum === 0n ? [] : [`${net.replace('|', ' ')} ${sum}`]
  })
  const theirs = house.venue.netPositions().flatMap(({ instrument, product, quantity }) => {
    return quantity === 0n ? [] : [`${instrument} ${product} ${quantity}`]
  })
  assert.deepEqual(ours.sort(), theirs.sort())
  assert.equal(house.account.breaks.size, 0)
  const tags = orders.map(({ tag }) => tag)
  assert.equal(new Set(tags).size, tags.length)
}

test('an older journal beside the broker of now: the book settles it all', async () => {
  const taken = await aDay()
  const { unknown, venue, aside } = await back(taken)
  assert.equal(unknown.length, 5)
  assert.equal(venue, 'as they were')
  assert.ok(aside)
  const kept = await Kept.open(taken.folder, later(taken.end, 60 * SECOND))
  const { house } = kept
  await house.pass(30)
  assert.deepEqual(kept.broker.calls, [])
  assert.equal(house.orders(), 'open 7/10, cancelled 0/8, open 0/1, open 0/2, open 0/3')
  agrees(kept)
  const told = [...house.account.anomalies]
  assert.match(told.join(), /^lost in 00TST/)
  await house.place('BUY 1 INFY 90', { id: 'after' })
  await house.pass(5)
  assert.equal(kept.placed.length, 1)
  agrees(kept)
  await kept.close()
})

test('an older journal beside a broker that is older too: nothing is sent either', async () => {
  const taken = await aDay()
  const { venue } = await back(taken, { withVenue: true })
  assert.equal(venue, 'from the backup')
  const kept = await Kept.open(taken.folder, later(taken.end, 60 * SECOND))
  const { house } = kept
  await house.pass(180)
  assert.deepEqual(kept.broker.calls, [])
  assert.match(house.orders(), /^open 3\/10, open 0\/\d(, (open|lapsed) 0\/\d){3}$/)
  assert.match(house.orders(), /lapsed/)
  agrees(kept)
  await kept.close()
})

test('a backup of a quiet hour leaves nothing in doubt', async () => {
  const folder = tempFolder()
  const kept = await Kept.open(folder)
  await kept.house.place('BUY 10 INFY')
  await kept.house.pass(1)
  kept.house.feed.quote('INFY', 99.95, 100)
  await kept.house.pass(2)
  await kept.close()
  const file = join(tempFolder(), 'b.tar.gz')
  await makeBackup({ ...quiet, settings: undefined, folder, file, force: false, now: NOON })
  const elsewhere = join(tempFolder(), 'new')
  const done = await back({ folder: elsewhere, file, end: later(NOON, 60 * SECOND) })
  assert.deepEqual([done.unknown, done.venue], [[], 'from the backup'])
  const again = await Kept.open(elsewhere, later(NOON, 120 * SECOND))
  assert.equal(again.house.orders(), 'complete 10/10')
  await again.house.pass(5)
  agrees(again)
  await again.close()
})

test('the journal itself tells of the restore, and of why an order is in doubt', async () => {
  const taken = await aDay()
  const { unknown, manifest } = await back(taken)
  const journal = new SqliteJournal(join(taken.folder, 'journal.db'), { readOnly: true })
  const [row, ...more] = journal.read(manifest.journal.rows)
  assert.deepEqual(more, [])
  const [entry] = row!.entries
  assert.equal(entry!.cause, 'restore')
  assert.equal(entry!.events[0]!.type, 'EpochStarted')
  const doubted = entry!.events.flatMap((event) =>
    event.type === 'OrderUnknown' ? [event.orderId] : [],
  )
  assert.deepEqual(doubted, unknown as OrderId[])
  journal.close()
})

/** Ends the restore at its nth move, as a crash would. */
async function cutOffAt(nth: number, taken: Taken): Promise<boolean> {
  let moves = 0
  const onStep = (doing: string): void => {
    if (doing === 'moving' && ++moves === nth) throw new Error('cut off')
  }
  try {
    await back(taken, { onStep })
    return false
  } catch (error) {
    assert.match((error as Error).message, /cut off/)
    return true
  }
}

test('a restore that is cut off anywhere is finished by the next start, and the same', async () => {
  let cuts = 0
  for (let nth = 1; ; nth++) {
    const taken = await aDay()
    if (!(await cutOffAt(nth, taken))) break
    cuts++
    const { folder } = taken
    assert.ok(isCutOff(folder))
    // A second attempt finishes the first, and says so.
    if (nth % 2 === 0) await assert.rejects(back(taken), /is finished now: look at it first/)
    else assert.ok(finishCutOff(folder))
    assert.ok(!isCutOff(folder))
    const left = readdirSync(folder).filter(
      (name) => !name.includes('-shm') && !name.includes('-wal'),
    )
    assert.deepEqual(left.filter((name) => !name.startsWith('before-restore')).sort(), [
      'desk.lock',
      'journal.db',
      'venue.db',
    ])
    const journal = new SqliteJournal(join(folder, 'journal.db'), { readOnly: true })
    const last = [...journal.read(journal.head().n - 1)]
    assert.equal(last[0]!.entries[0]!.cause, 'restore')
    journal.close()
    const [aside] = left.filter((name) => name.startsWith('before-restore'))
    assert.ok(existsSync(join(folder, aside!, 'journal.db')))
  }
  assert.ok(cuts >= 4, String(cuts))
})
