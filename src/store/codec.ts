/**
 * How events are written in the journal: JSON, each event a list of its type and its fields in the
 * order of shapes.ts, with amounts as decimal text. Without the names a row is half as long and
 * read twice as fast; the names stand in the journal once (`LAYOUT`), and nothing is read by other
 * names than it was written under.
 */
import type { Money, Price, Quantity, Rate } from '../core/amount.ts'
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  formatRate,
  money,
  price,
  quantity,
  rate,
} from '../core/amount.ts'
import { assert } from '../core/brand.ts'
import type { CommandKey, Entry, Event } from '../core/event.ts'
import type { Pricing, Validity } from '../core/order.ts'
import { SHAPES } from './shapes.ts'

/** Raised when a written form changes; `decodeEntries` reads every one there ever was. */
export const FORMAT = 1

export type Kind =
  | 'text'
  | 'number'
  | 'flag'
  | 'price'
  | 'quantity'
  | 'money'
  | 'rate'
  | 'whole'
  | 'pricing'
  | 'validity'
export type Optional = { readonly maybe: Kind }
export type Shape = { readonly [field: string]: Kind | Optional | Shape }

/** The kind a field of type `V` must be written as. */
export type KindOf<V> = undefined extends V
  ? { readonly maybe: KindOf<Exclude<V, undefined>> }
  : [V] extends [Validity]
    ? 'validity'
    : V extends Price
      ? 'price'
      : V extends Quantity
        ? 'quantity'
        : V extends Money
          ? 'money'
          : V extends Rate
            ? 'rate'
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

type Plain = Record<string, unknown>
/** One field of a shape: how its value is written, and read back. */
type Field = {
  readonly name: string
  readonly optional: boolean
  readonly write: (value: unknown) => string
  readonly read: (written: unknown) => unknown
  /** The fields of a shape within the shape. */
  readonly inner: Fields | undefined
}
type Fields = readonly Field[]

const fieldsOf = (shape: Shape): Fields =>
  Object.entries(shape).map(([name, kind]): Field => {
    const inner = undefined
    if (typeof kind === 'string') return { name, optional: false, ...coderOf(kind), inner }
    if (isOptional(kind)) return { name, optional: true, ...coderOf(kind.maybe), inner }
    const fields = fieldsOf(kind)
    return {
      name,
      optional: false,
      write: (value) => `[${fieldsText(fields, value as object).slice(1)}]`,
      read: (written) => readFields(fields, written as readonly unknown[], 0, {}),
      inner: fields,
    }
  })

const isOptional = (kind: Optional | Shape): kind is Optional => typeof kind['maybe'] === 'string'

type Coder = Pick<Field, 'write' | 'read'>

const same = (value: unknown): unknown => value

function coderOf(kind: Kind): Coder {
  switch (kind) {
    case 'text':
      return { write: (value) => quoted(value as string), read: same }
    case 'number':
      return { write: numberText, read: same }
    case 'flag':
      return { write: String, read: same }
    case 'price':
      return amountCoder(formatPrice, price)
    case 'quantity':
      return amountCoder(formatQuantity, quantity)
    case 'money':
      return amountCoder(formatMoney, money)
    case 'rate':
      return amountCoder(formatRate, rate)
    case 'whole':
      return amountCoder((value: bigint) => value.toString(), BigInt)
    case 'pricing':
      return { write: (value) => pricingText(value as Pricing), read: readPricing }
    case 'validity':
      return { write: (value) => validityText(value as Validity), read: readValidity }
  }
}

/** JSON has no word for the others: a row with one could be written, and never read again. */
function numberText(value: unknown): string {
  assert(Number.isFinite(value), () => `${String(value)} is no number that can be read back`)
  return String(value)
}

const amountCoder = <A extends bigint>(
  format: (amount: A) => string,
  parse: (text: string) => A,
): Coder => ({
  write: (value) => `"${format(value as A)}"`,
  read: (written) => parse(written as string),
})

function pricingText(pricing: Pricing): string {
  switch (pricing.type) {
    case 'market':
      return '["market"]'
    case 'limit':
      return `["limit","${formatPrice(pricing.limit)}"]`
    case 'sl':
      return `["sl","${formatPrice(pricing.trigger)}","${formatPrice(pricing.limit)}"]`
    case 'sl-m':
      return `["sl-m","${formatPrice(pricing.trigger)}"]`
  }
}

function readPricing(written: unknown): Pricing {
  const [type, first, second] = written as readonly [Pricing['type'], string, string]
  switch (type) {
    case 'market':
      return { type }
    case 'limit':
      return { type, limit: price(first) }
    case 'sl':
      return { type, trigger: price(first), limit: price(second) }
    case 'sl-m':
      return { type, trigger: price(first) }
  }
}

const validityText = (validity: Validity): string =>
  typeof validity === 'string' ? `"${validity}"` : String(validity.minutes)

const readValidity = (written: unknown): Validity =>
  typeof written === 'number' ? { minutes: written } : (written as 'day' | 'ioc')

const FIELDS = new Map(
  Object.entries(SHAPES).map(([type, shape]): [string, Fields] => [type, fieldsOf(shape)]),
)

/** The names of an event's fields in the order in which they are written. */
export type Names = readonly (string | readonly [name: string, inner: Names])[]

const namesOf = (fields: Fields): Names =>
  fields.map(({ name, inner }) => (inner ? [name, namesOf(inner)] : name))

/** What every journal carries with it, and is checked against: by type, the names of its fields. */
export const LAYOUT: ReadonlyMap<string, Names> = new Map(
  [...FIELDS].map(([type, fields]) => [type, namesOf(fields)]),
)

/** Whether rows written with the names `then` mean the same under the names `now`. */
export const reads = (then: Names, now: Names): boolean =>
  then.every((name, index) => {
    const other = now[index]
    if (typeof name === 'string' || typeof other === 'string') return name === other
    return other !== undefined && name[0] === other[0] && reads(name[1], other[1])
  })

/** The batch as text: what is hashed and stored. */
export const encodeEntries = (entries: readonly Entry[]): string =>
  `[${entries.map(entryText).join(',')}]`

/** An entry and its text: encoded where it is decided, and by no journal a second time. */
export type Written = Entry & { readonly text: string }

export const written = (entry: Entry): Written => ({ ...entry, text: entryText(entry) })

/** Asserts that it can be read back: what cannot must hurt its account before it is in a row. */
export const entryText = (entry: Entry | Written): string =>
  'text' in entry ? entry.text : textOf(entry)

// Written by hand, since JSON.stringify would need a copy of every event with its amounts as text.
function textOf({ account, seq, at, cause, command, events }: Entry): string {
  let text = `[${quoted(account)},${numberText(seq)},${numberText(at)},${quoted(cause)}`
  text += command
    ? `,[${quoted(command.scope)},${quoted(command.id)},${quoted(command.hash)}]`
    : ',null'
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!
    text += `,["${event.type}"${fieldsText(FIELDS.get(event.type)!, event)}]`
  }
  text += ']'
  text.charCodeAt(0) // makes one piece of the hundred it was built from
  return text
}

function fieldsText(fields: Fields, from: object): string {
  let text = ''
  for (let index = 0; index < fields.length; index++) {
    const { name, write, optional } = fields[index]!
    const value = (from as Plain)[name]
    assert(value !== undefined || optional, () => `field ${name} is missing`)
    text += value === undefined ? ',null' : `,${write(value)}`
  }
  return text
}

/** Names and ids are plain; only words of people and brokers can need more than quotes. */
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))
const PLAIN = /^[\w :;,.()/+*=@#&?!|-]*$/

/** A row that this program cannot read, and a later one could. The message says what is in it. */
export class NewerRow extends Error {
  override readonly name = 'NewerRow'
}

/** Throws NewerRow, or a plain Error that says what is wrong; the journal adds which row. */
export function decodeEntries(text: string, format: number): Entry[] {
  if (format > FORMAT) throw new NewerRow(`a row of format ${format}`)
  return (JSON.parse(text) as (readonly unknown[])[]).map(readEntry)
}

function readEntry(written: readonly unknown[]): Entry {
  const [account, seq, at, cause, command] = written
  const events: Event[] = []
  for (let index = 5; index < written.length; index++) {
    events.push(readEvent(written[index] as readonly unknown[]))
  }
  return { account, seq, at, cause, command: readCommand(command), events } as Entry
}

function readCommand(written: unknown): CommandKey | undefined {
  if (written === null) return undefined
  const [scope = '', id = '', hash = ''] = written as readonly string[]
  return { scope, id, hash }
}

function readEvent(written: readonly unknown[]): Event {
  const type = written[0] as string
  const fields = FIELDS.get(type)
  if (!fields) throw new NewerRow(`an event of type ${type}`)
  return readFields(fields, written, 1, { type }) as unknown as Event
}

/** A row that is shorter was written before the last fields existed. */
function readFields(fields: Fields, from: readonly unknown[], skip: number, into: Plain): Plain {
  for (let index = 0; index < fields.length; index++) {
    const { name, optional, read } = fields[index]!
    const value = from[index + skip] ?? undefined
    if (value === undefined && !optional) throw new Error(`field ${name} is missing`)
    into[name] = value === undefined ? undefined : read(value)
  }
  return into
}
