import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Money, Price } from '../src/core/amount.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import type { CashDay, LegDay } from '../src/core/equity.ts'
import { equityDays } from '../src/core/equity.ts'
import { instrumentId } from '../src/core/instrument.ts'
import { isTraded, MANUAL, PREEXISTING, strategyOwner } from '../src/core/owner.ts'
import type { TradingDate } from '../src/core/time.ts'

/** Each day reckoned anew from everything that ever happened before its end. */

const DATES = ['01', '02', '05', '06', '07'].map((day) => `2026-01-${day}` as TradingDate)
const ALL = ['01', '02', '03', '05', '06', '07'].map((day) => `2026-01-${day}` as TradingDate)
const [INFY, TCS] = [instrumentId('NSE', 'INFY'), instrumentId('NSE', 'TCS')]

const amount = fc.integer({ min: -500, max: 500 })
const leg = fc
  .record({
    date: fc.constantFrom(...ALL),
    instrument: fc.constantFrom(INFY, TCS),
    owner: fc.constantFrom(MANUAL, strategyOwner('x'), PREEXISTING),
    quantity: fc.integer({ min: -5, max: 5 }),
    cash: amount,
    charges: fc.integer({ min: 0, max: 5 }),
    carried: amount,
  })
  .map(({ quantity: size, cash, charges, carried, ...of }): LegDay => {
    const [brought, cost, came] = [cash, charges, carried].map((each) => money(String(each)))
    const sums = { cash: brought!, charges: cost!, carried: came! }
    return { ...of, multiplier: 1n, quantity: quantity(String(size)), ...sums }
  })
const paid = fc.record({ date: fc.constantFrom(...ALL), amount })
const priced = fc.dictionary(
  fc.constantFrom(...DATES.flatMap((date) => [`${INFY} ${date}`, `${TCS} ${date}`])),
  fc.integer({ min: 1, max: 300 }),
)

const gainedBy = ({ cash, charges, carried }: LegDay): bigint => cash - charges - carried
const total = (all: readonly bigint[]): bigint => all.reduce((sum, each) => sum + each, 0n)

test('whatever happened on which day, equity is what all of it comes to by then', () => {
  const days = fc.array(leg, { maxLength: 20 })
  fc.assert(
    fc.property(days, fc.array(paid, { maxLength: 5 }), priced, (given, moved, prices) => {
      const legs = given.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
      const cash = moved
        .map((each): CashDay => ({ date: each.date, amount: money(String(each.amount)) }))
        .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
      const priceOf = (id: string, date: string): Price | undefined => {
        const known = prices[`${id} ${date}`]
        return known === undefined ? undefined : price(String(known))
      }
      const counts = ({ owner }: Pick<LegDay, 'owner'>): boolean => owner === strategyOwner('x')
      const told = equityDays({ dates: DATES, legs, cash, priceOf, counts })
      let funded = 0n
      for (const { date, equity, gain, paidIn, paidOut } of told) {
        const before = legs.filter((each) => each.date <= date)
        const worth = worthOf((id) => priceOf(id, date))
        const balance =
          total(cash.filter((each) => each.date <= date).map((each) => each.amount)) +
          total(before.map((each) => each.cash - each.charges))
        const ours = before.filter(({ owner }) => isTraded(owner))
        assert.equal(equity, worth(ours, balance))
        const own = ours.filter(counts)
        assert.equal(gain, worth(own, total(own.map(gainedBy))))
        funded += paidIn - paidOut
        const all = worth(ours, total(ours.map(gainedBy)))
        if (equity !== undefined) assert.equal(equity, funded + all!)
      }
    }),
  )
})

/** Of what each owner holds; undefined where a price of it is missing. */
const worthOf =
  (at: (id: LegDay['instrument']) => Price | undefined) =>
  (legs: readonly LegDay[], cash: bigint): Money | undefined => {
    let sum = cash
    for (const name of new Set(legs.map(({ instrument, owner }) => `${instrument} ${owner}`))) {
      const own = legs.filter(({ instrument, owner }) => `${instrument} ${owner}` === name)
      const held = total(own.map((each) => each.quantity))
      const last = at(own[0]!.instrument)
      if (held !== 0n && last === undefined) return undefined
      if (held !== 0n) sum += held * last!
    }
    return sum as Money
  }
