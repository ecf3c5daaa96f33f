import type { Event } from '../core/event.ts'
import type { EventShape } from './codec.ts'

const revision = {
  quantity: 'quantity',
  pricing: 'pricing',
  validity: 'validity',
  disclosed: { maybe: 'quantity' },
} as const

const refs = { signalId: { maybe: 'text' }, approvalId: { maybe: 'text' } } as const

const charges = {
  brokerage: 'money',
  stt: 'money',
  exchange: 'money',
  sebi: 'money',
  stamp: 'money',
  dp: 'money',
  gst: 'money',
} as const

/**
 * The fields of every event, and how each is written. An event without its row does not compile.
 */
export const SHAPES: {
  readonly [Type in Event['type']]: EventShape<Extract<Event, { readonly type: Type }>>
} = {
  AccountOpened: { number: 'number', broker: 'text', mode: 'text', plan: 'text' },
  EpochStarted: { epoch: 'text' },
  OrderPlaced: {
    orderId: 'text',
    tag: 'text',
    terms: {
      instrument: 'text',
      group: 'text',
      currency: 'text',
      multiplier: 'whole',
      product: 'text',
      ...revision,
    },
    intent: 'text',
    owner: 'text',
    by: 'text',
    note: { maybe: 'text' },
    refs,
    reduceOnly: 'flag',
    warning: { maybe: 'text' },
    arrival: { maybe: 'price' },
    reserve: 'money',
  },
  OrderDenied: {
    ticket: {
      instrument: 'text',
      side: 'text',
      size: { maybe: 'quantity' },
      type: 'text',
      price: { maybe: 'price' },
      trigger: { maybe: 'price' },
      validity: 'validity',
      disclosed: { maybe: 'quantity' },
      product: { maybe: 'text' },
      owner: 'text',
      by: 'text',
      note: { maybe: 'text' },
      reduceOnly: 'flag',
      refs,
    },
    code: 'text',
    context: 'text',
  },
  OrderSending: { orderId: 'text', request: 'text', epoch: 'text' },
  OrderAccepted: { orderId: 'text', brokerOrderId: 'text', by: 'text' },
  OrderRejected: { orderId: 'text', code: 'text', reason: 'text' },
  OrderUnknown: { orderId: 'text', evidence: 'text' },
  OrderNotFound: { orderId: 'text', askedAt: 'number' },
  OrderLapsed: { orderId: 'text' },
  OrderNotSent: { orderId: 'text', request: 'text', reason: 'text', retryAt: 'number' },
  OrderFilled: {
    orderId: 'text',
    instrument: 'text',
    tradeId: 'text',
    date: 'text',
    quantity: 'quantity',
    price: 'price',
    tradedAt: 'number',
    exchangeOrderId: { maybe: 'text' },
  },
  ChargesBooked: {
    orderId: 'text',
    tradeId: 'text',
    currency: 'text',
    rule: 'text',
    lines: charges,
  },
  AmendAsked: { orderId: 'text', by: 'text', to: revision, reserve: 'money' },
  AmendDenied: { orderId: 'text', code: 'text', context: 'text' },
  Amended: { orderId: 'text', to: revision, reserve: 'money', by: 'text' },
  AmendRejected: { orderId: 'text', code: 'text', reason: 'text' },
  AmendUnknown: { orderId: 'text', evidence: 'text' },
  CancelAllAsked: {
    by: 'text',
    instrument: { maybe: 'text' },
    owner: { maybe: 'text' },
    orders: 'number',
  },
  CancelAsked: { orderId: 'text', by: 'text' },
  CancelDenied: { orderId: 'text', code: 'text', context: 'text' },
  CancelAccepted: { orderId: 'text' },
  CancelRejected: { orderId: 'text', code: 'text', reason: 'text' },
  CancelUnknown: { orderId: 'text', evidence: 'text', retryAt: 'number' },
  OrderCancelled: { orderId: 'text', reason: 'text' },
  OrderExpired: { orderId: 'text', why: 'text', reason: 'text' },
  ManualTradeSeen: {
    instrument: 'text',
    product: 'text',
    currency: 'text',
    multiplier: 'whole',
    brokerOrderId: 'text',
    tradeId: 'text',
    date: 'text',
    quantity: 'quantity',
    price: 'price',
    tradedAt: 'number',
  },
  CashMoved: { currency: 'text', amount: 'money', reason: 'text' },
  BreakFound: { instrument: 'text', product: 'text', ours: 'quantity', theirs: 'quantity' },
  BreakSettled: { instrument: 'text', product: 'text', how: 'text' },
  BrokerConnected: {},
  BrokerLost: { reason: 'text' },
  DayClosed: { exchange: 'text', date: 'text', before: 'number' },
  AnomalySeen: { subject: 'text', what: 'text' },
  AccountFailed: { reason: 'text', closed: 'flag' },
}
