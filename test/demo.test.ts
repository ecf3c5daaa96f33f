import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { formatMoney, minus, money, plus } from '../src/core/amount.ts'
import { MINUTE } from '../src/core/time.ts'
import { GENERATED_DAY, generateRecording } from '../src/market/generated.ts'
import { backtest } from '../src/worlds/backtest.ts'
import { tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

type Json = {
  readonly data: {
    readonly file: string
    readonly symbol: string
    readonly from: string
    readonly to: string
    readonly rows: number
    readonly skipped: number
    readonly skips: readonly { readonly reason: string; readonly count: number }[]
    readonly notes: readonly string[]
  }
  readonly orders: readonly {
    readonly id: string
    readonly status: string
    readonly filled: string
  }[]
  readonly fills: readonly {
    readonly orderId: string
    readonly side: string
    readonly quantity: string
    readonly price: string
    readonly at: string
  }[]
  readonly positions: readonly {
    readonly quantity: string
    readonly realized: string
    readonly unrealized: string
  }[]
  readonly charges: { readonly total: string; readonly lines: Record<string, string> }
  readonly pnl: Record<'realized' | 'unrealized' | 'charges' | 'net', string>
  readonly equity: readonly (readonly [string, string])[]
  readonly journal: { readonly events: number; readonly digest: string }
}

const folder = tempFolder()
const demo = (...args: string[]): ReturnType<typeof tallyman> => tallyman(folder, ['demo', ...args])

function json(...args: string[]): Json {
  const { code, out, err } = demo(...args, '--json')
  assert.equal(code, 0, err)
  return JSON.parse(out) as Json
}

/** What must be true of any report, whatever was played. */
function audit(
  { pnl, charges, fills, orders, positions, equity, data }: Json,
  cash = '1000000',
): void {
  const [realized, unrealized, net] = [pnl.realized, pnl.unrealized, pnl.net].map(money)
  assert.equal(
    formatMoney(minus(plus(realized!, unrealized!), money(pnl.charges))),
    formatMoney(net!),
  )
  const lines = Object.values(charges.lines).map(money)
  assert.equal(formatMoney(lines.reduce((a, b) => plus(a, b))), charges.total)
  assert.equal(charges.total, pnl.charges)
  const signed = fills.map(({ side, quantity }) => (side === 'BUY' ? 1 : -1) * Number(quantity))
  const held = positions.reduce((sum, { quantity }) => sum + Number(quantity), 0)
  assert.equal(
    signed.reduce((a, b) => a + b, 0),
    held,
  )
  const ids = new Set(orders.map(({ id }) => id))
  assert.ok(fills.every(({ orderId }) => ids.has(orderId)))
  assert.ok(equity.length > 0 && equity.length <= 2_000)
  const last = equity.at(-1)!
  assert.equal(last[1], formatMoney(plus(money(cash), net!)))
  const times = [data.from, ...equity.map(([at]) => at)].map((at) => Date.parse(at))
  assert.ok(times.every((at, index) => index === 0 || at >= times[index - 1]!))
  assert.match(last[0], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}([+-]\d\d:\d\d|Z)$/)
}

test('without data it plays a generated day, the same for the same seed', () => {
  const first = json()
  audit(first)
  assert.ok(first.orders.length > 0)
  assert.equal(json('--seed', '1').journal.digest, first.journal.digest)
  assert.notEqual(json('--seed', '2').journal.digest, first.journal.digest)
})

test('a line that takes time delays orders, and the run ends all the same', () => {
  for (const latency of ['1', '250', '2000']) {
    const slow = json('--latency', latency)
    audit(slow)
    assert.ok(slow.orders.every(({ status }) => status === 'COMPLETE'))
    assert.deepEqual([slow.data.from, slow.orders.length], [json().data.from, 4])
  }
})

test('what is under way when the prices end is answered still', async () => {
  const last = GENERATED_DAY.start + 2 * MINUTE
  const run = await backtest({
    recording: generateRecording({ ...GENERATED_DAY, seed: 1, bars: 3 }),
    strategy: { name: 'late', bar: ({ at }) => (at >= last ? 'long' : undefined) },
    seed: 1,
    product: 'MIS',
    plan: 'none',
    cash: money('1000000'),
    capital: money('1000'),
    latencyMs: 2_000,
    onProgress: () => {},
  })
  assert.deepEqual(
    run.orders.map(({ status }) => status),
    ['open'],
  )
})

test('the report in words says what a trader wants to read', () => {
  const { code, out } = demo('--seed', '3')
  assert.equal(code, 0)
  for (const word of ['Equity', 'Orders', 'Fills', 'Slippage', 'Realized', 'Charges', 'Net']) {
    assert.match(out, new RegExp(`^${word}`, 'm'))
  }
  assert.match(out, /₹/)
})

const BARS = `time,open,high,low,close,volume
2026-11-20T09:15:00+05:30,100,101,99,100,1000
2026-11-20T09:16:00+05:30,100,101,99,0,1000
2026-11-20T09:17:00+05:30,100,101,-99,100,1000
2026-11-20T09:18:00+05:30,abc,101,99,100,1000
2026-11-20T09:10:00+05:30,100,101,99,100,1000
2026-11-20T09:19:00+05:30,100,99,101,100,1000
yesterday,100,101,99,100,1000
2026-11-20T09:20:00,100,101,99,100,1000

2026-11-20T09:21:00+05:30,1e2,101,99,100,1000
2026-11-20T09:22:00+05:30,100,101
2026-11-20T09:23:00+05:30,100,101,99,100,
2026-11-20T09:24:00+05:30,100.05,101,99,100.05,1000
`

test('rows that are no prices are skipped, counted and named', () => {
  const file = join(folder, 'BAD-1m.csv')
  writeFileSync(file, BARS)
  const { data } = json('--data', file)
  assert.deepEqual([data.symbol, data.rows, data.skipped], ['BAD', 12, 10])
  assert.deepEqual(Object.fromEntries(data.skips.map(({ reason, count }) => [reason, count])), {
    'not above zero': 2,
    'not a number': 4,
    'time goes back': 1,
    'high below low': 1,
    'not a time': 2,
  })
  assert.match(demo('--data', file).out, /2 skipped: not above zero \(line 3, 4\)/)
})

test('crossed quotes are skipped, and gzipped files read', () => {
  const file = join(folder, 'EURUSD-ticks.csv.gz')
  const rows = Array.from({ length: 400 }, (_, n) => {
    const at = new Date(Date.UTC(2026, 10, 20, 9, 0, n * 15)).toISOString()
    const bid = (1.39 + Math.sin(n / 30) / 100).toFixed(5)
    return `${at},${bid},${(Number(bid) + (n % 50 === 7 ? -0.0001 : 0.0001)).toFixed(5)}`
  })
  writeFileSync(file, gzipSync(`time,bid,ask\n${rows.join('\n')}\n`))
  const report = json('--data', file)
  audit(report)
  assert.deepEqual([report.data.symbol, report.data.skipped], ['EURUSD', 8])
  assert.equal(report.charges.total, '0')
})

test('files that cannot be played are refused with a reason', () => {
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['EMPTY.csv', '', /the first line is ""/],
    ['HEAD.csv', 'a,b,c\n1,2,3\n', /the first line is "a,b,c".*is expected/],
    ['NONE.csv', 'time,bid,ask\nx,1,2\n', /none of its rows is a price: 1 not a time \(line 2\)/],
    ['GZ.csv.gz', '\u001f\u008b rubbish', /./],
  ]
  for (const [name, text, says] of bad) {
    const file = join(folder, name)
    writeFileSync(file, text, 'latin1')
    const { code, err } = demo('--data', file)
    assert.equal(code, 1, name)
    assert.match(err, says)
    assert.ok(err.includes(name))
  }
  assert.match(demo('--data', join(folder, 'nowhere.csv')).err, /there is no such file/)
  for (const args of [
    ['--tick', '0'],
    ['--session', 'noon'],
    ['--cash', '-1'],
    ['--product', 'X'],
  ]) {
    assert.equal(demo('--data', join(folder, 'BAD-1m.csv'), ...args).code, 2, args.join(' '))
  }
})

test('exchange, currency, tick and session may be given', () => {
  const file = join(folder, 'BAD-1m.csv')
  const us = json('--data', file, '--exchange', 'US', '--currency', 'EUR', '--symbol', 'XYZ')
  assert.equal(us.data.symbol, 'XYZ')
  const short = json('--data', file, '--session', '09:20-15:30')
  assert.equal(short.data.skips.find(({ reason }) => reason === 'outside the session')?.count, 6)
})

// Recorded prices are beside the repository, not in it: a clone elsewhere plays none of them.
const recorded = fileURLToPath(new URL('../../../shared/data/market/', import.meta.url))
const FILES = [
  'nse/YESBANK-1m.csv',
  'nse/JUNIORBEES-1m.csv',
  'nse/CCCL-1d.csv',
  'us/SPY-1m.csv',
  'us/IBM-1d.csv',
  'fx/EURUSD-ticks-20140508.csv.gz',
  'fx/XAUUSD-ticks-20140502.csv.gz',
]
for (const file of FILES) {
  const path = join(recorded, file)
  const skip = existsSync(path) ? false : 'the recorded market data is not beside this clone'
  test(`${file} plays end to end, and its figures add up`, { skip }, () => {
    const report = json('--data', path)
    audit(report)
    assert.ok(report.orders.length > 0)
    assert.equal(json('--data', path).journal.digest, report.journal.digest)
  })
}

test('a broker that is broken on purpose leaves both books in agreement', () => {
  const plan = join(tempFolder(), 'plan.yaml')
  const faults = [
    '{fault: lose-answer, chance: 0.5}',
    '{fault: silence, chance: 0.5}',
    '{fault: book-fails, chance: 0.3}',
  ]
  writeFileSync(plan, `seed: 3\nfaults:\n${faults.map((each) => `  - ${each}\n`).join('')}`)
  const broken = json('--faults', plan) as Json & {
    readonly faults: { readonly struck: Record<string, number>; readonly agreed: boolean }
  }
  audit(broken)
  assert.equal(broken.faults.agreed, true)
  assert.ok(broken.faults.struck['lose-answer']! > 0)
  assert.deepEqual(json('--faults', plan).journal, broken.journal)
  assert.match(demo('--faults', plan).out, /Faults .*lose-answer.*\n.*both books agree/)
  writeFileSync(plan, 'faults: [{fault: ghost, chance: 0.01}]')
  const haunted = json('--faults', plan) as typeof broken
  assert.ok(haunted.positions.length > 1)
  assert.equal(haunted.faults.agreed, true)
  const wrong = demo('--faults', join(tempFolder(), 'none.yaml'))
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /none\.yaml: there is no such file/)
})

test('a generated day may have moods, and says what it cannot do with them', () => {
  const calm = json()
  const moody = json('--sim', 'gaps=0.05,spikes=0.05,wide=0.1,halts=0.02')
  audit(moody)
  assert.ok(moody.data.rows < calm.data.rows)
  assert.match(moody.data.notes.join(), /wide spreads leave no trace/)
  assert.deepEqual(json('--sim', 'halts=0').journal, calm.journal)
  const wrong = demo('--sim', 'halts=2')
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /^tallyman: sim "halts=2": .*a chance a minute, from 0 to 1, is expected/)
  const file = demo('--data', 'prices.csv', '--sim', 'halts=0.1')
  assert.deepEqual([file.code, /a file has its own prices/.test(file.err)], [2, true])
})
