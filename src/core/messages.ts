/** Events as messages to people: in one place, whichever way they are sent. */
import { absolute, average, formatQuantity, minus, plus } from './amount.ts'
import type { Event, EventOf, Mode } from './event.ts'
import { symbolOf } from './instrument.ts'
import type { Line, Message, MessageKind, Severity } from './message.ts'
import { ICONS, plainLine } from './message.ts'
import type { Order } from './order.ts'
import { isTraded } from './owner.ts'
import { moneyText, priceText, sentence } from './wording.ts'

/** Where an event happened. */
export type Scene = {
  readonly account: string
  readonly mode: Mode
  /** As people read it: `2025-01-27 15:30:00`. */
  readonly time: string
  /** The order it is about, as it was right after it. */
  readonly order: Order | undefined
}

type Said = {
  readonly kind: MessageKind
  readonly severity: Severity
  readonly title: string
  readonly icon?: string
  readonly critical?: boolean
  readonly lines?: readonly Line[]
  readonly closing?: string | undefined
  readonly symbol?: string | undefined
}

const line = (icon: string, label: string, value: string): Line => ({
  icon,
  label,
  value: plainLine(value),
})

/** Undefined for what people would not want to hear. */
export function messageOf(event: Event, scene: Scene): Message | undefined {
  const said = orderSaid(event, scene.order) ?? otherSaid(event, scene.order)
  if (!said) return undefined
  const { kind, severity, title, icon = ICONS[severity], critical = false, lines = [] } = said
  const account = `${scene.account} · ${scene.mode.toUpperCase()}`
  return {
    kind,
    severity,
    critical,
    icon,
    title,
    lines: [...lines, line('🏦', 'Account', account), line('⏰', 'Time', scene.time)],
    closing: said.closing,
    symbol: said.symbol ?? (scene.order && symbolOf(scene.order.terms.instrument)),
    account,
  }
}

function orderSaid(event: Event, order: Order | undefined): Said | undefined {
  if (!order) return event.type === 'OrderDenied' ? denied(event) : undefined
  switch (event.type) {
    case 'OrderPlaced':
      return { kind: 'placed', severity: 'info', icon: '📨', title: 'ORDER PLACED', ...of(order) }
    case 'OrderFilled':
      return order.status === 'complete' ? executed(order) : partial(order, event)
    case 'OrderRejected':
      return rejected(order, event)
    case 'OrderUnknown':
    case 'AmendUnknown':
      return unknown(order, event)
    case 'FillBusted':
      return {
        kind: 'busted',
        severity: 'error',
        critical: true,
        title: 'TRADE TAKEN BACK',
        lines: [
          ...named(order),
          line('📦', 'Quantity', formatQuantity(absolute(event.quantity))),
          line('💰', 'Price', priceText(event.price, order.terms.currency)),
          line('🔖', 'Trade', event.tradeId),
        ],
        closing: 'The exchange cancelled this trade. Positions and cash are corrected.',
      }
    case 'OrderCancelled':
    case 'OrderExpired':
    case 'OrderLapsed':
      return ended(order, event)
    case 'Amended':
      return {
        kind: 'changed',
        severity: event.by === 'broker' ? 'warning' : 'info',
        icon: '✏️',
        title: event.by === 'broker' ? 'ORDER CHANGED AT THE BROKER' : 'ORDER CHANGED',
        ...of(order),
      }
    case 'AmendRejected':
    case 'CancelRejected':
      return {
        kind: 'changed',
        severity: 'warning',
        title: event.type === 'AmendRejected' ? 'CHANGE REFUSED' : 'CANCEL REFUSED',
        lines: [...of(order).lines, line('⚠️', 'Reason', event.reason || event.code)],
      }
    case 'OrderWentStale':
      return {
        kind: 'stale',
        severity: 'warning',
        title: 'STALE ORDER',
        lines: [...of(order).lines, line('⌛', 'Works for', `${event.hours} hours`)],
      }
    default:
      return undefined
  }
}

function otherSaid(event: Event, order: Order | undefined): Said | undefined {
  const closing = sentence(event, order)
  switch (event.type) {
    case 'ManualTradeSeen':
      return manual(event)
    case 'BreakFound':
      return {
        kind: 'break',
        severity: event.material ? 'error' : 'warning',
        critical: event.material,
        title: 'BREAK',
        symbol: symbolOf(event.instrument),
        lines: [
          line('📊', 'Symbol', symbolOf(event.instrument)),
          line('📒', 'We have', formatQuantity(event.ours)),
          line('🏛', 'The broker has', formatQuantity(event.theirs)),
          line('📦', 'Difference', formatQuantity(minus(event.theirs, event.ours))),
          line('🔎', 'Evidence', event.evidence),
        ],
        closing: event.material ? 'Automatic orders in it wait until it is settled.' : undefined,
      }
    case 'BreakSettled':
      return { kind: 'break', severity: 'success', title: 'BREAK SETTLED', ...symbolOnly(event) }
    case 'SymbolTracked':
      return { kind: 'tracking', severity: 'info', title: 'TRACKING STARTED', ...symbolOnly(event) }
    case 'SymbolReleased':
      return { kind: 'tracking', severity: 'info', title: 'TRACKING STOPPED', ...symbolOnly(event) }
    case 'HoldingsAdopted':
      return { kind: 'books', severity: 'info', title: 'HELD BEFORE', ...symbolOnly(event) }
    case 'LegMoved':
      return { kind: 'books', severity: 'info', title: 'MOVED', ...symbolOnly(event) }
    case 'EndOfDayStepDone':
      if (event.ok) return undefined
      return { kind: 'day', severity: 'warning', title: 'END OF DAY: A STEP FAILED', closing }
    case 'EndOfDayDone':
      return event.stepsFailed === 0
        ? { kind: 'day', severity: 'success', title: 'EOD CLEANUP: SUCCESS', closing }
        : { kind: 'day', severity: 'warning', title: 'EOD CLEANUP: WARNING', closing }
    case 'BrokerLost':
      return { kind: 'broker', severity: 'warning', title: 'BROKER LOST', icon: '🔌', closing }
    case 'BrokerConnected':
      return { kind: 'broker', severity: 'success', title: 'BROKER CONNECTED', icon: '🔌' }
    case 'AnomalySeen':
      return { kind: 'odd', severity: 'warning', title: 'ODD REPORT', closing }
    case 'AccountFailed':
      return {
        kind: 'account',
        severity: 'error',
        critical: true,
        title: event.closed ? 'ACCOUNT CLOSED' : 'ACCOUNT REBUILT',
        closing,
      }
    case 'AccountReopened':
      return { kind: 'account', severity: 'success', title: 'ACCOUNT REOPENED', closing }
    default:
      return undefined
  }
  function symbolOnly(of: { readonly instrument: EventOf<'BreakSettled'>['instrument'] }) {
    const symbol = symbolOf(of.instrument)
    return { symbol, lines: [line('📊', 'Symbol', symbol)], closing }
  }
}

const named = ({ id, terms }: Order): readonly Line[] => [
  line('📊', 'Symbol', symbolOf(terms.instrument)),
  line('📝', 'Order ID', id),
]

const sideOf = ({ terms }: Order): 'BUY' | 'SELL' => (terms.quantity > 0n ? 'BUY' : 'SELL')

/** What an order is, in three lines. */
const of = (order: Order): { readonly lines: readonly Line[] } => ({
  lines: [
    ...named(order),
    line('📦', 'Quantity', `${sideOf(order)} ${sizeText(order.terms.quantity)}`),
  ],
})

const sizeText = (size: Order['filled']): string => formatQuantity(absolute(size))

/** The first three, the price and the total are the user's own words. */
function executed(order: Order): Said {
  const { filled, value, terms } = order
  const { currency, multiplier } = terms
  return {
    kind: 'executed',
    severity: 'success',
    title: 'ORDER EXECUTED',
    lines: [
      ...named(order),
      line('📦', 'Quantity', `${sideOf(order)} ${sizeText(filled)}`),
      line('💰', 'Price', priceText(average(value, filled, multiplier), currency)),
      line('💵', 'Total Value', moneyText(absolute(value), currency)),
    ],
  }
}

function partial(order: Order, { quantity, price }: EventOf<'OrderFilled'>): Said {
  const { filled, terms } = order
  const total = absolute(terms.quantity)
  const percent = (absolute(filled) * 100n) / total
  const rest = minus(total, absolute(filled))
  return {
    kind: 'partial',
    severity: 'info',
    icon: '🔄',
    title: 'PARTIAL FILL',
    lines: [
      ...named(order),
      line('✅', 'Filled', `${sizeText(filled)} of ${sizeText(total)} (${percent} %)`),
      line('⏳', 'Remaining', formatQuantity(rest)),
      line('💰', 'Price', `${sizeText(quantity)} at ${priceText(price, terms.currency)}`),
    ],
  }
}

const rejected = (order: Order, { code, reason }: EventOf<'OrderRejected'>): Said => ({
  kind: 'rejected',
  severity: 'error',
  icon: '🚫',
  title: 'ORDER REJECTED',
  lines: [...of(order).lines, line('⚠️', 'Reason', reason || code)],
  closing: 'Please review and take necessary action.',
})

function denied({ code, context, ticket }: EventOf<'OrderDenied'>): Said {
  const symbol = symbolOf(ticket.instrument)
  return {
    kind: 'denied',
    severity: 'warning',
    icon: '⛔',
    title: 'ORDER DENIED',
    symbol,
    lines: [
      line('📊', 'Symbol', symbol),
      line('⚠️', 'Reason', `${code} ${context}`),
      line('👤', 'Asked by', ticket.by),
    ],
    closing: 'It was not sent.',
  }
}

const unknown = (
  order: Order,
  { type, evidence }: EventOf<'OrderUnknown'> | EventOf<'AmendUnknown'>,
): Said => ({
  kind: 'unknown',
  severity: 'error',
  critical: type === 'OrderUnknown',
  icon: '❓',
  title: type === 'OrderUnknown' ? 'ORDER UNKNOWN' : 'CHANGE UNKNOWN',
  lines: [...of(order).lines, line('🔎', 'Evidence', evidence)],
  closing:
    type === 'OrderUnknown'
      ? 'It will not be sent again. The broker’s book is being looked through for it.'
      : 'The broker’s book will tell.',
})

function ended(
  order: Order,
  event: EventOf<'OrderCancelled'> | EventOf<'OrderExpired'> | EventOf<'OrderLapsed'>,
): Said {
  const filled = line(
    '✅',
    'Filled',
    `${sizeText(order.filled)} of ${sizeText(order.terms.quantity)}`,
  )
  const lines = order.filled === 0n ? of(order).lines : [...of(order).lines, filled]
  const why = (reason: string): readonly Line[] => [...lines, line('⚠️', 'Reason', reason)]
  switch (event.type) {
    case 'OrderCancelled':
      return {
        kind: 'ended',
        severity: 'info',
        icon: '✖️',
        title: 'ORDER CANCELLED',
        lines: why(event.reason || 'by the broker'),
      }
    case 'OrderExpired':
      return {
        kind: 'ended',
        severity: event.why === 'broker' ? 'info' : 'warning',
        icon: '⌛',
        title: 'ORDER EXPIRED',
        lines: why(event.reason),
      }
    case 'OrderLapsed':
      return {
        kind: 'ended',
        severity: 'warning',
        title: 'ORDER LAPSED',
        lines,
        closing: 'It is presumed never to have reached the broker. It stays watched today.',
      }
  }
}

function manual(event: EventOf<'ManualTradeSeen'>): Said {
  const { quantity, price, currency, instrument, owner, whole, tracked, brokerOrderId } = event
  const symbol = symbolOf(instrument)
  const size = sizeText(quantity)
  const part = quantity === whole ? size : `${size} of ${sizeText(whole)}`
  const before = formatQuantity(tracked)
  const after = formatQuantity(plus(tracked, quantity))
  return {
    kind: 'manual',
    severity: 'warning',
    icon: quantity > 0n ? '🟢' : '🔴',
    title: quantity > 0n ? 'MANUAL BUY' : 'MANUAL SELL',
    symbol,
    lines: [
      line('📊', 'Symbol', symbol),
      line('📦', 'Quantity', part),
      line('💰', 'Price', priceText(price, currency)),
      line('📒', 'Book', owner),
      ...(isTraded(owner) ? [line('📈', 'Tracked', `${before} → ${after}`)] : []),
      line('🔖', 'Broker order', brokerOrderId),
    ],
  }
}
