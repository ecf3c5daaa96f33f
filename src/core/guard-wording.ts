/** What people are told of guards, and how the audit trail tells of them. */
import { absolute, formatMoney, formatRate } from './amount.ts'
import type { Event } from './event.ts'
import type { GuardEvent, Scope } from './guard-event.ts'
import type { GuardRule } from './guard-rule.ts'
import { symbolOf } from './instrument.ts'
import { isoTime } from './time.ts'
import { moneyText } from './wording.ts'

type Of<Type extends GuardEvent['type']> = Extract<GuardEvent, { readonly type: Type }>

/** `Drawdown detected: 21.3 % (limit 20 %)` */
const drawdownText = ({
  drawdown,
  limit,
}: Pick<Of<'GuardTripped'>, 'drawdown' | 'limit'>): string =>
  `Drawdown detected: ${drawdown} % (limit ${limit} %)`

const worthText = ({ equity, floor, currency }: Of<'GuardTripped'> | Of<'GuardWarned'>): string =>
  `equity ${moneyText(equity, currency)}, floor ${moneyText(floor, currency)}`

/** What a person should hear of; undefined for what the audit trail alone keeps. */
// tidy-ok: one switch over all events of guards
export function guardSentence(event: Event): string | undefined {
  switch (event.type) {
    case 'GuardWarned':
      return `${drawdownText(event)}, rule ${event.rule}: ${worthText(event)}`
    case 'ResetWarned':
      return (
        `The reset at ${isoTime(event.resetAt)} would breach rule ${event.rule}: its floor would ` +
        `be ${moneyText(event.floor, event.currency)}, and equity is ` +
        `${moneyText(event.equity, event.currency)}. Close what loses before then.`
      )
    case 'LiquidationAnnounced':
      return (
        `${drawdownText(event)}, rule ${event.rule}. To be closed: ${event.list}. ` +
        `Liquidating in ${event.seconds} seconds. To stop it: ` +
        `tallyman guard disarm --confirm <account>`
      )
    case 'GuardTripped':
      return (
        `GUARD TRIPPED: ${event.rule} (${event.consequence}). ${drawdownText(event)}, ` +
        worthText(event)
      )
    case 'GuardCleared':
      return `Guard ${event.rule} is clear again: ${event.why}`
    case 'GuardBlind':
      return `GUARDS ARE BLIND (${event.currency}): ${event.why}. Nothing is entered meanwhile.`
    case 'GuardSawAgain':
      return `The guards see again (${event.currency}), after ${event.seconds} s`
    case 'GuardDisarmed':
      return `GUARDS DISARMED by ${event.by}: ${event.reason}`
    case 'GuardArmed':
      return `Guards armed by ${event.by}: ${event.reason}`
    case 'CashAsked':
      return (
        `${moneyText(absolute(event.amount), event.currency)} left the account without a trade. ` +
        'Was it a withdrawal? Nothing is entered until somebody says so: tallyman guard cash'
      )
    case 'BaselineMoved':
      return event.estimated
        ? `Nobody saw the reset of rule ${event.rule}: its base is estimated, on the safe side`
        : undefined
    case 'TradingHalted':
      return `TRADING HALTED (${event.level}) for ${whoText(event)} by ${event.by}: ${event.reason}`
    case 'TradingResumed':
      return `Trading resumed for ${whoText(event)} by ${event.by}: ${event.reason}`
    case 'LiquidationStarted':
      return `CLOSING ${scopeText(event.scope)} (${event.reason}): ${event.list}`
    case 'FlatConfirmed':
      return 'FLAT: the broker’s own book shows twice that nothing is left'
    case 'NotFlat':
      return `NOT FLAT: ${event.residue}`
    case 'NotFlatAcknowledged':
    case 'ClosingStopped':
    case 'GuardSet':
    case 'GuardRemoved':
    case 'CashSettled':
      return guardTelling(event)
    case 'GuardDenied':
      return `Denied: ${event.code} ${event.context} (asked by ${event.by})`
    default:
      return undefined
  }
}

/** Every event of guards as one sentence that stands by itself. */
// tidy-ok: one switch over all events of guards
export function guardTelling(event: GuardEvent): string {
  switch (event.type) {
    case 'GuardSet':
      return `Guard ${event.rule.name} was set by ${event.by}: ${ruleText(event.rule)}.`
    case 'GuardRemoved':
      return `Guard ${event.rule} was removed by ${event.by}.`
    case 'BaselineMoved': {
      const { rule, base, why, estimated } = event
      const guess = estimated ? ', estimated' : ''
      return `Guard ${rule} counts from ${formatMoney(base)} (${why}${guess}).`
    }
    case 'WorthNoted':
      return `Worth ${formatMoney(event.equity)} ${event.currency}.`
    case 'NotFlatAcknowledged':
      return `${event.by} knows of what closing ${event.closing} has left.`
    case 'ClosingJoined':
      return `${event.by} asked for closing ${event.closing} too.`
    case 'ClosingStopped':
      return `Closing ${event.closing} was called off by ${event.by}.`
    case 'CashSettled': {
      const { amount, currency, as, by } = event
      return `${formatMoney(amount)} ${currency} was a ${as}, says ${by}.`
    }
    case 'FlatConfirmed':
      return `Closing ${event.closing} is confirmed flat.`
    case 'NotFlat':
      return `Closing ${event.closing} is NOT FLAT: ${event.residue}.`
    case 'GuardDenied':
      return `Denied: ${event.code} ${event.context}`.trimEnd()
    default:
      return `${guardSentence(event)}.`.replace(/\.\.$/, '.')
  }
}

/** `20 % of the base below highest-equity, liquidate after 10 s` */
export function ruleText(rule: GuardRule): string {
  const { base, at, fraction, of, fixed, lock, zone, time, consequence, delayMs, measure } = rule
  const parts = [
    base === 'fixed'
      ? `${measure} ${formatMoney(at!)}`
      : `${sizeText(fraction, fixed)} ${belowText(of, fraction)}${base}`,
    lock === undefined ? '' : `floor at most ${formatMoney(lock)}`,
    zone === undefined ? '' : `reset ${time} ${zone}`,
    delayMs > 0 ? `${consequence} after ${delayMs / 1_000} s` : consequence,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

const sizeText = (fraction: GuardRule['fraction'], fixed: GuardRule['fixed']): string =>
  fraction === undefined
    ? formatMoney(fixed!)
    : `${formatRate((fraction * 100n) as typeof fraction)} %`

const belowText = (of: GuardRule['of'], fraction: GuardRule['fraction']): string =>
  fraction === undefined || of === 'base' ? 'below ' : 'of the initial capital below '

const whoText = ({ owner }: Pick<Scope, 'owner'>): string => owner ?? 'the whole account'

export function scopeText({ instrument, product, owner }: Scope): string {
  const parts = [instrument && symbolOf(instrument), product, owner].filter(Boolean)
  return parts.length === 0 ? 'everything' : parts.join(' ')
}
