/** What the commands on the journal share: opening it, choosing from it, showing it. */
import type { Config } from '../config.ts'
import type { Entry } from '../core/event.ts'
import type { AuditView } from '../core/asking.ts'
import { fileIn, isThere } from '../folder.ts'
import { EVENT_TYPES } from '../store/audit.ts'
import type { Journal } from '../store/journal.ts'
import { CorruptJournal } from '../store/journal.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { EXIT, Exit } from './exit.ts'
import type { Progress } from './progress.ts'

/** Beside a running desk or without one: nothing is written, and nobody is kept waiting. */
export async function withJournal<T>(
  config: Config,
  use: (journal: SqliteJournal) => T | Promise<T>,
): Promise<T> {
  const file = fileIn(config, 'journal.db')
  if (!isThere(file)) throw new Exit(EXIT.refused, `there is no journal at ${file}`)
  const journal = new SqliteJournal(file, { readOnly: true })
  try {
    return await use(journal)
  } catch (error) {
    if (!(error instanceof CorruptJournal)) throw error
    throw new Exit(EXIT.refused, `${error.message}; see docs/journal.md`)
  } finally {
    journal.close()
  }
}

export function* entriesOf(journal: Journal, bar: Progress): Iterable<Entry> {
  const { n: total } = journal.head()
  for (const { n, entries } of journal.read(0)) {
    yield* entries
    if (n % 500 === 0) bar.show(n, total)
  }
}

export function typeNamed(type: string | undefined): string | undefined {
  if (type === undefined) return undefined
  const found = EVENT_TYPES.find((each) => each.toLowerCase() === type.toLowerCase())
  if (found) return found
  throw new Exit(EXIT.usage, `type "${type}": one of ${EVENT_TYPES.join(', ')} is expected`)
}

export function wholeNumber(name: string, text: string, max: number): number {
  const value = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : NaN
  if (value <= max) return value
  throw new Exit(EXIT.usage, `${name} "${text}": a whole number from 1 to ${max} is expected`)
}

export const lineOf = ({ at, account, seq, type, summary }: AuditView): string =>
  `${at}  ${`${account}-${seq}`.padEnd(12)}  ${type.padEnd(15)}  ${onOneLine(summary)}`

/** Words of brokers and callers must neither break the line nor steer the terminal. */
export const onOneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
