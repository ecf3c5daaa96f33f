/** What can be written out for other programs, as what, and of which time. */
import type { Bound } from './time.ts'

export const WHATS = [
  'orders',
  'fills',
  'executions',
  'trades',
  'audit',
  'positions',
  'statistics',
] as const
export type What = (typeof WHATS)[number]

/** A JSON value a line, one JSON list, or a table for spreadsheets. */
export const FORMATS = ['ndjson', 'json', 'csv'] as const
export type Format = (typeof FORMATS)[number]

/** A day counts as each row’s own exchange counts it; where there is none, as UTC does. */
export type Period = { readonly from?: Bound | undefined; readonly to?: Bound | undefined }

export type ExportAsked = Period & {
  readonly what: What
  readonly format: Format
  readonly account?: string | undefined
}
