import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { StatisticsView } from '../src/core/statistics.ts'
import { Served } from './running.ts'
import { tallymanBeside } from './spawned.ts'

let served: Served
let key: string

before(async () => {
  served = await Served.open()
  key = served.key('trade')
})
after(() => served.running.stop())

const asked = async (query: string): Promise<StatisticsView> => {
  const { status, body } = await served.call('GET', `/api/v1/statistics${query}`, { key })
  assert.equal(status, 200, JSON.stringify(body))
  return body as unknown as StatisticsView
}

async function until(is: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) if (await is()) return
  throw new Error('it never became that')
}

const order = { symbol: 'ACME', side: 'BUY', quantity: 2, type: 'MARKET' }

test('an order is in the statistics of its strategy and of today, and of nobody else', async () => {
  const body = { ...order, strategy: 'x' }
  await served.call('POST', '/api/v1/orders', { key, body })
  await served.call('POST', '/api/v1/orders', { key, body: { ...body, quantity: 0 } })
  await until(async () => (await asked('?strategy=x')).totalCompleted === 1)
  const found = await asked('?account=paper&strategy=x&period=today')
  assert.deepEqual([found.totalOrders, found.totalFills, found.fillRate], [1, 1, 1])
  assert.deepEqual([found.totalFailed, found.totalDenied], [1, 1])
  assert.deepEqual([found.owner, found.monitoredPositions], ['strategy:x', 1])
  assert.ok(Number(found.totalVolume['INR']) > 0 && Number(found.totalCommission['INR']) > 0)
  for (const other of ['?strategy=y', '?owner=manual']) {
    const { totalOrders, monitoredPositions } = await asked(other)
    assert.deepEqual([totalOrders, monitoredPositions], [0, 0], other)
  }
  assert.equal((await asked('?to=2020-01-01')).totalOrders, 0)
})

test('an account that is not there, and a question that cannot be read, are told so', async () => {
  const wrong: readonly (readonly [string, number, string | null])[] = [
    ['?account=nobody', 404, 'account'],
    ['?from=2026-11-23T09:15:00Z', 400, 'from'],
    ['?from=2026-11-23&to=2026-11-22', 400, 'to'],
    ['?period=week', 400, 'period'],
    ['?period=today&from=2026-11-23', 400, 'period'],
    ['?strategy=x&owner=manual', 400, 'owner'],
    ['?colour=red', 400, 'colour'],
  ]
  for (const [query, status, field] of wrong) {
    const told = await served.call('GET', `/api/v1/statistics${query}`, { key })
    assert.deepEqual([told.status, told.body['field']], [status, field], query)
  }
})

test('the command line shows counts and execution in two blocks, or all as JSON', async () => {
  const run = (...args: string[]) => tallymanBeside(served.config.data, ['statistics', ...args])
  const words = await run('--account', 'paper', '--today')
  assert.equal(words.code, 0, words.err)
  assert.match(
    words.out,
    /^Orders of paper, placed today\n\nOrders\n +Placed +\d[^]*\n\nExecution\n/,
  )
  assert.match(words.out, /Volume +₹[\d,]+\.\d\d\n/)
  const json = JSON.parse((await run('--owner', 'manual', '--json')).out) as StatisticsView
  assert.equal(json.owner, 'manual')
  const wrong = await run('--today', '--from', '2026-11-23')
  assert.deepEqual([wrong.code, /--today/.test(wrong.err)], [2, true])
  assert.equal((await run('--from', '23.11.2026')).code, 2)
  assert.equal((await run('--account', 'nobody')).code, 1)
})
