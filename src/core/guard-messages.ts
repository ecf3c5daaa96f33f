/** What guards do, as messages to people. */
import { formatMoney } from './amount.ts'
import type { Event } from './event.ts'
import { guardSentence } from './guard-wording.ts'
import type { Line, Severity } from './message.ts'
import type { Said } from './message-parts.ts'
import { line } from './message-parts.ts'
import { moneyText } from './wording.ts'

type Head = {
  readonly severity: Severity
  readonly title: string
  readonly icon?: string
  readonly critical?: boolean
}

/** What closes, or cannot, is critical: it is not merged, and not held back by quiet hours. */
const HEADS: Readonly<Partial<Record<Event['type'], Head>>> = {
  GuardWarned: { severity: 'warning', title: 'DRAWDOWN WARNING', icon: '📉' },
  ResetWarned: { severity: 'warning', title: 'THE NEXT DAY WOULD BEGIN BREACHED' },
  LiquidationAnnounced: {
    severity: 'error',
    title: 'DRAWDOWN: LIQUIDATING',
    icon: '🚨',
    critical: true,
  },
  GuardTripped: { severity: 'error', title: 'GUARD TRIPPED', icon: '🚨', critical: true },
  LiquidationStarted: { severity: 'error', title: 'CLOSING', icon: '🚨', critical: true },
  NotFlat: { severity: 'error', title: 'NOT FLAT', icon: '🚨', critical: true },
  FlatConfirmed: { severity: 'success', title: 'FLAT' },
  GuardBlind: { severity: 'error', title: 'GUARDS ARE BLIND', icon: '🙈', critical: true },
  GuardSawAgain: { severity: 'success', title: 'GUARDS SEE AGAIN' },
  GuardCleared: { severity: 'success', title: 'GUARD CLEARED' },
  GuardDisarmed: { severity: 'warning', title: 'GUARDS DISARMED' },
  GuardArmed: { severity: 'success', title: 'GUARDS ARMED' },
  CashAsked: { severity: 'warning', title: 'WHERE DID THE CASH GO?' },
  TradingHalted: { severity: 'warning', title: 'TRADING HALTED', icon: '🛑' },
  TradingResumed: { severity: 'success', title: 'TRADING RESUMED' },
  ClosingStopped: { severity: 'warning', title: 'CLOSING CALLED OFF' },
  GuardRemoved: { severity: 'warning', title: 'GUARD REMOVED' },
  GuardSet: { severity: 'info', title: 'GUARD SET' },
}

/** Undefined for what is not about guards, and for what nobody wants to hear. */
export function guardSaid(event: Event): Said | undefined {
  const head = HEADS[event.type]
  if (!head) return undefined
  return { kind: 'guard', ...head, lines: linesOf(event), closing: guardSentence(event) }
}

function linesOf(event: Event): readonly Line[] {
  switch (event.type) {
    case 'GuardWarned':
    case 'GuardTripped':
    case 'LiquidationAnnounced':
      return [
        line('📉', 'Drawdown', `${event.drawdown} % (limit ${event.limit} %)`),
        line('💰', 'Equity', moneyText(event.equity, event.currency)),
        line('🧱', 'Floor', moneyText(event.floor, event.currency)),
        line('📦', 'Positions', String(event.positions)),
      ]
    case 'FlatConfirmed':
      return [line('💵', 'Realized', formatMoney(event.realized))]
    default:
      return []
  }
}
