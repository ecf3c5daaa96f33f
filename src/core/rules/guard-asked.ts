/** What people ask of the guards: to set them, to arm them, to halt trading, to close. */
import type { Account } from '../account.ts'
import { minus, NO_MONEY } from '../amount.ts'
import type { DenialCode } from '../denial.ts'
import { deny } from '../denial.ts'
import type { Event } from '../event.ts'
import { EVERYTHING, scopeKey } from '../guard.ts'
import type { Scope } from '../guard-event.ts'
import { whyNoRule } from '../guard-rule.ts'
import type { GuardCommand } from '../guard-input.ts'
import { cancelAll } from './cancel.ts'
import { holdsIn, realizedIn } from './closing.ts'

type Of<Type extends GuardCommand['type']> = Extract<GuardCommand, { readonly type: Type }>

/** Rules of one account. */
const RULES_MAX = 50
/** Closings at once. */
const CLOSINGS_MAX = 500

const denied = (
  code: DenialCode,
  facts: Readonly<Record<string, string>>,
  { by }: { readonly by: string },
): Event[] => [{ type: 'GuardDenied', ...deny(code, facts), by }]

export function setGuard(account: Account, asked: Of<'SetGuard'>): Event[] {
  const { rules, initial, by } = asked
  for (const rule of rules) {
    const wrong = whyNoRule(rule)
    if (wrong)
      return denied('GUARD_RULE_WRONG', { rule: rule.name, [wrong.field]: wrong.why }, asked)
  }
  const names = new Set([...account.guards.rules.keys(), ...rules.map(({ name }) => name)])
  if (names.size > RULES_MAX) {
    return denied('GUARD_RULE_WRONG', { rules: `at most ${RULES_MAX}` }, asked)
  }
  return rules.map((rule) => ({ type: 'GuardSet', rule, initial, by }))
}

export function removeGuard(account: Account, asked: Of<'RemoveGuard'>): Event[] {
  const { rule, by } = asked
  if (!account.guards.rules.has(rule)) return denied('GUARD_NOT_FOUND', { rule }, asked)
  const typed = unconfirmed(account, asked)
  return typed ?? [{ type: 'GuardRemoved', rule, by }]
}

/** The one typed the account's name, so that no other is meant by mistake. */
function unconfirmed(
  { id }: Account,
  asked: { readonly confirm: string; readonly by: string },
): Event[] | undefined {
  if (asked.confirm === id) return undefined
  return denied('NOT_CONFIRMED', { account: id, typed: asked.confirm || 'nothing' }, asked)
}

/** Only a person does this, and not while anything is still being closed. */
export function armGuards(account: Account, asked: Of<'ArmGuards'>): Event[] {
  const { by, reason } = asked
  const typed = unconfirmed(account, asked)
  if (typed) return typed
  const { closings, rules } = account.guards
  if (closings.has(scopeKey(EVERYTHING))) return denied('CLOSING_IN_PROGRESS', {}, asked)
  for (const { rule, is } of rules.values()) {
    if (is === 'tripped' && rule.consequence === 'terminate') {
      return denied('GUARD_TERMINATED', { rule: rule.name }, asked)
    }
  }
  return [{ type: 'GuardArmed', by, reason }]
}

export function disarmGuards(account: Account, asked: Of<'DisarmGuards'>): Event[] {
  const typed = unconfirmed(account, asked)
  return typed ?? [{ type: 'GuardDisarmed', by: asked.by, reason: asked.reason }]
}

export function haltTrading(account: Account, asked: Of<'HaltTrading'>): Event[] {
  const { level, owner, reason, by } = asked
  const halted: Event = { type: 'TradingHalted', owner, level, reason, by }
  if (level === 'pause') return [halted]
  const cancels = cancelAll(account, { type: 'CancelAll', instrument: undefined, owner, by })
  if (level === 'cancel') return [halted, ...cancels]
  const scope: Scope = { ...EVERYTHING, owner }
  if (account.guards.closings.has(scopeKey(scope))) return [halted, ...cancels]
  // The halt comes before it.
  return [halted, startedAt(account, { ...asked, scope, limit: undefined }, 2), ...cancels]
}

export function resumeTrading(account: Account, asked: Of<'ResumeTrading'>): Event[] {
  const { owner, reason, by } = asked
  const typed = unconfirmed(account, asked)
  if (typed) return typed
  if (!account.guards.halts.has(owner ?? '')) return []
  return [{ type: 'TradingResumed', owner, reason, by }]
}

type Started = Pick<Of<'ClosePosition'>, 'scope' | 'reason' | 'by' | 'limit'> & {
  readonly list?: string
}

const startedAt = (account: Account, asked: Started, ahead: number): Event => {
  const { scope, reason, by, limit, list = '' } = asked
  const realized = realizedIn(account, scope)
  const closing = account.seq + ahead
  return { type: 'LiquidationStarted', closing, scope, reason, by, limit, realized, list }
}

/** Asked twice, it is closed once. */
export function closePosition(account: Account, asked: Of<'ClosePosition'>): Event[] {
  const { scope, by } = asked
  const { closings } = account.guards
  const open = closings.get(scopeKey(scope)) ?? closings.get(scopeKey(EVERYTHING))
  if (open) return [{ type: 'ClosingJoined', closing: open.id, by }]
  if (!holdsIn(account, scope)) {
    return denied('NOTHING_TO_CLOSE', { position: scope.instrument ?? 'all' }, { by })
  }
  if (closings.size >= CLOSINGS_MAX) return denied('TOO_MANY_WAITING', {}, { by })
  return [startedAt(account, asked, 1)]
}

export function stopClosing(account: Account, asked: Of<'StopClosing'>): Event[] {
  const { closing, by } = asked
  const found = [...account.guards.closings.values()].find(({ id }) => id === closing)
  if (!found) return denied('CLOSING_NOT_FOUND', { closing: String(closing) }, asked)
  const typed = unconfirmed(account, asked)
  return typed ?? [{ type: 'ClosingStopped', closing, by }]
}

export function acknowledge(account: Account, asked: Of<'Acknowledge'>): Event[] {
  const { closing, by } = asked
  const found = [...account.guards.closings.values()].find(({ id }) => id === closing)
  if (!found) return denied('CLOSING_NOT_FOUND', { closing: String(closing) }, asked)
  return [{ type: 'NotFlatAcknowledged', closing, by }]
}

export function settleCash(account: Account, asked: Of<'SettleCash'>): Event[] {
  const { currency, as, by } = asked
  const open = account.guards.asking.get(currency)
  if (!open) return denied('CASH_NOT_ASKED', { currency }, asked)
  const amount = minus(open.amount, NO_MONEY)
  return [{ type: 'CashSettled', currency, amount, as, by }]
}
