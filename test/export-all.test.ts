/** Whole tables: of trading days, in a folder, over HTTP, and without anybody waiting for it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildApi } from '../src/api/server.ts'
import type { Exporter } from '../src/api/export.ts'
import type { PageView } from '../src/core/asking.ts'
import type { ExecutionView } from '../src/core/execution.ts'
import type { Period } from '../src/core/exporting.ts'
import { WHATS } from '../src/core/exporting.ts'
import type { TradingDate } from '../src/core/time.ts'
import { instantOf } from '../src/core/time.ts'
import type { OrderView, PositionView } from '../src/core/view.ts'
import { utc } from '../src/core/view.ts'
import { pagesOf } from '../src/desk/exports.ts'
import { tradingDateOf } from '../src/market/exchange.ts'
import { State } from '../src/store/state.ts'
import { ViewReader } from '../src/store/view-reader.ts'
import { Views } from '../src/store/views.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { House } from './house.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'
import type { Ended } from './spawned.ts'
import { tallymanBeside } from './spawned.ts'
import { PostOffice } from './post-office.ts'
import { tempFolder } from './temp.ts'

let served: Served
let key: string

before(async () => {
  served = await Served.open()
  key = served.key('trade')
  for (const [symbol, over] of [
    ['ACME', { type: 'MARKET' }],
    ['CHAI', { type: 'MARKET', strategy: 'dip' }],
    ['ACME', { type: 'LIMIT', price: 1 }],
    ['ACME', { type: 'LIMIT', price: 1.03 }],
  ] as const) {
    await ask('/orders', { symbol, side: 'BUY', quantity: 10, ...over })
  }
  for (;;) {
    const { items } = (await ask('/orders')).body as unknown as PageView<OrderView>
    if (items.map(({ status }) => status).join() === 'OPEN,COMPLETE,COMPLETE') break
  }
})
after(() => served.running.stop())

const ask = (path: string, body?: unknown): Promise<Told> =>
  served.call(body === undefined ? 'GET' : 'POST', `/api/v1${path}`, { key, body })
/** What is streamed is no one JSON value. */
async function exported(query: string): Promise<{ readonly text: string; readonly type: string }> {
  const headers = { authorization: `Bearer ${key}` }
  const response = await fetch(`${served.running.url}/api/v1/export?${query}`, { headers })
  const text = await response.text()
  assert.equal(response.status, 200, text)
  return { text, type: response.headers.get('content-type') ?? '' }
}
/** Of one moment: readings of the book are journaled by the minute, also between the two. */
async function both(what: string, format: string) {
  let told = await exported(`what=${what}&format=${format}`)
  for (;;) {
    const ended = await run('export', '--what', what, '--format', format)
    const again = await exported(`what=${what}&format=${format}`)
    if (what === 'positions' || again.text === told.text) return { told, ended }
    told = again
  }
}
const run = (...args: string[]): Promise<Ended> => tallymanBeside(served.config.data, args)
const lines = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown)

test('over HTTP and on the command line it is the same text, in every form', async () => {
  for (const what of WHATS) {
    for (const format of ['ndjson', 'json', 'csv']) {
      const { told, ended } = await both(what, format)
      const { out, err, code } = ended
      assert.equal(code, 0, err)
      if (what === 'positions') continue // only the desk knows prices
      assert.equal(out, told.text, `${what} as ${format}`)
      assert.ok(out.length > 50)
    }
  }
  assert.match((await exported('what=orders&format=csv')).type, /^text\/csv/)
})

test('executions, trades, positions and statistics are what the desk says of each', async () => {
  const executions = lines((await exported('what=executions')).text) as ExecutionView[]
  assert.equal(executions.length, 2)
  for (const each of executions) {
    const { body } = await ask(`/executions/${each.orderId}`)
    const slippage = { ...(body['slippage'] as object), vwap: null }
    assert.deepEqual(each, { ...body, slippage })
  }
  const { items } = (await ask('/positions')).body as unknown as PageView<PositionView>
  const books = ({ last: _, unrealized: __, ...rest }: PositionView) => rest
  const positions = lines((await exported('what=positions')).text) as PositionView[]
  assert.deepEqual(positions.map(books), items.map(books))
  assert.ok(positions.every(({ last }) => last !== null))
  const { out } = await run('export', '--what', 'positions', '--format', 'ndjson')
  assert.deepEqual((lines(out) as PositionView[]).map(books), items.map(books))
  const before = await run('export', '--what', 'positions', '--to', '2001-01-01')
  assert.deepEqual(JSON.parse(before.out), [])
  const trades = lines((await exported('what=trades')).text)
  const listed = (await ask('/trades')).body as unknown as PageView<unknown>
  assert.deepEqual(trades, listed.items.toReversed())
  assert.equal(trades.length, 2)
  const days = lines((await exported('what=statistics')).text) as Record<string, unknown>[]
  const sum = (name: string): number => days.reduce((all, day) => all + Number(day[name]), 0)
  const { body } = await ask('/statistics')
  for (const name of ['totalOrders', 'totalFills', 'totalDenied', 'totalFailed', 'pendingCount']) {
    assert.equal(sum(name), body[name], name)
  }
})

test('every field of an order and a fill has its column', async () => {
  const nested = ['slices', 'error', 'charges', 'history', 'fills']
  for (const what of ['orders', 'fills']) {
    const [row] = lines((await exported(`what=${what}`)).text) as [object]
    const [head] = (await exported(`what=${what}&format=csv`)).text.split('\r\n')
    const missing = Object.keys(row).filter((name) => !head!.split(',').includes(name))
    assert.deepEqual(
      missing.filter((name) => !nested.includes(name)),
      [],
      what,
    )
  }
})

test('everything goes into a folder that a manifest proves; nothing else is replaced', async () => {
  const apart = tempFolder()
  const folder = join(apart, 'all')
  const writeAll = (out: string) => run('export', '--what', 'all', '--format', 'csv', '--out', out)
  for (let times = 0; times < 2; times++) {
    const { code, err } = await writeAll(folder)
    assert.equal(code, 0, err)
  }
  assert.deepEqual(readdirSync(apart), ['all'], 'no part of it is left beside it')
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    readonly journal: { readonly n: number; readonly hash: string }
    readonly files: readonly Readonly<Record<'file' | 'rows' | 'bytes' | 'sha256', unknown>>[]
  }
  assert.deepEqual(manifest.journal, (await ask('/journal/head')).body)
  assert.deepEqual(
    manifest.files.map(({ file }) => file),
    WHATS.map((what) => `${what}.csv`),
  )
  for (const { file, rows, bytes, sha256 } of manifest.files) {
    const text = readFileSync(join(folder, String(file)))
    assert.equal(createHash('sha256').update(text).digest('hex'), sha256)
    assert.equal(text.length, bytes)
    assert.equal(text.toString().split('\r\n').length - 2, rows, String(file))
  }
  mkdirSync(join(apart, 'mine'))
  writeFileSync(join(apart, 'mine', 'diary.txt'), 'dear')
  assert.equal((await writeAll(join(apart, 'mine'))).code, 1)
  assert.deepEqual(readdirSync(join(apart, 'mine')), ['diary.txt'])
  assert.equal((await run('export', '--what', 'all')).code, 2)
})

test('what makes no sense is refused with what to do', async () => {
  for (const [query, field] of [
    ['what=secrets', 'what'],
    ['format=csv', 'what'],
    ['what=orders&format=xml', 'format'],
    ['what=orders&from=yesterday', 'from'],
    ['what=positions&to=2026-11-20', 'to'],
  ]) {
    const { status, body } = await ask(`/export?${query}`)
    assert.deepEqual([status, body['field']], [400, field], query)
  }
  assert.equal((await ask('/export?what=orders&account=nobody')).status, 404)
  assert.equal((await run('export', '--what', 'orders', '--account', 'nobody')).code, 1)
  assert.equal((await run('export', '--what', 'positions', '--from', '2026-11-20')).code, 2)
  const unkeyed = await fetch(`${served.running.url}/api/v1/export?what=orders`)
  assert.equal(unkeyed.status, 401)
})

test('a day is a trading day of the exchange, wherever its clocks are', async () => {
  const file = join(tempFolder(), 'views.db')
  const views: Views[] = []
  const house = await House.open({
    clock: new VirtualClock(instantOf('2026-11-23T18:00:00Z')),
    views: (journal) => {
      views.push(new Views({ file, journal, say: assert.fail, dayOf: tradingDateOf }))
      return views[0]!
    },
  })
  for (const wish of ['BUY 1 INFY', 'BUY 2 INFY']) {
    await house.place(wish)
    await house.pass(1)
    house.feed.quote('INFY', 99.95, 100)
    await house.pass(3_600)
  }
  views[0]!.catchUp(60_000)
  const screens = new ViewReader(file)
  const sources = { screens, journal: house.journal, upTo: house.journal.head().n }
  const quantities = (what: 'orders' | 'fills' | 'executions', period: Period): string[] => {
    const rows = [...pagesOf(what, sources, { ...period, show: utc })].flat()
    return rows.map((row) => ('quantity' in row ? row.quantity : row.filled))
  }
  const [monday, tuesday] = ['2026-11-23', '2026-11-24'] as [TradingDate, TradingDate]
  for (const what of ['orders', 'fills', 'executions'] as const) {
    assert.deepEqual(quantities(what, { to: monday }), ['1'], `${what}: 23:30 in India`)
    assert.deepEqual(quantities(what, { from: tuesday }), ['2'], `${what}: 00:30 there`)
    assert.deepEqual(quantities(what, { from: monday, to: tuesday }), ['1', '2'])
    const moment = instantOf('2026-11-23T18:59:00Z')
    assert.deepEqual(quantities(what, { to: moment }), ['1'])
    assert.deepEqual(quantities(what, { from: moment }), ['2'])
  }
  const days = [...pagesOf('statistics', sources, { from: tuesday, show: utc })].flat()
  assert.deepEqual(
    days.map(({ day, totalFills }) => [day, totalFills]),
    [[tuesday, 1]],
  )
  const open = [...pagesOf('trades', sources, { show: utc })].flat()
  assert.deepEqual(
    open.map(({ remaining }) => remaining),
    ['3'],
  )
  assert.deepEqual([...pagesOf('trades', sources, { from: monday, show: utc })].flat(), [])
  screens.freeze()
  await house.place('BUY 3 INFY')
  views[0]!.catchUp(60_000)
  assert.deepEqual(quantities('orders', { from: tuesday }), ['2'], 'as it was when it was frozen')
  screens.close()
})

/** As many as anybody reads. */
function endless(onEnd: () => void): Exporter {
  return async function* () {
    try {
      for (;;) {
        yield 'x'.repeat(65_536)
        await new Promise<void>((resolve) => setImmediate(resolve))
      }
    } finally {
      onEnd()
    }
  }
}

test('few read at once, who leaves makes room, and nobody holds up the end', async () => {
  const seen = { ended: 0, made: 0 }
  const exporter = endless(() => seen.ended++)
  const state = new State(join(tempFolder(), 'state.db'))
  const reader = state.createKey('r', 'read', 0)!
  const api = await buildApi({
    port: (await House.open()).front,
    exporter: (asked) => {
      seen.made++
      return exporter(asked)
    },
    state,
    notifier: new PostOffice().notifier,
    version: '0',
    status: () => 'ok',
    disk: () => 'ample',
    prove: () => '',
    timer: () => () => {},
    onMistake: assert.fail,
  })
  const url = await api.listen({ host: '127.0.0.1', port: 0 })
  const open = async (): Promise<IncomingMessage> => {
    const headers = { authorization: `Bearer ${reader}` }
    const [answer] = (await once(
      get(`${url}/api/v1/export?what=orders`, { headers }),
      'response',
    )) as [IncomingMessage]
    answer.on('error', () => {})
    return answer.pause()
  }
  const [one, two, three] = [await open(), await open(), await open()]
  assert.deepEqual([one.statusCode, two.statusCode, three.statusCode], [200, 200, 503])
  one.destroy()
  while (seen.ended === 0) await new Promise<void>((resolve) => setImmediate(resolve))
  const four = await open()
  assert.deepEqual([four.statusCode, seen.made], [200, 3])
  await api.close()
  assert.equal(seen.ended, 3, 'those that nobody reads were ended')
  state.close()
})
