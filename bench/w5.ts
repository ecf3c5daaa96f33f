/** W5: cold start: the whole journal, and a snapshot with 10,000 events after it. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ACCOUNT_VERSION, newAccount } from '../src/core/account.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import type { Entry, Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import { instrumentId } from '../src/core/instrument.ts'
import type { BrokerOrderId, OrderId, TradeId } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'
import { toText } from '../src/core/plain.ts'
import { epoch, tagOf } from '../src/core/tag.ts'
import type { TradingDate } from '../src/core/time.ts'
import { DAY, instant, later } from '../src/core/time.ts'
import { restore } from '../src/desk/restore.ts'
import type { Snapshots } from '../src/store/journal.ts'
import { NO_ROWS } from '../src/store/journal.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { rounds, tell } from './measure.ts'

const EVENTS = 1_000_000
const TAIL = 10_000
const ORDERS_A_DAY = 200
const ROUNDS = 5
const SYMBOLS = 20
const era = epoch('BENCH')
const inr = 'INR' as never

/** A trader's year: orders that are sent, accepted, filled in two parts and charged, day by day. */
function* history(): Iterable<Entry> {
  let seq = 0
  let at = instant(Date.UTC(2026, 0, 1, 4))
  const entry = (events: Event[]): Entry => {
    const first = seq + 1
    seq += events.length
    at = later(at, 100)
    return { account: 'paper', seq: first, at, cause: 'bench', command: undefined, events }
  }
  yield entry([
    { type: 'AccountOpened', number: 1, broker: 'paper', mode: 'paper', plan: 'zerodha' },
    { type: 'EpochStarted', epoch: era },
    { type: 'CashMoved', currency: inr, amount: money('1000000000'), reason: 'opening' },
  ])
  for (let n = 0; ; n++) {
    if (seq >= EVENTS) return
    const orderId = `paper-${seq + 1}` as OrderId
    const size = quantity(n % 2 ? '-10' : '10')
    const half = quantity(n % 2 ? '-5' : '5')
    const instrument = instrumentId('NSE', `S${(n >> 1) % SYMBOLS}`)
    const brokerOrderId = `1953341975595${String(n).padStart(6, '0')}` as BrokerOrderId
    const pricing = { type: 'limit', limit: price('100.05') } as const
    const product = 'MIS' as const
    const terms = { instrument, group: 'equity', currency: inr, multiplier: 1n, product } as const
    const date = new Date(at).toISOString().slice(0, 10) as TradingDate
    yield entry([
      {
        type: 'OrderPlaced',
        orderId,
        tag: tagOf(era, 1, seq + 1),
        terms: { ...terms, quantity: size, pricing, validity: 'day', disclosed: undefined },
        intent: 'entry',
        owner: 'strategy:bench' as Owner,
        by: 'strategy:bench',
        note: undefined,
        refs: { signalId: undefined, approvalId: undefined },
        reason: undefined,
        reduceOnly: false,
        skippedChecks: false,
        warning: undefined,
        arrival: price('100'),
        reserve: money('1000.5'),
        parent: undefined,
        slices: undefined,
      },
      { type: 'OrderSending', orderId, request: 'place', epoch: era },
    ])
    yield entry([{ type: 'OrderAccepted', orderId, brokerOrderId, by: 'answer' }])
    for (const part of [0, 1]) {
      const trade = { tradeId: `T${2 * n + part}` as TradeId, date, quantity: half } as const
      const filled = { type: 'OrderFilled', orderId, instrument, price: price('100.05') } as const
      const exchangeOrderId = undefined
      yield entry([{ ...filled, ...trade, tradedAt: at, exchangeOrderId }])
    }
    if (n % ORDERS_A_DAY === ORDERS_A_DAY - 1) {
      at = later(at, DAY)
      yield entry([{ type: 'DayClosed', exchange: 'NSE', date, before: later(at, -2 * DAY) }])
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'))
const file = join(folder, 'journal.db')
const journal = new SqliteJournal(file)
const live = newAccount('paper')
let n = 0
let saved = false
let pending: Entry[] = []
for (const entry of history()) {
  evolve(live, entry)
  pending.push(entry)
  if (pending.length < 20) continue
  await journal.append({ n: ++n, entries: pending })
  pending = []
  journal.rest()
  if (!saved && live.seq >= EVENTS - TAIL) {
    saved = true
    const body = toText(live)
    journal.save({ n, accounts: [{ account: 'paper', seq: live.seq, body }] }, ACCOUNT_VERSION)
  }
}
await journal.append({ n: ++n, entries: pending })
const expected = toText(live)

/** The whole file once, as bytes: what no start can be faster than. */
const reading = (): number => timed(() => readFileSync(file))

function timed(run: () => unknown): number {
  const started = performance.now()
  run()
  return performance.now() - started
}

const started = (version: 'snapshot' | 'start'): number =>
  timed(() => {
    const source =
      version === 'snapshot'
        ? journal
        : {
            head: () => journal.head(),
            read: (after: number) => journal.read(after),
            snapshots: () => 'none',
          }
    const account = restore(source as never).accounts.get('paper')
    assert.equal(toText(account), expected)
  })

tell({
  name: `W5 full fold of ${live.seq.toLocaleString('en')} events, every row's hash checked`,
  unit: 'ms',
  against: 'reading the file',
  rounds: await rounds(ROUNDS, () => ({ figure: started('start'), yardstick: reading() })),
  goal: 'figure <= 2,000 ms per 1,000,000 events',
})
tell({
  name: `W5 start from a snapshot and ${TAIL.toLocaleString('en')} events`,
  unit: 'ms',
  against: 'reading the file',
  rounds: await rounds(ROUNDS, () => ({ figure: started('snapshot'), yardstick: reading() })),
  goal: 'figure <= 300 ms',
})

/** What the desk does beside its work after that start: every row before the snapshot. */
const walking = (): number =>
  timed(() => {
    const to = (journal.snapshots(ACCOUNT_VERSION) as Snapshots).n
    let at = NO_ROWS
    while (at.n < to) at = journal.walk(at, Math.min(16, to - at.n))
    assert.equal(at.n, to)
  })
tell({
  name: 'W5 the hashes of all rows before the snapshot, checked in slices after that start',
  unit: 'ms',
  against: 'reading the file',
  rounds: await rounds(ROUNDS, () => ({ figure: walking(), yardstick: reading() })),
  goal: 'none: the desk works meanwhile',
})
journal.close()
rmSync(folder, { recursive: true })
