import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PARTLY_OUT, TradeStory } from './trade-story.ts'

test('what an order cost that is taken back altogether is given back', async () => {
  const story = await TradeStory.open('zerodha')
  await story.play(`
    place CALL 75 limit 10
    accept o1 b1
    trade b1 t1 75 @ 10`)
  assert.notEqual(story.portfolio().charges, '0')
  await story.play('trade b1 t1 75 @ 10 bust')
  assert.deepEqual([story.trades(), story.portfolio().charges], [[], '0'])
  assert.equal(story.portfolio().current, '1000000')
  story.close()
})

test('there are no metrics before a trade is closed; then they count what was', async () => {
  const story = await TradeStory.open()
  await story.play(PARTLY_OUT)
  assert.equal(story.portfolio().metrics, null)
  await story.play(`
    place INFY -6 limit 90 by strategy:x
    accept o3 b3
    trade b3 t3 -6 @ 120
    place SBIN 10 limit 100
    accept o4 b4
    trade b4 t4 10 @ 100
    place SBIN -10 limit 90
    accept o5 b5
    trade b5 t5 -10 @ 90
    place SBIN 1 limit 100
    accept o6 b6
    trade b6 t6 1 @ 100
    place SBIN -1 limit 100
    accept o7 b7
    trade b7 t7 -1 @ 100`)
  assert.deepEqual(story.portfolio().metrics, {
    totalTrades: 3,
    wins: 1,
    losses: 2,
    winRate: '0.3333',
    winLossRatio: '0.5',
    totalPnl: '60',
    totalReturnPercent: '0.01',
    averageWin: '160',
    averageLoss: '-50',
    currentCapital: '1000060',
  })
  const { metrics } = story.summary({ strategy: 'x' })
  assert.deepEqual(
    [metrics?.totalTrades, metrics?.winLossRatio, metrics?.averageLoss],
    [1, null, null],
  )
  const [first, second] = story.trades()
  const instantOf = (text: string | null) => Date.parse(text!) as never
  const to = instantOf(second!.exitTime)
  assert.deepEqual(
    story.trades({ to }).map(({ id }) => id),
    [first!.id],
  )
  assert.equal(story.trades({ from: to }).length, 2)
  assert.equal(story.summary({ symbol: 'TCS' }).metrics, null)
  story.close()
})

test('what goes in and out of the account is told apart from what was won', async () => {
  const story = await TradeStory.open()
  await story.play(`
    ${PARTLY_OUT}
    book agreed; cash 1000000
    book agreed; cash 999440`)
  const { initial, deposits, withdrawals, realized, current, used, available } = story.portfolio()
  assert.deepEqual([initial, realized, used], ['1000000', '40', '600'])
  assert.deepEqual([deposits, withdrawals], ['560', '560'])
  assert.deepEqual([current, available], ['1000040', '999440'])
  story.close()
})

test('what a short position uses, and what a live account has left', async () => {
  for (const [mode, available] of [
    ['paper', '998900'],
    ['live', '998000'],
  ] as const) {
    const story = await TradeStory.open('none', mode)
    await story.play(`
      place INFY -11 limit 100 MIS
      accept o1 b1
      trade b1 t1 -11 @ 100
      place SBIN 9 limit 100`)
    const { current, used, free, ...rest } = story.portfolio()
    assert.deepEqual([current, used, free], ['1000000', '1100', '998000'], mode)
    assert.equal(rest.available, available, mode)
    assert.deepEqual([rest.unrealized, rest.equity], [null, null], 'no price is known')
    story.close()
  }
})
