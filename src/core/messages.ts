/** Events as messages to people: in one place, whichever way they are sent. */
import { formatQuantity, minus, plus } from './amount.ts'
import type { Event, EventOf, Mode } from './event.ts'
import { symbolOf } from './instrument.ts'
import { guardSaid } from './guard-messages.ts'
import type { Message } from './message.ts'
import { ICONS } from './message.ts'
import type { Said } from './message-parts.ts'
import { line, sizeText } from './message-parts.ts'
import type { Order } from './order.ts'
import { orderSaid } from './order-messages.ts'
import { isTraded } from './owner.ts'
import { priceText, sentence } from './wording.ts'

/** Where an event happened. */
export type Scene = {
  readonly account: string
  readonly mode: Mode
  /** As people read it: `2025-01-27 15:30:00`. */
  readonly time: string
  /** The order it is about, as it was right after it. */
  readonly order: Order | undefined
}

/** Undefined for what people would not want to hear. */
export function messageOf(event: Event, scene: Scene): Message | undefined {
  const said = orderSaid(event, scene.order) ?? guardSaid(event) ?? otherSaid(event, scene.order)
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

// tidy-ok: one switch over what happens besides orders
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
