import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Told } from './running.ts'
import { Served } from './running.ts'

let served: Served
let admin: string

before(async () => {
  served = await Served.open()
  admin = served.key('admin')
})
after(() => served.running.stop())

const ask = (method: string, path: string, body?: object, key = admin): Promise<Told> =>
  served.call(method, `/api/v1${path}`, { key, body })

const items = ({ body }: Told): readonly Record<string, unknown>[] =>
  body['items'] as readonly Record<string, unknown>[]

test('a symbol is tracked from its first order on, with its books and orders', async () => {
  const order = { symbol: 'ACME', side: 'BUY', quantity: 3, type: 'MARKET', strategy: 'x' }
  const placed = await ask('POST', '/orders', order)
  assert.equal(placed.status, 201)
  let found: Record<string, unknown> | undefined
  for (let tries = 0; tries < 1_000 && found?.['tracked'] !== '3'; tries++) {
    found = items(await ask('GET', '/tracking?symbol=ACME'))[0]
  }
  assert.deepEqual([found?.['status'], found?.['expected']], ['active', '3'])
  assert.deepEqual(found?.['orders'], [{ orderId: placed.body['id'], relation: 'entry' }])
  const [book] = (found?.['books'] ?? []) as readonly Record<string, string>[]
  assert.deepEqual([book?.['owner'], book?.['quantity']], ['strategy:x', '3'])
})

test('a run says what the reading found, and the status how the books stand', async () => {
  const run = await ask('POST', '/reconciliation/paper/run')
  assert.equal(run.status, 200, run.text)
  assert.deepEqual([run.body['breaksOpened'], run.body['readsFailed']], [0, 0])
  const { body } = await ask('GET', '/reconciliation/paper')
  assert.deepEqual([body['status'], body['open'], body['divergences']], ['ok', 0, 0])
  assert.equal((await ask('GET', '/reconciliation/nobody')).status, 404)
  assert.equal((await ask('POST', '/reconciliation/nobody/run')).status, 404)
})

test('what cannot be settled is refused with its field, by those who may settle', async () => {
  const settle = { symbol: 'ACME', as: 'manual', reason: 'sold by phone' }
  const none = await ask('POST', '/breaks/settle', settle)
  assert.deepEqual([none.status, none.body['code']], [422, 'BREAK_NOT_FOUND'])
  const odd = await ask('POST', '/breaks/settle', { ...settle, as: 'nobody' })
  assert.deepEqual([odd.status, odd.body['field']], [400, 'as'])
  const mute = await ask('POST', '/breaks/settle', { ...settle, reason: '' })
  assert.deepEqual([mute.status, mute.body['field']], [400, 'reason'])
  const trade = await ask('POST', '/breaks/settle', settle, served.key('trade'))
  assert.equal(trade.status, 403)
  const preview = await ask('GET', '/breaks/settling?symbol=ACME&as=manual')
  assert.match(String(preview.body['denial']), /^BREAK_NOT_FOUND/)
  assert.deepEqual(items(await ask('GET', '/breaks')), [])
  const order = await ask('POST', '/orders/paper-1/settle', { as: 'never-sent', reason: 'asked' })
  assert.equal(order.status, 404)
})

test('a day is ended on request, once', async () => {
  const dry = await ask('POST', '/end-of-day', { dryRun: true })
  assert.equal(dry.status, 200, dry.text)
  const first = await ask('POST', '/end-of-day', {})
  assert.deepEqual([first.body['success'], first.body['stepsCompleted']], [true, 6], first.text)
  const { body } = await ask('POST', '/end-of-day', {})
  const steps = body['steps'] as readonly Record<string, unknown>[]
  assert.ok(steps.every(({ detail }) => detail === 'done before'))
  assert.equal((await ask('POST', '/end-of-day', { date: '2020-01-01' })).status, 400)
  assert.equal((await ask('POST', '/end-of-day', { group: 'moon' })).status, 404)
  assert.equal((await ask('POST', '/end-of-day', { account: 'nobody' })).status, 404)
})
