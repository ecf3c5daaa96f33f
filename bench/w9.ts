/** W9: the end of a day with 100,000 orders, beside the export of its archive alone. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Broker, Reading } from '../src/brokers/broker.ts'
import type { BrokerOrder, BrokerTrade } from '../src/core/input.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { Account } from '../src/core/account.ts'
import type { Entry } from '../src/core/event.ts'
import { epoch } from '../src/core/tag.ts'
import type { TradingDate } from '../src/core/time.ts'
import { HOUR, instant, later } from '../src/core/time.ts'
import type { Clock } from '../src/desk/clock.ts'
import { systemClock } from '../src/desk/clock.ts'
import { DayJobs } from '../src/desk/day-jobs.ts'
import { Desk } from '../src/desk/desk.ts'
import { EndOfDay } from '../src/desk/end-of-day.ts'
import { Firm } from '../src/desk/firm.ts'
import { FrontDesk } from '../src/desk/front.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import { tradingDateOf } from '../src/market/exchange.ts'
import { Instruments } from '../src/market/instruments.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { Views } from '../src/store/views.ts'
import { archiveDay } from '../src/worlds/archive.ts'
import { rounds, tell } from './measure.ts'
import { tradersYear } from './year.ts'

const ORDERS = Number(process.env['ORDERS'] ?? 100_000)
const EVENTS_AN_ORDER = 5
const ENTRIES_A_ROW = 20
const ROUNDS = 5
const DATE = '2026-01-01' as TradingDate
const EVENING = instant(Date.UTC(2026, 0, 1, 17))

const began = systemClock.steady()
const clock: Clock = {
  ...systemClock,
  now: () => later(EVENING, Math.round(systemClock.steady() - began)),
  at: (due, run) => {
    const wait = Math.max(0, due - clock.now())
    return systemClock.at(later(systemClock.now(), wait), run)
  },
}

const soon = (run: () => void): void => clock.soon(run)
const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'))
const journal = new SqliteJournal(join(folder, 'journal.db'))
await write()
const views = new Views({
  file: join(folder, 'views.db'),
  journal,
  dayOf: tradingDateOf,
  say: assert.fail,
})
while (!views.catchUp(1_000));

const desk = Desk.open(journal, clock, assert.fail)
const account = (): Account => desk.account('paper')
const broker = brokerOf(account())
const firm = new Firm({
  desk,
  clock,
  epoch: epoch('BENCH'),
  cadence: { ...CADENCE, verifyMs: Infinity, cycleMs: undefined },
  priceOf: () => undefined,
  halted: () => undefined,
})
await firm.serve({ id: 'paper', broker, mode: 'paper', charges: 'zerodha', exchanges: [] })
const front = new FrontDesk({
  desk,
  firm,
  instruments: new Instruments([]),
  feed: { listen: () => () => {} } as never,
  clock,
  policy: NO_POLICY,
  refuse: () => undefined,
  views,
  journalHead: () => journal.head(),
  journal,
})
const jobs = new DayJobs({
  desk,
  firm,
  clock,
  ask: (question) => front.ask(question),
  staleHours: 24,
  cancelsStale: false,
  archive: (day) => archiveDay({ folder, journal, soon }, day),
})

/** Of the processor, in milliseconds: both wait for nothing but the disk. */
function spentSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1_000
}

/** Each group ends the same day anew. */
async function ended(name: string): Promise<number> {
  const group = { name, exchanges: ['NSE'], at: '18:00', zone: 'Asia/Kolkata' }
  const ends = new EndOfDay({
    desk,
    clock,
    account: 'paper',
    groups: [group],
    jobs,
    reportsKeptMs: 24 * HOUR,
    trades: () => true,
    isOver: () => true,
  })
  const started = process.cpuUsage()
  const run = await ends.run(group, { date: DATE, dryRun: false })
  const ms = spentSince(started)
  assert.deepEqual([run.stepsCompleted, run.stepsFailed], [6, 0], JSON.stringify(run.steps))
  assert.equal(run.statistics?.executed, ORDERS)
  for (const { name: step, seconds } of run.steps) {
    stepTimes.set(step, [...(stepTimes.get(step) ?? []), seconds])
  }
  return ms
}
const stepTimes = new Map<string, number[]>()

async function archived(name: string): Promise<number> {
  const day = { account: 'paper', group: name, exchanges: ['NSE'], date: DATE }
  const started = process.cpuUsage()
  const told = await archiveDay({ folder, journal, soon }, day)
  const ms = spentSince(started)
  assert.match(told, /entries in archive/)
  return ms
}

let round = 0
const pauses = monitorEventLoopDelay({ resolution: 1 })
tell({
  name: `W9 end of a day with ${ORDERS.toLocaleString('en')} orders, all six steps`,
  unit: 'ms of processor',
  against: 'the export of its archive alone',
  rounds: await rounds(ROUNDS, async () => {
    round++
    const yardstick = await archived(`alone${round}`)
    pauses.enable()
    const figure = await ended(`round${round}`)
    pauses.disable()
    return { figure, yardstick }
  }),
  goal: 'ratio <= 2 (1.3)',
})
const steps = [...stepTimes].map(([name, all]) => `${name} ${Math.min(...all).toFixed(2)}`)
process.stdout.write(`  steps     ${steps.join(', ')} s at best\n`)
process.stdout.write(`  pauses    ${(pauses.max / 1e6).toFixed(0)} ms the longest\n`)
await firm.stop(0)
await desk.stop()
views.close()
journal.close()
rmSync(folder, { recursive: true })

async function write(): Promise<void> {
  let n = 0
  let pending: Entry[] = []
  const events = ORDERS * EVENTS_AN_ORDER
  for (const entry of tradersYear({ events, ordersADay: ORDERS + 1 })) {
    pending.push(entry)
    if (pending.length < ENTRIES_A_ROW) continue
    await journal.append({ n: ++n, entries: pending })
    pending = []
    journal.rest()
  }
  await journal.append({ n: ++n, entries: pending })
}

/** It shows all orders and trades of the day, as brokers do, and agrees with our books. */
function brokerOf(books: Account): Broker {
  const orders: BrokerOrder[] = []
  const trades: BrokerTrade[] = []
  for (const order of books.orders.values()) {
    const { brokerOrderId, tag, terms, filled, placedAt } = order
    const { instrument, quantity, pricing, product, currency, multiplier } = terms
    const row = { brokerOrderId: brokerOrderId!, exchangeOrderId: undefined, instrument }
    const status = 'complete' as const
    orders.push({ ...row, tag, quantity, pricing, filled, status, placedAt, message: '' })
    for (const { tradeId, quantity: size, price, tradedAt } of order.fills) {
      const money = { product, currency, multiplier, date: DATE }
      trades.push({ ...row, ...money, tradeId, quantity: size, price, tradedAt })
    }
  }
  const funds = [...books.cash].map(([currency, cash]) => ({ currency, cash }))
  const whole = <T>(rows: readonly T[]) => ({ ok: true, rows, proven: true }) as const
  const read = (): Promise<Reading> =>
    Promise.resolve({
      askedAt: clock.now(),
      orders: whole(orders),
      trades: whole(trades),
      positions: whole([]),
      funds: whole(funds),
    })
  const never = (): never => assert.fail('nothing is to be sent')
  const traits = {
    name: 'paper',
    lapseAfterMs: 1_000,
    reportsKeptMs: 24 * HOUR,
    tagsMayBeLost: false,
    timeoutMs: 60_000,
    limits: { windows: [], keptForExits: 0 },
  }
  const probe = () => Promise.resolve({ ok: true } as const)
  const nothing = () => Promise.resolve()
  return {
    traits,
    start: nothing,
    probe,
    place: never,
    amend: never,
    cancel: never,
    read,
    stop: nothing,
  }
}
