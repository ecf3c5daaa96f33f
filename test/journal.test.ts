import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { CorruptJournal, NO_ROWS } from '../src/store/journal.ts'
import { FolderInUse, FolderLock } from '../src/store/lock.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { SqliteShelf } from '../src/store/shelf.ts'
import type { Driver } from '../src/store/sql.ts'
import { drivers, makeDurable, openSql, pragma } from '../src/store/sql.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { batchesOf, journalExam } from './journal.exam.ts'
import { tempFolder } from './temp.ts'
import { tour } from './tour.ts'

journalExam({ name: 'memory', open: () => new MemoryJournal(), reopen: undefined })

const ALL: readonly Driver[] = ['better-sqlite3', 'node:sqlite']
for (const driver of ALL) {
  if (!drivers().includes(driver)) {
    test(`${driver} passes the journal's exam`, { skip: `this Node has no ${driver}` }, () => {})
    continue
  }
  const files = new Map<unknown, string>()
  const openAt = (file: string): SqliteJournal => {
    const journal = new SqliteJournal(file, { driver })
    files.set(journal, file)
    return journal
  }
  journalExam({
    name: driver,
    open: () => openAt(join(tempFolder(), 'journal.db')),
    reopen: (journal) => {
      journal.close()
      return openAt(files.get(journal)!)
    },
  })
}

async function written(): Promise<string> {
  const file = join(tempFolder(), 'journal.db')
  const journal = new SqliteJournal(file)
  for (const batch of batchesOf(tour(), 4)) await journal.append(batch)
  journal.close()
  return file
}

/** Something writes into the file behind our back. */
function tamper(file: string, sql: string): void {
  const database = openSql(file)
  database.exec(sql)
  database.close()
}

const faults: readonly (readonly [what: string, sql: string, row: number])[] = [
  ['a changed row', `UPDATE batch SET body = replace(body, '"', ' "') WHERE n = 2`, 2],
  ['a row that is gone', 'DELETE FROM batch WHERE n = 3', 3],
  ['two rows that changed places', 'UPDATE batch SET n = CASE n WHEN 2 THEN -3 ELSE n END', 2],
  ['a row of rubbish', `UPDATE batch SET body = 'x' WHERE n = 4`, 4],
  ['a hash that was made to fit nothing', `UPDATE batch SET hash = x'abcd' WHERE n = 1`, 1],
]
for (const [what, sql, row] of faults) {
  test(`${what} is found, and named`, async () => {
    const file = await written()
    tamper(file, sql)
    const journal = new SqliteJournal(file)
    assert.throws(
      () => [...journal.read(0)],
      (error) => error instanceof CorruptJournal && error.row === row,
    )
    journal.close()
  })
}

for (const [what, sql, row] of faults) {
  test(`${what} is found by a walk that reads no events, too`, async () => {
    const file = await written()
    const whole = new SqliteJournal(file)
    const { n } = whole.head()
    assert.deepEqual(whole.walk(whole.walk(NO_ROWS, 2), n - 2), whole.head())
    whole.close()
    tamper(file, sql)
    const journal = new SqliteJournal(file)
    assert.throws(
      () => journal.walk(NO_ROWS, n),
      (error) => error instanceof CorruptJournal && error.row === row,
    )
    journal.close()
  })
}

const SAVED = {
  n: 3,
  accounts: [
    { account: 'a', seq: 1, body: 'one' },
    { account: 'b', seq: 2, body: 'two' },
  ],
}

/** A journal with two accounts saved after its third row. */
async function saved(): Promise<string> {
  const file = await written()
  const journal = new SqliteJournal(file)
  journal.save(SAVED, 1)
  assert.deepEqual(journal.snapshots(1), SAVED)
  journal.close()
  return file
}

const damages: readonly (readonly [what: string, sql: string])[] = [
  ['an edited account', "UPDATE snapshot SET body = 'onE' WHERE account = 'a'"],
  ['a torn account', "UPDATE snapshot SET body = substr(body, 1, 1) WHERE account = 'b'"],
  ['an account at another seq', "UPDATE snapshot SET seq = 7 WHERE account = 'b'"],
  ['an account that is gone', "DELETE FROM snapshot WHERE account = 'b'"],
  ['an account under another name', "UPDATE snapshot SET account = 'c' WHERE account = 'b'"],
  ['another row to go on from', 'UPDATE snapshot_head SET n = 2'],
  ['an account with a hash of its own', "UPDATE snapshot SET body = 'x', hash = '9f'"],
]
for (const [what, sql] of damages) {
  test(`saved accounts with ${what} are not believed, and saved anew`, async () => {
    const file = await saved()
    tamper(file, sql)
    const journal = new SqliteJournal(file)
    assert.equal(journal.snapshots(1), 'damaged')
    journal.save(SAVED, 1)
    assert.deepEqual(journal.snapshots(1), SAVED)
    journal.close()
  })
}

test('accounts saved after a row the journal no longer has refuse to be traded on', async () => {
  for (const sql of [
    'DELETE FROM batch WHERE n >= 3',
    "UPDATE batch SET hash = x'00' WHERE n = 3",
  ]) {
    const file = await saved()
    tamper(file, sql)
    const journal = new SqliteJournal(file)
    assert.throws(
      () => journal.snapshots(1),
      (error) => error instanceof CorruptJournal && error.row === 3,
    )
    journal.close()
  }
})

test('accounts that were saved before there were seals are as good as none', async () => {
  const file = await saved()
  tamper(file, 'ALTER TABLE snapshot_head DROP COLUMN seal')
  const reader = new SqliteJournal(file, { readOnly: true })
  assert.equal(reader.snapshots(1), 'none')
  reader.close()
  const journal = new SqliteJournal(file)
  assert.equal(journal.snapshots(1), 'none')
  journal.close()
})

test('any number of readers look at a journal while it is written', async () => {
  const file = join(tempFolder(), 'journal.db')
  const journal = new SqliteJournal(file)
  const [first, second] = batchesOf(tour(), 4)
  await journal.append(first!)
  const reader = new SqliteJournal(file, { readOnly: true })
  assert.equal([...reader.read(0)].length, 1)
  await journal.append(second!)
  journal.rest()
  assert.equal([...reader.read(0)].length, 2)
  reader.close()
  journal.close()
})

test('the journal is kept with write-ahead log and a sync for each commit', () => {
  const file = join(tempFolder(), 'journal.db')
  new SqliteJournal(file).close()
  const database = openSql(file)
  const [mode] = database.prepare('PRAGMA journal_mode').all() as { journal_mode: string }[]
  assert.equal(mode?.journal_mode, 'wal')
  // SQLite ignores a value it does not know; reading back is what tells.
  assert.throws(() => pragma(database, 'synchronous', '77', '2'), /keeps synchronous at/)
  makeDurable(database)
  assert.deepEqual(Object.values(database.prepare('PRAGMA synchronous').get() as object), [2])
  database.close()
})

test('a journal whose fields stand in another order is not opened', () => {
  const file = join(tempFolder(), 'journal.db')
  new SqliteJournal(file).close()
  tamper(file, `UPDATE layout SET fields = '["epoch","orderId"]' WHERE type = 'OrderSending'`)
  assert.throws(() => new SqliteJournal(file), /other fields of OrderSending/)
})

test('a data folder is held by one process at a time, and free once it ends', () => {
  const file = join(tempFolder(), 'desk.lock')
  const lock = new FolderLock(file)
  assert.throws(() => new FolderLock(file), FolderInUse)
  lock.release()
  new FolderLock(file).release()
})

test('a shelf keeps values exactly, all of a put or nothing of it', () => {
  const file = join(tempFolder(), 'venue.db')
  let shelf = new SqliteShelf(file)
  shelf.put(
    new Map<string, unknown>([
      ['a', { big: 10n, none: undefined }],
      ['b', [1, 'x']],
    ]),
  )
  assert.throws(() => {
    shelf.put(
      new Map<string, unknown>([
        ['a', 1],
        [
          'c',
          {
            get bad() {
              throw new Error('no')
            },
          },
        ],
      ]),
    )
  })
  shelf.put(new Map([['b', undefined]]))
  shelf.close()
  shelf = new SqliteShelf(file)
  assert.deepEqual([...shelf.all()], [['a', { big: 10n, none: undefined }]])
  shelf.close()
})
