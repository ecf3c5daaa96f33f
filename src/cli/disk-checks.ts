/** What `doctor` says of the disk, of SQLite on it, and of the journal. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { fileIn } from '../folder.ts'
import { freeBytes, Reserve } from '../store/reserve.ts'
import { makeDurable, openSql } from '../store/sql.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import type { Check } from './checks.ts'
import { fail, ok, warn } from './checks.ts'
import type { Speed } from './disk-speed.ts'
import { appendSpeed, syncSpeed } from './disk-speed.ts'
import { progressBar } from './progress.ts'

const MB = 1024 * 1024
/** What measuring needs for a moment. */
const SCRATCH_BYTES: number = 32 * MB
/** Syncs slower than this are felt; faster than this, no disk has seen them. */
const SLOW_US = 20_000
const UNBELIEVABLE_US = 5
/** A log that has grown so far is not being moved into the database. */
const LOG_BYTES_MAX: number = 256 * MB

export function checkRoom({ data, reserveBytes }: Config): Check[] {
  const free = freeBytes(data)
  const reserve = new Reserve(join(data, 'reserve'), reserveBytes)
  const facts = { freeBytes: free, reserveBytes, held: reserve.held }
  const says = `${megabytes(free)} MB are free`
  const remedy = 'Free space on the disk of the data folder.'
  const room = free < reserveBytes ? warn('disk', { says, remedy, facts }) : ok('disk', says, facts)
  const size = `${megabytes(reserveBytes)} MB`
  if (reserve.held) return [room, ok('reserve', `${size} are kept for a full disk`)]
  if (free > 2 * reserveBytes) return [room, ok('reserve', `${size} are set aside at the start`)]
  const short = `the reserve of ${size} is not there: new orders are refused`
  return [room, fail('reserve', { says: short, remedy })]
}

export function checkJournal(config: Config): Check {
  const file = fileIn(config, 'journal.db')
  if (!existsSync(file)) return ok('journal', 'there is none yet')
  try {
    return journalIn(file)
  } catch (error) {
    const remedy = 'See docs/journal.md, "When it is not sound".'
    return fail('journal', { says: `it cannot be read: ${(error as Error).message}`, remedy })
  }
}

function journalIn(file: string): Check {
  const journal = new SqliteJournal(file, { readOnly: true })
  const { n, hash } = journal.head()
  const [last] = n === 0 ? [] : journal.read(n - 1)
  journal.close()
  const [bytes, logBytes] = [sizeOf(file), sizeOf(`${file}-wal`)]
  const facts = { rows: n, hash, bytes, logBytes }
  const says = `${n} rows, ${megabytes(bytes)} MB, and ${megabytes(logBytes)} MB of log`
  const ahead = (last?.entries[0]?.at ?? 0) - Date.now()
  if (ahead > 1_000) {
    const remedy = 'Set the clock, or find out who set it wrong before.'
    const future = `its last event is ${Math.round(ahead / 1_000)} s in the future`
    return warn('journal', { says: future, remedy, facts })
  }
  if (logBytes > LOG_BYTES_MAX) {
    const remedy = 'Stop and start the desk; look for a program that keeps the file open.'
    return warn('journal', { says, remedy, facts })
  }
  return ok('journal', `${says}; "journal verify" checks them`, facts)
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** What can only be known by trying it, in a folder of its own beside the journal. */
export async function checkByTrying({ data }: Config): Promise<Check[]> {
  if (freeBytes(data) < SCRATCH_BYTES) {
    const remedy = 'Free space on the disk of the data folder.'
    return [warn('speed', { says: 'there is too little room to measure the disk', remedy })]
  }
  const folder = mkdtempSync(join(data, 'doctor-'))
  try {
    return [checkSqlite(folder), ...(await checkSpeed(folder))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function checkSqlite(folder: string): Check {
  try {
    const sql = openSql(join(folder, 'sql.db'))
    makeDurable(sql)
    const one = (query: string): string =>
      String(Object.values(sql.prepare(query).get() as object)[0])
    const version = one('SELECT sqlite_version()')
    const [mode, sync] = [one('PRAGMA journal_mode'), one('PRAGMA synchronous')]
    const { driver } = sql
    sql.close()
    const says = `${version} through ${driver}, journal_mode ${mode}, synchronous ${sync} (FULL)`
    return ok('sqlite', says, { version, driver, journalMode: mode, synchronous: sync })
  } catch (error) {
    const remedy = 'Use Node 24, or install a C++ compiler and "npm ci".'
    return fail('sqlite', { says: (error as Error).message, remedy })
  }
}

async function checkSpeed(folder: string): Promise<Check[]> {
  const bar = progressBar('measuring the disk')
  const sync = syncSpeed(folder, bar)
  const append = await appendSpeed(folder, bar)
  bar.stop()
  return [speedOf(sync), journalSpeed(append, sync)]
}

function speedOf(sync: Speed): Check {
  const says = `a sync of 4 KB takes ${timeText(sync.median)}, 1 in 100 over ${timeText(sync.p99)}`
  const facts = { medianUs: sync.median, p99Us: sync.p99, times: sync.times }
  if (sync.median > SLOW_US) {
    const remedy = 'Put the data folder on an SSD: each order waits for one sync.'
    return warn('sync', { says, remedy, facts })
  }
  if (sync.median < UNBELIEVABLE_US) {
    const remedy = 'Put the data folder on a real disk: this one would lose it in a power cut.'
    return warn('sync', { says: `${says}: no disk is so fast`, remedy, facts })
  }
  return ok('sync', says, facts)
}

function journalSpeed(append: Speed, sync: Speed): Check {
  const ratio = Math.round((append.median / Math.max(1, sync.median)) * 100) / 100
  const took = `${timeText(append.median)}, 1 in 100 over ${timeText(append.p99)}`
  const facts = { medianUs: append.median, p99Us: append.p99, ratio, times: append.times }
  return ok('append', `a row of the journal takes ${took}: ${ratio} syncs`, facts)
}

const timeText = (us: number): string =>
  us < 1_000 ? `${us} µs` : `${Math.round(us / 100) / 10} ms`

const megabytes = (bytes: number): number => Math.floor(bytes / MB)
