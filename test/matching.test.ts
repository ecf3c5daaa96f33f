import assert from 'node:assert/strict'
import { test } from 'node:test'
import { price, quantity } from '../src/core/amount.ts'
import type { BrokerOrderId, Terms } from '../src/core/order.ts'
import { later, MINUTE, SECOND } from '../src/core/time.ts'
import { NOON } from './house.ts'
import { bar, limit, Pit } from './pit.ts'

const stop = (trigger: string, at?: string): Terms['pricing'] =>
  at === undefined
    ? { type: 'sl-m', trigger: price(trigger) }
    : { type: 'sl', trigger: price(trigger), limit: price(at) }
const first = 'P1' as BrokerOrderId
const revised = (size: string, pricing: Terms['pricing']) =>
  ({ quantity: quantity(size), pricing, validity: 'day', disclosed: undefined }) as const

test('a stop waits until the market reaches its trigger, and then crosses the spread', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('10', stop('102'))
  pit.quote(100.95, 101.05)
  assert.deepEqual(pit.told, [])
  pit.quote(101.95, 102.05)
  assert.deepEqual(pit.told, ['10 @ 102.05'])
})

test('a stop to sell waits below the market', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('-10', stop('98'))
  pit.quote(98.95, 99.05)
  pit.quote(97.95, 98.05)
  assert.deepEqual(pit.told, ['-10 @ 97.95'])
})

test('a gap through a stop trades where the market is, not where the stop was', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('-10', stop('98'))
  pit.quote(89.95, 90.05)
  assert.deepEqual(pit.told, ['-10 @ 89.95'])
})

test('a gap beyond the limit of a stop leaves it resting, triggered, at its limit', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('-10', stop('98', '97'))
  pit.quote(89.95, 90.05)
  assert.deepEqual(pit.told, [])
  pit.quote(97.05, 97.15)
  assert.deepEqual(pit.told, ['-10 @ 97.05'])
})

test('on bars: a stop is triggered by the range, at its trigger and one tick', () => {
  const pit = new Pit()
  pit.open(bar(100, 101, 99, 100))
  pit.place('10', stop('102'))
  pit.close(bar(100, 101, 99, 100))
  pit.open(bar(101, 103, 101, 102))
  pit.close(bar(101, 103, 101, 102))
  assert.deepEqual(pit.told, ['10 @ 102.05'])
})

test('on bars: one that opens beyond the trigger fills at the opening', () => {
  const pit = new Pit()
  pit.open(bar(100, 101, 99, 100))
  pit.place('-10', stop('98'))
  pit.open(bar(90, 91, 89, 90))
  assert.deepEqual(pit.told, ['-10 @ 89.95'])
})

test('on bars: a stop with a limit never trades beyond it', () => {
  const pit = new Pit()
  pit.open(bar(100, 101, 99, 100))
  pit.place('10', stop('102', '102'))
  pit.close(bar(100, 103, 99, 102))
  assert.deepEqual(pit.told, ['10 @ 102'])
})

test('immediate or cancel takes what there is, and the rest is cancelled', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('10', limit('100.05'), 'MIS', { validity: 'ioc' })
  pit.quote(99.95, 100.05, 4)
  assert.deepEqual(pit.told, ['4 @ 100.05'])
  assert.equal(pit.order(), 'cancelled 4/10')
  pit.place('10', limit('90'), 'MIS', { validity: 'ioc' })
  pit.quote(99.95, 100.05)
  assert.equal(pit.order(2), 'cancelled 0/10')
})

test('an order for some minutes expires when they have passed', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('10', limit('99'), 'MIS', { validity: { minutes: 5 } })
  pit.quote(99.95, 100.05, undefined, later(NOON, 5 * MINUTE - SECOND))
  assert.equal(pit.order(), 'working 0/10')
  pit.quote(98.95, 99, undefined, later(NOON, 5 * MINUTE))
  assert.equal(pit.order(), 'expired 0/10')
  assert.deepEqual(pit.told, [])
})

test('a changed order trades on its new terms', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('10', limit('99'))
  assert.equal(pit.venue.amend(first, revised('4', limit('100.05')), NOON), undefined)
  pit.quote(99.95, 100.05)
  assert.deepEqual(pit.told, ['4 @ 100.05'])
  assert.equal(pit.order(), 'complete 4/4')
})

test('a stop whose trigger is moved waits again', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('-10', stop('98', '97.95'))
  pit.quote(90, 90.1) // triggered, and beyond its limit
  assert.equal(pit.venue.amend(first, revised('-10', stop('80', '79')), NOON), undefined)
  pit.quote(85, 85.1)
  assert.deepEqual(pit.told, [])
  pit.quote(79.95, 80.05)
  assert.deepEqual(pit.told, ['-10 @ 79.95'])
})

test('what has ended, is filled that far or costs too much is not changed', () => {
  const pit = new Pit()
  pit.quote(99.95, 100.05)
  pit.place('10', limit('100.05'))
  pit.quote(99.95, 100.05, 4)
  const codes = ['4', '20000'].map((size) =>
    pit.venue.amend(first, revised(size, limit('101')), NOON),
  )
  assert.deepEqual(
    codes.map((refusal) => refusal?.code),
    ['FILLED', 'FUNDS'],
  )
  pit.quote(99.95, 100.05)
  assert.equal(pit.venue.amend(first, revised('20', limit('101')), NOON)?.code, 'FINISHED')
  assert.equal(pit.order(), 'complete 10/10')
})

test('a partial fill frees its part of what was set aside', () => {
  const pit = new Pit(undefined, '1000')
  pit.quote(99.95, 100)
  pit.place('10', limit('100'))
  pit.quote(99.95, 100, 4)
  assert.equal(pit.cash(), '600')
  pit.place('1', limit('100'))
  assert.match(pit.place('1', limit('100')), /FUNDS/)
})
