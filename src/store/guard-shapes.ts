import type { GuardEvent } from '../core/guard-event.ts'
import type { ShapeOf } from './codec.ts'

const seen = {
  rule: 'text',
  currency: 'text',
  equity: 'money',
  balance: 'money',
  base: 'money',
  floor: 'money',
  drawdown: 'text',
  limit: 'text',
} as const

/** The events of guards: the order of fields is the order in which they are written. */
export const GUARD_SHAPES: {
  readonly [Type in GuardEvent['type']]: ShapeOf<
    Omit<Extract<GuardEvent, { readonly type: Type }>, 'type'>
  >
} = {
  GuardSet: {
    rule: {
      name: 'text',
      preset: { maybe: 'text' },
      currency: 'text',
      base: 'text',
      at: { maybe: 'money' },
      fraction: { maybe: 'rate' },
      of: 'text',
      fixed: { maybe: 'money' },
      lock: { maybe: 'money' },
      zone: { maybe: 'text' },
      time: { maybe: 'text' },
      measure: 'text',
      breach: 'text',
      consequence: 'text',
      delayMs: 'number',
    },
    initial: { maybe: 'money' },
    by: 'text',
  },
  GuardRemoved: { rule: 'text', by: 'text' },
  BaselineMoved: {
    rule: 'text',
    initial: 'money',
    base: 'money',
    why: 'text',
    estimated: 'flag',
    resetAt: { maybe: 'number' },
  },
  WorthNoted: { currency: 'text', equity: 'money', balance: 'money' },
  GuardWarned: { ...seen, positions: 'number' },
  ResetWarned: { ...seen, resetAt: 'number' },
  LiquidationAnnounced: {
    ...seen,
    endsAt: 'number',
    seconds: 'number',
    positions: 'number',
    list: 'text',
  },
  GuardTripped: { ...seen, consequence: 'text', positions: 'number' },
  GuardCleared: { rule: 'text', why: 'text' },
  GuardBlind: { currency: 'text', why: 'text' },
  GuardSawAgain: { currency: 'text', seconds: 'number' },
  GuardDisarmed: { by: 'text', reason: 'text' },
  GuardArmed: { by: 'text', reason: 'text' },
  CashAsked: { currency: 'text', amount: 'money' },
  CashSettled: { currency: 'text', amount: 'money', as: 'text', by: 'text' },
  TradingHalted: { owner: { maybe: 'text' }, level: 'text', reason: 'text', by: 'text' },
  TradingResumed: { owner: { maybe: 'text' }, reason: 'text', by: 'text' },
  LiquidationStarted: {
    closing: 'number',
    scope: {
      instrument: { maybe: 'text' },
      product: { maybe: 'text' },
      owner: { maybe: 'text' },
    },
    reason: 'text',
    by: 'text',
    limit: { maybe: 'price' },
    realized: 'money',
    list: 'text',
  },
  FlatConfirmed: { closing: 'number', realized: 'money' },
  NotFlat: { closing: 'number', residue: 'text' },
  NotFlatAcknowledged: { closing: 'number', by: 'text' },
  ClosingJoined: { closing: 'number', by: 'text' },
  ClosingStopped: { closing: 'number', by: 'text' },
  GuardDenied: { code: 'text', context: 'text', by: 'text' },
}
