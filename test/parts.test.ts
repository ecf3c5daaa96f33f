/** Parts of a running desk that are off or broken, one at a time: orders go on, so do others. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../src/config.ts'
import { start } from '../src/main.ts'
import { openSql } from '../src/store/sql.ts'
import { Served } from './running.ts'
import { pause, Spawned, tallymanBeside } from './spawned.ts'
import { tempFolder } from './temp.ts'

const LIMIT = { symbol: 'MANGO', side: 'BUY', quantity: 1, type: 'LIMIT', price: '1000' }

/** Places an order, sees it work, and cancels it; returns its id. */
async function trades(desk: Served, key: string): Promise<string> {
  const placed = await desk.call('POST', '/api/v1/orders', { key, body: LIMIT })
  assert.equal(placed.status, 201, placed.text)
  const id = String(placed.body['id'])
  const shown = async (): Promise<unknown> => {
    return (await desk.call('GET', `/api/v1/orders/${id}`, { key })).body['status']
  }
  while ((await shown()) !== 'OPEN') await pause(10)
  assert.equal((await desk.call('DELETE', `/api/v1/orders/${id}`, { key })).status, 202)
  while ((await shown()) !== 'CANCELLED') await pause(10)
  return id
}

async function health(desk: Served): Promise<Readonly<Record<string, unknown>>> {
  return (await desk.call('GET', '/health')).body
}

test('a views.db that cannot be opened takes the lists along, and nothing else', async () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'views.db'))
  const desk = await Served.open({}, folder)
  const key = desk.key('trade')
  await trades(desk, key)
  for (const path of ['orders', 'fills', 'audit', 'orders/paper-999']) {
    const { status, body } = await desk.call('GET', `/api/v1/${path}`, { key })
    assert.deepEqual([status, body['code']], [503, 'SCREENS_SHUT'], path)
    assert.match(String(body['detail']), /^There are no lists .*views\.db: it cannot be opened/)
    assert.match(String(body['remedy']), /^Orders work as ever\..*views\.db may be removed/)
  }
  assert.equal((await desk.call('GET', '/api/v1/positions', { key })).status, 200)
  assert.equal(desk.said.filter((line) => /no lists of orders and fills/.test(line)).length, 1)
  await desk.running.stop()
})

test('lists that are switched off are not kept, and say so', async () => {
  const desk = await Served.open({ TALLYMAN_SCREENS: 'off' })
  const key = desk.key('trade')
  await trades(desk, key)
  const { status, body } = await desk.call('GET', '/api/v1/orders', { key })
  assert.equal(status, 503)
  assert.match(String(body['detail']), /they are switched off/)
  const { code, err } = await tallymanBeside(desk.config.data, ['order', 'list'])
  assert.equal(code, 1, 'to try again would not help')
  assert.match(err, /^tallyman: SCREENS_SHUT: There are no lists/)
  assert.equal(existsSync(join(desk.config.data, 'views.db')), false)
  await desk.running.stop()
})

test('lists that break while the desk runs answer 503, and orders go on', async () => {
  const desk = await Served.open()
  const key = desk.key('trade')
  await trades(desk, key)
  assert.equal((await desk.call('GET', '/api/v1/fills', { key })).status, 200)
  const sql = openSql(join(desk.config.data, 'views.db'), { busyMs: 1_000 })
  sql.exec('DROP TABLE fills')
  sql.close()
  const { status, body } = await desk.call('GET', '/api/v1/fills', { key })
  assert.deepEqual([status, body['code']], [503, 'SCREENS_SHUT'])
  await trades(desk, key)
  await desk.running.stop()
})

test('where something else stands in the place of the reserve, orders go on', async () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'reserve'))
  const desk = await Served.open({}, folder)
  await trades(desk, desk.key('trade'))
  assert.equal((await health(desk))['disk'], 'unwatched')
  assert.equal(
    desk.said.filter((line) => line.startsWith('No room is kept for a full disk: EISDIR')).length,
    1,
  )
  await desk.running.stop()
})

test('without a reserve nothing watches the disk, and the room of an old one is free', async () => {
  const folder = tempFolder()
  await (await Served.open({}, folder)).running.stop()
  assert.ok(existsSync(join(folder, 'reserve')))
  const desk = await Served.open({ TALLYMAN_DISK_RESERVE_MB: '0' }, folder)
  await trades(desk, desk.key('trade'))
  assert.equal(existsSync(join(folder, 'reserve')), false)
  assert.equal((await health(desk))['disk'], 'unwatched')
  await desk.running.stop()
})

test('a log that cannot be written keeps nobody from trading', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'logs'), '')
  const desk = await Served.open({}, folder)
  await trades(desk, desk.key('trade'))
  assert.equal(desk.said.filter((line) => line.startsWith('The log cannot be written (')).length, 1)
  await desk.running.stop()
})

test('a terminal that fails at every line keeps nobody from trading', async () => {
  const folder = tempFolder()
  const config = readConfig({
    TALLYMAN_DATA: folder,
    TALLYMAN_PORT: '0',
    TALLYMAN_DISK_RESERVE_MB: '1',
    TALLYMAN_PAPER_LATENCY_MS: '0',
  })
  let lines = 0
  const running = await start(config, () => {
    lines++
    throw new Error('write EIO')
  })
  const desk = Object.assign(Object.create(Served.prototype) as Served, { config, running })
  await trades(desk, desk.key('trade'))
  assert.ok(lines > 0)
  await running.stop()
})

test('a desk whose terminal has gone goes on, and ends when it is told to', async () => {
  const folder = tempFolder()
  const running = await Spawned.start(folder, {}, ['/bin/sh', '-c', 'exec "$@" >/dev/full', 'sh'])
  const ended = await running.kill('SIGTERM')
  assert.deepEqual([ended.code, ended.err], [0, ''])
})

test('a calendar.json that breaks while the desk runs keeps it not from recovering', async () => {
  const folder = tempFolder()
  const desk = await Served.open({}, folder)
  const key = desk.key('trade')
  await trades(desk, key)
  writeFileSync(join(folder, 'calendar.json'), '{ "NSE": ')
  const sql = openSql(join(folder, 'journal.db'), { busyMs: 1_000 })
  sql.exec("CREATE TRIGGER broken BEFORE INSERT ON batch BEGIN SELECT RAISE(ABORT, 'broken'); END")
  assert.equal((await desk.call('POST', '/api/v1/orders', { key, body: LIMIT })).status, 503)
  sql.exec('DROP TRIGGER broken')
  sql.close()
  while ((await health(desk))['status'] !== 'ok') await pause(50)
  await trades(desk, key)
  await desk.running.stop()
})
