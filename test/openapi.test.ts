import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Served } from './running.ts'

let served: Served

before(async () => {
  served = await Served.open()
})
after(() => served.running.stop())

test('health needs no key, and the OpenAPI document names every route', async () => {
  for (const path of ['/health', '/api/v1/health']) {
    const { status, body } = await served.call('GET', path)
    assert.deepEqual([status, body['status'], body['mode']], [200, 'ok', 'paper'])
  }
  const { body } = await served.call('GET', '/api/v1/openapi.json')
  assert.equal(body['openapi'], '3.1.0')
  assert.deepEqual(Object.keys(body['paths'] as object).sort(), [
    '/api/v1/accounts',
    '/api/v1/accounts/{account}/reopen',
    '/api/v1/accounts/{account}/verify',
    '/api/v1/audit',
    '/api/v1/candles',
    '/api/v1/charges/preview',
    '/api/v1/executions/{id}',
    '/api/v1/fills',
    '/api/v1/health',
    '/api/v1/instruments',
    '/api/v1/journal/head',
    '/api/v1/orders',
    '/api/v1/orders/{id}',
    '/api/v1/positions',
    '/api/v1/quotes',
    '/health',
  ])
  assert.match((await served.call('GET', '/docs')).text, /swagger/i)
})
