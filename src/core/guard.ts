/** What an account knows of its guards, and what they keep from being entered. */
import type { Account } from './account.ts'
import type { Money, Price } from './amount.ts'
import type { HaltLevel, Scope } from './guard-event.ts'
import type { Baseline, GuardRule, Worth } from './guard-rule.ts'
import type { Currency, InstrumentId } from './instrument.ts'
import type { Owner } from './owner.ts'
import type { Instant } from './time.ts'

export type GuardState = {
  readonly rule: GuardRule
  readonly given: Money | undefined
  /** Undefined until a figure was accepted. */
  readonly baseline: Baseline | undefined
  readonly estimated: boolean
  /** The last reset that is in the base. */
  readonly resetAt: Instant | undefined
  readonly is: 'ok' | 'warned' | 'counting' | 'tripped'
  readonly since: Instant
  /** While it counts: when everything is closed, unless it is over by then. */
  readonly endsAt: Instant | undefined
  /** The reset that was warned of. */
  readonly foretold: Instant | undefined
}

export type Halt = {
  readonly level: HaltLevel
  readonly by: string
  readonly reason: string
  readonly at: Instant
}

export type Closing = {
  readonly id: number
  readonly scope: Scope
  readonly reason: string
  readonly by: string
  readonly limit: Price | undefined
  readonly realized: Money
  readonly at: Instant
  readonly notFlatAt: Instant | undefined
  readonly residue: string
  readonly acknowledged: boolean
}

/** A closing that is over. */
export type Closed = Pick<Closing, 'id' | 'scope' | 'reason' | 'at'> & {
  readonly endedAt: Instant
  readonly confirmed: boolean
  /** What it brought, before charges. */
  readonly gained: Money
}

export type Guards = {
  /** It has had one, be it removed since. */
  readonly wasSet: boolean
  readonly rules: ReadonlyMap<string, GuardState>
  /** By currency: since when nothing can be seen, and why. */
  readonly blind: ReadonlyMap<Currency, { readonly since: Instant; readonly why: string }>
  readonly disarmed:
    | { readonly by: string; readonly at: Instant; readonly reason: string }
    | undefined
  /** Of everybody under the name ``; of a strategy under its own. */
  readonly halts: ReadonlyMap<Owner | '', Halt>
  /** By what they close, so that two who ask for the same get one. */
  readonly closings: ReadonlyMap<string, Closing>
  /** The latest ones. */
  readonly closed: readonly Closed[]
  /** What came in (or, below zero, went out) and is no profit. */
  readonly transfers: ReadonlyMap<Currency, Money>
  /** Went out without a trade, and nobody has said why yet. */
  readonly asking: ReadonlyMap<Currency, { readonly amount: Money; readonly told: boolean }>
  readonly noted: ReadonlyMap<Currency, Worth & { readonly at: Instant }>
}

export const NO_GUARDS = (): Guards => ({
  wasSet: false,
  rules: new Map(),
  blind: new Map(),
  disarmed: undefined,
  halts: new Map(),
  closings: new Map(),
  closed: [],
  transfers: new Map(),
  asking: new Map(),
  noted: new Map(),
})

export const scopeKey = ({ instrument, product, owner }: Scope): string =>
  `${instrument ?? '*'}|${product ?? '*'}|${owner ?? '*'}`

export const EVERYTHING: Scope = { instrument: undefined, product: undefined, owner: undefined }

/** Who would enter what. */
type Entering = { readonly owner: Owner; readonly instrument: InstrumentId }

/** Why nothing may be entered, if so; the gravest first. */
export type Block = { readonly code: BlockCode; readonly why: string }
export type BlockCode =
  | 'GUARD_TRIPPED'
  | 'GUARD_CLOSING'
  | 'TRADING_PAUSED'
  | 'GUARD_BLIND'
  | 'CASH_IN_DOUBT'

export function blockOf({ guards }: Account, { owner, instrument }: Entering): Block | undefined {
  const { rules, blind, halts, closings, asking, disarmed } = guards
  const halt = halts.get('') ?? halts.get(owner)
  if (halt) return { code: 'TRADING_PAUSED', why: `${halt.reason} (${halt.by})` }
  for (const { scope, reason } of closings.values()) {
    const isHere = scope.instrument === undefined || scope.instrument === instrument
    if (isHere && (scope.owner === undefined || scope.owner === owner)) {
      return { code: 'GUARD_CLOSING', why: reason }
    }
  }
  for (const { rule, is } of rules.values()) {
    // A countdown is risk enough: nothing is added to what is about to be closed.
    const blocks = is === 'counting' || (is === 'tripped' && rule.consequence !== 'warn')
    if (blocks) return { code: 'GUARD_TRIPPED', why: rule.name }
  }
  if (disarmed) return undefined
  for (const [currency, { why }] of blind)
    return { code: 'GUARD_BLIND', why: `${currency}: ${why}` }
  for (const [currency, { amount }] of asking) {
    if (amount !== 0n) return { code: 'CASH_IN_DOUBT', why: currency }
  }
  return undefined
}
