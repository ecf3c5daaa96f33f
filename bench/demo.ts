/** The demo's own loop: 1,000,000 generated bars through strategy, desk, journal and venue. */
import assert from 'node:assert/strict'
import { money } from '../src/core/amount.ts'
import { instant } from '../src/core/time.ts'
import { generateRecording } from '../src/market/generated.ts'
import { EmaRsi } from '../src/strategy/ema-rsi.ts'
import type { Strategy } from '../src/strategy/strategy.ts'
import { backtest } from '../src/worlds/backtest.ts'
import { rounds, tell } from './measure.ts'

const BARS = 1_000_000
const ROUNDS = 5

const recording = generateRecording({ seed: 1, bars: BARS, start: instant(Date.UTC(2026, 0, 1)) })
const digests = new Set<string>()
let orders = 0
let fills = 0

async function play(strategy: Strategy): Promise<number> {
  const started = performance.now()
  const run = await backtest({
    recording,
    strategy,
    seed: 1,
    product: 'MIS',
    plan: 'zerodha',
    cash: money('1000000'),
    capital: money('100000'),
    latencyMs: 0,
    onProgress: () => {},
  })
  const rate = (BARS * 1_000) / (performance.now() - started)
  if (strategy.name === 'ema-rsi') {
    digests.add(run.digest)
    orders = run.orders.length
    fills = run.orders.reduce((sum, order) => sum + order.fills.length, 0)
  }
  return rate
}

const idle: Strategy = { name: 'idle', bar: () => undefined }
const strategies = await rounds(ROUNDS, async () => ({
  figure: await play(new EmaRsi()),
  yardstick: await play(idle),
}))
assert.equal(digests.size, 1, 'the same run decides the same')
tell({
  name: `Demo: 1,000,000 generated bars, ${orders} orders, ${fills} fills`,
  unit: 'bars/s',
  against: 'the same bars and a strategy that never trades',
  rounds: strategies,
  goal: 'figure >= 1,000,000 bars/s',
})
