import { readFileSync } from 'node:fs'
import { BadFile } from './bad-file.ts'
import type { Sql } from './sql.ts'

/** Of this program. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
).version

/**
 * A file that a later Tallyman wrote, in a form that this one cannot read. Reading it all the same
 * could lose what the new form says.
 */
export class NewerFile extends BadFile {
  constructor(file: string, what: string, by: string | undefined) {
    const writer = by === undefined || by === VERSION ? 'a newer Tallyman' : `Tallyman ${by}`
    const start = by === undefined || by === VERSION ? 'start that one' : `start ${by} or newer`
    super(
      file,
      `${writer} wrote it, with ${what}, which this one (${VERSION}) cannot read; ${start}, or ` +
        'restore a backup from before the upgrade',
    )
  }
}

const ABOUT = `
  CREATE TABLE IF NOT EXISTS about (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`

/** The program that last wrote in the file. */
export function writerOf(sql: Sql): string | undefined {
  const isTold = sql.prepare("SELECT 1 FROM sqlite_master WHERE name = 'about'").get()
  if (!isTold) return undefined
  const row = sql.prepare("SELECT value FROM about WHERE name = 'program'").get()
  return (row as { readonly value: string } | undefined)?.value
}

type Form = {
  readonly file: string
  /** Raised whenever the tables of the file change so that older programs misread them. */
  readonly version: number
}

/** Throws NewerFile where its form is newer than this program knows. */
export function checkForm(sql: Sql, { file, version }: Form): void {
  const { user_version: found } = sql.prepare('PRAGMA user_version').get() as {
    readonly user_version: number
  }
  if (found > version) throw new NewerFile(file, `form ${found} of the file`, writerOf(sql))
}

/** Says in the file which form it has. */
export function markForm(sql: Sql, version: number): void {
  const { user_version: found } = sql.prepare('PRAGMA user_version').get() as {
    readonly user_version: number
  }
  if (found < version) sql.exec(`PRAGMA user_version = ${version}`)
}

/** Says in the file that this program writes in it. */
export function sign(sql: Sql): void {
  if (writerOf(sql) === VERSION) return
  sql.exec(ABOUT)
  sql.prepare("INSERT OR REPLACE INTO about (name, value) VALUES ('program', ?)").run(VERSION)
}
