/** Statistics over a million orders: what a question takes once the screens have counted them. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newAccount } from '../src/core/account.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import { NO_CHARGES } from '../src/core/charges.ts'
import type { Entry, Event } from '../src/core/event.ts'
import { currency, instrumentId } from '../src/core/instrument.ts'
import { foldOne } from '../src/core/one-order.ts'
import type { BrokerOrderId, OrderId, TradeId } from '../src/core/order.ts'
import { strategyOwner } from '../src/core/owner.ts'
import type { StatisticsAsked, StatisticsView } from '../src/core/statistics.ts'
import { ownerAsked } from '../src/core/statistics.ts'
import { standingOf } from '../src/core/tally.ts'
import { epoch, tagOf } from '../src/core/tag.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, instant, later, SECOND } from '../src/core/time.ts'
import { Statistics } from '../src/desk/statistics.ts'
import { tradingDateOf } from '../src/market/exchange.ts'
import { Instruments } from '../src/market/instruments.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { transaction } from '../src/store/sql.ts'
import { partsOn } from '../src/store/view-parts.ts'
import { moveCursor, openTables } from '../src/store/view-tables.ts'
import { Views } from '../src/store/views.ts'
import { rounds, tell } from './measure.ts'

const ORDERS = 1_000_000
const DAYS = 500
const STRATEGIES = 20
const ROUNDS = 15
const ORDERS_A_STEP = 1_000
const START = instant(Date.UTC(2025, 0, 1, 4))
const era = epoch('BENCH')
const inr = currency('INR')
const instrument = instrumentId('NSE', 'ACME')

/** The life of one order, from being placed to its charges. */
function eventsOf(n: number, at: Instant): readonly Event[] {
  const orderId = `paper-${n + 1}` as OrderId
  const pricing = { type: 'limit', limit: price('100.05') } as const
  const terms = { instrument, group: 'equity', currency: inr, multiplier: 1n } as const
  const rest = { product: 'MIS', validity: 'day', disclosed: undefined } as const
  const nothing = { note: undefined, warning: undefined, reason: undefined }
  const whole = { parent: undefined, slices: undefined, skippedChecks: false }
  const trade = { tradeId: `T${n}` as TradeId, date: tradingDateOf('NSE', at) }
  return [
    {
      type: 'OrderPlaced',
      orderId,
      tag: tagOf(era, 1, n + 1),
      terms: { ...terms, ...rest, pricing, quantity: quantity(n % 2 ? '-10' : '10') },
      intent: 'entry',
      owner: strategyOwner(`s${n % STRATEGIES}`),
      by: 'bench',
      refs: { signalId: undefined, approvalId: undefined },
      reduceOnly: false,
      arrival: price('100'),
      reserve: money('1000.5'),
      ...nothing,
      ...whole,
    },
    { type: 'OrderSending', orderId, request: 'place', epoch: era },
    { type: 'OrderAccepted', orderId, brokerOrderId: `b${n}` as BrokerOrderId, by: 'answer' },
    {
      type: 'OrderFilled',
      orderId,
      instrument,
      ...trade,
      quantity: quantity(n % 2 ? '-10' : '10'),
      price: price('100.05'),
      tradedAt: at,
      exchangeOrderId: undefined,
    },
    {
      type: 'ChargesBooked',
      orderId,
      tradeId: trade.tradeId,
      currency: inr,
      rule: 'bench',
      lines: { ...NO_CHARGES, brokerage: money('0.3') },
    },
  ]
}

/** Each order folded and followed as the screens do it; their other tables are left empty. */
function counted(file: string): void {
  const { sql } = openTables(file, 1)
  const { tallies } = partsOn(sql, tradingDateOf)
  for (let n = 0; n < ORDERS; n += ORDERS_A_STEP) {
    transaction(sql, () => {
      for (let each = n; each < n + ORDERS_A_STEP; each++) follow(each)
      tallies.write()
    })
  }
  moveCursor(sql, 1)
  sql.close()

  function follow(n: number): void {
    const at = later(START, Math.floor(n / (ORDERS / DAYS)) * DAY)
    const fold = newAccount('paper')
    const orderId = `paper-${n + 1}` as OrderId
    const events = eventsOf(n, at)
    for (const [index, event] of events.entries()) {
      const before = fold.orders.get(orderId)
      const was = before && standingOf(before)
      const told = { account: 'paper', seq: n * 5 + 1, at: later(at, index * SECOND) }
      const entry: Entry = { ...told, cause: 'bench', command: undefined, events }
      foldOne(fold, entry, index)
      tallies.follow(event, { ...told, order: fold.orders.get(orderId), was })
    }
  }
}

const timed = async (run: () => unknown): Promise<number> => {
  const started = performance.now()
  await run()
  return performance.now() - started
}

const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'))
const file = join(folder, 'views.db')
const counting = await timed(() => counted(file))
const journal = new MemoryJournal()
await journal.append({ n: 1, entries: [] })
const say = (line: string): void => assert.fail(line)
const views = new Views({ file, journal, say, dayOf: tradingDateOf })
assert.equal(views.catchUp(0), true)
const accounts = new Map([['paper', newAccount('paper')]])
const market = {
  instruments: new Instruments([]),
  feed: { vwap: () => undefined } as never,
  clock: { now: () => later(START, DAYS * DAY), soon: setImmediate },
}
const desk = new Statistics(market)
const ask = (asked: StatisticsAsked): Promise<StatisticsView> =>
  desk.of(asked, (run) => Promise.resolve(run(views, accounts)))

const whole = await ask({})
assert.equal(whole.totalCompleted, ORDERS)
assert.deepEqual(whole.totalVolume, { INR: String(ORDERS * 1_000.5) })
assert.deepEqual(whole.totalCommission, { INR: String(ORDERS * 0.3) })
assert.deepEqual([whole.averageFillTime, whole.averageSlippage['INR']?.amount], [3, '0'])
process.stdout.write(
  `Statistics: ${ORDERS.toLocaleString('en')} orders of ${STRATEGIES} strategies over ${DAYS} ` +
    `days, five events each, folded and counted in ${Math.round(counting / SECOND)} s\n`,
)

const questions: readonly (readonly [what: string, asked: StatisticsAsked])[] = [
  ['all of them', { account: 'paper' }],
  ['one strategy', { account: 'paper', strategy: 's7' }],
  ['one day', { account: 'paper', from: '2025-06-02', to: '2025-06-02' }],
]
for (const [what, asked] of questions) {
  const rows = { ...asked, owner: ownerAsked(asked) }
  tell({
    name: `Statistics of ${what}`,
    unit: 'ms',
    against: 'reading their rows',
    rounds: await rounds(ROUNDS, async () => ({
      figure: await timed(() => ask(asked)),
      yardstick: await timed(() => views.read(({ tallies }) => tallies.days(rows))),
    })),
    goal: 'figure <= 50 ms',
  })
}
views.close()
rmSync(folder, { recursive: true })
