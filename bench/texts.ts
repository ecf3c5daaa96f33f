/** A crowd of accounts at a broker that shows each of them as a text, prices and all. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Broker, Reading, Traits } from '../src/brokers/broker.ts'
import { SameRows } from '../src/brokers/same-rows.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import type { Answer, BrokerPosition, Part } from '../src/core/input.ts'
import { currency, instrumentId } from '../src/core/instrument.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY } from '../src/core/time.ts'
import { Random } from '../src/market/random.ts'

export const POSITIONS = 20

type Raw = {
  readonly symbol: string
  readonly product: 'MIS'
  readonly quantity: number
  readonly average_price: number
}

const rowsIn = (text: string): readonly Raw[] =>
  (JSON.parse(text) as { readonly data: readonly Raw[] }).data

const rowsAgain = () =>
  new SameRows<Raw, Raw, BrokerPosition>({
    keep: ({ symbol, product, quantity: held, average_price }) => ({
      symbol,
      product,
      quantity: held,
      average_price,
    }),
    isSame: (raw, kept) =>
      raw.quantity === kept.quantity &&
      raw.symbol === kept.symbol &&
      raw.product === kept.product &&
      raw.average_price === kept.average_price,
    rowOf: (raw) => ({
      instrument: instrumentId('NSE', raw.symbol),
      product: raw.product,
      quantity: quantity(String(raw.quantity)),
      average: price(String(raw.average_price)),
    }),
  })

/** As an adapter would: the same text is not parsed again, and the same rows are not decoded. */
export class Listed {
  readonly #again = rowsAgain()
  #text: string | undefined
  #rows: readonly BrokerPosition[] = []

  read(text: string): readonly BrokerPosition[] {
    if (text !== this.#text) this.#rows = this.#again.read(rowsIn(text))
    this.#text = text
    return this.#rows
  }
}

/** What the accounts hold, and the texts in which they are shown: about 4,300 bytes each. */
export class Accounts {
  readonly #random = new Random(1)
  readonly #held: number[][]
  #moved: (readonly [account: number, position: number])[] = []

  constructor(count: number) {
    const some = (): number => 1 + this.#pick(500)
    this.#held = Array.from({ length: count }, () => Array.from({ length: POSITIONS }, some))
  }

  #pick(below: number): number {
    return Math.floor(this.#random.next() * below)
  }

  /** Of that part of all positions one more is held. */
  move(part: number): void {
    for (let left = this.#held.length * POSITIONS * part; left > 0; left--) {
      const [account, position] = [this.#pick(this.#held.length), this.#pick(POSITIONS)]
      this.#held[account]![position]!++
      this.#moved.push([account, position])
    }
  }

  back(): void {
    for (const [account, position] of this.#moved) this.#held[account]![position]!--
    this.#moved = []
  }

  /** With prices of the moment, so that no text is like the one before. */
  texts(): string[] {
    return this.#held.map((held) => JSON.stringify({ status: 'success', data: this.#rows(held) }))
  }

  #rows(held: readonly number[]): object[] {
    return held.map((size, index) => {
      const last = 10_000 + this.#pick(1_000)
      return {
        symbol: `SYM${index}`,
        exchange: 'NSE',
        product: 'MIS',
        quantity: size,
        average_price: 101.35,
        last_price: last / 100,
        pnl: (size * (last - 10_135)) / 100,
        realised: 0,
        multiplier: 1,
        buy_quantity: size,
        sell_quantity: 0,
        instrument_token: 408_065 + index,
      }
    })
  }
}

/** As they come from the wire: the same characters, and other strings. */
export const fresh = (texts: readonly string[]): string[] =>
  texts.map((text) => Buffer.from(text).toString('latin1'))

/** Positions in all of them: what nothing that reads them can be faster than. */
export function parsed(texts: readonly string[]): number {
  let count = 0
  for (const text of texts) count += rowsIn(text).length
  return count
}

const good = <Row>(rows: readonly Row[]): Part<Row> => ({ ok: true, rows, proven: true })
const NONE: Part<never> = good([])
const FUNDS = good([{ currency: currency('INR'), cash: money('1000000') }])

export const readingOf = (askedAt: Instant, positions: readonly BrokerPosition[]): Reading => ({
  askedAt,
  orders: NONE,
  trades: NONE,
  positions: good(positions),
  funds: FUNDS,
})

const TRAITS: Traits = {
  name: 'bench',
  lapseAfterMs: 1,
  reportsKeptMs: DAY,
  tagsMayBeLost: false,
  timeoutMs: 60_000,
  limits: { windows: [], keptForExits: 0 },
}

/** Answers at once with the text it was given last. */
export class TextBroker implements Broker {
  readonly traits = TRAITS
  readonly #rows = new Listed()
  readonly #now: () => Instant
  text: string

  constructor(now: () => Instant, text: string) {
    this.#now = now
    this.text = text
  }

  start = (): Promise<void> => Promise.resolve()
  read = (): Promise<Reading> => Promise.resolve(readingOf(this.#now(), this.#rows.read(this.text)))
  place = (): Promise<Answer> => Promise.resolve({ is: 'unknown', evidence: 'nobody trades here' })
  amend = this.place
  cancel = this.place
  probe: Broker['probe'] = () => Promise.resolve({ ok: true })
  stop = (): Promise<void> => Promise.resolve()
}

setFlagsFromString('--expose-gc')
/** So that no figure pays for the garbage of another. */
export const sweep = runInNewContext('gc') as () => void
