/** Guards as programs and people ask for them: plain commands, and plain answers. */
import type { HaltLevel } from './guard-event.ts'
import type { Base, Consequence, Measure } from './guard-rule.ts'
import type { Asked } from './port.ts'

/** A rule as it arrives, amounts as decimal text; what is left out is as most rules have it. */
export type PlainRule = {
  readonly name: string
  readonly base: Base
  /** In per cent: `20`. */
  readonly percent?: string | undefined
  readonly of?: 'initial' | 'base' | undefined
  readonly fixed?: string | undefined
  readonly at?: string | undefined
  readonly lock?: string | undefined
  readonly zone?: string | undefined
  readonly time?: string | undefined
  readonly measure?: Measure | undefined
  readonly breach?: 'below' | 'at-or-below' | undefined
  readonly consequence: Consequence
  readonly delaySeconds?: number | undefined
}

type On = { readonly account: string }
/** The account's name, typed again. */
type Confirmed = On & { readonly confirm: string; readonly reason: string }

export type GuardsCommand =
  | ({
      readonly type: 'SetGuards'
      /** One or the other. */
      readonly preset?: string | undefined
      readonly rule?: PlainRule | undefined
      readonly currency?: string | undefined
      readonly initial?: string | undefined
      readonly minEquity?: string | undefined
    } & On &
      Asked)
  | ({ readonly type: 'RemoveGuards'; readonly rule: string; readonly confirm: string } & On &
      Asked)
  | ({ readonly type: 'Arm' } & Confirmed & Asked)
  | ({ readonly type: 'Disarm' } & Confirmed & Asked)
  | ({
      readonly type: 'Halt'
      readonly level: HaltLevel
      readonly strategy?: string | undefined
      readonly reason: string
    } & On &
      Asked)
  | ({ readonly type: 'Resume'; readonly strategy?: string | undefined } & Confirmed & Asked)
  | ({
      readonly type: 'Close'
      /** Of one position, or `all`. */
      readonly positionId: string
      readonly price?: string | undefined
      readonly reason: string
    } & On &
      Asked)
  | ({ readonly type: 'StopClose'; readonly closing: number; readonly confirm: string } & On &
      Asked)
  | ({ readonly type: 'KnowResidue'; readonly closing: number } & On & Asked)
  | ({
      readonly type: 'SettleMissingCash'
      readonly currency: string
      readonly as: 'withdrawal' | 'loss'
    } & On &
      Asked)

/** How far a closing has come; `confirmed`: the broker's book showed twice that nothing is left. */
export type CloseView = {
  readonly confirmed: boolean
  readonly positionId: string
  readonly closing: number
  readonly orderIds: readonly string[]
  readonly closedQuantity: string
  /** The average of its trades; null where there were none, or in several symbols. */
  readonly price: string | null
  readonly pnl: string
  readonly remaining: string
  /** Where to look, while it goes on. */
  readonly see: string
}

export type RuleView = {
  readonly rule: string
  readonly preset: string | null
  readonly says: string
  readonly consequence: Consequence
  readonly state: 'ok' | 'warned' | 'counting' | 'tripped'
  readonly since: string
  readonly currency: string
  readonly initial: string | null
  readonly base: string | null
  /** The base was estimated, since nobody saw its reset. */
  readonly estimated: boolean
  readonly floor: string | null
  readonly equity: string | null
  readonly drawdownPercent: string | null
  readonly limitPercent: string | null
  /** A fall of the account's worth by so many per cent breaches it. */
  readonly fallPercent: string | null
  readonly endsAt: string | null
}

export type GuardsView = {
  readonly account: string
  readonly status: 'armed' | 'not armed' | 'disarmed' | 'none'
  /** `armed, orders last proven 09:15:02`, or why it is not. */
  readonly says: string
  readonly lastCheck: string | null
  readonly lastRead: string | null
  readonly ordersProvenAt: string | null
  readonly alertsPending: number
  /** Why nothing may be entered now; null where it may. */
  readonly blocked: { readonly code: string; readonly why: string } | null
  readonly blind: readonly {
    readonly currency: string
    readonly since: string
    readonly why: string
  }[]
  readonly halts: readonly {
    readonly strategy: string | null
    readonly level: HaltLevel
    readonly by: string
    readonly reason: string
    readonly since: string
  }[]
  readonly cashInDoubt: readonly { readonly currency: string; readonly amount: string }[]
  readonly closings: readonly {
    readonly closing: number
    readonly what: string
    readonly reason: string
    readonly by: string
    readonly since: string
    readonly notFlat: string | null
    readonly acknowledged: boolean
  }[]
  readonly rules: readonly RuleView[]
  readonly positions: readonly { readonly positionId: string; readonly quantity: string }[]
}

export type AlertView = {
  readonly id: string
  readonly account: string
  readonly createdAt: string
  readonly alertType: 'warning' | 'liquidation' | 'below_minimum' | 'blind' | 'cleared'
  readonly rule: string | null
  readonly drawdownPercent: string | null
  readonly equity: string | null
  readonly peakEquity: string | null
  readonly threshold: string | null
  readonly positionsCount: number
  readonly status: string
  readonly says: string
}

export type PresetView = {
  readonly preset: string
  readonly title: string
  readonly source: string
  readonly read: string
  readonly proof: 'own' | 'documented' | 'unproven'
  readonly note: string
  readonly rules: readonly string[]
}
