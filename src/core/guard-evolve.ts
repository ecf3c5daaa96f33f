/** How `evolve` keeps what an account knows of its guards. */
import type { Money } from './amount.ts'
import { absolute, fractionOf, minus, NO_MONEY, plus, rate } from './amount.ts'
import { unreachable } from './brand.ts'
import type { Books, Draft } from './draft.ts'
import type { Closing, GuardState } from './guard.ts'
import { scopeKey } from './guard.ts'
import type { GuardEvent } from './guard-event.ts'
import type { GuardRule } from './guard-rule.ts'
import type { Currency } from './instrument.ts'
import type { Instant } from './time.ts'

/** Closings that are over and still told of. */
const CLOSED_KEPT = 100

/**
 * Comes in or goes out, and is neither won nor lost: every base of that currency moves by it, and
 * so does a lock. A figure of its own (`fixed`) stays.
 */
export function transferred({ guards }: Books, currency: Currency, amount: Money): void {
  if (amount === 0n) return
  const { transfers, rules } = guards
  transfers.set(currency, plus(transfers.get(currency) ?? NO_MONEY, amount))
  for (const { rule, baseline } of rules.values()) {
    if (rule.currency !== currency || !baseline) continue
    baseline.initial = plus(baseline.initial, amount)
    baseline.shifted = plus(baseline.shifted, amount)
    if (rule.base !== 'fixed') baseline.base = plus(baseline.base, amount)
  }
}

/** Less than this part of the base is taken for charges, interest and the like. */
const SMALL = rate('0.005')

/**
 * Cash that moved at the broker with no trade to explain it. Small sums are what trading cost or
 * brought; a large one came from outside or went there, and of one that went a person is asked.
 */
export function cashMoved(books: Books, currency: Currency, amount: Money): void {
  const { rules, asking } = books.guards
  const bases = [...rules.values()].flatMap(({ rule, baseline }) =>
    rule.currency === currency && baseline ? [baseline.initial] : [],
  )
  if (bases.length === 0) return transferred(books, currency, amount)
  const largest = bases.reduce((a, b) => (a > b ? a : b))
  if (absolute(amount) <= fractionOf(absolute(largest), SMALL)) return
  transferred(books, currency, amount)
  if (amount > 0n) return
  const before = asking.get(currency)?.amount ?? NO_MONEY
  asking.set(currency, { amount: plus(before, amount), told: false })
}

// tidy-ok: one switch over all events of guards
export function guarded(books: Books, event: GuardEvent, at: Instant): void {
  const { guards } = books
  switch (event.type) {
    case 'GuardSet': {
      const { rule, initial: given } = event
      guards.wasSet = true
      const known = guards.rules.get(rule.name)
      if (known && given === undefined && countsAlike(known.rule, rule)) {
        known.rule = { ...rule }
        return
      }
      const fresh = { baseline: undefined, estimated: false, resetAt: undefined }
      const calm = { is: 'ok', since: at, endsAt: undefined, foretold: undefined } as const
      guards.rules.set(rule.name, { rule: { ...rule }, given, ...fresh, ...calm })
      return
    }
    case 'GuardRemoved':
      guards.rules.delete(event.rule)
      return
    case 'BaselineMoved': {
      const state = guards.rules.get(event.rule)
      if (!state) return
      const { initial, base, why, estimated, resetAt } = event
      state.baseline = { initial, base, shifted: state.baseline?.shifted ?? NO_MONEY }
      state.resetAt = resetAt
      if (why !== 'peak') state.estimated = estimated
      return
    }
    case 'WorthNoted':
      guards.noted.set(event.currency, { equity: event.equity, balance: event.balance, at })
      return
    case 'GuardWarned':
      return become(books, event.rule, 'warned', at)
    case 'ResetWarned': {
      const state = guards.rules.get(event.rule)
      if (state) state.foretold = event.resetAt
      return
    }
    case 'LiquidationAnnounced':
      return become(books, event.rule, 'counting', at, event.endsAt)
    case 'GuardTripped':
      return become(books, event.rule, 'tripped', at)
    case 'GuardCleared':
      return become(books, event.rule, 'ok', at)
    case 'GuardBlind':
      guards.blind.set(event.currency, { since: at, why: event.why })
      return
    case 'GuardSawAgain':
      guards.blind.delete(event.currency)
      return
    case 'GuardDisarmed':
      guards.disarmed = { by: event.by, at, reason: event.reason }
      for (const { rule, is } of guards.rules.values()) {
        if (is === 'counting') become(books, rule.name, 'ok', at)
      }
      return
    case 'GuardArmed':
      guards.disarmed = undefined
      for (const state of guards.rules.values()) rearmed(books, state, at)
      return
    case 'CashAsked': {
      const { currency, amount } = event
      guards.asking.set(currency, { amount, told: true })
      return
    }
    case 'CashSettled':
      guards.asking.delete(event.currency)
      // It was taken out of the bases for a withdrawal; a loss is put back.
      if (event.as === 'loss') transferred(books, event.currency, minus(NO_MONEY, event.amount))
      return
    case 'TradingHalted': {
      const { owner, level, reason, by } = event
      guards.halts.set(owner ?? '', { level, reason, by, at })
      return
    }
    case 'TradingResumed':
      guards.halts.delete(event.owner ?? '')
      return
    case 'LiquidationStarted': {
      const { closing: id, scope, reason, by, limit, realized } = event
      const fresh = { notFlatAt: undefined, residue: '', acknowledged: false }
      guards.closings.set(scopeKey(scope), {
        id,
        scope: { ...scope },
        reason,
        by,
        limit,
        realized,
        at,
        ...fresh,
      })
      return
    }
    case 'FlatConfirmed':
      return ended(
        books,
        event.closing,
        at,
        minus(event.realized, realizedOf(books, event.closing)),
      )
    case 'ClosingStopped':
      return ended(books, event.closing, at, undefined)
    case 'NotFlat': {
      const closing = closingOf(books, event.closing)
      if (!closing) return
      closing.notFlatAt = at
      // Acknowledged is what was told; a residue that differs is news.
      if (closing.residue !== event.residue) closing.acknowledged = false
      closing.residue = event.residue
      return
    }
    case 'NotFlatAcknowledged': {
      const closing = closingOf(books, event.closing)
      if (closing) closing.acknowledged = true
      return
    }
    case 'GuardDenied':
    case 'ClosingJoined':
      return
    default:
      return unreachable(event)
  }
}

/** Other figures on the same base: what it counts from is not forgotten. */
const countsAlike = (a: GuardRule, b: GuardRule): boolean =>
  a.base === b.base &&
  a.currency === b.currency &&
  a.at === b.at &&
  a.zone === b.zone &&
  a.time === b.time

/** What was breached counts anew from the next figure, or it would be breached at once again. */
function rearmed(books: Books, state: Draft<GuardState>, at: Instant): void {
  if (state.is === 'tripped' && state.rule.base !== 'fixed') {
    state.baseline = undefined
    state.given = undefined
  }
  become(books, state.rule.name, 'ok', at)
}

// tidy-ok: which rule, what it is now, since when and until when
function become(
  { guards }: Books,
  name: string,
  is: GuardState['is'],
  at: Instant,
  endsAt?: Instant,
): void {
  const state = guards.rules.get(name)
  if (!state) return
  state.is = is
  state.since = at
  state.endsAt = endsAt
}

const closingOf = ({ guards }: Pick<Books, 'guards'>, id: number): Draft<Closing> | undefined =>
  [...guards.closings.values()].find((each) => each.id === id)

const realizedOf = (books: Books, id: number): Money => closingOf(books, id)?.realized ?? NO_MONEY

function ended(books: Books, id: number, endedAt: Instant, gained: Money | undefined): void {
  const { closings, closed } = books.guards
  const closing = closingOf(books, id)
  if (!closing) return
  closings.delete(scopeKey(closing.scope))
  const { scope, reason, at } = closing
  const confirmed = gained !== undefined
  closed.push({ id, scope, reason, at, endedAt, confirmed, gained: gained ?? NO_MONEY })
  if (closed.length > CLOSED_KEPT) closed.shift()
}
