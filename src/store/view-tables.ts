import { rmSync } from 'node:fs'
import { BLOCKS_SCHEMA } from './blocks.ts'
import { STREAM } from './journal.ts'
import type { Sql } from './sql.ts'
import { openSql, pragma } from './sql.ts'
import { PART_TABLES } from './view-parts.ts'

const VERSION = 10
const CURSOR = `
  CREATE TABLE IF NOT EXISTS cursor (
    follower TEXT PRIMARY KEY,
    version  INTEGER NOT NULL,
    stream   INTEGER NOT NULL,
    n        INTEGER NOT NULL
  ) STRICT`
/** Tables of another version are thrown away and written again from the journal. */
const NAMES = ['orders', 'order_rows', 'fills', 'blocks']
const NO_TABLES = [...NAMES, ...PART_TABLES.flatMap(({ names }) => names)]
  .map((name) => `DROP TABLE IF EXISTS ${name};`)
  .join('\n')
const TABLES = `
  CREATE TABLE IF NOT EXISTS orders (
    no          INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    account     TEXT NOT NULL,
    symbol      TEXT NOT NULL,
    status      TEXT NOT NULL,
    asked_by    TEXT NOT NULL,
    owner       TEXT NOT NULL,
    signal_id   TEXT,
    approval_id TEXT,
    placed_at   INTEGER NOT NULL,
    body        TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS orders_by_status ON orders (account, status, no);
  CREATE INDEX IF NOT EXISTS orders_by_caller ON orders (asked_by, no);
  CREATE INDEX IF NOT EXISTS orders_by_owner ON orders (owner, no);
  CREATE INDEX IF NOT EXISTS orders_by_signal ON orders (signal_id, no)
    WHERE signal_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS orders_by_approval ON orders (approval_id, no)
    WHERE approval_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS orders_by_time ON orders (placed_at, no);
  CREATE TABLE IF NOT EXISTS order_rows (
    id  TEXT NOT NULL,
    n   INTEGER NOT NULL,
    PRIMARY KEY (id, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS fills (
    no        INTEGER PRIMARY KEY,
    account   TEXT NOT NULL,
    symbol    TEXT NOT NULL,
    order_id  TEXT NOT NULL,
    traded_at INTEGER NOT NULL,
    body      TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS fills_by_time ON fills (traded_at, no);
  ${[BLOCKS_SCHEMA, ...PART_TABLES.map(({ schema }) => schema)].join(';')}`

export type ViewTables = {
  readonly sql: Sql
  /** The last row of the journal that is in them. */
  readonly n: number
}

/** `head`: the last row there is; tables that are ahead of it are of another journal. */
export function openTables(file: string, head: number): ViewTables {
  const sql = openAsOurs(file)
  try {
    pragma(sql, 'journal_mode', 'wal')
    pragma(sql, 'synchronous', 'OFF', '0') // lost after a power cut, they are written again
    sql.exec(CURSOR)
    const cursor = sql
      .prepare("SELECT version, n FROM cursor WHERE follower = 'views' AND stream = ?")
      .get(STREAM) as { readonly version: number; readonly n: number } | undefined
    const n = cursor && isCurrent(cursor) && cursor.n <= head ? cursor.n : 0
    if (n === 0) sql.exec(NO_TABLES)
    sql.exec(TABLES)
    return { sql, n }
  } catch (error) {
    sql.close()
    throw error
  }
}

/** Whether tables of that version are of this one. */
export const isCurrent = ({ version }: { readonly version: number }): boolean => version === VERSION

/** What another version wrote goes as a whole: its tables may mean something else. */
function openAsOurs(file: string): Sql {
  const sql = openSql(file, { busyMs: 5_000 })
  try {
    const { user_version: found } = sql.prepare('PRAGMA user_version').get() as {
      readonly user_version: number
    }
    if (found === VERSION) return sql
  } catch (error) {
    sql.close()
    throw error
  }
  sql.close()
  removeTables(file)
  const anew = openSql(file, { busyMs: 5_000 })
  anew.exec(`PRAGMA user_version = ${VERSION}`)
  return anew
}

/** In the transaction of what it stands for. */
export function moveCursor(sql: Sql, n: number): void {
  sql
    .prepare('INSERT OR REPLACE INTO cursor (follower, version, stream, n) VALUES (?, ?, ?, ?)')
    .run('views', VERSION, STREAM, n)
}

export function removeTables(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
}
