import type { Sql } from './sql.ts'
import { makeDurable, openSql } from './sql.ts'
import { checkForm, markForm, sign } from './version.ts'

type OwnFile = {
  /** Raised whenever the tables change so that an older program would misread them. */
  readonly form: number
  readonly schema: string
  /** What to do about the file should it be damaged. */
  readonly ifDamaged: string
}

/** Others may have it open for a moment, such as a command line beside the desk. */
const BUSY_MS = 5_000

/** One of our smaller files, ready to be written. Throws NewerFile, which stays as it was. */
export function openOwn(file: string, { form, schema, ifDamaged }: OwnFile): Sql {
  const sql = openSql(file, { busyMs: BUSY_MS, ifDamaged })
  try {
    checkForm(sql, { file, version: form })
    makeDurable(sql)
    sql.exec(schema)
    markForm(sql, form)
    sign(sql)
    return sql
  } catch (error) {
    sql.close()
    throw error
  }
}

/** The same, only to be looked at. Throws NewerFile, BadFile. */
export function openOwnToRead(file: string, form: number): Sql {
  const sql = openSql(file, { readOnly: true, busyMs: BUSY_MS })
  try {
    checkForm(sql, { file, version: form })
    return sql
  } catch (error) {
    sql.close()
    throw error
  }
}
