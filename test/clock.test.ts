import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forwardOnly, systemClock } from '../src/desk/clock.ts'

/** A machine whose clocks stand where the test puts them. */
class Hands {
  wall = 1_000_000
  steady = 50

  readonly now = forwardOnly({ wall: () => this.wall, steady: () => this.steady })

  pass(ms: number): void {
    this.wall += ms
    this.steady += ms
  }
}

test('a wall clock that is set back does not set us back: time goes on from where it was', () => {
  const hands = new Hands()
  hands.pass(500)
  assert.equal(hands.now(), 1_000_500)
  hands.wall -= 3_600_000
  assert.equal(hands.now(), 1_000_500)
  hands.pass(2_000)
  assert.equal(hands.now(), 1_002_500)
})

test('a wall clock that is set forward, or a machine that slept, is followed', () => {
  const hands = new Hands()
  hands.wall += 60_000
  assert.equal(hands.now(), 1_060_000)
  hands.wall -= 60_000
  hands.pass(10)
  assert.equal(hands.now(), 1_060_010)
})

test('the system clock tells the time of the day', () => {
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000)
  assert.ok(systemClock.steady() <= systemClock.steady())
})
