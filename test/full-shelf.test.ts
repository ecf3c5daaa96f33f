import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { House } from './house.ts'

/** The paper broker's own disk, which is full now and then. */
class FullShelf extends MemoryShelf {
  isFull = false

  override put(changes: ReadonlyMap<string, unknown>): void {
    if (this.isFull) throw new Error('database or disk is full')
    super.put(changes)
  }
}

test('a venue whose disk is full tells nothing it could forget, and goes on after it', async () => {
  const shelf = new FullShelf()
  const house = await House.open({ shelf })
  await house.place('BUY 10 INFY')
  await house.pass(1)
  shelf.isFull = true
  house.feed.quote('INFY', 99.95, 100) // trades, and cannot be written down
  await house.pass(2)
  assert.equal(house.orders(), 'open 0/10')
  assert.equal(house.account.connected, false)
  await house.place('BUY 5 SBIN 90')
  await house.pass(0.1)
  assert.equal(house.orders(), 'open 0/10, unknown 0/5')
  shelf.isFull = false
  house.feed.quote('TCS', 99.95, 100)
  await house.pass(2)
  assert.equal(house.orders(), 'complete 10/10, open 0/5')
  assert.equal(house.account.connected, true)
  assert.equal(house.account.breaks.size, 0)
})

test('a venue that ends while its disk is full has done none of what nobody heard of', async () => {
  const shelf = new FullShelf()
  const house = await House.open({ shelf })
  await house.place('BUY 10 INFY')
  await house.pass(1)
  shelf.isFull = true
  house.feed.quote('INFY', 99.95, 100)
  const stopping = house.firm.stop(0).then(() => house.desk.stop())
  await house.pass(1)
  await stopping
  shelf.isFull = false
  const { clock, journal, feed } = house
  const next = await House.open({ clock, journal, shelf, feed })
  await next.pass(2)
  assert.equal(next.orders(), 'complete 10/10')
  assert.equal(next.account.breaks.size, 0)
})
