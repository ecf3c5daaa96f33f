import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newAccount } from '../src/core/account.ts'
import type { Account } from '../src/core/account.ts'
import { decide } from '../src/core/decide.ts'
import type { Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import { later, SECOND } from '../src/core/time.ts'
import { NOON } from './house.ts'
import { inr, placeFrom } from './scenario-asks.ts'
import { epoch } from '../src/core/tag.ts'
import { money } from '../src/core/amount.ts'

function tell(account: Account, body: Input['body'], at = NOON): readonly Event[] {
  return keep(account, decide(account, { at, cause: 'test', key: undefined, body }), at)
}

function keep(account: Account, events: readonly Event[], at = NOON): readonly Event[] {
  const seq = account.seq + 1
  const entry = { account: account.id, seq, at, cause: 'test', command: undefined, events }
  if (events.length > 0) evolve(account, entry)
  return events
}

function opened(): Account {
  const account = newAccount('paper')
  tell(account, { type: 'OpenAccount', number: 1, broker: 'paper', mode: 'paper', plan: 'none' })
  tell(account, { type: 'Started', epoch: epoch('00TST') })
  const amount = money('1000000000')
  keep(account, [{ type: 'CashMoved', currency: inr, amount, reason: 'opening' }])
  return account
}

const order = (words: string): Input['body'] => placeFrom(`INFY 1 limit 100 ${words}`.split(' '))

const denied = ([event]: readonly Event[]): string =>
  event?.type === 'OrderDenied' ? `${event.code} ${event.context}` : (event?.type ?? 'nothing')

test('orders a second are counted by the second', () => {
  const account = opened()
  assert.equal(denied(tell(account, order('a-second 2'))), 'OrderPlaced')
  assert.equal(denied(tell(account, order('a-second 2'))), 'OrderPlaced')
  assert.equal(denied(tell(account, order('a-second 2'))), 'TOO_MANY_ORDERS_A_SECOND max=2')
  const next = later(NOON, SECOND)
  assert.equal(denied(tell(account, order('a-second 2'), next)), 'OrderPlaced')
})

test('only so many may wait for their turn at the broker', () => {
  const account = opened()
  for (let n = 0; n < 20_000; n++) tell(account, order('queued'))
  assert.equal(denied(tell(account, order('queued'))), 'TOO_MANY_WAITING waiting=20000')
})
