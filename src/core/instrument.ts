import type { Price, Quantity } from './amount.ts'
import type { Brand } from './brand.ts'

/** `NSE:INFY`: an exchange and the symbol it trades under. */
export type InstrumentId = Brand<string, 'InstrumentId'>
/** ISO 4217: `INR`, `USD`. */
export type Currency = Brand<string, 'Currency'>

/** How the broker settles and margins it; Kite's words. */
export const PRODUCTS = ['CNC', 'MIS', 'NRML', 'MTF'] as const
export type Product = (typeof PRODUCTS)[number]
/** Which table of charges applies. */
export type Group = 'equity' | 'futures' | 'options' | 'fx'

/** Which table of a day's phases applies; `cash-auction`: shares that have derivatives. */
export const SESSION_GROUPS = [
  'cash',
  'cash-auction',
  'futures',
  'options',
  'currency',
  'commodity',
] as const
export type SessionGroup = (typeof SESSION_GROUPS)[number]

/**
 * What may be traded, and in which steps. Facts of the exchange, dated by whoever supplies them.
 */
export type Instrument = {
  readonly id: InstrumentId
  readonly symbol: string
  readonly exchange: string
  readonly name: string
  readonly group: Group
  readonly currency: Currency
  /** The step of an order's price. */
  readonly tick: Price
  /** The step of an order's quantity, in units. */
  readonly lot: Quantity
  /** The largest quantity of one order that the exchange takes; undefined where there is none. */
  readonly freeze: Quantity | undefined
  /** The prices the exchange takes today; undefined where there is no band. */
  readonly band: { readonly low: Price; readonly high: Price } | undefined
  /** Contract size: what one unit of quantity delivers. A whole number, 1 for shares. */
  readonly multiplier: bigint
  /** The first is used when an order names none. */
  readonly products: readonly [Product, ...Product[]]
  /** When it is traded. */
  readonly sessions: SessionGroup
  /** Decimals of the whole points its market data comes in; the tick is a multiple of a point. */
  readonly decimals: number
}

export const instrumentId = (exchange: string, symbol: string): InstrumentId =>
  `${exchange}:${symbol}` as InstrumentId

export const currency = (text: string): Currency => text as Currency

/** The unit in which a broker nets: one instrument under one product. */
export type NetKey = Brand<string, 'NetKey'>

export function netKey(instrument: InstrumentId, product: Product): NetKey {
  let keys = netKeys.get(instrument)
  if (!keys) {
    if (netKeys.size >= NET_KEYS_MAX) netKeys.clear()
    netKeys.set(instrument, (keys = {}))
  }
  return (keys[product] ??= `${instrument}|${product}` as NetKey)
}

// The same few are asked for again and again, to look something up under them. A text that was
// looked up before is found without reading it; and what is remembered never changes an answer.
const NET_KEYS_MAX = 100_000
const netKeys = new Map<InstrumentId, Partial<Record<Product, NetKey>>>()

export const halvesOf = (net: NetKey): readonly [InstrumentId, Product] => {
  const at = net.lastIndexOf('|')
  return [net.slice(0, at) as InstrumentId, net.slice(at + 1) as Product]
}

export const exchangeOf = (id: InstrumentId): string => id.slice(0, id.indexOf(':'))
export const symbolOf = (id: InstrumentId): string => id.slice(id.indexOf(':') + 1)
