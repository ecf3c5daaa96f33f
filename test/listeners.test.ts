import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import type { NoticeKind } from '../src/core/notice.ts'
import type { DeskPort } from '../src/core/port.ts'
import { later, SECOND } from '../src/core/time.ts'
import type { OnError } from '../src/index.ts'
import { Local } from '../src/library/local.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { Views } from '../src/store/views.ts'
import { Keeper } from '../src/worlds/keeper.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { HandFeed, House, NOON } from './house.ts'
import { SlowJournal } from './slow-journal.ts'
import { tempFolder } from './temp.ts'
import { wrapped } from './wrapped.ts'

const VIEWS: NonNullable<ConstructorParameters<typeof House>[0]>['views'] = (journal) =>
  new Views({ file: join(tempFolder(), 'views.db'), journal, say: assert.fail })

const openHouse = (journal = new MemoryJournal()): Promise<House> =>
  House.open({ journal, views: VIEWS })

type Place = { readonly port: DeskPort; readonly clock: VirtualClock }

const nobody = (): Promise<void> => Promise.resolve()
async function* nothing(): AsyncGenerator<string, void, void> {}

/** A program in the desk's own process. */
const programAt = ({ port, clock }: Place, onError?: OnError): Local =>
  new Local({ port, clock, onError, url: undefined, exporter: nothing, stop: nobody })

const programIn = (house: House, onError?: OnError): Local =>
  programAt({ port: house.front, clock: house.clock }, onError)

/** Resolves once so much of the house's own time has passed. */
const sleep = ({ clock }: { clock: VirtualClock }, seconds: number): Promise<void> =>
  new Promise((resolve) => {
    clock.at(later(clock.now(), seconds * SECOND), resolve)
  })

/** What was placed reaches the venue, and then there are prices at which it can trade. */
async function trade(house: House): Promise<void> {
  await house.pass(1)
  for (const symbol of ['INFY', 'SBIN', 'TCS']) house.feed.quote(symbol, 99.95, 100)
  await house.pass(1)
}

test('a listener is told of an order after each event, as it then was', async () => {
  const house = await openHouse()
  const told: string[] = []
  programIn(house).on('order', ({ status, filled, event, sequence }) => {
    told.push(`${status} ${filled} ${event}`)
    assert.ok(Number.isSafeInteger(sequence))
  })
  await house.place('BUY 10 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100, 4)
  await trade(house)
  assert.deepEqual(told, [
    'PENDING 0 OrderPlaced',
    'OPEN 0 OrderAccepted',
    'OPEN 4 OrderFilled',
    'COMPLETE 10 OrderFilled',
  ])
})

test('fills, positions and what an order came to are told under their own kinds', async () => {
  const house = await openHouse()
  const program = programIn(house)
  const told: string[] = []
  program.on('fill', ({ side, quantity, price }) => {
    told.push(`fill ${side} ${quantity} ${price}`)
  })
  program.on('position', ({ symbol, quantity, average, realized }) => {
    told.push(`position ${symbol} ${quantity} ${average} ${realized}`)
  })
  program.on('executed', ({ symbol, side, quantity, price }) => {
    told.push(`executed ${symbol} ${side} ${quantity} ${price}`)
  })
  program.on('execution', ({ side, status, filled, fills }) => {
    told.push(`execution ${side} ${status} ${filled} ${fills.length}`)
  })
  await house.place('BUY 10 INFY')
  await trade(house)
  await house.place('SELL 4 INFY 99.9')
  await trade(house)
  assert.deepEqual([...told].sort(), [
    'executed INFY BUY 10 100',
    'executed INFY SELL 4 99.95',
    'execution BUY COMPLETE 10 1',
    'execution SELL COMPLETE 4 1',
    'fill BUY 10 100',
    'fill SELL 4 99.95',
    'position INFY 10 100 0',
    'position INFY 6 100 -0.2',
  ])
})

test('what the broker refuses is told with its reason; our own denials are not', async () => {
  const { house, broker } = await wrapped({ views: VIEWS })
  broker.place = () => Promise.resolve({ is: 'rejected', code: 'NO', reason: 'no margin' })
  const told: unknown[] = []
  programIn(house).on('rejected', ({ symbol, orderId, quantity, reason }) => {
    told.push({ symbol, orderId, quantity, reason })
  })
  await house.place('BUY 10 INFY 101.23')
  await house.place('BUY 10 INFY')
  const [orderId] = house.account.orders.keys()
  assert.deepEqual(told, [{ symbol: 'INFY', orderId, quantity: '10', reason: 'no margin' }])
})

test('a listener that takes ten seconds holds up no order, and misses nothing', async () => {
  const house = await openHouse()
  const begun: string[] = []
  programIn(house).on('executed', async ({ orderId }) => {
    begun.push(`${orderId} at ${(house.now() - NOON) / SECOND} s`)
    await sleep(house, 10)
  })
  for (const symbol of ['INFY', 'SBIN', 'TCS']) {
    assert.equal((await house.place(`BUY 10 ${symbol}`)).is, 'placed')
    await trade(house)
  }
  assert.equal(house.orders(), 'complete 10/10, complete 10/10, complete 10/10')
  assert.equal(begun.length, 1)
  await house.pass(30)
  const [first, ...rest] = begun.map((each) => Number(/at (\d+)/.exec(each)?.[1]))
  assert.deepEqual(rest, [first! + 10, first! + 20])
})

test('a listener that always throws is counted and told of, and hears everything', async () => {
  const house = await openHouse()
  const troubles: string[] = []
  const program = programIn(house, ({ message }, { kind }) => {
    troubles.push(`${kind} ${message}`)
    throw new Error('and so does this')
  })
  const heard: string[] = []
  const throwing = program.on('fill', ({ quantity }) => {
    heard.push(quantity)
    throw new Error(`no ${quantity}`)
  })
  const sound = program.on('fill', () => Promise.resolve())
  for (const size of [1, 2, 3]) await house.place(`BUY ${size} INFY`)
  await trade(house)
  assert.deepEqual(heard, ['1', '2', '3'])
  assert.deepEqual(troubles, ['fill no 1', 'fill no 2', 'fill no 3'])
  assert.deepEqual([throwing.failures, sound.failures], [3, 0])
})

test('from the position that was kept, nothing is lost and nothing told twice', async () => {
  const journal = new MemoryJournal()
  const house = await openHouse(journal)
  const kinds = ['order', 'fill', 'position'] as const
  const heard: string[] = []
  let places: (number | undefined)[] = kinds.map(() => 0)
  const listenOn = (local: Local): (() => void) => {
    const subscriptions = kinds.map((kind: NoticeKind, index) => {
      const after = places[index]
      return local.on(kind, ({ sequence }) => void heard.push(`${sequence} ${kind}`), { after })
    })
    return () => {
      for (const each of subscriptions) each.stop()
      places = subscriptions.map(({ position }) => position)
    }
  }
  for (let run = 0; run < 4; run++) {
    const stop = listenOn(programIn(house))
    await house.place('BUY 10 INFY')
    if (run % 2 === 0) await trade(house)
    stop()
    await house.place('SELL 3 INFY')
    await trade(house) // while nobody listens
  }
  listenOn(programIn(house))
  await house.pass(1)
  const whole: string[] = []
  for (const kind of kinds) {
    programIn(house).on(kind, ({ sequence }) => void whole.push(`${sequence} ${kind}`), {
      after: 0,
    })
  }
  await house.pass(1)
  assert.ok(heard.length > 30, `${heard.length}`)
  assert.deepEqual([...heard].sort(), [...whole].sort())
})

test('what was stopped finishes its call and hears no more', async () => {
  const house = await openHouse()
  const ends: string[] = []
  const subscription = programIn(house).on('fill', async ({ quantity }) => {
    await sleep(house, 5)
    ends.push(quantity)
  })
  await house.place('BUY 1 INFY')
  await house.place('BUY 2 INFY')
  await trade(house)
  subscription.stop()
  await house.pass(10)
  assert.deepEqual(ends, ['1'])
})

test('a place that the journal never came to ends the listener, and is told', async () => {
  const house = await openHouse()
  const troubles: string[] = []
  const program = programIn(house, ({ name }) => void troubles.push(name))
  const lost = program.on('order', () => assert.fail(), { after: 1e12 })
  await house.pass(1)
  assert.deepEqual(troubles, ['BadRequest'])
  assert.match(String(lost.ended), /the journal has never come as far as that/)
})

test('a listener goes on in the desk that follows one whose journal failed', async () => {
  const clock = new VirtualClock(NOON)
  const journal = new SlowJournal()
  const [shelf, feed] = [new MemoryShelf(), new HandFeed(clock)]
  const keeper = new Keeper({
    clock,
    say: () => {},
    open: async () => {
      const house = new House({ clock, journal, shelf, feed, views: VIEWS })
      await house.serving
      feed.quote('INFY', 99.95, 100)
      return {
        desk: house.desk,
        port: house.front,
        close: async () => {
          await house.firm.stop(0)
          await house.desk.stop()
          return { open: [], unknown: [] }
        },
      }
    },
  })
  const pass = (seconds: number): Promise<void> =>
    clock.advance(later(clock.now(), seconds * SECOND))
  const opening = keeper.open()
  await pass(1)
  await opening
  const program = programAt({ port: keeper, clock })
  const wish = { symbol: 'INFY', exchange: 'NSE', side: 'BUY', type: 'LIMIT', price: 90 } as const
  const placed: string[] = []
  program.on('order', ({ quantity, event }) => {
    if (event === 'OrderPlaced') placed.push(quantity)
  })
  const place = async (quantity: number): Promise<string> => {
    const placing = program.place({ ...wish, quantity }).then(
      () => 'placed',
      ({ name }: Error) => name,
    )
    await pass(0)
    return placing
  }
  assert.equal(await place(1), 'placed')
  journal.failNext(false)
  assert.equal(await place(2), 'Unavailable')
  await pass(5)
  assert.equal(await place(3), 'placed')
  await pass(1)
  assert.deepEqual(placed, ['1', '3'])
})
