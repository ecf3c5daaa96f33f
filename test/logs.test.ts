import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { OrderView } from '../src/core/view.ts'
import { bin, pause, Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

const line = (level: string, time: string, rest: object): string =>
  JSON.stringify({ level, time: `2026-11-21T${time}:00.000Z`, ...rest })

/** A log as some desk left it. */
function leftBehind(): string {
  const folder = tempFolder()
  mkdirSync(join(folder, 'logs'))
  const lines = [
    line('info', '03:45', { account: 'paper', orderId: 'paper-4', msg: 'a' }),
    line('error', '03:46', { account: 'paper', seq: 9, msg: 'b \u001b[2J' }),
    'torn li',
    line('warn', '03:47', { msg: 'about paper-43', left: [1] }),
  ]
  writeFileSync(join(folder, 'logs', 'tallyman-2026-11-21.log'), `${lines.join('\n')}\n`)
  return folder
}

const logs = (folder: string, ...args: string[]): string => {
  const { code, out, err } = tallyman(folder, ['logs', '--zone', 'Asia/Kolkata', ...args])
  assert.equal(code, 0, err)
  return out
}

test('the log is read without a desk, in the clock time that is asked for', () => {
  const folder = leftBehind()
  assert.equal(
    logs(folder),
    '2026-11-21T09:15:00.000+05:30  INFO   paper-4     a\n' +
      '2026-11-21T09:16:00.000+05:30  ERROR  paper-9     b  [2J\n' +
      'torn li\n' +
      '2026-11-21T09:17:00.000+05:30  WARN   -           about paper-43  left=[1]\n',
  )
  assert.match(logs(folder, '--level', 'warn', '--last', '1'), /^\S+ +WARN .*\n$/)
  assert.match(logs(folder, '--order', 'paper-43'), /^\S+ +WARN .*\n$/)
  assert.match(logs(folder, '--order', 'paper-4'), /^\S+ +INFO .*\n$/)
  assert.match(logs(folder, '--since', '2026-11-21T09:16:30'), /^\S+ +WARN .*\n$/)
  assert.equal(logs(folder, '--since', '1h'), 'No such lines.\n')
  const [, , torn] = logs(folder, '--json').split('\n')
  assert.equal(torn, '{"torn":true,"msg":"torn li"}')
})

test('where nothing was logged yet, that is said', () => {
  assert.match(logs(tempFolder()), /^There is no log in .*logs yet: the desk writes one/)
})

test('what makes no sense is refused as wrong use', () => {
  const folder = leftBehind()
  for (const args of [
    ['--last', 'x'],
    ['--since', 'x'],
    ['--level', 'x'],
    ['--zone', 'x'],
  ]) {
    const { code, err } = tallyman(folder, ['logs', ...args])
    assert.equal(code, 2)
    assert.match(err, /"?x"?.* (expected|Allowed)/)
  }
})

test('a running desk’s log is followed until Ctrl-C, which is no failure', async () => {
  const folder = tempFolder()
  const desk = await Spawned.start(folder)
  const follower = spawn(process.execPath, [bin, 'logs', '--follow', '--tail', '1'], {
    env: { ...process.env, TALLYMAN_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let seen = ''
  follower.stdout.on('data', (text: Buffer) => (seen += text.toString()))
  while (!seen.includes('\n')) await pause(10)
  const placed = tallyman(folder, ['order', 'place', 'BUY', '2', 'CHAI', '--json'])
  const { id } = JSON.parse(placed.out) as OrderView
  while (!seen.includes(`Bought 2 CHAI`)) await pause(10)
  assert.match(seen, new RegExp(`INFO +${id} +Bought 2 CHAI at`))
  const day = readdirSync(join(folder, 'logs'))[0]!
  const tomorrow = day.replace(/\d\d\d\d/, (year) => String(Number(year) + 1))
  appendFileSync(join(folder, 'logs', tomorrow), '{"level":"info","msg":"a year later"}\n')
  while (!seen.includes('a year later')) await pause(10)
  const ended = new Promise((resolve) => follower.once('close', resolve))
  follower.kill('SIGINT')
  assert.equal(await ended, 0)
  await desk.kill('SIGTERM')
  assert.match(logs(folder, '--last', '9'), /Stopped\. No order stays open\./)
})

test('the last line of a desk that fell over is why', async () => {
  const folder = tempFolder()
  const fatal = join(folder, 'fatal.mjs')
  writeFileSync(fatal, 'setTimeout(() => { throw new Error("bug token=abcdef") }, 2500)')
  const options = { NODE_OPTIONS: `--import=${fatal}` }
  const { code } = tallyman(folder, ['start', '--quiet'], options)
  assert.notEqual(code, 0)
  const last = logs(folder, '--json').trim().split('\n').at(-1)!
  const { level, err } = JSON.parse(last) as { level: string; err: { message: string } }
  assert.deepEqual([level, err.message], ['fatal', 'bug token=[hidden]'])
})
