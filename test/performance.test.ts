import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatMoney, money, NO_MONEY, plus, price, times } from '../src/core/amount.ts'
import type { InstrumentId } from '../src/core/instrument.ts'
import { instrumentId } from '../src/core/instrument.ts'
import { isTraded } from '../src/core/owner.ts'
import type { PerformanceView } from '../src/core/performance-view.ts'
import type { TradingDate } from '../src/core/time.ts'
import { legsOf } from '../src/core/view.ts'
import type { Mark } from '../src/desk/portfolio.ts'
import { anything, Chance } from './trade-chance.ts'
import { TradeStory } from './trade-story.ts'

const RUNS = 60
const INFY = instrumentId('NSE', 'INFY')
const NO_MARK: Mark = () => undefined
const at =
  (infy: string): Mark =>
  (id) =>
    id === INFY ? price(infy) : undefined

/** The end of a day, as the desk tells it. */
async function endDay(story: TradeStory, date: string, last?: string): Promise<void> {
  const counts = { stepsCompleted: 6, stepsFailed: 0, milliseconds: 1, summary: 'done' }
  const done = { group: 'equity', date: date as TradingDate, ...counts }
  const prices = last === undefined ? [] : [{ instrument: INFY, price: price(last) }]
  await story.tell({ type: 'RunDone', done, prices })
}

const curve = ({ equity }: PerformanceView): string[] =>
  equity.map(({ date, equity: worth, pnl, returnPercent }) => {
    return `${date.slice(8)} ${worth ?? '?'} ${pnl ?? '?'} ${returnPercent ?? '?'}`
  })

test('equity is money, and what is held at the price the day ended with', async () => {
  const story = await TradeStory.open()
  await story.play('place INFY 1000 limit 100 by strategy:x\naccept o1 b1\ntrade b1 t1 1000 @ 100')
  await endDay(story, '2026-11-23', '110')
  story.pass(1)
  await endDay(story, '2026-11-24', '99')
  story.pass(1)
  assert.deepEqual(curve(story.performance({}, at('104.5'))), [
    '23 1010000 10000 1',
    '24 999000 -11000 -1.0891',
    '25 1004500 5500 0.5506',
  ])
  const { maxDrawdownPercent, maxDrawdown, returnPercent, pnl } = story.performance({}, at('104.5'))
  assert.deepEqual([pnl, returnPercent], ['4500', '0.45'])
  assert.deepEqual(maxDrawdown, {
    depth: '11000',
    start: '2026-11-23',
    bottom: '2026-11-24',
    recovered: null,
    days: 2,
  })
  assert.equal(maxDrawdownPercent?.depth, '1.0891')
  story.close()
})

test('what is paid in is no profit, and what is paid out no loss', async () => {
  const story = await TradeStory.open()
  await endDay(story, '2026-11-23')
  story.pass(1)
  await story.play('book agreed; cash 3000000')
  await story.play(
    'place INFY 1000 limit 100 by strategy:x\naccept o1 b1\ntrade b1 t1 1000 @ 100 2026-11-24',
  )
  await endDay(story, '2026-11-24', '130')
  story.pass(1)
  await story.play(
    'place INFY -1000 limit 130 by strategy:x\naccept o2 b2\ntrade b2 t2 -1000 @ 130',
  )
  await story.play('book agreed; cash 1000000')
  const found = story.performance({}, NO_MARK)
  assert.deepEqual(curve(found), ['23 1000000 0 0', '24 3030000 30000 1', '25 1000000 0 0'])
  assert.deepEqual([found.paidIn, found.paidOut], ['3000000', '2030000'])
  assert.deepEqual([found.returnPercent, found.pnl], ['1', '30000'])
  const later = story.performance({ from: '2026-11-24' as TradingDate }, NO_MARK)
  assert.deepEqual(
    [later.startEquity, later.paidIn, later.from],
    ['1000000', '2000000', '2026-11-24'],
  )
  story.close()
})

test('a day without a price has no value, and the next one is reckoned from the last', async () => {
  const story = await TradeStory.open()
  await story.play('place INFY 1000 limit 100 by strategy:x\naccept o1 b1\ntrade b1 t1 1000 @ 100')
  story.pass(1)
  await story.play('place SBIN 10 limit 100\naccept o2 b2\ntrade b2 t2 10 @ 100 2026-11-24')
  story.pass(1)
  const found = story.performance({}, (id: InstrumentId) => price(id === INFY ? '120' : '100'))
  assert.deepEqual(curve(found), ['23 1000000 0 0', '24 ? ? ?', '25 1020000 20000 2'])
  assert.deepEqual(found.equity[1]?.unpriced, ['INFY'])
  assert.deepEqual([found.daysValued, found.daysUnvalued], [2, 1])
  story.close()
})

test('a strategy is told its own profit, by what the whole account had to work with', async () => {
  const story = await TradeStory.open()
  await story.play('place INFY 1000 limit 100 by strategy:x\naccept o1 b1\ntrade b1 t1 1000 @ 100')
  await story.play('place SBIN 1000 limit 100 by strategy:y\naccept o2 b2\ntrade b2 t2 1000 @ 100')
  const mark: Mark = (id) => price(id === INFY ? '120' : '95')
  const x = story.performance({ strategy: 'x' }, mark)
  const sbin = story.performance({ symbol: 'SBIN' }, mark)
  assert.deepEqual([x.pnl, x.returnPercent, x.endEquity], ['20000', '2', '1015000'])
  assert.deepEqual([sbin.pnl, sbin.returnPercent], ['-5000', '-0.5'])
  assert.equal(story.performance({ strategy: 'none' }, mark).pnl, '0')
  const before = story.performance({ to: '2020-01-01' as TradingDate }, mark)
  assert.deepEqual([before.from, before.pnl, before.equity], [null, null, []])
  story.close()
})

test('closed trades: 3 of 4 won, 600 for 200 lost, 100 a trade', async () => {
  const story = await TradeStory.open()
  let order = 0
  for (const [symbol, owner, exit] of [
    ['INFY', 'x', '110'],
    ['INFY', 'x', '130'],
    ['INFY', 'y', '80'],
    ['SBIN', 'y', '120'],
  ]) {
    for (const [size, limit] of [
      ['10', '100'],
      ['-10', exit],
    ]) {
      order++
      await story.play(`place ${symbol} ${size} limit ${limit} by strategy:${owner}
        accept o${order} b${order}
        trade b${order} t${order} ${size} @ ${limit}`)
    }
  }
  const { figures, strategies, symbols, reason } = story.performance({}, NO_MARK)
  assert.deepEqual(figures, {
    trades: 4,
    wins: 3,
    losses: 1,
    winRate: '0.75',
    averageWin: '200',
    averageLoss: '-200',
    grossProfit: '600',
    grossLoss: '-200',
    profitFactor: '3',
    expectancy: '100',
    totalPnl: '400',
  })
  assert.deepEqual(
    [...strategies, ...symbols].map(
      ({ name, figures: of }) => `${name} ${of.trades} ${of.totalPnl}`,
    ),
    ['strategy:x 2 400', 'strategy:y 2 0', 'INFY 3 200', 'SBIN 1 200'],
  )
  assert.equal(reason, '30 daily returns are needed, and there is 1')
  story.close()
})

test('a trade that is told late, or taken back, changes the day on which it was made', async () => {
  const story = await TradeStory.open()
  await story.play('place INFY 10 limit 100 by strategy:x\naccept o1 b1\ntrade b1 t1 10 @ 100')
  await endDay(story, '2026-11-23', '101')
  story.pass(1)
  const before = story.performance({}, at('101')).equity[0]
  assert.deepEqual([before?.equity, before?.pnl], ['1000010', '10'])
  await story.play('trade b1 t1 10 @ 100 INFY bust')
  assert.deepEqual(curve(story.performance({}, NO_MARK)), ['23 1000000 0 0', '24 1000000 0 0'])
  story.close()
})

test('whatever happens, equity is what the account itself comes to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { minLength: 1, maxLength: 25 }), async (steps) => {
      const story = await TradeStory.open('zerodha')
      const chance = new Chance(story)
      for (const step of steps) await chance.play(step)
      const mark: Mark = () => price('101.35')
      let worth = story.account.cash.values().next().value ?? NO_MONEY
      for (const { owner, position, multiplier } of legsOf(story.account)) {
        if (isTraded(owner))
          worth = plus(worth, times(price('101.35'), position.quantity, multiplier))
      }
      const found = story.performance({}, mark)
      assert.equal(found.endEquity, formatMoney(worth))
      const { initial, deposits, withdrawals } = story.portfolio()
      const funded = money(initial) + money(deposits) - money(withdrawals)
      assert.equal(money(found.paidIn) - money(found.paidOut), funded)
      assert.equal(money(found.pnl!), worth - funded)
      const parts = ['x'].map((strategy) => story.performance({ strategy }, mark).pnl!)
      const symbols = ['INFY', 'CALL', 'SBIN', 'TCS'].map((symbol) => {
        return story.performance({ symbol }, mark).pnl!
      })
      const total = symbols.reduce((sum, each) => sum + money(each), 0n)
      assert.equal(total, money(found.pnl!))
      assert.equal(parts.length, 1)
      story.close()
    }),
    { numRuns: RUNS },
  )
})
