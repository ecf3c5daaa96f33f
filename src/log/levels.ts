import type { Event } from '../core/event.ts'
import { telling } from '../core/telling.ts'
import type { Heard } from '../notify/teller.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/**
 * `error`: somebody should look. `warn`: something did not go as it was asked, or is odd. `info`:
 * what happened, as a person would tell it. `debug`: the steps between.
 */
const LEVELS: Readonly<Partial<Record<Event['type'], Level>>> = {
  OrderRejected: 'error',
  OrderUnknown: 'error',
  AmendUnknown: 'error',
  FillBusted: 'error',
  BreakFound: 'error',
  AccountFailed: 'error',
  GuardTripped: 'error',
  GuardBlind: 'error',
  LiquidationAnnounced: 'error',
  LiquidationStarted: 'error',
  NotFlat: 'error',

  OrderDenied: 'warn',
  OrderLapsed: 'warn',
  OrderNotSent: 'warn',
  OrderWentStale: 'warn',
  AmendDenied: 'warn',
  AmendRejected: 'warn',
  CancelDenied: 'warn',
  CancelRejected: 'warn',
  CancelUnknown: 'warn',
  SettlingDenied: 'warn',
  BrokerLost: 'warn',
  AnomalySeen: 'warn',
  AccountReopened: 'warn',
  GuardWarned: 'warn',
  ResetWarned: 'warn',
  GuardDenied: 'warn',
  GuardDisarmed: 'warn',
  GuardRemoved: 'warn',
  CashAsked: 'warn',
  TradingHalted: 'warn',
  TradingResumed: 'warn',
  ClosingStopped: 'warn',

  OrderSending: 'debug',
  OrderAccepted: 'debug',
  OrderNotFound: 'debug',
  ChargesBooked: 'debug',
  CancelAccepted: 'debug',
  PositionMarked: 'debug',
  RecordImported: 'debug',
  BookCompared: 'debug',
  BaselineMoved: 'debug',
  WorthNoted: 'debug',
}

/** An order that ended at the broker did what it was told; one that we let go of did not. */
export function levelOf(event: Event): Level {
  if (event.type === 'OrderExpired' && event.why !== 'broker') return 'warn'
  if (event.type === 'EndOfDayStepDone' && !event.ok) return 'error'
  return LEVELS[event.type] ?? 'info'
}

/** What a committed event is logged as: under its account and its order, if it has one. */
export function eventLine({ account, seq, orderId, event, text }: Heard): {
  readonly fields: object
  readonly text: string
} {
  const fields = { account, orderId, seq, event: event.type }
  return { fields, text: text ?? telling(event) }
}
