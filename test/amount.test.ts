import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Money, Price, Quantity } from '../src/core/amount.ts'
import {
  affordable,
  average,
  charge,
  formatMoney,
  formatPrice,
  formatQuantity,
  money,
  pointsOfPrice,
  price,
  priceOfPoints,
  quantity,
  rate,
  share,
  times,
  whyNotDecimal,
} from '../src/core/amount.ts'
import { currency } from '../src/core/instrument.ts'
import { moneyText, priceText } from '../src/core/wording.ts'

const anyUnits = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })

test('an amount written and read again is the same amount', () => {
  fc.assert(
    fc.property(anyUnits, (units) => {
      assert.equal(price(formatPrice(units as Price)), units)
      assert.equal(quantity(formatQuantity(units as Quantity)), units)
      assert.equal(money(formatMoney(units as Money)), units)
    }),
  )
})

test('the short way of reading an amount agrees with the long one', () => {
  const digits = fc.stringMatching(/^\d{1,18}$/)
  fc.assert(
    fc.property(digits, fc.stringMatching(/^\d{1,8}$/), fc.boolean(), (whole, fraction, minus) => {
      const text = `${minus ? '-' : ''}${whole}.${fraction}`
      const units = BigInt(whole + fraction.padEnd(8, '0'))
      assert.equal(price(text), minus ? -units : units)
    }),
  )
})

test('what is no plain decimal number is refused', () => {
  for (const text of [
    '',
    '-',
    '.',
    '1.',
    '.5',
    '1e5',
    ' 1',
    '1 ',
    '+1',
    '1,5',
    '0x1',
    '--1',
    'NaN',
  ]) {
    assert.throws(() => price(text), RangeError, text)
    assert.notEqual(whyNotDecimal(text, 8), undefined, text)
  }
  assert.throws(() => price('1.123456789'), /More than 8 decimals/)
  assert.match(whyNotDecimal('1.123456789', 8) ?? '', /at most 8 decimals/)
  assert.match(whyNotDecimal('1234567890123456', 8) ?? '', /at most 15 digits/)
})

test('price times quantity is money with nothing to round', () => {
  assert.equal(
    formatMoney(times(price('0.00000001'), quantity('0.00000001'))),
    '0.0000000000000001',
  )
  assert.equal(formatMoney(times(price('101.25'), quantity('-75'), 2n)), '-15187.5')
})

test('what a share leaves over stays with the rest', () => {
  const parts = fc.tuple(anyUnits, fc.bigInt(1n, 10n ** 12n), fc.bigInt(1n, 10n ** 12n))
  fc.assert(
    fc.property(parts, ([total, a, b]) => {
      const part = share(total as Money, a as Quantity, (a + b) as Quantity)
      const rest = total - part
      assert.equal(part + rest, total)
      const size = (value: bigint): bigint => (value < 0n ? -value : value)
      assert.ok(size(part) <= size(total))
    }),
  )
})

test('averages and charges are rounded half away from zero', () => {
  assert.equal(formatPrice(average(money('100'), quantity('3'))), '33.33333333')
  assert.equal(formatPrice(average(money('200'), quantity('3'))), '66.66666667')
  assert.equal(formatPrice(average(money('-200'), quantity('-3'))), '66.66666667')
  assert.equal(formatPrice(average(money('300'), quantity('2'), 75n)), '2')
  assert.equal(formatMoney(charge(money('50'), rate('0.0001'))), '0.01')
  assert.equal(formatMoney(charge(money('49.99'), rate('0.0001'))), '0')
})

test('capital buys whole lots, and never more than it can pay', () => {
  const at = price('99.95')
  assert.equal(formatQuantity(affordable(money('100000'), at, quantity('75'))), '975')
  assert.equal(formatQuantity(affordable(money('100'), at, quantity('75'))), '0')
})

test('market data in whole points becomes a price and comes back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 9 }),
      fc.integer({ min: 0, max: 8 }),
      (points, d) => {
        assert.equal(pointsOfPrice(priceOfPoints(points, d), d), points)
      },
    ),
  )
  assert.equal(formatPrice(priceOfPoints(139_147, 5)), '1.39147')
})

test('people read money grouped as their currency is', () => {
  const inr = currency('INR')
  const usd = currency('USD')
  assert.equal(moneyText(money('12345678.9'), inr), '₹1,23,45,678.90')
  assert.equal(moneyText(money('100000'), inr), '₹1,00,000.00')
  assert.equal(moneyText(money('-999.995'), inr), '-₹1,000.00')
  assert.equal(moneyText(money('-0.001'), inr), '₹0.00')
  assert.equal(moneyText(money('1234567.5'), usd), '$1,234,567.50')
  assert.equal(moneyText(money('12'), currency('CHF')), 'CHF 12.00')
  assert.equal(priceText(price('1234.5'), inr), '₹1,234.50')
  assert.equal(priceText(price('1.39147'), usd), '$1.39147')
})
