/**
 * SQLite, whichever driver this Node has: better-sqlite3 where it loads, node:sqlite otherwise.
 * The two differ in names only; nothing above this file knows which one it is talking to.
 */
import { createRequire } from 'node:module'
import { DiskFull } from './journal.ts'
import { aboutFile } from './bad-file.ts'

export type Value = string | number | bigint | Uint8Array | null
export type Row = Readonly<Record<string, Value>>

export interface Statement {
  run(...values: Value[]): unknown
  get(...values: Value[]): unknown
  all(...values: Value[]): unknown[]
}

/** One connection. All calls are synchronous and block the thread for as long as the disk takes. */
export interface Sql {
  readonly driver: Driver
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

export type Driver = 'better-sqlite3' | 'node:sqlite'
export type OpenOptions = {
  readonly readOnly?: boolean
  /** How long another connection's lock is waited for; then SQLITE_BUSY. */
  readonly busyMs?: number
  /** What to do about the file should it be damaged. */
  readonly ifDamaged?: string
}

/**
 * Before it, two connections could corrupt a WAL database (the "WAL-reset" bug, 3.7.0 to 3.51.2).
 */
const VERSION_MIN = [3, 51, 3] as const

type BetterSqlite = new (
  file: string,
  options: { readonly: boolean; timeout: number },
) => Omit<Sql, 'driver'>
type NodeSqlite = {
  readonly DatabaseSync: new (
    file: string,
    options: { readOnly: boolean; timeout: number },
  ) => Omit<Sql, 'driver'>
}

/** Those that load here, the preferred one first. */
export function drivers(): Driver[] {
  return (['better-sqlite3', 'node:sqlite'] as const).filter((driver) => load(driver))
}

type Opener = (
  file: string,
  options: { readonly readOnly: boolean; readonly busyMs: number },
) => Omit<Sql, 'driver'>
const loaded = new Map<Driver, Opener | undefined>()

function load(driver: Driver): Opener | undefined {
  if (!loaded.has(driver)) {
    loaded.set(driver, driver === 'node:sqlite' ? nodeSqlite() : betterSqlite())
  }
  return loaded.get(driver)
}

function betterSqlite(): Opener | undefined {
  try {
    const Database = createRequire(import.meta.url)('better-sqlite3') as BetterSqlite
    new Database(':memory:', { readonly: false, timeout: 0 }).close()
    return (file, { readOnly, busyMs }) =>
      new Database(file, { readonly: readOnly, timeout: busyMs })
  } catch {
    return undefined // not installed, or built for another Node: the other driver serves
  }
}

function nodeSqlite(): Opener | undefined {
  const module = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined
  if (!module) return undefined
  const { DatabaseSync } = module
  return (file, { readOnly, busyMs }) => new DatabaseSync(file, { readOnly, timeout: busyMs })
}

/** Whatever SQLite says of the file is thrown as BadFile. */
export function openSql(file: string, options: OpenOptions = {}, driver?: Driver): Sql {
  const chosen = driver ?? drivers()[0]
  const open = chosen && load(chosen)
  if (!chosen || !open) {
    throw new Error('no SQLite driver loads: use Node 24, or install a C++ compiler and "npm ci"')
  }
  const { readOnly = false, busyMs = 0, ifDamaged = 'restore it from a backup' } = options
  const named = <T>(run: () => T): T => {
    try {
      return run()
    } catch (error) {
      throw isFull(error) ? error : aboutFile(file, ifDamaged, error)
    }
  }
  const database = named(() => open(file, { readOnly, busyMs }))
  const sql: Sql = {
    driver: chosen,
    exec: (text) => named(() => database.exec(text)),
    prepare: (text) =>
      statement(
        named(() => database.prepare(text)),
        named,
      ),
    close: () => database.close(),
  }
  try {
    checkVersion(sql)
    sql.exec(`PRAGMA cache_size = -${CACHE_KIB}`)
  } catch (error) {
    sql.close()
    throw error
  }
  return sql
}

const statement = (prepared: Statement, named: <T>(run: () => T) => T): Statement => ({
  run: (...values) => named(() => prepared.run(...values)),
  get: (...values) => named(() => prepared.get(...values)),
  all: (...values) => named(() => prepared.all(...values)),
})

function checkVersion(sql: Sql): void {
  const { version } = sql.prepare('SELECT sqlite_version() AS version').get() as {
    version: string
  }
  const parts = version.split('.').map(Number)
  const first = VERSION_MIN.findIndex((part, index) => parts[index] !== part)
  if (first < 0 || parts[first]! > VERSION_MIN[first]!) return
  throw new Error(
    `SQLite ${version} can corrupt a WAL database; ${VERSION_MIN.join('.')} is needed`,
  )
}

/** Pages kept in memory, a database; a driver may come with eight times as many. */
const CACHE_KIB = 2_000

/** Gives up room that was kept for this; true if there is more now. */
export type MakeRoom = () => boolean

/** Once more where the disk was full and room could be made; else it throws DiskFull. */
export function withRoom<T>(makeRoom: MakeRoom, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!isFull(error)) throw error
    if (makeRoom()) return withRoom(() => false, run)
    throw new DiskFull('the disk of the data folder is full', { cause: error })
  }
}

/** SQLITE_FULL, and what it becomes where the log's index cannot grow; by either driver's name. */
export const isFull = (error: unknown): boolean => {
  const { code, errcode } = error as { readonly code?: string; readonly errcode?: number }
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return true
  return errcode === 13 || errcode === 4874
}

/** Everything in `run` or nothing of it. */
export function transaction<T>(sql: Sql, run: () => T): T {
  sql.exec('BEGIN IMMEDIATE')
  try {
    const result = run()
    sql.exec('COMMIT')
    return result
  } catch (error) {
    try {
      sql.exec('ROLLBACK')
    } catch {
      // A full disk has ended the transaction by itself: what is told is why.
    }
    throw error
  }
}

/** Whether an error says that the file itself is no sound database. */
export const isDamage = (error: unknown): boolean =>
  /file is not a database|disk image is malformed/.test((error as Error).message)

export function isWhole(sql: Sql): boolean {
  try {
    const [row] = sql.prepare('PRAGMA quick_check(1)').all() as Record<string, unknown>[]
    return Object.values(row ?? {})[0] === 'ok'
  } catch {
    return false
  }
}

/** Sets a pragma and reads it back, since SQLite ignores what it does not like without a word. */
export function pragma(sql: Sql, name: string, value: string, reads = value): void {
  sql.exec(`PRAGMA ${name} = ${value}`)
  const [row] = sql.prepare(`PRAGMA ${name}`).all() as Record<string, unknown>[]
  const got = String(Object.values(row ?? {})[0])
  if (got !== reads) throw new Error(`SQLite keeps ${name} at ${got} instead of ${reads}`)
}

/** Write-ahead log, and a sync for each commit: what was committed survives a power cut. */
export function makeDurable(sql: Sql): void {
  pragma(sql, 'journal_mode', 'wal')
  pragma(sql, 'synchronous', 'FULL', '2')
}
