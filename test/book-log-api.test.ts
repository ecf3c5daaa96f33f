import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PageView } from '../src/core/asking.ts'
import type { LogView, SnapshotView } from '../src/core/book-log.ts'
import type { ReconciliationView } from '../src/core/standing.ts'
import { Served } from './running.ts'
import { tallymanBeside } from './spawned.ts'

let served: Served
let key: string

before(async () => {
  served = await Served.open()
  key = served.key('trade')
})
after(() => served.running.stop())

const PATH = '/api/v1/reconciliation'

async function asked<T>(path: string): Promise<T> {
  const { status, body } = await served.call('GET', `${PATH}/${path}`, { key })
  assert.equal(status, 200, JSON.stringify(body))
  return body as T
}

async function until<T>(ask: () => Promise<T>, is: (found: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 1_000; tries++) {
    const found = await ask()
    if (is(found)) return found
  }
  throw new Error('it never became that')
}

test('a fill is in the log and in the snapshots within seconds', async () => {
  const body = { symbol: 'ACME', side: 'BUY', quantity: 2, type: 'MARKET', strategy: 'x' }
  await served.call('POST', '/api/v1/orders', { key, body })
  const held = (page: PageView<SnapshotView>): boolean => page.items[0]?.openPositions === 1
  const { items } = await until(() => asked<PageView<SnapshotView>>('paper/snapshots'), held)
  const [{ balance, equity, unrealized, currency, marginUsed }] = items as [SnapshotView]
  assert.equal(currency, 'INR')
  assert.ok(Number(balance) + Number(unrealized) - Number(equity) < 0.000_1)
  assert.ok(Number(marginUsed) > 0)
  const log = await asked<PageView<LogView>>('paper/log?type=matched&limit=1')
  assert.deepEqual([log.items.length, log.items[0]?.note], [1, '1 of 1 matched, 0 open'])
  const standing = await asked<ReconciliationView>('paper')
  assert.deepEqual([standing.status, standing.skipped], ['ok', 0])
  assert.ok(standing.cycle >= log.items[0]!.cycle!)
})

test('an account that is not there, and a question that cannot be read, are told so', async () => {
  const wrong: readonly (readonly [string, number, string | null])[] = [
    ['nobody/log', 404, 'account'],
    ['nobody/snapshots', 404, 'account'],
    ['nobody/positions', 404, 'account'],
    ['paper/log?type=sideways', 400, 'type'],
    ['paper/log?status=fine', 400, 'status'],
    ['paper/log?from=yesterday', 400, 'from'],
    ['paper/log?limit=0', 400, 'limit'],
    ['paper/log?limit=501', 400, 'limit'],
    ['paper/log?cursor=-1', 400, 'cursor'],
    ['paper/snapshots?symbol=ACME', 400, 'symbol'],
    ['%2e%2e%2f/log', 400, 'account'],
  ]
  for (const [path, status, field] of wrong) {
    const told = await served.call('GET', `${PATH}/${path}`, { key })
    assert.deepEqual([told.status, told.body['field']], [status, field], path)
  }
})

test('the command line shows both as tables or as JSON, beside its own default', async () => {
  const run = (...args: string[]) => tallymanBeside(served.config.data, ['reconcile', ...args])
  const log = await run('log', '--type', 'matched')
  assert.match(log.out, /^TIME +CYCLE +TYPE +STATUS .*NOTE\n.*matched +ok .*matched, 0 open\n/)
  const json = JSON.parse((await run('log', 'paper', '--json', '--limit', '2')).out) as {
    readonly items: readonly LogView[]
  }
  assert.equal(json.items.length, 2)
  assert.match((await run('log', '--symbol', 'nothing')).out, /^No such lines\.\n$/)
  const snapshots = await run('snapshots')
  assert.match(snapshots.out, /^TIME +BALANCE +EQUITY .*\n.*₹[\d,]+\.\d\d/)
  assert.match((await run('--status')).out, /^paper: OK, .* Cycle \d+, 0 skipped\.\n$/)
  assert.match((await run('paper')).out, /RECONCILIATION SUMMARY/)
  assert.equal((await run('log', '--type', 'sideways')).code, 2)
  assert.equal((await run('log', '--limit', '0')).code, 2)
  assert.equal((await run('log', '--from', '23.11.2026')).code, 2)
  assert.equal((await run('log', 'nobody')).code, 1)
  const positions = await run('positions')
  assert.match(positions.out, /^SYMBOL +PRODUCT .*\nACME .* yes\n1 position, 1 matched, 0 mis/)
  assert.equal((await run('positions', '--json')).out.includes('"totalPositions": 1'), true)
  assert.equal((await run('positions', 'nobody')).code, 1)
  const show = await tallymanBeside(served.config.data, ['breaks', 'show', 'acme'])
  assert.deepEqual([show.code, show.out], [1, 'No break in ACME: the books agree there.\n'])
  assert.match((await run('--help')).out, / log \[options\].*\n[^]* snapshots \[options\]/)
})
