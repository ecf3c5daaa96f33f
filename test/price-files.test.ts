import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ReadOptions } from '../src/market/csv.ts'
import { readRecording } from '../src/market/csv.ts'
import type { Recording } from '../src/market/recording.ts'
import { bin, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

const folder = tempFolder()

function written(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const read = (name: string, text: string, options?: ReadOptions): Recording =>
  readRecording(written(name, text), options)

const skipsOf = ({ skips }: Recording): Record<string, number> =>
  Object.fromEntries(skips.map(({ reason, count }) => [reason, count]))

const bars = (...rows: readonly string[]): string =>
  ['time,open,high,low,close,volume', ...rows].join('\n')
const bar = (minute: number, rest = '100,101,99,100,1000'): string =>
  `2026-11-20T09:${String(minute).padStart(2, '0')}:00+05:30,${rest}`
const TICKS = 'time,bid,ask\n2026-11-20T09:00:00Z,1.1,1.2\n'

test('a volume is plain digits; whatever else a program might print is no number', () => {
  const odd = ['Infinity', '1e400', '0x10', '', ' ', 'NaN', '1_000', '+5', '9'.repeat(16)]
  const rows = odd.map((volume, nth) => bar(nth, `100,101,99,100,${volume}`))
  const recording = read('VOL-1m.csv', bars(...rows, bar(20), bar(21, '100,101,99,100,7.5')))
  assert.deepEqual(skipsOf(recording), { 'not a number': odd.length })
  const { prices } = recording
  assert.deepEqual(prices.kind === 'bars' && [...prices.volume!], [1000, 7.5])
})

test('a row says what is wrong with it: a time repeated, a price too fine', () => {
  const fine = '100.123456789,101,99,100,1'
  const rows = [bar(15), bar(15), bar(14), bar(16, fine), bar(17, 'x,101,99,100,1'), bar(18)]
  assert.deepEqual(skipsOf(read('ROWS-1m.csv', bars(...rows))), {
    'time repeats': 1,
    'time goes back': 1,
    'more than 8 decimals': 1,
    'not a number': 1,
  })
})

test('a file without a single price says why each row is none', () => {
  const none = bars('x,1,2,3,4,5', 'y,1,2,3,4,5', bar(15, '0,1,0,1,5'))
  assert.throws(
    () => read('NONE-1m.csv', none),
    /none of its rows is a price: 2 not a time \(line 2, 3\); 1 not above zero \(line 4\)$/,
  )
  assert.throws(() => read('HEAD-1m.csv', bars()), /there are no rows below its first line/)
})

test('the symbol is the file’s name without what price files add to it', () => {
  for (const [name, symbol] of [
    ['BAJAJ-AUTO-1m.csv', 'BAJAJ-AUTO'],
    ['BRK.B-1d.csv', 'BRK.B'],
    ['M&M-5m.csv', 'M&M'],
    ['NIFTY-50.csv', 'NIFTY-50'],
    ['ticks.csv', 'ticks'],
  ] as const) {
    assert.equal(read(name, bars(bar(15))).instrument.symbol, symbol)
  }
  assert.equal(read('EURUSD-ticks-20140508.csv', TICKS).instrument.symbol, 'EURUSD')
  for (const name of ['.csv', '-1m.csv', 'my prices.csv']) {
    assert.throws(() => read(name, bars(bar(15))), /is no symbol; give one with --symbol/)
  }
})

test('only a pair of currencies says in which its prices are', () => {
  const currencyOf = (name: string, options: ReadOptions): string =>
    read(name, bars(bar(15)), { exchange: 'FX', ...options }).instrument.currency
  assert.equal(currencyOf('EURJPY-1m.csv', {}), 'JPY')
  assert.equal(currencyOf('YESBANK-1m.csv', { currency: 'INR' }), 'INR')
  assert.throws(() => currencyOf('YESBANK-1m.csv', {}), /"YESBANK" is no pair .*--currency/)
})

test('a tick size above the prices is refused', () => {
  assert.throws(
    () => read('TICK-1m.csv', bars(bar(15)), { tick: '1000' }),
    /the tick size 1000 is above its prices; give a smaller one/,
  )
})

test('an option that makes no sense is named with its value and what to give', () => {
  const file = written('OPT-1m.csv', bars(bar(15)))
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--exchange', 'US'], /exchange "US": it describes a file .* --data, or leave it out/],
    [['--symbol', 'X'], /symbol "X": it describes a file/],
    [['--currency', 'USD'], /currency "USD": it describes a file/],
    [['--tick', '0.5'], /tick "0.5": it describes a file/],
    [['--session', '09:15-15:30'], /session "09:15-15:30": it describes a file/],
    [['--data', file, '--session', '99:99-99:99'], /session "99:99-99:99": .*such as 09:15-15:30/],
    [['--data', file, '--session', '15:30-09:15'], /session "15:30-09:15": .*opening before/],
    [['--data', file, '--session', '09:15-09:15'], /opening before the closing/],
  ]
  for (const [args, says] of wrong) {
    const { code, err } = tallyman(folder, ['demo', ...args])
    assert.deepEqual([code, says.test(err)], [2, true], `${args.join(' ')}: ${err}`)
  }
})

test('what was denied stands in the report, in words and in JSON', () => {
  const words = tallyman(folder, ['demo', '--cash', '1000'])
  assert.match(
    words.out,
    /^Denied +2\n +2026-11-20T12:35.* NOT_ENOUGH_CASH needed=99958 free=1000/m,
  )
  const { denied, deniedCount } = JSON.parse(
    tallyman(folder, ['demo', '--cash', '1000', '--json']).out,
  ) as { denied: readonly Record<string, string>[]; deniedCount: number }
  assert.deepEqual([deniedCount, denied.length], [2, 2])
  assert.deepEqual(
    [denied[0]?.['code'], denied[0]?.['at']?.slice(0, 16)],
    ['NOT_ENOUGH_CASH', '2026-11-20T12:35'],
  )
})

test('charges that are left out are not said to be missing from the rules', () => {
  assert.match(
    tallyman(folder, ['demo', '--plan', 'none']).out,
    /charges are left out \(--plan none/,
  )
})

const noFullDisk = existsSync('/dev/full') ? false : 'this system has no /dev/full'
test('a report that cannot be written is one sentence', { skip: noFullDisk }, () => {
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `"$0" "$1" demo --json >/dev/full`, process.execPath, bin],
    {
      encoding: 'utf8',
    },
  )
  assert.deepEqual([status, stderr.trim().split('\n').length], [1, 1])
  assert.match(stderr, /^tallyman: the answer cannot be written: .*no space left/)
})

test('a reader that has read enough is no error', () => {
  const script = `"$0" "$1" demo --json | head -1`
  const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, bin], {
    encoding: 'utf8',
  })
  assert.deepEqual([stdout, stderr], ['{\n', ''])
})
