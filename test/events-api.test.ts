import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import type { Notice } from '../src/core/notice.ts'
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

const events = (query: string, from = served, key = read): Promise<Told> =>
  from.call('GET', `/api/v1/events?${query}`, { key })
const itemsOf = ({ body }: Told): Notice[] => body['items'] as Notice[]

async function place(): Promise<string> {
  const { body } = await served.call('POST', '/api/v1/orders', { key: trade, body: ORDER })
  return String(body['id'])
}

/** From the beginning to where nothing more is known, so many at a time. */
async function everything(limit: number): Promise<Notice[]> {
  const all: Notice[] = []
  for (let [next, more] = [0, true]; more;) {
    const page = await events(`after=${next}&limit=${limit}`)
    all.push(...itemsOf(page))
    next = Number(page.body['next'])
    more = page.body['more'] === true
  }
  return all
}

test('events come page by page from the beginning, each once, without waiting', async () => {
  await place()
  await place()
  const whole = await everything(500)
  const paged = await everything(1)
  assert.ok(whole.length > 1)
  assert.deepEqual(paged.slice(0, whole.length), whole)
  const first = whole.find(({ kind }) => kind === 'order')
  assert.deepEqual([first?.kind, first?.event, first?.account], ['order', 'OrderPlaced', 'paper'])
  const orders = itemsOf(await events('after=0&kinds=order&limit=500'))
  assert.ok(orders.every(({ kind }) => kind === 'order'))
})

test('who waits is answered as soon as something has happened', async () => {
  const now = await events('')
  assert.deepEqual([itemsOf(now), now.body['more']], [[], false])
  const waiting = events(`after=${String(now.body['next'])}&kinds=order&wait=25`)
  const id = await place()
  const [notice] = itemsOf(await waiting)
  assert.ok(notice?.kind === 'order')
  assert.deepEqual([notice.order.id, notice.order.status], [id, 'PENDING'])
})

test('when nothing happens an empty page ends the waiting', async () => {
  const { status, body } = await events('kinds=dayClosed&wait=1')
  assert.deepEqual([status, body['items'], body['more']], [200, [], false])
})

test('as many wait as may, and one whose connection is closed makes room', async () => {
  const crowded = await Served.open()
  const key = crowded.key('read')
  const leaving = new AbortController()
  const wait = (): Promise<unknown> =>
    fetch(`${crowded.running.url}/api/v1/events?kinds=rejected&wait=25`, {
      headers: { authorization: `Bearer ${key}` },
      signal: leaving.signal,
    }).catch(() => undefined)
  const held = Array.from({ length: 256 }, wait)
  const look = (): Promise<Told> => events('kinds=rejected', crowded, key)
  let told = await look()
  while (told.status === 200) told = await look()
  assert.deepEqual([told.status, told.body['code']], [503, 'TOO_MANY_FOLLOWERS'])
  leaving.abort()
  await Promise.all(held)
  while (told.status === 503) told = await look()
  assert.equal(told.status, 200)
  await crowded.running.stop()
})

test('whoever stops the desk does not wait for those who wait', async () => {
  const other = await Served.open()
  const key = other.key('read')
  const waiting = events('wait=25', other, key)
  const { body } = await events('', other, key)
  const stopping = performance.now()
  await other.running.stop()
  assert.ok(performance.now() - stopping < 10_000)
  assert.deepEqual([itemsOf(await waiting), (await waiting).body['next']], [[], body['next']])
})

test('nor for whoever holds a connection without a word', async () => {
  const other = await Served.open()
  const silent = connect(Number(new URL(other.running.url).port), '127.0.0.1')
  const cut = new Promise<void>((resolve) => silent.on('close', resolve).on('error', () => {}))
  await new Promise<void>((resolve) => silent.on('connect', resolve))
  await other.running.stop()
  await cut
})

test('what cannot be read, or is not there, is named', async () => {
  const bad = async (query: string, field: string, status = 400): Promise<void> => {
    const told = await events(query)
    assert.deepEqual([told.status, told.body['field']], [status, field], told.text)
  }
  await bad('after=x', 'after')
  await bad('after=-1', 'after')
  await bad('after=900000000000000', 'after')
  await bad('kinds=', 'kinds')
  await bad('kinds=order,fills', 'kinds')
  await bad('limit=501', 'limit')
  await bad('wait=26', 'wait')
  await bad('account=nobody', 'account', 404)
  await bad('color=red', 'color')
  const without = await served.call('GET', '/api/v1/events')
  assert.deepEqual([without.status, without.body['code']], [401, 'KEY_MISSING'])
})
