/** What guards are asked and told, as the lines of a story say it. */
import type { Account } from '../src/core/account.ts'
import type { Quantity } from '../src/core/amount.ts'
import { money, quantity, rate } from '../src/core/amount.ts'
import type { GuardRule } from '../src/core/guard-rule.ts'
import type { Input } from '../src/core/input.ts'
import type { NetKey } from '../src/core/instrument.ts'
import { currency, instrumentId, netKey } from '../src/core/instrument.ts'
import type { Owner } from '../src/core/owner.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, instant, later, SECOND } from '../src/core/time.ts'

export const inr = currency('INR')

/** A rule with what most tests leave as it is. */
export const ruleOf = (over: Partial<GuardRule> = {}): GuardRule => ({
  name: 'drawdown',
  preset: undefined,
  currency: inr,
  base: 'highest-equity',
  at: undefined,
  fraction: rate('0.2'),
  of: 'base',
  fixed: undefined,
  lock: undefined,
  zone: undefined,
  time: undefined,
  measure: 'equity',
  breach: 'below',
  consequence: 'liquidate',
  delayMs: 10_000,
  ...over,
})

const midnight = (at: Instant): Instant => instant(Math.floor(at / DAY) * DAY)

/** The clock of every rule that names one: midnight, UTC. */
export const resetsAt = (now: Instant) => [
  { zone: 'UTC', time: '00:00', last: midnight(now), next: later(midnight(now), DAY) },
]

/** The same worth for a while, so that it is believed. */
export function seen(
  { guards }: Account,
  now: Instant,
  { equity, balance = equity, missing }: Seen,
): Input['body'] {
  const transfers = guards.transfers.get(inr) ?? money('0')
  const samples = [12, 10, 8, 6, 4, 2, 0].map((seconds) => ({
    at: later(now, -seconds * SECOND),
    equity: money(equity),
    balance: money(balance),
    transfers,
  }))
  const since = missing === undefined ? now : later(now, -60 * SECOND)
  const sampled = { currency: inr, samples, missing, since }
  return { type: 'WorthSeen', sampled: [sampled], resets: resetsAt(now), positions: 1, list: '-' }
}

type Seen = { readonly equity: string; readonly balance?: string; readonly missing?: string }

const by = 'key:me'
const reason = 'of a test'
const strategy = 'strategy:ema' as Owner
const infy = instrumentId('NSE', 'INFY')

/** `guard see 100000`, `guard arm`, `guard close`, … */
export function guardBody(words: readonly string[], account: Account, now: Instant): Input['body'] {
  const [verb, first = ''] = words
  const confirm = account.id
  const closing = [...account.guards.closings.values()].at(-1)?.id ?? 0
  switch (verb) {
    case 'set': {
      const warning = { name: 'warning', fraction: rate('0.15'), delayMs: 0 } as const
      const daily = { name: 'daily', base: 'balance-at-reset', fraction: rate('0.05') } as const
      const clock = { zone: 'UTC', time: '00:00', consequence: 'no-new-risk', delayMs: 0 } as const
      const rules = [
        ruleOf({ ...warning, consequence: 'warn' }),
        ruleOf(),
        ruleOf({ ...daily, ...clock }),
      ]
      return { type: 'SetGuard', rules, initial: money('100000'), by }
    }
    case 'remove':
      return { type: 'RemoveGuard', rule: first, confirm, by }
    case 'see':
      return seen(account, now, { equity: first, balance: words[2] ?? first })
    case 'blind':
      return seen(account, now, { equity: '1', missing: 'no price' })
    case 'arm':
      return { type: 'ArmGuards', confirm: first || confirm, reason, by }
    case 'disarm':
      return { type: 'DisarmGuards', confirm, reason, by }
    case 'halt':
      return { type: 'HaltTrading', level: 'cancel', owner: strategy, reason, by }
    case 'resume':
      return { type: 'ResumeTrading', owner: strategy, confirm, reason, by }
    case 'close': {
      const scope = { instrument: infy, product: 'CNC', owner: undefined } as const
      return { type: 'ClosePosition', scope, reason, limit: undefined, list: '-', by }
    }
    case 'stop':
      return { type: 'StopClosing', closing, confirm, by }
    case 'know':
      return { type: 'Acknowledge', closing, by }
    case 'cash':
      return { type: 'SettleCash', currency: inr, as: 'loss', by }
    case 'look':
      return looked(closing, now, first)
    default:
      throw new Error(`no line of guards: ${words.join(' ')}`)
  }
}

/** Two readings that show so many INFY. */
function looked(closing: number, now: Instant, held: string): Input['body'] {
  const size = quantity(held || '0')
  const rows: [NetKey, Quantity][] = size === 0n ? [] : [[netKey(infy, 'CNC'), size]]
  const truths = [2, 0].map((seconds) => ({
    askedAt: later(now, -seconds * SECOND),
    held: new Map(rows),
  }))
  return { type: 'ClosingLooked', closing, truths, why: [], blind: undefined }
}
