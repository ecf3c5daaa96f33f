import assert from 'node:assert/strict'
import { test } from 'node:test'
import { price } from '../src/core/amount.ts'
import { NO_CHARGES } from '../src/core/charges.ts'
import { executionView } from '../src/core/execution.ts'
import type { FillView, OrderView } from '../src/core/view.ts'
import { orderView } from '../src/core/view.ts'
import { House } from './house.ts'

/** A buy of 100 at 251 that traded 60 at 250.50 and 30 at 250.80; the market stood at 250.25. */
async function partlyFilled(): Promise<OrderView> {
  const house = await House.open()
  await house.place('BUY 100 INFY 99')
  await house.pass(1)
  const [order] = house.account.orders.values()
  const view = orderView('paper', { ...order!, charges: NO_CHARGES })
  const fill = (quantity: string, at: string): FillView => ({
    account: 'paper',
    orderId: view.id,
    exchangeOrderId: 'X1',
    fillId: `${view.id}-${quantity}`,
    tradeId: `T${quantity}`,
    symbol: 'INFY',
    exchange: 'NSE',
    side: 'BUY',
    quantity,
    price: at,
    isBust: false,
    at: view.submittedAt,
    exchangeAt: view.submittedAt,
  })
  const fills = [fill('60', '250.5'), fill('30', '250.8')]
  const traded = { filled: '90', remaining: '10', average: '250.6' }
  return { ...view, ...traded, fills, price: '251', arrival: '250.25' }
}

test('a report of an order that is filled in parts, by hand', async () => {
  // 60 × 250.50 + 30 × 250.80 = 15,030 + 7,524 = 22,554; a unit cost 250.60.
  const report = executionView(await partlyFilled(), price('250.7'))
  assert.deepEqual([report.requested, report.filled, report.remaining], ['100', '90', '10'])
  assert.equal(report.average, '250.6')
  assert.deepEqual(report.slippage, {
    arrival: { price: '250.25', perUnit: '0.35', amount: '31.5' }, // 22,554 − 90 × 250.25
    limit: { price: '251', perUnit: '-0.4', amount: '-36' }, // 22,554 − 90 × 251
    vwap: { price: '250.7', perUnit: '-0.1', amount: '-9' }, // 22,554 − 90 × 250.70
  })
})

test('what is dear to a buyer is cheap to a seller', async () => {
  const view = await partlyFilled()
  const fills = view.fills.map((fill) => ({ ...fill, side: 'SELL' as const }))
  const { slippage } = executionView({ ...view, side: 'SELL', fills }, undefined)
  assert.deepEqual(slippage.arrival, { price: '250.25', perUnit: '-0.35', amount: '-31.5' })
  assert.equal(slippage.vwap, null)
})

test('without a fill there is nothing to compare', async () => {
  const view = await partlyFilled()
  const { slippage } = executionView({ ...view, fills: [] }, price('250'))
  assert.deepEqual(slippage, { arrival: null, limit: null, vwap: null })
})

test('a trade that was taken back cost nothing', async () => {
  const view = await partlyFilled()
  const [first, second] = view.fills
  const bust: FillView = { ...second!, side: 'SELL', isBust: true }
  const report = executionView({ ...view, fills: [first!, second!, bust] }, undefined)
  const { perUnit, amount } = report.slippage.arrival!
  assert.deepEqual([perUnit, amount], ['0.25', '15']) // 60 × (250.50 − 250.25)
  const all = [second!, bust]
  assert.equal(executionView({ ...view, fills: all }, undefined).slippage.arrival, null)
})
