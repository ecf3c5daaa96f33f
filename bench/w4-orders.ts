/** W4: what reconciling 10,000 accounts every ten seconds does to the orders placed meanwhile. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { money, price, quantity } from '../src/core/amount.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { BrokerOrderId } from '../src/core/order.ts'
import { USUAL } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'
import { epoch } from '../src/core/tag.ts'
import type { Instant } from '../src/core/time.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import type { Clock } from '../src/desk/clock.ts'
import { systemClock } from '../src/desk/clock.ts'
import { Desk } from '../src/desk/desk.ts'
import { Seats } from '../src/desk/seats.ts'
import type { Outcome, Told } from '../src/desk/told.ts'
import { Watch } from '../src/desk/watch.ts'
import { instrumentFrom } from '../src/market/instruments.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import type { Round } from './measure.ts'
import { percentile, tell } from './measure.ts'
import { Accounts, fresh, POSITIONS, TextBroker } from './texts.ts'

const ACCOUNTS = 10_000
const DIFFERENT = 0.005
const ROUNDS = 5
/** Longer than a cycle, so that every account is read in it. */
const STRETCH_MS: number = 12 * SECOND
const PAUSE_MS = 4
const era = epoch('BENCH')

/** The system's clock; until it runs, time passes as it is told, and no timer ends. */
class SwitchedClock implements Clock {
  isRunning = false
  #isPaused = true
  /** What fell due while it was paused. */
  #held: { run: () => void }[] = []
  #now: Instant = instant(systemClock.now() - 60 * SECOND)

  now = (): Instant => (this.isRunning ? systemClock.now() : this.#now)
  steady: Clock['steady'] = () => systemClock.steady()
  soon: Clock['soon'] = (run) => systemClock.soon(run)
  next: Clock['next'] = (run) => systemClock.next(run)

  pass(milliseconds: number): void {
    this.#now = later(this.#now, milliseconds)
  }

  at(due: Instant, run: () => void): () => void {
    if (!this.isRunning) return NOTHING
    const timer = { run }
    const cancel = systemClock.at(due, () => {
      if (this.#isPaused) this.#held.push(timer)
      else timer.run()
    })
    return () => {
      timer.run = NOTHING
      cancel()
    }
  }

  pause(): void {
    this.#isPaused = true
  }

  goOn(): void {
    this.#isPaused = false
    for (const { run } of this.#held.splice(0)) run()
  }
}
const NOTHING = (): void => {}

const instrument = instrumentFrom({
  symbol: 'ACME',
  exchange: 'SIM',
  currency: 'INR',
  tick: '0.05',
  decimals: 2,
})
const failed = { ok: false, reason: 'not asked' } as const
const cash = money('100000000000000')

const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'))
const journal = new SqliteJournal(join(folder, 'journal.db'))
const clock = new SwitchedClock()
const desk = Desk.open(journal, clock)

async function open(account: string, number: number): Promise<void> {
  const plan = { broker: 'bench', mode: 'paper', plan: 'none' } as const
  const cause = 'start'
  await Promise.all([
    desk.submit({ account, cause, body: { type: 'OpenAccount', number, ...plan } }),
    desk.submit({ account, cause, body: { type: 'Started', epoch: era } }),
  ])
}

await open('bench', 1)
await desk.submit({
  account: 'bench',
  cause: 'book',
  body: {
    type: 'BookRead',
    askedAt: clock.now(),
    orders: failed,
    trades: failed,
    positions: failed,
    funds: { ok: true, rows: [{ currency: instrument.currency, cash }], proven: true },
    agreesSince: undefined,
    lapseAfterMs: 1,
    reportsKeptMs: 1,
    spareEpoch: era,
    tagsMayBeLost: false,
  },
})

const accounts = new Accounts(ACCOUNTS)
const seats = new Seats(clock, CADENCE.atOnce)
const brokers: TextBroker[] = []
const watches: Watch[] = []
for (const [index, text] of accounts.texts().entries()) {
  const account = `a${index}`
  await open(account, index + 2)
  const broker = new TextBroker(clock.now, text)
  const line = { account, desk, broker, clock, spareEpoch: era }
  brokers.push(broker)
  watches.push(new Watch(line, { cadence: CADENCE, priceOf: () => undefined, seats }))
}

/** What they hold is taken over by two readings; a third one weighs them. */
for (let left = 4; left > 0; left--) {
  clock.pass(2 * SECOND)
  for (let from = 0; from < ACCOUNTS; from += 500) {
    await Promise.all(watches.slice(from, from + 500).map((watch) => watch.readNow()))
  }
}
assert.ok(watches.every((_, index) => desk.account(`a${index}`).held === POSITIONS))

let commands = 0
function order(): Told {
  const id = `c${commands++}`
  const owner = 'strategy:bench' as Owner
  const kind = { side: 'buy', type: 'limit', by: 'bench' } as const
  const size = quantity('10')
  const ticket = { instrument: instrument.id, size, price: price('100'), owner, ...USUAL, ...kind }
  const world = { instrument, last: price('100'), turn: true, policy: NO_POLICY }
  const body = { type: 'PlaceOrder', ticket, ...world, refused: undefined } as const
  const hash = id.padStart(64, '0')
  return { account: 'bench', cause: `bench/${id}`, key: { scope: 'bench', id, hash }, body }
}

function accepted(outcome: Outcome): Told {
  const placed = outcome.is === 'done' ? outcome.events[0] : undefined
  assert.equal(placed?.type, 'OrderPlaced')
  const { orderId } = placed
  const answer = { is: 'accepted', brokerOrderId: `B${orderId}` as BrokerOrderId } as const
  const body = { type: 'Answered', orderId, request: 'place', answer } as const
  return { account: 'bench', cause: 'answer', body }
}

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    systemClock.at(later(systemClock.now(), PAUSE_MS), resolve)
  })

/** Microseconds until each of the orders placed in that stretch was durable. */
async function stretch(): Promise<number[]> {
  const took: number[] = []
  const end = systemClock.now() + STRETCH_MS
  while (systemClock.now() < end) {
    const told = order()
    const started = performance.now()
    const outcome = await desk.submit(told)
    took.push((performance.now() - started) * 1_000)
    await desk.submit(accepted(outcome))
    await pause()
  }
  return took
}

const reads = (): number => watches.reduce((all, { cycles }) => all + cycles.cycle, 0)

clock.isRunning = true
for (const watch of watches) await watch.readNow() // from here on each has a timer
const halves: Record<'middle' | 'worst', Round[]> = { middle: [], worst: [] }
let least = Infinity
for (let round = 0; round < ROUNDS; round++) {
  clock.pause()
  accounts.move(DIFFERENT)
  for (const [index, text] of fresh(accounts.texts()).entries()) brokers[index]!.text = text
  const alone = await stretch()
  const before = reads()
  clock.goOn()
  const meanwhile = await stretch()
  least = Math.min(least, reads() - before)
  halves.middle.push({ figure: percentile(meanwhile, 0.5), yardstick: percentile(alone, 0.5) })
  halves.worst.push({ figure: percentile(meanwhile, 0.99), yardstick: percentile(alone, 0.99) })
}
assert.ok(least >= ACCOUNTS, `every account was read in each stretch: ${least} readings`)
const said = { unit: 'µs', against: 'the same accounts, and none of them read' }
const name = 'W4 an order until it is durable, while 10,000 accounts are read every 10 s'
tell({ name: `${name}, p50`, ...said, rounds: halves.middle, goal: 'none' })
tell({ name: `${name}, p99`, ...said, rounds: halves.worst, goal: 'ratio <= 1.50' })

for (const watch of watches) await watch.stop()
await desk.stop()
journal.close()
rmSync(folder, { recursive: true })
