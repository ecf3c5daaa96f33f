import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { levelOf } from '../src/log/levels.ts'
import { LogFiles } from '../src/log/files.ts'
import type { Log } from '../src/log/log.ts'
import { openLog } from '../src/log/log.ts'
import { lastLines, LogReader } from '../src/log/read.ts'
import { secretsAmong } from '../src/log/redact.ts'
import { Voices } from '../src/log/voices.ts'
import { Teller } from '../src/notify/teller.ts'
import { House, NOON } from './house.ts'
import { tempFolder } from './temp.ts'

const DAY = 86_400_000

/** Secrets as they look in life, each in a place of its own. */
const PLANTED = {
  ours: 'tm_0123456789ab_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
  kite: 'Zx81kQ2mmN0pLr7TyUu3wq9sVb6cDe4f',
  kotak: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0cmFkZXIifQ.c2lnbmF0dXJlLWhlcmU',
  telegram: '123456789:AAH9x-abcdefghijklmnopqrstuvwxyz_12',
  password: 'correct horse battery',
  seed: 'JBSWY3DPEHPK3PXP',
  mpin: '482913',
} as const

function logged(use: (log: Log) => void, secrets: readonly string[] = []): string {
  const folder = tempFolder()
  const log = openLog({ folder, level: 'debug', now: () => NOON, secrets, onTrouble: assert.fail })
  use(log)
  log.close()
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
}

test('a secret is not logged, wherever it stands', () => {
  const { ours, kite, kotak, telegram, password, seed, mpin } = PLANTED
  const text = logged((log) => {
    log.info({ headers: { Authorization: `Bearer ${ours}` }, body: { session: { password } } })
    log.info({ kotak: [{ totpSecret: seed, MPIN: mpin }], accessToken: kite })
    log.info(new Map([['api_key', kite]]), 'a map')
    const inner = Object.assign(new Error(`refused: access_token=${kite}&v=3`), { mpin })
    const cause = new Error(`GET https://api.telegram.org/bot${telegram}/sendMessage`, {
      cause: inner,
    })
    log.error({ err: new Error(`login failed for password: "${password}"`, { cause }) }, 'trouble')
    log.error(new AggregateError([new Error(`otpauth://totp/x?secret=${seed}`)], `key ${ours}`))
    log.warn('Authorization: token kitekey1:%s', kite)
    log.warn(`{"authorization":"Basic dXNlcjpwYXNz","totp":"${mpin}"} and ${kotak}`)
    log.warn(JSON.stringify(JSON.stringify({ password: mpin, consumer_key: kite })))
  })
  assert.equal(text.trim().split('\n').length, 8)
  for (const [name, secret] of Object.entries(PLANTED)) assert.ok(!text.includes(secret), name)
  assert.ok(!text.includes('dXNlcjpwYXNz'))
  assert.match(text, /"msg":"trouble"/)
  assert.match(text, /login failed for/)
})

test('a secret that this process was given is hidden whatever it looks like', () => {
  const env = { KOTAK_TOTP_SECRET: PLANTED.seed, KOTAK_MPIN: PLANTED.mpin, TALLYMAN_LOG: 'info' }
  const text = logged((log) => {
    log.error({ what: `the broker said ${PLANTED.seed}` }, `and ${PLANTED.mpin}, at level info`)
  }, secretsAmong(env))
  assert.match(text, /the broker said \[hidden\]".*and \[hidden\], at level info/)
})

test('what only sounds like a secret is logged as it is', () => {
  const said = {
    symbol: 'RELIANCE26NOV2725CE',
    idempotencyKey: 'my-first-order',
    tag: 'T01NEW001000042',
    by: 'key:cli',
    keyboard: 'token of thanks',
    hash: 'a'.repeat(64),
  }
  const line = 'PRICE_NOT_ON_TICK tick=0.05 price=1.03 (asked by key:cli) at 09:15:00: basic checks'
  const found = JSON.parse(logged((log) => log.info(said, line))) as object
  assert.deepEqual(found, { level: 'info', time: '2026-11-23T06:30:00.000Z', ...said, msg: line })
})

test('what has no end, or no form, is logged all the same', () => {
  const ring: Record<string, unknown> = { amount: 10n, at: new Date(NOON), bytes: Buffer.from('x') }
  ring['ring'] = ring
  const text = logged((log) => log.info({ ring, long: 'x'.repeat(100_000) }))
  const { ring: found, long } = JSON.parse(text) as { ring: object; long: string }
  assert.deepEqual(
    { ...found, at: '' },
    { amount: '10', at: '', bytes: '[1 bytes]', ring: '[circular]' },
  )
  assert.ok(long.length < 10_000)
})

/** Log files on a clock of their own. */
function files(over: { dayBytes?: number } = {}) {
  const folder = join(tempFolder(), 'logs')
  const clock = { now: NOON as number }
  const troubles: string[] = []
  const log = new LogFiles({
    folder,
    now: () => clock.now,
    onTrouble: (line) => troubles.push(line),
    ...over,
  })
  const text = (at = clock.now): string =>
    readFileSync(join(folder, `tallyman-${new Date(at).toISOString().slice(0, 10)}.log`), 'utf8')
  return { folder, clock, log, text, troubles }
}

test('each day has its file, and fourteen of them are kept', () => {
  const { folder, clock, log } = files()
  mkdirSync(folder)
  writeFileSync(join(folder, 'mine.txt'), '')
  for (let day = 0; day < 20; day++) {
    log.write(`{"day":${day}}\n`, false)
    clock.now += DAY
  }
  log.close()
  const names = readdirSync(folder).sort()
  assert.equal(names.shift(), 'mine.txt')
  assert.equal(names.length, 14)
  assert.deepEqual([names[0], names.at(-1)], ['tallyman-2026-11-29.log', 'tallyman-2026-12-12.log'])
  assert.equal(statSync(join(folder, names[0]!)).mode & 0o777, 0o600)
})

test('a loop cannot fill the disk: a day has so many bytes, the last of them for errors', () => {
  const { folder, clock, log, text } = files({ dayBytes: 4_000 })
  const line = `${'x'.repeat(99)}\n`
  for (let count = 0; count < 1_000; count++) log.write(line, false)
  assert.ok(text().length < 3_300, String(text().length))
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  log.write('{"grave":1}\n', true)
  assert.match(text(), /more is left out, warnings and errors last"\}\n\{"grave":1\}\n$/)
  for (let count = 0; count < 1_000; count++) log.write(line, true)
  assert.ok(text().length < 4_200, String(text().length))
  clock.now += DAY
  log.write('{"next":1}\n', false)
  assert.match(text(), /^\{.*"msg":"19\d\d lines were left out before"\}\n\{"next":1\}\n$/)
})

test('after a torn line the next one begins on a line of its own', () => {
  const { folder, log, text } = files()
  mkdirSync(folder)
  writeFileSync(join(folder, 'tallyman-2026-11-23.log'), '{"level":"in')
  log.write('{"a":1}\n', false)
  assert.equal(text(), '{"level":"in\n{"a":1}\n')
})

test('a log that cannot be written is told once, and goes on when it can', () => {
  const { folder, clock, log, text, troubles } = files()
  writeFileSync(folder, 'a file where the folder should be')
  log.write('{"a":1}\n', false)
  log.write('{"b":1}\n', true)
  assert.equal(troubles.length, 1)
  assert.match(troubles[0]!, /^The log cannot be written \(.*\); trading goes on without it\.$/)
  rmSync(folder)
  log.write('{"c":1}\n', false)
  assert.match(text(), /"msg":"2 lines were lost here"\}\n\{"c":1\}\n$/)
  rmSync(folder, { recursive: true })
  clock.now += 2_000
  log.write('{"d":1}\n', false)
  assert.equal(text(), '{"d":1}\n')
})

const all = { isWanted: () => true, fromDate: undefined, isOver: true }
const texts = (lines: Iterable<{ readonly text: string }>): string[] =>
  [...lines].map(({ text }) => text)

test('the last lines are found across days, and garbage among them is shown as it is', () => {
  const { folder, clock, log } = files()
  for (const line of ['1', '2', '3']) log.write(`{"n":${line}}\n`, false)
  clock.now += DAY
  log.write('nonsense\n', false)
  log.write('{"n":4}\n[5', false)
  const found = lastLines(folder, { ...all, count: 4 })
  assert.deepEqual(texts(found.lines), ['{"n":3}', 'nonsense', '{"n":4}', '[5'])
  assert.deepEqual(texts(lastLines(folder, { ...all, count: 1 }).lines), ['[5'])
  const today = lastLines(folder, { ...all, count: 9, fromDate: '2026-11-24' })
  assert.equal(today.lines.length, 3)
  const numbers = lastLines(folder, { ...all, count: 9, isWanted: ({ fields }) => !!fields })
  assert.equal(numbers.lines.length, 4)
  assert.deepEqual(lastLines(join(folder, 'none'), { ...all, count: 9 }), {
    lines: [],
    end: undefined,
  })
})

test('who follows the log sees each line once, over midnight and after a removal', () => {
  const { folder, clock, log } = files()
  log.write('{"n":1}\n{"n"', false)
  const { end } = lastLines(folder, { ...all, count: 9, isOver: false })
  const reader = new LogReader(folder, end)
  assert.deepEqual(texts(reader.next()), [])
  log.write(':2}\n', false)
  assert.deepEqual(texts(reader.next()), ['{"n":2}'])
  clock.now += DAY
  log.write('{"n":3}\n', false)
  clock.now += DAY
  log.write('{"n":4}\n', false)
  assert.deepEqual(texts(reader.next()), ['{"n":3}', '{"n":4}'])
  assert.deepEqual(texts(reader.next()), [])
  writeFileSync(join(folder, 'tallyman-2026-11-25.log'), '{}\n')
  assert.deepEqual(texts(reader.next()), ['{}'])
})

test('what the terminal says of an order is logged under its account and order', async () => {
  const house = await House.open()
  const said: string[] = []
  const text: string[] = []
  const hear = (heard: Parameters<Voices['hear']>[0]): void => {
    text.push(logged((log) => new Voices(log, (line) => said.push(line)).hear(heard)))
  }
  const teller = new Teller({
    journal: house.journal,
    accounts: (id) => house.desk.account(id),
    soon: (run) => house.clock.soon(run),
    hear,
    onTrouble: assert.fail,
  })
  house.desk.follow(() => teller.wake())
  await house.place('BUY 10 INFY')
  await house.place('BUY 0.5 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  teller.close()
  const lines = text.map((line) => JSON.parse(line) as Record<string, string>)
  const found = lines.map(({ level, event, orderId }) => `${level} ${event} ${orderId}`)
  const id = [...house.account.orders.keys()][0]
  assert.deepEqual(
    found.filter((line) => /Order(?!Sending|Accepted)/.test(line)),
    [`info OrderPlaced ${id}`, 'warn OrderDenied undefined', `info OrderFilled ${id}`],
  )
  assert.equal(said.length, 2)
  for (const line of said)
    assert.ok(
      lines.some(({ msg }) => line.endsWith(msg!)),
      line,
    )
})

test('an order that we let go of is a warning; one that ended with its day is none', () => {
  const orderId = 'paper-4' as never
  const expired = (why: 'unsent' | 'broker') =>
    levelOf({ type: 'OrderExpired', orderId, why, reason: '' })
  assert.deepEqual([expired('unsent'), expired('broker')], ['warn', 'info'])
  const step = { type: 'EndOfDayStepDone', group: 'sim', date: '2026-11-23' as never } as const
  const done = { ...step, step: 6, milliseconds: 1, detail: 'no room' }
  assert.deepEqual(
    [levelOf({ ...done, ok: true }), levelOf({ ...done, ok: false })],
    ['info', 'error'],
  )
})
