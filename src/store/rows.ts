import { rowHash } from './chain.ts'
import type { Head } from './journal.ts'
import { CorruptJournal } from './journal.ts'

/** A row of the journal as it stands in its file. */
export type Stored = {
  readonly n: number
  readonly format: number
  readonly body: string
  readonly hash: Uint8Array
}

export const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

/** The row as the one after which the next must come. Throws CorruptJournal if it does not fit. */
export function next(row: Stored, before: Head): Head {
  if (row.n !== before.n + 1) throw new CorruptJournal(before.n + 1, 'it is missing')
  const hash = rowHash(before.hash, row.n, row.format, row.body)
  if (hash === hexOf(row.hash)) return { n: row.n, hash }
  throw new CorruptJournal(row.n, 'its hash does not fit its contents and the row before it')
}
