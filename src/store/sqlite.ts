import { dirname } from 'node:path'
import { BadFile } from './bad-file.ts'
import { rowHash } from './chain.ts'
import { decodeEntries, encodeEntries, FORMAT, NewerRow } from './codec.ts'
import type { Batch, Head, Journal, Saved, Snapshots } from './journal.ts'
import { CorruptJournal, DiskFull, NO_ROWS, NotTheNextRow, STREAM } from './journal.ts'
import { keepLayout, LAYOUT_SCHEMA, newLayout } from './layout.ts'
import { SnapshotTables } from './snapshots.ts'
import type { Driver, MakeRoom, Sql, Statement } from './sql.ts'
import { freeBytes } from './reserve.ts'
import type { Stored } from './rows.ts'
import { hexOf, next } from './rows.ts'
import { makeDurable, openSql, transaction, withRoom } from './sql.ts'
import { checkForm, markForm, NewerFile, sign, writerOf } from './version.ts'

/**
 * One file is one stream, so `n` alone is the key, and the table its own index: a commit writes one
 * page of it and a half, where a key of two columns writes nearly three.
 */
export const JOURNAL_SCHEMA = `
  CREATE TABLE IF NOT EXISTS batch (
    n      INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL CHECK (stream = 1),
    format INTEGER NOT NULL,
    body   TEXT    NOT NULL,
    hash   BLOB    NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS ballast (filler BLOB) STRICT;${LAYOUT_SCHEMA}`

/**
 * Of the tables above. What is in the rows has a version of its own (`FORMAT`), and the names in
 * `layout` tell new kinds of events by themselves.
 */
export const JOURNAL_FORM = 1

/** A log of this size is written over and over: growing it would cost each commit a second sync. */
const WAL_BYTES = 8 * 1024 * 1024
/** The log, and as much again in the database: where there is hardly more, others need it more. */
const GROWING_BYTES: number = 3 * WAL_BYTES
/** Pages of log that gather before they are moved into the database: most of its room. */
const CHECKPOINT_PAGES = 1_600
const PAGE_BYTES = 4_096
/** Nobody else writes: a lock that lasts this long is a fault, not a neighbour. */
const BUSY_MS = 1_000

export type JournalOptions = {
  readonly readOnly?: boolean
  readonly driver?: Driver
  readonly makeRoom?: MakeRoom
}

/** The journal in one SQLite file. One connection writes; any number may read beside it. */
export class SqliteJournal implements Journal {
  readonly #file: string
  readonly #sql: Sql
  readonly #insert: Statement
  readonly #select: Statement
  readonly #hashAt: Statement
  readonly #makeRoom: MakeRoom
  readonly #saved: SnapshotTables
  #head: Head
  #unmoved = 0
  /** Only once all that is there was read: a row of a later program must not be signed by us. */
  #isSigned = false

  constructor(file: string, { readOnly = false, driver, makeRoom }: JournalOptions = {}) {
    this.#makeRoom = makeRoom ?? NO_MORE
    this.#file = file
    this.#sql = readOnly ? openToRead(file, driver) : openToWrite(file, driver)
    this.#saved = new SnapshotTables(this.#sql)
    if (!readOnly) {
      this.#saved.create()
      if (freeBytes(dirname(file)) > GROWING_BYTES) this.#growLog()
    }
    this.#insert = this.#sql.prepare(
      'INSERT INTO batch (n, stream, format, body, hash) VALUES (?, ?, ?, ?, ?)',
    )
    this.#select = this.#sql.prepare(
      'SELECT n, format, body, hash FROM batch WHERE n > ? ORDER BY n LIMIT ?',
    )
    this.#hashAt = this.#sql.prepare('SELECT hash FROM batch WHERE n = ?')
    const last = this.#sql.prepare('SELECT n, hash FROM batch ORDER BY n DESC LIMIT 1').get() as
      | Pick<Stored, 'n' | 'hash'>
      | undefined
    this.#head = last ? { n: last.n, hash: hexOf(last.hash) } : NO_ROWS
  }

  head(): Head {
    return this.#head
  }

  append({ n, entries }: Batch): Promise<void> {
    if (n !== this.#head.n + 1) {
      return Promise.reject(new NotTheNextRow(`row ${n} after ${this.#head.n}`))
    }
    try {
      const body = encodeEntries(entries)
      const hash = rowHash(this.#head.hash, n, FORMAT, body)
      // A statement by itself is a transaction: one that the disk refused has left nothing behind.
      withRoom(this.#makeRoom, () => {
        if (!this.#isSigned) sign(this.#sql)
        this.#isSigned = true
        this.#insert.run(n, STREAM, FORMAT, body, Buffer.from(hash, 'hex'))
      })
      this.#head = { n, hash }
      this.#unmoved += 2 + Math.ceil(body.length / PAGE_BYTES)
      return Promise.resolve()
    } catch (error) {
      return Promise.reject(error)
    }
  }

  *read(after: number): Iterable<Batch> {
    let before = { n: after, hash: this.#hashOf(after) }
    for (let size = FIRST_PAGE_ROWS; ; size = Math.min(4 * size, PAGE_ROWS)) {
      // In pages, so that no read transaction stays open across a commit.
      const page = this.#select.all(before.n, size) as Stored[]
      for (const row of page) {
        before = next(row, before)
        yield { n: row.n, entries: this.#entriesOf(row) }
      }
      if (page.length < size) return
    }
  }

  /** What the head was when row `n` was the last. Throws CorruptJournal where it is missing. */
  headAt(n: number): Head {
    return { n, hash: this.#hashOf(n) }
  }

  #entriesOf(row: Stored): Batch['entries'] {
    try {
      return decodeEntries(row.body, row.format)
    } catch (error) {
      if (!(error instanceof NewerRow)) throw new CorruptJournal(row.n, (error as Error).message)
      throw new NewerFile(this.#file, `${error.message} (${row.n})`, writerOf(this.#sql))
    }
  }

  #hashOf(n: number): string {
    const hash = n === 0 ? NO_ROWS.hash : this.#storedHash(n)
    if (hash === undefined) throw new CorruptJournal(n, 'it is missing')
    return hash
  }

  #storedHash(n: number): string | undefined {
    const row = this.#hashAt.get(n) as Pick<Stored, 'hash'> | undefined
    return row && hexOf(row.hash)
  }

  walk(from: Head, rows: number): Head {
    let before = from
    for (const row of this.#select.all(from.n, rows) as Stored[]) before = next(row, before)
    if (before.n < from.n + rows) throw new CorruptJournal(before.n + 1, 'it is missing')
    return before
  }

  save(snapshots: Snapshots, version: number): void {
    const { n } = snapshots
    const after = { n, hash: this.#hashOf(n) }
    withRoom(this.#makeRoom, () => this.#saved.save(snapshots, version, after))
  }

  snapshots(version: number): Saved {
    return this.#saved.read(version, (n) => this.#storedHash(n))
  }

  /** Moves the log into the database while nobody waits; on the order path it would cost 5 ms. */
  rest(): void {
    if (this.#unmoved < CHECKPOINT_PAGES) return
    this.#unmoved = 0
    ifRoom(this.#makeRoom, () => this.#checkpoint())
  }

  /** Looks at what no row's hash covers: the file's own pages, and the names of the fields. */
  checkFile(): void {
    const found = this.#sql.prepare('PRAGMA integrity_check(1)').all() as Record<string, unknown>[]
    const said = String(Object.values(found[0] ?? {})[0])
    const line = said.replaceAll(/\s+/g, ' ')
    if (said !== 'ok') throw new BadFile(this.#file, `${line}; restore it from a backup`)
    newLayout(this.#sql, this.#file)
  }

  /** Writes the log to its full size once; from then on its pages are only overwritten. */
  #growLog(): void {
    const fill = this.#sql.prepare('INSERT INTO ballast (filler) VALUES (zeroblob(?))')
    const grow = (): void => {
      fill.run(WAL_BYTES)
      this.#sql.exec('DELETE FROM ballast')
    }
    ifRoom(NO_MORE, () => {
      transaction(this.#sql, grow)
      this.#checkpoint()
      this.#sql.exec('PRAGMA shrink_memory') // of the pages that only made the log grow
    })
  }

  #checkpoint(): void {
    this.#sql.prepare('PRAGMA wal_checkpoint(PASSIVE)').all()
  }

  close(): void {
    this.#sql.close()
  }
}

function openToRead(file: string, driver: Driver | undefined): Sql {
  return opened(file, { readOnly: true, driver }, (sql) => void newLayout(sql, file))
}

/** What a later Tallyman wrote is left as it was. */
function openToWrite(file: string, driver: Driver | undefined): Sql {
  return opened(file, { readOnly: false, driver }, (sql) => {
    makeDurable(sql)
    sql.exec('PRAGMA wal_autocheckpoint = 0')
    sql.exec(JOURNAL_SCHEMA)
    keepLayout(sql, file)
    markForm(sql, JOURNAL_FORM)
  })
}

type Opening = { readonly readOnly: boolean; readonly driver: Driver | undefined }

function opened(file: string, { readOnly, driver }: Opening, ready: (sql: Sql) => void): Sql {
  const sql = openSql(file, { readOnly, busyMs: BUSY_MS }, driver)
  try {
    checkForm(sql, { file, version: JOURNAL_FORM })
    ready(sql)
    return sql
  } catch (error) {
    sql.close()
    throw error
  }
}

const NO_MORE: MakeRoom = () => false

/** For what costs only time when it is left undone: the log grows longer, or grows later. */
function ifRoom(makeRoom: MakeRoom, run: () => void): void {
  try {
    withRoom(makeRoom, run)
  } catch (error) {
    if (!(error instanceof DiskFull)) throw error
  }
}

/** Most who read want the next row or two. */
const FIRST_PAGE_ROWS = 16
const PAGE_ROWS = 1_000
