/** The journal as people and programs read it: one plain item an event, with a sentence. */
import type { Money, Price, Quantity, Rate } from '../core/amount.ts'
import { formatMoney, formatPrice, formatQuantity, formatRate } from '../core/amount.ts'
import type { Entry, Event } from '../core/event.ts'
import { orderIdOf } from '../core/one-order.ts'
import type { AuditView } from '../core/asking.ts'
import { telling } from '../core/telling.ts'
import type { Instant } from '../core/time.ts'
import type { ShowTime } from '../core/view.ts'
import type { Kind, Optional, Shape } from './codec.ts'
import type { Batch, Journal } from './journal.ts'
import { SHAPES } from './shapes.ts'

export type AuditAsked = {
  readonly account?: string | undefined
  readonly orderId?: string | undefined
  readonly type?: string | undefined
  /** Whose command brought it about: `key:my-bot`. */
  readonly by?: string | undefined
  /** The first moment that counts, and the first that no longer does. */
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
}

export const EVENT_TYPES = Object.keys(SHAPES) as readonly Event['type'][]

/** Every item that was asked for, the oldest first; `onRow` hears of each row that was read. */
export function* auditTrail(
  journal: Journal,
  asked: AuditAsked,
  { show, onRow }: { readonly show: ShowTime; readonly onRow?: (n: number) => void },
): Iterable<AuditView> {
  for (const { n, entries } of journal.read(0)) {
    onRow?.(n)
    for (const entry of entries) {
      for (const index of chosen(entry, asked)) yield auditView(entry, index, show)
    }
  }
}

/** The latest row first; what is added meanwhile is not in it. */
export function* backwards(journal: Journal): Iterable<Batch> {
  for (let upTo = journal.head().n; upTo > 0; upTo -= WINDOW_ROWS) {
    const window: Batch[] = []
    for (const batch of journal.read(Math.max(0, upTo - WINDOW_ROWS))) {
      if (batch.n > upTo) break
      window.push(batch)
    }
    yield* window.toReversed()
  }
}

const WINDOW_ROWS = 500

/** Which of an entry's events were asked for. */
export function chosen(entry: Entry, asked: AuditAsked): number[] {
  const { account, orderId, type, by, from, to } = asked
  if (account !== undefined && entry.account !== account) return []
  if (from !== undefined && entry.at < from) return []
  if (to !== undefined && entry.at >= to) return []
  if (by !== undefined && callerOf(entry) !== by) return []
  return [...entry.events.keys()].filter((index) => {
    const event = entry.events[index]!
    if (type !== undefined && event.type !== type) return false
    return orderId === undefined || orderIdOf(event) === orderId
  })
}

/** A command without an id is named after its caller alone. */
const CALLER = /^(?:key|strategy):[^/]*$|^program$/

/** Undefined where nobody asked: the broker, the clock or the desk itself brought it about. */
export const callerOf = ({ command, cause }: Entry): string | undefined =>
  command?.scope ?? (CALLER.test(cause) ? cause : undefined)

export function auditView(entry: Entry, index: number, show: ShowTime): AuditView {
  const { account, seq, at, cause, events } = entry
  const event = events[index]!
  return {
    seq: seq + index,
    account,
    at: show(at),
    type: event.type,
    orderId: orderIdOf(event) ?? null,
    by: callerOf(entry) ?? null,
    cause,
    summary: telling(event),
    event: plainEvent(event, show),
  }
}

type Plain = Record<string, unknown>

/** An event under its own names, with amounts as decimal text, times as such and null for none. */
const plainEvent = (event: Event, show: ShowTime): Plain => ({
  type: event.type,
  ...plainFields(SHAPES[event.type], event, show),
})

const plainFields = (shape: Shape, from: Plain, show: ShowTime): Plain =>
  Object.fromEntries(
    Object.entries(shape).map(([name, kind]) => [name, plainField(name, kind, from[name], show)]),
  )

function plainField(
  name: string,
  kind: Kind | Optional | Shape,
  value: unknown,
  show: ShowTime,
): unknown {
  if (value === undefined) return null
  if (typeof kind !== 'string') {
    const inner = kind['maybe']
    if (inner === undefined) return plainFields(kind, value as Plain, show)
    return plainField(name, inner, value, show)
  }
  // Moments and counts are written alike; their names tell which is which.
  if (kind === 'number' && IS_MOMENT.test(name)) return show(value as Instant)
  return plainValue(kind, value)
}

const IS_MOMENT = /At$|^before$/

function plainValue(kind: Kind, value: unknown): unknown {
  switch (kind) {
    case 'text':
    case 'number':
    case 'flag':
      return value
    case 'price':
      return formatPrice(value as Price)
    case 'quantity':
      return formatQuantity(value as Quantity)
    case 'money':
      return formatMoney(value as Money)
    case 'rate':
      return formatRate(value as Rate)
    case 'whole':
      return (value as bigint).toString()
    case 'validity':
      return value
    case 'pricing': {
      const parts = Object.entries(value as Plain)
      const plain = (part: unknown): unknown =>
        typeof part === 'bigint' ? formatPrice(part as Price) : part
      return Object.fromEntries(parts.map(([name, part]) => [name, plain(part)]))
    }
  }
}
