import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { DeskStopped } from '../src/desk/told.ts'
import { later, SECOND } from '../src/core/time.ts'
import { DiskFull } from '../src/store/journal.ts'
import type { Closing, World } from '../src/worlds/keeper.ts'
import { Keeper } from '../src/worlds/keeper.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { HandFeed, House, NOON } from './house.ts'
import { SlowJournal } from './slow-journal.ts'

/** A disk and a venue that outlive every world opened on them. */
class Site {
  readonly clock = new VirtualClock(NOON)
  readonly journal = new SlowJournal()
  readonly said: string[] = []
  readonly keeper = new Keeper({
    open: () => this.#open(),
    clock: this.clock,
    say: (line) => this.said.push(line),
  })
  readonly #shelf = new MemoryShelf()
  readonly #feed = new HandFeed(this.clock)
  /** Openings that will fail; and what the next one waits for. */
  failing = 0
  why = new Error('the disk is still on fire')
  gate: Promise<void> | undefined
  opened = 0
  closed = 0
  givenUp: Error | undefined
  #commands = 0

  constructor() {
    void this.keeper.failed.then((error) => (this.givenUp = error))
  }

  async #open(): Promise<World> {
    if (this.failing-- > 0) throw this.why
    this.opened++
    await this.gate
    const { clock, journal } = this
    const house = new House({ clock, journal, shelf: this.#shelf, feed: this.#feed })
    await house.serving
    this.#feed.quote('INFY', 99.95, 100)
    return { desk: house.desk, port: house.front, close: () => this.#close(house) }
  }

  async #close({ firm, desk }: House): Promise<Closing> {
    await firm.stop(0)
    await desk.stop()
    this.closed++
    return { open: [...desk.account('paper').orders.keys()], unknown: [] }
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.advance(later(this.clock.now(), seconds * SECOND))
  }

  async start(): Promise<void> {
    const opening = this.keeper.open()
    await this.pass(1)
    await opening
  }

  /** What becomes of an order that is placed now. */
  async place(): Promise<string> {
    const ticket = {
      account: 'paper',
      symbol: 'INFY',
      exchange: 'NSE',
      side: 'BUY',
      quantity: '1',
      type: 'LIMIT',
      price: '90',
    } as const
    const id = `c${++this.#commands}`
    const asked = { type: 'PlaceOrder', scope: 'key:me', id, by: 'key:me', ticket } as const
    const placing = this.keeper.submit(asked)
    await this.pass(0)
    return (await placing).is
  }

  async fail(): Promise<void> {
    this.journal.failNext(false)
    assert.equal(await this.place(), 'unavailable')
  }
}

test('a journal that failed is opened again, if rows were written in between', async () => {
  const site = new Site()
  await site.start()
  for (let n = 0; n < 5; n++) {
    site.failing = 1
    await site.fail()
    assert.equal(site.keeper.status, 'starting')
    await assert.rejects(site.keeper.ask({ about: 'accounts' }), DeskStopped)
    await site.pass(5)
    assert.equal(site.keeper.status, 'ok')
    assert.equal(await site.place(), 'placed')
  }
  assert.equal(site.givenUp, undefined)
})

test('after three openings that failed in a row it gives up, and says why', async () => {
  const site = new Site()
  await site.start()
  site.failing = 3
  await site.fail()
  await site.pass(10)
  assert.equal(site.givenUp?.message, 'disk on fire')
  assert.deepEqual(site.said.slice(-1), ['the disk is still on fire'])
  assert.equal(site.opened, 1)
})

test('a disk without room is waited for, for as long as it takes', async () => {
  const site = new Site()
  await site.start()
  site.failing = 20
  site.why = new Error('cannot start', { cause: new DiskFull('the disk is full') })
  await site.fail()
  await site.pass(10)
  assert.deepEqual([site.keeper.status, site.givenUp], ['starting', undefined])
  await site.pass(20)
  assert.equal(await site.place(), 'placed')
  assert.equal(site.said.filter((line) => line === 'cannot start').length, 1)
})

test('a journal that fails while it is being opened is opened again', async () => {
  const site = new Site()
  // The first reading of the book is row 4, and nobody waits for what comes of it.
  site.journal.delay = () => {
    if (site.journal.head().n === 3) site.journal.failNext(false)
    if (site.journal.head().n === 3) site.journal.delay = undefined
    return Promise.resolve()
  }
  const opening = site.keeper.open()
  await site.pass(0.5)
  await opening
  assert.equal(site.keeper.status, 'starting')
  assert.equal(await site.place(), 'unavailable')
  await site.pass(5)
  assert.equal(site.keeper.status, 'ok')
  assert.equal(await site.place(), 'placed')
})

test('closing while it is being opened again leaves nothing open', async () => {
  const site = new Site()
  await site.start()
  let release = (): void => {}
  site.gate = new Promise((resolve) => (release = resolve))
  await site.fail()
  await site.pass(1.5)
  assert.equal(site.opened, 2)
  const closing = site.keeper.close()
  release()
  await site.pass(5)
  await closing
  assert.deepEqual([site.opened, site.closed, site.keeper.status], [2, 2, 'stopped'])
})

test('closing before it is opened again opens nothing', async () => {
  const site = new Site()
  await site.start()
  await site.fail()
  const closing = site.keeper.close()
  await site.pass(10)
  await closing
  assert.deepEqual([site.opened, site.closed], [1, 1])
})
