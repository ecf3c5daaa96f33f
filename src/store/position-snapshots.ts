import type { Money } from '../core/amount.ts'
import { formatMoney, larger, minus, money, percent } from '../core/amount.ts'
import type { PageView } from '../core/asking.ts'
import type { SnapshotsAsked, SnapshotView } from '../core/book-log.ts'
import type { Event } from '../core/event.ts'
import { utc } from '../core/view.ts'
import { columnOf, pageOf } from './pages.ts'
import type { Sql, Statement } from './sql.ts'
import type { Following, PartOptions, Tables, ViewPart } from './view-part.ts'

type Whole = Omit<SnapshotView, 'id'>

const FIELDS: Readonly<Record<keyof Whole, string>> = {
  account: 'TEXT NOT NULL',
  user: 'TEXT',
  createdAt: 'TEXT NOT NULL',
  currency: 'TEXT NOT NULL',
  balance: 'TEXT NOT NULL',
  equity: 'TEXT',
  peakEquity: 'TEXT',
  drawdownPercent: 'TEXT',
  marginUsed: 'TEXT NOT NULL',
  openPositions: 'INTEGER NOT NULL',
  unpriced: 'INTEGER NOT NULL',
  unrealized: 'TEXT',
  seq: 'INTEGER NOT NULL',
}
const NAMES = Object.keys(FIELDS) as (keyof Whole)[]
const COLUMNS = NAMES.map((name) => `${columnOf(name)} ${FIELDS[name]}`)

/** What each account came to in each currency, from mark to mark; no line is ever changed. */
export class PositionSnapshots implements ViewPart {
  static readonly TABLES: Tables = {
    names: ['position_snapshots'],
    schema: `
      CREATE TABLE IF NOT EXISTS position_snapshots (
        id INTEGER PRIMARY KEY,
        ${COLUMNS.join(',\n        ')}
      ) STRICT;
      CREATE INDEX IF NOT EXISTS snapshots_by_time ON position_snapshots (account, created_at);
      CREATE INDEX IF NOT EXISTS snapshots_by_currency ON position_snapshots (account, currency)`,
  }

  readonly #sql: Sql
  readonly #getPeak: Statement
  readonly #lines: Whole[] = []
  /** The highest equity so far, by account and currency, of those followed lately. */
  readonly #peaks = new Map<string, Money | undefined>()

  constructor({ sql }: PartOptions) {
    this.#sql = sql
    this.#getPeak = sql.prepare(
      `SELECT peak_equity AS peak FROM position_snapshots
       WHERE account = ? AND currency = ? ORDER BY id DESC LIMIT 1`,
    )
  }

  follow(event: Event, { account, at, seq }: Following): void {
    if (event.type !== 'EquityMarked') return
    const { currency, balance, equity, unrealized, marginUsed, openPositions, unpriced } = event
    const peak = this.#peakAfter(account, currency, equity)
    this.#lines.push({
      account,
      user: null,
      createdAt: utc(at),
      currency,
      balance: formatMoney(balance),
      equity: shown(equity),
      peakEquity: shown(peak),
      drawdownPercent: drawdown(equity, peak),
      marginUsed: formatMoney(marginUsed),
      openPositions,
      unpriced,
      unrealized: shown(unrealized),
      seq,
    })
  }

  #peakAfter(account: string, currency: string, equity: Money | undefined): Money | undefined {
    const key = `${account}\n${currency}`
    const before = this.#peaks.has(key) ? this.#peaks.get(key) : this.#written(account, currency)
    const peak = before === undefined || equity === undefined ? before : larger(before, equity)
    const known = peak ?? equity
    this.#peaks.set(key, known)
    return known
  }

  #written(account: string, currency: string): Money | undefined {
    const row = this.#getPeak.get(account, currency) as { readonly peak: string | null } | undefined
    return row?.peak == null ? undefined : money(row.peak)
  }

  write(): void {
    if (this.#lines.length > 0) {
      const names = NAMES.map(columnOf).join(', ')
      const marks = NAMES.map(() => '?').join(', ')
      const put = this.#sql.prepare(`INSERT INTO position_snapshots (${names}) VALUES (${marks})`)
      for (const line of this.#lines) put.run(...NAMES.map((name) => line[name]))
    }
    this.forget()
  }

  forget(): void {
    this.#lines.length = 0
    this.#peaks.clear()
  }

  /** The newest first. */
  page({ account, ...asked }: SnapshotsAsked): PageView<SnapshotView> {
    const where = { account }
    return pageOf<SnapshotView>(this.#sql, 'position_snapshots', { names: NAMES, where, ...asked })
  }
}

const shown = (amount: Money | undefined): string | null =>
  amount === undefined ? null : formatMoney(amount)

/** How far below the highest there has been, in per cent of it. */
const drawdown = (equity: Money | undefined, peak: Money | undefined): string | null =>
  equity === undefined || peak === undefined || peak <= 0n
    ? null
    : percent(minus(peak, equity), peak)
