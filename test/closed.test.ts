import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../src/core/account.ts'
import { netQuantity } from '../src/core/account.ts'
import { formatQuantity } from '../src/core/amount.ts'
import { netKey } from '../src/core/instrument.ts'
import type { PlainAnswer } from '../src/core/port.ts'
import { House } from './house.ts'
import { Served } from './running.ts'
import { Wrapped } from './wrapped.ts'

/** What a bug of ours might do: the core asserts that an account has an epoch once it trades. */
function damage(account: Account): void {
  ;(account as { epoch: unknown }).epoch = undefined
}

/** A house whose account holds 10 INFY, has an order working in SBIN, and was closed. */
async function closed(): Promise<House> {
  const house = await House.open()
  await house.place('BUY 10 INFY')
  await house.place('BUY 5 SBIN 90')
  await house.pass(1)
  for (const _ of [1, 2]) {
    damage(house.account)
    assert.equal((await house.place('BUY 1 TCS 90')).is, 'unavailable')
  }
  assert.equal(house.account.closed, true)
  return house
}

test('a closed account places nothing, but cancels and reports reach it', async () => {
  const house = await closed()
  const denied = await house.place('BUY 1 TCS 90')
  assert.equal(denied.is === 'denied' && denied.denial.code, 'ACCOUNT_CLOSED')
  const [, working] = house.account.orders.keys()
  assert.equal((await house.cancel(working!)).is, 'cancelAsked')
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  assert.equal(house.orders(), 'complete 10/10, cancelled 0/5')
  const held = netQuantity(house.account, netKey(house.instrument('INFY').id, 'CNC'))
  assert.equal(formatQuantity(held), '10')
})

test('what waits for its turn when the account is closed is never sent', async () => {
  const limits = { windows: [{ ms: 1_000, max: 1 }], keptForExits: 0 }
  const house = await House.open({ wrap: (inner) => new Wrapped(inner, { limits }) })
  await house.place('BUY 1 INFY 90')
  await house.place('BUY 2 INFY 90')
  const body = { type: 'Failed', reason: 'a test', again: true } as const
  house.desk.tell({ account: 'paper', cause: 'desk', body })
  await house.pass(2)
  assert.equal(house.orders(), 'open 0/1, expired 0/2')
})

test('an account that keeps failing is journaled as closed once', async () => {
  const house = await closed()
  const before = house.journal.head().n
  const [, working] = house.account.orders.keys()
  for (const _ of [1, 2, 3]) {
    damage(house.account)
    assert.equal((await house.cancel(working!)).is, 'unavailable')
  }
  assert.equal(house.account.closed, true)
  const events = [...house.journal.read(before)].flatMap(({ entries }) =>
    entries.flatMap((each) => each.events.map(({ type }) => type)),
  )
  assert.equal(events.includes('AccountFailed'), false)
})

test('a person reopens it, by name; a restart does not', async () => {
  const first = await closed()
  const { clock, journal, shelf, feed } = first
  const house = new House({ clock, journal, shelf, feed })
  await house.pass(1)
  await house.serving
  const place = (): Promise<PlainAnswer> => house.place('BUY 1 TCS 90', { id: undefined })
  assert.equal((await place()).is, 'denied')
  const reopen = async (account: string): Promise<string> => {
    const asked = { scope: 'key:boss', id: undefined, by: 'key:boss' }
    const answer = house.front.submit({ type: 'ReopenAccount', account, ...asked })
    await house.pass(0)
    return (await answer).is
  }
  assert.equal(await reopen('nobody'), 'noAccount')
  assert.equal(await reopen('paper'), 'reopened')
  const rows = journal.head().n
  assert.equal(await reopen('paper'), 'reopened', 'twice is once')
  assert.equal(journal.head().n, rows)
  const [row] = [...journal.read(rows - 1)]
  assert.deepEqual(row?.entries[0]?.events, [{ type: 'AccountReopened', by: 'key:boss' }])
  assert.equal((await place()).is, 'placed')
})

test('only an admin reopens an account, and one that is open stays so', async () => {
  const path = '/api/v1/accounts/paper/reopen'
  const served = await Served.open()
  const small = await served.call('POST', path, { key: served.key('trade') })
  assert.deepEqual([small.status, small.body['code']], [403, 'SCOPE_TOO_SMALL'])
  const admin = served.key('admin')
  const { status, body } = await served.call('POST', path, { key: admin })
  assert.deepEqual([status, body['account'], body['closed']], [200, 'paper', false])
  const nobody = await served.call('POST', '/api/v1/accounts/nobody/reopen', { key: admin })
  assert.equal(nobody.status, 404)
  await served.running.stop()
})
