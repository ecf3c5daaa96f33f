import assert from 'node:assert/strict'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { rowHash } from '../src/store/chain.ts'
import { LAYOUT } from '../src/store/codec.ts'
import { openSql } from '../src/store/sql.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { VERSION } from '../src/store/version.ts'
import { Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

/** A folder in which a desk has run; each test works on a copy. */
let lived = ''
before(async () => {
  lived = tempFolder()
  const desk = await Spawned.start(lived)
  assert.equal(tallyman(lived, ['order', 'place', 'BUY', '1', 'CHAI']).code, 0)
  await desk.kill('SIGTERM')
})

function upgraded(name: string, ...statements: readonly string[]): string {
  const folder = tempFolder()
  cpSync(lived, folder, { recursive: true })
  const sql = openSql(join(folder, name))
  for (const statement of statements) sql.exec(statement)
  sql.close()
  return folder
}

/** One sentence that names the file, both programs, and what to do. */
function refuses(folder: string, name: string, what: string): void {
  const { code, err } = tallyman(folder, ['start'])
  assert.equal(code, 78, err)
  assert.equal(err.trim().split('\n').length, 1)
  assert.match(err, new RegExp(`/${name}: Tallyman 9\\.8\\.7 wrote it, with ${what}`))
  assert.ok(
    err.includes(`which this one (${VERSION}) cannot read; start 9.8.7 or newer, or restore`),
  )
}

const WRITTEN_BY = "UPDATE about SET value = '9.8.7' WHERE name = 'program'"

for (const name of ['journal.db', 'state.db', 'vault.db', 'venue.db']) {
  test(`a ${name} of a newer form is refused, and left as it was`, () => {
    const folder = upgraded(name, 'PRAGMA user_version = 99', WRITTEN_BY)
    refuses(folder, name, 'form 99 of the file')
    const sql = openSql(join(folder, name), { readOnly: true })
    assert.deepEqual(
      { ...(sql.prepare('PRAGMA user_version').get() as object) },
      { user_version: 99 },
    )
    assert.deepEqual(
      sql
        .prepare('SELECT value FROM about')
        .all()
        .map((row) => ({ ...(row as object) })),
      [{ value: '9.8.7' }],
    )
    sql.close()
  })
}

test('a journal that knows kinds of events, or fields, that are new is refused', () => {
  const dreamt = `INSERT INTO layout VALUES (1, 'OrderDreamt', '["orderId"]')`
  refuses(upgraded('journal.db', dreamt, WRITTEN_BY), 'journal.db', 'events of type OrderDreamt')
  const fields = JSON.stringify([...LAYOUT.get('OrderLapsed')!, 'mood'])
  const grown = `UPDATE layout SET fields = '${fields}' WHERE type = 'OrderLapsed'`
  refuses(upgraded('journal.db', grown, WRITTEN_BY), 'journal.db', 'more fields of OrderLapsed')
  const later = `INSERT INTO layout VALUES (7, 'OrderLapsed', '["orderId"]')`
  refuses(upgraded('journal.db', later, WRITTEN_BY), 'journal.db', 'rows of format 7')
})

/** Adds a sound row to the journal, and leaves no saved accounts that would spare reading it. */
function withRow(format: number, body: string): string {
  const journal = new SqliteJournal(join(lived, 'journal.db'), { readOnly: true })
  const { n, hash } = journal.head()
  journal.close()
  const next = rowHash(hash, n + 1, format, body)
  return upgraded(
    'journal.db',
    `INSERT INTO batch VALUES (${n + 1}, 1, ${format}, '${body}', x'${next}')`,
    'DELETE FROM snapshot_head',
    WRITTEN_BY,
  )
}

test('a row of an unknown kind is refused as newer, not as damaged', () => {
  const body = '[["paper",999,0,"x",null,["OrderDreamt","paper-4"]]]'
  refuses(withRow(1, body), 'journal.db', 'an event of type OrderDreamt')
  refuses(withRow(2, '[]'), 'journal.db', 'a row of format 2')
})

test('commands that only read refuse it in the same words', () => {
  const folder = upgraded('journal.db', 'PRAGMA user_version = 99', WRITTEN_BY)
  for (const args of [['journal', 'show'], ['export'], ['journal', 'verify']]) {
    const { code, err } = tallyman(folder, args)
    assert.notEqual(code, 0)
    assert.match(err, /^tallyman: .*journal\.db: Tallyman 9\.8\.7 wrote it, with form 99.*\n$/)
  }
})

test('screens of another version are written again without a word', async () => {
  const folder = upgraded(
    'views.db',
    'PRAGMA user_version = 99',
    'DROP TABLE orders',
    'CREATE TABLE orders (mood TEXT)',
  )
  const desk = await Spawned.start(folder)
  while (!tallyman(folder, ['order', 'list']).out.includes('CHAI'));
  const { out } = await desk.kill('SIGTERM')
  assert.doesNotMatch(out, /screens|damaged/)
})

test('a file from before forms were written in it is taken, and marked', async () => {
  const folder = upgraded('journal.db', 'PRAGMA user_version = 0', 'DROP TABLE about')
  const desk = await Spawned.start(folder)
  assert.equal(tallyman(folder, ['order', 'place', 'BUY', '1', 'CHAI']).code, 0)
  await desk.kill('SIGTERM')
  const sql = openSql(join(folder, 'journal.db'), { readOnly: true })
  assert.deepEqual(
    { ...(sql.prepare('SELECT * FROM about').get() as object) },
    { name: 'program', value: VERSION },
  )
  sql.close()
  assert.ok(existsSync(join(folder, 'venue.db')))
})
