/** What guards see: which prices are believed, and when a day begins. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instant, isoTime, later, SECOND } from '../src/core/time.ts'
import { resetOf } from '../src/desk/resets.ts'
import { TickGate } from '../src/desk/tick-gate.ts'
import { Random } from '../src/market/random.ts'
import { INSTRUMENTS } from './scenario-asks.ts'

const infy = INSTRUMENTS.get('INFY')!
const START = instant(Date.UTC(2026, 10, 23, 12))

test('a reset is at that time on that clock, whatever daylight saving does', () => {
  const resetIn = (zone: string, time: string, at: string): string => {
    const { last, next } = resetOf(zone, time, instant(Date.parse(at)))
    return `${isoTime(last).slice(0, 16)} ${isoTime(next).slice(0, 16)}`
  }
  assert.equal(
    resetIn('Europe/Prague', '00:00', '2026-03-29T12:00:00Z'),
    '2026-03-28T23:00 2026-03-29T22:00',
  )
  assert.equal(
    resetIn('America/New_York', '17:00', '2026-11-01T12:00:00Z'),
    '2026-10-31T21:00 2026-11-01T22:00',
  )
  assert.equal(
    resetIn('Asia/Kolkata', '09:00', '2026-11-23T03:30:00Z'),
    '2026-11-23T03:30 2026-11-24T03:30',
  )
})

/** Tells a price, half a second after the one before. */
function teller(gate: TickGate) {
  let at = START
  return (bid: number, ask = bid + 5): number | undefined => {
    at = later(at, SECOND / 2)
    gate.quote(infy, { at, bid, ask, bidSize: undefined, askSize: undefined })
    return gate.of(infy.id, at).accepted?.points
  }
}

test('a first price needs a second one that agrees', () => {
  const tell = teller(new TickGate())
  assert.equal(tell(10_000), undefined)
  assert.equal(tell(1), undefined)
  assert.equal(tell(10_000), undefined)
  assert.equal(tell(10_001), 10_003.5)
})

test('a leap is believed once four quotes in a row agree, and forgotten when one does not', () => {
  const tell = teller(new TickGate())
  tell(10_000)
  tell(10_000)
  for (const price of [8_000, 8_010, 8_005]) assert.equal(tell(price), 10_002.5)
  assert.equal(tell(10_000), 10_002.5)
  for (const price of [8_000, 8_010, 8_005]) assert.equal(tell(price), 10_002.5)
  assert.equal(tell(8_000), 8_002.5)
})

test('what is no price is not taken: nothing, less than nothing, crossed', () => {
  const tell = teller(new TickGate())
  tell(10_000)
  tell(10_000)
  for (let left = 10; left > 0; left--) {
    assert.equal(tell(0), 10_002.5)
    assert.equal(tell(-10_000), 10_002.5)
    assert.equal(tell(NaN), 10_002.5)
    assert.equal(tell(10_100, 10_000), 10_002.5)
  }
})

test('of a million ticks, one in fifty spoilt, none that is spoilt is believed', () => {
  const gate = new TickGate()
  const tell = teller(gate)
  const random = new Random(7)
  let middle = 10_000
  tell(middle)
  tell(middle)
  for (let left = 1_000_000; left > 0; left--) {
    middle += random.integer(-2, 2) + Math.sign(10_000 - middle) * (random.chance(0.1) ? 1 : 0)
    const spoilt = [0, -middle, NaN, Infinity, middle * 10, Math.round(middle / 10), 25_000]
    const isSpoilt = random.chance(0.02)
    const told = isSpoilt ? spoilt[random.integer(0, spoilt.length - 1)]! : middle
    const believed = tell(told)!
    if (Math.abs(believed - middle) > middle * 0.03) assert.fail(`${believed}, truly ${middle}`)
  }
})
