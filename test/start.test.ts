import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Broker } from '../src/brokers/broker.ts'
import { openSql } from '../src/store/sql.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { House } from './house.ts'
import { Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'
import { Wrapped, wrapped } from './wrapped.ts'

/** From now on the disk has no room for rows of that table. */
function fill(file: string, table: string): void {
  const sql = openSql(file, { busyMs: 1_000 })
  sql.exec(
    `CREATE TRIGGER full BEFORE INSERT ON ${table}
       BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
  )
  sql.close()
}

test('a disk that is full at the start is said in one sentence, and the process ends', () => {
  const folder = tempFolder()
  const file = join(folder, 'journal.db')
  new SqliteJournal(file).close()
  fill(file, 'batch')
  const { code, err } = tallyman(folder, ['start'])
  assert.equal(code, 78)
  assert.match(err, /^tallyman: the journal failed: database or disk is full\n$/)
})

test('a key file that holds no key is said in one sentence', () => {
  const folder = tempFolder()
  const keyFile = join(folder, 'vault.key')
  writeFileSync(keyFile, 'garbage')
  const wrong = tallyman(folder, ['start'])
  assert.equal(wrong.code, 78)
  assert.match(
    wrong.err,
    /^tallyman: the vault does not open: .*vault\.key: it holds no key; restore.*\n$/,
  )
})

test('a disk too full for a snapshot keeps the desk neither up nor down', async () => {
  const folder = tempFolder()
  const first = await Spawned.start(folder)
  fill(join(folder, 'journal.db'), 'snapshot')
  const { code, out } = await first.kill('SIGTERM')
  assert.equal(code, 0)
  assert.match(out, /Trouble: no snapshot could be saved: database or disk is full\n/)
  assert.match(out, /Stopped\. No order stays open\.\n$/)
  const second = await Spawned.start(folder)
  await second.kill('SIGTERM')
})

test('a key file that is not the vault’s is said in one sentence', async () => {
  const folder = tempFolder()
  await (await Spawned.start(folder)).kill('SIGTERM')
  writeFileSync(join(folder, 'vault.key'), '0'.repeat(64))
  const { code, err } = tallyman(folder, ['start'])
  assert.equal(code, 78)
  assert.match(
    err,
    /^tallyman: the vault does not open: .*vault\.key: it does not open the secret "cli" .*\n$/,
  )
})

test('an account is not served by another broker than the one it was opened with', async () => {
  const { house } = await wrapped()
  const stopping = house.firm.stop(0).then(() => house.desk.stop())
  await house.pass(1)
  await stopping
  const { clock, journal, shelf, feed } = house
  const wrap = (inner: Broker): Broker => new Wrapped(inner, { name: 'kite' })
  const next = new House({ clock, journal, shelf, feed, wrap })
  const refused = assert.rejects(
    next.serving,
    /account paper was opened for paper trading at paper, not for paper trading at kite/,
  )
  await next.pass(1)
  await refused
})
