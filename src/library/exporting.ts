/** Writing out what a desk knows, page by page, by what both kinds of desk can do. */
import { z } from 'zod'
import { moment, name } from '../api/contract-parts.ts'
import { csvLine } from '../core/csv.ts'
import type { PageView } from '../core/asking.ts'
import { parsed, texts } from './asked.ts'
import type { ExportAsked, Tallyman } from './tallyman.ts'

const KINDS = [
  'orders',
  'fills',
  'executions',
  'audit',
  'positions',
  'trades',
  'statistics',
] as const satisfies readonly ExportAsked['what'][]
const exportAsked = z.strictObject({
  what: z.enum(KINDS),
  format: z.enum(['json', 'csv']).default('json'),
  account: name(40).optional(),
  from: moment,
  to: moment,
})

type Row = Readonly<Record<string, unknown>>
type Desk = Omit<Tallyman, 'exportData'>
/** Milliseconds; a row counts from `from` on, and before `to`. */
type Span = { readonly from: number; readonly to: number }

const PAGE = 500

/** The text of a JSON list or of a CSV file, in pieces: no more than a page is in memory. */
export async function* exported(desk: Desk, asked: ExportAsked): AsyncIterable<string> {
  const { format, from = -Infinity, to = Infinity } = parsed(exportAsked, texts(asked), 'body')
  const rows = rowsOf(desk, asked, { from, to })
  if (format === 'csv') yield* asCsv(rows)
  else yield* asJson(rows)
}

async function* asJson(rows: AsyncIterable<Row>): AsyncIterable<string> {
  let before = '[\n'
  for await (const row of rows) {
    yield `${before}${JSON.stringify(row)}`
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

/** Under the names of the fields; what is no single value stands as JSON in its cell. */
async function* asCsv(rows: AsyncIterable<Row>): AsyncIterable<string> {
  let isFirst = true
  for await (const row of rows) {
    if (isFirst) yield csvLine(Object.keys(row))
    isFirst = false
    yield csvLine(Object.values(row).map(cellOf))
  }
}

const cellOf = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : value === null
      ? null
      : JSON.stringify(value)

async function* rowsOf(desk: Desk, asked: ExportAsked, span: Span): AsyncIterable<Row> {
  const { what, account, from, to } = asked
  switch (what) {
    case 'orders':
      yield* within(desk, account, span)
      return
    case 'executions':
      for await (const { id } of within(desk, account, span)) {
        yield await desk.executionReport(id)
      }
      return
    case 'fills':
      for await (const fill of paged((page) => desk.fills({ ...page, account }))) {
        if (Date.parse(fill.at) < span.from) return // it traded earlier still, and so did the rest
        if (isIn(span, fill.exchangeAt)) yield fill
      }
      return
    case 'audit':
      yield* paged((page) => desk.audit({ ...page, account, from, to }))
      return
    case 'trades':
      yield* paged((page) => desk.trades({ ...page, account, from, to }))
      return
    case 'positions':
      yield* paged((page) => desk.positions({ ...page, account }))
      return
    case 'statistics':
      yield await desk.statistics({ account })
  }
}

/** Orders by when they were placed. */
async function* within(
  desk: Desk,
  account: string | undefined,
  span: Span,
): AsyncIterable<Row & { readonly id: string }> {
  for await (const order of paged((page) => desk.orders({ ...page, account }))) {
    if (Date.parse(order.submittedAt) < span.from) return // as were all that follow
    if (isIn(span, order.submittedAt)) yield order
  }
}

const isIn = ({ from, to }: Span, at: string): boolean => {
  const moment = Date.parse(at)
  return moment >= from && moment < to
}

type Paging = { readonly limit: number; readonly cursor: number | undefined }

async function* paged<T>(ask: (page: Paging) => Promise<PageView<T>>): AsyncIterable<T> {
  for (let cursor: number | undefined; ;) {
    const { items, next } = await ask({ limit: PAGE, cursor })
    yield* items
    if (next === null) return
    cursor = next
  }
}
