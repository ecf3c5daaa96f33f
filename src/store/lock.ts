import type { Sql } from './sql.ts'
import { openSql } from './sql.ts'

/** Another process works on this data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

/**
 * Holds a data folder for one process, until `release` or the end of the process, however it ends:
 * the lock is the operating system's, on a small SQLite file held by BEGIN EXCLUSIVE.
 */
export class FolderLock {
  readonly #sql: Sql

  constructor(file: string) {
    try {
      this.#sql = openSql(file, { busyMs: 0, ifDamaged: 'delete it: nothing is kept in it' })
      this.#sql.exec('PRAGMA journal_mode = DELETE')
      this.#sql.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      // A connection that got nothing is closed when it is collected; the holder keeps its lock.
      if (!/locked|busy/i.test((error as Error).message)) throw error
      throw new FolderInUse(`another Tallyman works on the same data folder (${file} is held)`)
    }
  }

  release(): void {
    this.#sql.close()
  }
}
