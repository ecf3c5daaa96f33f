import type { Money } from '../core/amount.ts'
import { formatMoney, minus, money, NO_MONEY, plus } from '../core/amount.ts'
import type { LegOf } from '../core/draft.ts'
import type { NetKey } from '../core/instrument.ts'
import { netKey, symbolOf } from '../core/instrument.ts'
import { fromText, toText } from '../core/plain.ts'
import type { RoundTrip } from '../core/round-trip.ts'
import { grossOf } from '../core/round-trip.ts'
import { PIECE_NAMES, piecesOf } from './pieces.ts'
import type { Sql, Statement } from './sql.ts'
import type { LegName } from './trade-fills.ts'

/** `closed_at` is null while a trade is open; what stands beside it then means nothing. */
export const TRADE_ROWS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS trades (
    no        INTEGER PRIMARY KEY,
    account   TEXT NOT NULL,
    opened    INTEGER NOT NULL,
    leg       TEXT NOT NULL,
    symbol    TEXT NOT NULL,
    owner     TEXT NOT NULL,
    currency  TEXT NOT NULL,
    closed_at INTEGER,
    won       INTEGER NOT NULL,
    ${PIECE_NAMES.map((name) => `${name} INTEGER NOT NULL`).join(', ')},
    body      TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS trades_by_leg ON trades (account, leg, opened);
  CREATE INDEX IF NOT EXISTS trades_by_account ON trades (account, no);
  CREATE INDEX IF NOT EXISTS trades_by_owner ON trades (owner, no);
  CREATE INDEX IF NOT EXISTS trades_by_symbol ON trades (symbol, no);
  CREATE INDEX IF NOT EXISTS trades_open ON trades (no) WHERE closed_at IS NULL;
  CREATE INDEX IF NOT EXISTS trades_closed
    ON trades (closed_at, account, currency, won, owner, symbol, ${PIECE_NAMES.join(', ')})
    WHERE closed_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS trade_totals (
    account  TEXT NOT NULL,
    currency TEXT NOT NULL,
    won      INTEGER NOT NULL,
    owner    TEXT NOT NULL,
    symbol   TEXT NOT NULL,
    trades   INTEGER NOT NULL,
    pnl      TEXT NOT NULL,
    PRIMARY KEY (account, currency, won, owner, symbol)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS trade_nets (
    account TEXT NOT NULL,
    net     TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (account, net)
  ) STRICT, WITHOUT ROWID`

/** Its tables, by name. */
export const TRADE_ROWS_NAMES = ['trades', 'trade_totals', 'trade_nets'] as const

export type NetTerms = Omit<LegOf, 'owner'>

/** One trade, and whose it is. */
export type TradeRow = {
  readonly account: string
  readonly leg: LegOf
  readonly trip: RoundTrip
}

/** `paper-T43`: by the event that opened it. */
export const tradeIdOf = (account: string, { opened }: Pick<RoundTrip, 'opened'>): string =>
  `${account}-T${opened}`

/** The trades of every leg, and the sums of those that are closed. */
export class TradeRows {
  readonly #put: Statement
  readonly #drop: Statement
  readonly #one: Statement
  readonly #last: Statement
  readonly #before: Statement
  readonly #since: Statement
  readonly #total: Statement
  readonly #putTotal: Statement
  readonly #net: Statement
  readonly #putNet: Statement

  constructor(sql: Sql) {
    const changing = ['closed_at', 'won', ...PIECE_NAMES, 'body']
    const columns = ['account', 'opened', 'leg', 'symbol', 'owner', 'currency', ...changing]
    this.#put = sql.prepare(
      `INSERT INTO trades (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
       ON CONFLICT (account, leg, opened)
       DO UPDATE SET ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    )
    const isLeg = 'account = ? AND leg = ?'
    const ofLeg = `SELECT account, body FROM trades WHERE ${isLeg}`
    this.#drop = sql.prepare(`DELETE FROM trades WHERE ${isLeg} AND opened = ?`)
    this.#one = sql.prepare(`${ofLeg} AND opened = ?`)
    this.#last = sql.prepare(`${ofLeg} ORDER BY opened DESC LIMIT 1`)
    this.#before = sql.prepare(`${ofLeg} AND opened < ? ORDER BY opened DESC LIMIT 1`)
    this.#since = sql.prepare(`${ofLeg} AND opened >= ? ORDER BY opened`)
    const key = ['account', 'currency', 'won', 'owner', 'symbol']
    const isKey = key.map((name) => `${name} = ?`).join(' AND ')
    this.#total = sql.prepare(`SELECT trades, pnl FROM trade_totals WHERE ${isKey}`)
    this.#net = sql.prepare('SELECT body FROM trade_nets WHERE account = ? AND net = ?')
    this.#putNet = sql.prepare('INSERT OR IGNORE INTO trade_nets VALUES (?, ?, ?)')
    this.#putTotal = sql.prepare('INSERT OR REPLACE INTO trade_totals VALUES (?, ?, ?, ?, ?, ?, ?)')
  }

  put(leg: LegName, row: TradeRow): void {
    const { account, trip } = row
    const known = this.one(leg, trip.opened)
    if (known) this.#count(known, -1)
    this.#count(row, 1)
    const { instrument, owner, currency } = row.leg
    const names = [account, trip.opened, leg.leg, symbolOf(instrument), owner, currency]
    const pnl = pnlOf(trip)
    const end = trip.end ? [trip.end.at, pnl > 0n ? 1 : 0] : [null, 0]
    this.#put.run(...names, ...end, ...piecesOf(pnl), toText({ leg: row.leg, trip }))
  }

  drop({ account, leg }: LegName, row: TradeRow): void {
    this.#count(row, -1)
    this.#drop.run(account, leg, row.trip.opened)
  }

  #count({ account, leg, trip }: TradeRow, direction: 1 | -1): void {
    if (!trip.end) return
    const pnl = pnlOf(trip)
    const { currency, owner, instrument } = leg
    const key = [account, currency, pnl > 0n ? 1 : 0, owner, symbolOf(instrument)]
    const known = this.#total.get(...key) as Total | undefined
    const sum = known ? money(known.pnl) : NO_MONEY
    const trades = (known?.trades ?? 0) + direction
    const after = direction === 1 ? plus(sum, pnl) : minus(sum, pnl)
    this.#putTotal.run(...key, trades, formatMoney(after))
  }

  one({ account, leg }: LegName, opened: number): TradeRow | undefined {
    return maybeRow(this.#one.get(account, leg, opened))
  }

  last({ account, leg }: LegName): TradeRow | undefined {
    return maybeRow(this.#last.get(account, leg))
  }

  /** The leg's trade before the one that was opened then. */
  before({ account, leg }: LegName, opened: number): RoundTrip | undefined {
    return maybeRow(this.#before.get(account, leg, opened))?.trip
  }

  /** What is no trade of anybody's may become one: then it must be known what it is held in. */
  learn(account: string, { instrument, product, currency, multiplier }: NetTerms): void {
    this.#putNet.run(account, netKey(instrument, product), toText({ currency, multiplier }))
  }

  termsOf(account: string, net: NetKey): Pick<NetTerms, 'currency' | 'multiplier'> | undefined {
    const row = this.#net.get(account, net) as { readonly body: string } | undefined
    return row && (fromText(row.body) as Pick<NetTerms, 'currency' | 'multiplier'>)
  }

  /** The leg's trades from the one on that was opened then. */
  since({ account, leg }: LegName, opened: number): TradeRow[] {
    return this.#since.all(account, leg, opened).map(rowOf)
  }
}

type Total = { readonly trades: number; readonly pnl: string }

/** After charges. */
const pnlOf = (trip: RoundTrip): Money => minus(grossOf(trip), trip.charges)

const maybeRow = (row: unknown): TradeRow | undefined =>
  row === undefined ? undefined : rowOf(row)

/** A row of `SELECT account, body`. */
export function rowOf(row: unknown): TradeRow {
  const { account, body } = row as { readonly account: string; readonly body: string }
  return { account, ...(fromText(body) as Omit<TradeRow, 'account'>) }
}
