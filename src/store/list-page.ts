import type { Sql } from './sql.ts'
import type { PageAsked } from './views-asked.ts'

type Listed = { readonly no: number; readonly account: string; readonly body: string }

type Asking = {
  /** By column; what is undefined is not asked for. */
  readonly asked: Readonly<Record<string, string | undefined>>
  readonly page: PageAsked
}

/** Rows of a list, the newest first. */
export function listPage(
  sql: Sql,
  table: 'orders' | 'fills',
  { asked, page: { limit, before } }: Asking,
): { readonly rows: readonly Listed[]; readonly next: number | null } {
  const conditions = ['no < ?']
  const values: (string | number)[] = [before ?? Number.MAX_SAFE_INTEGER]
  for (const [column, value] of Object.entries(asked)) {
    if (value === undefined) continue
    conditions.push(`${column} = ?`)
    values.push(value)
  }
  const where = conditions.join(' AND ')
  const rows = sql
    .prepare(`SELECT no, account, body FROM ${table} WHERE ${where} ORDER BY no DESC LIMIT ?`)
    .all(...values, limit + 1) as Listed[]
  const next = rows.length > limit ? rows[limit - 1]!.no : null
  return { rows: rows.slice(0, limit), next }
}
