/** How working orders are followed, as it was set. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf } from '../src/brokers/faults/plan.ts'
import { configFrom } from '../src/config.ts'
import { rate } from '../src/core/amount.ts'
import { MATCHING } from '../src/core/input.ts'
import type { Cadence } from '../src/desk/cadence.ts'
import { cadenceOf } from '../src/worlds/cadence.ts'
import { terms } from './broker.exam.ts'
import type { House } from './house.ts'
import { wrapped } from './wrapped.ts'

const cadence = (settings: object): Cadence => cadenceOf(configFrom(settings))

test('stream and poll together read the book each second and hear at once', async () => {
  const { house, broker } = await wrapped({ cadence: cadence({}) })
  await house.place('BUY 10 INFY 90')
  const before = broker.reads
  await house.pass(10)
  assert.ok(broker.reads - before >= 9)
  house.feed.quote('INFY', 89.95, 90)
  await house.pass(0.05)
  assert.equal(house.orders(), 'complete 10/10')
})

test('how trades by hand are taken is as it was set', () => {
  const { matching, tolerance } = cadence({
    matching: { opens: 'join', givers: 'preexisting, strategy, manual', tolerance_percent: 5 },
  })
  assert.deepEqual(matching, { opens: 'join', givers: ['preexisting', 'strategy', 'manual'] })
  assert.equal(tolerance, rate('0.05'))
  assert.deepEqual([cadence({}).matching, cadence({}).tolerance], [MATCHING, undefined])
  assert.throws(() => cadence({ matching: { givers: 'manual' } }), /each once, in any order/)
})

test('polling alone hears of a fill at the next reading, and not before', async () => {
  const settings = { monitoring: { strategy: 'poll', interval_seconds: 5 } }
  const { house } = await wrapped({ cadence: cadence(settings) })
  await house.place('BUY 10 INFY 90')
  await house.pass(6)
  house.feed.quote('INFY', 89.95, 90)
  await house.pass(0.05)
  assert.equal(house.orders(), 'open 0/10', 'the stream has told, and nobody listened')
  await house.pass(5)
  assert.equal(house.orders(), 'complete 10/10')
})

test('polling alone and without a cycle, a trade by hand waits for the verifier', async () => {
  const settings = {
    monitoring: { strategy: 'poll' },
    reconciliation: { enabled: false },
    verifier: { check_interval_seconds: 300 },
  }
  const { house } = await wrapped({ cadence: cadence(settings) })
  await house.pass(10)
  house.venue.place(undefined, terms('7'), house.now())
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(60)
  assert.equal(house.account.legs.size, 0)
  await house.pass(300)
  assert.equal(house.account.legs.size, 1)
})

test('polling alone, a trade by hand is found by the next cycle', async () => {
  const { house } = await wrapped({ cadence: cadence({ monitoring: { strategy: 'poll' } }) })
  await house.pass(10)
  house.venue.place(undefined, terms('7'), house.now())
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(12)
  assert.equal(house.account.legs.size, 1)
})

test('a stream alone is believed, and without a cycle looked after once a minute', async () => {
  const settings = { monitoring: { strategy: 'stream' }, reconciliation: { enabled: false } }
  const { house, broker } = await wrapped({ cadence: cadence(settings) })
  await house.place('BUY 10 INFY 90')
  await house.pass(5)
  const before = broker.reads
  await house.pass(50)
  assert.ok(broker.reads - before <= 1, `${broker.reads - before} readings`)
  house.venue.onNews(() => {}) // from now on it tells nothing
  house.feed.quote('INFY', 89.95, 90)
  await house.pass(1)
  assert.equal(house.orders(), 'open 0/10')
  await house.pass(60)
  assert.equal(house.orders(), 'complete 10/10')
})

test('without verifier and cycle an idle book is not read, and a working one is', async () => {
  const settings = { verifier: { enabled: false }, reconciliation: { enabled: false } }
  const { house, broker } = await wrapped({ cadence: cadence(settings) })
  await house.pass(10)
  const before = broker.reads
  await house.pass(86_400)
  assert.equal(broker.reads, before)
  await house.place('BUY 10 INFY 90')
  await house.pass(10)
  assert.ok(broker.reads - before >= 9)
})

test('without the verifier an order in doubt is looked for all the same', async () => {
  const faults = [faultOf('lose-answer', { times: 1 })]
  const { house } = await wrapped({ faults, cadence: cadence({ verifier: { enabled: false } }) })
  house.venue.onNews(() => {})
  await house.place('BUY 10 INFY 90')
  await house.pass(20)
  assert.equal(house.orders(), 'open 0/10')
})

test('without the verifier a reading that failed is repeated until one succeeds', async () => {
  const { house, broker } = await wrapped({ cadence: cadence({ verifier: { enabled: false } }) })
  const read = broker.read.bind(broker)
  broker.read = () => Promise.reject(new Error('nothing to be had'))
  void house.front.ask({ about: 'verification', account: 'paper' })
  await house.pass(60)
  broker.read = read
  const before = broker.reads
  await house.pass(60)
  assert.ok(broker.reads > before)
})

/** How often it was sent, and what became of it, after so many seconds. */
async function sent(settings: object, seconds: number): Promise<readonly [number, string]> {
  const faults = [faultOf('refuse-connection')]
  const { retry } = configFrom({ retry: settings })
  let calls = 0
  const { house } = await wrapped({ faults, retry })
  house.desk.follow(() => {
    calls = attempts(house)
  })
  await house.place('BUY 10 INFY 90')
  await house.pass(seconds)
  return [calls, house.orders()]
}

/** By the journal. */
const attempts = (house: House): number =>
  [...house.journal.read(0)]
    .flatMap(({ entries }) => entries.flatMap(({ events }) => events))
    .filter(({ type }) => type === 'OrderSending').length

test('what provably never left is sent again as often, and as soon, as it was set', async () => {
  assert.deepEqual(await sent({}, 20), [4, 'expired 0/10'])
  assert.deepEqual(await sent({ max_retries: 0 }, 1), [1, 'expired 0/10'])
  assert.deepEqual(await sent({ max_retries: 1, retry_delay: 10 }, 9), [1, 'pending 0/10'])
  assert.deepEqual(await sent({ max_retries: 1, retry_delay: 10 }, 13), [2, 'expired 0/10'])
})

test('however patient the retries are, an entry is not sent when it is old', async () => {
  const [calls, orders] = await sent({ max_retries: 10, retry_delay: 30 }, 75)
  assert.equal(orders, 'expired 0/10')
  assert.ok(calls <= 3, `${calls} attempts`)
})

test('a change gives up as a new order does', async () => {
  const faults = [faultOf('refuse-connection', { on: ['amend'] })]
  const { house } = await wrapped({ faults, retry: { max: 0, delayMs: 1_000 } })
  await house.place('BUY 10 INFY 90')
  await house.pass(2)
  const [id] = house.account.orders.keys()
  void house.ask({ type: 'AmendOrder', orderId: id!, changes: { price: '91' } })
  await house.pass(1)
  assert.equal(house.account.orders.get(id!)?.amending, undefined)
  assert.equal(house.orders(), 'open 0/10')
})
