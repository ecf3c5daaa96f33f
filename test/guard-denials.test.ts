/** What nobody can ask of guards, and what they are told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import { decide } from '../src/core/decide.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import type { Instant } from '../src/core/time.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { guardBody, ruleOf, seen } from './guard-words.ts'

const BEGIN = instant(Date.UTC(2026, 10, 23, 12))

/** The code of the denial, if it was one. */
function tell(account: Account, at: Instant, body: Input['body']): string | undefined {
  const events = decide(account, { at, cause: 'test', key: undefined, body })
  const seq = account.seq + 1
  if (events.length > 0) {
    evolve(account, { account: 'paper', seq, at, cause: 'test', command: undefined, events })
  }
  const [denied] = events.filter((event) => event.type === 'GuardDenied')
  return denied?.code
}

const by = 'key:me'
const confirm = 'paper'

test('what is not there cannot be removed, called off, acknowledged or settled', () => {
  const account = newAccount('paper')
  const asked = (words: string): string | undefined =>
    tell(account, BEGIN, guardBody(words.split(' '), account, BEGIN))
  assert.equal(asked('remove nothing'), 'GUARD_NOT_FOUND')
  assert.equal(
    tell(account, BEGIN, { type: 'StopClosing', closing: 7, confirm, by }),
    'CLOSING_NOT_FOUND',
  )
  assert.equal(tell(account, BEGIN, { type: 'Acknowledge', closing: 7, by }), 'CLOSING_NOT_FOUND')
  assert.equal(asked('cash'), 'CASH_NOT_ASKED')
})

test('nobody arms while all is being closed, or after the rule that ends an account', () => {
  const account = newAccount('paper')
  const rules = [ruleOf({ delayMs: 0, consequence: 'terminate' })]
  tell(account, BEGIN, { type: 'SetGuard', rules, initial: undefined, by })
  let at = BEGIN
  for (const equity of ['100000', '100000', '50000', '50000', '50000']) {
    at = later(at, 2 * SECOND)
    tell(account, at, seen(account, at, { equity, balance: equity }))
  }
  const arm = { type: 'ArmGuards', confirm, reason: 'again', by } as const
  assert.equal(tell(account, at, arm), 'CLOSING_IN_PROGRESS')
  for (const _ of [1, 2]) {
    at = later(at, 5 * SECOND)
    tell(account, at, guardBody(['look', '0'], account, at))
  }
  assert.equal(tell(account, at, arm), 'GUARD_TERMINATED')
})
