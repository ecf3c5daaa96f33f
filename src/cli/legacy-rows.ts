/** Rows of another system's files, read as liberally as is safe. */
import { createHash } from 'node:crypto'
import { whyNotDecimal } from '../core/amount.ts'
import type { RecordKind } from '../core/books-event.ts'
import type { PlainRecord } from '../core/importing.ts'

/** One row as it stands in its file: under a name, or in a list. */
export type LegacyRow = {
  readonly file: string
  /** A symbol, an order’s id, or where it stands in its list: `#12`. */
  readonly place: string
  readonly value: unknown
}

export type Refused = { readonly file: string; readonly row: string; readonly why: string }
export type ReadRow = PlainRecord | { readonly why: string }

type Plain = Readonly<Record<string, unknown>>

const DETAIL_MAX = 1_000
const ORDERS_MAX = 100
const QUANTITY_DECIMALS = 8
const SYMBOL = /^[A-Z0-9][A-Z0-9 &_.-]{0,63}$/
/** Never taken along, whatever it is worth. */
const SECRET = /token|secret|passw|pin$|totp|otp|api_?key|mobile/i

const NAMES = {
  symbol: ['symbol', 'tradingsymbol', 'trading_symbol', 'instrument', 'trdSym', 'ticker'],
  quantity: ['quantity', 'qty', 'filled_quantity', 'executed_qty'],
  order: ['order_id', 'orderId', 'id', 'nOrdNo', 'broker_order_id'],
  trade: ['trade_id', 'tradeId', 'fill_id', 'id'],
  tracked: ['current_tracked_qty', 'tracked_qty', 'tracked_quantity', 'qty', 'quantity'],
  preexisting: ['pre_existing_qty', 'preexisting_qty', 'pre_existing_quantity'],
  orders: ['order_ids', 'orders', 'all_related_orders', 'related_orders', 'orderIds'],
} as const

export function readRow(kind: RecordKind, row: LegacyRow): ReadRow {
  const { value, place } = row
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { why: 'an object with named fields is expected' }
  }
  const fields = value as Plain
  const symbol = symbolIn(fields, kind === 'order' || kind === 'trade' ? undefined : place)
  if (symbol === undefined) return { why: 'it names no symbol of letters and digits' }
  const detail = detailOf(fields)
  if (detail.length > DETAIL_MAX) return { why: `it is longer than ${DETAIL_MAX} characters` }
  const why = kind === 'symbol' ? undefined : whyNotSized(kind, fields)
  if (why !== undefined) return { why }
  if (kind === 'symbol') return symbolRow(fields, symbol, detail)
  const id = kind === 'position' ? symbol : idOf(kind, fields, place)
  if (kind === 'order' && id === undefined) return { why: 'it has no order id' }
  const ref = id === undefined ? `${kind}:${shortHash(`${symbol}${detail}`)}` : `${kind}:${id}`
  return { kind, ref, symbol, detail }
}

function symbolRow(fields: Plain, symbol: string, detail: string): ReadRow {
  const tracked = sizeIn(fields, NAMES.tracked)
  const before = sizeIn(fields, NAMES.preexisting)
  if (tracked === undefined) return { why: 'current_tracked_qty: a number from 0 on is expected' }
  const isOdd = before === undefined && firstOf(fields, NAMES.preexisting) !== undefined
  if (isOdd) return { why: 'pre_existing_qty: a number from 0 on is expected' }
  const status = fields['status'] ?? 'active'
  if (status !== 'active' && status !== 'completed') {
    return { why: `status ${JSON.stringify(status)}: active or completed is expected` }
  }
  const listed = firstOf(fields, NAMES.orders) ?? []
  if (!Array.isArray(listed) || listed.some((each) => textIn(each) === undefined)) {
    return { why: 'order_ids: a list of order ids is expected' }
  }
  const orders = listed.slice(0, ORDERS_MAX).map((each) => textIn(each)!)
  const record = { kind: 'symbol', ref: `symbol:${symbol}`, symbol, detail } as const
  const isHeld = status === 'active' && !/^0+(\.0+)?$/.test(tracked)
  return isHeld ? { ...record, holding: { quantity: tracked, orders } } : record
}

/** A position of another program’s portfolio: its own, unless a list of symbols says so better. */
export function holdingIn({ value }: LegacyRow): PlainRecord['holding'] {
  const quantity = sizeIn(value as Plain, NAMES.quantity)
  return quantity === undefined || /^0+(\.0+)?$/.test(quantity)
    ? undefined
    : { quantity, orders: [] }
}

function whyNotSized(kind: RecordKind, fields: Plain): string | undefined {
  const given = firstOf(fields, NAMES.quantity)
  if (given === undefined) return kind === 'closed' ? undefined : 'it has no quantity'
  const size = sizeIn(fields, NAMES.quantity)
  if (size !== undefined && (kind !== 'order' || !/^0+(\.0+)?$/.test(size))) return undefined
  return `quantity ${shown(given)}: a number above 0 is expected`
}

/** `INFY-EQ` and `NSE:INFY` are INFY. */
function symbolIn(fields: Plain, place: string | undefined): string | undefined {
  const named = textIn(firstOf(fields, NAMES.symbol) ?? place)
  const symbol = named
    ?.trim()
    .toUpperCase()
    .replace(/^(NSE|BSE):/, '')
    .replace(/-(EQ|BE)$/, '')
  return symbol !== undefined && SYMBOL.test(symbol) ? symbol : undefined
}

function idOf(kind: RecordKind, fields: Plain, place: string): string | undefined {
  const named = kind === 'order' ? NAMES.order : kind === 'trade' ? NAMES.trade : undefined
  const given = named && textIn(firstOf(fields, named))
  const id = given ?? (kind === 'order' && !place.startsWith('#') ? place : undefined)
  if (id === undefined) return undefined
  // One order trades more than once, so its id alone names no trade.
  const isNamed = kind === 'order' || firstOf(fields, NAMES.trade.slice(0, 3)) !== undefined
  return isNamed && id.length <= 60 ? id : undefined
}

const firstOf = (fields: Plain, names: readonly string[]): unknown => {
  for (const name of names) {
    if (fields[name] !== undefined && fields[name] !== null) return fields[name]
  }
  return undefined
}

const textIn = (value: unknown): string | undefined => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** A plain decimal number from zero on, however it was written; `1e5` and 10.0 are numbers too. */
function sizeIn(fields: Plain, names: readonly string[]): string | undefined {
  const given = firstOf(fields, names)
  if (typeof given !== 'number' && typeof given !== 'string') return undefined
  const number = typeof given === 'number' ? given : given.trim() === '' ? NaN : Number(given)
  if (!Number.isFinite(number) || number < 0 || number > Number.MAX_SAFE_INTEGER) return undefined
  const text =
    typeof given === 'string' && /^\d+(\.\d+)?$/.test(given.trim()) ? given.trim() : String(number)
  return whyNotDecimal(text, QUANTITY_DECIMALS) === undefined ? text : undefined
}

/** The row with its fields in order, and without what nobody else should know. */
const detailOf = (fields: Plain): string => JSON.stringify(cleaned(fields))

/** Deeper than any of those files goes. */
const DEPTH_MAX = 8

function cleaned(value: unknown, depth = 0): unknown {
  if (depth > DEPTH_MAX) return null
  if (Array.isArray(value)) return value.map((each) => cleaned(each, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !SECRET.test(name))
  return Object.fromEntries(
    kept
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, cleaned(each, depth + 1)]),
  )
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 40)

const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 20)
