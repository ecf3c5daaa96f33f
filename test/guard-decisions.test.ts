/** What an account decides by what it is worth: whether it warns, waits, closes, or asks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import { formatMoney, money, rate } from '../src/core/amount.ts'
import { decide } from '../src/core/decide.ts'
import type { Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import { blockOf } from '../src/core/guard.ts'
import type { GuardRule } from '../src/core/guard-rule.ts'
import { guardSentence } from '../src/core/guard-wording.ts'
import type { Input } from '../src/core/input.ts'
import { instrumentId } from '../src/core/instrument.ts'
import { MANUAL } from '../src/core/owner.ts'
import type { Instant } from '../src/core/time.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import { guardBody, inr, resetsAt, ruleOf, seen } from './guard-words.ts'

/** An account that only hears of what it is worth. */
class Story {
  readonly account: Account = newAccount('paper')
  now: Instant = instant(Date.UTC(2026, 10, 23, 12))

  constructor(...rules: readonly GuardRule[]) {
    this.tell({ type: 'SetGuard', rules, initial: undefined, by: 'key:me' })
  }

  tell(body: Input['body']): Event[] {
    const { account, now: at } = this
    const events = decide(account, { at, cause: 'test', key: undefined, body })
    if (events.length > 0) {
      const seq = account.seq + 1
      evolve(account, { account: 'paper', seq, at, cause: 'test', command: undefined, events })
    }
    return events
  }

  /** So many seconds later it is worth that. */
  sees(equity: string, { after = 1, balance = equity } = {}): string {
    this.pass(after)
    return namesOf(this.tell(seen(this.account, this.now, { equity, balance })))
  }

  says(line: string): string {
    this.pass(1)
    return namesOf(this.tell(guardBody(line.split(' '), this.account, this.now)))
  }

  /** One figure alone, after the last that was believed. */
  glimpses(equities: readonly string[]): string {
    this.pass(1)
    const count = equities.length
    const samples = equities.map((equity, index) => ({
      at: later(this.now, (index - count + 1) * SECOND),
      equity: money(equity),
      balance: money(equity),
      transfers: this.account.guards.transfers.get(inr) ?? money('0'),
    }))
    const sampled = [{ currency: inr, samples, missing: undefined, since: this.now }]
    const resets = resetsAt(this.now)
    return namesOf(this.tell({ type: 'WorthSeen', sampled, resets, positions: 1, list: '-' }))
  }

  pass(seconds: number): void {
    this.now = later(this.now, seconds * SECOND)
  }

  base(name = 'drawdown'): string {
    return formatMoney(this.account.guards.rules.get(name)!.baseline!.base)
  }

  get blocks(): string | undefined {
    return blockOf(this.account, { owner: MANUAL, instrument: instrumentId('NSE', 'INFY') })?.code
  }
}

const namesOf = (events: readonly Event[]): string =>
  events
    .map(({ type }) => type)
    .filter((type) => type !== 'WorthNoted' && type !== 'CancelAllAsked')
    .join(' ')

const WARNING = ruleOf({
  name: 'warning',
  fraction: rate('0.15'),
  consequence: 'warn',
  delayMs: 0,
})

test('14 % down is no alert, 16 % is one, 21 % is announced and then closed', () => {
  const story = new Story(WARNING, ruleOf())
  assert.equal(story.sees('100000'), 'BaselineMoved BaselineMoved')
  assert.equal(story.sees('86000'), '')
  assert.equal(story.sees('84000'), 'GuardWarned')
  assert.equal(story.sees('83000'), '', 'it is said once')
  assert.equal(story.sees('79000'), 'LiquidationAnnounced')
  assert.equal(story.blocks, 'GUARD_TRIPPED')
  assert.equal(story.sees('79000', { after: 8 }), '')
  assert.equal(story.sees('79000', { after: 2 }), 'GuardTripped LiquidationStarted')
  assert.equal(story.blocks, 'GUARD_CLOSING')
  assert.equal(story.sees('120000', { after: 60 }), 'BaselineMoved GuardCleared BaselineMoved')
  assert.equal(story.blocks, 'GUARD_CLOSING', 'only a person lets anything be entered again')
})

test('what is announced names the drawdown, what will be closed, and how to stop it', () => {
  const story = new Story(ruleOf())
  story.sees('100000')
  story.pass(1)
  const list = '10 INFY CNC, -₹1,200.00'
  const body = seen(story.account, story.now, { equity: '78700' })
  const events = story.tell({ ...body, list } as Input['body'])
  assert.equal(
    guardSentence(events[0]!),
    `Drawdown detected: 21.3 % (limit 20 %), rule drawdown. To be closed: ${list}. ` +
      'Liquidating in 10 seconds. To stop it: tallyman guard disarm --confirm <account>',
  )
})

test('a countdown looks again before it closes, and lets go of what no longer holds', () => {
  const story = new Story(ruleOf())
  story.sees('100000')
  assert.equal(story.sees('79000'), 'LiquidationAnnounced')
  assert.equal(story.sees('90000', { after: 10 }), 'GuardCleared')
  assert.equal(story.blocks, undefined)
})

test('a person stops a countdown, and only who types the account’s name', () => {
  const story = new Story(ruleOf())
  story.sees('100000')
  story.sees('79000')
  assert.equal(story.says('disarm'), 'GuardDisarmed')
  assert.equal(story.sees('79000', { after: 20 }), '')
  assert.equal(story.says('arm other'), 'GuardDenied')
  assert.equal(story.says('arm'), 'GuardArmed')
  assert.equal(story.sees('79000'), 'LiquidationAnnounced')
})

test('armed again after a closing it counts from what is left', () => {
  const story = new Story(ruleOf({ delayMs: 0 }))
  story.sees('100000')
  assert.equal(story.sees('79000'), 'GuardTripped LiquidationStarted')
  assert.equal(story.says('arm'), 'GuardDenied', 'not while it is still being closed')
  assert.equal(story.says('look 0'), 'FlatConfirmed')
  assert.equal(story.blocks, 'GUARD_TRIPPED')
  assert.equal(story.says('arm'), 'GuardArmed')
  story.sees('79000')
  assert.equal(story.base(), '79000')
  assert.equal(story.blocks, undefined)
})

test('a guard that ends trading is not armed again', () => {
  const story = new Story(ruleOf({ delayMs: 0, consequence: 'terminate' }))
  story.sees('100000')
  story.sees('79000')
  story.says('look 0')
  assert.equal(story.says('arm'), 'GuardDenied')
})

test('one figure proves nothing, neither a loss nor a peak', () => {
  const story = new Story(ruleOf({ delayMs: 0 }))
  story.sees('100000')
  assert.equal(story.glimpses(['100000', '100000', '1']), '')
  assert.equal(story.glimpses(['100000', '100000', '900000']), '')
  assert.equal(story.glimpses(['100000', '900000', '100000', '100000', '100000']), '')
  assert.equal(story.base(), '100000')
  assert.equal(story.glimpses(['100000', '79000', '79000']), 'GuardTripped LiquidationStarted')
})

test('a peak that comes in one leap must last', () => {
  const story = new Story(ruleOf())
  story.sees('100000')
  const leap = ['100000', '140000', '140000', '140000', '140000', '140000']
  assert.equal(story.glimpses(leap), '')
  assert.equal(story.sees('140000'), 'BaselineMoved')
  assert.equal(story.base(), '140000')
})

test('a deposit is no profit, and a withdrawal is no loss', () => {
  const story = new Story(ruleOf({ delayMs: 0 }), ruleOf({ ...WARNING }))
  story.sees('100000')
  const cash = (amount: string): void => {
    const moved = { type: 'CashMoved', currency: inr, amount: money(amount), reason: 'broker' }
    const events = [moved] as Event[]
    const { account, now: at } = story
    const entry = { account: 'paper', seq: account.seq + 1, at, cause: 'book', events }
    evolve(account, { ...entry, command: undefined })
  }
  cash('50000')
  assert.equal(story.base(), '150000')
  assert.equal(story.sees('150000'), '')
  cash('-100000')
  assert.equal(story.sees('50000'), 'CashAsked', 'a person is asked what went out')
  assert.equal(story.base(), '50000')
  assert.equal(story.blocks, 'CASH_IN_DOUBT')
  assert.equal(story.says('cash'), 'CashSettled')
  assert.equal(story.base(), '150000', 'they said that it was lost')
  assert.equal(story.sees('50000'), 'GuardTripped LiquidationStarted GuardWarned')
})

test('charges and interest are part of the result, not a withdrawal', () => {
  const story = new Story(ruleOf())
  story.sees('100000')
  const events = [
    { type: 'CashMoved', currency: inr, amount: money('-400'), reason: 'broker' },
  ] as Event[]
  const { account, now: at } = story
  const entry = { account: 'paper', seq: account.seq + 1, at, cause: 'book', events }
  evolve(account, { ...entry, command: undefined })
  assert.equal(story.base(), '100000')
  assert.equal(story.blocks, undefined)
})

test('no figure is neither zero nor safe: after half a minute the guards are blind', () => {
  const story = new Story(ruleOf({ delayMs: 0 }))
  story.sees('100000')
  assert.equal(story.says('blind'), 'GuardBlind')
  assert.equal(story.blocks, 'GUARD_BLIND')
  assert.equal(story.says('blind'), '', 'it is said once')
  assert.equal(story.sees('100000'), 'GuardSawAgain')
  assert.equal(story.blocks, undefined)
})

test('two guards at once close once', () => {
  const story = new Story(
    ruleOf({ delayMs: 0 }),
    ruleOf({ name: 'other', fraction: rate('0.1'), delayMs: 0 }),
    ruleOf({ name: 'slow', fraction: rate('0.1') }),
  )
  story.sees('100000')
  assert.equal(story.sees('70000'), 'GuardTripped LiquidationStarted GuardTripped GuardTripped')
  assert.equal(story.account.guards.closings.size, 1)
})

test('no new risk clears by itself once it is well clear of the floor', () => {
  const daily = { base: 'balance-at-reset', fraction: rate('0.05'), zone: 'UTC' } as const
  const story = new Story(
    ruleOf({ ...daily, time: '00:00', consequence: 'no-new-risk', delayMs: 0 }),
  )
  story.sees('100000')
  assert.equal(story.sees('94000'), 'GuardTripped')
  assert.equal(story.blocks, 'GUARD_TRIPPED')
  assert.equal(story.sees('95001'), '', 'at the floor it would switch on and off')
  assert.equal(story.sees('96000'), 'GuardCleared')
})

const DAILY = ruleOf({
  name: 'daily',
  base: 'balance-at-reset',
  fraction: rate('0.05'),
  of: 'initial',
  zone: 'UTC',
  time: '00:00',
  consequence: 'pause',
  delayMs: 0,
})

test('the base of a day is what was there at its reset, and a pause ends with it', () => {
  const story = new Story(DAILY)
  story.sees('100000')
  assert.equal(story.sees('94000', { balance: '94000' }), 'GuardTripped LiquidationStarted')
  story.says('look 0')
  assert.equal(story.blocks, 'GUARD_TRIPPED')
  story.now = instant(Date.UTC(2026, 10, 24, 0, 0, 0))
  assert.equal(story.sees('94000', { after: 2 }), 'BaselineMoved GuardCleared')
  assert.equal(story.base('daily'), '94000')
  assert.equal(story.account.guards.rules.get('daily')!.estimated, false)
  assert.equal(story.blocks, undefined)
})

test('a reset that nobody saw is estimated from the worse of before and after, and said so', () => {
  const story = new Story(DAILY)
  story.sees('110000')
  story.now = instant(Date.UTC(2026, 10, 26, 9, 0, 0))
  const events = story.sees('108000')
  assert.equal(events, 'BaselineMoved')
  assert.equal(story.base('daily'), '110000')
  assert.equal(story.account.guards.rules.get('daily')!.estimated, true)
})

test('a loss carried over the reset is warned of an hour ahead, once', () => {
  const story = new Story(DAILY)
  story.sees('100000')
  story.now = instant(Date.UTC(2026, 10, 23, 22, 0, 0))
  assert.equal(story.sees('97000', { balance: '103000' }), '')
  story.now = instant(Date.UTC(2026, 10, 23, 23, 5, 0))
  assert.equal(story.sees('97000', { balance: '103000' }), 'ResetWarned')
  assert.equal(story.sees('97000', { balance: '103000' }), '')
})
