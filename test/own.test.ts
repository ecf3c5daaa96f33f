import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { formatQuantity, plus, quantity } from '../src/core/amount.ts'
import type { BooksCommand, PlainAnswer } from '../src/core/port.ts'
import type { Terms } from '../src/core/order.ts'
import { later } from '../src/core/time.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { dayAround } from '../src/market/exchange.ts'
import { House } from './house.ts'
import { inr, INSTRUMENTS } from './scenario-asks.ts'
import { wrapped } from './wrapped.ts'

const INFY = INSTRUMENTS.get('INFY')!

/** Somebody trades at the venue, past the desk. */
function byPhone(house: House, size: string): void {
  const terms: Terms = {
    instrument: INFY.id,
    group: 'equity',
    currency: inr,
    multiplier: 1n,
    product: 'CNC',
    quantity: quantity(size),
    pricing: { type: 'market' },
    validity: 'day',
    disclosed: undefined,
  }
  house.venue.place(undefined, terms, house.now())
  house.feed.quote('INFY', 99.95, 100)
}

type Deed<C> = C extends BooksCommand ? Omit<C, 'scope' | 'id' | 'by'> : never

const settle = (house: House, deed: Deed<BooksCommand>, id = 's1'): Promise<PlainAnswer> =>
  house.front.submit({ scope: 'key:me', id, by: 'key:me', ...deed })

const held = (house: House): string =>
  [...house.account.legs.values()]
    .flatMap((owners) => [...owners.values()])
    .filter(({ position }) => position.quantity !== 0n)
    .map(({ owner, position }) => `${owner} ${formatQuantity(position.quantity)}`)
    .join(', ')

test('tracked 10, and 119 bought by hand: a reconciliation says so with both numbers', async () => {
  const house = await House.open()
  await house.place('BUY 10 INFY', { strategy: 'x' })
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  assert.equal(held(house), 'strategy:x 10')
  byPhone(house, '119')
  const running = house.front.ask({ about: 'run', account: 'paper' })
  await house.pass(1)
  const found = (await running)!
  assert.equal(held(house), 'strategy:x 10, manual 119')
  assert.deepEqual(
    [found.manualBuysDetected, found.manualSellsDetected, found.matched, found.updatedSymbols],
    [1, 0, 1, ['INFY']],
  )
  const [line] = found.differences
  assert.deepEqual([line?.expected, line?.broker, line?.difference], ['10', '129', '119'])
  assert.match(line!.explanation, /^bought 119 at .*, order P2, placed elsewhere; in the book of/)
  const { items } = await house.front.ask({ about: 'tracking', symbol: 'INFY' })
  assert.deepEqual([items[0]?.tracked, items[0]?.expected], ['129', '129'])
})

test('a day later a buy is a holding, and its sale less than nothing, without alarm', async () => {
  const house = await House.open()
  await house.place('BUY 10 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  const [, end] = dayAround('NSE', house.now())
  await house.pass((end - house.now()) / 1_000 + 60)
  house.venue.endDay('NSE', end, later(end, -1))
  const { positions, holdings } = house.venue.books()
  assert.deepEqual(
    [positions, holdings].map((rows) => rows.map((row) => formatQuantity(row.quantity))),
    [['0'], ['10']],
  )
  house.feed.quote('INFY', 99.95, 100)
  await house.place('SELL 4 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  assert.deepEqual(
    house.venue.books().positions.map((row) => formatQuantity(row.quantity)),
    ['-4'],
  )
  const verifying = house.front.ask({ about: 'verification', account: 'paper' })
  await house.pass(2)
  assert.equal((await verifying)?.agreed, true)
  assert.equal(house.account.breaks.size, 0)
})

test('a desk that finds holdings adopts them, and never sells them', async () => {
  const shelf = new MemoryShelf()
  const before = await House.open({ shelf })
  await before.place('BUY 100 INFY')
  await before.pass(1)
  before.feed.quote('INFY', 99.95, 100)
  await before.pass(5)
  const [, end] = dayAround('NSE', before.now())
  before.venue.endDay('NSE', end, end) // the trade is a day old: the book shows the holding alone
  const house = await House.open({ shelf, journal: new MemoryJournal(), epoch: 'OTHER' })
  await house.pass(5)
  assert.equal(held(house), 'preexisting 100')
  const denied = await house.place('SELL 10 INFY', { strategy: 'x', reduceOnly: true })
  assert.equal(denied.is, 'denied')
})

test('a person settles a break once, and sees before what it will do', async () => {
  const { house, broker } = await wrapped()
  await house.place('BUY 10 INFY', { strategy: 'x' })
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  broker.twist = ({ positions, ...reading }) => {
    const fewer = quantity('-4')
    const rows = positions.ok ? positions.rows : []
    const changed = rows.map((row) => ({ ...row, quantity: plus(row.quantity, fewer) }))
    return { ...reading, positions: { ok: true, rows: changed, proven: true } }
  }
  const running = house.front.ask({ about: 'run', account: 'paper' })
  await house.pass(1)
  assert.equal((await running)?.breaksOpened, 1)
  assert.equal(held(house), 'strategy:x 10, unexplained -4')
  const [open] = (await house.front.ask({ about: 'breaks' })).items
  assert.deepEqual([open?.class, open?.difference, open?.locks], ['partial', '-4', true])
  const asked = { account: 'paper', symbol: 'INFY', as: 'strategy:x' }
  const preview = await house.front.ask({ about: 'settling', ...asked })
  assert.deepEqual(
    preview?.books.map(({ owner, before, after }) => `${owner} ${before} ${after}`),
    ['unexplained -4 0', 'strategy:x 10 6'],
  )
  const deed = { type: 'SettleBreak', ...asked, reason: 'sold by phone' } as const
  const first = settle(house, deed)
  await house.pass(0)
  assert.deepEqual(await first, { is: 'booksSettled', account: 'paper', repeated: false })
  const again = settle(house, deed)
  await house.pass(0)
  assert.deepEqual(await again, { is: 'booksSettled', account: 'paper', repeated: true })
  assert.equal(held(house), 'strategy:x 6')
  const other = settle(house, { ...deed, reason: 'something else' }, 's1')
  await house.pass(0)
  assert.equal((await other).is, 'conflict')
  const none = settle(house, { type: 'ReleaseSymbol', account: 'paper', symbol: 'SBIN' }, 's2')
  await house.pass(0)
  assert.equal((await none).is, 'denied')
})
