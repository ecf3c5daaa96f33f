import type { Money, Price } from '../core/amount.ts'
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  money,
  negate,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  price,
  quantity,
  times,
} from '../core/amount.ts'
import { totalCharges } from '../core/charges.ts'
import type { LegDay } from '../core/equity.ts'
import type { Event, EventOf } from '../core/event.ts'
import type { Currency, InstrumentId } from '../core/instrument.ts'
import { exchangeOf } from '../core/instrument.ts'
import type { Owner } from '../core/owner.ts'
import { PREEXISTING } from '../core/owner.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import type { Sql, Statement } from './sql.ts'
import type { Following, PartOptions, Tables, ViewPart } from './view-part.ts'

type Moved = LegDay & { readonly currency: Currency }
type Change = Omit<Moved, 'cash' | 'charges' | 'carried' | 'quantity'> &
  Partial<Pick<Moved, 'cash' | 'charges' | 'carried' | 'quantity'>>
type Of = Pick<Moved, 'instrument' | 'currency' | 'multiplier'>
type Known = { readonly at: Instant; readonly price: Price }
type CashRow = { readonly at: Instant; readonly currency: Currency; readonly amount: Money }

/**
 * What every leg did on each trading date, what was paid in and out, and the last price of each
 * day that the journal knows: what a curve of equity is reckoned from. A trade counts on its own
 * date, also one that is told, or taken back, later; the rest on the date of its event.
 */
export class DayMoves implements ViewPart {
  static readonly TABLES: Tables = {
    names: ['day_moves', 'day_prices', 'day_cash'],
    schema: `
      CREATE TABLE IF NOT EXISTS day_moves (
        account    TEXT NOT NULL,
        date       TEXT NOT NULL,
        instrument TEXT NOT NULL,
        owner      TEXT NOT NULL,
        currency   TEXT NOT NULL,
        multiplier TEXT NOT NULL,
        quantity   TEXT NOT NULL,
        cash       TEXT NOT NULL,
        charges    TEXT NOT NULL,
        carried    TEXT NOT NULL,
        PRIMARY KEY (account, date, instrument, owner, currency)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS day_moves_of ON day_moves (account, instrument);
      CREATE TABLE IF NOT EXISTS day_prices (
        account    TEXT NOT NULL,
        instrument TEXT NOT NULL,
        date       TEXT NOT NULL,
        at         INTEGER NOT NULL,
        price      TEXT NOT NULL,
        PRIMARY KEY (account, instrument, date)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS day_cash (
        account  TEXT NOT NULL,
        seq      INTEGER NOT NULL,
        at       INTEGER NOT NULL,
        currency TEXT NOT NULL,
        amount   TEXT NOT NULL,
        PRIMARY KEY (account, seq)
      ) STRICT, WITHOUT ROWID`,
  }

  readonly #options: PartOptions
  readonly #get: Statement
  readonly #put: Statement
  readonly #price: Statement
  readonly #cash: Statement
  /** What was touched since the last writing. */
  readonly #moves = new Map<string, { readonly account: string; moved: Moved }>()
  readonly #prices = new Map<string, readonly [account: string, InstrumentId, TradingDate, Known]>()
  readonly #cashes: (readonly [account: string, seq: number, CashRow])[] = []

  constructor(options: PartOptions) {
    this.#options = options
    const { sql } = options
    const isKey = 'account = ? AND date = ? AND instrument = ? AND owner = ? AND currency = ?'
    this.#get = sql.prepare(`SELECT * FROM day_moves WHERE ${isKey}`)
    const marks = Array(10).fill('?').join(', ')
    this.#put = sql.prepare(`INSERT OR REPLACE INTO day_moves VALUES (${marks})`)
    this.#price = sql.prepare(
      `INSERT INTO day_prices VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET at = excluded.at, price = excluded.price WHERE excluded.at >= at`,
    )
    this.#cash = sql.prepare('INSERT OR REPLACE INTO day_cash VALUES (?, ?, ?, ?, ?)')
  }

  follow(event: Event, { account, at, seq, order }: Following): void {
    switch (event.type) {
      case 'OrderFilled':
      case 'FillBusted':
        return this.#traded(account, { ...order!.terms, owner: order!.owner }, event)
      case 'ManualTradeSeen':
        return this.#traded(account, event, event)
      case 'ChargesBooked': {
        const { terms, owner } = order!
        const charges = totalCharges(event.lines)
        return this.#move(account, { ...this.#dated(terms, at), owner, charges })
      }
      case 'HoldingsAdopted': {
        const { quantity: size, cost: carried } = event
        const owner = PREEXISTING
        return this.#move(account, { ...this.#dated(event, at), owner, quantity: size, carried })
      }
      case 'LegAdjusted': {
        const { owner, quantity: size, cost: carried } = event
        return this.#move(account, { ...this.#dated(event, at), owner, quantity: size, carried })
      }
      case 'LegMoved':
        return this.#between(account, event, at)
      case 'CashMoved': {
        const { currency, amount } = event
        this.#cashes.push([account, seq, { at, currency, amount }])
        return
      }
      case 'PositionMarked': {
        const { instrument, date, price: last } = event
        return this.#priced(account, instrument, date, { at, price: last })
      }
      default:
        return
    }
  }

  #dated({ instrument, currency, multiplier }: Of, at: Instant): Of & Pick<Moved, 'date'> {
    const date = this.#options.dayOf(exchangeOf(instrument), at)
    return { instrument, currency, multiplier, date }
  }

  #traded(
    account: string,
    { instrument, currency, multiplier, owner }: Of & Pick<Moved, 'owner'>,
    trade:
      | Pick<EventOf<'OrderFilled'>, 'type' | 'date' | 'quantity' | 'price' | 'tradedAt'>
      | Pick<EventOf<'FillBusted'>, 'type' | 'date' | 'quantity' | 'price' | 'tradedAt'>
      | Pick<EventOf<'ManualTradeSeen'>, 'type' | 'date' | 'quantity' | 'price' | 'tradedAt'>,
  ): void {
    const { date, quantity: size, price: at, tradedAt } = trade
    const cash = negate(times(at, size, multiplier))
    this.#move(account, { date, instrument, currency, multiplier, owner, quantity: size, cash })
    // What was taken back was no price of the market.
    if (trade.type !== 'FillBusted') {
      this.#priced(account, instrument, date, { at: tradedAt, price: at })
    }
  }

  #between(account: string, event: EventOf<'LegMoved'>, at: Instant): void {
    const { instrument, owner, toOwner, quantity: size, cost, carried } = event
    const terms = this.#termsOf(account, instrument)
    if (!terms) return
    const dated = this.#dated({ instrument, ...terms }, at)
    this.#move(account, { ...dated, owner, quantity: negate(size), carried: negate(cost) })
    this.#move(account, { ...dated, owner: toOwner, quantity: size, carried })
  }

  /** It came somehow before it could go. */
  #termsOf(account: string, id: InstrumentId): Pick<Of, 'currency' | 'multiplier'> | undefined {
    for (const each of this.#moves.values()) {
      if (each.account === account && each.moved.instrument === id) return each.moved
    }
    const row = this.#options.sql
      .prepare('SELECT * FROM day_moves WHERE account = ? AND instrument = ? LIMIT 1')
      .get(account, id) as Row | undefined
    return row && movedIn(row)
  }

  #move(account: string, change: Change): void {
    const { date, instrument, owner, currency, multiplier } = change
    const name = `${account}\n${date}\n${instrument}\n${owner}\n${currency}`
    const known = this.#moves.get(name)?.moved ?? this.#known(account, change)
    const { quantity: size, cash, charges, carried } = known ?? NOTHING
    const moved = {
      date,
      instrument,
      owner,
      currency,
      multiplier,
      quantity: plus(size, change.quantity ?? NO_QUANTITY),
      cash: plus(cash, change.cash ?? NO_MONEY),
      charges: plus(charges, change.charges ?? NO_MONEY),
      carried: plus(carried, change.carried ?? NO_MONEY),
    }
    this.#moves.set(name, { account, moved })
  }

  #known(account: string, { date, instrument, owner, currency }: Change): Moved | undefined {
    const row = this.#get.get(account, date, instrument, owner, currency) as Row | undefined
    return row && movedIn(row)
  }

  #priced(account: string, instrument: InstrumentId, date: TradingDate, known: Known): void {
    const name = `${account}\n${instrument}\n${date}`
    const before = this.#prices.get(name)?.[3]
    if (before && before.at > known.at) return
    this.#prices.set(name, [account, instrument, date, known])
  }

  write(): void {
    for (const { account, moved } of this.#moves.values()) {
      const { date, instrument, owner, currency, multiplier } = moved
      const sums = [moved.cash, moved.charges, moved.carried].map(formatMoney)
      const size = formatQuantity(moved.quantity)
      this.#put.run(account, date, instrument, owner, currency, String(multiplier), size, ...sums)
    }
    for (const [account, instrument, date, { at, price: last }] of this.#prices.values()) {
      this.#price.run(account, instrument, date, at, formatPrice(last))
    }
    for (const [account, seq, { at, currency, amount }] of this.#cashes) {
      this.#cash.run(account, seq, at, currency, formatMoney(amount))
    }
    this.forget()
  }

  forget(): void {
    this.#moves.clear()
    this.#prices.clear()
    this.#cashes.length = 0
  }

  /** All of an account, the oldest date first. */
  moves(account: string): Moved[] {
    return readAll(
      this.#options.sql,
      'SELECT * FROM day_moves WHERE account = ? ORDER BY date',
      account,
    ).map((row) => movedIn(row as Row))
  }

  prices(account: string): Map<InstrumentId, Map<TradingDate, Price>> {
    const found = new Map<InstrumentId, Map<TradingDate, Price>>()
    const rows = readAll(
      this.#options.sql,
      'SELECT instrument, date, price FROM day_prices WHERE account = ?',
      account,
    )
    for (const row of rows as readonly PriceRow[]) {
      const days = found.get(row.instrument) ?? new Map<TradingDate, Price>()
      found.set(row.instrument, days.set(row.date, price(row.price)))
    }
    return found
  }

  cash(account: string): CashRow[] {
    const rows = readAll(
      this.#options.sql,
      'SELECT at, currency, amount FROM day_cash WHERE account = ? ORDER BY seq',
      account,
    )
    return (rows as (Omit<CashRow, 'amount'> & { readonly amount: string })[]).map(
      ({ at, currency, amount }) => ({ at, currency, amount: money(amount) }),
    )
  }
}

const readAll = (sql: Sql, text: string, account: string): unknown[] =>
  sql.prepare(text).all(account)

const NOTHING = {
  quantity: NO_QUANTITY,
  cash: NO_MONEY,
  charges: NO_MONEY,
  carried: NO_MONEY,
} as const

type PriceRow = {
  readonly instrument: InstrumentId
  readonly date: TradingDate
  readonly price: string
}

type Row = Readonly<Record<Exclude<keyof Moved, 'account'>, string>>

const movedIn = (row: Row): Moved => ({
  date: row.date as TradingDate,
  instrument: row.instrument as InstrumentId,
  owner: row.owner as Owner,
  currency: row.currency as Currency,
  multiplier: BigInt(row.multiplier),
  quantity: quantity(row.quantity),
  cash: money(row.cash),
  charges: money(row.charges),
  carried: money(row.carried),
})
