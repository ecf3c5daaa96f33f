import { formatMoney, money } from '../core/amount.ts'
import type { Event, EventOf } from '../core/event.ts'
import type { Currency } from '../core/instrument.ts'
import { exchangeOf } from '../core/instrument.ts'
import type { Order, OrderId } from '../core/order.ts'
import type { Owner } from '../core/owner.ts'
import type { Tally } from '../core/tally.ts'
import {
  addTally,
  COUNTS,
  fillsIn,
  isSameTally,
  noTally,
  SUMS,
  takeTally,
  tallyOf,
} from '../core/tally.ts'
import type { TradingDate } from '../core/time.ts'
import type { Sql, Statement } from './sql.ts'
import type { Following, PartOptions, Tables, ViewPart } from './view-part.ts'

const KEY = ['owner', 'account', 'day', 'exchange', 'currency'] as const
/** Money has more digits than SQLite's integers: it is decimal text. */
const COLUMNS = [
  ...KEY.map((name) => `${name} TEXT NOT NULL`),
  ...COUNTS.map((name) => `${name} INTEGER NOT NULL`),
  ...SUMS.map((name) => `${name} TEXT NOT NULL`),
]

/** The orders that one owner placed on one trading date; of all owners under `EVERYBODY`. */
export type DayTally = {
  readonly owner: Owner
  readonly account: string
  readonly day: TradingDate
  readonly exchange: string
  /** Empty for orders that were denied: their instrument need not exist. */
  readonly currency: Currency
  readonly tally: Tally
}

type Key = Omit<DayTally, 'tally'>
type Row = Readonly<Record<(typeof KEY)[number], string>> &
  Readonly<Record<(typeof COUNTS)[number], number>> &
  Readonly<Record<(typeof SUMS)[number], string>>

/** Both dates count. */
export type DaysAsked = {
  readonly account?: string | undefined
  readonly owner?: Owner | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** No owner is called that. */
const EVERYBODY = '' as Owner

/**
 * Counts of orders by account, owner and the trading date on which they were placed. Whatever
 * becomes of an order later is counted on that date, so a period is always about the same orders;
 * and a question about millions of them adds up a row a day.
 */
export class Tallies implements ViewPart {
  static readonly TABLES: Tables = {
    names: ['tallies', 'traded'],
    schema: `
      CREATE TABLE IF NOT EXISTS tallies (
        ${COLUMNS.join(',\n        ')},
        PRIMARY KEY (${KEY.join(', ')})
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS traded (
        account  TEXT NOT NULL,
        day      TEXT NOT NULL,
        exchange TEXT NOT NULL,
        owner    TEXT NOT NULL,
        id       TEXT NOT NULL,
        PRIMARY KEY (account, day, exchange, owner, id)
      ) STRICT, WITHOUT ROWID`,
  }

  readonly #options: PartOptions
  readonly #get: Statement
  readonly #put: Statement
  /** What was touched since the last writing. */
  readonly #days = new Map<string, DayTally>()
  /** Orders whose first fill came, or whose last one was taken back. */
  readonly #turned = new Map<OrderId, { readonly key: Key; readonly traded: boolean }>()

  constructor(options: PartOptions) {
    this.#options = options
    const { sql } = options
    const where = KEY.map((name) => `${name} = ?`).join(' AND ')
    this.#get = sql.prepare(`SELECT * FROM tallies WHERE ${where}`)
    const marks = COLUMNS.map(() => '?').join(', ')
    this.#put = sql.prepare(`INSERT OR REPLACE INTO tallies VALUES (${marks})`)
  }

  follow(event: Event, following: Following): void {
    if (event.type === 'OrderDenied') return this.#denied(event, following)
    const { account, order, was } = following
    if (!order || (was && isSameTally(was, order))) return
    const change = tallyOf(order)
    if (was) takeTally(change, tallyOf(was))
    change.fills = fillsIn(event)
    const key = this.#keyOf(account, order)
    for (const { tally } of this.#both(key)) addTally(tally, change)
    if (change.traded !== 0) this.#turned.set(order.id, { key, traded: change.traded > 0 })
  }

  #denied({ ticket }: EventOf<'OrderDenied'>, { account, at }: Following): void {
    const { instrument, owner } = ticket
    const exchange = exchangeOf(instrument)
    const day = this.#options.dayOf(exchange, at)
    const key = { account, owner, day, exchange, currency: '' as Currency }
    for (const { tally } of this.#both(key)) tally.denied++
  }

  #keyOf(account: string, { owner, terms, placedAt }: Order): Key {
    const exchange = exchangeOf(terms.instrument)
    const day = this.#options.dayOf(exchange, placedAt)
    return { account, owner, day, exchange, currency: terms.currency }
  }

  /** The owner's row, and that of everybody. */
  #both(key: Key): readonly DayTally[] {
    return [this.#dayOf(key), this.#dayOf({ ...key, owner: EVERYBODY })]
  }

  #dayOf(key: Key): DayTally {
    const { owner, account, day: date, exchange, currency } = key
    const name = `${owner}\n${account}\n${date}\n${exchange}\n${currency}`
    const known = this.#days.get(name)
    if (known) return known
    const row = this.#get.get(...KEY.map((each) => key[each])) as Row | undefined
    const day = row ? dayTally(row) : { ...key, tally: noTally() }
    this.#days.set(name, day)
    return day
  }

  write(): void {
    for (const { tally, ...key } of this.#days.values()) {
      const counts = COUNTS.map((name) => tally[name])
      const sums = SUMS.map((name) => formatMoney(tally[name]))
      this.#put.run(...KEY.map((name) => key[name]), ...counts, ...sums)
    }
    const { sql } = this.#options
    const insert = sql.prepare('INSERT OR IGNORE INTO traded VALUES (?, ?, ?, ?, ?)')
    const remove = sql.prepare(`DELETE FROM traded WHERE ${TRADED_KEY} AND owner = ? AND id = ?`)
    for (const [id, { key, traded }] of this.#turned) {
      const { account, day, exchange, owner } = key
      if (traded) insert.run(account, day, exchange, owner, id)
      else remove.run(account, day, exchange, owner, id)
    }
    this.forget()
  }

  forget(): void {
    this.#days.clear()
    this.#turned.clear()
  }

  /** A row for each account, day, exchange and currency; of the owner, or of all. */
  days({ account, owner = EVERYBODY, from, to }: DaysAsked): DayTally[] {
    const conditions = ['owner = ?']
    const values: string[] = [owner]
    const where = (condition: string, value: string | undefined): void => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    where('account = ?', account)
    where('day >= ?', from)
    where('day <= ?', to)
    const { sql } = this.#options
    const rows = sql.prepare(`SELECT * FROM tallies WHERE ${conditions.join(' AND ')}`)
    return (rows.all(...values) as Row[]).map(dayTally)
  }

  /** The orders in `days` that have traded. */
  traded(days: readonly DayTally[]): OrderId[] {
    const { sql } = this.#options
    const ofAll = sql.prepare(`SELECT id FROM traded WHERE ${TRADED_KEY}`)
    const ofOne = sql.prepare(`SELECT id FROM traded WHERE ${TRADED_KEY} AND owner = ?`)
    const ids = new Set<OrderId>()
    for (const { account, day, exchange, owner, tally } of days) {
      if (tally.traded === 0) continue
      const key = [account, day, exchange]
      const rows = owner === EVERYBODY ? ofAll.all(...key) : ofOne.all(...key, owner)
      for (const { id } of rows as { readonly id: OrderId }[]) ids.add(id)
    }
    return [...ids]
  }
}

/** The rows of every owner by himself, the oldest day first. */
export function ownersDays(sql: Sql, account: string | undefined): DayTally[] {
  const whose = account === undefined ? '' : 'AND account = ?'
  const rows = sql.prepare(
    `SELECT * FROM tallies WHERE owner != ? ${whose}
     ORDER BY day, account, owner, exchange, currency`,
  )
  const only = account === undefined ? [] : [account]
  return (rows.all(EVERYBODY, ...only) as Row[]).map(dayTally)
}

const TRADED_KEY = 'account = ? AND day = ? AND exchange = ?'

function dayTally(row: Row): DayTally {
  const { owner, account, day, exchange, currency } = row
  const tally = noTally()
  for (const name of COUNTS) tally[name] = row[name]
  for (const name of SUMS) tally[name] = money(row[name])
  return { owner, account, day, exchange, currency, tally } as DayTally
}
