import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EndOfDayView } from '../src/core/day-view.ts'
import type { TradingDate } from '../src/core/time.ts'
import { instant } from '../src/core/time.ts'
import { DayJobs } from '../src/desk/day-jobs.ts'
import { EndOfDay } from '../src/desk/end-of-day.ts'
import { Views } from '../src/store/views.ts'
import { archiveDay, checked } from '../src/worlds/archive.ts'
import type { HouseOptions } from './house.ts'
import { House } from './house.ts'
import { tempFolder } from './temp.ts'

const DATE = '2026-11-23' as TradingDate
const GROUP = { name: 'equity', exchanges: ['NSE'], at: '18:00', zone: 'Asia/Kolkata' }

type Evening = { readonly house: House; readonly ends: EndOfDay; readonly folder: string }

/** A house whose day can be ended, with screens and an archive of its own. */
async function evening(options: HouseOptions = {}, broken?: () => boolean): Promise<Evening> {
  const folder = tempFolder()
  const file = join(folder, 'views.db')
  const house = await House.open({
    views: (journal) => new Views({ file, journal, say: () => {} }),
    ...options,
  })
  const { desk, firm, clock, journal } = house
  const jobs = new DayJobs({
    desk,
    firm,
    clock,
    ask: (question) => house.front.ask(question),
    staleHours: 24,
    cancelsStale: false,
    archive: (day) => {
      if (broken?.()) throw new Error('the disk is gone')
      return archiveDay({ folder, journal, soon: (run) => setImmediate(run) }, day)
    },
  })
  const ends = new EndOfDay({
    desk,
    clock,
    account: 'paper',
    groups: [GROUP],
    jobs,
    trades: (_, date) => date !== '2026-11-24',
    isOver: () => true,
    reportsKeptMs: 0,
  })
  return { house, ends, folder }
}

/** Files are written in real time, and pauses pass in virtual time. */
async function finished<T>(house: House, run: Promise<T>): Promise<T> {
  const going = { on: true }
  const done = run.finally(() => (going.on = false))
  while (going.on) {
    await house.pass(1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return done
}

const steps = ({ steps: all }: EndOfDayView): string =>
  all.map(({ ok, detail }) => (ok ? (detail === 'done before' ? '=' : '+') : '!')).join('')

test('a day is ended in six steps, and a second time nothing changes', async () => {
  const { house, ends, folder } = await evening()
  await house.place('BUY 10 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(5)
  const first = await finished(house, ends.run(GROUP, { date: DATE, dryRun: false }))
  assert.equal(steps(first), '++++++', JSON.stringify(first.steps))
  assert.deepEqual([first.success, first.stepsCompleted, first.stepsFailed], [true, 6, 0])
  assert.deepEqual([first.statistics?.ordersPlaced, first.statistics?.executed], [1, 1])
  assert.match(first.summary, /^End of day 2026-11-23 \(equity\): SUCCESS, all 6 steps done\.\n/)
  assert.match(first.summary, /Orders 1: 1 executed, 0 rejected/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.gz')),
    ['2026-11-23-paper-equity.jsonl.gz'],
  )
  const { count } = await checked(join(folder, '2026-11-23-paper-equity.jsonl.gz'))
  assert.ok(count > 3)
  assert.equal(house.account.daysClosed.get('NSE'), DATE)
  const { seq } = house.account
  const second = await finished(house, ends.run(GROUP, { date: DATE, dryRun: false }))
  assert.equal(steps(second), '======')
  assert.equal(house.account.seq, seq)
})

test('a step that fails is tried again, fails alone, and is done by the next run', async () => {
  let isBroken = true
  const { house, ends } = await evening({}, () => isBroken)
  const first = await finished(house, ends.run(GROUP, { date: DATE, dryRun: false }))
  assert.equal(steps(first), '+++++!')
  assert.match(first.summary, /WARNING, 1 of 6 steps failed/)
  assert.equal(first.steps[5]?.error, 'the disk is gone')
  assert.equal(first.steps[5]?.seconds, 10)
  assert.equal(house.account.daysClosed.get('NSE'), undefined)
  isBroken = false
  const second = await finished(house, ends.run(GROUP, { date: DATE, dryRun: false }))
  assert.equal(steps(second), '=====+')
  assert.equal(house.account.daysClosed.get('NSE'), DATE)
})

test('a dry run says what would be done, and does nothing', async () => {
  const { house, ends, folder } = await evening()
  const { seq } = house.account
  const run = await finished(house, ends.run(GROUP, { date: DATE, dryRun: true }))
  assert.equal(steps(run), '++++++')
  assert.equal(house.account.seq, seq)
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.gz')),
    [],
  )
})

test('the day ends at its time, and one that was missed is made up for once', async () => {
  const { house, ends } = await evening()
  ends.start()
  assert.equal(house.account.daysRun.size, 0, 'none before the first')
  await house.clock.advance(instant(Date.parse('2026-11-23T18:00:00+05:30')))
  await finished(house, ends.run(GROUP, { dryRun: false }))
  assert.deepEqual(house.account.daysRun.get('equity')?.date, DATE)
  ends.stop()
  // Tuesday does not trade, Wednesday was slept through: one run, of Wednesday.
  await house.clock.advance(instant(Date.parse('2026-11-25T20:00:00+05:30')))
  ends.start()
  await finished(house, ends.run(GROUP, { dryRun: false }))
  assert.equal(house.account.daysRun.get('equity')?.date, '2026-11-25')
  ends.stop()
})

test('a stale order is kept and named; one the book no longer has has expired', async () => {
  const { house, ends } = await evening()
  await house.place('BUY 10 INFY 90')
  await house.place('BUY 10 SBIN 90')
  await house.pass(25 * 3_600)
  const [, gone] = [...house.account.orders.values()]
  house.venue.cancel(gone!.brokerOrderId!, house.now())
  const run = await finished(house, ends.run(GROUP, { dryRun: false }))
  assert.match(run.steps[2]!.detail, /open/)
  assert.equal(house.orders(), 'open 0/10, cancelled 0/10')
})
