import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Check } from '../src/cli/checks.ts'
import { checkNode } from '../src/cli/checks.ts'
import { Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'

type Examined = { readonly ok: boolean; readonly checks: readonly Check[] }

/** What the doctor says, by name, and how it ends. */
function examine(folder: string, env: Record<string, string> = {}) {
  const { code, out, err } = tallyman(folder, ['doctor', '--json'], env)
  assert.equal(err, '')
  const { ok, checks } = JSON.parse(out) as Examined
  assert.equal(code, ok ? 0 : 1)
  return { code, by: new Map(checks.map((check) => [check.name, check])) }
}

const stateOf = (by: ReadonlyMap<string, Check>, name: string): string => {
  const { state, says, remedy } = by.get(name)!
  assert.ok(says !== '')
  assert.equal(remedy === null, state === 'ok', `${name} has a remedy where it needs one`)
  return state
}

test('on a healthy folder nothing fails, and the doctor leaves nothing behind', () => {
  const folder = tempFolder()
  const { code, by } = examine(folder)
  assert.equal(code, 0)
  const healthy = ['tallyman', 'zones', 'clock', 'settings', 'port', 'data folder', 'halt', 'disk']
  for (const name of [...healthy, 'reserve', 'journal', 'sqlite']) {
    assert.equal(stateOf(by, name), 'ok', name)
  }
  const { journalMode, synchronous } = by.get('sqlite')!.facts as Record<string, string>
  assert.deepEqual([journalMode, synchronous], ['wal', '2'])
  for (const name of ['sync', 'append']) {
    const { medianUs, times } = by.get(name)!.facts as Record<string, number>
    assert.ok(medianUs! > 0 && times! > 0, name)
  }
  assert.deepEqual(readdirSync(folder), [])
})

test('a folder that does not exist yet is no trouble', () => {
  const { code, by } = examine(join(tempFolder(), 'later'))
  assert.deepEqual([code, by.get('data folder')?.state], [0, 'ok'])
})

test('it works beside a running desk, and knows its port', async () => {
  const folder = tempFolder()
  const running = await Spawned.start(folder)
  const { port } = new URL(running.url)
  const { code, by } = examine(folder, { TALLYMAN_PORT: port })
  assert.equal(code, 0)
  assert.match(by.get('port')!.says, /held by the desk of this data folder/)
  assert.match(by.get('reserve')!.says, /1 MB are kept/)
  assert.match(by.get('journal')!.says, /^\d+ rows, /)
  await running.kill('SIGTERM')
})

test('what is wrong is named, with what to do', async () => {
  const folder = tempFolder()
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  writeFileSync(join(folder, 'HALT'), '')
  writeFileSync(join(folder, 'journal.db'), 'this is no database, and it never was one')
  chmodSync(folder, 0o755)
  const { code, by } = examine(folder, { TALLYMAN_PORT: String(port) })
  other.close()
  assert.equal(code, 1)
  assert.equal(stateOf(by, 'port'), 'fail')
  assert.equal(stateOf(by, 'journal'), 'fail')
  assert.equal(stateOf(by, 'halt'), 'warn')
  assert.equal(stateOf(by, 'data folder'), 'warn')
  assert.match(by.get('data folder')!.remedy!, /^chmod 700 /)
})

test('a bad setting is a finding, not the end', () => {
  const { code, by } = examine(tempFolder(), { TALLYMAN_PORT: 'http' })
  assert.equal(code, 1)
  assert.match(by.get('settings')!.says, /TALLYMAN_PORT=http: a whole number/)
})

test('a folder that is a file fails', () => {
  const folder = join(tempFolder(), 'file')
  writeFileSync(folder, '')
  assert.equal(stateOf(examine(folder).by, 'data folder'), 'fail')
})

test('in words, each check is a line and each remedy another', () => {
  const folder = tempFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'HALT'), '')
  const { out, code } = tallyman(folder, ['doctor'])
  assert.equal(code, 0)
  assert.match(out, /^ok {4}tallyman {5}version \d/)
  assert.match(out, /^warn {2}halt {9}the file .*HALT stops every new order\n {19}Remove /m)
})

test('a Node without support is warned of, one that is too old fails', () => {
  const day = Date.parse('2026-11-21')
  const states = ['24.4.0', '22.12.0', '20.20.2', '20.18.9', '18.20.0', '26.0.0'].map(
    (version) => checkNode(version, day).state,
  )
  assert.deepEqual(states, ['ok', 'ok', 'warn', 'fail', 'fail', 'ok'])
})

test('every setting is shown as it is in effect, with where that comes from', () => {
  const { by } = examine(tempFolder(), { TALLYMAN_PORT: '0', TALLYMAN_SEED: '' })
  const { says, facts } = by.get('settings')!
  assert.match(says, /server\.port=0 \(environment\), /)
  assert.deepEqual(facts!['server.port'], { value: '0', from: 'environment' })
  assert.deepEqual(facts!['sim.seed'], { value: '1', from: 'default' })
})
