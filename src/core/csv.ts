/** Tables for spreadsheets (RFC 4180), with what a spreadsheet would run made harmless. */

export type Cell = string | number | boolean | null

/**
 * A spreadsheet takes a cell that begins like this for a formula, and words in our tables come from
 * brokers and callers; the last four are what some of them read as the first four.
 */
const BEGINS_A_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/
/** An amount cannot do harm, and must stay one for whoever sums it: also a negative one. */
const IS_AMOUNT = /^-?\d+(\.\d+)?$/

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellText).join(',')}\r\n`

function cellText(cell: Cell): string {
  if (cell === null) return ''
  const text = String(cell)
  const safe = BEGINS_A_FORMULA.test(text) && !IS_AMOUNT.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
