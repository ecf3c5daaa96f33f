import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Price, Quantity } from '../src/core/amount.ts'
import { minus, negate, NO_MONEY, plus, price, quantity, times } from '../src/core/amount.ts'
import { FLAT, quantityClosed, trade } from '../src/core/position.ts'

const anyPrice = fc.bigInt({ min: 1n, max: 10n ** 14n }).map((units) => units as Price)
const anyQuantity = fc
  .bigInt({ min: -(10n ** 14n), max: 10n ** 14n })
  .filter((units) => units !== 0n)
  .map((units) => units as Quantity)
const anyMultiplier = fc.constantFrom(1n, 75n, 1000n)
const anyFills = fc.array(fc.tuple(anyQuantity, anyPrice), { maxLength: 40 })

test('money is neither made nor lost', () => {
  fc.assert(
    fc.property(anyFills, anyMultiplier, (fills, multiplier) => {
      const held = fills.reduce((position, [q, p]) => trade(position, q, p, multiplier), FLAT)
      const paid = fills.reduce((sum, [q, p]) => plus(sum, times(p, q, multiplier)), NO_MONEY)
      assert.equal(held.realized, minus(held.cost, paid))
    }),
  )
})

test('going flat leaves no cost behind', () => {
  fc.assert(
    fc.property(anyFills, anyPrice, (fills, last) => {
      const held = fills.reduce((position, [q, p]) => trade(position, q, p), FLAT)
      fc.pre(held.quantity !== 0n)
      assert.equal(trade(held, negate(held.quantity), last).cost, NO_MONEY)
    }),
  )
})

test('what a reversal opens, it opens at its own price', () => {
  fc.assert(
    fc.property(anyQuantity, anyPrice, anyPrice, (held, bought, sold) => {
      const turned = trade(trade(FLAT, held, bought), (-2n * held) as Quantity, sold)
      assert.equal(turned.cost, times(sold, turned.quantity))
    }),
  )
})

test('adding to a position realizes nothing', () => {
  fc.assert(
    fc.property(anyQuantity, anyPrice, anyPrice, (held, first, second) => {
      assert.equal(trade(trade(FLAT, held, first), held, second).realized, NO_MONEY)
    }),
  )
})

test('shares that have no exact average price still add up', () => {
  const bought = trade(trade(FLAT, quantity('1'), price('100')), quantity('2'), price('100.01'))
  const sold = [1, 1, 1].reduce((held) => trade(held, quantity('-1'), price('101')), bought)
  assert.equal(sold.quantity, 0n)
  assert.equal(sold.cost, 0n)
  assert.equal(sold.realized, times(price('2.98'), quantity('1')))
})

test('what closes is the smaller of the two, with the sign of the trade', () => {
  const closed = (held: string, traded: string): bigint =>
    quantityClosed(quantity(held), quantity(traded))
  assert.equal(closed('10', '-4'), quantity('-4'))
  assert.equal(closed('10', '-14'), quantity('-10'))
  assert.equal(closed('-10', '14'), quantity('10'))
  assert.equal(closed('10', '4'), 0n)
  assert.equal(closed('0', '4'), 0n)
})
