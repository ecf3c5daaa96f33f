import type { Account } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import type { Entry } from '../core/event.ts'
import { symbolOf } from '../core/instrument.ts'
import { foldOne, orderIdOf } from '../core/one-order.ts'
import type { Order, OrderId } from '../core/order.ts'
import type { AuditView, PageView } from '../core/port.ts'
import type { FillView, OrderView } from '../core/view.ts'
import { fillView, orderView, utc } from '../core/view.ts'
import type { AuditAsked } from './audit.ts'
import { auditPage, rowOf } from './audit-page.ts'
import type { Range } from './blocks.ts'
import { Blocks, BLOCKS_SCHEMA } from './blocks.ts'
import type { Journal } from './journal.ts'
import { DiskFull, STREAM } from './journal.ts'
import type { MakeRoom, Sql, Statement } from './sql.ts'
import { openSql, pragma, transaction, withRoom } from './sql.ts'

const VERSION = 2
/** Tables of another version are thrown away and written again from the journal. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (
    no      INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    symbol  TEXT NOT NULL,
    owner   TEXT NOT NULL,
    status  TEXT NOT NULL,
    body    TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS orders_by_status ON orders (account, status, no);
  CREATE TABLE IF NOT EXISTS order_rows (
    id  TEXT NOT NULL,
    n   INTEGER NOT NULL,
    PRIMARY KEY (id, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS fills (
    no       INTEGER PRIMARY KEY,
    account  TEXT NOT NULL,
    symbol   TEXT NOT NULL,
    order_id TEXT NOT NULL,
    body     TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS cursor (
    follower TEXT PRIMARY KEY,
    version  INTEGER NOT NULL,
    stream   INTEGER NOT NULL,
    n        INTEGER NOT NULL
  ) STRICT;${BLOCKS_SCHEMA}`

/** Orders whose fold is kept at hand; the rest are folded again from their rows. */
const FOLDS_MAX = 5_000
const ROWS_A_STEP = 200

export type OrdersAsked = {
  readonly account?: string | undefined
  readonly symbol?: string | undefined
  readonly status?: string | undefined
  readonly owner?: string | undefined
}
export type FillsAsked = {
  readonly account?: string | undefined
  readonly symbol?: string | undefined
  readonly orderId?: string | undefined
}
/** Newest first. `before` is the `next` of the page before this one. */
export type PageAsked = { readonly limit: number; readonly before?: number | undefined }

/** SQL for screens: follows the journal, and can be thrown away and written again at will. */
export class Views {
  readonly #sql: Sql
  readonly #journal: Journal
  readonly #folds = new Map<OrderId, Account>()
  readonly #putOrder: Statement
  readonly #putRow: Statement
  readonly #putFill: Statement
  readonly #blocks: Blocks
  readonly #makeRoom: MakeRoom
  #n: number

  constructor(file: string, journal: Journal, makeRoom: MakeRoom = () => false) {
    this.#journal = journal
    this.#makeRoom = makeRoom
    this.#sql = openSql(file, { busyMs: 5_000, ifDamaged: 'delete it: it is built again' })
    pragma(this.#sql, 'journal_mode', 'wal')
    pragma(this.#sql, 'synchronous', 'OFF', '0') // lost after a power cut, it is written again
    this.#sql.exec(SCHEMA)
    this.#blocks = new Blocks(this.#sql)
    this.#n = this.#resume()
    this.#putOrder = this.#sql.prepare(
      `INSERT INTO orders (id, account, symbol, owner, status, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, body = excluded.body`,
    )
    this.#putRow = this.#sql.prepare('INSERT OR IGNORE INTO order_rows (id, n) VALUES (?, ?)')
    this.#putFill = this.#sql.prepare(
      'INSERT INTO fills (account, symbol, order_id, body) VALUES (?, ?, ?, ?)',
    )
  }

  /**
   * Where to go on: from the start if the tables are of another version, or ahead of the journal.
   */
  #resume(): number {
    const cursor = this.#sql
      .prepare("SELECT version, n FROM cursor WHERE follower = 'views' AND stream = ?")
      .get(STREAM) as { readonly version: number; readonly n: number } | undefined
    if (cursor?.version === VERSION && cursor.n <= this.#journal.head().n) return cursor.n
    this.#sql.exec(
      'DELETE FROM orders; DELETE FROM order_rows; DELETE FROM fills; DELETE FROM blocks',
    )
    return 0
  }

  /**
   * Follows the journal for about `ms` milliseconds of work; true when it has reached the head.
   * Where the disk is full it stays behind, and goes on once there is room.
   */
  catchUp(ms: number): boolean {
    const started = performance.now()
    while (this.#n < this.#journal.head().n) {
      if (performance.now() - started > ms) return false
      try {
        withRoom(this.#makeRoom, () => this.#step())
      } catch (error) {
        if (error instanceof DiskFull) return false
        throw error
      }
    }
    return true
  }

  #step(): void {
    const touched = new Map<OrderId, string>()
    const follow = (): void => {
      let rows = 0
      for (const { n, entries } of this.#journal.read(this.#n)) {
        for (const entry of entries) {
          this.#follow(entry, n, touched)
          this.#blocks.follow(entry, n)
        }
        this.#n = n
        if (++rows >= ROWS_A_STEP) break
      }
      for (const [id, account] of touched) this.#write(id, account)
      this.#blocks.write()
      this.#sql
        .prepare('INSERT OR REPLACE INTO cursor (follower, version, stream, n) VALUES (?, ?, ?, ?)')
        .run('views', VERSION, STREAM, this.#n)
    }
    const began = this.#n
    try {
      transaction(this.#sql, follow)
    } catch (error) {
      // What was folded was not written: it is folded again from what was.
      this.#n = began
      this.#folds.clear()
      this.#blocks.forget()
      throw error
    }
    this.#trim()
  }

  #follow(entry: Entry, n: number, touched: Map<OrderId, string>): void {
    for (const [index, event] of entry.events.entries()) {
      const id = orderIdOf(event)
      if (id === undefined) continue
      const fold = event.type === 'OrderPlaced' ? newAccount(entry.account) : this.#foldOf(id, n)
      if (!fold) continue
      foldOne(fold, entry, index)
      this.#folds.set(id, fold)
      this.#putRow.run(id, n)
      touched.set(id, entry.account)
      const order = fold.orders.get(id)!
      if (event.type === 'OrderFilled') this.#writeFill(entry.account, order)
    }
  }

  /** The order as it was before row `n`; undefined for one that was never placed, only denied. */
  #foldOf(id: OrderId, n: number): Account | undefined {
    const known = this.#folds.get(id)
    if (known) return known
    const rows = this.#sql
      .prepare('SELECT n FROM order_rows WHERE id = ? AND n < ? ORDER BY n')
      .all(id, n) as { readonly n: number }[]
    let fold: Account | undefined
    for (const row of rows) {
      const [batch] = this.#journal.read(row.n - 1)
      for (const entry of batch?.entries ?? []) {
        for (const [index, event] of entry.events.entries()) {
          if (orderIdOf(event) === id) foldOne((fold ??= newAccount(entry.account)), entry, index)
        }
      }
    }
    return fold
  }

  #write(id: OrderId, account: string): void {
    const order = this.#folds.get(id)!.orders.get(id)!
    const view = orderView(account, order)
    const symbol = symbolOf(order.terms.instrument)
    this.#putOrder.run(id, account, symbol, order.owner, view.status, JSON.stringify(view))
  }

  #writeFill(account: string, order: Order): void {
    const fill = order.fills.at(-1)!
    const view = fillView(account, order, { fill, show: utc })
    const symbol = symbolOf(order.terms.instrument)
    this.#putFill.run(account, symbol, order.id, JSON.stringify(view))
  }

  #trim(): void {
    for (const id of this.#folds.keys()) {
      if (this.#folds.size <= FOLDS_MAX) return
      this.#folds.delete(id)
    }
  }

  order(id: string): OrderView | undefined {
    const row = this.#sql.prepare('SELECT body FROM orders WHERE id = ?').get(id)
    return row ? (JSON.parse((row as { readonly body: string }).body) as OrderView) : undefined
  }

  orders(asked: OrdersAsked, page: PageAsked): PageView<OrderView> {
    const { account, symbol, status, owner } = asked
    return this.#page('orders', { account, symbol, status, owner }, page) as PageView<OrderView>
  }

  fills({ account, symbol, orderId }: FillsAsked, page: PageAsked): PageView<FillView> {
    return this.#page('fills', { account, symbol, order_id: orderId }, page) as PageView<FillView>
  }

  #page(
    table: 'orders' | 'fills',
    asked: Readonly<Record<string, string | undefined>>,
    { limit, before }: PageAsked,
  ): PageView<unknown> {
    const conditions = ['no < ?']
    const values: (string | number)[] = [before ?? Number.MAX_SAFE_INTEGER]
    for (const [column, value] of Object.entries(asked)) {
      if (value === undefined) continue
      conditions.push(`${column} = ?`)
      values.push(value)
    }
    const where = conditions.join(' AND ')
    const rows = this.#sql
      .prepare(`SELECT no, body FROM ${table} WHERE ${where} ORDER BY no DESC LIMIT ?`)
      .all(...values, limit + 1) as { readonly no: number; readonly body: string }[]
    const items = rows.slice(0, limit).map(({ body }): unknown => JSON.parse(body))
    return { items, next: rows.length > limit ? rows[limit - 1]!.no : null }
  }

  /** Events, the latest first; see `auditPage`. */
  audit(asked: AuditAsked, page: PageAsked): PageView<AuditView> {
    const upTo = Math.min(this.#n, rowOf(page.before))
    return auditPage(this.#journal, this.#ranges(asked, upTo), { asked, page })
  }

  *#ranges(asked: AuditAsked, upTo: number): Iterable<Range> {
    if (asked.orderId === undefined) return yield* this.#blocks.ranges(asked, upTo)
    const rows = this.#sql
      .prepare('SELECT n FROM order_rows WHERE id = ? AND n <= ? ORDER BY n DESC')
      .all(asked.orderId, upTo) as { readonly n: number }[]
    for (const { n } of rows) yield { after: n - 1, upTo: n }
  }

  close(): void {
    this.#sql.close()
  }
}
