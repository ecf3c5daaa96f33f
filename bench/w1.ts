/** W1: an order command until it is durable, warm write-ahead log, one process. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { money, price, quantity } from '../src/core/amount.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { BrokerOrderId } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'
import { USUAL } from '../src/core/order.ts'
import { epoch } from '../src/core/tag.ts'
import { systemClock } from '../src/desk/clock.ts'
import { Desk } from '../src/desk/desk.ts'
import type { Outcome, Told } from '../src/desk/told.ts'
import type { Journal } from '../src/store/journal.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { instrumentFrom } from '../src/market/instruments.ts'
import { BareDisk } from './bare-disk.ts'
import { median, percentile, rounds, tell } from './measure.ts'

const ROUNDS = 11
const LONE = 400
const TOGETHER = [64, 256]
const BATCHES = 60

const instrument = instrumentFrom({
  symbol: 'ACME',
  exchange: 'SIM',
  currency: 'INR',
  tick: '0.05',
  decimals: 2,
})

let commands = 0
function order(): Told {
  const id = `c${commands++}`
  const ticket = {
    instrument: instrument.id,
    side: 'buy',
    size: quantity('10'),
    type: 'limit',
    price: price('100'),
    owner: 'strategy:bench' as Owner,
    by: 'bench',
    ...USUAL,
  } as const
  const last = price('100')
  const policy = NO_POLICY
  const type = 'PlaceOrder'
  const body = { type, ticket, instrument, last, turn: true, policy, refused: undefined } as const
  const hash = id.padStart(64, '0')
  return { account: 'bench', cause: `bench/${id}`, key: { scope: 'bench', id, hash }, body }
}

async function deskOn(journal: Journal): Promise<Desk> {
  const desk = Desk.open(journal, systemClock)
  const opening = {
    type: 'OpenAccount',
    number: 1,
    broker: 'none',
    mode: 'paper',
    plan: 'none',
  } as const
  await desk.submit({ account: 'bench', cause: 'start', body: opening })
  const body = { type: 'Started', epoch: epoch('BENCH') } as const
  await desk.submit({ account: 'bench', cause: 'start', body })
  await desk.submit({ account: 'bench', cause: 'book', body: PAID })
  return desk
}

const failed = { ok: false, reason: 'not asked' } as const
const cash = money('100000000000000')
const PAID = {
  type: 'BookRead',
  askedAt: systemClock.now(),
  orders: failed,
  trades: failed,
  positions: failed,
  funds: { ok: true, rows: [{ currency: instrument.currency, cash }], proven: true },
  agreesSince: undefined,
  lapseAfterMs: 1,
  reportsKeptMs: 1,
  spareEpoch: epoch('SPARE'),
  tagsMayBeLost: false,
} as const

/** Keeps nothing: what is left is the desk itself. */
class NoJournal implements Journal {
  #n = 0
  head: Journal['head'] = () => ({ n: this.#n, hash: '' })
  append(): Promise<void> {
    this.#n++
    return Promise.resolve()
  }
  read: Journal['read'] = () => []
  save(): void {}
  walk: Journal['walk'] = (from) => from
  snapshots: Journal['snapshots'] = () => 'none'
  rest(): void {}
  close(): void {}
}

const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'))
const journal = new SqliteJournal(join(folder, 'journal.db'))
const desk = await deskOn(journal)
const bare = new BareDisk(folder)

async function lone(): Promise<{ ours: number[]; disk: number[] }> {
  const ours: number[] = []
  const disk: number[] = []
  for (let n = 0; n < LONE; n++) {
    const told = order()
    const started = performance.now()
    const outcome = await desk.submit(told)
    ours.push((performance.now() - started) * 1_000)
    disk.push(bare.sync())
    await desk.submit(accepted(outcome))
  }
  return { ours, disk }
}

async function together(subject: Desk, crowd: number): Promise<number> {
  let took = 0
  for (let batch = 0; batch < BATCHES; batch++) {
    const orders = Array.from({ length: crowd }, order)
    const started = performance.now()
    const outcomes = await Promise.all(orders.map((told) => subject.submit(told)))
    took += performance.now() - started
    await Promise.all(outcomes.map((outcome) => subject.submit(accepted(outcome))))
  }
  return (BATCHES * crowd * 1_000) / took
}

/** The broker's answer, between the measured commands: as in life, few are on their way at once. */
function accepted(outcome: Outcome): Told {
  assert.equal(outcome.is, 'done')
  const placed = outcome.is === 'done' ? outcome.events[0] : undefined
  assert.equal(placed?.type, 'OrderPlaced')
  const { orderId } = placed
  const brokerOrderId = `B${orderId}` as BrokerOrderId
  const answer = { is: 'accepted', brokerOrderId } as const
  const body = { type: 'Answered', orderId, request: 'place', answer } as const
  return { account: 'bench', cause: 'answer', body }
}

await lone() // warm: code, log and caches
const p99: number[][] = []
const measured = await rounds(ROUNDS, async () => {
  const { ours, disk } = await lone()
  p99.push([percentile(ours, 0.99), percentile(disk, 0.99)])
  return { figure: median(ours), yardstick: median(disk) }
})
tell({
  name: 'W1 one order command until it is durable, p50 (SQLite, FULL, warm log)',
  unit: 'us',
  against: 'write and fdatasync of 200 bytes',
  rounds: measured,
  goal: '<= 1.10',
})
tell({
  name: 'W1 the same, p99',
  unit: 'us',
  against: 'the same sync, p99',
  rounds: p99.map(([figure, yardstick]) => ({ figure: figure!, yardstick: yardstick! })),
  goal: '<= 1.25',
})
const unjournaled = await deskOn(new NoJournal())
await together(unjournaled, TOGETHER[0]!)
for (const crowd of TOGETHER) {
  tell({
    name: `W1 ${crowd} order commands at once`,
    unit: 'orders/s',
    against: 'the same desk with a journal that keeps nothing',
    rounds: await rounds(ROUNDS, async () => ({
      figure: await together(desk, crowd),
      yardstick: await together(unjournaled, crowd),
    })),
    goal: '>= 0.95',
  })
}
bare.close()
await desk.stop()
journal.close()
rmSync(folder, { recursive: true })
