import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Money } from '../src/core/amount.ts'
import { formatMoney, money, quantity } from '../src/core/amount.ts'
import type { Chargeable } from '../src/core/charges.ts'
import {
  CHARGE_NAMES,
  chargesOn,
  onContractNote,
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

/** Every line by hand from the circulars' rates; `gst` is 18 % of the lines it is taken on. */
const BY_HAND: readonly (readonly [string, string, Partial<Chargeable>, readonly string[]])[] = [
  // 100 shares at 1,000.                        brokerage   stt   exchange  sebi  stamp   dp    gst
  ['delivery', '100000', {}, ['0', '100', '3.07', '0.1', '15', '0', '0.57']],
  [
    'delivery, out of the depository',
    '100000',
    { side: 'sell', dp: 'due' },
    ['0', '100', '3.07', '0.1', '0', '13', '2.91'], // 18 % of 16.17
  ],
  ['delivery', '100000', { plan: 'kotak' }, ['250', '100', '3.07', '0.1', '15', '0', '45.57']],
  [
    'delivery, out of the depository',
    '100000',
    { plan: 'kotak', side: 'sell', dp: 'due' },
    ['250', '100', '3.07', '0.1', '0', '40', '45.57'], // its page adds no GST to the 0.04 %
  ],
  // 100 shares at 505: 0.03 % is 15.15, 0.025 % is 12.625, 0.00307 % is 1.55035.
  ['intraday', '50500', { product: 'MIS' }, ['15.15', '0', '1.55', '0.05', '1.52', '0', '3.02']],
  [
    'intraday',
    '50500',
    { product: 'MIS', side: 'sell' },
    ['15.15', '12.63', '1.55', '0.05', '0', '0', '3.02'],
  ],
  [
    'intraday',
    '50500',
    { plan: 'kotak', product: 'MIS' },
    ['0', '0', '1.55', '0.05', '1.52', '0', '0.29'],
  ],
  [
    'intraday',
    '50500',
    { plan: 'kotak', product: 'MIS', side: 'sell' },
    ['0', '12.63', '1.55', '0.05', '0', '0', '0.29'],
  ],
  // 65 of an index future at 24,000: 0.03 % would be 468, 0.00183 % is 28.548.
  [
    'futures',
    '1560000',
    { group: 'futures', product: 'NRML' },
    ['20', '0', '28.55', '1.56', '31.2', '0', '9.02'],
  ],
  [
    'futures',
    '1560000',
    { group: 'futures', product: 'NRML', side: 'sell' },
    ['20', '780', '28.55', '1.56', '0', '0', '9.02'],
  ],
  [
    'futures carried over',
    '1560000',
    { plan: 'kotak', group: 'futures', product: 'NRML' },
    ['20', '0', '28.55', '1.56', '31.2', '0', '9.02'],
  ],
  [
    'futures within the day',
    '1560000',
    { plan: 'kotak', group: 'futures', product: 'MIS', side: 'sell' },
    ['0', '780', '28.55', '1.56', '0', '0', '5.42'],
  ],
  // 65 of an option at 110: 0.03553 % is 2.540395, 0.15 % is 10.725.
  [
    'options',
    '7150',
    { group: 'options', product: 'NRML' },
    ['20', '0', '2.54', '0.01', '0.21', '0', '4.06'],
  ],
  [
    'options',
    '7150',
    { group: 'options', product: 'NRML', side: 'sell' },
    ['20', '10.73', '2.54', '0.01', '0', '0', '4.06'],
  ],
  [
    'options carried over',
    '7150',
    { plan: 'kotak', group: 'options', product: 'NRML', side: 'sell' },
    ['20', '10.73', '2.54', '0.01', '0', '0', '4.06'],
  ],
  [
    'options within the day',
    '7150',
    { plan: 'kotak', group: 'options', product: 'MIS' },
    ['0', '0', '2.54', '0.01', '0.21', '0', '0.46'],
  ],
]

for (const [name, turnover, over, expected] of BY_HAND) {
  const { plan = 'zerodha', side = 'buy' } = over
  test(`${plan}: a ${side} of ${turnover} in ${name} costs what the circulars say`, () => {
    const byHand = Object.fromEntries(CHARGE_NAMES.map((line, at) => [line, expected[at]]))
    assert.deepEqual(lines(over, turnover), byHand)
  })
}

test('BSE has transaction charges of its own', () => {
  const on = (over: Partial<Chargeable>, turnover: string): string | undefined =>
    lines({ exchange: 'BSE', ...over }, turnover)['exchange']
  assert.equal(on({}, '100000'), '3.75')
  assert.equal(on({ group: 'futures', product: 'NRML' }, '1560000'), '0')
  assert.equal(on({ group: 'options', product: 'NRML' }, '7150'), '2.32')
})

test('a rule holds from its day on, and the day before has the old one', () => {
  const sold = (group: 'futures' | 'options', on: string): string | undefined =>
    lines({ group, product: 'NRML', side: 'sell', date: on as TradingDate }, '100000')['stt']
  assert.deepEqual([sold('futures', '2026-03-31'), sold('futures', '2026-04-01')], ['20', '50'])
  assert.deepEqual([sold('options', '2026-03-31'), sold('options', '2026-04-01')], ['100', '150'])
  assert.equal(ruleOn('2026-03-31' as TradingDate).version, 'india-2024-10')
})

test('prices older than the oldest rule are charged by it, and it says so', () => {
  assert.deepEqual(ruleOn(date), { version: 'india-2026-04', from: '2026-04-01', older: false })
  assert.equal(ruleOn('2019-07-09' as TradingDate).older, true)
})

test('intraday brokerage at Zerodha is a fraction below its cap', () => {
  assert.equal(lines({ product: 'MIS' }, '10000')['brokerage'], '3')
  assert.equal(lines({ product: 'MIS' }, '100000')['brokerage'], '20')
})

test('delivery at Kotak has a minimum, and the minimum a ceiling', () => {
  const brokerage = (turnover: string): string | undefined =>
    lines({ plan: 'kotak' }, turnover)['brokerage']
  assert.deepEqual(['10000', '8000', '1000', '400'].map(brokerage), ['25', '20', '20', '10'])
})

test('the depository is paid by the first delivery sale of the day alone', () => {
  const dp = (over: Partial<Chargeable>): string | undefined => lines(over, '10000')['dp']
  assert.equal(dp({ side: 'sell', dp: 'due' }), '13')
  assert.equal(dp({ side: 'sell' }), '0')
  assert.equal(dp({ side: 'buy', dp: 'due' }), '0')
  assert.equal(dp({ side: 'sell', dp: 'due', product: 'MIS' }), '0')
})

test('a plan per lot charges lots in any currency, and nothing else', () => {
  const over = { plan: 'per-lot:3.5', group: 'fx', currency: currency('USD') } as const
  const paid = lines({ ...over, lots: quantity('2') }, '220000')
  assert.equal(paid['brokerage'], '7')
  assert.equal(lines({ ...over, lots: quantity('0.01') }, '1100')['brokerage'], '0.04')
  const rest = CHARGE_NAMES.filter((name) => name !== 'brokerage').map((name) => paid[name])
  assert.deepEqual(new Set(rest), new Set(['0']))
  assert.throws(() => lines(over, '220000'), /per-lot:3.5 is told how many lots were traded/)
})

test('what a plan or a currency has no rule for costs nothing', () => {
  assert.equal(totalCharges(chargesOn(what({ plan: 'none' }), money('100000'))), 0n)
  assert.equal(totalCharges(chargesOn(what({ currency: currency('USD') }), money('100000'))), 0n)
})

test('an order keeps paise of STT, a contract note rounds the day to the rupee', () => {
  const sold = chargesOn(what({ product: 'MIS', side: 'sell' }), money('50500'))
  const { stt, exchange } = sold
  assert.equal(formatMoney(stt), '12.63')
  assert.equal(formatMoney(onContractNote('stt', stt, date)), '13')
  assert.equal(formatMoney(onContractNote('stt', money('12.49'), date)), '12')
  assert.equal(formatMoney(onContractNote('exchange', exchange, date)), '1.55')
})

test('an order filled in parts is charged as much as one filled at once', () => {
  const turnover = fc.bigInt(1n, 10n ** 22n).map((units) => units as Money)
  const plan = fc.constantFrom('zerodha' as const, 'kotak' as const)
  const product = fc.constantFrom('MIS' as const, 'CNC' as const)
  fc.assert(
    fc.property(turnover, turnover, plan, product, (first, second, whose, as) => {
      const whole = (first + second) as Money
      const over = { plan: whose, product: as, side: 'sell', dp: 'due' } as const
      const after = chargesOn(what(over), whole)
      const before = chargesOn(what(over), first)
      const added = totalCharges(subtractCharges(after, before))
      assert.equal(totalCharges(before) + added, totalCharges(after))
      assert.ok(CHARGE_NAMES.every((name) => after[name] >= before[name]))
    }),
  )
})
