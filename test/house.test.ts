import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf } from '../src/brokers/faults/plan.ts'
import { quantity } from '../src/core/amount.ts'
import { Limiter } from '../src/desk/limit.ts'
import { instant, later } from '../src/core/time.ts'
import { House, NOON } from './house.ts'
import { SlowJournal } from './slow-journal.ts'
import { wrapped } from './wrapped.ts'

/** Misbehaves the first time it is asked by a call, and never again. */
test('an order goes out, is accepted, trades, and is in the position', async () => {
  const house = await House.open()
  const placed = await house.place('BUY 10 INFY')
  assert.equal(placed.is, 'placed')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  assert.equal(house.orders(), 'complete 10/10')
  const [leg] = [...house.account.legs.values()].flatMap((owners) => [...owners.values()])
  assert.equal(leg?.position.quantity, quantity('10'))
})

test('one order that goes at once costs one commit before it leaves', async () => {
  const { house } = await wrapped()
  const before = house.journal.head().n
  await house.place('BUY 10 INFY 90')
  const [row] = [...house.journal.read(before)]
  assert.deepEqual(
    row?.entries.flatMap(({ events }) => events.map(({ type }) => type)),
    ['OrderPlaced', 'OrderSending'],
  )
})

test('an answer that is lost leaves the order unknown, and the book settles it', async () => {
  const house = await House.open({ faults: [faultOf('lose-answer', { times: 1 })] })
  // The stream would tell at once: it is deaf here, so that only the book can.
  house.venue.onNews(() => {})
  await house.place('BUY 10 INFY 90')
  await house.pass(4)
  assert.equal(house.orders(), 'open 0/10') // the book was read while we waited
  const lost = await House.open({ faults: [faultOf('lose-request', { times: 1 })] })
  await lost.place('BUY 10 INFY 90')
  await lost.pass(5.5)
  assert.equal(lost.orders(), 'unknown 0/10')
  const again = await lost.place('BUY 5 INFY 90')
  assert.equal(again.is === 'denied' && again.denial.code, 'SYMBOL_IN_DOUBT')
  await lost.pass(60)
  assert.equal(lost.orders(), 'lapsed 0/10')
  assert.equal((await lost.place('BUY 5 INFY 90')).is, 'placed')
  assert.equal(lost.venue.books().orders.length, 0)
})

test('an answer that comes after its time is still believed', async () => {
  const house = await House.open({ faults: [faultOf('late', { times: 1, seconds: 7 })] })
  house.venue.onNews(() => {})
  await house.place('BUY 10 INFY 90')
  await house.pass(8)
  assert.equal(house.orders(), 'open 0/10')
})

test('a broker that says everything twice is heard once', async () => {
  const house = await House.open({ faults: [faultOf('repeat')] })
  await house.place('BUY 10 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100, 6)
  house.feed.quote('INFY', 99.95, 100, 6)
  await house.pass(1)
  assert.equal(house.orders(), 'complete 10/10')
  assert.equal(house.account.anomalies.size, 0)
})

test('an adapter that throws has perhaps sent: the order is unknown, not lost', async () => {
  const { house, broker } = await wrapped()
  broker.place = () => Promise.reject(new Error('adapter bug'))
  await house.place('BUY 10 INFY 90')
  assert.equal(house.orders(), 'unknown 0/10')
})

test('data/HALT stops entries and closes at the last step; cancels pass', async () => {
  let halt: string | undefined
  const house = await House.open({ halted: () => halt })
  await house.place('BUY 10 INFY 90')
  await house.pass(1)
  halt = 'the file HALT is there'
  await house.place('BUY 10 SBIN 90')
  const [open] = house.account.orders.keys()
  await house.cancel(open!)
  await house.pass(1)
  assert.equal(house.orders(), 'cancelled 0/10, expired 0/10')
  assert.equal(house.venue.books().orders.length, 1)
})

test('what waits for its turn goes in the order cancels, closes, entries', async () => {
  const limits = { windows: [{ ms: 1_000, max: 3 }], keptForExits: 1 }
  const { house, broker } = await wrapped({ limits })
  await house.place('BUY 10 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.place('BUY 5 SBIN 90')
  await house.pass(5)
  broker.calls.length = 0
  const [, resting] = house.account.orders.keys()
  // Two entries use up what entries may have of this second; the rest must wait.
  void house.submit('BUY 1 TCS 90')
  void house.submit('BUY 2 TCS 90')
  void house.submit('BUY 3 TCS 90')
  void house.submit('SELL 10 INFY')
  await house.pass(0)
  void house.cancel(resting!)
  await house.pass(2)
  const ids = [...house.account.orders.keys()]
  assert.deepEqual(broker.calls, [
    `place ${ids[2]}`,
    `place ${ids[3]}`,
    `place ${ids[5]}`, // the close took what is kept for closes
    `cancel ${resting}`, // and the cancel goes before the entry that has waited longer
    `place ${ids[4]}`,
  ])
})

test('never more calls than allowed in any stretch of time', () => {
  const limiter = new Limiter({
    windows: [
      { ms: 1_000, max: 10 },
      { ms: 60_000, max: 40 },
    ],
    keptForExits: 2,
  })
  const taken: number[] = []
  for (let at = 0; at < 200_000; at += 7) {
    if (!limiter.take(at % 3 === 0 ? 'exit' : 'entry', instant(at))) continue
    limiter.leave(at)
    taken.push(at)
  }
  for (const [ms, max] of [
    [1_000, 10],
    [60_000, 40],
  ] as const) {
    for (const [index, at] of taken.entries()) {
      const nth = taken[index + max]
      assert.ok(nth === undefined || nth - at >= ms, `${max + 1} calls within ${ms} ms`)
    }
  }
  assert.ok(taken.length >= 120)
})

test('entries leave a part of the limit to closes', () => {
  const limiter = new Limiter({ windows: [{ ms: 1_000, max: 10 }], keptForExits: 2 })
  const took = Array.from({ length: 12 }, () => limiter.take('entry', NOON)).filter(Boolean)
  assert.equal(took.length, 8)
  assert.equal(limiter.take('exit', NOON), true)
  assert.equal(limiter.freeAt('entry', NOON), NOON + 1_000)
})

test('the book is read each second while orders work, else by the cycle', async () => {
  const { house, broker } = await wrapped({ cadence: { cycleMs: 60_000 } })
  await house.pass(3)
  const atRest = broker.reads
  await house.pass(600)
  assert.ok(Math.abs(broker.reads - atRest - 10) <= 1, `${broker.reads - atRest} reads in 600 s`)
  await house.place('BUY 10 INFY 90')
  const working = broker.reads
  await house.pass(60)
  assert.ok(Math.abs(broker.reads - working - 60) <= 2, `${broker.reads - working} reads in 60 s`)
})

test('reads that fail are tried again more and more slowly, and are no empty books', async () => {
  const { house, broker } = await wrapped()
  await house.place('BUY 10 INFY')
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(2)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(2)
  const failed = { ok: false, reason: '503' } as const
  broker.twist = ({ askedAt }) => {
    return { askedAt, orders: failed, trades: failed, positions: failed, funds: failed }
  }
  const verified = house.front.ask({ about: 'verification', account: 'paper' })
  await house.pass(1)
  assert.equal((await verified)?.agreed, false)
  const before = broker.reads
  await house.pass(60)
  assert.ok(broker.reads - before >= 3 && broker.reads - before <= 6)
  assert.equal(house.account.breaks.size, 0)
})

test('a verification says what differs, and that it agrees again', async () => {
  const { house, broker } = await wrapped()
  await house.place('BUY 10 INFY')
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(2)
  const ask = async (): Promise<string> => {
    const asking = house.front.ask({ about: 'verification', account: 'paper' })
    await house.pass(2)
    const found = await asking
    const differing = found?.breaks.map(({ ours, theirs }) => `${ours} is not ${theirs}`)
    return `${found?.agreed} ${differing?.join()}`
  }
  assert.equal(await ask(), 'true ')
  const less = { instrument: house.instrument('INFY').id, product: 'CNC', quantity: quantity('7') }
  broker.twist = (reading) => {
    return {
      ...reading,
      positions: { ok: true, rows: [{ ...less, product: 'CNC' }], proven: true },
    }
  }
  await ask()
  assert.equal(await ask(), 'false 10 is not 7')
  broker.twist = (reading) => reading
  assert.equal(await ask(), 'true ')
})

test('stopping sends nothing more, and what was in flight is unknown', async () => {
  const { house, broker } = await wrapped({
    faults: [faultOf('late', { seconds: 60 })],
  })
  house.venue.onNews(() => {})
  broker.twist = (reading) => ({ ...reading, orders: { ok: false, reason: '503' } })
  await house.place('BUY 10 INFY 90')
  const stopping = house.firm.stop(2_000)
  await house.pass(3)
  assert.equal(await stopping, 1)
  assert.equal(house.orders(), 'unknown 0/10')
  await house.place('BUY 10 SBIN 90')
  await house.pass(1)
  assert.equal(house.venue.books().orders.length, 1)
})

test('an answer that waits for the disk is not a reason to send again', async () => {
  const journal = new SlowJournal()
  const { house, broker } = await wrapped({ journal })
  house.venue.onNews(() => {}) // the stream would tell first
  journal.delay = () =>
    new Promise((resolve) => void house.clock.at(later(house.now(), 7), resolve))
  for (let n = 0; n < 20; n++) {
    void house.submit(`BUY 1 INFY 90`)
    void house.submit(`BUY 1 SBIN 90`)
    await house.pass(0.003)
  }
  await house.pass(2)
  const sent = broker.calls.filter((call) => call.startsWith('place'))
  assert.equal(sent.length, 40)
  assert.equal(new Set(sent).size, 40, 'each order is sent once')
})

test('a cancel whose answer never came is sent again', async () => {
  const { house, broker } = await wrapped({
    faults: [faultOf('lose-request', { on: ['cancel'], times: 1 })],
  })
  await house.place('BUY 10 INFY 90')
  await house.pass(1)
  const [id] = house.account.orders.keys()
  await house.cancel(id!)
  await house.pass(10)
  assert.equal(house.orders(), 'cancelled 0/10')
  assert.deepEqual(broker.calls.slice(-2), [`cancel ${id}`, `cancel ${id}`])
})
