/** Candles are fetched once: what is over is kept, and nothing that goes wrong loses it. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Instant } from '../src/core/time.ts'
import { DAY, HOUR, instant, later, MINUTE, SECOND } from '../src/core/time.ts'
import type { Remembered } from '../src/market/candle-shelf.ts'
import type { Bar } from '../src/market/feed.ts'
import { finishedTo } from '../src/market/history.ts'
import { CALM } from '../src/market/moods.ts'
import { QuoteHistory } from '../src/market/quote-history.ts'
import { SIM_INSTRUMENTS, SimulatedFeed } from '../src/market/simulated.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { historyExam } from './history.exam.ts'
import { NOON } from './house.ts'
import { INFY, Library, share } from './library.ts'
import { barsOf, Vendor } from './past.ts'

historyExam('the made-up market', () => {
  const clock = new VirtualClock(NOON)
  const feed = new SimulatedFeed(clock, 1, CALM)
  const source = new QuoteHistory('SIM', feed, clock)
  const until = <T>(promise: Promise<T>): Promise<T> => clock.until(promise)
  return { source, instrument: SIM_INSTRUMENTS[1]!, now: NOON, until }
})

historyExam('a vendor over a wire', () => {
  const until = <T>(promise: Promise<T>): Promise<T> => promise
  return { source: new Vendor(() => NOON), instrument: INFY, now: NOON, until }
})

const over = (told: Remembered, at: Instant): unknown =>
  told.ok ? told.bars.filter((bar) => bar.at < at) : told.reason

test('what is over is fetched once, also over a restart; then only what is missing', async () => {
  const library = new Library()
  const first = await library.ask('hour', 30)
  assert.deepEqual(over(first, finishedTo(INFY, 'hour', NOON)), library.finished('hour', 30))
  assert.deepEqual(library.asked(), [30])
  assert.deepEqual(await library.ask('hour', 30), first)
  assert.deepEqual(await library.ask('hour', 7).then(({ ok }) => ok), true)
  assert.deepEqual(library.asked(), [], 'it is all there')
  const restarted = await library.again()
  await restarted.pass(2 * HOUR)
  const later = await restarted.ask('hour', 40)
  assert.deepEqual(
    over(later, finishedTo(INFY, 'hour', restarted.clock.now())),
    restarted.finished('hour', 40),
  )
  assert.deepEqual(
    restarted.asked(),
    [11.8, 0.1],
    'what is older up to what is known; what is newer',
  )
})

test('a candle that still forms is shown and never kept', async () => {
  const library = new Library()
  await library.pass(30 * SECOND)
  const forming = await library.ask('minute', 1)
  assert.ok(forming.ok)
  const begun = forming.bars.at(-1)!
  assert.equal(begun.at, NOON)
  await library.done(library.history.close())
  assert.ok(!readFileSync(library.file('csv', 'minute'), 'utf8').includes('12:00:00.000+05:30'))
  await library.pass(MINUTE)
  const whole = await library.ask('minute', 1)
  assert.ok(whole.ok)
  const [real] = barsOf(INFY, 'minute', { from: NOON, to: later(NOON, 1) })
  assert.deepEqual(
    whole.bars.find(({ at }) => at === NOON),
    real,
  )
  assert.notDeepEqual(begun, real)
})

test('an answer that fails or is empty takes nothing away, and says so', async () => {
  const library = new Library()
  const first = await library.ask('day', 100)
  assert.ok(first.ok)
  await library.done(library.history.close())
  const kept = readFileSync(library.file('csv', 'day'), 'utf8')
  for (const answer of ['fails', 'nothing', 'lies', 'never'] as const) {
    library.vendor.answer = answer
    await library.pass(2 * DAY)
    const asking = library.history.bars(INFY, 'day', {
      from: later(library.clock.now(), -100 * DAY),
      to: library.clock.now(),
    })
    if (answer === 'never') await library.pass(31 * SECOND)
    const told = await library.done(asking)
    assert.ok(told.ok && told.bars.length > 60, answer)
    assert.equal(told.notice !== undefined, answer !== 'nothing', `${answer}: ${told.notice}`)
    await library.done(library.history.close())
    assert.equal(readFileSync(library.file('csv', 'day'), 'utf8'), kept)
  }
  library.vendor.answer = 'tells'
  const told = await library.ask('day', 100)
  assert.deepEqual(
    over(told, finishedTo(INFY, 'day', library.clock.now())),
    library.finished('day', 100),
  )
})

test('where nothing is kept and nothing can be fetched, that is the answer', async () => {
  const library = new Library()
  library.vendor.answer = 'fails'
  assert.deepEqual(await library.ask('day', 10), { ok: false, reason: 'too many requests' })
  library.vendor.answer = 'lies'
  const told = await library.ask('day', 10)
  assert.match(told.ok ? '' : told.reason, /the source told candles out of order/)
  assert.equal(existsSync(library.file('csv', 'day')), false)
})

test('many who ask at once share one fetch, and one failure', async () => {
  const library = new Library()
  const all = (): Promise<readonly Remembered[]> =>
    Promise.all(Array.from({ length: 20 }, () => library.ask('15minute', 30)))
  library.vendor.answer = 'fails'
  assert.ok((await all()).every(({ ok }) => !ok))
  assert.equal(library.asked().length, 1)
  library.vendor.answer = 'tells'
  const [first, ...rest] = await all()
  assert.deepEqual(library.asked(), [30])
  for (const each of rest) assert.deepEqual(each, first)
})

const damages: readonly (readonly [what: string, damage: (library: Library) => void])[] = [
  ['a changed price', (l) => edit(l.file('csv'), (text) => text.replace(/\d\n/, '9\n'))],
  ['a lost end', (l) => edit(l.file('csv'), (text) => text.slice(0, -40))],
  ['rubbish', (l) => writeFileSync(l.file('csv'), Buffer.alloc(500, 255))],
  ['an empty file', (l) => writeFileSync(l.file('csv'), '')],
  ['no file', (l) => rmSync(l.file('csv'))],
  ['no label', (l) => rmSync(l.file('json'))],
  ['half a label', (l) => edit(l.file('json'), (text) => text.slice(0, 50))],
  ['candles of another', (l) => edit(l.file('json'), (text) => text.replace('INFY', 'SBIN'))],
  ['another source', (l) => edit(l.file('json'), (text) => text.replace('vendor', 'broker'))],
]
const edit = (file: string, change: (text: string) => string): void => {
  const text = readFileSync(file, 'utf8')
  assert.notEqual(change(text), text)
  writeFileSync(file, change(text))
}
for (const [what, damage] of damages) {
  test(`${what} in place of what was kept is fetched again, with a notice`, async () => {
    const first = new Library()
    await first.ask('hour', 20)
    const library = await first.again()
    library.asked()
    damage(library)
    const told = await library.ask('hour', 20)
    assert.match(told.ok ? (told.notice ?? '') : '', /were kept are fetched again: .*INFY_hour/)
    assert.equal(library.said.length, 1)
    assert.deepEqual(over(told, finishedTo(INFY, 'hour', NOON)), library.finished('hour', 20))
    assert.deepEqual(library.asked(), [20])
    const mended = await library.again()
    assert.equal((await mended.ask('hour', 20)).ok && mended.said.length, 0)
    assert.deepEqual(mended.asked(), [0], 'the one that forms alone')
  })
}

test('after a day the last candles are compared, and a changed past is fetched again', async () => {
  const library = new Library()
  await library.ask('day', 30)
  library.asked()
  await library.pass(3 * DAY)
  await library.ask('day', 30)
  assert.deepEqual(library.asked(), [8.5], 'three that are known, a weekend, and what is new')
  library.vendor.split = 2
  await library.ask('day', 30)
  await library.pass(DAY + 1)
  const told = await library.ask('day', 30)
  assert.match(told.ok ? (told.notice ?? '') : '', /The past has changed/)
  assert.ok(told.ok && told.bars.every(({ open }) => open < 6_000))
})

test('with the cache switched off the source is asked every time, nothing written', async () => {
  const library = new Library({ cacheEnabled: false })
  for (let times = 0; times < 2; times++) assert.ok((await library.ask('day', 10)).ok)
  assert.deepEqual(library.asked(), [10, 10])
  assert.deepEqual(readdirSync(library.folder), [])
})

test('exchanges do not meet on disk, and no symbol leads out of the folder', async () => {
  const library = new Library()
  const symbols = ['M&M', '../../X', 'A/B', 'A%2FB', '.', 'NIFTY 50', 'नई']
  for (const symbol of symbols) await library.ask('day', 5, share(symbol))
  await library.ask('day', 5, share('INFY', 'BSE'))
  await library.ask('day', 5)
  await library.done(library.history.close())
  const files = readdirSync(library.folder, { recursive: true, encoding: 'utf8' })
  const names = files.filter((name) => name.endsWith('.csv'))
  assert.equal(names.length, symbols.length + 2, names.join(' '))
  assert.ok(
    ['BSE/INFY_day.csv', 'NSE/INFY_day.csv', 'NSE/M&M_day.csv'].every((n) => names.includes(n)),
  )
})

test('a series has an end: the oldest go, and are fetched again when asked for', async () => {
  const library = new Library()
  const told = await library.ask('minute', 300)
  assert.ok(told.ok && told.bars.length > 75_000)
  await library.done(library.history.close())
  const rows = readFileSync(library.file('csv', 'minute'), 'utf8').split('\n').length - 2
  assert.equal(rows, 50_000)
  library.asked()
  const again = await library.ask('minute', 300)
  assert.ok(again.ok && again.bars.length === told.bars.length, 'all that was asked for is told')
  assert.equal(library.asked().length, 1)
})

test('no room on the disk, or a disk that refuses, costs nobody an answer', async () => {
  const full = new Library({ hasRoom: () => false })
  assert.ok((await full.ask('day', 10)).ok)
  await full.done(full.history.close())
  assert.deepEqual(readdirSync(full.folder), [])
  const refused = new Library()
  writeFileSync(join(refused.folder, 'NSE'), 'a file where a folder should be')
  assert.ok((await refused.ask('day', 10)).ok)
  await refused.done(refused.history.close())
  assert.match(refused.said.join(), /Candles cannot be kept/)
})

const among = (all: readonly Bar[], some: readonly Bar[]): readonly Bar[] =>
  all.filter(({ at }) => some.some((each) => each.at === at))

test('whatever is asked when, the answer is what the source would say, fetched once', async () => {
  const asks = fc.array(
    fc.record({
      passes: fc.integer({ min: 6 * SECOND, max: 3 * DAY }), // an answer of nothing holds for five
      from: fc.integer({ min: 0, max: 40 }),
      days: fc.integer({ min: 1, max: 20 }),
      answer: fc.constantFrom('tells', 'tells', 'tells', 'fails', 'nothing' as const),
      restart: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  const story = fc.asyncProperty(asks, async (all) => {
    let library = new Library()
    for (const { passes, from, days, answer, restart } of all) {
      await library.pass(passes)
      if (restart) library = await library.again()
      library.vendor.answer = answer
      const now = library.clock.now()
      const begin = later(now, -from * DAY)
      const range = { from: begin, to: instant(Math.min(begin + days * DAY, now + 1)) }
      const told = await library.done(library.history.bars(INFY, 'hour', range))
      const to = instant(Math.min(range.to, finishedTo(INFY, 'hour', now)))
      const truth = barsOf(INFY, 'hour', { from: range.from, to })
      const bars = told.ok ? told.bars.filter(({ at }) => at < to) : []
      if (answer === 'tells') assert.deepEqual(bars, truth)
      else assert.deepEqual(bars, among(truth, bars))
    }
    library.vendor.answer = 'tells'
    await library.pass(6 * SECOND)
    const range = { from: later(library.clock.now(), -5 * DAY), to: library.clock.now() }
    await library.done(library.history.bars(INFY, 'hour', range))
    library.asked()
    await library.done(library.history.bars(INFY, 'hour', range))
    assert.deepEqual(library.asked(), [])
  })
  await fc.assert(story, { numRuns: 60 })
})
