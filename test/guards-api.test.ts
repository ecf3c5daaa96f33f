import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { AlertView, CloseView, GuardsView } from '../src/core/guard-port.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'

let served: Served
let admin: string

before(async () => {
  served = await Served.open()
  admin = served.key('admin')
})
after(() => served.running.stop())

type Call = { readonly key?: string; readonly id?: string; readonly of?: Served }

const ask = (method: string, path: string, body?: object, { key, id, of }: Call = {}) =>
  (of ?? served).call(method, `/api/v1${path}`, {
    key: key ?? admin,
    body,
    headers: id === undefined ? {} : { 'idempotency-key': id },
  })

const post = (path: string, body: object, call?: Call): Promise<Told> =>
  ask('POST', path, body, call)

const standing = async (call?: Call): Promise<GuardsView> =>
  ((await ask('GET', '/guards', undefined, call)).body['items'] as readonly GuardsView[])[0]!

/** Asks again and again, as somebody who waits for it does. */
async function until(is: (found: GuardsView) => boolean, call?: Call): Promise<GuardsView> {
  for (let tries = 0; tries < 300; tries++) {
    const found = await standing(call)
    if (is(found)) return found
    await pause(100)
  }
  throw new Error('it never came about')
}

const buy = (quantity: number, call?: Call): Promise<Told> =>
  post('/orders', { symbol: 'ACME', side: 'BUY', quantity, type: 'MARKET' }, call)

test('an account begins with the guard of the settings, armed once it has a base', async () => {
  const found = await until(({ status }) => status === 'armed')
  assert.deepEqual(
    found.rules.map(({ rule, base, floor, state }) => [rule, base, floor, state]),
    [
      ['drawdown-warning', '1000000', '850000', 'ok'],
      ['drawdown', '1000000', '800000', 'ok'],
    ],
  )
  assert.match(found.says, /^armed, orders unproven today$/)
  assert.deepEqual((await ask('GET', '/guards?account=nobody')).status, 404)
})

test('a position is closed by hand, confirmed flat, once however often it is asked', async () => {
  assert.equal((await buy(300)).status, 201)
  const { positions } = await until((each) => each.positions[0]?.quantity === '300')
  const { positionId } = positions[0]!
  assert.equal(positionId, 'paper/SIM:ACME/CNC/manual')
  const body = { positionId, reason: 'enough' }
  const [first, second] = await Promise.all([
    post('/guards/manual-close', body, { id: 'once' }),
    post('/guards/manual-close', { position_id: positionId, reason: 'enough' }),
  ])
  assert.equal(first.status, 200, first.text)
  const closed = first.body as unknown as CloseView
  assert.deepEqual([closed.confirmed, closed.closedQuantity, closed.remaining], [true, '300', '0'])
  assert.equal(closed.orderIds.length, 1)
  assert.ok(Number(closed.price) > 0)
  assert.deepEqual((second.body as unknown as CloseView).orderIds, closed.orderIds)
  const again = await post('/guards/manual-close', body, { id: 'once' })
  assert.deepEqual([again.status, again.body], [200, first.body])
  const gone = await post('/guards/manual-close', body)
  assert.deepEqual([gone.status, gone.body['code']], [404, 'NOTHING_TO_CLOSE'])
})

test('a close at a price that nobody pays is answered with 202, and is called off', async () => {
  await buy(10)
  await until((each) => each.positions[0]?.quantity === '10')
  const asked = await post('/guards/manual-close', {
    positionId: 'ACME',
    reason: 'at my price',
    price: '9000',
  })
  assert.equal(asked.status, 202, asked.text)
  const { closing, remaining, confirmed } = asked.body as unknown as CloseView
  assert.deepEqual([remaining, confirmed], ['10', false])
  const know = await post('/guards/acknowledge', { closing })
  assert.equal(know.status, 200)
  const typed = await post('/guards/stop-close', { closing })
  assert.deepEqual([typed.status, typed.body['code']], [422, 'NOT_CONFIRMED'])
  assert.equal((await post('/guards/stop-close', { closing, confirm: 'paper' })).status, 200)
  assert.deepEqual((await standing()).closings, [])
  const none = await post('/guards/stop-close', { closing, confirm: 'paper' })
  assert.equal(none.status, 404)
})

test('the kill switch pauses, cancels and flattens, and only its key lifts it', async () => {
  const trade = served.key('trade')
  const halt = (level: string): Promise<Told> =>
    post('/guards/halt', { level, reason: 'the feed is wrong' }, { key: trade })
  assert.equal((await halt('pause')).status, 200)
  const denied = await buy(1)
  assert.deepEqual([denied.status, denied.body['code']], [422, 'TRADING_PAUSED'])
  assert.equal((await halt('cancel')).status, 200)
  assert.equal((await halt('flatten')).status, 200)
  await until(({ closings, positions }) => closings.length === 0 && positions.length === 0)
  const resume = { confirm: 'paper', reason: 'looked into it' }
  assert.equal((await post('/guards/resume', resume, { key: trade })).status, 403)
  assert.equal((await post('/guards/resume', { reason: 'x' })).body['code'], 'NOT_CONFIRMED')
  assert.equal((await post('/guards/resume', resume)).status, 200)
  assert.equal((await standing()).blocked, null)
})

test('rules are set from presets and by hand; what is none is refused by its field', async () => {
  assert.equal((await post('/guards', { preset: 'ftmo-2-step', initial: 1000000 })).status, 200)
  const rule = { name: 'mine', base: 'fixed', at: '5', consequence: 'warn' }
  assert.equal((await post('/guards', { rule })).status, 200)
  const names = (await standing()).rules.map((each) => each.rule)
  assert.deepEqual(names, ['drawdown-warning', 'drawdown', 'daily-loss', 'max-loss', 'mine'])
  const wrong = async (body: object): Promise<string> => {
    const { status, body: said } = await post('/guards', body)
    return `${status} ${String(said['code'])}`
  }
  assert.equal(await wrong({ preset: 'nothing' }), '422 GUARD_RULE_WRONG')
  assert.equal(await wrong({ preset: 'intraday-trailing' }), '422 GUARD_RULE_WRONG')
  assert.equal(await wrong({}), '422 GUARD_RULE_WRONG')
  assert.equal(await wrong({ rule: { ...rule, base: 'initial' } }), '422 GUARD_RULE_WRONG')
  assert.equal(
    await wrong({ rule: { ...rule, zone: 'Mars', time: '00:00' } }),
    '422 GUARD_RULE_WRONG',
  )
  assert.equal(await wrong({ rule: { ...rule, base: 'moon' } }), '400 FIELD_NOT_READABLE')
  const remove = { rule: 'mine', confirm: 'paper' }
  assert.equal((await post('/guards/remove', remove)).status, 200)
  assert.equal((await post('/guards/remove', remove)).status, 404)
  const { body } = await ask('GET', '/guards/presets')
  assert.ok((body['items'] as readonly unknown[]).length >= 10)
  const cash = await post('/guards/cash', { currency: 'INR', as: 'loss' })
  assert.equal(cash.status, 404)
})

test('on a real desk a breach is warned of, announced, closed, and armed by a person', async () => {
  const strict = await Served.open({
    MAX_DRAWDOWN_PERCENT: '0.01',
    DRAWDOWN_ALERT_THRESHOLD_PERCENT: '0.005',
    PRE_LIQUIDATION_WARNING_SECONDS: '1',
    MIN_EQUITY: '100',
    MIN_EQUITY_GBP: '999999999',
  })
  try {
    const of = strict
    const call = { of, key: strict.key('admin') }
    const before = await until(({ status }) => status === 'armed', call)
    assert.deepEqual(before.rules.map(({ rule }) => rule).at(-1), 'min-equity')
    await buy(3_000, call) // what its spread costs is too much already
    const { blocked } = await until(({ closings }) => closings.length > 0, call)
    assert.equal(blocked?.code, 'GUARD_CLOSING')
    const over = await until(({ closings }) => closings.length === 0, call)
    assert.deepEqual([over.positions, over.status], [[], 'not armed'])
    assert.equal((await buy(1, call)).body['code'], 'GUARD_TRIPPED')
    const { body } = await ask('GET', '/guards/alerts', undefined, call)
    const alerts = body['items'] as readonly AlertView[]
    const kinds = alerts.map(({ alertType }) => alertType).toReversed()
    assert.deepEqual(kinds.slice(0, 3), ['warning', 'liquidation', 'liquidation'])
    const page = await ask('GET', '/guards/alerts?limit=1&account=paper', undefined, call)
    assert.equal((page.body['items'] as readonly unknown[]).length, 1)
    const arm = await post('/guards/arm', { confirm: 'paper', reason: 'seen' }, call)
    assert.equal(arm.status, 200, arm.text)
    await until(({ status }) => status === 'armed', call)
    const off = await post('/guards/disarm', { confirm: 'paper', reason: 'a test' }, call)
    assert.equal((off.body['items'] as readonly GuardsView[])[0]?.status, 'disarmed')
  } finally {
    await strict.running.stop()
  }
})
