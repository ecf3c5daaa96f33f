import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SessionGroup } from '../src/core/instrument.ts'
import type { Instant, TradingDate } from '../src/core/time.ts'
import { instant, isoTime } from '../src/core/time.ts'
import { calendarNotices } from '../src/embedded.ts'
import { Calendar } from '../src/market/calendar.ts'
import { BadCalendar, readCalendar } from '../src/market/calendar-file.ts'
import { readConfig } from '../src/config.ts'
import { SIM_INSTRUMENTS, SimulatedFeed } from '../src/market/simulated.ts'
import { tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

const ours = new Calendar()
const on = (date: string): TradingDate => date as TradingDate
/** Indian time: `2026-11-23 15:15`. */
const ist = (text: string): Instant => instant(Date.parse(`${text.replace(' ', 'T')}:00+05:30`))

/** `09:15-15:30 continuous`, one a phase. */
const told = (exchange: string, group: SessionGroup, date: string): string[] =>
  ours
    .sessionsOn(exchange, group, on(date))
    .phases.map(({ from, to, phase, takes }) => `${from}-${to} ${phase} ${takes}`)

const continuous = (group: SessionGroup, date: string): string | undefined =>
  told('NSE', group, date).find((phase) => phase.includes('continuous'))

test('shares with derivatives have had a closing auction since 3 August 2026, others not', () => {
  assert.deepEqual(told('NSE', 'cash-auction', '2026-11-23'), [
    '09:00-09:05 pre-open limit-market',
    '09:05-09:10 pre-open limit',
    '09:10-09:15 pre-open nothing',
    '09:15-15:15 continuous all',
    '15:15-15:20 closing-auction nothing',
    '15:20-15:25 closing-auction limit-market',
    '15:25-15:30 closing-auction limit',
    '15:30-15:35 closing-auction nothing',
    '15:50-16:00 post-close closing-price',
  ])
  assert.equal(continuous('cash-auction', '2026-07-31'), '09:15-15:30 continuous all')
  assert.equal(continuous('cash', '2026-11-23'), '09:15-15:30 continuous all')
})

test('derivatives have traded until 15:40 since then, and futures have a pre-open', () => {
  const ends = ['2026-07-31', '2026-08-03'].map((date) => continuous('options', date))
  assert.deepEqual(ends, ['09:15-15:30 continuous all', '09:15-15:40 continuous all'])
  assert.equal(told('NFO', 'futures', '2025-12-05').length, 1)
  assert.match(told('NFO', 'futures', '2025-12-08')[0]!, /^09:00-09:08 pre-open/)
  assert.equal(told('NFO', 'options', '2026-11-23').length, 1)
})

test('the pre-open has had a part for limit orders alone since 7 September 2026', () => {
  const preOpen = (date: string): string | undefined => told('BSE', 'cash', date)[1]
  assert.equal(preOpen('2026-09-04'), '09:08-09:15 pre-open nothing')
  assert.equal(preOpen('2026-09-07'), '09:05-09:10 pre-open limit')
})

test('a phase begins at its minute and ends before the next', () => {
  const phase = (time: string): string | undefined => {
    const found = ours.phaseAt('NSE', 'cash-auction', ist(`2026-11-23 ${time}`))
    return found && `${found.phase} ${found.takes}`
  }
  assert.equal(phase('08:59'), undefined)
  assert.equal(phase('15:14'), 'continuous all')
  assert.equal(phase('15:15'), 'closing-auction nothing')
  assert.equal(phase('15:29'), 'closing-auction limit')
  assert.equal(phase('15:35'), undefined)
  assert.equal(phase('15:59'), 'post-close closing-price')
})

test('open means continuous trading, and the next opening leaps over nights and holidays', () => {
  const opens = (from: string): string | undefined => {
    const next = ours.nextOpen('NSE', 'cash', ist(from))
    return next && isoTime(next, 330).slice(0, 16)
  }
  assert.equal(ours.isOpen('NSE', 'cash', ist('2026-11-23 09:15')), true)
  assert.equal(ours.isOpen('NSE', 'cash', ist('2026-11-23 09:14')), false)
  assert.equal(opens('2026-11-23 11:00'), '2026-11-23T11:00')
  assert.equal(opens('2026-11-23 09:14'), '2026-11-23T09:15')
  assert.equal(opens('2026-11-23 15:30'), '2026-11-25T09:15') // the 24th is a holiday
  assert.equal(opens('2026-11-20 16:00'), '2026-11-23T09:15') // over a weekend
})

test('holidays and Sundays with trade are what the circulars say', () => {
  const kind = (date: string): string => ours.sessionsOn('NSE', 'cash', on(date)).kind
  assert.deepEqual(['2026-01-26', '2026-02-01', '2026-02-08', '2026-11-23'].map(kind), [
    'holiday',
    'special',
    'weekend',
    'usual',
  ])
  assert.equal(continuous('cash', '2026-02-01'), '09:15-15:30 continuous all')
  assert.deepEqual(told('NSE', 'cash', '2026-11-10'), [])
  assert.equal(ours.next('holiday', 'NSE', on('2026-11-10'))?.date, '2026-11-24')
})

test('a Sunday whose hours nobody has told us is closed, loudly', () => {
  assert.deepEqual(told('NSE', 'cash', '2026-11-08'), [])
  assert.match(ours.horizonNotice('NSE', on('2026-11-08'))!, /^HOURS of NSE on 2026-11-08/)
})

test('past what is known of holidays there is a loud notice', () => {
  assert.equal(ours.horizonNotice('NSE', on('2026-12-31')), undefined)
  const late = ours.horizonNotice('NFO', on('2027-01-01'))
  assert.match(late!, /HOLIDAYS of NFO are known from .* to 2026-12-31; 2027-01-01 is outside/)
  assert.match(late!, /List them under "NSE" in calendar.json, with "knownTo"/)
  assert.match(ours.horizonNotice('MCX', on('2026-11-23'))!, /HOLIDAYS of MCX are not known/)
  assert.match(ours.horizonNotice('XYZ', on('2026-11-23'))!, /XYZ has no calendar/)
})

test('commodities close earlier while New York saves daylight', () => {
  const close = (date: string): string => told('MCX', 'commodity', date)[0]!.slice(6, 11)
  const days = ['2026-03-06', '2026-03-09', '2026-10-30', '2026-11-02']
  assert.deepEqual(days.map(close), ['23:55', '23:30', '23:30', '23:55'])
})

test('SIM never closes', () => {
  const christmas = ist('2026-12-25 03:00')
  assert.equal(ours.isOpen('SIM', 'cash', christmas), true)
  assert.equal(ours.nextOpen('SIM', 'cash', christmas), christmas)
  assert.equal(ours.horizonNotice('SIM', on('2099-01-01')), undefined)
})

/** A data folder with a calendar of the user's own. */
function folderWith(calendar: unknown): string {
  const folder = tempFolder()
  const text = typeof calendar === 'string' ? calendar : JSON.stringify(calendar)
  writeFileSync(join(folder, 'calendar.json'), text)
  return folder
}
const written = (calendar: unknown): Calendar =>
  readCalendar(join(folderWith(calendar), 'calendar.json'))

test('the user adds a holiday, takes one away, and opens a Sunday', () => {
  const mine = written({
    NSE: {
      holidays: { '2026-11-25': 'Election day' },
      tradingDays: ['2026-12-25'],
      sessions: {
        '2026-11-08': {
          what: 'Muhurat trading',
          phases: [
            { phase: 'pre-open', from: '17:45', to: '18:00' },
            { from: '18:00', to: '19:00' },
          ],
        },
      },
      knownTo: '2027-03-31',
    },
  })
  const day = (date: string) => mine.sessionsOn('NFO', 'options', on(date))
  assert.deepEqual([day('2026-11-25').kind, day('2026-11-25').what], ['holiday', 'Election day'])
  assert.equal(day('2026-12-25').phases.length, 1)
  assert.equal(mine.isOpen('NFO', 'options', ist('2026-11-08 18:30')), true)
  assert.equal(mine.phaseAt('NFO', 'options', ist('2026-11-08 17:50'))?.takes, 'limit-market')
  assert.equal(day('2026-11-24').kind, 'holiday') // ours still counts where the user is silent
  assert.equal(mine.horizonNotice('NSE', on('2027-03-31')), undefined)
  assert.equal(mine.horizonNotice('NSE', on('2026-11-08')), undefined)
  assert.match(mine.horizonNotice('NSE', on('2027-04-01'))!, /to 2027-03-31/)
})

test('the example in the documents is a calendar', () => {
  const page = readFileSync(new URL('../../docs/calendar.md', import.meta.url), 'utf8')
  const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? []
  assert.equal(written(example).isOpen('BSE', 'cash', ist('2026-11-08 18:30')), false)
  assert.equal(written(example).isOpen('NSE', 'cash', ist('2026-11-08 18:30')), true)
})

test('a calendar that cannot be read names the field, its value and the remedy', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ['{ "NSE": ', /calendar.json is not JSON/],
    [{ NYSE: {} }, /NYSE is unknown; known are NSE, BSE.*docs\/calendar.md shows the form/],
    [{ NSE: { holiday: {} } }, /NSE.holiday is unknown/],
    [{ NSE: { holidays: { '2026-13-01': 'x' } } }, /NSE.holidays.2026-13-01 .*a date such as/],
    [{ NSE: { tradingDays: ['soon'] } }, /NSE.tradingDays.0 = "soon": a date such as "2026-11-08"/],
    [{ NSE: { knownTo: 2027 } }, /NSE.knownTo = 2027: a date such as/],
    [special([{ from: '25:00', to: '26:00' }]), /phases.0.from = "25:00": a local time such as/],
    [special([{ from: '18:00', to: '17:00' }]), /phases.0.to = "17:00": it must be later/],
    [
      special([
        { from: '18:00', to: '19:00' },
        { from: '18:30', to: '20:00' },
      ]),
      /in order, none inside another/,
    ],
    [special([]), /at least one phase/],
  ]
  for (const [calendar, why] of wrong) {
    assert.throws(
      () => written(calendar),
      (error) => error instanceof BadCalendar && why.test(error.message),
      JSON.stringify(calendar),
    )
  }
})

const special = (phases: readonly object[]): object => ({
  NSE: { sessions: { '2026-11-08': { what: 'Muhurat trading', phases } } },
})

test('the start says what the calendar does not know, and refuses one it cannot read', () => {
  const config = (folder: string) => readConfig({ TALLYMAN_DATA: folder })
  assert.deepEqual(calendarNotices(config(tempFolder()), ['SIM']), [])
  const [notice] = calendarNotices(config(tempFolder()), ['SIM', 'MCX'])
  assert.match(notice!, /HOLIDAYS of MCX/)
  const { code, err } = tallyman(folderWith('{}}'), ['start'])
  assert.deepEqual([code, /calendar.json is not JSON/.test(err)], [78, true])
})

test('the command line tells a day, what comes next, and how far it knows', () => {
  const run = (...args: string[]): ReturnType<typeof tallyman> =>
    tallyman(tempFolder(), ['calendar', ...args])
  const day = run('--date', '2026-11-23')
  assert.equal(day.code, 0)
  assert.match(day.out, /NSE, Monday 2026-11-23, times of Asia\/Kolkata/)
  assert.match(day.out, /15:25-15:30 {2}closing-auction {2}limit orders only, may end from 15:28/)
  assert.match(day.out, /Next open +2026-11-23T09:15:00.000\+05:30/)
  assert.match(day.out, /Next holiday +2026-11-24/)
  assert.match(day.out, /Known +holidays from 2026-01-01 to 2026-12-31/)
  const json = run('--exchange', 'nfo', '--date', '2027-01-26', '--json')
  const { notice, groups } = JSON.parse(json.out) as Record<string, string | object[]>
  assert.match(notice as string, /HOLIDAYS of NFO/)
  assert.equal(groups!.length, 2)
  assert.equal(run('--date', 'tomorrow').code, 2)
})

test('SIM’s instruments say how much an order may carry and where its price may be', () => {
  const feed = new SimulatedFeed({ now: () => ist('2026-11-23 12:00'), at: () => () => {} }, 7)
  const banded = SIM_INSTRUMENTS.filter(({ band }) => band !== undefined)
  assert.deepEqual(
    banded.map(({ symbol }) => symbol),
    ['INDUS'],
  )
  const [{ id, band, tick }] = banded as [(typeof banded)[0]]
  const [low, high] = [band!.low, band!.high].map((at) => Number(at / 1_000_000n))
  assert.equal(band!.low % tick, 0n)
  const shown = [
    ...feed.history(id, {
      from: ist('2026-11-22 12:00'),
      to: ist('2026-11-23 12:00'),
      stepMs: 9_000,
    }),
  ]
  assert.ok(shown.every(({ bid, ask }) => bid > low! && ask < high!))
  const frozen = SIM_INSTRUMENTS.filter(({ freeze }) => freeze !== undefined)
  assert.deepEqual(
    frozen.map(({ symbol }) => symbol),
    ['INDUS', 'MANGO'],
  )
  assert.ok(frozen.every(({ freeze, lot }) => freeze! % lot === 0n))
})

test('what a phase does not take is refused, with when the exchange opens', () => {
  const at = (time: string, type: 'limit' | 'market' | 'sl'): string | undefined =>
    ours.whyRefused({ exchange: 'NSE', sessions: 'cash-auction' }, type, ist(`2026-11-23 ${time}`))
  assert.equal(at('08:59', 'limit'), 'NSE opens at 2026-11-23T09:15:00.000+05:30')
  assert.equal(at('09:01', 'market'), undefined)
  assert.match(at('09:01', 'sl') ?? '', /takes no SL orders in its pre-open/)
  assert.match(at('09:06', 'market') ?? '', /takes no MARKET orders/)
  assert.equal(at('09:06', 'limit'), undefined)
  assert.equal(at('12:00', 'sl'), undefined)
  // The day after is a holiday.
  assert.equal(at('16:00', 'market'), 'NSE opens at 2026-11-25T09:15:00.000+05:30')
  assert.equal(
    ours.whyRefused({ exchange: 'SIM', sessions: 'cash' }, 'market', ist('2026-11-22 03:00')),
    undefined,
  )
})
