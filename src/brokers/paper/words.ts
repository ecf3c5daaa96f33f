/**
 * The words of the paper broker's wire: JSON, amounts as decimal text. Reading is strict, since
 * what was torn or garbled on its way must never pass for what was sent.
 */
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  money,
  price,
  quantity,
} from '../../core/amount.ts'
import type { BrokerFunds, BrokerOrder, BrokerPosition, BrokerTrade } from '../../core/input.ts'
import type { Currency, Group, InstrumentId, Product } from '../../core/instrument.ts'
import { PRODUCTS } from '../../core/instrument.ts'
import type {
  BrokerOrderId,
  ExchangeOrderId,
  Pricing,
  Revision,
  Tag,
  Terms,
  TradeId,
  Validity,
} from '../../core/order.ts'
import type { Instant, TradingDate } from '../../core/time.ts'

/** What arrived is not what the other side writes; the message names the field. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

const TEXT_MAX = 200
const GROUPS: readonly Group[] = ['equity', 'futures', 'options', 'fx']
const STATUSES = ['working', 'complete', 'cancelled', 'rejected', 'expired'] as const
const CODER = new TextEncoder()
const READER = new TextDecoder('utf-8', { fatal: true })

export const bytesOf = (value: unknown): Uint8Array => CODER.encode(JSON.stringify(value))

export type Plain = Readonly<Record<string, unknown>>

/** Throws Unreadable. */
export const plainOf = (body: Uint8Array): Plain => plainIn(textIn(body))

/** Throws Unreadable. */
export function textIn(body: Uint8Array): string {
  try {
    return READER.decode(body)
  } catch {
    throw new Unreadable(`no JSON: ${startOf(String.fromCharCode(...body.subarray(0, 30)))}`)
  }
}

/** Throws Unreadable. */
export function plainIn(body: string): Plain {
  try {
    return object(JSON.parse(body), 'the body')
  } catch (error) {
    if (error instanceof Unreadable) throw error
    throw new Unreadable(`no JSON: ${startOf(body)}`)
  }
}

const startOf = (body: string): string =>
  body.length === 0 ? 'an empty body' : body.slice(0, 30).replace(/[^\x20-\x7e]/g, '?')

export function object(value: unknown, field: string): Plain {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Plain
  throw new Unreadable(`${field} is no object`)
}

export function rowsOf<Row>(value: unknown, read: (row: Plain) => Row): Row[] {
  if (!Array.isArray(value)) throw new Unreadable('there are no rows')
  return value.map((row, index) => read(object(row, `row ${index}`)))
}

export function text(from: Plain, field: string): string {
  const value = from[field]
  if (typeof value === 'string' && value.length > 0 && value.length <= TEXT_MAX) return value
  throw new Unreadable(`${field} is ${shown(value)}`)
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 40)

const maybe = <T>(from: Plain, field: string, read: (from: Plain, field: string) => T) =>
  from[field] === undefined ? undefined : read(from, field)

function oneOf<T extends string>(from: Plain, field: string, words: readonly T[]): T {
  const found = words.find((word) => word === from[field])
  if (found !== undefined) return found
  throw new Unreadable(`${field} is ${shown(from[field])}`)
}

function whole(from: Plain, field: string): number {
  const value = from[field]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new Unreadable(`${field} is ${shown(value)}`)
}

/** An amount by one of the readers of core/amount.ts. */
function amount<A>(from: Plain, field: string, read: (text: string) => A): A {
  try {
    return read(text(from, field))
  } catch (error) {
    throw new Unreadable(`${field}: ${(error as Error).message}`)
  }
}

function multiplier(from: Plain): bigint {
  const digits = text(from, 'multiplier')
  if (!/^[1-9]\d{0,8}$/.test(digits)) throw new Unreadable(`multiplier is ${shown(digits)}`)
  return BigInt(digits)
}

function instrument(from: Plain): InstrumentId {
  const id = text(from, 'instrument')
  if (!/^[^:]+:[^:]+$/.test(id)) throw new Unreadable(`instrument is ${shown(id)}`)
  return id as InstrumentId
}

const product = (from: Plain): Product => oneOf(from, 'product', PRODUCTS)

const sayPricing = (pricing: Pricing): Plain => ({
  type: pricing.type,
  ...('trigger' in pricing && { trigger: formatPrice(pricing.trigger) }),
  ...('limit' in pricing && { limit: formatPrice(pricing.limit) }),
})

function readPricing(from: Plain): Pricing {
  const inner = object(from['pricing'], 'pricing')
  const type = oneOf(inner, 'type', ['market', 'limit', 'sl', 'sl-m'])
  if (type === 'market') return { type }
  if (type === 'limit') return { type, limit: amount(inner, 'limit', price) }
  const trigger = amount(inner, 'trigger', price)
  return type === 'sl-m'
    ? { type, trigger }
    : { type, trigger, limit: amount(inner, 'limit', price) }
}

function readValidity(from: Plain): Validity {
  const given = from['validity']
  if (typeof given !== 'object') return oneOf(from, 'validity', ['day', 'ioc'] as const)
  return { minutes: whole(object(given, 'validity'), 'minutes') }
}

export const sayRevision = ({ quantity: size, pricing, validity, disclosed }: Revision): Plain => ({
  quantity: formatQuantity(size),
  pricing: sayPricing(pricing),
  validity,
  ...(disclosed !== undefined && { disclosed: formatQuantity(disclosed) }),
})

export const readRevision = (from: Plain): Revision => ({
  quantity: amount(from, 'quantity', quantity),
  pricing: readPricing(from),
  validity: readValidity(from),
  disclosed: maybe(from, 'disclosed', () => amount(from, 'disclosed', quantity)),
})

export const sayTerms = (terms: Terms): Plain => ({
  instrument: terms.instrument,
  group: terms.group,
  currency: terms.currency,
  multiplier: String(terms.multiplier),
  product: terms.product,
  ...sayRevision(terms),
})

export const readTerms = (from: Plain): Terms => ({
  instrument: instrument(from),
  group: oneOf(from, 'group', GROUPS),
  currency: text(from, 'currency') as Currency,
  multiplier: multiplier(from),
  product: product(from),
  ...readRevision(from),
})

export const sayOrder = (row: BrokerOrder): Plain => ({
  ...row,
  quantity: formatQuantity(row.quantity),
  pricing: row.pricing && sayPricing(row.pricing),
  filled: formatQuantity(row.filled),
})

export function readOrder(from: Plain): BrokerOrder {
  const message = from['message']
  if (typeof message !== 'string') throw new Unreadable(`message is ${shown(message)}`)
  return {
    brokerOrderId: text(from, 'brokerOrderId') as BrokerOrderId,
    tag: maybe(from, 'tag', text) as Tag | undefined,
    exchangeOrderId: maybe(from, 'exchangeOrderId', text) as ExchangeOrderId | undefined,
    instrument: instrument(from),
    quantity: amount(from, 'quantity', quantity),
    pricing: from['pricing'] === undefined ? undefined : readPricing(from),
    filled: amount(from, 'filled', quantity),
    status: oneOf(from, 'status', STATUSES),
    placedAt: whole(from, 'placedAt') as Instant,
    message,
  }
}

export const sayTrade = (trade: BrokerTrade): Plain => ({
  ...trade,
  multiplier: String(trade.multiplier),
  quantity: formatQuantity(trade.quantity),
  price: formatPrice(trade.price),
})

export function readTrade(from: Plain): BrokerTrade {
  const date = text(from, 'date')
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw new Unreadable(`date is ${shown(date)}`)
  const { busted } = from
  if (busted !== undefined && typeof busted !== 'boolean') {
    throw new Unreadable(`busted is ${shown(busted)}`)
  }
  return {
    tradeId: text(from, 'tradeId') as TradeId,
    brokerOrderId: text(from, 'brokerOrderId') as BrokerOrderId,
    exchangeOrderId: maybe(from, 'exchangeOrderId', text) as ExchangeOrderId | undefined,
    instrument: instrument(from),
    product: product(from),
    currency: text(from, 'currency') as Currency,
    multiplier: multiplier(from),
    date: date as TradingDate,
    quantity: amount(from, 'quantity', quantity),
    price: amount(from, 'price', price),
    tradedAt: whole(from, 'tradedAt') as Instant,
    ...(busted !== undefined && { busted }),
  }
}

export const sayPosition = (row: BrokerPosition): Plain => ({
  ...row,
  quantity: formatQuantity(row.quantity),
  average: row.average === undefined ? undefined : formatPrice(row.average),
  multiplier: row.multiplier === undefined ? undefined : String(row.multiplier),
})

export const readPosition = (from: Plain): BrokerPosition => ({
  instrument: instrument(from),
  product: product(from),
  quantity: amount(from, 'quantity', quantity),
  average: maybe(from, 'average', () => amount(from, 'average', price)),
  currency: maybe(from, 'currency', text) as Currency | undefined,
  multiplier: maybe(from, 'multiplier', () => multiplier(from)),
})

export const sayFunds = ({ currency, cash }: BrokerFunds): Plain => ({
  currency,
  cash: formatMoney(cash),
})

export const readFunds = (from: Plain): BrokerFunds => ({
  currency: text(from, 'currency') as Currency,
  cash: amount(from, 'cash', money),
})
