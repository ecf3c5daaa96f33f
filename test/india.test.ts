import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPrice, formatQuantity, price, quantity } from '../src/core/amount.ts'
import type { TradingDate } from '../src/core/time.ts'
import { freezeOn, tickOn } from '../src/market/india.ts'

const today = '2026-11-20' as TradingDate

test('a share’s tick grows with its price, by the table in force that day', () => {
  const tick = (at: string, date = today): string => formatPrice(tickOn('equity', price(at), date))
  const prices = ['249.99', '250', '1000', '5000', '10000', '20000', '150000']
  const steps = prices.map((at) => tick(at))
  assert.deepEqual(steps, ['0.01', '0.05', '0.1', '0.5', '1', '5', '5'])
  assert.equal(tick('100', '2025-04-14' as TradingDate), '0.05')
})

test('an option keeps its tick whatever its premium', () => {
  assert.equal(formatPrice(tickOn('options', price('12'), today)), '0.05')
})

test('the quantity freeze of an index contract is cut to whole lots', () => {
  const most = (underlying: string, lot: string): string | undefined => {
    const found = freezeOn(underlying, quantity(lot), today)
    return found && formatQuantity(found)
  }
  assert.equal(most('NIFTY', '65'), '1755')
  assert.equal(most('BANKNIFTY', '30'), '600')
  assert.equal(most('RELIANCE', '500'), undefined)
  assert.equal(freezeOn('NIFTY', quantity('65'), '2026-08-02' as TradingDate), undefined)
})
