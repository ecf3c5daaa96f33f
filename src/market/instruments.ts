import { price, quantity } from '../core/amount.ts'
import type { Group, Instrument, InstrumentId, Product, SessionGroup } from '../core/instrument.ts'
import { currency, instrumentId } from '../core/instrument.ts'
import { USUAL_PRODUCTS } from './india.ts'

/** The instruments that are known, by id and by what a person types. */
export class Instruments {
  readonly #byId = new Map<InstrumentId, Instrument>()

  constructor(instruments: Iterable<Instrument>) {
    for (const instrument of instruments) this.#byId.set(instrument.id, instrument)
  }

  get(id: InstrumentId): Instrument | undefined {
    return this.#byId.get(id)
  }

  /** By symbol alone where no exchange is named: the first exchange that lists it. */
  find(symbol: string, exchange?: string): Instrument | undefined {
    if (exchange !== undefined) return this.#byId.get(instrumentId(exchange, symbol))
    for (const instrument of this.#byId.values()) {
      if (instrument.symbol === symbol || instrument.id === symbol) return instrument
    }
    return undefined
  }

  /** Those whose id or name contains the text, whatever its case, in the order of their ids. */
  search(text: string): Instrument[] {
    const wanted = text.toLowerCase()
    return [...this.#byId.values()]
      .filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }
}

type Sketch = {
  readonly symbol: string
  readonly exchange: string
  readonly name?: string
  readonly group?: Group
  readonly currency: string
  readonly tick: string
  readonly lot?: string
  readonly products?: readonly [Product, ...Product[]]
  readonly freeze?: string
  readonly band?: readonly [low: string, high: string]
  readonly sessions?: SessionGroup
  readonly decimals: number
}

/** Whether a share has a closing auction, only the list of derivatives tells: it must be said. */
const SESSIONS: Readonly<Record<Group, SessionGroup>> = {
  equity: 'cash',
  futures: 'futures',
  options: 'options',
  fx: 'currency',
}

export function instrumentFrom(sketch: Sketch): Instrument {
  const { symbol, exchange, name = symbol, group = 'equity', tick, lot = '1', decimals } = sketch
  const { freeze, band, products = USUAL_PRODUCTS[group], sessions = SESSIONS[group] } = sketch
  return {
    id: instrumentId(exchange, symbol),
    symbol,
    exchange,
    name,
    group,
    currency: currency(sketch.currency),
    tick: price(tick),
    lot: quantity(lot),
    multiplier: 1n,
    products,
    freeze: freeze === undefined ? undefined : quantity(freeze),
    band: band && { low: price(band[0]), high: price(band[1]) },
    sessions,
    decimals,
  }
}
