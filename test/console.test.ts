import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PaperBroker } from '../src/brokers/paper/paper.ts'
import { NoShelf } from '../src/brokers/paper/shelf.ts'
import { Venue } from '../src/brokers/paper/venue.ts'
import { BadSetting, readConfig } from '../src/config.ts'
import { spoken, Teller } from '../src/notify/teller.ts'
import { HandFeed, House } from './house.ts'

test('of several fills in one commit only the last says that the order is complete', async () => {
  const house = await House.open()
  const said: string[] = []
  const teller = new Teller({
    journal: house.journal,
    accounts: (id) => house.desk.account(id),
    soon: (run) => house.clock.soon(run),
    hear: (heard) => said.push(spoken(heard) ?? ''),
    onTrouble: assert.fail,
  })
  house.desk.follow(() => teller.wake())
  await house.place('BUY 10 INFY')
  await house.pass(1)
  const rows = house.journal.head().n
  for (const [ask, size] of [
    [100, 6],
    [100.05, 3],
    [100.1, 6],
  ] as const) {
    house.feed.quote('INFY', 99.95, ask, size)
  }
  await house.pass(0)
  assert.equal(house.journal.head().n, rows + 1)
  const bought = said
    .filter(Boolean)
    .map((line) => line.replace(/^\S+ +paper +/, '').replace(/paper-\d+/, 'it'))
  assert.deepEqual(bought, [
    'Bought 6 INFY at ₹100.00 (it: 6 of 10)',
    'Bought 3 INFY at ₹100.05 (it: 9 of 10)',
    'Bought 1 INFY at ₹100.10 (it complete, 10 in all at ₹100.025, ₹1,000.25)',
  ])
})

test('the paper broker is never set to be slower than it is waited for', async () => {
  const { clock } = await House.open()
  const venue = new Venue({ shelf: new NoShelf(), plan: 'none', opening: [] })
  const { traits } = new PaperBroker({
    venue,
    feed: new HandFeed(clock),
    timers: clock,
    exchanges: [],
    latencyMs: 0,
  })
  for (const bound of [traits.timeoutMs, traits.lapseAfterMs]) {
    const env = { TALLYMAN_PAPER_LATENCY_MS: String(bound) }
    assert.throws(() => readConfig(env), BadSetting)
  }
})
