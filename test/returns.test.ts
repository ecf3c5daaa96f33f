import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Dated, Fraction, Yearly } from '../src/core/returns.ts'
import {
  absoluteFall,
  annual,
  calmar,
  compounded,
  deepestFall,
  grown,
  percentOf,
  percentText,
  relativeFall,
  sharpe,
  sortino,
} from '../src/core/returns.ts'
import { DAY, dateAt, daysBetween, instant } from '../src/core/time.ts'

/** Ratios against examples that were reckoned by hand, and against floats done the plain way. */

const YEARLY: Yearly = { days: 1, riskFree: percentOf('0') }
const percents = (...all: readonly string[]): Fraction[] =>
  all.map(
    (each) =>
      (each.startsWith('-') ? -(percentOf(each.slice(1)) as bigint) : percentOf(each)) as Fraction,
  )

/**
 * The years of Rollinger and Hoffman, “Sortino: A ‘Sharper’ Ratio” (Red Rock Capital): mean 10 %,
 * √(41 ÷ 8) = 2.2638 % below zero, so 4.417.
 */
const YEARS = percents('17', '15', '23', '-5', '12', '9', '13', '-4')

test('the worked example of the Sortino ratio comes out as it is printed', () => {
  assert.equal(sortino(YEARS, YEARLY), '4.4173')
})

test('the Sharpe ratio of the same years: 10 ÷ √(678 ÷ 7)', () => {
  assert.equal(sharpe(YEARS, YEARLY), '1.0161')
  const risky = { days: 1, riskFree: percentOf('2.5') }
  assert.equal(sharpe(YEARS, risky), '0.7621') // 7.5 ÷ 9.8417
})

test('a year of days is √252 of a day, and the risk-free part of a day is a 252nd', () => {
  const days = percents('1', '-0.5', '0.7', '0.2', '-0.1')
  // Mean 0.26 %, deviation √(1.452 ÷ 4) = 0.60249 %: 0.43154 × 15.8745
  assert.equal(sharpe(days, { days: 252, riskFree: percentOf('0') }), '6.8505')
  assert.equal(sharpe(days, { days: 252, riskFree: percentOf('25.2') }), '4.2157')
})

test('without any spread, or any fall, there is no ratio', () => {
  const same = percents('1', '1', '1')
  assert.equal(sharpe(same, YEARLY), undefined)
  assert.equal(sortino(same, YEARLY), undefined)
  assert.equal(calmar(percents('10')[0]!, percents('0')[0]!), undefined)
  assert.equal(annual([], YEARLY), undefined)
  assert.equal(calmar(percents('30')[0]!, percents('12')[0]!), '2.5')
})

test('two halves of a year make a year, and what is lost to nothing stays lost', () => {
  assert.equal(percentText(annual(percents('10', '10'), { ...YEARLY, days: 2 })!), '21')
  assert.equal(percentText(annual(percents('21'), { ...YEARLY, days: 1 })!), '21')
  assert.equal(percentText(compounded(percents('-100', '50'))), '-100')
  assert.equal(percentText(compounded(percents('-150', '50'))), '-100')
})

const START = instant(Date.UTC(2026, 0, 1))
const dated = (values: readonly bigint[]): Dated[] =>
  values.map((value, index) => ({ date: dateAt(instant(START + index * DAY)), value }))

test('a fall is from its peak to the day on which the peak is reached again', () => {
  const fall = deepestFall(dated([100n, 120n, 90n, 110n, 120n, 119n]), absoluteFall)!
  assert.deepEqual([fall.peak.date, fall.bottom.date], ['2026-01-02', '2026-01-03'])
  assert.deepEqual([fall.recovered, fall.days], ['2026-01-05', 3])
  const open = deepestFall(dated([100n, 60n, 80n]), relativeFall)!
  assert.deepEqual([open.recovered, open.days], [undefined, 2])
  assert.equal(deepestFall(dated([1n, 1n, 2n]), absoluteFall), undefined)
  assert.equal(deepestFall([], absoluteFall), undefined)
})

const returns = fc.array(fc.integer({ min: -90_000, max: 90_000 }), { minLength: 2, maxLength: 60 })
const exact = (millionths: readonly number[]): Fraction[] =>
  millionths.map((each) => (BigInt(each) * 1_000_000n) as Fraction)

/** Relative, where they are large. */
function near(told: string | undefined, expected: number): void {
  if (!Number.isFinite(expected) || told === undefined) return
  const apart = Math.abs(Number(told) - expected)
  assert.ok(apart <= 1e-4 + Math.abs(expected) * 1e-6, `${told} against ${expected}`)
}

test('whatever the days were, the ratios are what plain floats make of them', () => {
  fc.assert(
    fc.property(returns, fc.integer({ min: 0, max: 20 }), (days, free) => {
      const yearly = { days: 252, riskFree: percentOf(String(free)) }
      const excess = days.map((each) => each / 1e6 - free / 100 / 252)
      const n = excess.length
      const mean = excess.reduce((sum, each) => sum + each, 0) / n
      const spread = excess.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1)
      const below = excess.reduce((sum, each) => sum + Math.min(each, 0) ** 2, 0) / n
      if (new Set(days).size > 1) {
        near(sharpe(exact(days), yearly), (mean / Math.sqrt(spread)) * Math.sqrt(252))
      }
      near(sortino(exact(days), yearly), (mean / Math.sqrt(below)) * Math.sqrt(252))
      const worth = days.reduce((sum, each) => sum * (1 + each / 1e6), 1)
      near(percentText(compounded(exact(days)), 6), (worth - 1) * 100)
    }),
  )
})

test('no two days of any curve are further below each other than the deepest fall', () => {
  fc.assert(
    fc.property(returns, (days) => {
      const points = dated(grown(exact(days)))
      const pairs = points.flatMap((peak, index) =>
        points.slice(index).map((bottom) => relativeFall(peak.value, bottom.value)),
      )
      const deepest = pairs.reduce<bigint>((most, each) => (each > most ? each : most), 0n)
      const fall = deepestFall(points, relativeFall)
      const depth = fall ? relativeFall(fall.peak.value, fall.bottom.value) : 0n
      assert.equal(depth, deepest)
      if (!fall) return
      const last = fall.recovered ?? points.at(-1)!.date
      assert.equal(fall.days, daysBetween(fall.peak.date, last))
    }),
  )
})
