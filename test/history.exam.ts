/** What every source of past candles must do, whatever it speaks on the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Interval } from '../src/core/candle.ts'
import { INTERVALS } from '../src/core/candle.ts'
import type { Instrument } from '../src/core/instrument.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, instant, later } from '../src/core/time.ts'
import { SPANS } from '../src/market/candles.ts'
import { dayAround } from '../src/market/exchange.ts'
import type { Bar } from '../src/market/feed.ts'
import type { HistorySource } from '../src/market/history.ts'
import { finishedTo, whyUnsound } from '../src/market/history.ts'
import { instrumentFrom } from '../src/market/instruments.ts'
import type { Range } from '../src/market/ranges.ts'

export type Examined = {
  readonly source: HistorySource
  readonly instrument: Instrument
  readonly now: Instant
  /** Lets its answer come. */
  readonly until: <T>(promise: Promise<T>) => Promise<T>
}

export function historyExam(name: string, open: () => Examined): void {
  const asked = async (
    { source, instrument, until }: Examined,
    interval: Interval,
    range: Range,
  ): Promise<readonly Bar[]> => {
    const told = await until(source.bars(instrument, interval, range))
    assert.ok(told.ok, `${name}: ${told.ok ? '' : told.reason}`)
    return told.bars
  }
  const someDays = ({ instrument, now }: Examined, days: number): Range => ({
    from: dayAround(instrument.exchange, later(now, -days * DAY))[0],
    to: later(now, 1),
  })

  test(`${name}: bars of every length are in range and order, and make sense`, async () => {
    for (const interval of INTERVALS) {
      const exam = open()
      const range = someDays(exam, interval === 'day' ? 10 : 1)
      assert.ok(exam.source.longestMs(interval) >= SPANS[interval])
      const bars = await asked(exam, interval, range)
      assert.ok(bars.length > 1, interval)
      assert.equal(whyUnsound(bars, range), undefined)
    }
  })

  test(`${name}: two halves are the whole, and the same stretch is told alike`, async () => {
    const exam = open()
    const range = someDays(exam, 4)
    const whole = await asked(exam, 'hour', range)
    const middle = whole[whole.length >> 1]!.at
    const halves = [
      ...(await asked(exam, 'hour', { from: range.from, to: middle })),
      ...(await asked(exam, 'hour', { from: middle, to: range.to })),
    ]
    const over = finishedTo(exam.instrument, 'hour', exam.now)
    const finished = (bars: readonly Bar[]) => bars.filter(({ at }) => at < over)
    assert.deepEqual(finished(halves), finished(whole))
    assert.deepEqual(finished(await asked(exam, 'hour', range)), finished(whole))
  })

  test(`${name}: a range may begin and end anywhere, and cuts no bar`, async () => {
    const exam = open()
    const whole = await asked(exam, '15minute', someDays(exam, 2))
    const [first, last] = [whole[3]!.at, whole[8]!.at]
    const some = await asked(exam, '15minute', { from: later(first, 1), to: later(last, 1) })
    assert.deepEqual(some, whole.slice(4, 9))
  })

  test(`${name}: what is still to come has no bars, nor has what nobody knows`, async () => {
    const exam = open()
    const { now } = exam
    const coming = { from: later(now, DAY), to: later(now, 2 * DAY) }
    assert.deepEqual(await asked(exam, 'hour', coming), [])
    const unknown = instrumentFrom({
      symbol: 'NONE',
      exchange: exam.instrument.exchange,
      currency: 'INR',
      tick: '0.05',
      decimals: 2,
    })
    const range = { from: instant(now - DAY), to: now }
    const told = await exam.until(exam.source.bars(unknown, 'hour', range))
    assert.deepEqual(told.ok ? told.bars : [], [])
  })
}
