import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isCutOff } from '../src/backup/phases.ts'
import { putBack } from '../src/backup/put-back.ts'
import type { OrderView } from '../src/core/view.ts'
import { FolderLock } from '../src/store/lock.ts'
import { Spawned, tallyman, tallymanBeside } from './spawned.ts'
import { tempFolder } from './temp.ts'

const place = (folder: string, ...words: string[]): OrderView => {
  const { out, err } = tallyman(folder, ['order', 'place', ...words, '--json'])
  assert.equal(err, '')
  return JSON.parse(out) as OrderView
}

const show = (folder: string, id: string): OrderView =>
  JSON.parse(tallyman(folder, ['order', 'show', id, '--json']).out) as OrderView

test('backed up while it trades, killed, restored: nothing is lost or sent twice', async () => {
  const folder = tempFolder()
  const file = join(tempFolder(), 'b.tar.gz')
  const desk = await Spawned.start(folder)
  const resting = place(folder, 'BUY', '3', 'CHAI', '--limit', '1')
  const trading = Array.from({ length: 5 }, () =>
    tallymanBeside(folder, ['order', 'place', 'BUY', '1', 'MANGO']),
  )
  const made = tallyman(folder, ['backup', file, '--json'])
  assert.equal(made.code, 0, made.err)
  await Promise.all(trading)
  const lost = place(folder, 'BUY', '2', 'BANYAN', '--limit', '1')
  const early = tallyman(folder, ['restore', file, '--force'])
  assert.equal(early.code, 1)
  assert.match(early.err, /is held\); stop it first\n$/)
  await desk.kill('SIGKILL')

  assert.match(tallyman(folder, ['restore', file]).err, /is not empty .* aside with --force\n$/)
  const { code, out, err } = tallyman(folder, ['restore', file, '--force'])
  assert.equal(code, 0, err)
  assert.match(out, new RegExp(`UNKNOWN until the broker’s book tells: .*${resting.id}\\b`))
  assert.match(out, /The paper broker’s books are as they were\./)

  const again = await Spawned.start(folder)
  while (show(folder, resting.id).status !== 'OPEN');
  assert.equal(tallyman(folder, ['order', 'show', lost.id]).code, 1)
  const verified = tallyman(folder, ['verify'])
  assert.deepEqual([verified.code, /Both books agree/.test(verified.out)], [0, true], verified.out)
  const bought = JSON.parse(tallyman(folder, ['positions', '--json']).out) as {
    readonly items: readonly { readonly symbol: string; readonly quantity: string }[]
  }
  const mango = bought.items.filter(({ symbol }) => symbol === 'MANGO')
  assert.equal(
    mango.reduce((sum, { quantity }) => sum + Number(quantity), 0),
    5,
  )
  const log = tallyman(folder, ['logs']).out
  assert.match(log, /WARN +- +restored from a backup of .*\n(.*\n)*.*orders under our tag/)
  const why = tallyman(folder, ['journal', 'why', resting.id]).out
  assert.match(why, /restored from a backup.*It is UNKNOWN: it is not sent again/)
  await again.kill('SIGTERM')
})

test('a start finishes a restore that was cut off, or says who holds the folder', async () => {
  const folder = tempFolder()
  const file = join(tempFolder(), 'b.tar.gz')
  const desk = await Spawned.start(folder)
  assert.equal(tallyman(folder, ['backup', file]).code, 0)
  await desk.kill('SIGTERM')
  const onStep = (doing: string): void => {
    if (doing === 'moving' && !existsSync(join(folder, 'journal.db'))) throw new Error('cut off')
  }
  const cut = putBack({ file, folder, force: true, withVenue: false, now: Date.now(), onStep })
  await assert.rejects(cut, /cut off/)
  assert.ok(isCutOff(folder))
  const lock = new FolderLock(join(folder, 'desk.lock'))
  const held = tallyman(folder, ['start'])
  assert.equal(held.code, 78)
  assert.match(held.err, /^tallyman: another Tallyman works on the same data folder/)
  lock.release()
  const again = await Spawned.start(folder)
  assert.ok(!isCutOff(folder))
  assert.match(tallyman(folder, ['journal', 'show']).out, /OrderUnknown|EpochStarted/)
  await again.kill('SIGTERM')
})

test('commands that make no sense are refused in one sentence', () => {
  const folder = tempFolder()
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['backup', join(folder, 'b')], /there is no journal in .*: nothing is there to back up/],
    [['restore', join(folder, 'b')], /b: there is no such file/],
  ]
  for (const [args, says] of wrong) {
    const { code, err } = tallyman(folder, args)
    assert.equal(code, 1)
    assert.match(err, says)
    assert.equal(err.trim().split('\n').length, 1)
  }
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  assert.equal(tallyman(folder, ['restore', file, '--data', file]).code, 1)
  assert.equal(readFileSync(file, 'utf8'), '')
})
