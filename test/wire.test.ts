import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Traits } from '../src/brokers/broker.ts'
import { RemotePaper } from '../src/brokers/paper/remote.ts'
import { PaperServer } from '../src/brokers/paper/server.ts'
import type { Shelf } from '../src/brokers/paper/shelf.ts'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { Venue } from '../src/brokers/paper/venue.ts'
import { bytesOf, plainOf, readTerms, sayTerms } from '../src/brokers/paper/words.ts'
import type { WireEnd, WireRequest, WireResponse } from '../src/brokers/wire.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import type { Answer } from '../src/core/input.ts'
import type { OrderId, Tag } from '../src/core/order.ts'
import { DAY, later, SECOND } from '../src/core/time.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import type { Candidate } from './broker.exam.ts'
import { brokerExam, terms } from './broker.exam.ts'
import { HandFeed, NOON } from './house.ts'
import { Loopback } from './loopback.ts'
import { inr } from './scenario-asks.ts'

const TRAITS: Traits = {
  name: 'paper',
  lapseAfterMs: 10_000,
  reportsKeptMs: 2 * DAY,
  tagsMayBeLost: false,
  timeoutMs: 5_000,
  limits: { windows: [{ ms: 1_000, max: 10 }], keptForExits: 3 },
}
const OPENING = [{ currency: inr, cash: money('1000000') }]

type Bent = (response: WireResponse, request: WireRequest) => WireEnd

function candidate(
  bent?: Bent,
  clock = new VirtualClock(NOON),
  shelf: Shelf = new MemoryShelf(),
): Candidate & { readonly venue: Venue } {
  const feed = new HandFeed(clock)
  const venue = new Venue({ shelf, plan: 'none', opening: OPENING })
  const wire = new Loopback({ venue, feed, clock, ...(bent && { bent }) })
  return {
    venue,
    broker: new RemotePaper({ wire, timers: clock, traits: TRAITS }),
    quote: (symbol, bid, ask, size) => feed.quote(symbol, bid, ask, size),
    settle: () => clock.advance(later(clock.now(), 6 * SECOND)),
    reborn: () => candidate(bent, clock, shelf),
  }
}

brokerExam('paper over a wire', () => candidate())

const call = {
  orderId: 'paper-1' as OrderId,
  tag: 'T00TST001000001' as Tag,
  terms: terms('10'),
}

async function answerTo(bent: Bent): Promise<{ answer: Answer; orders: number }> {
  const { broker, settle, quote, venue } = candidate(bent)
  void broker.start(() => {})
  quote('INFY', 99.95, 100)
  const asking = broker.place(call)
  await settle()
  return { answer: await asking, orders: venue.books().orders.length }
}

const as = (status: number, body: Uint8Array, type = 'application/json'): WireEnd => ({
  is: 'answered',
  status,
  headers: { 'content-type': type, 'content-length': String(body.length) },
  body,
})
const HTML = new TextEncoder().encode('<html><h1>502 Bad Gateway</h1></html>')

test('whatever is not a clean answer leaves it open whether the order is there', async () => {
  const bends: readonly (readonly [string, Bent])[] = [
    ['an HTML page', () => as(502, HTML, 'text/html')],
    ['an HTML page that says 200', () => as(200, HTML, 'text/html')],
    ['HTML that says it is JSON', () => as(200, HTML)],
    ['nothing', () => as(200, new Uint8Array())],
    ['half an answer', (whole) => ({ is: 'answered', ...whole, body: whole.body.subarray(0, 9) })],
    ['no order id', () => as(200, bytesOf({ ok: true }))],
    ['an id that is a number', () => as(200, bytesOf({ brokerOrderId: 9007199254740992 }))],
    ['a time-out in the words of a refusal', () => as(400, bytesOf({ error: 'TIMEOUT' }))],
    ['a refusal nobody knows', () => as(422, bytesOf({ error: 'HM', reason: 'no' }))],
    ['a refusal without its reason', () => as(422, bytesOf({ error: 'FUNDS' }))],
    ['a line that broke', () => ({ is: 'broken', reason: 'ECONNRESET' })],
    ['an error of the server', () => as(503, bytesOf({ error: 'TROUBLE' }))],
  ]
  for (const [what, bent] of bends) {
    const { answer, orders } = await answerTo(bent)
    assert.equal(answer.is, 'unknown', what)
    assert.equal(orders, 1, what)
  }
})

test('only a line that took no byte, or a limit, says that nothing was sent', async () => {
  const refused = await answerTo(() => ({ is: 'notSent', reason: 'ECONNREFUSED' }))
  assert.equal(refused.answer.is, 'notSent')
  const limited = as(429, bytesOf({ error: 'TOO_MANY_REQUESTS', retryAfterMs: 250 }))
  const { answer } = await answerTo(() => limited)
  assert.deepEqual(answer.is === 'notSent' && answer.retryAfterMs, 250)
})

test('any bytes become one of the four answers, and nothing throws', async () => {
  const bytes = fc.uint8Array({ maxLength: 60 })
  const body = fc.oneof(bytes, fc.jsonValue().map(bytesOf))
  const bad = fc.tuple(fc.constantFrom(200, 201, 400, 422, 429, 500), body)
  await fc.assert(
    fc.asyncProperty(bad, async ([status, sent]) => {
      const { answer } = await answerTo(() => as(status, sent))
      assert.equal(answer.is, 'unknown')
    }),
    { numRuns: 200 },
  )
})

test('a byte that was changed on its way throws nothing, wherever it is', async () => {
  const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
  await fc.assert(
    fc.asyncProperty(flip, async ([where, bits]) => {
      const { broker, settle } = candidate((whole) => {
        const changed = Uint8Array.from(whole.body)
        changed[where % changed.length]! ^= bits
        return { is: 'answered', ...whole, body: changed }
      })
      const reading = broker.read()
      await settle()
      const { orders, funds } = await reading
      if (orders.ok) assert.equal(orders.rows.length, 0)
      if (funds.ok) assert.ok(funds.rows.every(({ cash }) => typeof cash === 'bigint'))
    }),
    { numRuns: 200 },
  )
})

test('each part of a reading fails by itself, and what is not counted proves nothing', async () => {
  const { broker, settle } = candidate((whole, { path }) => {
    if (path === '/trades') return as(502, HTML, 'text/html')
    if (path === '/positions') return as(200, bytesOf({ count: 3, rows: [] }))
    if (path === '/orders') return as(200, bytesOf({ rows: [] }))
    return { is: 'answered', ...whole }
  })
  const asking = broker.read()
  await settle()
  const { orders, trades, positions, funds } = await asking
  assert.deepEqual(orders, { ok: true, rows: [], proven: false })
  assert.deepEqual(trades, { ok: false, reason: 'HTTP 502' })
  assert.deepEqual(positions, { ok: false, reason: '0 rows of 3' })
  assert.ok(funds.ok && funds.proven)
})

test('a request that was garbled is refused before it counts', () => {
  const clock = new VirtualClock(NOON)
  const venue = new Venue({ shelf: new MemoryShelf(), plan: 'none', opening: OPENING })
  const server = new PaperServer({
    venue: () => venue,
    now: () => clock.now(),
    limit: () => undefined,
  })
  const bodies = [
    HTML,
    bytesOf({ tag: 'T1' }),
    bytesOf({ tag: 'T1', ...sayTerms(call.terms), quantity: 10 }),
  ]
  for (const body of bodies) {
    assert.equal(server.serve({ method: 'POST', path: '/orders', body }).status, 400)
  }
  assert.equal(venue.books().orders.length, 0)
  const nowhere = server.serve({ method: 'GET', path: '/gold', body: new Uint8Array() })
  assert.equal(nowhere.status, 404)
})

test('an order keeps every one of its terms over the wire', () => {
  const trigger = price('95')
  const asked = [
    terms('10'),
    terms('-10', { pricing: { type: 'limit', limit: price('90.05') }, validity: 'ioc' }),
    terms('-10', {
      pricing: { type: 'sl', trigger, limit: price('94.5') },
      validity: { minutes: 5 },
      disclosed: quantity('5'),
    }),
    terms('0.25', { pricing: { type: 'sl-m', trigger }, multiplier: 100n }),
  ]
  for (const each of asked) assert.deepEqual(readTerms(plainOf(bytesOf(sayTerms(each)))), each)
})
