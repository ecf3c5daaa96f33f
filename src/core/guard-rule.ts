/**
 * What a guard watches for, as data: `floor = min(base − amount, lock)`, breached when what is
 * measured lies below it. One form for a trader's own limit and for every firm's.
 */
import type { Money, Rate } from './amount.ts'
import { fractionOf, larger, minus, NO_MONEY, plus, ratio, smaller } from './amount.ts'
import { unreachable } from './brand.ts'
import type { Currency } from './instrument.ts'
import type { Instant } from './time.ts'

export const BASES = [
  'fixed', // a figure of its own; it never moves
  'initial', // what the account began with
  'balance-at-reset',
  'equity-at-reset',
  'higher-at-reset', // of balance and equity
  'highest-equity', // live, and so the strictest
  'highest-balance',
  'highest-day-end-balance', // of all resets, and what it began with
  'highest-day-end-equity',
] as const
export type Base = (typeof BASES)[number]

export const MEASURES = ['equity', 'balance', 'either'] as const
export type Measure = (typeof MEASURES)[number]

/** What follows from a breach, the mildest first. */
export const CONSEQUENCES = [
  'warn',
  'no-new-risk', // entries are denied until it is over
  'reduce-only', // and those that work are cancelled
  'pause', // everything is closed, and nothing is entered until the next reset
  'liquidate', // everything is closed, and only a person lets anything be entered again
  'terminate', // the same; and the guard has to be set anew
] as const
export type Consequence = (typeof CONSEQUENCES)[number]

export type GuardRule = {
  /** Of the account's rules no two have the same. */
  readonly name: string
  /** Where it was taken from; undefined for one made by hand. */
  readonly preset: string | undefined
  readonly currency: Currency
  readonly base: Base
  /** Of the base `fixed`. */
  readonly at: Money | undefined
  /** The amount: a fraction of what `of` says, or, where that is undefined, `fixed`. */
  readonly fraction: Rate | undefined
  readonly of: 'initial' | 'base'
  readonly fixed: Money | undefined
  /** The floor rises no further than this. */
  readonly lock: Money | undefined
  /** An IANA zone and a time of day in it, `00:00`; undefined: there is no reset. */
  readonly zone: string | undefined
  readonly time: string | undefined
  readonly measure: Measure
  /** `below`: at the floor itself nothing is breached yet. */
  readonly breach: 'below' | 'at-or-below'
  readonly consequence: Consequence
  /** Between the announcement and the closing. */
  readonly delayMs: number
}

/** What is measured, both at one moment. */
export type Worth = { readonly equity: Money; readonly balance: Money }

/** What a rule counts from. */
export type Baseline = {
  readonly initial: Money
  readonly base: Money
  /** What came in and went out since the rule was set, by which a lock moves too. */
  readonly shifted: Money
}

function amountOf({ fraction, of, fixed }: GuardRule, baseline: Baseline): Money {
  if (fraction === undefined) return fixed ?? NO_MONEY
  return fractionOf(of === 'initial' ? baseline.initial : baseline.base, fraction)
}

export function floorOf(rule: GuardRule, baseline: Baseline): Money {
  const floor = minus(baseline.base, amountOf(rule, baseline))
  return rule.lock === undefined ? floor : smaller(floor, plus(rule.lock, baseline.shifted))
}

/** The figure that counts: of either, the one that is worse. */
export function measured(rule: Pick<GuardRule, 'measure'>, { equity, balance }: Worth): Money {
  switch (rule.measure) {
    case 'equity':
      return equity
    case 'balance':
      return balance
    case 'either':
      return smaller(equity, balance)
    default:
      return unreachable(rule.measure)
  }
}

export function isBreached(rule: GuardRule, baseline: Baseline, worth: Worth): boolean {
  const [now, floor] = [measured(rule, worth), floorOf(rule, baseline)]
  return rule.breach === 'below' ? now < floor : now <= floor
}

/** Part of the amount by which it must have come up again before a breach is over. */
const RECOVERED = 10n

/** Clear of the floor, so that a market at the floor itself does not switch it on and off. */
export function isRecovered(rule: GuardRule, baseline: Baseline, worth: Worth): boolean {
  const room = amountOf(rule, baseline) / RECOVERED
  return measured(rule, worth) > floorOf(rule, baseline) + room
}

/** What the base starts from. `given`: the initial capital, where somebody said what it was. */
export function firstBase(rule: GuardRule, given: Money | undefined, worth: Worth): Baseline {
  const initial = given ?? measured(rule, worth)
  const none = NO_MONEY
  if (rule.base === 'fixed') return { initial, base: rule.at ?? none, shifted: none }
  const risen = raised(rule, { initial, base: initial, shifted: none }, worth)
  return { initial, base: risen ?? initial, shifted: none }
}

/** Where the base has risen to by what is seen now; undefined where it stays. */
export function raised(rule: GuardRule, { base }: Baseline, worth: Worth): Money | undefined {
  if (rule.base !== 'highest-equity' && rule.base !== 'highest-balance') return undefined
  const now = rule.base === 'highest-equity' ? worth.equity : worth.balance
  return now > base ? now : undefined
}

/** What the base is after a reset at which it was worth that. */
export function baseAfterReset(rule: GuardRule, { base }: Baseline, worth: Worth): Money {
  switch (rule.base) {
    case 'balance-at-reset':
      return worth.balance
    case 'equity-at-reset':
      return worth.equity
    case 'higher-at-reset':
      return larger(worth.balance, worth.equity)
    case 'highest-day-end-balance':
      return larger(base, worth.balance)
    case 'highest-day-end-equity':
      return larger(base, worth.equity)
    case 'fixed':
    case 'initial':
    case 'highest-equity':
    case 'highest-balance':
      return base
    default:
      return unreachable(rule.base)
  }
}

export const closesAll = ({ consequence }: Pick<GuardRule, 'consequence'>): boolean =>
  consequence === 'pause' || consequence === 'liquidate' || consequence === 'terminate'

/** By how much what is measured lies below the base, and by how much it may, in per cent. */
export function drawdownOf(
  rule: GuardRule,
  baseline: Baseline,
  worth: Worth,
): { readonly percent: string; readonly limit: string } {
  const whole = baseline.base > 0n ? baseline.base : (1n as Money)
  const of = (amount: Money): string => ratio(amount * 100n, whole, 1)
  const gone = minus(baseline.base, measured(rule, worth))
  return {
    percent: of(gone > 0n ? gone : NO_MONEY),
    limit: of(minus(baseline.base, floorOf(rule, baseline))),
  }
}

/** The last moment at which a clock stood at the rule's reset, and the next one. */
export type Reset = {
  readonly zone: string
  readonly time: string
  readonly last: Instant
  readonly next: Instant
}

/** Why it cannot be a rule; undefined where it can. */
export function whyNoRule(
  rule: GuardRule,
): { readonly field: string; readonly why: string } | undefined {
  const { base, at, fraction, fixed, lock, zone, time, consequence, delayMs } = rule
  if (base === 'fixed' && (at === undefined || at < 0n)) {
    return { field: 'at', why: 'a fixed base needs its figure' }
  }
  if (base !== 'fixed' && at !== undefined) {
    return { field: 'at', why: 'only a fixed base has a figure' }
  }
  if (base !== 'fixed' && (fraction === undefined) === (fixed === undefined)) {
    return { field: 'amount', why: 'give a percentage or a fixed amount, one of them' }
  }
  if (fixed !== undefined && fixed < 0n) return { field: 'amount', why: 'it is below zero' }
  if (lock !== undefined && lock <= 0n) return { field: 'lock', why: 'it is not above zero' }
  if ((zone === undefined) !== (time === undefined)) {
    return { field: 'reset', why: 'a reset is a zone and a time' }
  }
  if (needsReset(rule) && zone === undefined) {
    return { field: 'reset', why: `${needsReset(rule)} needs a reset: a zone and a time` }
  }
  if (delayMs < 0 || delayMs > DELAY_MAX_MS) return { field: 'delay', why: 'at most an hour' }
  if (consequence === 'warn' && delayMs > 0) return { field: 'delay', why: 'a warning has none' }
  return undefined
}

const DELAY_MAX_MS = 3_600_000

const needsReset = ({ base, consequence }: GuardRule): string | undefined => {
  if (consequence === 'pause') return 'pause'
  return base.endsWith('-at-reset') || base.includes('day-end') ? base : undefined
}
