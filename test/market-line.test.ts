/** The line that prices come over: lost, silent, flickering, and back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant } from '../src/core/time.ts'
import { HOUR, later, MINUTE, SECOND } from '../src/core/time.ts'
import type { Line, Source } from '../src/market/feed.ts'
import { moodsOf } from '../src/market/moods.ts'
import type { LineNews } from '../src/market/reconnecting.ts'
import { Reconnecting } from '../src/market/reconnecting.ts'
import { SimulatedFeed } from '../src/market/simulated.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { NOON } from './house.ts'

/** Connections as the test says: what each attempt does, and what came of it. */
class Scripted implements Source {
  readonly starts: Instant[] = []
  stops = 0
  line: Line | undefined
  readonly #clock: VirtualClock
  answers = true

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  start(line: Line): void {
    this.line = line
    this.starts.push(this.#clock.now())
    if (this.answers) line.heard()
    else line.lost('refused')
  }

  stop(): void {
    this.stops++
  }
}

function connected(seed = 1) {
  const clock = new VirtualClock(NOON)
  const source = new Scripted(clock)
  const news: LineNews[] = []
  const line = new Reconnecting({ source, clock, seed, onNews: (each) => news.push(each) })
  line.start()
  /** Time passes while something is heard every second. */
  const live = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      source.line?.heard()
      await clock.advance(later(clock.now(), SECOND))
    }
  }
  return { clock, source, news, line, live }
}

test('a lost line is tried again after pauses that double, and told of once', async () => {
  const { clock, source, news, live } = connected()
  await live(90)
  source.answers = false
  source.line!.lost('the server closed it')
  const from = clock.now()
  await clock.advance(later(from, 5 * MINUTE))
  const pauses = source.starts
    .slice(1)
    .map((at, n) => at - (n === 0 ? from : (source.starts[n] ?? 0)))
  for (const [n, pause] of pauses.entries()) {
    const whole = Math.min(SECOND * 2 ** n, MINUTE)
    assert.ok(pause >= whole / 2 && pause <= whole, `pause ${n} was ${pause} ms`)
  }
  assert.ok(pauses.length >= 8 && pauses.length <= 14)
  assert.deepEqual(news, [{ is: 'lost', reason: 'the server closed it' }])
  source.answers = true
  await live(60)
  const [, back] = news
  assert.ok(back?.is === 'back' && back.afterMs > 5 * MINUTE)
  assert.equal(news.length, 2)
})

test('desks that lost a server together do not come back together', async () => {
  const back = []
  for (const seed of [1, 2, 3]) {
    const { clock, source } = connected(seed)
    source.line!.lost('down')
    await clock.advance(later(clock.now(), 2 * SECOND))
    back.push(source.starts[1])
  }
  assert.equal(new Set(back).size, 3)
})

test('a line that flickers is not tried ever faster', async () => {
  const { clock, source } = connected()
  for (let n = 0; n < 5; n++) {
    source.line!.lost('flicker')
    await clock.advance(later(clock.now(), 2 ** n * SECOND))
  }
  const before = source.starts.length
  source.line!.lost('flicker')
  await clock.advance(later(clock.now(), 15 * SECOND))
  assert.equal(source.starts.length, before)
})

test('a line that says nothing is lost, though it never says so', async () => {
  const { clock, source, news, live } = connected()
  await live(10)
  source.answers = false
  await clock.advance(later(clock.now(), 31 * SECOND))
  assert.deepEqual(news, [{ is: 'lost', reason: 'nothing came for 30 s' }])
  assert.ok(source.stops > 0)
})

test('an earlier life of a line is not listened to, nor anything after its end', async () => {
  const { clock, source, news, line, live } = connected()
  const first = source.line!
  first.lost('gone')
  await live(2)
  const { length } = source.starts
  first.lost('gone again')
  first.heard()
  await live(2)
  assert.deepEqual([source.starts.length, news.length], [length, 2])
  line.stop()
  source.line!.lost('after the end')
  await clock.advance(later(clock.now(), HOUR))
  assert.deepEqual([source.starts.length, news.length], [length, 2])
})

test('a halt of SIM is no lost line: it goes stale, and comes back by itself', async () => {
  const clock = new VirtualClock(NOON)
  const feed = new SimulatedFeed(clock, 1, moodsOf('halts=1'))
  const news: LineNews[] = []
  new Reconnecting({ source: feed, clock, seed: 1, onNews: (each) => news.push(each) }).start()
  await clock.advance(later(NOON, 2 * MINUTE))
  assert.deepEqual(news, [])
})

test('a source that cannot even be started is lost, and tried again', async () => {
  const { clock, source, news, line } = connected()
  line.stop()
  const start = source.start.bind(source)
  source.start = () => {
    throw new Error('no such host')
  }
  assert.doesNotThrow(() => line.start())
  source.start = start
  await clock.advance(later(clock.now(), MINUTE / 2))
  assert.deepEqual(
    news.map(({ is }) => is),
    ['lost', 'back'],
  )
})
