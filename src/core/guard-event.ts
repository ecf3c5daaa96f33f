import type { Money, Price } from './amount.ts'
import type { DenialCode } from './denial.ts'
import type { GuardRule } from './guard-rule.ts'
import type { Currency, InstrumentId, Product } from './instrument.ts'
import type { Owner } from './owner.ts'
import type { Instant } from './time.ts'

/** What a rule saw: both figures of one moment, and what they were held against. */
type Seen = {
  readonly rule: string
  readonly currency: Currency
  readonly equity: Money
  readonly balance: Money
  readonly base: Money
  readonly floor: Money
  /** In per cent of the base, to one decimal: how far down it is, and how far it may be. */
  readonly drawdown: string
  readonly limit: string
}

/** Which orders and positions are meant; what is undefined is no condition. */
export type Scope = {
  readonly instrument: InstrumentId | undefined
  readonly product: Product | undefined
  readonly owner: Owner | undefined
}

/** How far a halt goes, each level with what the one before it does. */
export const HALT_LEVELS = ['pause', 'cancel', 'flatten'] as const
export type HaltLevel = (typeof HALT_LEVELS)[number]

/** Everything that can happen to an account's guards. */
export type GuardEvent =
  | {
      readonly type: 'GuardSet'
      readonly rule: GuardRule
      /** What the account began with; undefined: the first figure that is accepted. */
      readonly initial: Money | undefined
      readonly by: string
    }
  | { readonly type: 'GuardRemoved'; readonly rule: string; readonly by: string }
  /** What a rule counts from. Deposits and withdrawals move it without an event of its own. */
  | {
      readonly type: 'BaselineMoved'
      readonly rule: string
      readonly initial: Money
      readonly base: Money
      readonly why: 'first' | 'peak' | 'reset'
      /** The reset could not be seen as it came: the worse of before and after is taken. */
      readonly estimated: boolean
      /** The last reset that is in it. */
      readonly resetAt: Instant | undefined
    }
  /** So that a reset nobody saw can be estimated: a figure now and then. */
  | {
      readonly type: 'WorthNoted'
      readonly currency: Currency
      readonly equity: Money
      readonly balance: Money
    }
  | ({ readonly type: 'GuardWarned'; readonly positions: number } & Seen)
  /** Were the reset now, the rule would be breached by it. */
  | ({ readonly type: 'ResetWarned'; readonly resetAt: Instant } & Seen)
  | ({
      readonly type: 'LiquidationAnnounced'
      readonly endsAt: Instant
      readonly seconds: number
      readonly positions: number
      /** What will be closed, in words: quantity and profit of each. */
      readonly list: string
    } & Seen)
  | ({
      readonly type: 'GuardTripped'
      readonly consequence: GuardRule['consequence']
      readonly positions: number
    } & Seen)
  /** It is over: it recovered, its reset came, or it had not held when it was looked at again. */
  | { readonly type: 'GuardCleared'; readonly rule: string; readonly why: string }
  /** No figure that can be trusted, for longer than is allowed: it is neither zero nor safe. */
  | { readonly type: 'GuardBlind'; readonly currency: Currency; readonly why: string }
  | { readonly type: 'GuardSawAgain'; readonly currency: Currency; readonly seconds: number }
  | { readonly type: 'GuardDisarmed'; readonly by: string; readonly reason: string }
  | { readonly type: 'GuardArmed'; readonly by: string; readonly reason: string }
  /** Cash went without a trade: until a person says what it was, nothing is entered. */
  | { readonly type: 'CashAsked'; readonly currency: Currency; readonly amount: Money }
  | {
      readonly type: 'CashSettled'
      readonly currency: Currency
      readonly amount: Money
      readonly as: 'withdrawal' | 'loss'
      readonly by: string
    }
  | ({
      readonly type: 'TradingHalted'
      readonly level: HaltLevel
      readonly reason: string
      readonly by: string
    } & Pick<Scope, 'owner'>)
  | ({ readonly type: 'TradingResumed'; readonly reason: string; readonly by: string } & Pick<
      Scope,
      'owner'
    >)
  /** A plan to close: it stands until the broker's own book shows twice that nothing is left. */
  | {
      readonly type: 'LiquidationStarted'
      /** Unique in the account: the journal position it was decided at. */
      readonly closing: number
      readonly scope: Scope
      /** `guard:drawdown`, or what a person gave. */
      readonly reason: string
      readonly by: string
      /** Undefined: at the market. */
      readonly limit: Price | undefined
      /** Of all that is meant, before anything is closed: what it comes to later is the result. */
      readonly realized: Money
      readonly list: string
    }
  | {
      readonly type: 'FlatConfirmed'
      readonly closing: number
      readonly realized: Money
    }
  | {
      readonly type: 'NotFlat'
      readonly closing: number
      /** What is left, and why each of it is. */
      readonly residue: string
    }
  /** Somebody asked for what is being closed already: it is closed once, and both are told. */
  | { readonly type: 'ClosingJoined'; readonly closing: number; readonly by: string }
  | { readonly type: 'NotFlatAcknowledged'; readonly closing: number; readonly by: string }
  /** A closing of one position that a person called off. */
  | { readonly type: 'ClosingStopped'; readonly closing: number; readonly by: string }
  /** What was asked of the guards, and refused. */
  | {
      readonly type: 'GuardDenied'
      readonly code: DenialCode
      readonly context: string
      readonly by: string
    }
