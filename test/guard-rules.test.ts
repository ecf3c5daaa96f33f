import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Money } from '../src/core/amount.ts'
import { formatMoney, money, rate } from '../src/core/amount.ts'
import { PRESETS } from '../src/core/guard-firms.ts'
import { presetNamed, rulesOf } from '../src/core/guard-presets.ts'
import type { Baseline, GuardRule } from '../src/core/guard-rule.ts'
import {
  BASES,
  baseAfterReset,
  CONSEQUENCES,
  drawdownOf,
  firstBase,
  floorOf,
  isBreached,
  isRecovered,
  MEASURES,
  raised,
  whyNoRule,
} from '../src/core/guard-rule.ts'
import { inr, ruleOf } from './guard-words.ts'

const worth = (equity: string, balance = equity) => ({
  equity: money(equity),
  balance: money(balance),
})
const from = (initial: string, base = initial): Baseline => ({
  initial: money(initial),
  base: money(base),
  shifted: money('0'),
})
const floorText = (rule: GuardRule, baseline: Baseline): string =>
  formatMoney(floorOf(rule, baseline))

test('a fifth below the highest equity: 20 % down is allowed, and a paisa more is not', () => {
  const baseline = from('100000', '125000')
  assert.equal(floorText(ruleOf(), baseline), '100000')
  assert.equal(isBreached(ruleOf(), baseline, worth('100000')), false)
  assert.equal(isBreached(ruleOf(), baseline, worth('99999.99')), true)
  assert.equal(isBreached(ruleOf({ breach: 'at-or-below' }), baseline, worth('100000')), true)
  assert.deepEqual(drawdownOf(ruleOf(), from('1000'), worth('787')), {
    percent: '21.3',
    limit: '20',
  })
})

test('FTMO: 100,000 carried at a balance of 103,000 over midnight may fall to 98,000', () => {
  const [daily, overall] = rulesOf(presetNamed('ftmo-2-step')!, FIGURES)!
  const reset = baseAfterReset(daily!, from('100000'), worth('99000', '103000'))
  assert.equal(floorText(daily!, { ...from('100000'), base: reset }), '98000')
  assert.equal(floorText(overall!, from('100000')), '90000')
})

test('the end of the day counts, not what was reached within it: 90,000, 94,000, 94,000', () => {
  const [rule] = rulesOf(presetNamed('end-of-day-trailing')!, FIGURES)!
  let baseline = from('100000')
  const floors = ['104000', '103000'].map((close) => {
    const before = floorText(rule!, baseline)
    baseline = { ...baseline, base: baseAfterReset(rule!, baseline, worth('999999', close)) }
    return before
  })
  assert.deepEqual([...floors, floorText(rule!, baseline)], ['90000', '94000', '94000'])
  assert.equal(raised(rule!, baseline, worth('200000')), undefined)
})

test('a floor that trails tick by tick stops at the initial capital', () => {
  const [rule] = rulesOf(presetNamed('intraday-trailing')!, FIGURES)!
  assert.equal(floorText(rule!, from('100000', '102000')), '97000')
  assert.equal(floorText(rule!, from('100000', '150000')), '100000')
})

test('the other firms count as their pages say', () => {
  const floorIn = (name: string, equity: string, balance = equity): string => {
    const [rule] = rulesOf(presetNamed(name)!, FIGURES)!
    const base = baseAfterReset(rule!, from('100000'), worth(equity, balance))
    return floorText(rule!, { ...from('100000'), base })
  }
  assert.equal(floorIn('fintokei', '103000'), '97850')
  assert.equal(floorIn('breakout', '1', '105000'), '100800')
  assert.equal(floorIn('the5ers-high-stakes', '110000', '100000'), '104500')
  assert.equal(floorIn('bem-funding', '100000', '101000'), '96500')
})

test('of either, the worse one counts', () => {
  const rule = ruleOf({ measure: 'either' })
  assert.equal(isBreached(rule, from('100'), worth('100', '79')), true)
  assert.equal(isBreached(rule, from('100'), worth('79', '100')), true)
  assert.equal(isBreached(rule, from('100'), worth('80', '80')), false)
})

test('every preset is a set of rules that can be kept, and says where it is from', () => {
  for (const preset of PRESETS) {
    assert.match(preset.read, /^20\d\d-\d\d$/)
    assert.notEqual(preset.source, '')
    const rules = rulesOf(preset, FIGURES)!
    assert.ok(rules.length > 0, preset.name)
    for (const rule of rules)
      assert.equal(whyNoRule(rule), undefined, `${preset.name} ${rule.name}`)
  }
  assert.equal(new Set(PRESETS.map(({ name }) => name)).size, PRESETS.length)
  assert.equal(
    rulesOf(presetNamed('intraday-trailing')!, { ...FIGURES, initial: undefined }),
    undefined,
  )
})

test('a smallest equity is a rule only where somebody named one, in the account’s currency', () => {
  const preset = presetNamed('drawdown')!
  const names = (minEquity: Money | undefined) =>
    rulesOf(preset, { ...FIGURES, minEquity })!.map(({ name }) => name)
  assert.deepEqual(names(undefined), ['drawdown-warning', 'drawdown'])
  assert.deepEqual(names(money('100')), ['drawdown-warning', 'drawdown', 'min-equity'])
  const [, , minimum] = rulesOf(preset, FIGURES)!
  const baseline = firstBase(minimum!, undefined, worth('5000'))
  assert.equal(floorText(minimum!, baseline), '100')
  assert.equal(isBreached(minimum!, baseline, worth('99.99')), true)
  assert.equal(isBreached(minimum!, baseline, worth('100')), false)
})

test('what is no rule is refused by the field that is wrong', () => {
  assert.equal(whyNoRule(ruleOf({ fraction: undefined }))?.field, 'amount')
  assert.equal(whyNoRule(ruleOf({ fixed: money('1') }))?.field, 'amount')
  assert.equal(whyNoRule(ruleOf({ base: 'fixed' }))?.field, 'at')
  assert.equal(whyNoRule(ruleOf({ base: 'balance-at-reset' }))?.field, 'reset')
  assert.equal(whyNoRule(ruleOf({ consequence: 'pause' }))?.field, 'reset')
  assert.equal(whyNoRule(ruleOf({ zone: 'UTC' }))?.field, 'reset')
  assert.equal(whyNoRule(ruleOf({ consequence: 'warn' }))?.field, 'delay')
  assert.equal(whyNoRule(ruleOf({ lock: money('0') }))?.field, 'lock')
})

const FIGURES = { currency: inr, initial: money('100000'), minEquity: money('100') }

const amount = fc.bigInt({ min: 1n, max: 10n ** 30n }).map((value) => value as Money)
const rules = fc
  .record({
    base: fc.constantFrom(...BASES),
    measure: fc.constantFrom(...MEASURES),
    consequence: fc.constantFrom(...CONSEQUENCES),
    of: fc.constantFrom('initial' as const, 'base' as const),
    percent: fc.integer({ min: 1, max: 99 }),
    lock: fc.option(amount, { nil: undefined }),
  })
  .map(({ percent, base, ...over }) =>
    ruleOf({
      ...over,
      base,
      at: base === 'fixed' ? money('100') : undefined,
      fraction: base === 'fixed' ? undefined : rate(`0.${String(percent).padStart(2, '0')}`),
    }),
  )
const baselines = fc.record({ initial: amount, base: amount, shifted: fc.constant(money('0')) })
const worths = fc.record({ equity: amount, balance: amount })

test('property: a higher base never lowers the floor, and none is above its lock', () => {
  fc.assert(
    fc.property(rules, baselines, amount, (rule, baseline, more) => {
      const higher = { ...baseline, base: (baseline.base + more) as Money }
      assert.ok(floorOf(rule, higher) >= floorOf(rule, baseline))
      if (rule.lock !== undefined) assert.ok(floorOf(rule, higher) <= rule.lock)
    }),
  )
})

test('property: less is never less of a breach, and what has recovered is no breach', () => {
  fc.assert(
    fc.property(rules, baselines, worths, amount, (rule, baseline, seen, loss) => {
      const lower = {
        equity: (seen.equity - loss) as Money,
        balance: (seen.balance - loss) as Money,
      }
      if (isBreached(rule, baseline, seen)) assert.ok(isBreached(rule, baseline, lower))
      if (isRecovered(rule, baseline, seen)) assert.ok(!isBreached(rule, baseline, seen))
    }),
  )
})

test('property: the highest never falls, whatever is seen and whichever reset comes', () => {
  fc.assert(
    fc.property(rules, baselines, fc.array(worths, { maxLength: 20 }), (rule, first, seen) => {
      let baseline = first
      for (const each of seen) {
        const live = raised(rule, baseline, each)
        if (live !== undefined) assert.ok(live > baseline.base)
        const next = baseAfterReset(rule, { ...baseline, base: live ?? baseline.base }, each)
        if (rule.base.startsWith('highest')) assert.ok(next >= baseline.base)
        baseline = { ...baseline, base: next }
      }
    }),
  )
})
