/** W5: cold start: the whole journal, and a snapshot with 10,000 events after it. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ACCOUNT_VERSION, newAccount } from '../src/core/account.ts'
import type { Entry } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import { toText } from '../src/core/plain.ts'
import { restore } from '../src/desk/restore.ts'
import type { Snapshots } from '../src/store/journal.ts'
import { NO_ROWS } from '../src/store/journal.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { rounds, tell } from './measure.ts'
import { tradersYear } from './year.ts'

const EVENTS = 1_000_000
const TAIL = 10_000
const ORDERS_A_DAY = 200
const ROUNDS = 5
const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'))
const file = join(folder, 'journal.db')
const journal = new SqliteJournal(file)
const live = newAccount('paper')
let n = 0
let saved = false
let pending: Entry[] = []
for (const entry of tradersYear({ events: EVENTS, ordersADay: ORDERS_A_DAY })) {
  evolve(live, entry)
  pending.push(entry)
  if (pending.length < 20) continue
  await journal.append({ n: ++n, entries: pending })
  pending = []
  journal.rest()
  if (!saved && live.seq >= EVENTS - TAIL) {
    saved = true
    const body = toText(live)
    journal.save({ n, accounts: [{ account: 'paper', seq: live.seq, body }] }, ACCOUNT_VERSION)
  }
}
await journal.append({ n: ++n, entries: pending })
const expected = toText(live)

/** The whole file once, as bytes: what no start can be faster than. */
const reading = (): number => timed(() => readFileSync(file))

function timed(run: () => unknown): number {
  const started = performance.now()
  run()
  return performance.now() - started
}

const started = (version: 'snapshot' | 'start'): number =>
  timed(() => {
    const source =
      version === 'snapshot'
        ? journal
        : {
            head: () => journal.head(),
            read: (after: number) => journal.read(after),
            snapshots: () => 'none',
          }
    const account = restore(source as never).accounts.get('paper')
    assert.equal(toText(account), expected)
  })

tell({
  name: `W5 full fold of ${live.seq.toLocaleString('en')} events, every row's hash checked`,
  unit: 'ms',
  against: 'reading the file',
  rounds: await rounds(ROUNDS, () => ({ figure: started('start'), yardstick: reading() })),
  goal: 'figure <= 2,000 ms per 1,000,000 events',
})
tell({
  name: `W5 start from a snapshot and ${TAIL.toLocaleString('en')} events`,
  unit: 'ms',
  against: 'reading the file',
  rounds: await rounds(ROUNDS, () => ({ figure: started('snapshot'), yardstick: reading() })),
  goal: 'figure <= 300 ms',
})

/** What the desk does beside its work after that start: every row before the snapshot. */
const walking = (): number =>
  timed(() => {
    const to = (journal.snapshots(ACCOUNT_VERSION) as Snapshots).n
    let at = NO_ROWS
    while (at.n < to) at = journal.walk(at, Math.min(16, to - at.n))
    assert.equal(at.n, to)
  })
tell({
  name: 'W5 the hashes of all rows before the snapshot, checked in slices after that start',
  unit: 'ms',
  against: 'reading the file',
  rounds: await rounds(ROUNDS, () => ({ figure: walking(), yardstick: reading() })),
  goal: 'none: the desk works meanwhile',
})
journal.close()
rmSync(folder, { recursive: true })
