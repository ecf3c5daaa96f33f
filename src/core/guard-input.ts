/** What is asked of the guards, and what they are told. */
import type { Money, Price, Quantity } from './amount.ts'
import type { HaltLevel, Scope } from './guard-event.ts'
import type { GuardRule, Reset } from './guard-rule.ts'
import type { Currency, NetKey } from './instrument.ts'
import type { Owner } from './owner.ts'
import type { Sampled } from './rules/guard.ts'
import type { Instant } from './time.ts'

type By = { readonly by: string }
/** What was typed to prove that this account is meant. */
type Confirmed = By & { readonly confirm: string }

export type GuardCommand =
  | ({
      readonly type: 'SetGuard'
      readonly rules: readonly GuardRule[]
      readonly initial: Money | undefined
    } & By)
  | ({ readonly type: 'RemoveGuard'; readonly rule: string } & Confirmed)
  | ({ readonly type: 'ArmGuards'; readonly reason: string } & Confirmed)
  | ({ readonly type: 'DisarmGuards'; readonly reason: string } & Confirmed)
  | ({
      readonly type: 'HaltTrading'
      readonly level: HaltLevel
      /** Only of this strategy; undefined: of the whole account. */
      readonly owner: Owner | undefined
      readonly reason: string
    } & By)
  | ({
      readonly type: 'ResumeTrading'
      readonly owner: Owner | undefined
      readonly reason: string
    } & Confirmed)
  | ({
      readonly type: 'ClosePosition'
      readonly scope: Scope
      readonly reason: string
      readonly limit: Price | undefined
      readonly list: string
    } & By)
  | ({ readonly type: 'StopClosing'; readonly closing: number } & Confirmed)
  | ({ readonly type: 'Acknowledge'; readonly closing: number } & By)
  | ({
      readonly type: 'SettleCash'
      readonly currency: Currency
      readonly as: 'withdrawal' | 'loss'
    } & By)

export type GuardSignal =
  /** What the account is worth, in each currency that a rule is about. */
  | {
      readonly type: 'WorthSeen'
      readonly sampled: readonly Sampled[]
      /** Of all clocks that rules are reset by. */
      readonly resets: readonly Reset[]
      readonly positions: number
      readonly list: string
    }
  /** What the broker's book showed of a closing, in the newest reading and one well before it. */
  | {
      readonly type: 'ClosingLooked'
      readonly closing: number
      readonly truths: readonly {
        readonly askedAt: Instant
        readonly held: ReadonlyMap<NetKey, Quantity>
      }[]
      readonly why: readonly { readonly net: NetKey; readonly why: string }[]
      /** Why the book could not be read, where it could not. */
      readonly blind: string | undefined
    }
