import assert from 'node:assert/strict'
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, FolderInUse, open } from '../src/index.ts'
import { State } from '../src/store/state.ts'
import { freshDesk, libraryExam } from './library.exam.ts'
import { Spawned } from './spawned.ts'
import { tempFolder } from './temp.ts'

libraryExam('open', async (settings) => {
  const desk = await freshDesk({ ...settings })
  return { desk, end: () => desk.stop() }
})

libraryExam('connect', async (settings) => {
  const data = tempFolder()
  const behind = await freshDesk({ ...settings, data })
  const desk = connect(`${behind.url}/`, keyIn(data))
  return { desk, end: () => desk.stop().then(() => behind.stop()) }
})

function keyIn(folder: string, name = 'me'): string {
  const state = new State(join(folder, 'state.db'))
  const key = state.createKey(name, 'trade', 0)
  state.close()
  return key!
}

const QUIET = { server: { disk_reserve_mb: 0 }, paper: { latency_ms: 0 } }

test('the same folder is the same desk, by whatever path, until it is stopped', async () => {
  const data = tempFolder()
  const link = join(tempFolder(), 'link')
  symlinkSync(data, link)
  const [one, two] = await Promise.all([open({ data, ...QUIET }), open({ data: link })])
  assert.equal(one, two)
  assert.equal(one.url, undefined)
  const stopping = two.stop()
  const third = await open({ data, ...QUIET })
  await stopping
  assert.notEqual(third, one)
  assert.equal((await third.accounts()).items.length, 1)
  await third.stop()
})

test('a desk that is open is not opened in another way', async () => {
  const data = tempFolder()
  const desk = await open({ data, ...QUIET, sim: { seed: 7 } })
  assert.equal(await open({ data, sim: { seed: 7 } }), desk)
  await assert.rejects(
    open({ data, sim: { seed: 8 } }),
    /^BadSetting: sim.seed: 8: the desk is open already/,
  )
  await assert.rejects(open({ data, serve: true }), /^BadSetting: serve: true: the desk is open/)
  await desk.stop()
})

test('a setting that makes no sense is named, and nothing is opened', async () => {
  const data = join(tempFolder(), 'none')
  await assert.rejects(
    open({ data, server: { port: 99_999 } }),
    /^BadSetting: server.port: 99999: /,
  )
  const unknown = { data, trading: { leverage: 5 } } as never
  await assert.rejects(open(unknown), /^BadSetting: trading.leverage: there is no such setting/)
  const twice = { data, server: { data_folder: '/tmp' } }
  await assert.rejects(open(twice), /^BadSetting: data: .* give one of the two$/)
  assert.equal(existsSync(data), false)
})

test('neither the environment nor a file says how a desk is opened', async (t) => {
  process.env['TALLYMAN_SEED'] = 'no number'
  t.after(() => delete process.env['TALLYMAN_SEED'])
  const desk = await open({ data: tempFolder(), ...QUIET })
  await desk.stop()
})

test('a folder that another process has is refused in one sentence', async () => {
  const data = tempFolder()
  const other = await Spawned.start(data)
  const error = await open({ data, ...QUIET }).catch((thrown: unknown) => thrown)
  assert.ok(error instanceof FolderInUse)
  assert.match(error.message, /^another Tallyman works on the same data folder \(.*\)$/)
  await other.kill('SIGTERM')
  const desk = await open({ data, ...QUIET })
  await desk.stop()
})
