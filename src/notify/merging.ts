/** Storms, told so that a person can read them. */
import type { Line, Message } from '../core/message.ts'
import { ICONS } from '../core/message.ts'
import type { Instant } from '../core/time.ts'
import type { Letter, Waiting } from '../store/letter-rows.ts'

const SHOWN_MAX = 10
const WORST = ['error', 'warning', 'success', 'info'] as const

/** What several letters about one symbol and minute have in common, and then what each says. */
export function mergedOf(letters: readonly Letter[]): Message {
  const { message: first } = letters[0]!
  const severities = new Set(letters.map(({ message }) => message.severity))
  const severity = WORST.find((each) => severities.has(each)) ?? first.severity
  const lines = letters.slice(0, SHOWN_MAX).map(({ message }): Line => {
    const told = message.lines
      .filter(({ label }) => label !== 'Symbol' && label !== 'Account' && label !== 'Time')
      .map(({ value }) => value)
    return { icon: '▪️', label: message.title, value: told.join(' · ') }
  })
  const more = letters.length - lines.length
  const symbol = first.symbol === undefined ? '' : ` in ${first.symbol}`
  return {
    ...first,
    severity,
    icon: first.icon,
    title: `${first.title} × ${letters.length}${symbol}`,
    lines: [
      ...lines,
      ...first.lines.filter(({ label }) => label === 'Account' || label === 'Time'),
    ],
    closing: more > 0 ? `… and ${more} more.` : undefined,
  }
}

const KINDS_SHOWN = 15

/** So many that they are only counted. */
export function digestOf(waiting: readonly Waiting[], timeText: (at: Instant) => string): Message {
  const count = waiting.reduce((sum, each) => sum + each.count, 0)
  const first = Math.min(...waiting.map((each) => each.first)) as Instant
  const last = Math.max(...waiting.map((each) => each.last)) as Instant
  const byKind = new Map<string, Waiting[]>()
  for (const each of waiting) {
    const label = [each.account, each.kind].filter(Boolean).join(' ')
    byKind.set(label, [...(byKind.get(label) ?? []), each])
  }
  const lines = [...byKind].slice(0, KINDS_SHOWN).map(([label, all]): Line => {
    const sum = all.reduce((total, each) => total + each.count, 0)
    const named = all.flatMap(({ symbol, count: of }) => (symbol ? [`${symbol} ${of}`] : []))
    const more = named.length > SHOWN_MAX ? ', …' : ''
    const symbols = named.length === 0 ? '' : ` (${named.slice(0, SHOWN_MAX).join(', ')}${more})`
    return { icon: '▪️', label, value: `${sum}${symbols}` }
  })
  return {
    kind: 'system',
    severity: 'info',
    critical: false,
    icon: ICONS.info,
    title: `${count} MESSAGES`,
    lines: [
      ...lines,
      { icon: '⏰', label: 'Time', value: `${timeText(first)} to ${timeText(last)}` },
    ],
    closing: 'Too many to tell one by one; orders and the audit trail have them all.',
    symbol: undefined,
    account: undefined,
  }
}
