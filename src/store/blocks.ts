import type { Entry } from '../core/event.ts'
import type { AuditAsked } from './audit.ts'
import { callerOf } from './audit.ts'
import type { Sql, Statement } from './sql.ts'

/** Rows of the journal that share one line of the index. */
export const BLOCK_ROWS = 250

export const BLOCKS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS blocks (
    block    INTEGER PRIMARY KEY,
    earliest INTEGER NOT NULL,
    latest   INTEGER NOT NULL,
    types    TEXT NOT NULL,
    accounts TEXT NOT NULL,
    callers  TEXT NOT NULL
  ) STRICT`

type Block = {
  readonly block: number
  earliest: number
  latest: number
  readonly types: Set<string>
  readonly accounts: Set<string>
  readonly callers: Set<string>
}

/** Rows `after` excluded, up to and including `upTo`. */
export type Range = { readonly after: number; readonly upTo: number }

/**
 * What each few hundred rows of the journal hold: from when to when, which types, whose. So a
 * question about an hour, or about something rare, reads little of the journal; and since it keeps
 * both ends of each block, a clock that was set back hides nothing.
 */
export class Blocks {
  readonly #sql: Sql
  readonly #put: Statement
  #open: Block | undefined

  constructor(sql: Sql) {
    this.#sql = sql
    this.#put = sql.prepare('INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?)')
  }

  follow(entry: Entry, n: number): void {
    const { at, account, events } = entry
    const block = this.#blockOf(n, at)
    block.earliest = Math.min(block.earliest, at)
    block.latest = Math.max(block.latest, at)
    block.accounts.add(account)
    const caller = callerOf(entry)
    if (caller !== undefined) block.callers.add(oneWord(caller))
    for (const { type } of events) block.types.add(type)
  }

  /** Writes what was followed, in the caller's transaction. */
  write(): void {
    if (!this.#open) return
    const { block, earliest, latest, types, accounts, callers } = this.#open
    this.#put.run(block, earliest, latest, words(types), words(accounts), words(callers))
  }

  /** What was followed since was not written after all. */
  forget(): void {
    this.#open = undefined
  }

  #blockOf(n: number, at: number): Block {
    const block = Math.floor((n - 1) / BLOCK_ROWS)
    if (this.#open?.block === block) return this.#open
    this.write()
    this.#open = this.#read(block) ?? {
      block,
      earliest: at,
      latest: at,
      types: new Set(),
      accounts: new Set(),
      callers: new Set(),
    }
    return this.#open
  }

  #read(block: number): Block | undefined {
    const row = this.#sql.prepare('SELECT * FROM blocks WHERE block = ?').get(block) as
      | { earliest: number; latest: number; types: string; accounts: string; callers: string }
      | undefined
    if (!row) return undefined
    const { earliest, latest } = row
    const [types, accounts, callers] = [row.types, row.accounts, row.callers].map(setOf)
    return { block, earliest, latest, types: types!, accounts: accounts!, callers: callers! }
  }

  /** Where the asked may be, the latest first, in rows up to `upTo`. */
  *ranges({ account, type, by, from, to }: AuditAsked, upTo: number): Iterable<Range> {
    const conditions = ['block * ? < ?']
    const values: (string | number)[] = [BLOCK_ROWS, upTo]
    const where = (condition: string, value: string | number | undefined): void => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    where('latest >= ?', from)
    where('earliest < ?', to)
    where('instr(types, ?) > 0', type && ` ${type} `)
    where('instr(accounts, ?) > 0', account && ` ${account} `)
    where('instr(callers, ?) > 0', by && ` ${oneWord(by)} `)
    const rows = this.#sql
      .prepare(`SELECT block FROM blocks WHERE ${conditions.join(' AND ')} ORDER BY block DESC`)
      .all(...values) as { readonly block: number }[]
    for (const { block } of rows) {
      yield { after: block * BLOCK_ROWS, upTo: Math.min(upTo, (block + 1) * BLOCK_ROWS) }
    }
  }
}

const words = (set: ReadonlySet<string>): string => ` ${[...set].join(' ')} `
/** Names of keys may have spaces in them. */
const oneWord = (name: string): string => name.replaceAll(' ', '\t')
const setOf = (text: string): Set<string> => new Set(text.split(' ').filter((word) => word !== ''))
