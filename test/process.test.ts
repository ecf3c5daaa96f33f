import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { OrderView } from '../src/core/view.ts'
import { openSql } from '../src/store/sql.ts'
import { Served } from './running.ts'
import { pause, Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

type Key = { readonly key: string }
const keyIn = (folder: string): string =>
  (JSON.parse(tallyman(folder, ['keys', 'create', '--scope', 'trade', '--json']).out) as Key).key

async function post(url: string, key: string, id: string, body: object): Promise<OrderView> {
  const response = await fetch(`${url}/api/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': id,
    },
    body: JSON.stringify(body),
  })
  if (response.status !== 201) throw new Error(await response.text())
  return (await response.json()) as OrderView
}

async function get<T>(url: string, key: string, path: string): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return (await response.json()) as T
}

test('a second process on the same data folder cannot start, and says so', async () => {
  const folder = tempFolder()
  const first = await Spawned.start(folder)
  const second = tallyman(folder, ['start'])
  assert.equal(second.code, 78)
  assert.match(second.err, /^tallyman: another Tallyman works on the same data folder.*\n$/)
  assert.equal((await first.kill('SIGTERM')).code, 0)
})

for (const signals of [['SIGTERM'], ['SIGINT'], ['SIGINT', 'SIGINT']] as const) {
  test(`${signals.join(' ')} ends it in order, with one line on what stays open`, async () => {
    const folder = tempFolder()
    const running = await Spawned.start(folder)
    const key = keyIn(folder)
    const order = await post(running.url, key, 'a', {
      symbol: 'ACME',
      side: 'BUY',
      quantity: 1,
      type: 'LIMIT',
      price: 1,
    })
    while ((await get<OrderView>(running.url, key, `/orders/${order.id}`)).status !== 'OPEN');
    for (const signal of signals) {
      process.kill(running.pid, signal)
      await pause(2)
    }
    const { code, out } = await running.ended
    assert.equal(code, 0)
    assert.match(out, /Stopped\. 1 order stays open at the broker: paper-\d+\.\n$/)
    assert.equal(existsSync(join(folder, 'server.json')), false)
    const again = await Spawned.start(folder)
    const kept = await get<OrderView>(again.url, key, `/orders/${order.id}`)
    assert.equal(kept.status, 'OPEN')
    await again.kill('SIGTERM')
  })
}

test('a journal with a row that was changed is not traded on, and the row is named', async () => {
  const folder = tempFolder()
  const running = await Spawned.start(folder)
  const key = keyIn(folder)
  for (const id of ['a', 'b', 'c']) {
    await post(running.url, key, id, { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'MARKET' })
  }
  await running.kill('SIGKILL')
  const database = openSql(join(folder, 'journal.db'))
  database.exec(`UPDATE batch SET body = body || ' ' WHERE n = 5`)
  database.close()
  const verified = tallyman(folder, ['journal', 'verify'])
  assert.equal(verified.code, 1)
  assert.match(verified.err, /journal row 5 is not sound/)
  const second = tallyman(folder, ['start'])
  assert.equal(second.code, 78)
  assert.match(second.err, /^tallyman: journal row 5 is not sound.*does not trade.*\n$/)
})

test('settings that make no sense stop it, with their name, value and remedy', () => {
  const folder = tempFolder()
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['TALLYMAN_PORT', 'http', /TALLYMAN_PORT=http: a whole number from 0 to 65535 is expected/],
    ['TALLYMAN_PORT', '70000', /TALLYMAN_PORT=70000: a whole number from 0 to 65535 is expected/],
    ['TALLYMAN_HOST', '0.0.0.0', /TALLYMAN_HOST=0\.0\.0\.0: .*TALLYMAN_REMOTE=on/],
    ['TALLYMAN_COLOUR', 'red', /TALLYMAN_COLOUR: there is no such setting; docs/],
    ['VERIFIER_CHECK_INTERVAL', '0', /VERIFIER_CHECK_INTERVAL=0: .*1/],
    ['TALLYMAN_PAPER_PROTECTION', '0', /PROTECTION=0: a number of per cent above 0/],
    ['TALLYMAN_PAPER_CASH', '-5', /TALLYMAN_PAPER_CASH=-5: a plain decimal number/],
    ['TALLYMAN_PAPER_FAULTS', 'explode=1', /TALLYMAN_PAPER_FAULTS=explode=1: .*"lose-request/],
    ['TALLYMAN_PAPER_FAULTS', 'late=5', /TALLYMAN_PAPER_FAULTS=late=5: probabilities from 0 to 1/],
    ['TALLYMAN_LOG', 'loud', /TALLYMAN_LOG=loud: one of debug, info, .* is expected/],
    ['TALLYMAN_REMOTE', 'yes', /TALLYMAN_REMOTE=yes: one of on, true, /],
  ]
  for (const [name, value, says] of bad) {
    const { code, err } = tallyman(folder, ['start'], { [name]: value })
    assert.equal(code, 78, `${name}=${value}`)
    assert.match(err, says)
    assert.equal(err.trim().split('\n').length, 1, err)
  }
  const { err } = tallyman(folder, ['start'], { TALLYMAN_API_SECRET: 'hunter2' })
  assert.match(err, /^tallyman: TALLYMAN_API_SECRET: there is no such setting/)
  assert.equal(err.includes('hunter2'), false, 'what may be a secret is not repeated')
})

test('a port that is taken is said so, and the data folder is free again', async () => {
  const first = await Spawned.start(tempFolder())
  const folder = tempFolder()
  const { port } = new URL(first.url)
  const second = tallyman(folder, ['start'], { TALLYMAN_PORT: port })
  assert.equal(second.code, 78)
  assert.match(second.err, new RegExp(`port ${port} is taken`))
  const third = await Spawned.start(folder)
  await Promise.all([first.kill('SIGTERM'), third.kill('SIGTERM')])
})

test('npm start ends with the npm that started it', async () => {
  const folder = tempFolder()
  const run = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url))
  const parent = `
    const { spawn } = require('node:child_process')
    spawn(process.execPath, [${JSON.stringify(run)}, 'start'], { stdio: 'ignore' })
    setInterval(() => {}, 1000)`
  const env = { ...process.env, TALLYMAN_DATA: folder, TALLYMAN_PORT: '0' }
  const npm = spawn(process.execPath, ['-e', parent], { env, stdio: 'ignore' })
  const file = join(folder, 'server.json')
  while (!existsSync(file)) await pause(20)
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }
  npm.kill('SIGKILL')
  while (isAlive(pid)) await pause(20)
  assert.equal(existsSync(file), false)
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('killed again and again, it loses nothing and sends nothing twice', async () => {
  const folder = tempFolder()
  const key = keyIn(folder)
  const acknowledged = new Map<string, string>()
  const faults = 'lose-answer=0.1,lose-request=0.05,repeat=0.2,seed=5'
  const ROUNDS = 6
  let asked = 0
  let running = await Spawned.start(folder, { TALLYMAN_PAPER_FAULTS: faults })
  for (let n = 0; n < ROUNDS; n++) {
    const round = new AbortController()
    const clients = [0, 1, 2, 3].map(async () => {
      while (!round.signal.aborted) {
        const id = `order-${asked++}`
        const symbol = ['ACME', 'BANYAN', 'CHAI', 'DIYA', 'INDUS', 'MANGO'][asked % 6]!
        const body = { symbol, side: 'BUY', quantity: 1 + (asked % 3), type: 'MARKET' }
        await keepAsking(() => running.url, key, id, body).then(
          (order) => acknowledged.set(id, order),
          () => {}, // denied: an earlier order in the symbol is unknown
        )
      }
    })
    await pause(150 + 60 * n)
    const dying = running
    running = await dying.kill('SIGKILL').then(() => Spawned.start(folder))
    round.abort()
    await Promise.all(clients)
  }
  assert.ok(acknowledged.size > 30, `${acknowledged.size} orders were acknowledged`)
  for (const [id, orderId] of acknowledged) {
    const order = await get<OrderView>(running.url, key, `/orders/${orderId}`)
    assert.equal(order.id, orderId, `${id} is not lost`)
  }
  await settled(running.url, key)
  const verified = tallyman(folder, ['verify', '--json'])
  assert.equal(verified.code, 0, verified.out + verified.err)
  await running.kill('SIGTERM')
  assert.equal(tallyman(folder, ['journal', 'verify', '--full']).code, 0)
  const venue = openSql(join(folder, 'venue.db'), { readOnly: true })
  const rows = venue.prepare(`SELECT text FROM shelf WHERE name LIKE 'order %'`).all()
  const tags = (rows as { text: string }[]).map(({ text }) => (JSON.parse(text) as Tagged).tag)
  venue.close()
  assert.equal(new Set(tags).size, tags.length, 'no order is at the broker twice')
})

type Tagged = { readonly tag: string }

/** Like a good client: the same request under the same key until somebody answers. */
async function keepAsking(
  url: () => string,
  key: string,
  id: string,
  body: object,
): Promise<string> {
  for (;;) {
    try {
      return (await post(url(), key, id, body)).id
    } catch (error) {
      if (!(error instanceof TypeError)) throw error // fetch failed: nobody is there
      await pause(20)
    }
  }
}

async function settled(url: string, key: string): Promise<void> {
  for (;;) {
    const { items } = await get<{ items: { working: number }[] }>(url, key, '/accounts')
    if (items[0]?.working === 0) return
    await pause(100)
  }
}

test('a journal that fails is opened again, and the same request is done once', async () => {
  const served = await Served.open({ TALLYMAN_PAPER_LATENCY_MS: '1' })
  const key = served.key('trade')
  const body = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1 }
  const place = (id: string): ReturnType<typeof served.call> =>
    served.call('POST', '/api/v1/orders', { key, body, headers: { 'idempotency-key': id } })
  const first = await place('a')
  const intruder = openSql(join(served.config.data, 'journal.db'))
  intruder.exec('BEGIN IMMEDIATE')
  const failed = await place('b')
  assert.deepEqual([failed.status, failed.body['code']], [503, 'DESK_STOPPED'])
  assert.equal((await served.call('GET', '/health')).body['status'], 'starting')
  intruder.exec('ROLLBACK')
  intruder.close()
  while ((await served.call('GET', '/health')).body['status'] !== 'ok') await pause(20)
  const again = await place('b')
  assert.equal(again.status, 201)
  const listed = await served.call('GET', '/api/v1/orders', { key })
  const ids = (listed.body['items'] as OrderView[]).map(({ id }) => id)
  assert.deepEqual(ids, [again.body['id'], first.body['id']])
  assert.match(served.said.join(), /The journal failed .*opening it again/)
  await served.running.stop()
})

const strace = spawnSync('strace', ['-V']).status === 0 && canTrace()

function canTrace(): boolean {
  return spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
}

const why = strace ? false : 'strace is not installed, or may not trace here'

test('no acknowledgement leaves before the journal is synced', { skip: why }, async () => {
  const folder = tempFolder()
  const trace = join(folder, 'trace.txt')
  const calls = 'trace=pwrite64,fdatasync,fsync,write,writev,sendto'
  const under = ['strace', '-f', '-y', '-s', '24', '-e', calls, '-o', trace]
  const key = keyIn(folder)
  const running = await Spawned.start(folder, {}, under)
  for (let n = 0; n < 20; n++) {
    const body = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1 }
    await post(running.url, key, `a${n}`, body)
  }
  await running.kill('SIGTERM')
  let dirty = false
  let acknowledged = 0
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (/pwrite64\(\d+<[^>]*journal\.db-wal>/.test(line)) dirty = true
    if (/(fdatasync|fsync)\(\d+<[^>]*journal\.db-wal>/.test(line)) dirty = false
    if (!line.includes('HTTP/1.1 201')) continue
    acknowledged++
    assert.equal(dirty, false, `acknowledged while the journal was not synced: ${line}`)
  }
  assert.equal(acknowledged, 20)
})

test('a file HALT in the data folder stops every new order; cancels pass', async () => {
  const folder = tempFolder()
  const running = await Spawned.start(folder)
  const key = keyIn(folder)
  const body = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1 }
  const { id } = await post(running.url, key, 'before', body)
  while ((await get<OrderView>(running.url, key, `/orders/${id}`)).status !== 'OPEN');
  writeFileSync(join(folder, 'HALT'), '')
  await assert.rejects(post(running.url, key, 'halted', body), /TRADING_HALTED.*HALT/)
  const cancelled = tallyman(folder, ['order', 'cancel', id])
  assert.equal(cancelled.code, 0, cancelled.err)
  while ((await get<OrderView>(running.url, key, `/orders/${id}`)).status !== 'CANCELLED');
  await running.kill('SIGTERM')
})
