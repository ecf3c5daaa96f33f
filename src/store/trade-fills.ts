import type { Quantity } from '../core/amount.ts'
import { formatMoney, formatPrice, formatQuantity, money, price, quantity } from '../core/amount.ts'
import type { OrderId, Reason, TradeId } from '../core/order.ts'
import type { Carried, LegFill } from '../core/round-trip.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import type { Sql, Statement } from './sql.ts'

export const TRADE_FILLS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS trade_fills (
    account  TEXT NOT NULL,
    leg      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    source   TEXT NOT NULL,
    order_id TEXT,
    trade_id TEXT NOT NULL,
    date     TEXT NOT NULL,
    reason   TEXT NOT NULL,
    quantity TEXT NOT NULL,
    price    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    charges  TEXT NOT NULL,
    trip     INTEGER NOT NULL,
    exit     TEXT NOT NULL,
    how      TEXT,
    PRIMARY KEY (account, leg, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS trade_fills_by_name ON trade_fills (account, leg, source, trade_id)`

/** Whose fills they are. */
export type LegName = { readonly account: string; readonly leg: string }

export type FillRow = LegFill & {
  readonly tradeId: TradeId
  readonly date: TradingDate
}

/** A fill, and where it counts: `trip` is the first trade it moved, by what opened that. */
export type Placed = FillRow & {
  readonly trip: number
  /** How much of it closed something, signed; in a reversal the rest opened the next trade. */
  readonly exit: Quantity
}

/** One of them, or what came or went between them without a trade. */
export type Step = Placed | (Carried & Pick<Placed, 'trip'>)

/**
 * The fills of every leg that count, in the order of the journal: what trades are counted from
 * again when one of them is taken back.
 */
export class TradeFills {
  /** Those that are not written yet. */
  readonly #recent = new Map<string, readonly [LegName, Placed]>()
  readonly #put: Statement
  readonly #drop: Statement
  readonly #from: Statement
  readonly #at: Statement
  readonly #named: Statement
  readonly #last: Statement

  constructor(sql: Sql) {
    const ofLeg = 'account = ? AND leg = ?'
    this.#put = sql.prepare(
      `INSERT OR REPLACE INTO trade_fills VALUES (${Array(15).fill('?').join(', ')})`,
    )
    this.#drop = sql.prepare(`DELETE FROM trade_fills WHERE ${ofLeg} AND seq = ?`)
    this.#at = sql.prepare(`SELECT * FROM trade_fills WHERE ${ofLeg} AND seq = ?`)
    this.#from = sql.prepare(`SELECT * FROM trade_fills WHERE ${ofLeg} AND seq >= ? ORDER BY seq`)
    // Left to itself, SQLite walks through the whole leg to be spared the sorting.
    const byName = 'trade_fills INDEXED BY trade_fills_by_name'
    const ofSource = `SELECT * FROM ${byName} WHERE ${ofLeg} AND source = ?`
    this.#named = sql.prepare(`${ofSource} AND trade_id = ? ORDER BY seq DESC`)
    this.#last = sql.prepare(`${ofSource} ORDER BY seq DESC LIMIT 1`)
  }

  put(leg: LegName, fill: Placed): void {
    const name = keyOf(leg, fill)
    const known = this.#recent.get(name)
    if (known && known[1].seq !== fill.seq) this.#write(...known)
    this.#recent.set(name, [leg, fill])
  }

  /** In the caller's transaction. */
  write(): void {
    for (const each of this.#recent.values()) this.#write(...each)
    this.#recent.clear()
  }

  forget(): void {
    this.#recent.clear()
  }

  #write({ account, leg }: LegName, fill: Placed): void {
    const { seq, source, orderId, tradeId, date, reason, at, trip } = fill
    const size = formatQuantity(fill.quantity)
    const paid = formatPrice(fill.price)
    const costs = formatMoney(fill.charges)
    const exit = formatQuantity(fill.exit)
    const names = [source, orderId ?? null, tradeId, date, reason]
    this.#put.run(account, leg, seq, ...names, size, paid, at, costs, trip, exit, null)
  }

  drop({ account, leg }: LegName, seq: number): void {
    this.write()
    this.#drop.run(account, leg, seq)
  }

  /** The first of them, and all that came after. */
  from({ account, leg }: LegName, seq: number): Step[] {
    this.write()
    return (this.#from.all(account, leg, seq) as Row[]).map(stepIn)
  }

  at({ account, leg }: LegName, seq: number): Step | undefined {
    this.write()
    const row = this.#at.get(account, leg, seq) as Row | undefined
    return row && stepIn(row)
  }

  /** What came or went without a trade, between the fills. */
  carry({ account, leg }: LegName, step: Carried & Pick<Placed, 'trip'>): void {
    const { seq, quantity: size, cost, how, at, trip } = step
    const none = ['', null, '', '', 'moved']
    const paid = formatMoney(cost)
    this.#put.run(account, leg, seq, ...none, formatQuantity(size), '0', at, paid, trip, '0', how)
  }

  /** The latest of one order's, under one name of the exchange. */
  latestOf(leg: LegName, of: Pick<FillRow, 'source' | 'tradeId'>): Placed | undefined {
    return this.#recent.get(keyOf(leg, of))?.[1] ?? this.allOf(leg, of)[0]
  }

  /** More than one only where the exchange repeats its names; the latest first. */
  allOf(leg: LegName, { source, tradeId }: Pick<FillRow, 'source' | 'tradeId'>): Placed[] {
    this.write()
    return (this.#named.all(leg.account, leg.leg, source, tradeId) as Row[]).map(placed)
  }

  /** The last fill of an order. */
  lastOf({ account, leg }: LegName, source: string): Placed | undefined {
    this.write()
    const row = this.#last.get(account, leg, source) as Row | undefined
    return row && placed(row)
  }
}

const keyOf = (
  { account, leg }: LegName,
  { source, tradeId }: Pick<FillRow, 'source' | 'tradeId'>,
) => `${account} ${leg} ${source} ${tradeId}`

type Row = {
  readonly seq: number
  readonly source: string
  readonly order_id: string | null
  readonly trade_id: string
  readonly date: string
  readonly reason: string
  readonly quantity: string
  readonly price: string
  readonly at: number
  readonly charges: string
  readonly trip: number
  readonly exit: string
  /** Null for a fill; for the rest, `charges` is what it cost. */
  readonly how: Carried['how'] | null
}

function stepIn(row: Row): Step {
  const { seq, how, trip } = row
  if (how === null) return placed(row)
  const at = row.at as Instant
  return { seq, at, quantity: quantity(row.quantity), cost: money(row.charges), how, trip }
}

const placed = (row: Row): Placed => ({
  seq: row.seq,
  source: row.source,
  orderId: (row.order_id ?? undefined) as OrderId | undefined,
  reason: row.reason as Reason,
  quantity: quantity(row.quantity),
  price: price(row.price),
  at: row.at as Instant,
  charges: money(row.charges),
  tradeId: row.trade_id as TradeId,
  date: row.date as TradingDate,
  trip: row.trip,
  exit: quantity(row.exit),
})
