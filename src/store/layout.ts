import { BadFile } from './bad-file.ts'
import type { Names } from './codec.ts'
import { FORMAT, LAYOUT, reads } from './codec.ts'
import type { Sql } from './sql.ts'
import { transaction } from './sql.ts'
import { NewerFile, sign, writerOf } from './version.ts'

export const LAYOUT_SCHEMA = `
  CREATE TABLE IF NOT EXISTS layout (
    format INTEGER NOT NULL,
    type   TEXT    NOT NULL,
    fields TEXT    NOT NULL,
    PRIMARY KEY (format, type)
  ) STRICT, WITHOUT ROWID`

type Row = { readonly format: number; readonly type: string; readonly fields: string }

/** Writes down the names under which rows are written from now on. Throws as `newLayout` does. */
export function keepLayout(sql: Sql, file: string): void {
  const put = sql.prepare('INSERT OR REPLACE INTO layout VALUES (?, ?, ?)')
  const added = newLayout(sql, file)
  if (added.length === 0) return
  transaction(sql, () => {
    for (const [type, fields] of added) put.run(FORMAT, type, fields)
    sign(sql)
  })
}

/**
 * The names under which rows are written stand in the file itself, and must still hold. Returns
 * those that have been added to since. Throws NewerFile, or BadFile where they mean something else.
 */
export function newLayout(sql: Sql, file: string): (readonly [type: string, fields: string])[] {
  const rows = sql.prepare('SELECT format, type, fields FROM layout').all() as Row[]
  for (const { format, type } of rows) {
    if (format <= FORMAT && LAYOUT.has(type)) continue
    const what = format > FORMAT ? `rows of format ${format}` : `events of type ${type}`
    throw new NewerFile(file, what, writerOf(sql))
  }
  const known = new Map(rows.map((row) => [row.type, row.fields]))
  return [...LAYOUT].flatMap(([type, names]): (readonly [string, string])[] => {
    const now = JSON.stringify(names)
    const fields = known.get(type)
    if (fields === now) return []
    if (fields !== undefined) checkFields(sql, file, { type, fields, names })
    return [[type, now]]
  })
}

type Fields = { readonly type: string; readonly fields: string; readonly names: Names }

function checkFields(sql: Sql, file: string, { type, fields, names }: Fields): void {
  const written = namesIn(fields)
  if (written && reads(written, names)) return
  if (written && reads(names, written)) {
    throw new NewerFile(file, `more fields of ${type}`, writerOf(sql))
  }
  const what = `it was written with other fields of ${type}: ${fields}`
  throw new BadFile(file, `${what}; restore a backup, or the Tallyman that wrote it`)
}

function namesIn(fields: string): Names | undefined {
  try {
    const names: unknown = JSON.parse(fields)
    return Array.isArray(names) ? (names as Names) : undefined
  } catch {
    return undefined
  }
}
