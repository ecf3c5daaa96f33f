/** Quotes and candles as programs and people ask for them, on a market with moods. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DAY, HOUR, MINUTE } from '../src/core/time.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'
import { tallymanBeside } from './spawned.ts'

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
  const { status, body } = await get('/candles?symbol=ACME&interval=1m&limit=20')
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
  assert.equal(body['next'], null)
})

test('the same stretch gives the same candles, and `next` leads to those before', async () => {
  const begin = (Math.floor(Date.now() / DAY) - 3) * DAY
  const day = (hours: number): string => new Date(begin + hours * HOUR).toISOString()
  const path = `/candles?symbol=CHAI&interval=1h&limit=20&from=${day(0)}`
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
    ['symbol=ACME&interval=2m', 'interval'],
    ['symbol=ACME&limit=501', 'limit'],
    ['symbol=ACME&from=yesterday', 'from'],
    ['symbol=ACME&from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'to'],
    ['interval=1m', 'symbol'],
  ]
  for (const [query, field] of wrong) {
    const { status, body } = await get(`/candles?${query}`)
    assert.deepEqual([status, body['field']], [400, field], query)
  }
  const future = await get('/candles?symbol=ACME&from=2999-01-01T00:00:00Z')
  assert.deepEqual([future.status, future.body['items']], [200, []])
})

test('the command line shows both, as words and as JSON', async () => {
  const run = (...args: string[]) => tallymanBeside(served.config.data, args)
  const quote = await run('quote', 'acme')
  assert.equal(quote.code, 0, quote.err)
  assert.match(quote.out, /^ACME {2}bid [\d.]+ x \d+ {2}ask [\d.]+ x \d+ {2}\d+\.\d s old\n$/)
  const candles = await run('candles', 'ACME', '--interval', '5m', '--limit', '3')
  assert.match(candles.out, /^AT +OPEN +HIGH +LOW +CLOSE\n(.*\n){2}.*forming\n$/)
  const json = await run('candles', 'ACME', '--limit', '2', '--json')
  assert.equal((JSON.parse(json.out) as { items: unknown[] }).items.length, 2)
  assert.equal((await run('candles', 'ACME', '--interval', '2m')).code, 2)
  assert.equal((await run('quote', 'NONE')).code, 1)
})
