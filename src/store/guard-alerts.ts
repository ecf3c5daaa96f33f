import type { PageView } from '../core/asking.ts'
import { formatMoney } from '../core/amount.ts'
import type { Event, EventOf } from '../core/event.ts'
import type { AlertView } from '../core/guard-port.ts'
import { guardTelling } from '../core/guard-wording.ts'
import type { Instant } from '../core/time.ts'
import { utc } from '../core/view.ts'
import type { Sql, Statement } from './sql.ts'
import type { Following, PartOptions, Tables, ViewPart } from './view-part.ts'

const COLUMNS = [
  'account',
  'seq',
  'created_at',
  'alert_type',
  'rule',
  'drawdown_percent',
  'equity',
  'peak_equity',
  'threshold',
  'positions_count',
  'status',
  'says',
] as const

type Row = {
  readonly n: number
  readonly account: string
  readonly seq: number
  readonly created_at: number
  readonly alert_type: AlertView['alertType']
  readonly rule: string | null
  readonly drawdown_percent: string | null
  readonly equity: string | null
  readonly peak_equity: string | null
  readonly threshold: string | null
  readonly positions_count: number
  readonly status: string
  readonly says: string
}

type Paged = { readonly limit: number; readonly before?: number | undefined }
type Seen = EventOf<'GuardWarned'> | EventOf<'GuardTripped'> | EventOf<'LiquidationAnnounced'>

/** What guards have said, a row each; it is only ever added to. */
export class GuardAlerts implements ViewPart {
  static readonly TABLES: Tables = {
    names: ['drawdown_alerts'],
    schema: `
      CREATE TABLE IF NOT EXISTS drawdown_alerts (
        n                INTEGER PRIMARY KEY,
        account          TEXT NOT NULL,
        seq              INTEGER NOT NULL,
        created_at       INTEGER NOT NULL,
        alert_type       TEXT NOT NULL,
        rule             TEXT,
        drawdown_percent TEXT,
        equity           TEXT,
        peak_equity      TEXT,
        threshold        TEXT,
        positions_count  INTEGER NOT NULL,
        status           TEXT NOT NULL,
        says             TEXT NOT NULL,
        UNIQUE (account, seq)
      ) STRICT;
      CREATE INDEX IF NOT EXISTS drawdown_alerts_when ON drawdown_alerts (account, created_at)`,
  }

  readonly #put: Statement
  readonly #all: Statement
  readonly #of: Statement
  #rows: Omit<Row, 'n'>[] = []

  constructor({ sql }: Pick<PartOptions, 'sql'> & { readonly sql: Sql }) {
    const marks = COLUMNS.map(() => '?').join(', ')
    this.#put = sql.prepare(
      `INSERT OR IGNORE INTO drawdown_alerts (${COLUMNS.join(', ')}) VALUES (${marks})`,
    )
    const page = (where: string): string =>
      `SELECT * FROM drawdown_alerts WHERE n < ?${where} ORDER BY n DESC LIMIT ?`
    this.#all = sql.prepare(page(''))
    this.#of = sql.prepare(page(' AND account = ?'))
  }

  follow(event: Event, { account, seq, at }: Following): void {
    const row = rowOf(event, { account, seq, at })
    if (row) this.#rows.push(row)
  }

  write(): void {
    for (const row of this.#rows) this.#put.run(...COLUMNS.map((name) => row[name]))
    this.#rows = []
  }

  forget(): void {
    this.#rows = []
  }

  /** The newest first. */
  page(account: string | undefined, { limit, before }: Paged): PageView<AlertView> {
    const end = before ?? Number.MAX_SAFE_INTEGER
    const found = (
      account === undefined ? this.#all.all(end, limit + 1) : this.#of.all(end, account, limit + 1)
    ) as Row[]
    const items = found.slice(0, limit)
    return { items: items.map(viewOf), next: found.length > limit ? items.at(-1)!.n : null }
  }
}

type Placed = { readonly account: string; readonly seq: number; readonly at: Instant }

function rowOf(event: Event, placed: Placed): Omit<Row, 'n'> | undefined {
  switch (event.type) {
    case 'GuardWarned':
      return seenRow(event, placed, ['warning', 'open'])
    case 'LiquidationAnnounced':
      return seenRow(event, placed, [kindOf(event), 'announced'])
    case 'GuardTripped':
      return seenRow(event, placed, [kindOf(event), event.consequence])
    case 'GuardBlind':
      return plainRow(event, placed, { kind: 'blind', rule: null, status: 'open' })
    case 'GuardSawAgain':
      return plainRow(event, placed, { kind: 'cleared', rule: null, status: 'sees again' })
    case 'GuardCleared':
      return plainRow(event, placed, { kind: 'cleared', rule: event.rule, status: event.why })
    default:
      return undefined
  }
}

/** A fixed floor is the smallest equity; it counts from no peak. */
const kindOf = ({ base, floor }: Seen): AlertView['alertType'] =>
  base === floor ? 'below_minimum' : 'liquidation'

type Kind = readonly [kind: AlertView['alertType'], status: string]

function seenRow(event: Seen, placed: Placed, [alert_type, status]: Kind): Omit<Row, 'n'> {
  return {
    account: placed.account,
    seq: placed.seq,
    created_at: placed.at,
    alert_type,
    rule: event.rule,
    drawdown_percent: event.drawdown,
    equity: formatMoney(event.equity),
    peak_equity: formatMoney(event.base),
    threshold: event.limit,
    positions_count: event.positions,
    status,
    says: guardTelling(event),
  }
}

type Said = EventOf<'GuardBlind'> | EventOf<'GuardSawAgain'> | EventOf<'GuardCleared'>
type Told = {
  readonly kind: AlertView['alertType']
  readonly rule: string | null
  readonly status: string
}

const plainRow = (
  event: Said,
  { account, seq, at }: Placed,
  { kind: alert_type, rule, status }: Told,
): Omit<Row, 'n'> => ({
  account,
  seq,
  created_at: at,
  alert_type,
  rule,
  status,
  positions_count: 0,
  drawdown_percent: null,
  equity: null,
  peak_equity: null,
  threshold: null,
  says: guardTelling(event),
})

const viewOf = (row: Row): AlertView => ({
  id: `${row.account}-${row.seq}`,
  account: row.account,
  createdAt: utc(row.created_at as Instant),
  alertType: row.alert_type,
  rule: row.rule,
  drawdownPercent: row.drawdown_percent,
  equity: row.equity,
  peakEquity: row.peak_equity,
  threshold: row.threshold,
  positionsCount: row.positions_count,
  status: row.status,
  says: row.says,
})
