import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { later, SECOND } from '../src/core/time.ts'
import { haltIn } from '../src/worlds/halt.ts'
import { Screens } from '../src/worlds/screens.ts'
import { Teardown } from '../src/worlds/teardown.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { NOON } from './house.ts'
import { tempFolder } from './temp.ts'

test('HALT stops while it is there, and also where nobody can tell', () => {
  const folder = join(tempFolder(), 'data')
  mkdirSync(folder)
  const halted = haltIn(folder)
  assert.equal(halted(), undefined)
  const file = join(folder, 'HALT')
  writeFileSync(file, '')
  assert.match(halted()!, /HALT is there/)
  rmSync(file)
  symlinkSync(file, file) // leads to itself
  assert.match(halted()!, /HALT/)
  rmSync(file)
  assert.equal(halted(), undefined)
  rmSync(folder, { recursive: true })
  assert.match(halted()!, /cannot be told/)
  writeFileSync(folder, 'a file where a folder should be')
  assert.match(halted()!, /cannot be told/)
})

test('screens that cannot be written are told of once, and tried until they can be', async () => {
  const clock = new VirtualClock(NOON)
  const told: string[] = []
  let [isFull, tries, isClosed] = [true, 0, false]
  const views = {
    catchUp: (): boolean => {
      tries++
      if (isFull) throw new Error('database or disk is full')
      return true
    },
    close: (): void => void (isClosed = true),
  }
  const screens = new Screens({ views, clock, onTrouble: ({ message }) => told.push(message) })
  const pass = (seconds: number): Promise<void> =>
    clock.advance(later(clock.now(), seconds * SECOND))
  for (let second = 0; second < 20; second++) {
    screens.wake()
    await pass(1)
  }
  assert.ok(tries >= 4 && tries <= 6, `${tries} tries in 20 s`)
  assert.equal(told.length, 1)
  isFull = false
  await pass(5)
  const before = tries
  screens.wake()
  await pass(1)
  assert.equal(tries, before + 1)
  screens.wake()
  screens.close()
  await pass(10)
  assert.deepEqual([tries, isClosed, told.length], [before + 1, true, 1])
})

test('every step of a teardown is taken, the last first, once', async () => {
  const [done, told]: [string[], string[]] = [[], []]
  const teardown = new Teardown(({ message }) => told.push(message))
  teardown.add(() => done.push('lock'))
  teardown.add(() => Promise.reject(new Error('the journal does not close')))
  teardown.add(() => done.push('desk'))
  await teardown.run()
  await teardown.run()
  assert.deepEqual([done, told], [['desk', 'lock'], ['the journal does not close']])
})
