import assert from 'node:assert/strict'
import { test } from 'node:test'
import { telling } from '../src/core/telling.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { faultOf } from '../src/brokers/faults/plan.ts'
import { House } from './house.ts'

/** The journal as it was after its `n`th row: what a copy of the folder would have kept. */
async function copyOf(journal: House['journal'], n: number): Promise<MemoryJournal> {
  const copy = new MemoryJournal()
  for (const batch of journal.read(0)) if (batch.n <= n) await copy.append(batch)
  return copy
}

test('a journal put back from an older copy gives out no tag of the lost days', async () => {
  const shelf = new MemoryShelf()
  const first = await House.open({ shelf })
  await first.place('BUY 10 INFY 90')
  await first.pass(5)
  const kept = first.journal.head().n
  await first.place('BUY 7 SBIN 90')
  await first.pass(5)
  const lost = first.venue.books().orders.map(({ tag }) => tag)

  const journal = await copyOf(first.journal, kept)
  const second = await House.open({ shelf, journal, epoch: '01NEW' })
  assert.equal(second.orders(), 'open 0/10')
  const told = [...second.journal.read(kept)].flatMap(({ entries }) =>
    entries.flatMap(({ events }) => events.map(telling)),
  )
  assert.match(told.join(), /under our tag that our journal lacks: P2 SBIN working\./)
  await second.place('BUY 3 TCS 90', { id: 'new' })
  await second.pass(5)
  const [, , fresh] = second.venue.books().orders
  assert.ok(fresh?.tag && !lost.includes(fresh.tag))
  assert.equal(second.orders(), 'open 0/10, open 0/3')
  // What the lost days ordered still trades, and is booked as somebody's, not as nobody's.
  second.feed.quote('SBIN', 89, 89.5)
  await second.pass(5)
  const owners = [...second.account.legs.values()].flatMap((legs) => [...legs.keys()])
  assert.deepEqual(owners, ['manual'])
})

test('no order is taken or sent before the book has been read well', async () => {
  const shelf = new MemoryShelf()
  const first = await House.open({ shelf })
  const kept = first.journal.head().n
  await first.place('BUY 7 SBIN 90')
  await first.pass(5)

  const journal = await copyOf(first.journal, kept)
  const faults = [faultOf('book-fails', { for: 20 })]
  const second = await House.open({ shelf, journal, faults, epoch: '01NEW' })
  const early = await second.place('BUY 4 TCS 90', { id: 'new' })
  assert.equal(early.is, 'unavailable')
  await second.pass(60)
  const late = await second.place('BUY 4 TCS 90', { id: 'new' })
  assert.equal(late.is, 'placed')
  await second.pass(5)
  const tags = second.venue.books().orders.map(({ tag }) => tag)
  assert.equal(new Set(tags).size, 2)
})

test('a tag that two days gave to two orders belongs to the one it fits', async () => {
  const [here, there] = [new MemoryShelf(), new MemoryShelf()]
  const one = await House.open({ shelf: here })
  await one.place('BUY 10 INFY 90')
  await one.pass(5)
  const other = await House.open({ shelf: there })
  await other.place('BUY 7 SBIN 90')
  await other.pass(5)
  const tagIn = (house: House): unknown => house.venue.books().orders[0]?.tag
  assert.equal(tagIn(one), tagIn(other), 'each is the first of its day')

  const journal = await copyOf(one.journal, one.journal.head().n)
  const both = await House.open({ shelf: there, journal, epoch: '01NEW', onTrouble: () => {} })
  both.feed.quote('SBIN', 89, 89.5)
  await both.pass(10)
  const [order] = both.account.orders.values()
  assert.equal(order?.filled, 0n, 'what SBIN traded is no fill of an order for INFY')
  const held = [...both.account.legs.values()].flatMap((legs) => [...legs.values()])
  assert.deepEqual(
    held.map(({ instrument, owner }) => [String(instrument), owner]),
    [['NSE:SBIN', 'manual']],
  )
  assert.ok([...both.account.anomalies].some((subject) => subject.startsWith('lost in ')))
})
