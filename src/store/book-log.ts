import type { PageView } from '../core/asking.ts'
import type { LogAsked, LogView } from '../core/book-log.ts'
import type { Event } from '../core/event.ts'
import { utc } from '../core/view.ts'
import type { Closer, Line } from './book-lines.ts'
import { closerOf, lineOf } from './book-lines.ts'
import { columnOf, pageOf } from './pages.ts'
import type { Sql, Statement } from './sql.ts'
import type { Following, PartOptions, Tables, ViewPart } from './view-part.ts'

type Field = keyof Omit<LogView, 'id'>

/** In the order in which they stand in the table. */
const FIELDS: Readonly<Record<Field, string>> = {
  account: 'TEXT NOT NULL',
  user: 'TEXT',
  cycle: 'INTEGER',
  createdAt: 'TEXT NOT NULL',
  eventType: 'TEXT NOT NULL',
  status: 'TEXT NOT NULL',
  symbol: 'TEXT',
  exchange: 'TEXT',
  product: 'TEXT',
  owner: 'TEXT',
  direction: 'TEXT',
  ticket: 'TEXT',
  orderId: 'TEXT',
  signalId: 'TEXT',
  approvalId: 'TEXT',
  ourQuantity: 'TEXT',
  brokerQuantity: 'TEXT',
  ourPrice: 'TEXT',
  brokerPrice: 'TEXT',
  differencePercent: 'TEXT',
  slippage: 'TEXT',
  closeReason: 'TEXT',
  pnl: 'TEXT',
  note: 'TEXT NOT NULL',
  seq: 'INTEGER NOT NULL',
}
const NAMES = Object.keys(FIELDS) as Field[]
const COLUMNS = NAMES.map((name) => `${columnOf(name)} ${FIELDS[name]}`)

type Whole = Line & Pick<LogView, 'account' | 'createdAt' | 'seq'>

/** Every reading that was journaled and every divergence, a line each; no line is ever changed. */
export class BookLog implements ViewPart {
  static readonly TABLES: Tables = {
    names: ['reconciliation_log', 'closers'],
    schema: `
      CREATE TABLE IF NOT EXISTS reconciliation_log (
        id INTEGER PRIMARY KEY,
        ${COLUMNS.join(',\n        ')}
      ) STRICT;
      CREATE INDEX IF NOT EXISTS log_by_time ON reconciliation_log (account, created_at);
      CREATE INDEX IF NOT EXISTS log_by_account ON reconciliation_log (account);
      CREATE INDEX IF NOT EXISTS log_by_symbol ON reconciliation_log (symbol);
      CREATE INDEX IF NOT EXISTS log_by_type ON reconciliation_log (event_type);
      CREATE INDEX IF NOT EXISTS log_by_status ON reconciliation_log (status);
      CREATE TABLE IF NOT EXISTS closers (
        account    TEXT NOT NULL,
        instrument TEXT NOT NULL,
        body       TEXT NOT NULL,
        PRIMARY KEY (account, instrument)
      ) STRICT, WITHOUT ROWID`,
  }

  readonly #sql: Sql
  readonly #getCloser: Statement
  /** What was followed since the last writing. */
  readonly #lines: Whole[] = []
  /** Who traded last in an instrument of an account: what closes it traded just before. */
  readonly #closers = new Map<string, Closer & { readonly account: string }>()

  constructor({ sql }: PartOptions) {
    this.#sql = sql
    this.#getCloser = sql.prepare('SELECT body FROM closers WHERE account = ? AND instrument = ?')
  }

  follow(event: Event, following: Following): void {
    const { account, at, seq } = following
    const closer = closerOf(event, following)
    if (closer) this.#closers.set(`${account}\n${closer.instrument}`, { ...closer, account })
    const line = lineOf(event, (instrument) => this.#closer(account, instrument))
    if (!line) return
    const createdAt = utc(at)
    if (line.cycle !== undefined) this.#number(account, createdAt, line.cycle)
    this.#lines.push({ account, createdAt, seq, ...line })
  }

  /** Of one reading only the counts name its number; what it found stands before them. */
  #number(account: string, createdAt: string, cycle: number | null): void {
    for (let index = this.#lines.length - 1; index >= 0; index--) {
      const line = this.#lines[index]!
      if (line.account !== account || line.createdAt !== createdAt) return
      this.#lines[index] = { cycle, ...line }
    }
  }

  #closer(account: string, instrument: string): Closer | undefined {
    const known = this.#closers.get(`${account}\n${instrument}`)
    if (known) return known
    const row = this.#getCloser.get(account, instrument) as { readonly body: string } | undefined
    return row && (JSON.parse(row.body) as Closer)
  }

  write(): void {
    if (this.#lines.length > 0) {
      const names = NAMES.map(columnOf).join(', ')
      const marks = NAMES.map(() => '?').join(', ')
      const put = this.#sql.prepare(`INSERT INTO reconciliation_log (${names}) VALUES (${marks})`)
      for (const line of this.#lines) put.run(...NAMES.map((name) => line[name] ?? null))
    }
    if (this.#closers.size > 0) {
      const keep = this.#sql.prepare('INSERT OR REPLACE INTO closers VALUES (?, ?, ?)')
      for (const { account, ...closer } of this.#closers.values()) {
        keep.run(account, closer.instrument, JSON.stringify(closer))
      }
    }
    this.forget()
  }

  forget(): void {
    this.#lines.length = 0
    this.#closers.clear()
  }

  /** The newest first. */
  page({ account, symbol, type, status, ...asked }: LogAsked): PageView<LogView> {
    const where = { account, symbol, eventType: type, status }
    return pageOf<LogView>(this.#sql, 'reconciliation_log', { names: NAMES, where, ...asked })
  }
}
