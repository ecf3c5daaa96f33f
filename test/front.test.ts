import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../src/core/account.ts'
import { COMMANDS_MAX } from '../src/core/commands.ts'
import type { Draft } from '../src/core/draft.ts'
import { DAY, later } from '../src/core/time.ts'
import { House } from './house.ts'

test('a text that is no order’s id belongs to no account', async () => {
  const house = await House.open()
  for (const text of ['paperx', 'x', '']) assert.equal((await house.cancel(text)).is, 'noAccount')
})

test('a command that is settled while the desk stops is answered, and never throws', async () => {
  const house = await House.open()
  const answers = Promise.all([house.submit('BUY 1 INFY 90'), house.submit('BUY 1 INFY 90')])
  const stopping = house.desk.stop()
  await house.pass(1)
  await stopping
  for (const { is } of await answers) assert.match(is, /^(placed|unavailable)$/)
  assert.equal((await house.submit('BUY 1 INFY 90')).is, 'unavailable')
})

/** As if that many commands had been settled `days` ago. */
function fill(house: House, count: number, days: number): void {
  const at = later(house.now(), -days * DAY)
  const { commands } = house.account as Draft<Account>
  const none = { orderId: undefined, orderIds: undefined, denial: undefined }
  for (let n = 0; n < count; n++) commands.set(`key:me old${n}`, { hash: 'h', at, ...none })
}

test('a command without an id is done each time, and nothing of it is remembered', async () => {
  const house = await House.open()
  for (const _ of [1, 2]) {
    const told = await house.place('BUY 1 INFY 90', { id: undefined })
    assert.equal(told.is === 'placed' && told.repeated, false)
  }
  assert.equal(house.account.orders.size, 2)
  assert.equal(house.account.commands.size, 0)
})

test('an account that can remember no more says so, and closes nothing', async () => {
  const house = await House.open()
  fill(house, COMMANDS_MAX, 6)
  for (const _ of [1, 2, 3]) {
    const full = await house.place('BUY 1 INFY 90')
    assert.match(full.is === 'unavailable' ? full.reason : full.is, /250000 commands/)
  }
  assert.equal(house.account.closed, false)
  assert.equal(house.account.orders.size, 0)
  const placed = await house.place('BUY 1 INFY 90', { id: undefined })
  assert.equal(placed.is, 'placed')
  house.clock.skip(later(house.now(), 2 * DAY))
  assert.equal((await house.place('BUY 1 INFY 90')).is, 'placed', 'the oldest make room')
})

test('a clock that is wrong for a moment makes hardly a command forgotten', async () => {
  const house = await House.open()
  fill(house, 100, 1)
  await house.place('BUY 1 INFY 90', { id: 'last' })
  house.clock.skip(later(house.now(), 365 * DAY))
  await house.place('BUY 1 INFY 90')
  assert.equal(house.account.commands.size, 100)
  const again = await house.place('BUY 1 INFY 90', { id: 'last' })
  assert.equal(again.is === 'placed' && again.repeated, true)
})
