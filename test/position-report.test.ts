import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reading } from '../src/brokers/broker.ts'
import { plus, price, quantity } from '../src/core/amount.ts'
import type { PositionReportView } from '../src/core/position-report.ts'
import type { House } from './house.ts'
import { wrapped } from './wrapped.ts'

async function held() {
  const { house, broker } = await wrapped()
  await house.pass(3)
  await house.place('BUY 10 INFY', { strategy: 'x' })
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  return { house, broker }
}

async function report(house: House): Promise<PositionReportView> {
  const asking = house.front.ask({ about: 'positionReport', account: 'paper' })
  await house.pass(1)
  const found = await asking
  assert.ok(found)
  return found
}

/** What the broker shows, otherwise. */
const twisted =
  (size: string, at?: string) =>
  ({ positions, ...reading }: Reading): Reading => {
    const rows = (positions.ok ? positions.rows : []).map((row) => {
      const changed = plus(row.quantity, quantity(size))
      return { ...row, quantity: changed, average: at ? price(at) : row.average }
    })
    return { ...reading, positions: { ok: true, rows, proven: true } }
  }

test('each position stands beside the broker’s, with sums that add up', async () => {
  const { house } = await held()
  house.feed.quote('INFY', 104.95, 105.05)
  const { totalPositions, matched, mismatched, positions, summary } = await report(house)
  assert.deepEqual([totalPositions, matched, mismatched], [1, 1, 0])
  const [infy] = positions
  assert.deepEqual([infy?.symbol, infy?.match, infy?.differences], ['INFY', true, []])
  assert.deepEqual(infy?.ours, { quantity: '10', average: '100', realized: '0', unrealized: '50' })
  assert.deepEqual(infy?.broker, { quantity: '10', average: '100' })
  assert.deepEqual(summary, { currency: 'INR', totalRealized: '0', totalUnrealized: '50' })
})

test('another quantity at the broker is a difference at once, so is another average', async () => {
  const { house, broker } = await held()
  broker.twist = twisted('119')
  const [first] = (await report(house)).positions
  assert.deepEqual(first?.differences, ['quantity: ours 10, broker 129'])
  await house.pass(30)
  const again = await report(house)
  assert.deepEqual([again.matched, again.mismatched], [0, 1], 'a break does not hide it')
  broker.twist = twisted('0', '102')
  await house.pass(90)
  const [slipped] = (await report(house)).positions
  assert.deepEqual(slipped?.differences, ['average: ours 100, broker 102'])
})

test('positions that could not be read are not taken for none', async () => {
  const { house, broker } = await held()
  broker.twist = (reading) => ({ ...reading, positions: { ok: false, reason: 'HTTP 503' } })
  const { mismatched, positions } = await report(house)
  assert.equal(mismatched, 1)
  const [infy] = positions
  assert.equal(infy?.broker, null)
  assert.deepEqual(infy?.differences, ['the broker’s positions could not be read: HTTP 503'])
})
