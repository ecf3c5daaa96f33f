import type { Account } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import type { Entry, Event } from '../core/event.ts'
import { symbolOf } from '../core/instrument.ts'
import { foldOne, orderIdOf } from '../core/one-order.ts'
import type { Order, OrderId } from '../core/order.ts'
import { fromText, toText } from '../core/plain.ts'
import type { AuditView, ListAsked, OrdersAsked, PageView } from '../core/asking.ts'
import { standingOf } from '../core/tally.ts'
import type { FillView, OrderView } from '../core/view.ts'
import { fillView, orderView, utc } from '../core/view.ts'
import type { AuditAsked } from './audit.ts'
import { auditPage, rowOf } from './audit-page.ts'
import type { Range } from './blocks.ts'
import { Blocks } from './blocks.ts'
import type { Journal } from './journal.ts'
import { DiskFull } from './journal.ts'
import type { MakeRoom, Sql } from './sql.ts'
import { isDamage, isWhole, transaction, withRoom } from './sql.ts'
import type { FillsAsked, PageAsked, ShowOrder } from './views-asked.ts'
import type { DayOf } from './view-part.ts'
import { listPage } from './list-page.ts'
import type { Parts } from './view-parts.ts'
import { partsOn } from './view-parts.ts'
import { ScreensBehind } from './view-part.ts'
import type { ViewTables } from './view-tables.ts'
import { moveCursor, openTables, removeTables } from './view-tables.ts'

/** Written in one transaction. */
const ROWS_A_STEP = 200

type OrdersWanted = OrdersAsked & Pick<ListAsked, 'account' | 'symbol'>
export type ViewsOptions = {
  readonly file: string
  readonly journal: Journal
  /** Hears that the file was damaged. */
  readonly say: (line: string) => void
  readonly makeRoom?: MakeRoom
  /** By UTC where it is left out. */
  readonly dayOf?: DayOf
}

type Folding = {
  readonly account: string
  readonly event: Event
  readonly folds: Map<OrderId, Account>
}

/** All that the events of one order come to: folding its next event needs no more. */
type Kept = { readonly order: Order; readonly requests: Account['requests'] }

/** SQL for screens: follows the journal, and can be thrown away and written again at will. */
export class Views {
  readonly #options: ViewsOptions
  readonly #journal: Journal
  #sql: Sql
  #blocks: Blocks
  #parts: Parts
  #n: number

  constructor(options: ViewsOptions) {
    this.#options = options
    this.#journal = options.journal
    const { sql, n } = this.#open()
    this.#sql = sql
    this.#n = n
    this.#blocks = new Blocks(sql)
    this.#parts = partsOn(sql, this.#options.dayOf)
  }

  #open(): ViewTables {
    try {
      return openTables(this.#options.file, this.#journal.head().n)
    } catch (error) {
      if (!isDamage(error)) throw error
      return this.#openAnew()
    }
  }

  /** Damaged screens cost nothing but time, and are no reason not to trade. */
  #openAnew(): ViewTables {
    const { file, say } = this.#options
    say(`the screens in ${file} were damaged; they are written again from the journal`)
    removeTables(file)
    return openTables(file, this.#journal.head().n)
  }

  /** Throws what was no damage of ours: the journal may have failed as well. */
  #mend(error: unknown): void {
    if (!isDamage(error) || isWhole(this.#sql)) throw error
    this.#sql.close()
    const { sql, n } = this.#openAnew()
    this.#sql = sql
    this.#n = n
    this.#blocks = new Blocks(sql)
    this.#parts = partsOn(sql, this.#options.dayOf)
  }

  /**
   * Follows the journal for about `ms` milliseconds of work; true when it has reached the head.
   * Where the disk is full it stays behind, and goes on once there is room.
   */
  catchUp(ms: number): boolean {
    const until = performance.now() + ms
    try {
      while (this.#n < this.#journal.head().n) {
        if (performance.now() > until) return false
        withRoom(this.#options.makeRoom ?? NO_MORE, () => {
          // What a step that failed may have left.
          this.#blocks.forget()
          for (const part of Object.values(this.#parts)) part.forget()
          this.#step(until)
        })
      }
      return true
    } catch (error) {
      if (!(error instanceof DiskFull)) this.#mend(error)
      return false
    }
  }

  /** All of it or nothing: what is in memory moves on only once the tables have. */
  #step(until: number): void {
    this.#n = transaction(this.#sql, () => {
      const folds = new Map<OrderId, Account>()
      const from = this.#n
      let to = from
      for (const { n, entries } of this.#journal.read(from)) {
        for (const entry of entries) {
          this.#follow(entry, n, folds)
          this.#blocks.follow(entry, n)
        }
        to = n
        if (n - from >= ROWS_A_STEP || performance.now() > until) break
      }
      this.#write(folds)
      this.#blocks.write()
      for (const part of Object.values(this.#parts)) part.write()
      moveCursor(this.#sql, to)
      return to
    })
  }

  #follow(entry: Entry, n: number, folds: Map<OrderId, Account>): void {
    const putRow = this.#sql.prepare('INSERT OR IGNORE INTO order_rows (id, n) VALUES (?, ?)')
    const { account, at } = entry
    for (const [index, event] of entry.events.entries()) {
      const id = orderIdOf(event)
      const fold = id && this.#foldFor(id, { account, event, folds })
      const before = id && fold?.orders.get(id)
      const was = before && standingOf(before)
      if (id && fold) {
        foldOne(fold, entry, index)
        putRow.run(id, n)
      }
      const order = id && fold?.orders.get(id)
      const isFill = event.type === 'OrderFilled' || event.type === 'FillBusted'
      if (isFill) this.#writeFill(account, order!)
      const told = { account, at, seq: entry.seq + index, order, was }
      for (const part of Object.values(this.#parts)) part.follow(event, told)
    }
  }

  /** Undefined for an order that was never placed, only denied. */
  #foldFor(id: OrderId, { account, event, folds }: Folding): Account | undefined {
    const placed = event.type === 'OrderPlaced'
    const fold = placed ? newAccount(account) : (folds.get(id) ?? this.#foldOf(id))
    if (fold) folds.set(id, fold)
    return fold
  }

  #foldOf(id: OrderId): Account | undefined {
    const kept = this.#kept(id)
    if (!kept) return undefined
    const fresh = newAccount(kept.account)
    const requests = { ...fresh.requests, ...kept.requests }
    return { ...fresh, requests, orders: new Map([[id, kept.order]]) }
  }

  #kept(id: string): (Kept & { readonly account: string }) | undefined {
    const row = this.#sql.prepare('SELECT account, body FROM orders WHERE id = ?').get(id) as
      | { readonly account: string; readonly body: string }
      | undefined
    return row && { account: row.account, ...(fromText(row.body) as Kept) }
  }

  #write(folds: ReadonlyMap<OrderId, Account>): void {
    const put = this.#sql.prepare(
      `INSERT INTO orders (id, account, symbol, status, body, asked_by, owner, signal_id,
         approval_id, placed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, body = excluded.body`,
    )
    for (const [id, { id: account, orders, requests }] of folds) {
      const order = orders.get(id)!
      const kept: Kept = { order, requests }
      const symbol = symbolOf(order.terms.instrument)
      const { by, owner, refs, placedAt } = order
      const found = [by, owner, refs.signalId ?? null, refs.approvalId ?? null, placedAt]
      put.run(id, account, symbol, order.status.toUpperCase(), toText(kept), ...found)
    }
  }

  #writeFill(account: string, order: Order): void {
    const fill = order.fills.at(-1)!
    const view = fillView(account, order, { fill, show: utc })
    this.#sql
      .prepare(
        'INSERT INTO fills (account, symbol, order_id, traded_at, body) VALUES (?, ?, ?, ?, ?)',
      )
      .run(account, symbolOf(order.terms.instrument), order.id, fill.tradedAt, JSON.stringify(view))
  }

  order(id: string, show: ShowOrder): OrderView | undefined {
    const kept = this.#answer(() => this.#kept(id))
    return kept && show(kept.account, kept.order)
  }

  orders(wanted: OrdersWanted, page: PageAsked): PageView<OrderView> {
    const { account, symbol, status, by, owner, signalId, approvalId } = wanted
    const refs = { asked_by: by, owner, signal_id: signalId, approval_id: approvalId }
    const asked = { account, symbol, status, ...refs }
    const { rows, next } = this.#answer(() => listPage(this.#sql, 'orders', { asked, page }))
    const items = rows.map((row) => orderView(row.account, (fromText(row.body) as Kept).order))
    return { items, next }
  }

  fills({ account, symbol, orderId }: FillsAsked, page: PageAsked): PageView<FillView> {
    const asked = { account, symbol, order_id: orderId }
    const { rows, next } = this.#answer(() => listPage(this.#sql, 'fills', { asked, page }))
    return { items: rows.map(({ body }) => JSON.parse(body) as FillView), next }
  }

  /** What one of the parts keeps. */
  read<T>(question: (parts: Parts) => T): T {
    return this.#answer(() => question(this.#parts))
  }

  /** A question that meets damage fails; the one after it finds tables that are made anew. */
  #answer<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      this.#mend(error)
      throw error
    }
  }

  /** Events, the latest first; see `auditPage`. */
  audit(asked: AuditAsked, page: PageAsked): PageView<AuditView> {
    const upTo = Math.min(this.#n, rowOf(page.before))
    return this.#answer(() => auditPage(this.#journal, this.#ranges(asked, upTo), { asked, page }))
  }

  *#ranges(asked: AuditAsked, upTo: number): Iterable<Range> {
    if (asked.orderId === undefined) return yield* this.#blocks.ranges(asked, upTo)
    const rows = this.#sql
      .prepare('SELECT n FROM order_rows WHERE id = ? AND n <= ? ORDER BY n DESC')
      .all(asked.orderId, upTo) as { readonly n: number }[]
    for (const { n } of rows) yield { after: n - 1, upTo: n }
  }

  /** The last row of the journal that is in them. */
  get n(): number {
    return this.#n
  }

  /** The tables with row `n` in them, if `ms` of work suffice. Throws ScreensBehind. */
  withRow(n: number, ms: number): Sql {
    if (this.#n < n) this.catchUp(ms)
    if (this.#n < n) throw new ScreensBehind()
    return this.#sql
  }

  close(): void {
    this.#sql.close()
  }
}

const NO_MORE: MakeRoom = () => false
