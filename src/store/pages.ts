import type { PageView } from '../core/asking.ts'
import type { Instant } from '../core/time.ts'
import { isoTime } from '../core/time.ts'
import type { Sql } from './sql.ts'

/** `createdAt` is in the column `created_at`. */
export const columnOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)

type Asked<View> = {
  /** All fields of what is shown, but its id. */
  readonly names: readonly (keyof View & string)[]
  /** What they are to hold. */
  readonly where: { readonly [Name in keyof View]?: string | undefined }
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  readonly limit: number
  readonly before?: number | undefined
}

/** Lines of a table that is only added to, by `id`, the newest first; `created_at` is ISO text. */
export function pageOf<View extends { readonly id: number }>(
  sql: Sql,
  table: string,
  { names, where, from, to, limit, before }: Asked<View>,
): PageView<View> {
  const conditions = ['id < ?']
  const values: (string | number)[] = [before ?? Number.MAX_SAFE_INTEGER]
  const demand = (condition: string, value: string | undefined): void => {
    if (value === undefined) return
    conditions.push(condition)
    values.push(value)
  }
  for (const [name, value] of Object.entries<string | undefined>(where)) {
    demand(`${columnOf(name)} = ?`, value)
  }
  demand('created_at >= ?', from && isoTime(from))
  demand('created_at < ?', to && isoTime(to))
  const columns = names.map((name) => `${columnOf(name)} AS "${name}"`).join(', ')
  const found = `FROM ${table} WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`
  const rows = sql.prepare(`SELECT id, ${columns} ${found}`).all(...values, limit + 1) as View[]
  const next = rows.length > limit ? rows[limit - 1]!.id : null
  return { items: rows.slice(0, limit), next }
}
