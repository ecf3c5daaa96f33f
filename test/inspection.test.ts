import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { money } from '../src/core/amount.ts'
import { later, SECOND } from '../src/core/time.ts'
import { Desk } from '../src/desk/desk.ts'
import { DeskStopped } from '../src/desk/told.ts'
import { CorruptJournal } from '../src/store/journal.ts'
import { openSql } from '../src/store/sql.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { House } from './house.ts'
import { inr } from './scenario-asks.ts'
import { Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

type Ended = { readonly file: string; readonly clock: House['clock']; readonly rows: number }

/** A desk that has traded, stopped in order, and so saved its accounts. */
async function ended(): Promise<Ended> {
  const file = join(tempFolder(), 'journal.db')
  const journal = new SqliteJournal(file)
  const house = await House.open({ journal })
  for (let n = 0; n < 20; n++) await house.place('BUY 1 INFY 90')
  await house.pass(1)
  const stopping = house.desk.stop()
  await house.clock.settle()
  await stopping
  const rows = journal.head().n
  journal.close()
  return { file, clock: house.clock, rows }
}

function tamper(file: string, sql: string): void {
  const database = openSql(file)
  database.exec(sql)
  database.close()
}

test('a start does not wait for rows before the saved accounts, but looks at them', async () => {
  const { file, clock, rows } = await ended()
  tamper(file, `UPDATE batch SET body = body || ' ' WHERE n = 3`)
  const journal = new SqliteJournal(file)
  const desk = Desk.open(journal, clock, assert.fail)
  assert.equal(desk.account('paper').cash.get(inr), money('1000000'))
  const failures: Error[] = []
  desk.onFailure((error) => failures.push(error))
  await clock.advance(later(clock.now(), SECOND))
  const [error] = failures
  assert.ok(error instanceof CorruptJournal && error.row === 3)
  assert.equal(failures.length, 1)
  const body = { type: 'TimePassed' } as const
  await assert.rejects(desk.submit({ account: 'paper', cause: 'a test', body }), DeskStopped)
  assert.equal(journal.head().n, rows)
  journal.close()
})

test('a journal that is sound from its first row on is traded on', async () => {
  const { file, clock } = await ended()
  const journal = new SqliteJournal(file)
  const desk = Desk.open(journal, clock)
  desk.onFailure(assert.fail)
  await clock.advance(later(clock.now(), SECOND))
  assert.equal(desk.account('paper').orders.size, 20)
  journal.close()
})

test('saved accounts that were changed are not believed: the events are', async () => {
  const { file, clock } = await ended()
  tamper(file, 'UPDATE snapshot SET body = replace(body, \'{"$n":"1000000\', \'{"$n":"9000000\')')
  const journal = new SqliteJournal(file)
  const troubles: string[] = []
  const desk = Desk.open(journal, clock, ({ message }) => troubles.push(message))
  assert.match(troubles.join(), /^the saved accounts were damaged/)
  assert.equal(desk.account('paper').cash.get(inr), money('1000000'))
  const stopping = desk.stop()
  await clock.settle()
  await stopping
  Desk.open(journal, clock, assert.fail) // they were saved anew
  journal.close()
})

test('a desk on an old row that was changed ends with 78, and names the row', async () => {
  const folder = tempFolder()
  const first = await Spawned.start(folder)
  assert.equal(tallyman(folder, ['order', 'place', 'BUY', '1', 'ACME', '--limit', '1']).code, 0)
  assert.equal((await first.kill('SIGTERM')).code, 0)
  const file = join(folder, 'journal.db')
  tamper(file, `UPDATE batch SET body = body || ' ' WHERE n = 2`)
  const { code, err } = tallyman(folder, ['start'])
  assert.equal(code, 78)
  assert.match(err, /^tallyman: journal row 2 is not sound.*does not trade.*restore a backup\n$/)
})

test('a start says that saved accounts were damaged, and so does a verification', async () => {
  const folder = tempFolder()
  const first = await Spawned.start(folder)
  assert.equal(tallyman(folder, ['order', 'place', 'BUY', '1', 'ACME', '--limit', '1']).code, 0)
  assert.equal((await first.kill('SIGTERM')).code, 0)
  tamper(join(folder, 'journal.db'), 'UPDATE snapshot SET body = substr(body, 1, 100)')
  const verified = tallyman(folder, ['journal', 'verify', '--full'])
  assert.equal(verified.code, 1)
  assert.match(verified.out, /The saved accounts are DAMAGED/)
  const second = await Spawned.start(folder)
  assert.equal(tallyman(folder, ['positions']).code, 0)
  const { out } = await second.kill('SIGTERM')
  assert.match(out, /saved accounts were damaged; the journal was folded from its first row/)
  assert.equal(tallyman(folder, ['journal', 'verify', '--full']).code, 0)
})
