/** Orders are found by who asked for them, whose they are, and what led to them. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { AuditView, PageView } from '../src/core/asking.ts'
import type { OrderView } from '../src/core/view.ts'
import { Views } from '../src/store/views.ts'
import { House } from './house.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'
import { tallymanBeside } from './spawned.ts'
import { tempFolder } from './temp.ts'

let served: Served
const keys: Record<string, string> = {}
const REST = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1 }

before(async () => {
  served = await Served.open()
  for (const name of ['my bot', 'other']) keys[name] = served.key('trade', name)
  for (const [key, over] of [
    ['my bot', { signalId: 'tv 1' }],
    ['my bot', { signalId: 'tv 1', strategy: 'dip' }],
    ['my bot', { approvalId: 'boss=7' }],
    ['other', { signalId: 'tv 1', approvalId: 'boss=7', strategy: 'dip' }],
    ['other', {}],
  ] as const) {
    const { status, text } = await ask(`/orders`, { key: keys[key]!, body: { ...REST, ...over } })
    assert.equal(status, 201, text)
  }
})
after(() => served.running.stop())

type Asking = { readonly key?: string; readonly body?: unknown }

const ask = (path: string, { key = keys['other']!, body }: Asking = {}): Promise<Told> =>
  served.call(body === undefined ? 'GET' : 'POST', `/api/v1${path}`, { key, body })

async function page<T>(path: string, query: Record<string, string>): Promise<PageView<T>> {
  const told = await ask(`${path}?${new URLSearchParams(query).toString()}`)
  assert.equal(told.status, 200, told.text)
  return told.body as unknown as PageView<T>
}

const summary = ({ by, owner, signalId, approvalId }: OrderView): string =>
  [by, owner, signalId, approvalId].join(' / ')
const found = async (query: Record<string, string>): Promise<string[]> =>
  (await page<OrderView>('/orders', query)).items.map(summary)

const [ONE, TWO, THREE, FOUR, FIVE] = [
  'key:my bot / manual / tv 1 / ',
  'key:my bot / strategy:dip / tv 1 / ',
  'key:my bot / manual /  / boss=7',
  'key:other / strategy:dip / tv 1 / boss=7',
  'key:other / manual /  / ',
] as const

test('orders are found by caller, owner, strategy, signal and approval', async () => {
  assert.deepEqual(await found({ by: 'key:my bot' }), [THREE, TWO, ONE])
  assert.deepEqual(await found({ owner: 'manual' }), [FIVE, THREE, ONE])
  assert.deepEqual(await found({ strategy: 'dip' }), [FOUR, TWO])
  assert.deepEqual(await found({ owner: 'strategy:dip' }), [FOUR, TWO])
  assert.deepEqual(await found({ signalId: 'tv 1' }), [FOUR, TWO, ONE])
  assert.deepEqual(await found({ approvalId: 'boss=7' }), [FOUR, THREE])
  assert.deepEqual(await found({ by: 'key:other', signalId: 'tv 1', account: 'paper' }), [FOUR])
  assert.deepEqual(await found({ signalId: 'tv' }), [], 'whole, not a part of it')
})

test('pages of what was found meet without a gap', async () => {
  const query = { by: 'key:my bot', limit: '1' }
  const parts: string[] = []
  let cursor: Record<string, string> = {}
  for (;;) {
    const { items, next } = await page<OrderView>('/orders', { ...query, ...cursor })
    parts.push(...items.map(summary))
    if (next === null) break
    cursor = { cursor: String(next) }
  }
  assert.deepEqual(parts, [THREE, TWO, ONE])
})

test('the audit trail is found by caller too', async () => {
  const { items } = await page<AuditView>('/audit', { by: 'key:my bot', limit: '500' })
  assert.ok(items.length >= 3)
  assert.ok(items.every(({ by }) => by === 'key:my bot'))
  assert.deepEqual((await page<AuditView>('/audit', { by: 'key:my' })).items, [])
})

test('two words for an owner, and what is no name, are refused', async () => {
  const both = await ask('/orders?owner=manual&strategy=dip')
  assert.deepEqual([both.status, both.body['field']], [400, 'strategy'])
  for (const [query, field] of [
    ['by=%0A', 'by'],
    ['signalId=', 'signalId'],
    [`approvalId=${'x'.repeat(101)}`, 'approvalId'],
  ]) {
    const { status, body } = await ask(`/orders?${query}`)
    assert.deepEqual([status, body['field']], [400, field])
  }
})

test('the command line asks for the same', async () => {
  const run = async (...args: string[]): Promise<OrderView[]> => {
    const { out, err, code } = await tallymanBeside(served.config.data, [...args, '--json'])
    assert.equal(code, 0, err)
    return (JSON.parse(out) as PageView<OrderView>).items as OrderView[]
  }
  const list = ['order', 'list']
  assert.deepEqual((await run(...list, '--by', 'key:my bot')).map(summary), [THREE, TWO, ONE])
  assert.deepEqual((await run(...list, '--signal', 'tv 1', '--strategy', 'dip')).length, 2)
  assert.deepEqual((await run(...list, '--approval', 'boss=7', '--owner', 'manual')).length, 1)
  assert.ok((await run('audit', '--by', 'key:other')).length >= 2)
  assert.deepEqual(await run('journal', 'show', '--by', 'nobody'), [])
})

test('what is found on the screens is what is in memory, whoever asked', async () => {
  const file = join(tempFolder(), 'views.db')
  const house = await House.open({
    views: (journal) => new Views({ file, journal, say: assert.fail }),
  })
  for (let n = 0; n < 20; n++) {
    const strategy = n % 3 === 0 ? 'dip' : undefined
    await house.place('BUY 1 INFY 90', { strategy, signalId: n % 4 === 0 ? 's' : undefined })
  }
  const inMemory = [...house.account.orders.values()].toReversed()
  const asked = house.front.ask({ about: 'orders', limit: 100, signalId: 's', owner: 'manual' })
  await house.pass(0)
  const wanted = inMemory.filter(({ refs, owner }) => refs.signalId === 's' && owner === 'manual')
  assert.ok(wanted.length > 1)
  assert.deepEqual(
    (await asked).items.map(({ id }) => id),
    wanted.map(({ id }) => id),
  )
})
