/** A liquidation, played again and again: each time the process dies at another point of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { rate } from '../src/core/amount.ts'
import { toText } from '../src/core/plain.ts'
import { later, SECOND } from '../src/core/time.ts'
import { restore } from '../src/desk/restore.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { ruleOf } from './guard-words.ts'
import { HandFeed, House, NOON } from './house.ts'
import { Counter, Life, mortalBroker, mortalClock, mortalJournal } from './mortal.ts'

/** What outlives the process, and whoever starts it again. */
class World {
  readonly clock = new VirtualClock(NOON)
  readonly journal = new MemoryJournal()
  readonly shelf = new MemoryShelf()
  readonly feed = new HandFeed(this.clock)
  readonly counter: Counter
  price = 99.95
  /** Points that were passed before prices fell: until then there is nothing to close. */
  calm = 0
  house: House
  life: Life
  deaths = 0

  constructor(dieAt: number) {
    this.counter = new Counter(dieAt)
    this.life = new Life(this.counter)
    this.house = this.#birth()
  }

  #birth(): House {
    const life = new Life(this.counter)
    this.life = life
    const { clock, shelf, feed } = this
    const house = new House({
      clock,
      shelf,
      feed,
      journal: mortalJournal(this.journal, life),
      mortal: (inner) => mortalClock(inner, life),
      wrap: (inner) => mortalBroker(inner, life),
      onTrouble: () => {},
    })
    house.serving.catch(() => {})
    return house
  }

  get held(): bigint {
    const { positions } = this.house.venue.books()
    return positions.reduce((sum, { quantity }) => sum + quantity, 0n) / 100_000_000n
  }

  async pass(seconds: number): Promise<void> {
    for (let left = seconds * 4; left > 0; left--) {
      for (const symbol of ['INFY', 'SBIN']) {
        this.feed.quote(symbol, this.price, this.price + 0.05)
      }
      await this.clock.advance(later(this.clock.now(), SECOND / 4))
      assert.ok(this.held >= 0n, 'the position never turns')
      if (!this.life.dead) continue
      this.deaths++
      this.house = this.#birth()
    }
  }

  /** Until the process that lives has it. */
  async until(is: (house: House) => boolean, again: (house: House) => void): Promise<void> {
    for (let tries = 0; tries < 30; tries++) {
      const { house } = this
      if (house.firm.gateway('paper')?.isStarted && is(house)) return
      if (house.firm.gateway('paper')?.isStarted) again(house)
      await this.pass(2)
    }
    assert.fail('it never came about')
  }
}

async function play(dieAt: number): Promise<World> {
  const world = new World(dieAt)
  await world.pass(6)
  const rules = [ruleOf({ fraction: rate('0.1'), delayMs: 2 * SECOND })]
  const body = { type: 'SetGuard', rules, initial: undefined, by: 'key:me' } as const
  await world.until(
    ({ account }) => account.guards.rules.size > 0,
    ({ desk }) => void desk.submit({ account: 'paper', cause: 'key:me', body }).catch(() => {}),
  )
  const place = (id: string, wish: string) =>
    world.until(
      ({ account }) => account.commands.has(`key:me ${id}`),
      (house) => void house.submit(wish, { id }).catch(() => {}),
    )
  await place('a', 'BUY 3000 INFY')
  await place('b', 'BUY 1000 SBIN')
  await place('c', 'BUY 10 INFY 60')
  await world.pass(4)
  world.calm = world.counter.passed.length
  world.price = 70
  await world.pass(45)
  return world
}

test('a liquidation survives a death at every point of it, and is done once', async () => {
  const whole = await play(0)
  const points = whole.counter.passed
  const told = (world: World, type: string): number =>
    [...world.journal.read(0)]
      .flatMap(({ entries }) => entries)
      .flatMap(({ events }) => events)
      .filter((event) => event.type === type).length
  assert.ok(points.length > whole.calm + 15)
  for (let dieAt = whole.calm + 1; dieAt <= points.length; dieAt++) {
    const world = await play(dieAt)
    const where = `died at ${points[dieAt - 1]}`
    assert.equal(world.deaths, 1, where)
    assert.equal(world.held, 0n, where)
    const { account } = world.house
    assert.equal(account.guards.closings.size, 0, where)
    assert.equal(account.working, 0, where)
    assert.equal(told(world, 'LiquidationStarted'), 1, where)
    assert.equal(told(world, 'FlatConfirmed'), 1, where)
    assert.equal(account.guards.rules.get('drawdown')!.is, 'tripped', where)
    const folded = restore(world.journal).accounts.get('paper')
    assert.equal(toText(folded), toText(account), where)
  }
})
