import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../src/core/account.ts'
import { later } from '../src/core/time.ts'
import { Desk } from '../src/desk/desk.ts'
import { DeskBusy, DeskStopped } from '../src/desk/told.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { House, NOON } from './house.ts'
import { SlowJournal } from './slow-journal.ts'
import { wrapped } from './wrapped.ts'

/** What a bug of ours might do: the core asserts that an account has an epoch once it trades. */
function damage(account: Account): void {
  ;(account as { epoch: unknown }).epoch = undefined
}

/** Promises move on, and time and the desk do not. */
const allIsHandedIn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/** A disk that is full for everything but rows. */
class FullJournal extends MemoryJournal {
  isFull = false

  override save(...what: Parameters<MemoryJournal['save']>): void {
    if (this.isFull) throw new Error('database or disk is full')
    super.save(...what)
  }

  override rest(): void {
    if (this.isFull) throw new Error('database or disk is full')
  }
}

test('an answer lost with its batch leaves an order unknown; the book settles it', async () => {
  const { house, broker } = await wrapped()
  house.venue.onNews(() => {})
  const place = broker.place
  let answered = (): void => {}
  broker.place = async (order) => {
    const answer = await place(order)
    await new Promise<void>((resolve) => (answered = resolve))
    return answer
  }
  await house.place('BUY 10 INFY 90')
  broker.twist = (reading) => ({ ...reading, orders: { ok: false, reason: '503' } })
  await house.pass(0.1)
  damage(house.account)
  void house.submit('BUY 1 TCS 90')
  answered()
  await allIsHandedIn() // in the very batch of the order
  await house.pass(0.1)
  assert.equal(house.orders(), 'unknown 0/10')
  broker.twist = (reading) => reading
  await house.pass(60)
  assert.equal(house.orders(), 'open 0/10')
  assert.equal(broker.calls.length, 1)
})

test('the answer to a cancel lost in the same way has it sent again', async () => {
  const { house, broker } = await wrapped()
  house.venue.onNews(() => {})
  await house.place('BUY 10 INFY 90')
  await house.pass(1)
  const [id] = house.account.orders.keys()
  const cancel = broker.cancel
  let answered = (): void => {}
  broker.cancel = () =>
    new Promise((resolve) => {
      const answer = { is: 'notSent', reason: 'busy', retryAfterMs: 0, halted: false } as const
      answered = () => resolve(answer)
    })
  await house.cancel(id!)
  damage(house.account)
  void house.submit('BUY 1 TCS 90')
  answered()
  await allIsHandedIn() // in the very batch of the order
  await house.pass(0.1)
  broker.cancel = cancel
  await house.pass(10)
  assert.equal(house.orders(), 'cancelled 0/10')
})

test('what a failed commit would have brought about is never shown', async () => {
  const journal = new SlowJournal()
  const house = await House.open({ journal })
  journal.hold()
  journal.failNext(false)
  const placing = house.submit('BUY 10 INFY 90')
  await house.clock.settle()
  const whileFailing = assert.rejects(house.front.ask({ about: 'accounts' }), DeskStopped)
  journal.letGo()
  await house.clock.settle()
  await whileFailing
  assert.equal((await placing).is, 'unavailable')
  await assert.rejects(house.front.ask({ about: 'accounts' }), DeskStopped)
})

test('whoever listens for a failure that has happened already is told at once', async () => {
  const journal = new SlowJournal()
  const house = await House.open({ journal })
  journal.failNext(false)
  await house.place('BUY 10 INFY 90')
  const heard: string[] = []
  house.desk.onFailure(({ message }) => heard.push(message))
  assert.deepEqual([heard, house.desk.stopped?.name], [['disk on fire'], 'DeskStopped'])
})

test('a follower that throws is told of, and hurts nobody else', async () => {
  const trouble: string[] = []
  const house = await House.open({ onTrouble: ({ message }) => trouble.push(message) })
  let woken = 0
  house.desk.follow(() => {
    throw new Error('a screen is broken')
  })
  house.desk.follow(() => woken++)
  for (const wish of ['BUY 1 INFY 90', 'BUY 1 SBIN 90']) {
    assert.equal((await house.place(wish)).is, 'placed')
  }
  await house.pass(1)
  assert.equal(house.orders(), 'open 0/1, open 0/1')
  assert.equal(trouble.length, woken)
  assert.equal(trouble[0], 'a screen is broken')
})

test('a snapshot that cannot be saved is told of and done without; the desk goes on', async () => {
  const journal = new FullJournal()
  const trouble: string[] = []
  const house = await House.open({ journal, onTrouble: ({ message }) => trouble.push(message) })
  journal.rest = () => {}
  journal.isFull = true
  for (let n = 0; n < 11_000; n++) void house.submit('BUY 1 INFY 1.001') // denied, and journaled
  await house.pass(1)
  assert.deepEqual(trouble, ['no snapshot could be saved: database or disk is full'])
  assert.equal((await house.place('BUY 1 INFY 90')).is, 'placed')
  const stopping = house.firm.stop(0)
  await house.pass(1)
  await stopping
  await house.desk.stop()
  assert.equal(trouble.length, 2)
})

test('a journal whose housekeeping fails has failed', async () => {
  const journal = new FullJournal()
  const house = await House.open({ journal })
  const failures: string[] = []
  house.desk.onFailure(({ message }) => failures.push(message))
  journal.isFull = true
  await house.place('BUY 1 INFY 90')
  assert.deepEqual(failures, ['database or disk is full'])
  assert.equal((await house.place('BUY 1 INFY 90')).is, 'unavailable')
})

test('while the disk hangs, commands are refused past a bound; no report is lost', async () => {
  const clock = new VirtualClock(NOON)
  const journal = new SlowJournal()
  const desk = Desk.open(journal, clock)
  const told = { account: 'a', cause: 'x' } as const
  const body = { type: 'OpenAccount', number: 1, broker: 'b', mode: 'paper', plan: 'none' } as const
  journal.hold()
  void desk.submit({ ...told, body })
  await clock.advance(later(NOON, 1))
  for (let n = 0; n < 100_000; n++) desk.tell({ ...told, body: { type: 'Connected' } })
  const key = { scope: 'me', id: '1', hash: 'h' }
  const cancel = { type: 'CancelOrder', orderId: 'a-1' as never, by: 'me', turn: false } as const
  await assert.rejects(desk.submit({ ...told, key, body: cancel }), DeskBusy)
  const lost = desk.submit({ ...told, body: { type: 'Lost', reason: 'the line is dead' } })
  journal.letGo()
  await clock.advance(later(NOON, 2))
  assert.equal((await lost).is, 'done')
  const entries = [...journal.read(0)].flatMap((row) => row.entries)
  const events = entries.flatMap((entry) => entry.events)
  assert.deepEqual(
    events.map(({ type }) => type),
    ['AccountOpened', 'BrokerConnected', 'BrokerLost'],
  )
})
