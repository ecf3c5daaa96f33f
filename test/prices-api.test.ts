/** Quotes and candles as programs and people ask for them, on a market with moods. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { DAY, HOUR, MINUTE } from '../src/core/time.ts'
import { readRecording } from '../src/market/csv.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'
import { tallymanBeside } from './spawned.ts'
import { tempFolder } from './temp.ts'

let served: Served
let key: string

before(async () => {
  served = await Served.open({ TALLYMAN_SIM: 'gaps=0.1,spikes=0.1,wide=0.1' })
  key = served.key('read')
})
after(() => served.running.stop())

const get = (path: string): Promise<Told> => served.call('GET', `/api/v1${path}`, { key })

type Candle = Readonly<Record<'at' | 'open' | 'high' | 'low' | 'close', string>> & {
  readonly whole: boolean
}

test('a quote tells bid, ask, sizes, and how old it is', async () => {
  const { status, body } = await get('/quotes?symbol=acme')
  assert.equal(status, 200)
  assert.deepEqual([body['symbol'], body['exchange'], body['currency']], ['ACME', 'SIM', 'INR'])
  assert.ok(Number(body['bid']) < Number(body['ask']))
  assert.ok(Number(body['bidSize']) > 0 && Number(body['askSize']) > 0)
  assert.ok((body['ageMs'] as number) < 10_000)
  assert.deepEqual([body['stale'], body['halted']], [false, false])
})

test('candles are by the minute, the oldest first, and only the last one still forms', async () => {
  const { status, body } = await get('/candles?symbol=ACME&interval=minute&limit=20')
  assert.equal(status, 200)
  const items = body['items'] as Candle[]
  assert.equal(items.length, 20)
  for (const [n, { at, open, high, low, close }] of items.entries()) {
    assert.ok(n === 0 || Date.parse(at) - Date.parse(items[n - 1]!.at) === MINUTE)
    for (const each of [open, close]) {
      assert.ok(Number(low) <= Number(each) && Number(each) <= Number(high))
    }
  }
  assert.ok(items.slice(0, -1).every(({ whole }) => whole))
  assert.deepEqual([body['next'] !== null, body['notice']], [true, null])
})

test('the same stretch gives the same candles, and `next` leads to those before', async () => {
  const begin = (Math.floor(Date.now() / DAY) - 3) * DAY
  const day = (hours: number): string => new Date(begin + hours * HOUR).toISOString()
  const path = `/candles?symbol=CHAI&interval=hour&limit=20&from=${day(0)}`
  const first = await get(`${path}&to=${day(24)}`)
  assert.equal(first.body['next'], day(4))
  const rest = await get(`${path}&to=${day(4)}`)
  assert.deepEqual([(rest.body['items'] as Candle[]).length, rest.body['next']], [4, null])
  assert.deepEqual((await get(`${path}&to=${day(24)}`)).body, first.body)
})

test('what is unknown or makes no sense is refused with what to do', async () => {
  const none = await get('/quotes?symbol=NONE')
  assert.deepEqual([none.status, none.body['code']], [404, 'INSTRUMENT_NOT_FOUND'])
  assert.equal((await get('/candles?symbol=NONE')).status, 404)
  const wrong: readonly (readonly [string, string])[] = [
    ['symbol=ACME&interval=2minute', 'interval'],
    ['symbol=ACME&days=0', 'days'],
    ['symbol=ACME&days=5&from=2026-11-01', 'days'],
    ['symbol=ACME&limit=501', 'limit'],
    ['symbol=ACME&from=yesterday', 'from'],
    ['symbol=ACME&from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'to'],
    ['interval=minute', 'symbol'],
    ['symbol=ACME&from=2026-11-02&to=2026-11-01', 'to'],
  ]
  for (const [query, field] of wrong) {
    const { status, body } = await get(`/candles?${query}`)
    assert.deepEqual([status, body['field']], [400, field], query)
  }
  const future = await get('/candles?symbol=ACME&from=2999-01-01T00:00:00Z')
  assert.deepEqual([future.status, future.body['items']], [200, []])
})

test('days go by the exchange: of a day without hours all of it counts', async () => {
  const today = Math.floor(Date.now() / DAY) * DAY
  const date = (back: number): string => new Date(today - back * DAY).toISOString().slice(0, 10)
  const told = await get(`/candles?symbol=ACME&interval=hour&from=${date(3)}&to=${date(2)}`)
  const items = told.body['items'] as Candle[]
  assert.equal(items.length, 48)
  assert.deepEqual([items[0]?.at.slice(0, 10), items.at(-1)?.at.slice(0, 10)], [date(3), date(2)])
  const week = await get('/candles?symbol=ACME&days=7')
  const days = (week.body['items'] as Candle[]).map(({ at }) => at.slice(0, 10))
  assert.deepEqual(
    days,
    [7, 6, 5, 4, 3, 2, 1, 0].map((back) => date(back)),
  )
})

test('the command line shows both, as words and as JSON', async () => {
  const run = (...args: string[]) => tallymanBeside(served.config.data, args)
  const quote = await run('quote', 'acme')
  assert.equal(quote.code, 0, quote.err)
  const sides = 'last [\\d.]+ {2}bid [\\d.]+ x \\d+ {2}ask [\\d.]+ x \\d+'
  assert.match(quote.out, new RegExp(`^ACME {2}${sides} {2}\\d+\\.\\d s old\n$`))
  const candles = await run('candles', 'ACME', '--interval', '5minute', '--limit', '3')
  assert.match(candles.out, /^AT +OPEN +HIGH +LOW +CLOSE +VOLUME\n(.*\n){2}.*forming\nThere are/)
  const json = await run('candles', 'ACME', '--limit', '2', '--json')
  assert.equal((JSON.parse(json.out) as { items: unknown[] }).items.length, 2)
  assert.equal((await run('candles', 'ACME', '--interval', '2minute')).code, 2)
  assert.equal((await run('candles', 'ACME', '--days', 'x')).code, 2)
  assert.equal((await run('quote', 'NONE')).code, 1)
})

test('candles go into a file that says whose they are, and that the demo can play', async () => {
  const run = (...args: string[]) => tallymanBeside(served.config.data, args)
  const folder = tempFolder()
  const args = ['candles', 'CHAI', '--interval', 'hour', '--days', '40']
  const told = await run(...args, '--out', join(folder, 'prices'), '--json')
  assert.equal(told.code, 0, told.err)
  const { file, candles } = JSON.parse(told.out) as { file: string; candles: number }
  assert.equal(file, join(folder, 'prices', 'CHAI_hour.csv'))
  const [head, ...rows] = readFileSync(file, 'utf8').split('\r\n').slice(0, -1)
  assert.equal(head, 'time,open,high,low,close')
  assert.ok(rows.length === candles && candles >= 40 * 24, 'more than a page of them')
  assert.equal(new Set(rows).size, candles)
  assert.deepEqual(rows, rows.toSorted())
  const { instrument, skips } = readRecording(file)
  assert.deepEqual([instrument.symbol, skips], ['CHAI', []])
  const named = await run(...args, '--limit', '3', '--out', join(folder, 'x.csv'))
  assert.match(named.out, /^2 candles are in .*x\.csv\.\n$/)
  const kept = readFileSync(join(served.config.data, 'historical', 'SIM', 'CHAI_hour.csv'), 'utf8')
  assert.ok(kept.startsWith('time,open,high,low,close\n'))
})
