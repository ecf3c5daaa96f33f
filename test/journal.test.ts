import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { CorruptJournal } from '../src/store/journal.ts'
import { FolderInUse, FolderLock } from '../src/store/lock.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { SqliteShelf } from '../src/store/shelf.ts'
import type { Driver } from '../src/store/sql.ts'
import { drivers, openSql, pragma } from '../src/store/sql.ts'
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
