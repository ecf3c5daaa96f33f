import type { Event } from '../core/event.ts'
import { telling } from '../core/telling.ts'
import type { Heard } from '../notify/teller.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/**
 * `error`: somebody should look. `warn`: something did not go as it was asked, or is odd. `info`:
 * what happened, as a person would tell it. `debug`: every other step.
 */
const LEVELS: Readonly<Record<Event['type'], Level>> = {
  AccountOpened: 'info',
  EpochStarted: 'info',
  OrderPlaced: 'info',
  OrderDenied: 'warn',
  OrderSending: 'debug',
  OrderAccepted: 'debug',
  OrderRejected: 'error',
  OrderUnknown: 'error',
  OrderNotFound: 'debug',
  OrderLapsed: 'warn',
  OrderNotSent: 'warn',
  OrderFilled: 'info',
  FillBusted: 'error',
  ChargesBooked: 'debug',
  AmendAsked: 'info',
  AmendDenied: 'warn',
  Amended: 'info',
  AmendRejected: 'warn',
  AmendUnknown: 'error',
  CancelAllAsked: 'info',
  CancelAsked: 'info',
  CancelDenied: 'warn',
  CancelAccepted: 'debug',
  CancelRejected: 'warn',
  CancelUnknown: 'warn',
  OrderCancelled: 'info',
  OrderExpired: 'info',
  ManualTradeSeen: 'info',
  CashMoved: 'info',
  BreakFound: 'error',
  BreakSettled: 'info',
  BrokerConnected: 'info',
  BrokerLost: 'warn',
  DayClosed: 'info',
  AnomalySeen: 'warn',
  AccountFailed: 'error',
  AccountReopened: 'warn',
}

/** An order that ended at the broker did what it was told; one that we let go of did not. */
export const levelOf = (event: Event): Level =>
  event.type === 'OrderExpired' && event.why !== 'broker' ? 'warn' : LEVELS[event.type]

/** What a committed event is logged as: under its account and its order, if it has one. */
export function eventLine({ account, seq, orderId, event, text }: Heard): {
  readonly fields: object
  readonly text: string
} {
  const fields = { account, orderId, seq, event: event.type }
  return { fields, text: text ?? telling(event) }
}
