/**
 * How events are written in the journal: JSON that a person can read, with amounts as decimal
 * text. Each event's fields stand in a table whose completeness the compiler checks.
 */
import type { Money, Price, Quantity } from '../core/amount.ts'
import { formatMoney, formatPrice, formatQuantity, money, price, quantity } from '../core/amount.ts'
import type { Entry, Event } from '../core/event.ts'
import type { Pricing } from '../core/order.ts'
import { SHAPES } from './shapes.ts'

/** Raised when a written form changes; `decodeEntries` reads every one there ever was. */
export const FORMAT = 1

export type Kind = 'text' | 'number' | 'flag' | 'price' | 'quantity' | 'money' | 'whole' | 'pricing'
export type Optional = { readonly maybe: Kind }
export type Shape = { readonly [field: string]: Kind | Optional | Shape }

/** The kind a field of type `V` must be written as. */
export type KindOf<V> = undefined extends V
  ? { readonly maybe: KindOf<Exclude<V, undefined>> }
  : V extends Price
    ? 'price'
    : V extends Quantity
      ? 'quantity'
      : V extends Money
        ? 'money'
        : V extends bigint
          ? 'whole'
          : V extends string
            ? 'text'
            : V extends number
              ? 'number'
              : V extends boolean
                ? 'flag'
                : V extends Pricing
                  ? 'pricing'
                  : ShapeOf<V>
export type ShapeOf<T> = { readonly [K in keyof T]-?: KindOf<T[K]> }
export type EventShape<E extends Event> = ShapeOf<Omit<E, 'type'>>

type Plain = { [field: string]: unknown }
type Field = readonly [name: string, kind: Kind | 'shape', optional: boolean, inner: Fields]
type Fields = readonly Field[]

const fieldsOf = (shape: Shape): Fields =>
  Object.entries(shape).map(([name, kind]): Field => {
    if (typeof kind === 'string') return [name, kind, false, []]
    if (isOptional(kind)) return [name, kind.maybe, true, []]
    return [name, 'shape', false, fieldsOf(kind)]
  })

const isOptional = (kind: Optional | Shape): kind is Optional => typeof kind['maybe'] === 'string'

const FIELDS = new Map(
  Object.entries(SHAPES).map(([type, shape]): [string, Fields] => [type, fieldsOf(shape)]),
)

/** The batch as text: what is hashed, stored and digested. */
export const encodeEntries = (entries: readonly Entry[]): string =>
  JSON.stringify(entries.map(plainEntry))

function plainEntry({ account, seq, at, cause, command, events }: Entry): Plain {
  return { account, seq, at, cause, command, events: events.map(plainEvent) }
}

function plainEvent(event: Event): Plain {
  const plain: Plain = { type: event.type }
  write(FIELDS.get(event.type)!, event, plain)
  return plain
}

function write(fields: Fields, from: object, into: Plain): void {
  for (const [name, kind, , inner] of fields) {
    const value = (from as Plain)[name]
    if (value === undefined) continue
    if (kind === 'shape') {
      const nested: Plain = {}
      write(inner, value as object, nested)
      into[name] = nested
    } else into[name] = written(kind, value)
  }
}

function written(kind: Kind, value: unknown): unknown {
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
    case 'whole':
      return String(value)
    case 'pricing': {
      const pricing = value as Pricing
      if (pricing.type === 'market') return { type: 'market' }
      return { type: 'limit', limit: formatPrice(pricing.limit) }
    }
  }
}

/** Throws a plain Error that says what is wrong; the journal adds which row. */
export function decodeEntries(text: string, format: number): Entry[] {
  if (format > FORMAT) throw new Error(`it was written by a newer Tallyman (format ${format})`)
  return (JSON.parse(text) as Plain[]).map(readEntry)
}

function readEntry(plain: Plain): Entry {
  const entry = {
    account: plain['account'],
    seq: plain['seq'],
    at: plain['at'],
    cause: plain['cause'],
    command: plain['command'],
    events: (plain['events'] as Plain[]).map(readEvent),
  }
  return entry as Entry
}

function readEvent(plain: Plain): Event {
  const type = plain['type'] as string
  const fields = FIELDS.get(type)
  if (!fields) throw new Error(`it holds an event of unknown type ${type}`)
  const event: Plain = { type }
  read(fields, plain, event)
  return event as unknown as Event
}

function read(fields: Fields, from: Plain, into: Plain): void {
  for (const [name, kind, optional, inner] of fields) {
    const value = from[name]
    if (value === undefined) {
      if (!optional) throw new Error(`field ${name} is missing`)
      into[name] = undefined
    } else if (kind === 'shape') {
      const nested: Plain = {}
      read(inner, value as Plain, nested)
      into[name] = nested
    } else into[name] = readValue(kind, value)
  }
}

function readValue(kind: Kind, value: unknown): unknown {
  switch (kind) {
    case 'text':
    case 'number':
    case 'flag':
      return value
    case 'price':
      return price(value as string)
    case 'quantity':
      return quantity(value as string)
    case 'money':
      return money(value as string)
    case 'whole':
      return BigInt(value as string)
    case 'pricing': {
      const pricing = value as { readonly type: string; readonly limit: string }
      if (pricing.type === 'market') return { type: 'market' }
      return { type: 'limit', limit: price(pricing.limit) }
    }
  }
}
