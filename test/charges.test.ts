import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Money } from '../src/core/amount.ts'
import { formatMoney, money } from '../src/core/amount.ts'
import type { Chargeable } from '../src/core/charges.ts'
import {
  CHARGE_NAMES,
  chargesOn,
  ruleOn,
  subtractCharges,
  totalCharges,
} from '../src/core/charges.ts'
import { currency } from '../src/core/instrument.ts'
import type { TradingDate } from '../src/core/time.ts'

const date = '2026-11-20' as TradingDate
const what = (over: Partial<Chargeable>): Chargeable => ({
  plan: 'zerodha',
  group: 'equity',
  product: 'CNC',
  currency: currency('INR'),
  side: 'buy',
  date,
  ...over,
})
const lines = (over: Partial<Chargeable>, turnover: string): Record<string, string> => {
  const charged = chargesOn(what(over), money(turnover))
  return Object.fromEntries(CHARGE_NAMES.map((name) => [name, formatMoney(charged[name])]))
}

// Reckoned by hand from the circulars' rates on a turnover of 1,00,000.
test('a delivery purchase of one lakh', () => {
  assert.deepEqual(lines({}, '100000'), {
    brokerage: '0',
    stt: '100',
    exchange: '3.07',
    sebi: '0.1',
    stamp: '15',
    gst: '0.57',
  })
})

test('an intraday sale of one lakh', () => {
  assert.deepEqual(lines({ product: 'MIS', side: 'sell' }, '100000'), {
    brokerage: '20',
    stt: '25',
    exchange: '3.07',
    sebi: '0.1',
    stamp: '0',
    gst: '4.17',
  })
})

test('intraday brokerage is a fraction below its cap', () => {
  assert.equal(lines({ product: 'MIS' }, '10000')['brokerage'], '3')
})

test('options pay a flat brokerage and tax on the premium sold', () => {
  const sold = lines({ group: 'options', product: 'NRML', side: 'sell' }, '20000')
  assert.equal(sold['brokerage'], '20')
  assert.equal(sold['stt'], '30')
  assert.equal(sold['exchange'], '7.11')
})

test('what a plan or a currency has no rule for costs nothing', () => {
  assert.equal(totalCharges(chargesOn(what({ plan: 'none' }), money('100000'))), 0n)
  assert.equal(totalCharges(chargesOn(what({ currency: currency('USD') }), money('100000'))), 0n)
})

test('an order filled in parts is charged as much as one filled at once', () => {
  const turnover = fc.bigInt(1n, 10n ** 22n).map((units) => units as Money)
  fc.assert(
    fc.property(turnover, turnover, (first, second) => {
      const whole = (first + second) as Money
      const after = chargesOn(what({ product: 'MIS' }), whole)
      const before = chargesOn(what({ product: 'MIS' }), first)
      const added = totalCharges(subtractCharges(after, before))
      assert.equal(totalCharges(before) + added, totalCharges(after))
    }),
  )
})

test('prices older than the oldest rule are charged by it, and it says so', () => {
  assert.deepEqual(ruleOn(date), { version: 'zerodha-nse-2026-04', older: false })
  assert.equal(ruleOn('2019-07-09' as TradingDate).older, true)
})
