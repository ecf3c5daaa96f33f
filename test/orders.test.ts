import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ExecutionView } from '../src/core/execution.ts'
import type { OrderView } from '../src/core/view.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'

let served: Served
let trade: string

before(async () => {
  served = await Served.open()
  trade = served.key('trade')
})
after(() => served.running.stop())

const LIMIT = { symbol: 'ACME', side: 'BUY', quantity: 10, type: 'LIMIT', price: 1 }

type Asking = { readonly body?: unknown; readonly id?: string }

const ask = (method: string, path: string, { body, id }: Asking = {}): Promise<Told> =>
  served.call(method, `/api/v1${path}`, {
    key: trade,
    body,
    headers: id === undefined ? {} : { 'idempotency-key': id },
  })

async function placed(over: object = {}): Promise<OrderView> {
  const { status, body } = await ask('POST', '/orders', { body: { ...LIMIT, ...over } })
  assert.equal(status, 201, JSON.stringify(body))
  return body as unknown as OrderView
}

async function until(id: string, is: (order: OrderView) => boolean): Promise<OrderView> {
  for (let tries = 0; tries < 1_000; tries++) {
    const order = (await ask('GET', `/orders/${id}`)).body as unknown as OrderView
    if (is(order)) return order
  }
  throw new Error(`${id} never became that`)
}

const isOpen = ({ status }: OrderView): boolean => status === 'OPEN'

test('an order is changed, and a repeat of its placing still shows it as it was', async () => {
  const body = { ...LIMIT, validity: 'TTL', validityMinutes: 30 }
  const first = await ask('POST', '/orders', { body, id: 'original' })
  const id = String(first.body['id'])
  await until(id, isOpen)
  const changes = { quantity: '7', price: '1.05' }
  const asked = await ask('PATCH', `/orders/${id}`, { body: changes, id: 'change' })
  assert.equal(asked.status, 202)
  const order = await until(id, ({ amending, quantity }) => !amending && quantity === '7')
  assert.deepEqual([order.price, order.validityMinutes, order.status], ['1.05', 30, 'OPEN'])
  const repeated = await ask('POST', '/orders', { body, id: 'original' })
  assert.equal(repeated.headers.get('idempotent-replayed'), 'true')
  assert.deepEqual(repeated.body, first.body)
  const again = await ask('PATCH', `/orders/${id}`, { body: changes, id: 'change' })
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  const other = await ask('PATCH', `/orders/${id}`, { body: { quantity: 8 }, id: 'change' })
  assert.equal(other.status, 409)
})

test('a change that cannot be made says why, and leaves the order as it is', async () => {
  const { id } = await placed()
  await until(id, isOpen)
  const wrong: readonly (readonly [object, number, string])[] = [
    [{}, 422, 'NOTHING_TO_CHANGE'],
    [{ price: 1 }, 422, 'NOTHING_TO_CHANGE'],
    [{ price: '1.01' }, 422, 'PRICE_NOT_ON_TICK'],
    [{ trigger: 5 }, 422, 'TRIGGER_NOT_ALLOWED'],
    [{ quantity: 0 }, 422, 'QUANTITY_NOT_POSITIVE'],
    [{ validity: 'TTL' }, 400, 'FIELD_NOT_READABLE'],
    [{ validityMinutes: 5 }, 400, 'FIELD_NOT_READABLE'],
    [{ side: 'SELL' }, 400, 'FIELD_UNKNOWN'],
    [{ type: 'STOP' }, 400, 'FIELD_NOT_READABLE'],
  ]
  for (const [body, status, code] of wrong) {
    const told = await ask('PATCH', `/orders/${id}`, { body })
    assert.deepEqual([told.status, told.body['code']], [status, code], JSON.stringify(body))
  }
  const gone = await ask('PATCH', '/orders/paper-999999', { body: { price: 2 } })
  assert.deepEqual([gone.status, gone.body['code']], [404, 'ORDER_NOT_FOUND'])
  const order = await until(id, isOpen)
  assert.deepEqual([order.quantity, order.price], ['10', '1'])
})

test('every type and validity is taken, and shown as it was asked', async () => {
  const stop = { type: 'SL_M', price: undefined, trigger: 9_999 }
  const [a, b, c] = [
    await placed(stop),
    await placed({ type: 'SL', trigger: 900, price: 901, quantity: 1, disclosed: 1 }),
    await placed({ type: 'MARKET', price: 250, signalId: 's1', approvalId: 'a1' }),
  ]
  assert.deepEqual([a.type, a.trigger, a.price], ['SL-M', '9999', null])
  assert.deepEqual([b.type, b.trigger, b.price, b.disclosed], ['SL', '900', '901', '1'])
  assert.deepEqual([c.type, c.price, c.signalId, c.approvalId], ['MARKET', null, 's1', 'a1'])
  const reduce = await ask('POST', '/orders', {
    body: { ...LIMIT, symbol: 'MANGO', side: 'SELL', price: 9_000, reduceOnly: true },
  })
  assert.deepEqual([reduce.status, reduce.body['code']], [422, 'NOTHING_TO_REDUCE'])
  const sizeless = await ask('POST', '/orders', { body: { ...LIMIT, quantity: undefined } })
  assert.deepEqual([sizeless.status, sizeless.body['field']], [400, 'quantity'])
})

test('a strategy that names no quantity gets what CAPITAL_PER_TRADE buys', async () => {
  const body = { symbol: 'DIYA', side: 'BUY', type: 'LIMIT', price: 1_000, strategy: 'x' }
  const { body: order } = await ask('POST', '/orders', { body })
  assert.equal(order['quantity'], '100')
})

test('a person is warned where a strategy would be refused', async () => {
  const large = { symbol: 'DIYA', quantity: 150, price: 1_000 }
  assert.match((await placed(large)).warning ?? '', /CAPITAL_PER_TRADE_EXCEEDED cost=150000/)
  const body = { ...LIMIT, ...large, strategy: 'x' }
  const { body: denied } = await ask('POST', '/orders', { body })
  assert.equal(denied['code'], 'CAPITAL_PER_TRADE_EXCEEDED')
})

test('all that work are cancelled, or those that are meant', async () => {
  const mine = await placed({ symbol: 'CHAI' })
  const its = await placed({ symbol: 'CHAI', strategy: 'y' })
  const first = await ask('DELETE', '/orders?symbol=chai&strategy=y', { id: 'some' })
  const ids = (told: Told): unknown =>
    (told.body['items'] as readonly OrderView[]).map(({ id }) => id)
  assert.deepEqual([first.status, ids(first)], [202, [its.id]])
  const second = await ask('DELETE', '/orders', { id: 'all' })
  assert.ok((ids(second) as string[]).includes(mine.id))
  await until(mine.id, ({ status }) => status === 'CANCELLED')
  const later = await placed({ symbol: 'CHAI' })
  const repeated = await ask('DELETE', '/orders', { id: 'all' })
  assert.equal(repeated.headers.get('idempotent-replayed'), 'true')
  assert.deepEqual(ids(repeated), ids(second))
  await until(later.id, isOpen)
  const nobody = await ask('DELETE', '/orders?account=nobody')
  assert.equal(nobody.status, 404)
})

test('an execution report adds up', async () => {
  const { id } = await placed({ symbol: 'BANYAN', type: 'MARKET', price: undefined, quantity: 20 })
  const order = await until(id, ({ status }) => status === 'COMPLETE')
  const { status, body } = await ask('GET', `/executions/${id}`)
  assert.equal(status, 200)
  const report = body as unknown as ExecutionView
  assert.deepEqual([report.orderId, report.requested, report.filled], [id, '20', '20'])
  assert.equal(report.average, order.average)
  const charged = Object.values(report.charges).reduce((sum, line) => sum + Number(line), 0)
  assert.equal(charged.toFixed(2), Number(report.totalCharges).toFixed(2))
  assert.ok(charged > 0)
  const { arrival, limit, vwap } = report.slippage
  assert.equal(arrival?.price, order.arrival)
  const paid = Number(report.average) - Number(order.arrival)
  assert.ok(Math.abs(Number(arrival?.perUnit) - paid) < 1e-6)
  assert.ok(Math.abs(Number(arrival?.amount) - 20 * paid) < 1e-4)
  assert.equal(limit, null)
  assert.ok(vwap === null || Math.abs(Number(vwap.price) / Number(report.average) - 1) < 0.05)
  const missing = await ask('GET', '/executions/paper-999999')
  assert.equal(missing.status, 404)
})

test('an order above the freeze quantity is cut, and cancelled by its first slice', async () => {
  const large = { symbol: 'INDUS', quantity: 250_000, price: '60.40' }
  const denied = await ask('POST', '/orders', { body: { ...LIMIT, ...large, price: 61 } })
  assert.equal(denied.body['code'], 'QUANTITY_ABOVE_FREEZE')
  const rich = { ...LIMIT, symbol: 'MANGO', quantity: 250_000, price: 1, slice: true }
  const first = (await ask('POST', '/orders', { body: rich, id: 'cut' }))
    .body as unknown as OrderView
  assert.equal(first.slices.length, 3)
  assert.deepEqual(
    [first.quantity, first.parentId, first.slices[0]],
    ['100000', first.id, first.id],
  )
  const last = await until(first.slices[2]!, isOpen)
  assert.deepEqual([last.quantity, last.parentId, last.slices], ['50000', first.id, []])
  await ask('DELETE', `/orders/${first.id}`)
  for (const id of first.slices) await until(id, ({ status }) => status === 'CANCELLED')
})

test('only an administrator leaves checks out, and the order says so for ever', async () => {
  const body = { ...LIMIT, symbol: 'CHAI', quantity: 900_000, skipChecks: true, reason: 'target' }
  const refused = await ask('POST', '/orders', { body })
  assert.deepEqual([refused.status, refused.body['field']], [403, 'skipChecks'])
  const allowed = await served.call('POST', '/api/v1/orders', { key: served.key('admin'), body })
  assert.equal(allowed.status, 201, JSON.stringify(allowed.body))
  const { id, skippedChecks, reason } = allowed.body as unknown as OrderView
  assert.deepEqual([skippedChecks, reason], [true, 'target'])
  const trail = await ask('GET', `/audit?orderId=${id}&type=OrderPlaced`)
  assert.match(JSON.stringify(trail.body), /without the checks of caps, band, session and cash/)
})
