import { openOwn } from './own-file.ts'
import type { Sql } from './sql.ts'
import { STATE_FORM } from './state.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS recipient (
    name     TEXT PRIMARY KEY,
    place    INTEGER NOT NULL,
    settings TEXT NOT NULL
  ) STRICT`
const IF_DAMAGED = 'restore it from a backup, or move it away and add the recipients again'

export type Stored = { readonly name: string; readonly settings: string }

/** Who is told things, as people have added them, in their order. */
export class Addresses {
  readonly #sql: Sql

  /** Beside the keys in state.db. Throws NewerFile, BadFile. */
  constructor(file: string) {
    this.#sql = openOwn(file, { form: STATE_FORM, schema: SCHEMA, ifDamaged: IF_DAMAGED })
  }

  all(): Stored[] {
    return this.#sql
      .prepare('SELECT name, settings FROM recipient ORDER BY place, name')
      .all() as Stored[]
  }

  /** A new one comes last; one there is keeps its place. */
  put(name: string, settings: string): void {
    this.#sql
      .prepare(
        `INSERT INTO recipient (name, place, settings)
         VALUES (?, (SELECT coalesce(max(place), 0) + 1 FROM recipient), ?)
         ON CONFLICT (name) DO UPDATE SET settings = excluded.settings`,
      )
      .run(name, settings)
  }

  remove(name: string): void {
    this.#sql.prepare('DELETE FROM recipient WHERE name = ?').run(name)
  }

  close(): void {
    this.#sql.close()
  }
}
