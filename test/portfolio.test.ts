import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { money } from '../src/core/amount.ts'
import type { PortfolioView, SummaryView, TradeView } from '../src/core/trade-view.ts'
import { Served } from './running.ts'

/** A desk that is asked over HTTP, closed, and opened again on the same folder. */

let served: Served
let key: string

before(async () => {
  served = await Served.open()
  key = served.key('trade')
})
after(() => served.running.stop())

async function ask<T>(path: string): Promise<readonly T[]> {
  const { status, body, text } = await served.call('GET', `/api/v1${path}`, { key })
  assert.equal(status, 200, text)
  return body['items'] as readonly T[]
}

async function trade(side: string, quantity: number, over: object = {}): Promise<string> {
  const asked = { symbol: 'CHAI', side, quantity, type: 'MARKET', product: 'MIS' }
  const body = { ...asked, strategy: 'mine', ...over }
  const placed = await served.call('POST', '/api/v1/orders', { key, body })
  assert.equal(placed.status, 201, placed.text)
  const id = String(placed.body['id'])
  for (let tries = 0; tries < 2_000; tries++) {
    const { body: order } = await served.call('GET', `/api/v1/orders/${id}`, { key })
    if (order['status'] === 'COMPLETE') return id
  }
  throw new Error(`${id} never became COMPLETE`)
}

const OPEN = '/trades?status=open&strategy=mine&symbol=chai'

test('a strategy learns which exits were taken, also from the next process', async () => {
  assert.deepEqual(await ask('/trades'), [])
  const entry = await trade('BUY', 10)
  const first = await trade('SELL', 4, { reason: 'target' })
  const taken = await ask<TradeView>(OPEN)
  const [open] = taken
  assert.deepEqual([open!.quantity, open!.remaining, open!.entries], ['10', '6', [entry]])
  assert.deepEqual(
    open!.exits.map(({ number, orderId, reason }) => [number, orderId, reason]),
    [[1, first, 'target']],
  )
  await served.running.stop()
  served = await Served.open({}, served.config.data)
  assert.deepEqual(await ask<TradeView>(OPEN), taken)
  await trade('SELL', 6)
  assert.deepEqual(await ask(OPEN), [])
  const [closed] = await ask<TradeView>('/trades?status=closed')
  assert.deepEqual([closed!.id, closed!.exits.length, closed!.exitReason], [open!.id, 2, 'signal'])
})

test('a portfolio is worth what its trades brought, less what they cost', async () => {
  await trade('BUY', 3, { strategy: undefined })
  const trades = await ask<TradeView>('/trades')
  const [portfolio] = await ask<PortfolioView>('/portfolio?account=paper')
  const { initial, current, realized, charges, used, available, positions } = portfolio!
  const pnl = trades.reduce((sum, each) => sum + money(each.pnl), 0n)
  assert.equal(money(current), money(initial) + pnl)
  assert.equal(money(current), money(initial) + money(realized) - money(charges))
  assert.equal(money(available), money(current) - money(used))
  const [held] = trades
  assert.equal(money(used), 3n * money(held!.entryPrice))
  assert.deepEqual(
    [positions, portfolio!.owners.map(({ owner }) => owner)],
    [1, ['strategy:mine', 'manual']],
  )
  assert.equal(portfolio!.metrics?.totalTrades, 1)
  assert.equal(portfolio!.metrics.currentCapital, current)
})

test('a summary counts what was asked for, and says nothing of trades that were not', async () => {
  const metricsOf = async (query: string): Promise<SummaryView['metrics']> =>
    (await ask<SummaryView>(`/trades/summary${query}`))[0]!.metrics
  assert.equal((await metricsOf(''))?.totalTrades, 1)
  assert.equal((await metricsOf('?strategy=mine&from=2000-01-01T00:00:00Z'))?.totalTrades, 1)
  assert.equal(await metricsOf('?strategy=other'), null)
  assert.equal(await metricsOf('?to=2000-01-01T00:00:00Z'), null)
})

test('what cannot be meant is refused by its name', async () => {
  const refused: readonly (readonly [path: string, status: number, field: string])[] = [
    ['/trades?status=half', 400, 'status'],
    ['/trades?account=nobody', 404, 'account'],
    ['/trades?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400, 'to'],
    ['/trades/summary?status=open', 400, 'status'],
    ['/portfolio?account=nobody', 404, 'account'],
    ['/portfolio?symbol=CHAI', 400, 'symbol'],
  ]
  for (const [path, status, field] of refused) {
    const told = await served.call('GET', `/api/v1${path}`, { key })
    assert.deepEqual([told.status, told.body['field']], [status, field], path)
  }
})
