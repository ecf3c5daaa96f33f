import type { Order } from '../core/order.ts'
import { fromText } from '../core/plain.ts'
import type { RoundTrip } from '../core/round-trip.ts'
import type { Instant } from '../core/time.ts'
import type { TradeOf } from '../core/trade-view.ts'
import type { FillView } from '../core/view.ts'
import { BLOCK_ROWS } from './blocks.ts'
import { STREAM } from './journal.ts'
import type { Sql } from './sql.ts'
import { openSql } from './sql.ts'
import type { DayTally } from './tallies.ts'
import { ownersDays } from './tallies.ts'
import { rowOf, tradeIdOf } from './trade-rows.ts'
import { isCurrent } from './view-tables.ts'

/** Read, parsed and told in two or three milliseconds: then others have their turn. */
export const PAGE_ROWS = 25

/** From a moment on and before another: when orders were placed, fills traded, trades closed. */
export type RowsAsked = {
  readonly account?: string | undefined
  readonly from: Instant | undefined
  readonly to: Instant | undefined
}

export type TradeOfRow = TradeOf & { readonly trip: RoundTrip }
export type OrderRow = { readonly account: string; readonly order: Order }

type Stored = {
  readonly no: number
  readonly at: number
  readonly account: string
  readonly body: string
}

/**
 * The screens as another connection sees them, beside the desk that writes them: whole tables,
 * page by page, the oldest first. Between two pages nothing of the file is held.
 */
export class ViewReader {
  readonly #sql: Sql

  constructor(file: string) {
    this.#sql = openSql(file, { readOnly: true, busyMs: 5_000 })
  }

  /** The last row of the journal that is in them; undefined where they are of another version. */
  upTo(): number | undefined {
    const cursor = this.#sql
      .prepare("SELECT version, n FROM cursor WHERE follower = 'views' AND stream = ?")
      .get(STREAM) as { readonly version: number; readonly n: number } | undefined
    return cursor && isCurrent(cursor) ? cursor.n : undefined
  }

  /**
   * From now on everything is shown as it is now, until it is closed. The file grows meanwhile by
   * what the desk writes, so this is for work that nobody can stall.
   */
  freeze(): void {
    this.#sql.exec('BEGIN')
    this.upTo()
  }

  /** Whether it has events. */
  knows(account: string): boolean {
    const found = this.#sql.prepare('SELECT 1 FROM blocks WHERE instr(accounts, ?) > 0 LIMIT 1')
    return found.get(` ${account} `) !== undefined
  }

  *orders(asked: RowsAsked): Iterable<readonly OrderRow[]> {
    for (const page of this.#pages('orders', asked)) {
      yield page.map(({ account, body }) => {
        return { account, order: (fromText(body) as { readonly order: Order }).order }
      })
    }
  }

  *fills(asked: RowsAsked): Iterable<readonly FillView[]> {
    for (const page of this.#pages('fills', asked)) {
      yield page.map(({ body }) => JSON.parse(body) as FillView)
    }
  }

  countOf(table: Table, asked: RowsAsked): number {
    const { sql, values } = conditions(table, asked)
    const row = this.#sql.prepare(`SELECT count(*) AS rows FROM ${table} WHERE ${sql}`)
    return (row.get(...values) as { readonly rows: number }).rows
  }

  /** In the order in which they were opened; of a period, in that in which they were closed. */
  *trades(asked: RowsAsked): Iterable<readonly TradeOfRow[]> {
    for (const page of this.#pages('trades', asked)) {
      yield page.map((row) => {
        const { account, leg, trip } = rowOf(row)
        return { id: tradeIdOf(account, trip), account, leg, trip }
      })
    }
  }

  /** How orders fared: a row for each trading day, account, owner, exchange and currency. */
  days(account: string | undefined): readonly DayTally[] {
    return ownersDays(this.#sql, account)
  }

  *#pages(table: Table, asked: RowsAsked): Iterable<readonly Stored[]> {
    const { time, sql, values } = conditions(table, asked)
    const select = this.#sql.prepare(
      `SELECT no, ${time} AS at, account, body FROM ${table}
       WHERE (${time}, no) > (?, ?) AND ${sql} ORDER BY ${time}, no LIMIT ?`,
    )
    let last: Pick<Stored, 'at' | 'no'> = { at: asked.from ?? FIRST, no: 0 }
    for (;;) {
      const page = select.all(last.at, last.no, ...values, PAGE_ROWS) as Stored[]
      yield page
      if (page.length < PAGE_ROWS) return
      last = page.at(-1)!
    }
  }

  /** The rows of the journal that can hold events of that time: `after` excluded. */
  rowsIn({ from, to }: RowsAsked): { readonly after: number; readonly upTo: number } {
    const bounds = this.#sql
      .prepare(
        `SELECT min(block) AS first, max(block) AS last FROM blocks
         WHERE latest >= ? AND earliest < ?`,
      )
      .get(from ?? FIRST, to ?? LAST) as {
      readonly first: number | null
      readonly last: number | null
    }
    if (bounds.first === null) return { after: 0, upTo: 0 }
    return { after: bounds.first * BLOCK_ROWS, upTo: (bounds.last! + 1) * BLOCK_ROWS }
  }

  close(): void {
    this.#sql.close()
  }
}

const FIRST = Number.MIN_SAFE_INTEGER
const LAST = Number.MAX_SAFE_INTEGER

type Table = 'orders' | 'fills' | 'trades'

/** Each has an index. A trade that is open has no time but its place. */
function timeOf(table: Table, { from, to }: RowsAsked): string {
  if (table === 'orders') return 'placed_at'
  if (table === 'fills') return 'traded_at'
  return (from ?? to) === undefined ? 'no' : 'closed_at'
}

function conditions(table: Table, asked: RowsAsked) {
  const { account, from, to } = asked
  const time = timeOf(table, asked)
  const values: (string | number)[] = [from ?? FIRST, to ?? LAST]
  if (account !== undefined) values.push(account)
  const whose = account === undefined ? '' : ' AND account = ?'
  return { time, sql: `${time} >= ? AND ${time} < ?${whose}`, values }
}
