import { fromText, toText } from '../core/plain.ts'
import type { MakeRoom, Sql, Statement } from './sql.ts'
import { transaction, withRoom } from './sql.ts'
import { openOwn } from './own-file.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS shelf (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`

export const SHELF_FORM = 1
const IF_DAMAGED = 'restore it from a backup, or move it away: then the paper account starts over'

/** Named values in one SQLite file; what was put is on disk when `put` returns. */
export class SqliteShelf {
  readonly keeps = true
  readonly #sql: Sql
  readonly #put: Statement
  readonly #remove: Statement
  readonly #makeRoom: MakeRoom

  constructor(file: string, makeRoom: MakeRoom = () => false) {
    this.#makeRoom = makeRoom
    this.#sql = openOwn(file, { form: SHELF_FORM, schema: SCHEMA, ifDamaged: IF_DAMAGED })
    this.#put = this.#sql.prepare('INSERT OR REPLACE INTO shelf (name, text) VALUES (?, ?)')
    this.#remove = this.#sql.prepare('DELETE FROM shelf WHERE name = ?')
  }

  /** In the order in which they came: numbers in names count up, so P2 stands before P10. */
  *all(): Iterable<readonly [name: string, value: unknown]> {
    const rows = this.#sql.prepare('SELECT name, text FROM shelf ORDER BY length(name), name').all()
    for (const { name, text } of rows as { readonly name: string; readonly text: string }[]) {
      yield [name, fromText(text)]
    }
  }

  put(changes: ReadonlyMap<string, unknown>): void {
    const write = (): void => {
      for (const [name, value] of changes) {
        if (value === undefined) this.#remove.run(name)
        else this.#put.run(name, toText(value))
      }
    }
    withRoom(this.#makeRoom, () => transaction(this.#sql, write))
  }

  close(): void {
    this.#sql.close()
  }
}
