/** The files that another system leaves behind: docs/moving-over.md. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordKind } from '../core/books-event.ts'
import type { PlainRecord } from '../core/importing.ts'
import { EXIT, Exit } from './exit.ts'
import type { LegacyRow, Refused } from './legacy-rows.ts'
import { holdingIn, readRow } from './legacy-rows.ts'

/** More than ten years of one person’s trades. */
const BYTES_MAX = 64 * 1024 * 1024
const ROWS_MAX = 100_000

export type Found = {
  readonly records: readonly (PlainRecord & { readonly file: string; readonly row: string })[]
  readonly refused: readonly Refused[]
  /** What is said of whole files. */
  readonly notes: readonly string[]
}

type Source = {
  readonly file: string
  /** The lists in it, by what their rows are; an unnamed one is the file itself. */
  readonly lists: readonly {
    readonly kind: RecordKind
    readonly names: readonly string[]
    readonly isWhole: boolean
  }[]
}

const whole = (kind: RecordKind, ...names: readonly string[]) => ({ kind, names, isWhole: true })
const part = (kind: RecordKind, ...names: readonly string[]) => ({ kind, names, isWhole: false })

export const SOURCES: readonly Source[] = [
  { file: 'system_recommended_symbols.json', lists: [whole('symbol', 'symbols')] },
  { file: 'pending_orders.json', lists: [whole('order', 'orders', 'pending_orders')] },
  { file: 'trades_history.json', lists: [whole('trade', 'trades', 'history')] },
  {
    file: 'portfolio_state.json',
    lists: [part('position', 'positions'), part('closed', 'closed', 'closed_positions')],
  },
]

/** Throws Exit where the folder is none, or none of the files is in it. */
export async function readLegacy(folder: string): Promise<Found> {
  const isFolder = await stat(folder)
    .then((found) => found.isDirectory())
    .catch(() => false)
  if (!isFolder) throw new Exit(EXIT.usage, `${folder} is no folder: name the one with the files`)
  const records = new Map<string, Found['records'][number]>()
  const refused: Refused[] = []
  const notes: string[] = []
  let files = 0
  for (const source of SOURCES) {
    const read = await contentOf(join(folder, source.file))
    if ('missing' in read) notes.push(`${source.file} is not there`)
    else files++
    if ('why' in read) refused.push({ file: source.file, row: '', why: read.why })
    if ('content' in read) take(source, read.content, { records, refused })
  }
  if (files === 0) {
    const names = SOURCES.map(({ file }) => file).join(', ')
    throw new Exit(EXIT.usage, `none of ${names} is in ${folder}`)
  }
  if (await stat(join(folder, 'kite_tokens.json')).catch(() => undefined)) {
    notes.push('kite_tokens.json holds a secret and was not opened: log in anew')
  }
  return { records: [...records.values()], refused, notes }
}

type Content = { readonly content: unknown } | { readonly why: string } | { readonly missing: true }

async function contentOf(path: string): Promise<Content> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return { missing: true }
  if (!found.isFile()) return { why: 'it is no file' }
  if (found.size > BYTES_MAX) return { why: `it is larger than ${BYTES_MAX / 1024 ** 2} MB` }
  try {
    return { content: JSON.parse(withoutOddNumbers(await readFile(path, 'utf8'))) }
  } catch (error) {
    return { why: `it cannot be read as JSON: ${(error as Error).message}` }
  }
}

/** Python writes NaN and Infinity, which JSON does not know: they are no numbers here either. */
const withoutOddNumbers = (text: string): string =>
  text
    .replace(/^\uFEFF/, '')
    .replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (piece) =>
      piece.startsWith('"') ? piece : 'null',
    )

type Into = { readonly records: Map<string, Found['records'][number]>; readonly refused: Refused[] }

function take({ file, lists }: Source, content: unknown, { records, refused }: Into): void {
  for (const { kind, names, isWhole } of lists) {
    const rows = rowsIn(content, names, isWhole)
    if (!rows) {
      const where = isWhole ? '' : names[0]!
      refused.push({ file, row: where, why: 'a list, or an object of rows, is expected' })
      continue
    }
    if (rows.length > ROWS_MAX) {
      refused.push({
        file,
        row: `#${ROWS_MAX + 1}`,
        why: `and what follows: ${ROWS_MAX} rows at most`,
      })
    }
    const times = new Map<string, number>()
    for (const [place, value] of rows.slice(0, ROWS_MAX)) {
      const row: LegacyRow = { file, place, value }
      const read = readRow(kind, row)
      if ('why' in read) refused.push({ file, row: place, why: read.why })
      else keep(row, read, { records, refused, times })
    }
  }
}

/**
 * Two lines without a name of their own may be equal: the second of them is another trade. What is
 * held of a symbol has one name, in whichever file it stands: it moves once.
 */
function keep(
  row: LegacyRow,
  read: PlainRecord,
  { records, refused, times }: Into & { readonly times: Map<string, number> },
): void {
  const { file, place } = row
  const { kind, symbol } = read
  const before = times.get(read.ref) ?? 0
  times.set(read.ref, before + 1)
  if (before > 0 && !/:[0-9a-f]{20}$/.test(read.ref)) {
    refused.push({ file, row: place, why: `${read.ref} stands there twice: the first one counts` })
    return
  }
  const isListed = records.has(`symbol:${symbol}`)
  const claimed = kind === 'position' && !isListed ? holdingIn(row) : undefined
  const named = claimed ? `symbol:${symbol}` : read.ref
  const ref = before === 0 ? named : `${named}#${before + 1}`
  const holding = claimed ?? read.holding
  records.set(ref, { ...read, ref, ...(holding && { holding }), file, row: place })
}

/** An object of rows by name, or a list of them; also under one of the names. */
function rowsIn(
  content: unknown,
  names: readonly string[],
  isWhole: boolean,
): (readonly [place: string, value: unknown])[] | undefined {
  if (typeof content !== 'object' || content === null) return undefined
  const inner = Array.isArray(content)
    ? undefined
    : names.map((name) => (content as Record<string, unknown>)[name]).find((each) => each != null)
  const list = inner ?? (isWhole ? content : [])
  if (Array.isArray(list)) return list.map((value, index) => [`#${index + 1}`, value] as const)
  return typeof list === 'object' ? Object.entries(list) : undefined
}
