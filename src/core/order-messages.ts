/** What happens to an order, as a message. */
import { absolute, average, formatQuantity, minus } from './amount.ts'
import type { Event, EventOf } from './event.ts'
import { symbolOf } from './instrument.ts'
import type { Line } from './message.ts'
import type { Said } from './message-parts.ts'
import { line, sizeText } from './message-parts.ts'
import type { Order } from './order.ts'
import { moneyText, priceText } from './wording.ts'

/** Undefined where it is about no order, or nobody would want to hear of it. */
// tidy-ok: one switch over what can happen to an order
export function orderSaid(event: Event, order: Order | undefined): Said | undefined {
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
