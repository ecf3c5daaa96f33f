import Table from 'cli-table3'

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const

export type Column<T> = {
  readonly head: string
  readonly cell: (row: T) => string
  /** Numbers stand to the right. */
  readonly right?: boolean
}

/** Rows under headings, without lines: it stays readable when it is piped. */
export function tableText<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
  })
  for (const row of rows) table.push(columns.map(({ cell }) => cell(row)))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

export const out = (text: string): void => void process.stdout.write(`${text}\n`)
export const outJson = (value: unknown): void => out(JSON.stringify(value, undefined, 2))
