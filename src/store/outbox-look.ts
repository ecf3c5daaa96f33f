import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'
import type { Letter, LetterRow, LetterState } from './letter-rows.ts'
import { letterOf } from './letter-rows.ts'
import type { Sql, Value } from './sql.ts'

export type EndedLetter = Letter & { readonly state: LetterState }

const endedLetterOf = (row: LetterRow): EndedLetter => ({
  ...letterOf(row),
  state: row['state'] as LetterState,
})

/** What became of letters: of several to one, or of one to several. */
export class OutboxLook {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Critical ones that wait since before then, or in vain, and were not passed on. */
  overdue(before: Instant): Letter[] {
    const rows = this.#all(
      `SELECT * FROM letter WHERE state = 'waiting' AND critical = 1 AND passed_on = 0
       AND (at <= ? OR hopeless = 1) ORDER BY id LIMIT 100`,
      before,
    )
    return rows.map(letterOf)
  }

  /** Who is meant to be told of it. */
  addressed(key: string): string[] {
    const rows = this.#all('SELECT recipient FROM letter WHERE key = ?', key)
    return rows.map((row) => String(row['recipient']))
  }

  /** Critical messages that were passed on and have reached nobody, the latest first. */
  unreached(): EndedLetter[] {
    const rows = this.#all(
      `SELECT * FROM letter AS a WHERE critical = 1 AND passed_on = 1
       AND NOT EXISTS (SELECT 1 FROM letter AS b WHERE b.key = a.key AND b.state = 'sent')
       GROUP BY key ORDER BY id DESC LIMIT 50`,
    )
    return rows.map(endedLetterOf)
  }

  /** The latest first. */
  latest(limit: number, before: number): EndedLetter[] {
    const rows = this.#all(
      'SELECT * FROM letter WHERE id < ? ORDER BY id DESC LIMIT ?',
      before,
      limit,
    )
    return rows.map(endedLetterOf)
  }

  /** By recipient. */
  waiting(): ReadonlyMap<string, { readonly count: number; readonly since: Instant }> {
    const rows = this.#all(
      `SELECT recipient, count(*) AS count, min(at) AS since FROM letter
       WHERE state = 'waiting' GROUP BY recipient`,
    )
    return new Map(
      rows.map((row) => [
        String(row['recipient']),
        { count: Number(row['count']), since: instant(Number(row['since'])) },
      ]),
    )
  }

  #all(text: string, ...values: Value[]): LetterRow[] {
    return this.#sql.prepare(text).all(...values) as LetterRow[]
  }
}
