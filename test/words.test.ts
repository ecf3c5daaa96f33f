import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Served } from './running.ts'

let served: Served
let trade: string

before(async () => {
  served = await Served.open()
  trade = served.key('trade')
})
after(() => served.running.stop())

const ORDER = { symbol: 'ACME', side: 'BUY', quantity: 10, type: 'LIMIT', price: 1 }

/** `code | field | value | detail | remedy` */
async function refused(body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const told = await served.call('POST', '/api/v1/orders', { key: trade, body, headers })
  const { code, field, value, detail, remedy } = told.body
  return [told.status, code, field, value, detail, remedy].join(' | ')
}

test('what is wrong with a field is said in words, with what to send instead', async () => {
  const { side: _, ...sideless } = ORDER
  const unreadable = (field: string, value: string, what: string): string =>
    `400 | FIELD_NOT_READABLE | ${field} | ${value} | ${field}: ${what}. | ` +
    `Send ${field} as ${what}.`
  const number = 'a decimal number, as text or as a JSON number'
  const long = '99999999999999999999'
  const wrong: readonly (readonly [unknown, string])[] = [
    [sideless, '400 | FIELD_MISSING | side |  | side: it is missing. | Send side.'],
    [{ ...ORDER, side: 'HOLD' }, unreadable('side', 'HOLD', 'one of BUY, SELL')],
    [{ ...ORDER, quantity: null }, unreadable('quantity', 'null', number)],
    [
      { ...ORDER, quantity: long },
      unreadable('quantity', long, 'at most 15 digits before the point'),
    ],
    [
      { ...ORDER, color: 'red' },
      '400 | FIELD_UNKNOWN | color | red | There is no field "color" here. | Leave it out.',
    ],
    [{ ...ORDER, reduceOnly: 'yes' }, unreadable('reduceOnly', 'yes', 'true or false')],
    [
      { ...ORDER, validity: 'TTL', validityMinutes: 5_000 },
      unreadable('validityMinutes', '5000', 'at most 1440'),
    ],
  ]
  for (const [body, expected] of wrong) assert.equal(await refused(body), expected)
})

test('a number that JSON cannot hold exactly is asked for as text', async () => {
  const long = `{"symbol":"ACME","side":"BUY","quantity":9007199254740993,"type":"MARKET"}`
  assert.match(await refused(long), /quantity: text: a JSON number this long is not exact/)
})

test('what cannot be read at all is said in our words', async () => {
  const json = { 'content-type': 'application/json' }
  assert.match(await refused('{"a":', json), /^400 \| BODY_NOT_READABLE \| body/)
  assert.match(await refused('{"__proto__":1}', json), /^400 \| BODY_NOT_READABLE .*__proto__/)
  assert.match(await refused('<a/>', { 'content-type': 'text/xml' }), /^415 \| NOT_JSON/)
  const path = await served.call('GET', '/api/v1/orders/%', { key: trade })
  assert.deepEqual([path.status, path.body['code']], [400, 'PATH_NOT_READABLE'])
  assert.match(path.headers.get('content-type') ?? '', /problem\+json/)
  const id = await served.call('GET', '/api/v1/orders/bogus', { key: trade })
  assert.deepEqual([id.body['field'], id.body['value']], ['id', 'bogus'])
})

test('a stranger learns nothing of how a request should look', async () => {
  const told = await served.call('POST', '/api/v1/orders', { body: { nonsense: true } })
  assert.deepEqual([told.status, told.body['code']], [401, 'KEY_MISSING'])
})

test('a list of an account that is not there is not an empty list', async () => {
  for (const list of ['orders', 'fills', 'positions']) {
    const told = await served.call('GET', `/api/v1/${list}?account=nobody`, { key: trade })
    assert.deepEqual([told.status, told.body['code']], [404, 'ACCOUNT_NOT_FOUND'])
  }
})

test('queries say what they do not take, and pages of instruments go on', async () => {
  for (const query of ['cursor=', 'limit=0x10', 'limit=1e2', 'limit=%201', 'limit=0']) {
    const told = await served.call('GET', `/api/v1/orders?${query}`, { key: trade })
    assert.equal(told.status, 400, query)
  }
  const page = await served.call('GET', '/api/v1/instruments?limit=4', { key: trade })
  assert.equal(page.body['next'], 4)
  const rest = await served.call('GET', '/api/v1/instruments?limit=4&cursor=4', { key: trade })
  assert.deepEqual([rest.body['next'], (rest.body['items'] as unknown[]).length], [null, 2])
})

test('the OpenAPI document: errors are problems, operations have names', async () => {
  const { body } = await served.call('GET', '/api/v1/openapi.json')
  type Operation = { operationId: string; responses: Record<string, { content?: object }> }
  const operations = Object.values(body['paths'] as Record<string, Record<string, Operation>>)
  const names = operations.flatMap((each) => Object.values(each)).map((each) => each.operationId)
  assert.equal(new Set(names).size, names.length)
  for (const { responses } of operations.flatMap((each) => Object.values(each))) {
    for (const [status, { content }] of Object.entries(responses)) {
      if (Number(status) < 400) continue
      assert.deepEqual(Object.keys(content ?? {}), ['application/problem+json'])
    }
  }
})
