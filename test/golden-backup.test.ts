import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeBackup } from '../src/backup/make.ts'
import { putBack } from '../src/backup/put-back.ts'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import { evolve } from '../src/core/evolve.ts'
import { toText } from '../src/core/plain.ts'
import { DAY, later } from '../src/core/time.ts'
import { SqliteShelf } from '../src/store/shelf.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { State } from '../src/store/state.ts'
import { NOON } from './house.ts'
import { batchesOf } from './journal.exam.ts'
import { limit, Pit } from './pit.ts'
import { tempFolder } from './temp.ts'
import { tour } from './tour.ts'

/**
 * A data folder as each release wrote it, packed by its own `backup`: what an upgrade finds. Every
 * kind of event is in its journal, a key in its state, a trade at its paper broker.
 */
const golden = fileURLToPath(new URL('../../test/golden-backups/', import.meta.url))
const quiet = { force: false, onStep: () => {} }

type Expected = { readonly state: string; readonly order: string }

for (const name of readdirSync(golden).filter((file) => file.endsWith('.tar.gz'))) {
  const release = name.replace('.tar.gz', '')
  test(`what release ${release} wrote is put back and goes on as it was`, async () => {
    const text = readFileSync(join(golden, `${release}.json`), 'utf8')
    const { state, order } = JSON.parse(text) as Expected
    const folder = join(tempFolder(), 'data')
    const now = later(NOON, DAY)
    const file = join(golden, name)
    const { manifest } = await putBack({ ...quiet, file, folder, withVenue: false, now })
    const journal = new SqliteJournal(join(folder, 'journal.db'))
    assert.equal(stateOf(folded(journal, manifest.journal.rows)), state)
    assert.ok(folded(journal, Infinity).epoch)
    journal.checkFile()
    journal.close()
    const keys = new State(join(folder, 'state.db'))
    assert.deepEqual(
      keys.keys().map(({ name: of }) => of),
      ['me'],
    )
    keys.close()
    const shelf = new SqliteShelf(join(folder, 'venue.db'))
    assert.equal(new Pit(shelf).order(), order)
    shelf.close()
  })
}

function folded(journal: SqliteJournal, rows: number): Account {
  const account = newAccount('paper')
  for (const { n, entries } of journal.read(0)) {
    if (n <= rows) for (const entry of entries) evolve(account, entry)
  }
  return account
}

/** What later releases must agree with: positions, cash and orders, not our own bookkeeping. */
function stateOf({ orders, legs, cash, seq }: Account): string {
  const told = [...orders.values()].map(({ id, status, filled, value }) => {
    return [id, status, filled, value]
  })
  const positions = [...legs].map(([net, owners]) => {
    return [net, [...owners].map(([owner, { position }]) => [owner, position])]
  })
  return createHash('sha256')
    .update(toText([seq, told, positions, cash]))
    .digest('hex')
}

/** `GOLDEN=0.1 node --test dist/test/golden-backup.test.js`, once before a release. */
const release = process.env['GOLDEN']
if (release !== undefined && !existsSync(join(golden, `${release}.tar.gz`))) {
  mkdirSync(golden, { recursive: true })
  const folder = tempFolder()
  const journal = new SqliteJournal(join(folder, 'journal.db'))
  for (const batch of batchesOf(tour(), 4)) await journal.append(batch)
  const state = stateOf(folded(journal, Infinity))
  journal.close()
  const keys = new State(join(folder, 'state.db'))
  keys.createKey('me', 'trade', NOON)
  keys.close()
  const shelf = new SqliteShelf(join(folder, 'venue.db'))
  const pit = new Pit(shelf)
  pit.place('10', limit('100'))
  pit.quote(99.95, 100, 4)
  const order = pit.order()
  shelf.close()
  const file = join(golden, `${release}.tar.gz`)
  await makeBackup({ ...quiet, settings: undefined, folder, file, now: NOON })
  const expected: Expected = { state, order }
  writeFileSync(join(golden, `${release}.json`), `${JSON.stringify(expected, undefined, 2)}\n`)
}
