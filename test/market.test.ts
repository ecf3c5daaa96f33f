/** The made-up market and its moods, candles, and prices that grow old. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../src/config.ts'
import { DAY, HOUR, instant, instantOf, later, MINUTE, SECOND } from '../src/core/time.ts'
import type { CandlesView } from '../src/core/candle.ts'
import { Candles } from '../src/market/candles.ts'
import type { Quote } from '../src/market/feed.ts'
import { GENERATED_DAY, generateRecording } from '../src/market/generated.ts'
import type { Moods } from '../src/market/moods.ts'
import { CALM, moodsOf } from '../src/market/moods.ts'
import { SIM_INSTRUMENTS, SimulatedFeed } from '../src/market/simulated.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { House, NOON } from './house.ts'

const [acme] = SIM_INSTRUMENTS as [(typeof SIM_INSTRUMENTS)[0]]
const indus = SIM_INSTRUMENTS.find(({ symbol }) => symbol === 'INDUS')!

/** An hour of SIM as it was, four quotes a second. */
function hour(moods: Moods, { id } = acme, seed = 1): Quote[] {
  const clock = new VirtualClock(later(NOON, DAY))
  const feed = new SimulatedFeed(clock, seed, moods)
  const stretch = { from: NOON, to: later(NOON, HOUR), stepMs: SimulatedFeed.STEP_MS }
  return [...feed.history(id, stretch)]
}

const middle = ({ bid, ask }: Quote): number => (bid + ask) / 2

/** The largest move between two quotes, as a share of the price. */
const leap = (quotes: readonly Quote[]): number =>
  Math.max(
    ...quotes.slice(1).map((quote, index) => {
      return Math.abs(middle(quote) / middle(quotes[index]!) - 1)
    }),
  )

test('without moods SIM is calm: no leap, no wide spread, no silence', () => {
  const quotes = hour(CALM)
  assert.equal(quotes.length, HOUR / SimulatedFeed.STEP_MS)
  assert.ok(leap(quotes) < 0.003)
  assert.ok(quotes.every(({ bid, ask }) => ask > bid && ask - bid <= 15))
  assert.deepEqual(hour(moodsOf('gaps=0,halts=0')), quotes)
})

test('a mood is the same for the same seed, and another for another', () => {
  const moods = moodsOf('gaps=0.1,spikes=0.2,wide=0.2,halts=0.05')
  assert.deepEqual(hour(moods), hour(moods))
  assert.notDeepEqual(hour(moods), hour(moods, acme, 2))
})

test('gaps jump by one to three percent, and stay', () => {
  const quotes = hour(moodsOf('gaps=0.05'))
  assert.ok(leap(quotes) > 0.009 && leap(quotes) < 0.035)
  const at = quotes.findIndex((quote, n) => {
    return n > 0 && Math.abs(middle(quote) / middle(quotes[n - 1]!) - 1) > 0.009
  })
  const [before, after] = [quotes[at - 1]!, quotes[at + 20]!]
  assert.ok(Math.abs(middle(after) / middle(before) - 1) > 0.005, 'five seconds later too')
})

test('spikes leap out and are back within seconds', () => {
  const calm = hour(CALM)
  const off = hour(moodsOf('spikes=1')).map((quote, n) => middle(quote) / middle(calm[n]!) - 1)
  assert.ok(Math.max(...off.map(Math.abs)) > 0.01)
  const seconds = off.filter((each) => Math.abs(each) > 0.002).length / 4
  assert.ok(seconds > 30 && seconds <= 60 * 4, `${seconds} s of an hour`)
})

test('wide spreads open for a while, around the same price', () => {
  const calm = hour(CALM)
  const quotes = hour(moodsOf('wide=0.5'))
  const spreads = quotes.map((quote) => (quote.ask - quote.bid) / middle(quote))
  assert.ok(Math.max(...spreads) > 0.01)
  assert.ok(spreads.filter((each) => each > 0.003).length < quotes.length / 3)
  assert.ok(quotes.every((quote, n) => Math.abs(middle(quote) / middle(calm[n]!) - 1) < 0.001))
})

test('halts are silence, and whoever asks is told of them', () => {
  const halts = moodsOf('halts=0.1')
  const quotes = hour(halts)
  const pauses = quotes.slice(1).map(({ at }, n) => at - quotes[n]!.at)
  const longest = Math.max(...pauses)
  assert.ok(longest >= 15 * SECOND)
  const silent = quotes[pauses.indexOf(longest)]!.at
  const clock = new VirtualClock(later(silent, 10 * SECOND))
  const feed = new SimulatedFeed(clock, 1, halts)
  assert.equal(feed.isHalted(acme.id), true)
  feed.start({ heard: () => {}, lost: () => {} })
  assert.equal(feed.latest(acme.id), undefined)
  clock.skip(later(silent, longest))
  assert.equal(feed.isHalted(acme.id), false)
})

test('whatever the moods, no price leaves its band, and no quote is crossed', () => {
  for (const seed of [1, 2, 3]) {
    for (const { bid, ask } of hour(moodsOf('gaps=1,spikes=1,wide=1'), indus, seed)) {
      assert.ok(bid >= 6_040 && ask <= 9_060 && bid < ask)
    }
  }
})

test('moods that make no sense are refused with field, value and remedy', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['gap=0.1', /TALLYMAN_SIM=gap=0\.1: there is no mood "gap": gaps, spikes, wide, halts are/],
    ['gaps=2', /"gaps=2": a chance a minute, from 0 to 1, is expected, such as "gaps=0\.01/],
    ['gaps', /"gaps": a chance/],
    ['gaps=0.1,gaps=0.2', /"gaps" stands there twice/],
    ['gaps=0.1,', /there is no mood ""/],
  ]
  for (const [text, says] of wrong) assert.throws(() => readConfig({ TALLYMAN_SIM: text }), says)
  const { sim } = readConfig({ TALLYMAN_SIM: 'gaps=0.01,halts=0.005' })
  assert.deepEqual(sim, { gaps: 0.01, spikes: 0, wide: 0, halts: 0.005 })
})

test('a generated day has the moods it is asked for, and is the same day otherwise', () => {
  const day = (moods?: Moods) => generateRecording({ ...GENERATED_DAY, seed: 1, moods })
  const calm = day().prices
  assert.deepEqual(day(moodsOf('wide=0.5')).prices, calm)
  assert.match(day(moodsOf('wide=0.5')).notes.join(), /wide spreads leave no trace/)
  const halted = day(moodsOf('halts=0.02')).prices
  assert.ok(halted.count < calm.count && halted.at.length === halted.count)
  const whole = halted.at.every((at, n) => n === 0 || at > halted.at[n - 1]!)
  assert.ok(whole)
  assert.equal(day(moodsOf('halts=1')).prices.count, 1)
  const gapped = day(moodsOf('gaps=0.05,spikes=0.05')).prices
  assert.ok(gapped.kind === 'bars')
  const { open, close, high, low } = gapped
  assert.ok([...open].some((price, n) => n > 0 && Math.abs(price / close[n - 1]! - 1) > 0.009))
  assert.ok([...high].some((price, n) => price / Math.max(open[n]!, close[n]!) > 1.004))
  assert.ok([...low].every((price, n) => price > 0 && price <= Math.min(open[n]!, close[n]!)))
})

test('candles gather quotes by the clock; crossed ones and empty stretches make none', () => {
  const candles = new Candles(MINUTE)
  const quote = (second: number, bid: number, ask = bid + 2) =>
    candles.quote({ at: later(NOON, second * SECOND), bid, ask, bidSize: 1, askSize: 1 })
  assert.equal(candles.forming(), undefined)
  for (const [second, bid] of [
    [1, 100],
    [20, 110],
    [40, 90],
    [59, 95],
  ] as const) {
    assert.equal(quote(second, bid), undefined)
  }
  quote(59.5, 500, 400)
  const bar = { at: NOON, open: 101, high: 111, low: 91, close: 96, volume: undefined }
  assert.deepEqual(quote(185, 97), bar)
  assert.deepEqual(candles.forming()?.at, later(NOON, 3 * MINUTE))
})

test('an old price is not what an order is valued by: the caller’s own is', async () => {
  const house = await House.open()
  house.feed.freshMs = 10 * SECOND
  house.feed.quote('INFY', 99.95, 100.05)
  const arrival = async (id: string): Promise<unknown> => {
    const placed = await house.place('BUY 1 INFY', { id, price: '120' })
    return placed.is === 'placed' ? placed.order.arrival : placed
  }
  assert.equal(await arrival('a'), '100')
  await house.pass(11)
  assert.equal(await arrival('b'), '120')
  const quote = await house.front.ask({ about: 'quote', symbol: 'INFY' })
  assert.deepEqual([quote?.bid, quote?.stale], ['99.95', true])
  const { items } = await house.front.ask({ about: 'instruments', search: 'INFY', limit: 1 })
  assert.equal(items[0]?.last, '100', 'what it was last is still shown')
})

test('candles are asked for by symbol, interval and time', async () => {
  const house = await House.open()
  const begin = Math.ceil(house.now() / MINUTE) * MINUTE
  for (let n = 0; n < 10; n++) {
    await house.pass((begin + n * 30 * SECOND - house.now()) / SECOND)
    house.feed.quote('INFY', 100 + n, 100.1 + n)
  }
  const ask = async (over: object): Promise<CandlesView | undefined> => {
    const asked = { symbol: 'INFY', interval: 'minute', limit: 3, ...over } as const
    const found = await house.clock.until(house.front.ask({ about: 'candles', ...asked }))
    assert.ok(found === undefined || 'items' in found)
    return found
  }
  const found = await ask({ from: instant(begin) })
  assert.deepEqual(
    found?.items.map(({ open, close, whole }) => [open, close, whole]),
    [
      ['104.05', '105.05', true],
      ['106.05', '107.05', true],
      ['108.05', '109.05', false],
    ],
  )
  const before = await ask({ from: instant(begin), to: instantOf(found?.next ?? '') })
  assert.deepEqual(
    before?.items.map(({ open, whole }) => [open, whole]),
    [
      ['100.05', true],
      ['102.05', true],
    ],
  )
  assert.equal(before?.next, null)
  assert.equal(await ask({ symbol: 'NONE' }), undefined)
})
