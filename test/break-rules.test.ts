import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { Reading } from '../src/brokers/broker.ts'
import { configFrom } from '../src/config.ts'
import { plus, quantity } from '../src/core/amount.ts'
import { breakRules, ruleFor, whyNoRules } from '../src/core/break-rule.ts'
import { instrumentId } from '../src/core/instrument.ts'
import { cadenceOf } from '../src/worlds/cadence.ts'
import { viewsOf } from './statistics-of.ts'
import { wrapped } from './wrapped.ts'

const NIFTY = instrumentId('NFO', 'NIFTY')
const lots = new Map([[NIFTY, quantity('75')]])

/** The rule that decides of so many more than 1,000. */
function decides(text: string, more: string, product: 'CNC' | 'MIS' = 'CNC'): string | undefined {
  const ours = quantity('1000')
  const of = { instrument: NIFTY, product, ours, theirs: plus(ours, quantity(more)) }
  return ruleFor(of, { rules: breakRules(text), lots })?.name
}

test('a rule says of which product, below what size, and whose the difference is', () => {
  const lot = 'CNC difference below one lot: manual'
  assert.deepEqual([decides(lot, '74'), decides(lot, '-74')], [lot, lot])
  assert.deepEqual([decides(lot, '75'), decides(lot, '3', 'MIS')], [undefined, undefined])
  const part = 'difference below 2 %: external'
  assert.deepEqual([decides(part, '20'), decides(part, '21')], [part, undefined])
  assert.equal(decides('difference below 2.5 units: preexisting', '2'), breakName)
  assert.equal(decides(`${lot}; difference: external`, '80'), 'difference: external')
})
const breakName = 'difference below 2.5 units: preexisting'

test('without its lot nothing is below one', () => {
  const rules = breakRules('difference below one lot: manual')
  const ours = quantity('10')
  const of = { instrument: instrumentId('NSE', 'INFY'), product: 'CNC', ours } as const
  assert.equal(ruleFor({ ...of, theirs: quantity('11') }, { rules, lots }), undefined)
})

test('they stand in the file as they are read, and what is no rule is told so', () => {
  const file =
    'breaks:\n  rules:\n    CNC difference below one lot: manual\n    difference: external\n'
  const names = configFrom(parse(file) as object).rules.map(({ name }) => name)
  assert.deepEqual(names, ['CNC difference below one lot: manual', 'difference: external'])
  assert.match(whyNoRules('CNC below one lot: manual') ?? '', /^"CNC below one lot: manual" is no/)
  for (const bad of ['difference', 'difference: me', 'ABC difference: manual', 'x'.repeat(99)]) {
    assert.notEqual(whyNoRules(bad), undefined, bad)
    assert.throws(() => configFrom({ breaks: { rules: bad } }), /breaks\.rules/)
  }
  assert.match(whyNoRules('difference: manual;'.repeat(51)) ?? '', /51 rules are more than 50/)
})

const more =
  (size: string) =>
  ({ positions, ...reading }: Reading): Reading => {
    const rows = positions.ok ? positions.rows : []
    const changed = rows.map((row) => ({ ...row, quantity: plus(row.quantity, quantity(size)) }))
    return { ...reading, positions: { ok: true, rows: changed, proven: true } }
  }

test('a break is settled by the rule within the cycle, and the log names it', async () => {
  const breaks = { rules: 'difference below 3 units: manual' }
  const cadence = cadenceOf(configFrom({ breaks }))
  const { house, broker } = await wrapped({ cadence, views: (journal) => viewsOf(journal) })
  await house.pass(3)
  await house.place('BUY 10 INFY', { strategy: 'x' })
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  broker.twist = more('2')
  await house.pass(15)
  assert.equal(house.account.breaks.size, 0)
  const asking = house.front.ask({ about: 'bookLog', account: 'paper', type: 'settled', limit: 5 })
  await house.pass(0)
  const [line] = (await asking).items
  assert.equal(line?.note, 'settled as manual by rule: difference below 3 units: manual')
  broker.twist = more('7')
  await house.pass(15)
  assert.equal(house.account.breaks.size, 1)
  const asked = { about: 'breakRules', rules: 'difference below 8 units: external' } as const
  const { items } = await house.front.ask(asked)
  assert.deepEqual(
    items.map(({ as, settles }) => [as, settles.map(({ id, difference }) => [id, difference])]),
    [['external', [['paper/NSE:INFY/CNC', '5']]]],
  )
  const set = await house.front.ask({ about: 'breakRules' })
  assert.deepEqual(
    set.items.map(({ name, settles }) => [name, settles.length]),
    [['difference below 3 units: manual', 0]],
  )
})
