/** What a message to people is made of, before it is dressed for Telegram, mail or a terminal. */
import { DAY, HOUR } from './time.ts'

export const SEVERITIES = ['info', 'success', 'warning', 'error'] as const
export type Severity = (typeof SEVERITIES)[number]

/** How loudly somebody hears of a kind: `silent` arrives without a sound. */
export const NOISES = ['on', 'silent', 'off'] as const
export type Noise = (typeof NOISES)[number]

type KindOf = {
  /** Ends no sentence, begins none: a line of a table. */
  readonly does: string
  /** Where nobody says otherwise. */
  readonly usual: Noise
  /** Older than this it helps nobody any more, and is not sent. */
  readonly mattersMs: number
}

const kind = (does: string, usual: Noise, mattersMs: number): KindOf => ({ does, usual, mattersMs })
const WEEK = 7 * DAY

/** The kinds of messages there are. */
export const MESSAGE_KINDS = [
  'placed',
  'executed',
  'partial',
  'rejected',
  'denied',
  'unknown',
  'ended',
  'changed',
  'busted',
  'manual',
  'tracking',
  'books',
  'break',
  'stale',
  'day',
  'broker',
  'account',
  'guard',
  'odd',
  'system',
  'heartbeat',
] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

export const KINDS: Readonly<Record<MessageKind, KindOf>> = {
  placed: kind('an order was placed', 'off', HOUR),
  executed: kind('an order is complete', 'on', DAY),
  partial: kind('a part of an order was filled', 'silent', 6 * HOUR),
  rejected: kind('the broker refused an order', 'on', DAY),
  denied: kind('Tallyman refused an order', 'silent', 6 * HOUR),
  unknown: kind('nobody knows whether an order or a change arrived', 'on', WEEK),
  ended: kind('an order was cancelled, expired, or never arrived', 'silent', 6 * HOUR),
  changed: kind('an order was changed, or could not be', 'silent', 6 * HOUR),
  busted: kind('the exchange took a trade back', 'on', WEEK),
  manual: kind('somebody traded by hand', 'on', DAY),
  tracking: kind('tracking of a symbol began or ended', 'silent', 6 * HOUR),
  books: kind('holdings were adopted, or moved between books', 'silent', DAY),
  break: kind('our books and the broker’s differ, or agree again', 'on', WEEK),
  stale: kind('an order has worked for longer than it should', 'on', DAY),
  day: kind('a day was ended', 'on', WEEK),
  broker: kind('the broker was lost, or is back', 'on', 6 * HOUR),
  account: kind('an account was closed or reopened', 'on', WEEK),
  guard: kind('a guard warned, closed, went blind, or was halted by hand', 'on', WEEK),
  odd: kind('the broker told something that fits nothing', 'on', DAY),
  system: kind('Tallyman itself, or a program, has something to say', 'on', DAY),
  heartbeat: kind('all is well, once a day', 'silent', 12 * HOUR),
}

export type Line = { readonly icon: string; readonly label: string; readonly value: string }

export type Message = {
  readonly kind: MessageKind
  readonly severity: Severity
  /** Never merged with others, held back by quiet hours, or given up for a person not reached. */
  readonly critical: boolean
  readonly icon: string
  /** In capitals: `ORDER REJECTED`. */
  readonly title: string
  readonly lines: readonly Line[]
  /** A sentence at its end. */
  readonly closing: string | undefined
  /** What messages of a kind are merged by in a storm, as is their account. */
  readonly symbol: string | undefined
  /** With its mark: `paper · PAPER`; undefined: of none. */
  readonly account: string | undefined
}

export const ICONS: Readonly<Record<Severity, string>> = {
  info: 'ℹ️',
  success: '✅',
  warning: '⚠️',
  error: '🚨',
}

/** Longer texts come from outside: they are cut, and say so. */
const VALUE_MAX = 400

/** One line of any text: no control characters, no end of the world. */
export function plainLine(text: string, most: number = VALUE_MAX): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
  return line.length <= most ? line : `${Array.from(line).slice(0, most).join('')} …`
}

type Alert = {
  readonly title: string
  readonly text: string
  readonly severity: Severity
  readonly kind?: 'system' | 'heartbeat'
}

const TITLE_MAX = 120
const TEXT_MAX = 3_000

/** What a program, a person or Tallyman itself wants people to know. */
export function alert({ title, text, severity, kind: of = 'system' }: Alert): Message {
  return {
    kind: of,
    severity,
    critical: severity === 'error',
    icon: ICONS[severity],
    title: plainLine(title, TITLE_MAX),
    lines: [],
    closing: text
      .split('\n')
      .map((line) => plainLine(line, TEXT_MAX))
      .join('\n')
      .slice(0, TEXT_MAX),
    symbol: undefined,
    account: undefined,
  }
}
