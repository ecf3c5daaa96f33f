import { hash } from 'node:crypto'
import type { Head, Saved, Snapshot, Snapshots } from './journal.ts'
import { CorruptJournal } from './journal.ts'
import type { Sql } from './sql.ts'
import { transaction } from './sql.ts'

const TABLES = `
  CREATE TABLE IF NOT EXISTS snapshot (
    account TEXT PRIMARY KEY,
    seq     INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    hash    TEXT    NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS snapshot_head (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    n        INTEGER NOT NULL,
    row_hash TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    seal     TEXT    NOT NULL
  ) STRICT`
const NO_TABLES = 'DROP TABLE IF EXISTS snapshot; DROP TABLE IF EXISTS snapshot_head'

type Stored = Snapshot & { readonly hash: string }
type Named = Pick<Stored, 'account' | 'hash'>
type Bound = { readonly n: number; readonly row_hash: string; readonly version: number }
type Sealed = Bound & { readonly seal: string }

/**
 * Saved accounts, beside the rows they were folded from. They are believed only as they were
 * saved: each has its hash, and a seal covers all the hashes and the row they were saved after,
 * so that none can be changed, left out, or taken for those of another journal.
 */
export class SnapshotTables {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Those of before they were sealed are thrown away. */
  create(): void {
    if (!this.#areSealed()) this.#sql.exec(NO_TABLES)
    this.#sql.exec(TABLES)
  }

  #areSealed(): boolean {
    const column = "SELECT 1 FROM pragma_table_info('snapshot_head') WHERE name = 'seal'"
    return this.#sql.prepare(column).get() !== undefined
  }

  /** Replaces those of the same accounts; the rest stay, if their seal still holds. */
  save({ accounts }: Snapshots, version: number, after: Head): void {
    const put = this.#sql.prepare(
      'INSERT OR REPLACE INTO snapshot (account, seq, body, hash) VALUES (?, ?, ?, ?)',
    )
    transaction(this.#sql, () => {
      if (!this.#holds(version)) this.#sql.exec('DELETE FROM snapshot')
      for (const each of accounts) put.run(each.account, each.seq, each.body, hashOf(each))
      const bound: Bound = { n: after.n, row_hash: after.hash, version }
      this.#sql
        .prepare('INSERT OR REPLACE INTO snapshot_head VALUES (1, ?, ?, ?, ?)')
        .run(bound.n, bound.row_hash, version, sealOf(bound, this.#names()))
    })
  }

  #holds(version: number): boolean {
    const head = this.#head()
    return head?.version === version && head.seal === sealOf(head, this.#names())
  }

  #head(): Sealed | undefined {
    return this.#sql.prepare('SELECT n, row_hash, version, seal FROM snapshot_head').get() as
      | Sealed
      | undefined
  }

  #names(): readonly Named[] {
    return this.#sql.prepare('SELECT account, hash FROM snapshot').all() as Named[]
  }

  /** `rowHash`: of a row as the journal has it. Throws CorruptJournal where it has another one. */
  read(version: number, rowHash: (n: number) => string | undefined): Saved {
    const head = this.#areSealed() ? this.#head() : undefined
    if (head?.version !== version) return 'none'
    const accounts = this.#sql.prepare('SELECT account, seq, body, hash FROM snapshot').all()
    const stored = accounts as Stored[]
    const isWhole = head.seal === sealOf(head, stored)
    if (!isWhole || stored.some((each) => each.hash !== hashOf(each))) return 'damaged'
    if (rowHash(head.n) !== head.row_hash) {
      throw new CorruptJournal(head.n, 'it is not the row after which accounts were saved')
    }
    return { n: head.n, accounts: stored.map(({ account, seq, body }) => ({ account, seq, body })) }
  }
}

const hashOf = ({ account, seq, body }: Snapshot): string =>
  hash('sha256', `${account}|${seq}|${body}`, 'hex')

function sealOf({ n, row_hash, version }: Bound, accounts: readonly Named[]): string {
  const names = accounts.map((each) => `${each.account}=${each.hash}`).sort()
  return hash('sha256', [n, row_hash, version, ...names].join('|'), 'hex')
}
