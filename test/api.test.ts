import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { OrderView } from '../src/core/view.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'

let served: Served
let trade: string
let read: string

before(async () => {
  served = await Served.open()
  trade = served.key('trade')
  read = served.key('read')
})
after(() => served.running.stop())

const ORDER = { symbol: 'ACME', side: 'BUY', quantity: 10, type: 'LIMIT', price: 1 }

async function place(body: unknown, key?: string): Promise<Told> {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
  return served.call('POST', '/api/v1/orders', { key: trade, body, headers })
}

/** Asks until the order is what it should become; the market of SIM moves four times a second. */
async function until(id: string, status: string): Promise<OrderView> {
  for (let tries = 0; tries < 4_000; tries++) {
    const { body } = await served.call('GET', `/api/v1/orders/${id}`, { key: read })
    const order = body as unknown as OrderView
    if (order.status === status) return order
  }
  throw new Error(`${id} never became ${status}`)
}

test('an order is answered with 201, where it is, and all of its fields', async () => {
  const { status, body, headers } = await place({ ...ORDER, note: 'first' })
  assert.equal(status, 201)
  assert.equal(headers.get('location'), `/api/v1/orders/${String(body['id'])}`)
  const fields = [
    'id',
    'account',
    'symbol',
    'side',
    'type',
    'product',
    'quantity',
    'price',
    'trigger',
    'status',
    'filled',
    'remaining',
    'average',
    'submittedAt',
    'updatedAt',
    'firstFillAt',
    'completedAt',
    'retryCount',
    'error',
    'brokerOrderId',
    'exchangeOrderId',
    'commission',
    'by',
    'owner',
    'history',
    'fills',
  ]
  assert.deepEqual(
    fields.filter((field) => !(field in body)),
    [],
  )
  const { account, quantity, price, remaining, by, owner, note } = body as unknown as OrderView
  assert.deepEqual(
    { account, quantity, price, remaining, by, owner, note },
    {
      account: 'paper',
      quantity: '10',
      price: '1',
      remaining: '10',
      by: 'key:test-trade',
      owner: 'manual',
      note: 'first',
    },
  )
  const open = await until(String(body['id']), 'OPEN')
  assert.deepEqual(
    open.history.map((each) => each.status),
    ['PENDING', 'OPEN'],
  )
})

test('a market order fills, is in the positions and the fills, and is charged', async () => {
  const { body } = await place({ symbol: 'CHAI', side: 'BUY', quantity: '4', type: 'MARKET' })
  const order = await until(String(body['id']), 'COMPLETE')
  assert.equal(order.filled, '4')
  assert.ok(Number(order.commission) > 0)
  assert.equal(order.fills[0]?.tradeId.startsWith('T'), true)
  const positions = await served.call('GET', '/api/v1/positions?symbol=CHAI', { key: read })
  const [held] = positions.body['items'] as { quantity: string; average: string; owner: string }[]
  assert.deepEqual([held?.quantity, held?.average, held?.owner], ['4', order.average, 'manual'])
  const fills = await served.call('GET', `/api/v1/fills?orderId=${order.id}`, { key: read })
  assert.deepEqual(fills.body['items'], order.fills)
})

test('the same request under the same key is one order, and the same answer', async () => {
  const first = await place(ORDER, 'once')
  const again = await place({ ...ORDER, quantity: '10.0' }, 'once')
  assert.equal(again.status, 201)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  assert.equal(first.headers.get('idempotent-replayed'), null)
  assert.equal(again.text, first.text)
  const other = await place({ ...ORDER, quantity: 11 }, 'once')
  assert.equal(other.status, 409)
  assert.equal(other.body['code'], 'IDEMPOTENCY_KEY_USED')
})

test('a denial is answered again as it was, and journaled once', async () => {
  const before = await served.call('GET', '/api/v1/journal/head', { key: read })
  const denied = await place({ ...ORDER, price: '1.03' }, 'denied')
  const again = await place({ ...ORDER, price: '1.03' }, 'denied')
  assert.equal(denied.status, 422)
  assert.equal(again.text, denied.text)
  assert.equal(denied.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  const { code, field, value, detail } = denied.body
  assert.deepEqual([code, field, value], ['PRICE_NOT_ON_TICK', 'price', '1.03'])
  assert.match(String(detail), /PRICE_NOT_ON_TICK tick=0.05 price=1.03/)
  const after = await served.call('GET', '/api/v1/journal/head', { key: read })
  assert.equal(Number(after.body['n']) - Number(before.body['n']), 1)
})

test('a cancel is asked for with 202, and the order ends when the broker says so', async () => {
  const { body } = await place(ORDER)
  const id = String(body['id'])
  await until(id, 'OPEN')
  const asked = await served.call('DELETE', `/api/v1/orders/${id}`, { key: trade })
  assert.equal(asked.status, 202)
  await until(id, 'CANCELLED')
  const twice = await served.call('DELETE', `/api/v1/orders/${id}`, { key: trade })
  assert.deepEqual([twice.status, twice.body['code']], [422, 'ORDER_FINISHED'])
})

test('lists give items and what comes next, and every page once', async () => {
  for (let n = 0; n < 5; n++) await place(ORDER)
  const whole = await served.call('GET', '/api/v1/orders?limit=500', { key: read })
  const ids: string[] = []
  let cursor: number | null = null
  do {
    const next = cursor === null ? '' : `&cursor=${cursor}`
    const page = await served.call('GET', `/api/v1/orders?limit=2${next}`, { key: read })
    for (const { id } of page.body['items'] as OrderView[]) ids.push(id)
    cursor = page.body['next'] as number | null
  } while (cursor !== null)
  assert.deepEqual(
    ids,
    (whole.body['items'] as OrderView[]).map(({ id }) => id),
  )
  const open = await served.call('GET', '/api/v1/orders?status=OPEN', { key: read })
  assert.ok((open.body['items'] as OrderView[]).every(({ status }) => status === 'OPEN'))
})

type Bad = readonly [what: string, body: unknown, status: number, field: string, code?: string]
const BAD: readonly Bad[] = [
  ['no symbol', { ...ORDER, symbol: undefined }, 400, 'symbol'],
  ['an empty symbol', { ...ORDER, symbol: '' }, 400, 'symbol'],
  ['a symbol of odd characters', { ...ORDER, symbol: 'A\u0000B' }, 400, 'symbol'],
  ['a symbol that is a number', { ...ORDER, symbol: 7 }, 400, 'symbol'],
  ['a symbol nobody knows', { ...ORDER, symbol: 'NOPE' }, 422, 'symbol', 'INSTRUMENT_NOT_FOUND'],
  ['another exchange', { ...ORDER, exchange: 'MOON' }, 422, 'symbol', 'INSTRUMENT_NOT_FOUND'],
  ['no side', { ...ORDER, side: undefined }, 400, 'side'],
  ['a side nobody knows', { ...ORDER, side: 'HOLD' }, 400, 'side'],
  ['no quantity', { ...ORDER, quantity: undefined }, 400, 'quantity'],
  ['a quantity of words', { ...ORDER, quantity: 'ten' }, 400, 'quantity'],
  ['an infinite quantity', { ...ORDER, quantity: '1e400' }, 400, 'quantity'],
  ['a quantity of nine decimals', { ...ORDER, quantity: '1.123456789' }, 400, 'quantity'],
  ['a quantity of twenty digits', { ...ORDER, quantity: '9'.repeat(20) }, 400, 'quantity'],
  ['no quantity at all', { ...ORDER, quantity: 0 }, 422, 'quantity', 'QUANTITY_NOT_POSITIVE'],
  ['a negative quantity', { ...ORDER, quantity: -5 }, 422, 'quantity', 'QUANTITY_NOT_POSITIVE'],
  ['half a share', { ...ORDER, quantity: 0.5 }, 422, 'quantity', 'QUANTITY_NOT_A_LOT'],
  ['no type', { ...ORDER, type: undefined }, 400, 'type'],
  ['a type nobody knows', { ...ORDER, type: 'MAGIC' }, 400, 'type'],
  ['a limit without a price', { ...ORDER, price: undefined }, 422, 'price', 'PRICE_MISSING'],
  ['a price of nothing', { ...ORDER, price: 0 }, 422, 'price', 'PRICE_NOT_POSITIVE'],
  ['a negative price', { ...ORDER, price: '-1' }, 422, 'price', 'PRICE_NOT_POSITIVE'],
  ['a price off the tick', { ...ORDER, price: 101.23 }, 422, 'price', 'PRICE_NOT_ON_TICK'],
  ['a price that is an object', { ...ORDER, price: {} }, 400, 'price'],
  ['a product nobody knows', { ...ORDER, product: 'GOLD' }, 400, 'product'],
  ['a product not offered', { ...ORDER, product: 'MTF' }, 422, 'product', 'PRODUCT_NOT_OFFERED'],
  ['too dear', { ...ORDER, quantity: 90_000, price: 250 }, 422, 'quantity', 'NOT_ENOUGH_CASH'],
  ['an account nobody has', { ...ORDER, account: 'nobody' }, 404, 'account', 'ACCOUNT_NOT_FOUND'],
  ['an account of odd characters', { ...ORDER, account: '../x' }, 400, 'account'],
  ['a strategy without a name', { ...ORDER, strategy: '' }, 400, 'strategy'],
  ['a note too long', { ...ORDER, note: 'x'.repeat(201) }, 400, 'note'],
  ['a field nobody knows', { ...ORDER, leverage: 10 }, 400, 'leverage', 'FIELD_UNKNOWN'],
  ['a list', [ORDER], 400, 'body'],
  ['a word', '"BUY"', 400, 'body'],
  ['broken JSON', '{"symbol":', 400, 'body'],
  ['a poisoned object', '{"__proto__":{"x":1},"symbol":"ACME"}', 400, 'body'],
]
for (const [what, body, status, field, code] of BAD) {
  test(`${what}: refused, and the field, the value and the remedy are named`, async () => {
    const told = await place(body)
    assert.equal(told.status, status, told.text)
    assert.equal(told.body['field'], field, told.text)
    assert.equal(typeof told.body['remedy'], 'string')
    assert.ok(String(told.body['remedy']).length > 5)
    if (code !== undefined) assert.equal(told.body['code'], code)
  })
}

test('queries, ids and headers that cannot be read are refused by name', async () => {
  const asked = async (path: string, field: string): Promise<void> => {
    const { status, body, text } = await served.call('GET', path, { key: read })
    assert.deepEqual([status, body['field']], [400, field], text)
  }
  await asked('/api/v1/orders?limit=0', 'limit')
  await asked('/api/v1/orders?limit=501', 'limit')
  await asked('/api/v1/orders?cursor=x', 'cursor')
  await asked('/api/v1/orders?status=MAYBE', 'status')
  await asked('/api/v1/orders?color=red', 'color')
  await asked('/api/v1/orders/..%2f..', 'id')
  await asked('/api/v1/fills?orderId=x', 'orderId')
  await asked('/api/v1/instruments?limit=x', 'limit')
  const key = await place(ORDER, 'k'.repeat(201))
  assert.deepEqual([key.status, key.body['field']], [400, 'idempotency-key'])
})

test('what is too large, of another type or not there is said so', async () => {
  const large = await place(`{"symbol":"${'x'.repeat(70_000)}"}`)
  assert.equal(large.status, 413)
  const form = await served.call('POST', '/api/v1/orders', {
    key: trade,
    body: 'symbol=ACME',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.equal(form.status, 415)
  const missing = await served.call('GET', '/api/v1/orders/paper-999999', { key: read })
  assert.deepEqual([missing.status, missing.body['code']], [404, 'ORDER_NOT_FOUND'])
  const gone = await served.call('DELETE', '/api/v1/orders/paper-999999', { key: trade })
  assert.deepEqual([gone.status, gone.body['code']], [404, 'ORDER_NOT_FOUND'])
  const route = await served.call('GET', '/api/v1/nothing', { key: read })
  assert.deepEqual([route.status, route.body['code']], [404, 'NO_SUCH_ROUTE'])
})

test('without a key, with a wrong one or one too small, nothing is done', async () => {
  const routes: readonly (readonly [string, string])[] = [
    ['GET', '/api/v1/instruments'],
    ['GET', '/api/v1/accounts'],
    ['GET', '/api/v1/orders'],
    ['GET', '/api/v1/orders/paper-1'],
    ['POST', '/api/v1/orders'],
    ['DELETE', '/api/v1/orders/paper-1'],
    ['GET', '/api/v1/positions'],
    ['GET', '/api/v1/fills'],
    ['GET', '/api/v1/journal/head'],
    ['POST', '/api/v1/accounts/paper/verify'],
    ['POST', '/api/v1/accounts/paper/reopen'],
  ]
  for (const [method, path] of routes) {
    const body = method === 'POST' && path.endsWith('orders') ? ORDER : undefined
    const without = await served.call(method, path, { body })
    assert.deepEqual([without.status, without.body['code']], [401, 'KEY_MISSING'], path)
    const wrong = await served.call(method, path, { body, key: `${trade.slice(0, -1)}x` })
    assert.deepEqual([wrong.status, wrong.body['code']], [401, 'KEY_UNKNOWN'], path)
    if (method === 'GET') continue
    const small = await served.call(method, path, { body, key: read })
    assert.deepEqual([small.status, small.body['code']], [403, 'SCOPE_TOO_SMALL'], path)
  }
})

test('a verification reads the broker’s book now', async () => {
  const { status, body } = await served.call('POST', '/api/v1/accounts/paper/verify', {
    key: trade,
  })
  assert.equal(status, 200)
  assert.deepEqual([body['failed'], body['breaks'], body['unknown']], [[], [], []])
  const nobody = await served.call('POST', '/api/v1/accounts/nobody/verify', { key: trade })
  assert.equal(nobody.status, 404)
})
