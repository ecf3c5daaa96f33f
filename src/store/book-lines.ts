/** What each event comes to as a line of the reconciliation log. */
import type { LogView } from '../core/book-log.ts'
import type { Quantity } from '../core/amount.ts'
import {
  absolute,
  formatMoney,
  formatPrice,
  formatQuantity,
  minus,
  negate,
  percent,
  plus,
} from '../core/amount.ts'
import type { Event, EventOf } from '../core/event.ts'
import type { InstrumentId } from '../core/instrument.ts'
import { exchangeOf, symbolOf } from '../core/instrument.ts'
import { reasonOf } from '../core/order.ts'
import { isTraded } from '../core/owner.ts'
import { comparedText } from '../core/wording.ts'
import type { Following } from './view-part.ts'

/** What is absent is not known, or not said by that kind of line. */
export type Line = Pick<LogView, 'eventType' | 'status' | 'note'> & Partial<LogView>

/** What traded last in an instrument: an order of ours, or somebody by hand. */
export type Closer = { readonly instrument: InstrumentId } & Pick<
  LogView,
  'ticket' | 'orderId' | 'signalId' | 'approvalId' | 'closeReason' | 'brokerPrice'
>

export function closerOf(event: Event, { order }: Following): Closer | undefined {
  if (event.type === 'ManualTradeSeen') {
    const { instrument, brokerOrderId: ticket, price } = event
    const nobody = { orderId: null, signalId: null, approvalId: null }
    const by = { ticket, closeReason: 'manual', brokerPrice: formatPrice(price) }
    return { instrument, ...nobody, ...by }
  }
  if (event.type !== 'OrderFilled' || !order) return undefined
  const { signalId = null, approvalId = null } = order.refs
  return {
    instrument: event.instrument,
    ticket: order.brokerOrderId ?? null,
    orderId: order.id,
    signalId,
    approvalId,
    closeReason: reasonOf(order),
    brokerPrice: formatPrice(event.price),
  }
}

/** Undefined for an event that says nothing of whose shares are whose. */
export function lineOf(
  event: Event,
  closerIn: (instrument: InstrumentId) => Closer | undefined,
): Line | undefined {
  switch (event.type) {
    case 'BookCompared':
      return comparedLine(event)
    case 'BreakFound':
      return breakLine(event)
    case 'BreakSettled':
      return settledLine(event)
    case 'SlippageSeen':
      return slippageLine(event)
    case 'ManualTradeSeen':
      return manualLine(event)
    case 'HoldingsAdopted':
      return adoptedLine(event)
    case 'SymbolReleased':
      return event.why === 'closed' ? closedLine(event, closerIn(event.instrument)) : undefined
    default:
      return undefined
  }
}

function comparedLine(event: EventOf<'BookCompared'>): Line {
  const { cycle, matched, total, failed } = event
  const note = comparedText(event)
  if (failed !== '') return { eventType: 'read_failed', status: 'open', cycle, note }
  return { eventType: 'matched', status: matched === total ? 'ok' : 'open', cycle, note }
}

function breakLine(event: EventOf<'BreakFound'>): Line {
  const { class: eventType, ours, theirs, evidence, cycle, material } = event
  const lock = material ? '' : '; it is tolerated and locks nothing'
  return {
    eventType,
    status: 'open',
    cycle,
    ...placeOf(event),
    direction: directionOf(theirs === 0n ? ours : theirs),
    ourQuantity: formatQuantity(ours),
    brokerQuantity: formatQuantity(theirs),
    differencePercent: percentAbove(ours, theirs),
    note: `${evidence}${lock}`,
  }
}

function settledLine(event: EventOf<'BreakSettled'>): Line {
  const { as, by, how } = event
  const whose = as === undefined ? '' : ` as ${as}`
  const who = by === 'book' ? '' : ` by ${by}`
  const note = `settled${whose}${who}: ${how}`
  return { eventType: 'settled', status: 'settled', ...placeOf(event), owner: as ?? null, note }
}

function slippageLine(event: EventOf<'SlippageSeen'>): Line {
  const { quantity, ours, theirs, owner, within, cycle } = event
  const above = minus(theirs, ours)
  const size = formatQuantity(quantity)
  return {
    eventType: 'slippage',
    status: within ? 'settled' : 'open',
    cycle,
    ...placeOf(event),
    owner,
    direction: directionOf(quantity),
    ourQuantity: size,
    brokerQuantity: size,
    ourPrice: formatPrice(ours),
    brokerPrice: formatPrice(theirs),
    differencePercent: ours === 0n ? null : percent(above, ours),
    slippage: formatPrice(quantity < 0n ? negate(above) : above),
    note: within ? 'the averages agree again' : 'same quantity, another average; it locks nothing',
  }
}

function manualLine(event: EventOf<'ManualTradeSeen'>): Line {
  const { quantity, whole, owner, price, brokerOrderId, tradeId, tracked } = event
  const part = quantity === whole ? '' : `${formatQuantity(absolute(quantity))} of `
  const size = `${part}${formatQuantity(absolute(whole))}`
  const after = isTraded(owner) ? plus(tracked, quantity) : tracked
  return {
    eventType: quantity > 0n ? 'manual_buy' : 'manual_sell',
    status: 'explained',
    ...placeOf(event),
    owner,
    direction: directionOf(quantity),
    ticket: brokerOrderId,
    ourQuantity: formatQuantity(tracked),
    brokerQuantity: formatQuantity(after),
    brokerPrice: formatPrice(price),
    differencePercent: percentAbove(tracked, after),
    note: `${size} by hand: order ${brokerOrderId}, trade ${tradeId}; book ${owner}`,
  }
}

function adoptedLine(event: EventOf<'HoldingsAdopted'>): Line {
  const { quantity } = event
  return {
    eventType: 'missing_here',
    status: 'explained',
    ...placeOf(event),
    owner: 'preexisting' as LogView['owner'],
    direction: directionOf(quantity),
    ourQuantity: '0',
    brokerQuantity: formatQuantity(quantity),
    note: 'held before Tallyman first saw the account',
  }
}

function closedLine(event: EventOf<'SymbolReleased'>, closer: Closer | undefined): Line {
  const { instrument: _, ...by } = closer ?? { instrument: event.instrument }
  return {
    eventType: 'closed',
    status: 'ok',
    symbol: symbolOf(event.instrument),
    exchange: exchangeOf(event.instrument),
    ...by,
    pnl: event.pnl === undefined ? null : formatMoney(event.pnl),
    note: 'nothing is left of it',
  }
}

const placeOf = ({
  instrument,
  product,
}: {
  readonly instrument: InstrumentId
  readonly product: string
}): Pick<LogView, 'symbol' | 'exchange' | 'product'> => ({
  symbol: symbolOf(instrument),
  exchange: exchangeOf(instrument),
  product,
})

const directionOf = (quantity: Quantity): 'BUY' | 'SELL' => (quantity < 0n ? 'SELL' : 'BUY')

const percentAbove = (ours: Quantity, theirs: Quantity): string | null =>
  ours === 0n ? null : percent(minus(theirs, ours), absolute(ours))
