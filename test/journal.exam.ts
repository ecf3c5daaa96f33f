import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Entry } from '../src/core/event.ts'
import { Digest } from '../src/store/chain.ts'
import type { Batch, Journal, Snapshots } from '../src/store/journal.ts'
import { NotTheNextRow } from '../src/store/journal.ts'
import { tour } from './tour.ts'

export type Subject = {
  readonly name: string
  readonly open: () => Journal
  /** The same journal after its process ended; undefined where it ends with it. */
  readonly reopen: ((journal: Journal) => Journal) | undefined
}

/** What every journal must do, whatever it is made of. */
export function journalExam({ name, open, reopen }: Subject): void {
  test(`${name}: what was appended is read back in order, and nothing before it`, async () => {
    const journal = open()
    const batches = batchesOf(tour(), 3)
    for (const batch of batches) await journal.append(batch)
    assert.deepEqual([...journal.read(0)], batches)
    assert.deepEqual([...journal.read(batches.length - 1)], batches.slice(-1))
    assert.deepEqual([...journal.read(batches.length)], [])
    assert.equal(journal.head().n, batches.length)
    journal.close()
  })

  test(`${name}: only the next row is taken, and a refused one leaves nothing`, async () => {
    const journal = open()
    const [first, second] = batchesOf(tour(), 3)
    await journal.append(first!)
    const before = journal.head()
    await assert.rejects(journal.append(first!), NotTheNextRow)
    await assert.rejects(journal.append({ ...second!, n: 3 }), NotTheNextRow)
    assert.deepEqual(journal.head(), before)
    await journal.append(second!)
    assert.equal(journal.head().n, 2)
    journal.close()
  })

  test(`${name}: the head's hash covers every row before it`, async () => {
    const [one, other] = [open(), open()]
    for (const batch of batchesOf(tour(), 3)) await one.append(batch)
    for (const batch of batchesOf(changed(tour()), 3)) await other.append(batch)
    assert.equal(one.head().n, other.head().n)
    assert.notEqual(one.head().hash, other.head().hash)
    one.close()
    other.close()
  })

  test(`${name}: the digest does not depend on how events were batched`, async () => {
    const [one, other] = [open(), open()]
    for (const batch of batchesOf(tour(), 1)) await one.append(batch)
    for (const batch of batchesOf(tour(), 7)) await other.append(batch)
    assert.equal(digestOf(one), digestOf(other))
    one.close()
    other.close()
  })

  test(`${name}: accounts saved under another version are not given out`, async () => {
    const journal = open()
    for (const batch of batchesOf(tour(), 3)) await journal.append(batch)
    assert.equal(journal.snapshots(1), 'none')
    journal.save({ n: 1, accounts: [{ account: 'a', seq: 1, body: '1' }] }, 1)
    journal.save({ n: 4, accounts: [{ account: 'b', seq: 2, body: '2' }] }, 1)
    const saved = journal.snapshots(1) as Snapshots
    assert.equal(saved.n, 4)
    const named = saved.accounts.map(({ account, body }) => `${account}=${body}`).sort()
    assert.deepEqual(named, ['a=1', 'b=2'])
    assert.equal(journal.snapshots(2), 'none')
    journal.save({ n: 5, accounts: [{ account: 'b', seq: 3, body: '3' }] }, 2)
    assert.equal((journal.snapshots(2) as Snapshots).accounts.length, 1)
    journal.close()
  })

  if (!reopen) return
  test(`${name}: it goes on where it ended`, async () => {
    let journal = open()
    const batches = batchesOf(tour(), 3)
    await journal.append(batches[0]!)
    const before = journal.head()
    journal = reopen(journal)
    assert.deepEqual(journal.head(), before)
    await journal.append(batches[1]!)
    assert.deepEqual([...journal.read(0)], batches.slice(0, 2))
    journal.close()
  })
}

export function batchesOf(entries: readonly Entry[], size: number): Batch[] {
  const batches: Batch[] = []
  for (let index = 0; index < entries.length; index += size) {
    batches.push({ n: batches.length + 1, entries: entries.slice(index, index + size) })
  }
  return batches
}

const changed = (entries: readonly Entry[]): Entry[] =>
  entries.map((entry, index) => (index === 0 ? { ...entry, cause: 'another' } : entry))

function digestOf(journal: Journal): string {
  const digest = new Digest()
  for (const { entries } of journal.read(0)) for (const entry of entries) digest.add(entry)
  return digest.hex()
}
