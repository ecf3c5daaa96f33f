/** Copies of our files that are whole, while a desk writes in them and is not kept waiting. */
import { closeSync, fdatasyncSync, openSync } from 'node:fs'
import type { Head } from './journal.ts'
import { CorruptJournal, NO_ROWS } from './journal.ts'
import { newLayout } from './layout.ts'
import type { Stored } from './rows.ts'
import { hexOf, next } from './rows.ts'
import type { Driver, Sql } from './sql.ts'
import { openSql, transaction } from './sql.ts'
import { JOURNAL_FORM, JOURNAL_SCHEMA } from './sqlite.ts'
import { checkForm, markForm, sign } from './version.ts'

export type CopyOptions = {
  readonly driver?: Driver
  /** Hears how many rows of how many are done. */
  readonly onRows?: (done: number, of: number) => void
}

/** Read in one go, so that no read keeps the writer's log from being taken up for long. */
const PAGE_ROWS = 500
/** So much is handed to the disk at a time: one big sync would hold up the desk's small ones. */
const SYNC_BYTES: number = 4 * 1024 * 1024
/** A writer that has just begun is waited for so long. */
const BUSY_MS = 5_000

/**
 * The journal up to the row that is its last now, row by row: rows never change, so nobody need be
 * kept out meanwhile. Each is checked against its hash. Saved accounts are left out. Throws
 * CorruptJournal, NewerFile, BadFile.
 */
export function copyJournal(from: string, to: string, options: CopyOptions = {}): Head {
  const { driver, onRows = () => {} } = options
  const source = openSql(from, { readOnly: true, busyMs: BUSY_MS }, driver)
  try {
    checkForm(source, { file: from, version: JOURNAL_FORM })
    newLayout(source, from)
    return filling(to, driver, (copy) => {
      copy.exec(JOURNAL_SCHEMA)
      copyLayout(source, copy)
      markForm(copy, JOURNAL_FORM)
      sign(copy)
      return copyRows(source, copy, { to, onRows })
    })
  } finally {
    source.close()
  }
}

/** Nobody else has it, and one that was begun is thrown away: it needs no log of its own. */
function filling<T>(file: string, driver: Driver | undefined, fill: (copy: Sql) => T): T {
  const copy = openSql(file, {}, driver)
  try {
    copy.exec('PRAGMA journal_mode = OFF')
    copy.exec('PRAGMA synchronous = OFF')
    const filled = fill(copy)
    copy.close()
    syncFile(file)
    return filled
  } catch (error) {
    copy.close()
    throw error
  }
}

function copyLayout(source: Sql, copy: Sql): void {
  const put = copy.prepare('INSERT INTO layout (format, type, fields) VALUES (?, ?, ?)')
  const rows = source.prepare('SELECT format, type, fields FROM layout').all()
  for (const { format, type, fields } of rows as Layout[]) put.run(format, type, fields)
}

type Layout = { readonly format: number; readonly type: string; readonly fields: string }
type Copying = { readonly to: string; readonly onRows: NonNullable<CopyOptions['onRows']> }

function copyRows(source: Sql, copy: Sql, { to, onRows }: Copying): Head {
  const { n: total } = source.prepare('SELECT coalesce(max(n), 0) AS n FROM batch').get() as Head
  const select = source.prepare(
    'SELECT n, stream, format, body, hash FROM batch WHERE n > ? AND n <= ? ORDER BY n LIMIT ?',
  )
  const put = copy.prepare('INSERT INTO batch (n, stream, format, body, hash) VALUES (?,?,?,?,?)')
  let head = NO_ROWS
  let unsynced = 0
  while (head.n < total) {
    const page = select.all(head.n, total, PAGE_ROWS) as (Stored & { readonly stream: number })[]
    if (page.length === 0) throw new CorruptJournal(head.n + 1, 'it is missing')
    transaction(copy, () => {
      for (const row of page) {
        head = next(row, head)
        put.run(row.n, row.stream, row.format, row.body, Buffer.from(hexOf(row.hash), 'hex'))
        unsynced += row.body.length
      }
    })
    if (unsynced > SYNC_BYTES) {
      syncFile(to)
      unsynced = 0
    }
    onRows(head.n, total)
  }
  return head
}

/** One of our smaller files, as it is at this moment. Throws NewerFile, BadFile. */
export function copyWhole(from: string, to: string, { driver }: CopyOptions = {}): void {
  const source = openSql(from, { readOnly: true, busyMs: BUSY_MS }, driver)
  try {
    source.prepare('VACUUM INTO ?').run(to)
  } finally {
    source.close()
  }
  syncFile(to)
}

/** Hands what was written to the disk, however it was written. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    fdatasyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
