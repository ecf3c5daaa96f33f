import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ChargesAsked } from '../src/core/asking.ts'
import type { ChargesView } from '../src/core/preview.ts'
import type { TradingDate } from '../src/core/time.ts'
import { previewOf } from '../src/desk/preview.ts'
import type { Told } from './running.ts'
import { Served } from './running.ts'
import { tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

let served: Served
before(async () => {
  served = await Served.open({ TALLYMAN_PAPER_CHARGES: 'kotak' })
})
after(() => served.running.stop())

const DAY = { plan: 'zerodha', date: '2026-11-20' as TradingDate } as const

/** `BUY 100 at 250 intraday` */
function preview(wish: string, over: Partial<ChargesAsked> = {}): ChargesView {
  const [side, quantity = '', , price = '', segment] = wish.split(' ')
  const asked = { account: 'paper', side, quantity, price, segment, ...over } as ChargesAsked
  return previewOf(asked, undefined, DAY)
}

const line = (view: ChargesView, name: string): string | undefined =>
  view.lines.find((each) => each.name === name)?.amount

test('a purchase breaks even where a sale pays for both sides, and not one tick sooner', () => {
  // Buying 100 at 500: 15 + 1.54 + 0.05 + 1.5 + 2.99 = 21.08. Selling them at 500.50, turnover
  // 50,050: 15.02 + 12.51 + 1.54 + 0.05 + 2.99 = 32.11. Together 53.19, so 0.53: ten ticks and one.
  const { total, breakEven, rule } = preview('BUY 100 at 500 intraday')
  assert.equal(total, '21.08')
  assert.deepEqual(breakEven, { move: '0.55', percent: '0.11', price: '500.55' })
  assert.equal(rule?.version, 'india-2026-04')
})

test('a sale breaks even below its price', () => {
  const { breakEven } = preview('SELL 100 at 500 intraday')
  assert.deepEqual(breakEven, { move: '0.55', percent: '0.11', price: '499.45' })
})

test('what costs nothing breaks even where it stands', () => {
  const free = preview('BUY 100 at 250 intraday', { plan: 'none' })
  assert.deepEqual([free.total, free.breakEven?.move, free.rule], ['0', '0', null])
})

test('a delivery sale that the depository’s charge eats up never breaks even', () => {
  const { breakEven, notes } = preview('SELL 1 at 10 delivery')
  assert.equal(breakEven, null)
  assert.match(notes.join(), /dp is charged once a day/)
})

test('what a trader must know of the figures stands below them', () => {
  const noted = (wish: string, over: Partial<ChargesAsked> = {}): string =>
    preview(wish, over).notes.join()
  assert.match(noted('SELL 100 at 505 intraday'), /STT to the rupee: alone it would be 13/)
  assert.match(noted('BUY 1 at 5 delivery', { date: '2019-07-09' }), /oldest rule is of 2024-10-01/)
  assert.match(noted('BUY 1 at 5 delivery', { plan: 'kotak' }), /copies of Kotak’s prices differ/)
  assert.match(noted('BUY 1 at 5 delivery', { exchange: 'BSE' }), /not read in a circular/)
  assert.match(noted('BUY 2 at 1.1 futures', { plan: 'per-lot:3.5' }), /a lot is taken to be 1/)
})

test('an option’s premium moves in ticks of its own, a share’s in those of its price', () => {
  assert.equal(preview('SELL 65 at 110 options').breakEven?.move, '1')
  assert.equal(preview('BUY 1000 at 120 intraday').breakEven?.move, '0.09')
  assert.equal(preview('BUY 1000 at 120 intraday', { date: '2025-04-14' }).breakEven?.move, '0.1')
  assert.equal(preview('BUY 1000 at 300 intraday').breakEven?.move, '0.2')
})

test('the command line needs no running desk for it', () => {
  const alone = (...args: string[]): ReturnType<typeof tallyman> =>
    tallyman(tempFolder(), ['charges', 'preview', ...args])
  const words = '--side buy --quantity 100 --price 1000'.split(' ')
  const { code, out } = alone(...words, '--date', '2026-11-20')
  assert.equal(code, 0)
  assert.match(out, /Securities transaction tax +₹100.00\n/)
  assert.match(out, /Total +₹118.74\n/)
  assert.match(out, /Rule +india-2026-04, in force since 2026-04-01; asked for 2026-11-20/)
  const old = alone(...words, '--segment', 'futures', '--date', '2025-01-01', '--json')
  assert.equal((JSON.parse(old.out) as ChargesView).rule?.version, 'india-2024-10')
  const chai = alone(...words, '--symbol', 'chai', '--product', 'mis', '--json')
  assert.equal((JSON.parse(chai.out) as ChargesView).segment, 'intraday')
})

test('what cannot be read ends with 2, a symbol that only a desk could know with 75', () => {
  const ask = (text: string): ReturnType<typeof tallyman> =>
    tallyman(tempFolder(), ['charges', 'preview', ...text.split(' ')])
  const wrong: Readonly<Record<string, RegExp>> = {
    '--side HOLD --quantity 1 --price 1': /--side HOLD/,
    '--side BUY --quantity 0 --price 1': /--quantity 0: a number above zero/,
    '--side BUY --quantity 1 --price 1 --segment intraday --product CNC': /intraday has MIS/,
    '--side BUY --quantity 1 --price 1 --symbol ACME --segment intraday': /name one of the two/,
    '--side BUY --quantity 1 --price 1 --plan cheap': /zerodha, kotak, none or per-lot/,
    '--side BUY --quantity 1 --price 1 --date 2026-02-30': /--date 2026-02-30/,
  }
  for (const [text, why] of Object.entries(wrong)) {
    const { code, err } = ask(text)
    assert.equal(code, 2, text)
    assert.match(err, why)
  }
  assert.equal(ask('--side BUY --quantity 1 --price 1 --symbol INFY').code, 75)
})

const asked = (query: string, key: string): Promise<Told> =>
  served.call('GET', `/api/v1/charges/preview?${query}`, { key })

test('the API answers by the account’s own plan, for whoever may read', async () => {
  const key = served.key('read', 'previews')
  const { status, body } = await asked('side=BUY&quantity=10&price=1000&symbol=acme', key)
  assert.equal(status, 200)
  const view = body as unknown as ChargesView
  assert.deepEqual([view.plan, view.symbol, line(view, 'brokerage')], ['kotak', 'ACME', '25'])
  const zerodha = await asked('side=BUY&quantity=10&price=1000&plan=zerodha', key)
  assert.equal(line(zerodha.body as unknown as ChargesView, 'brokerage'), '0')
})

test('the API refuses what it cannot read or does not know, by name', async () => {
  const key = served.key('read', 'refused')
  const field = async (query: string): Promise<readonly unknown[]> => {
    const { status, body } = await asked(query, key)
    return [status, body['code'], body['field']]
  }
  const order = 'side=BUY&quantity=1&price=1'
  assert.deepEqual(await field('side=BUY&quantity=1'), [400, 'FIELD_MISSING', 'price'])
  assert.deepEqual(await field(`${order}&color=red`), [400, 'FIELD_UNKNOWN', 'color'])
  assert.deepEqual(await field(`${order}&symbol=NONE`), [404, 'INSTRUMENT_NOT_FOUND', 'symbol'])
  assert.deepEqual(await field(`${order}&account=x`), [404, 'ACCOUNT_NOT_FOUND', 'account'])
  assert.equal((await served.call('GET', `/api/v1/charges/preview?${order}`)).status, 401)
})

test('an account keeps the charges it was opened with, and both books agree on them', async () => {
  const folder = tempFolder()
  await (await Served.open({ TALLYMAN_PAPER_CHARGES: 'kotak' }, folder)).running.stop()
  const again = await Served.open({ TALLYMAN_PAPER_CHARGES: 'zerodha' }, folder)
  const key = again.key('trade')
  const body = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1000 }
  const placed = await again.call('POST', '/api/v1/orders', { key, body })
  const path = `/api/v1/orders/${String(placed.body['id'])}`
  let order = placed.body
  for (let tries = 0; tries < 400 && order['status'] !== 'COMPLETE'; tries++) {
    order = (await again.call('GET', path, { key })).body
  }
  assert.equal(order['status'], 'COMPLETE', JSON.stringify(order))
  // 2.5 % of some 250 is more than 5: Kotak's minimum under its ceiling, where Zerodha takes 0.
  assert.ok(Number(order['commission']) > 5)
  const verified = await again.call('POST', '/api/v1/accounts/paper/verify', { key })
  assert.equal(verified.body['agreed'], true)
  await again.running.stop()
})
