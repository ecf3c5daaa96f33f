/** What follows from what an account is worth now: baselines, warnings, countdowns, trips. */
import type { Account } from '../account.ts'
import type { Money } from '../amount.ts'
import { minus, NO_MONEY, plus } from '../amount.ts'
import { unreachable } from '../brand.ts'
import type { Event } from '../event.ts'
import type { GuardState } from '../guard.ts'
import { EVERYTHING, scopeKey } from '../guard.ts'
import type { Baseline, GuardRule, Reset, Worth } from '../guard-rule.ts'
import {
  baseAfterReset,
  closesAll,
  drawdownOf,
  firstBase,
  floorOf,
  isBreached,
  isRecovered,
} from '../guard-rule.ts'
import type { Signal } from '../input.ts'
import type { Currency } from '../instrument.ts'
import type { Instant } from '../time.ts'
import { elapsed, HOUR, later, MINUTE, SECOND } from '../time.ts'
import { cancelAll } from './cancel.ts'
import { movedAtReset, risen } from './baseline.ts'
import { realizedIn } from './closing.ts'

/** Figures of one currency; only those that can be trusted, the oldest first. */
export type Sample = Worth & {
  readonly at: Instant
  /** What had come in and gone out by then: figures from before a deposit are made comparable. */
  readonly transfers: Money
}

export type Sampled = {
  readonly currency: Currency
  readonly samples: readonly Sample[]
  /** Why there is no figure now; undefined where the last of the samples is of now. */
  readonly missing: string | undefined
  /** Since when there is none. */
  readonly since: Instant
}

type WorthSeen = Extract<Signal, { readonly type: 'WorthSeen' }>

/** Without a figure for so long a guard is blind. */
const BLIND_AFTER_MS: number = 30 * SECOND
/** Two figures agree only if the world had time to change between them. */
const APART_MS: number = 900
/** A next day's floor is warned of so long before it holds. */
const AHEAD_MS: number = HOUR
/** How often a figure is noted for the sake of a reset that nobody sees. */
const NOTED_MS: number = 15 * MINUTE

export function worthSeen(account: Account, seen: WorthSeen, at: Instant): Event[] {
  const events: Event[] = []
  for (const sampled of seen.sampled) {
    const { currency } = sampled
    events.push(...sight(account, sampled, at), ...asked(account, currency))
    const samples = comparable(account, sampled)
    const figures = sampled.missing === undefined ? agreeing(samples) : undefined
    if (!figures) continue
    events.push(...noted(account, currency, figures[0], at))
    for (const state of account.guards.rules.values()) {
      if (state.rule.currency !== currency) continue
      const of = { account, state, figures, samples, seen, at }
      events.push(...evaluate(of, events))
    }
  }
  return events
}

/** The newest figure, and one from long enough before it that both say the same of the world. */
type Figures = readonly [now: Worth, before: Worth]

function agreeing(samples: readonly Sample[]): Figures | undefined {
  const now = samples.at(-1)
  const before = now && samples.findLast(({ at }) => elapsed(at, now.at) >= APART_MS)
  return before && [worthOf(now), worthOf(before)]
}

const worthOf = ({ equity, balance }: Sample): Worth => ({ equity, balance })

/** Figures from before money came in, as if it had been there already. */
function comparable({ guards }: Account, { currency, samples }: Sampled): readonly Sample[] {
  const all = guards.transfers.get(currency) ?? NO_MONEY
  return samples.map((sample) => {
    const came = minus(all, sample.transfers)
    const [equity, balance] = [plus(sample.equity, came), plus(sample.balance, came)]
    return { ...sample, equity, balance, transfers: all }
  })
}

function sight({ guards }: Account, { currency, missing, since }: Sampled, at: Instant): Event[] {
  const blind = guards.blind.get(currency)
  if (missing === undefined) {
    if (!blind) return []
    const seconds = Math.max(0, Math.round(elapsed(blind.since, at) / SECOND))
    return [{ type: 'GuardSawAgain', currency, seconds }]
  }
  if (blind || elapsed(since, at) < BLIND_AFTER_MS) return []
  return [{ type: 'GuardBlind', currency, why: missing }]
}

function asked({ guards }: Account, currency: Currency): Event[] {
  const open = guards.asking.get(currency)
  if (!open || open.told) return []
  return [{ type: 'CashAsked', currency, amount: open.amount }]
}

function noted({ guards }: Account, currency: Currency, worth: Worth, at: Instant): Event[] {
  const resets = [...guards.rules.values()].some(
    ({ rule }) => rule.currency === currency && rule.zone !== undefined,
  )
  if (!resets) return []
  const last = guards.noted.get(currency)
  if (last && at < later(last.at, NOTED_MS)) return []
  return [{ type: 'WorthNoted', currency, ...worth }]
}

type Evaluated = {
  readonly account: Account
  readonly state: GuardState
  readonly figures: Figures
  readonly samples: readonly Sample[]
  readonly seen: WorthSeen
  readonly at: Instant
}

/** `before`: what this input has brought about already. */
function evaluate(of: Evaluated, before: readonly Event[]): Event[] {
  const { state, figures, seen, account, samples } = of
  const { rule } = state
  const reset = resetOf(rule, seen)
  const [now] = figures
  if (!state.baseline) {
    const baseline = firstBase(rule, state.given, now)
    return [moved(rule, baseline, { why: 'first', resetAt: reset?.last })]
  }
  const events: Event[] = []
  let { baseline } = state
  if (reset && reset.last > (state.resetAt ?? 0)) {
    const { base, estimated } = movedAtReset(account, { state, reset, samples, now })
    baseline = { ...baseline, base }
    events.push(moved(rule, baseline, { why: 'reset', resetAt: reset.last, estimated }))
    if (state.is === 'tripped' && rule.consequence === 'pause') {
      return [...events, { type: 'GuardCleared', rule: rule.name, why: 'its reset has come' }]
    }
  }
  const higher = risen(rule, baseline, samples)
  if (higher !== undefined) {
    baseline = { ...baseline, base: higher }
    events.push(moved(rule, baseline, { why: 'peak', resetAt: reset?.last ?? state.resetAt }))
  }
  if (account.guards.disarmed) return events
  const judged = judge(of, baseline, [...before, ...events])
  events.push(...judged)
  if (judged.length === 0) events.push(...foretold(of, baseline, reset))
  return events
}

const resetOf = ({ zone, time }: GuardRule, { resets }: WorthSeen): Reset | undefined =>
  zone === undefined ? undefined : resets.find((each) => each.zone === zone && each.time === time)

type Moving = {
  readonly why: 'first' | 'peak' | 'reset'
  readonly resetAt: Instant | undefined
  readonly estimated?: boolean
}

const moved = (
  { name }: GuardRule,
  { initial, base }: Baseline,
  { why, resetAt, estimated = false }: Moving,
): Event => ({ type: 'BaselineMoved', rule: name, initial, base, why, estimated, resetAt })

function judge(of: Evaluated, baseline: Baseline, before: readonly Event[]): Event[] {
  const { state, figures, at } = of
  const { rule, is } = state
  const isBelow = figures.every((worth) => isBreached(rule, baseline, worth))
  const isClear = figures.every((worth) => isRecovered(rule, baseline, worth))
  switch (is) {
    case 'ok':
      return isBelow ? breached(of, baseline, before) : []
    case 'warned':
      return isClear ? [{ type: 'GuardCleared', rule: rule.name, why: RECOVERED }] : []
    case 'counting':
      if (at < state.endsAt!) return []
      if (isBelow) return trip(of, baseline, before)
      return [{ type: 'GuardCleared', rule: rule.name, why: 'it no longer held' }]
    case 'tripped':
      if (closesAll(rule) || !isClear) return []
      return [{ type: 'GuardCleared', rule: rule.name, why: RECOVERED }]
    default:
      return unreachable(is)
  }
}

const RECOVERED = 'it has recovered'

function breached(of: Evaluated, baseline: Baseline, before: readonly Event[]): Event[] {
  const { state, seen, at } = of
  const { rule } = state
  if (rule.consequence === 'warn') {
    return [{ type: 'GuardWarned', ...sighted(of, baseline), positions: seen.positions }]
  }
  const isClosing = isClosingAll(of.account, before)
  if (!closesAll(rule) || rule.delayMs === 0 || isClosing) return trip(of, baseline, before)
  const { positions, list } = seen
  const endsAt = later(at, rule.delayMs)
  const seconds = Math.ceil(rule.delayMs / SECOND)
  const told = { ...sighted(of, baseline), endsAt, seconds, positions, list }
  return [{ type: 'LiquidationAnnounced', ...told }]
}

/** Two guards at once close once, and cancel once. */
function trip(of: Evaluated, baseline: Baseline, before: readonly Event[]): Event[] {
  const { account, state, seen } = of
  const { rule } = state
  const { positions, list } = seen
  const { consequence, name } = rule
  const tripped: Event = { type: 'GuardTripped', ...sighted(of, baseline), consequence, positions }
  if (consequence === 'no-new-risk' || isClosingAll(account, before)) return [tripped]
  const reason = `guard:${name}`
  const everything = { type: 'CancelAll', instrument: undefined, owner: undefined } as const
  const isCancelled = before.some(({ type }) => type === 'CancelAllAsked')
  const cancels = isCancelled ? [] : cancelAll(account, { ...everything, by: reason })
  if (consequence === 'reduce-only') return [tripped, ...cancels]
  const closing = account.seq + before.length + 2 // the trip comes before it
  const realized = realizedIn(account, EVERYTHING)
  const plan = { scope: EVERYTHING, reason, by: reason, limit: undefined, realized, list }
  return [tripped, { type: 'LiquidationStarted', closing, ...plan }, ...cancels]
}

const isClosingAll = ({ guards }: Account, before: readonly Event[]): boolean =>
  guards.closings.has(scopeKey(EVERYTHING)) ||
  before.some(({ type }) => type === 'LiquidationStarted')

function sighted({ state, figures }: Evaluated, baseline: Baseline) {
  const { rule } = state
  const [{ equity, balance }] = figures
  const { percent: drawdown, limit } = drawdownOf(rule, baseline, figures[0])
  const { base } = baseline
  const of = { rule: rule.name, currency: rule.currency, equity, balance, base }
  return { ...of, floor: floorOf(rule, baseline), drawdown, limit }
}

/** A loss carried over the reset may be a breach the moment it comes. */
function foretold(of: Evaluated, baseline: Baseline, reset: Reset | undefined): Event[] {
  const { state, figures, at } = of
  const { rule, is } = state
  if (!reset || is !== 'ok' || state.foretold === reset.next) return []
  if (elapsed(at, reset.next) > AHEAD_MS) return []
  const next = { ...baseline, base: baseAfterReset(rule, baseline, figures[0]) }
  if (!figures.every((worth) => isBreached(rule, next, worth))) return []
  return [{ type: 'ResetWarned', ...sighted(of, next), resetAt: reset.next }]
}
