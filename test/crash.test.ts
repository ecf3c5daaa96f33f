import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Broker } from '../src/brokers/broker.ts'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import type { PlainAnswer } from '../src/core/port.ts'
import { later, SECOND } from '../src/core/time.ts'
import { restore } from '../src/desk/restore.ts'
import { toText } from '../src/core/plain.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { checkBooks } from '../sim/books.ts'
import { HandFeed, House, NOON } from './house.ts'
import { Counter, Life, mortalBroker, mortalClock, mortalJournal } from './mortal.ts'
import { quantity } from '../src/core/amount.ts'

/**
 * The crash table of DESIGN.md §6 as a loop. A small day is played again and again; in each run
 * the process dies at another point: before or after a row is safe, before a call arrives at the
 * broker, after it was done and before its answer, before and after a reading. A new process then
 * starts from what is on disk, and at the end everything must be as if nothing had happened.
 */

/** The world around the process: what outlives it. */
class World {
  readonly clock = new VirtualClock(NOON)
  readonly journal = new MemoryJournal()
  readonly shelf = new MemoryShelf()
  readonly feed = new HandFeed(this.clock)
  readonly counter: Counter
  readonly acknowledged = new Map<string, PlainAnswer>()
  readonly placed = new Map<string, number>()
  house: House
  #life: Life
  deaths = 0

  constructor(dieAt: number) {
    this.counter = new Counter(dieAt)
    this.#life = new Life(this.counter)
    this.house = this.#birth()
  }

  #birth(): House {
    const life = new Life(this.counter)
    this.#life = life
    const { clock, shelf, feed } = this
    const journal = mortalJournal(this.journal, life)
    const house = new House({
      clock,
      journal,
      shelf,
      feed,
      mortal: (inner) => mortalClock(inner, life),
      wrap: (inner) => mortalBroker(counting(inner, this.placed), life),
    })
    house.serving.catch(() => {})
    return house
  }

  /** Time passes; a process that has died is started again. */
  async pass(seconds: number): Promise<void> {
    const end = later(this.clock.now(), seconds * SECOND)
    while (this.clock.now() < end) {
      await this.clock.advance(later(this.clock.now(), SECOND / 4))
      if (!this.#life.dead) continue
      this.deaths++
      this.house = this.#birth()
    }
  }

  /** A client asks until it is answered, always under the same id. */
  async ask(id: string, submit: (house: House) => Promise<PlainAnswer>): Promise<PlainAnswer> {
    for (let tries = 0; tries < 60; tries++) {
      submit(this.house).then(
        (answer) => {
          if (answer.is !== 'noAccount' && answer.is !== 'unavailable') {
            this.acknowledged.set(id, this.acknowledged.get(id) ?? answer)
          }
        },
        () => {},
      )
      await this.pass(1)
      const answer = this.acknowledged.get(id)
      if (answer) return answer
    }
    throw new Error(`${id} was never answered`)
  }

  place(id: string, wish: string): Promise<PlainAnswer> {
    return this.ask(id, (house) => house.submit(wish, { id }))
  }
}

function counting(inner: Broker, placed: Map<string, number>): Broker {
  const place: Broker['place'] = (order) => {
    placed.set(order.tag, (placed.get(order.tag) ?? 0) + 1)
    return inner.place(order)
  }
  return {
    traits: inner.traits,
    start: (tell) => inner.start(tell),
    probe: () => inner.probe(),
    place,
    amend: (order) => inner.amend(order),
    cancel: (order) => inner.cancel(order),
    read: () => inner.read(),
    stop: () => inner.stop(),
  }
}

async function day(dieAt: number): Promise<World> {
  const world = new World(dieAt)
  await world.pass(2)
  const quote = (bid: number, ask: number, size?: number): void => {
    for (const symbol of ['INFY', 'SBIN']) world.feed.quote(symbol, bid, ask, size)
  }
  quote(99.95, 100)
  await world.place('buy', 'BUY 10 INFY')
  quote(99.95, 100, 6)
  await world.pass(1)
  quote(99.95, 100.05, 6)
  await world.pass(1)
  const resting = await world.place('rest', 'BUY 5 SBIN 90')
  await world.pass(1)
  const { order } = resting as Extract<PlainAnswer, { is: 'placed' }>
  await world.ask('cancel', (house) => {
    const asked = { scope: 'key:me', id: 'cancel', by: 'me', orderId: order.id } as const
    return house.front.submit({ type: 'CancelOrder', ...asked })
  })
  await world.pass(1)
  await world.place('sell', 'SELL 4 INFY')
  quote(100, 100.05)
  await world.pass(1)
  quote(100, 100.05)
  // Healed: nothing fails from here on, and everything must come to rest.
  await world.pass(120)
  return world
}

function audit(world: World, where: string): void {
  const { house, placed, acknowledged } = world
  const { account } = house
  checkBooks(account)
  for (const [tag, times] of placed)
    assert.ok(times <= 1, `${where}: ${tag} was sent ${times} times`)
  const books = house.venue.books()
  const tags = books.orders.map(({ tag }) => tag)
  assert.equal(new Set(tags).size, tags.length, `${where}: no tag is at the broker twice`)
  for (const row of books.orders) {
    const ours = account.orders.get(account.byTag.get(row.tag!)!)
    assert.ok(ours, `${where}: the broker's order ${row.tag} is known`)
    const status = row.status === 'working' ? 'open' : row.status
    assert.equal(ours.status, status, `${where}: status of ${ours.id}`)
    assert.equal(ours.filled, row.filled, `${where}: filled of ${ours.id}`)
  }
  for (const { id, status, brokerOrderId } of account.orders.values()) {
    assert.notEqual(status, 'unknown', `${where}: ${id} is settled`)
    if (status === 'complete') assert.ok(brokerOrderId, `${where}: ${id} is at the broker`)
  }
  for (const [id, answer] of acknowledged) {
    assert.ok(['placed', 'cancelAsked', 'denied'].includes(answer.is), `${where}: ${id}`)
    if (answer.is !== 'placed') continue
    assert.ok(account.orders.has(answer.order.id as never), `${where}: ${id} is not lost`)
  }
  const held = [...account.legs.values()].flatMap((owners) => [...owners.values()])
  for (const { instrument, quantity: theirs } of books.positions) {
    const ours = held
      .filter((leg) => leg.instrument === instrument)
      .reduce((sum, { position }) => sum + position.quantity, 0n)
    assert.equal(ours, theirs, `${where}: position in ${instrument}`)
  }
  assert.equal(account.cash.get(books.funds[0]!.currency), books.funds[0]!.cash, `${where}: cash`)
  assert.equal(account.breaks.size, 0, `${where}: no break`)
  const again = restore(world.journal).accounts.get('paper')
  assert.equal(toText(again), toText(account), `${where}: the fold equals what lived`)
}

test('a day without a crash ends as it should', async () => {
  const world = await day(Infinity)
  audit(world, 'no crash')
  assert.equal(world.house.orders(), 'complete 10/10, cancelled 0/5, complete -4/-4')
  const [position] = world.house.venue.books().positions
  assert.equal(position?.quantity, quantity('6'))
})

test('wherever the process dies, nothing is lost, sent twice or left unsettled', async () => {
  const whole = await day(Infinity)
  const points = whole.counter.passed.length
  assert.ok(points > 30, `${points} points`)
  const reached = new Set<string>()
  for (let dieAt = 1; dieAt <= points; dieAt++) {
    const world = await day(dieAt)
    assert.equal(world.deaths, 1)
    const where = `died ${world.counter.passed[dieAt - 1]}`
    reached.add(where.replace(/ \S+$/, ''))
    audit(world, where)
  }
  assert.deepEqual([...reached].sort(), [
    'died after cancel',
    'died after place',
    'died after row',
    'died before cancel',
    'died before place',
    'died before row',
  ])
})
