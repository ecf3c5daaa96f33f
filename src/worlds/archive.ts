/** One account's day in one file: every event of it, compressed, with a seal to check it by. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip, createGzip } from 'node:zlib'
import type { Entry } from '../core/event.ts'
import { toText } from '../core/plain.ts'
import { HOUR } from '../core/time.ts'
import type { DayOf } from '../desk/day-jobs.ts'
import { boundsOf } from '../desk/day-jobs.ts'
import type { Journal } from '../store/journal.ts'

export type ArchiveOptions = {
  readonly folder: string
  readonly journal: Journal
  /** Others get their turn between rows. */
  readonly soon: (run: () => void) => void
}

/** Rows that are read before others get their turn. */
const ROWS_A_TURN = 200

/**
 * Writes `<date>-<account>-<group>.jsonl.gz`: a line about the day, a line for each entry, and a
 * last one with their number and SHA-256. It is read back before it takes its name; one that is
 * there is replaced only by a sound one.
 */
export async function archiveDay(options: ArchiveOptions, day: DayOf): Promise<string> {
  const { folder } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = `${day.date}-${day.account}-${day.group}.jsonl.gz`
  const file = join(folder, name)
  const unfinished = `${file}.new`
  try {
    const written = await write(unfinished, options, day)
    const read = await checked(unfinished)
    if (read.hash !== written.hash || read.count !== written.count) {
      throw new Error(`${unfinished} does not read back as it was written`)
    }
    renameSync(unfinished, file)
    return `${written.count} entries in archive/${name}, sha256 ${written.hash.slice(0, 16)}…`
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

type Sealed = { readonly count: number; readonly hash: string }

async function write(file: string, options: ArchiveOptions, day: DayOf): Promise<Sealed> {
  const gzip = createGzip()
  const sink = createWriteStream(file, { mode: 0o600 })
  const failed = new Promise<never>((_, reject) => sink.once('error', reject))
  failed.catch(() => {})
  gzip.pipe(sink)
  const seal = createHash('sha256')
  let count = 0
  const put = async (line: string): Promise<void> => {
    if (!gzip.write(`${line}\n`)) await Promise.race([once(gzip, 'drain'), failed])
  }
  const head = options.journal.head()
  await put(JSON.stringify({ ...day, head: head.n, headHash: head.hash }))
  for await (const entry of entriesOf(options, day)) {
    const line = toText(entry)
    seal.update(line)
    count++
    await put(line)
  }
  const hash = seal.digest('hex')
  await put(JSON.stringify({ count, hash }))
  gzip.end()
  await Promise.race([once(sink, 'close'), failed])
  return { count, hash }
}

/** From the first moment of the day on its exchange's clock to the first of the next. */
async function* entriesOf({ journal, soon }: ArchiveOptions, day: DayOf): AsyncIterable<Entry> {
  const [from, to] = boundsOf(day.exchanges, day.date)
  let rows = 0
  for (const { entries } of journal.read(rowBefore(journal, from))) {
    if ((entries[0]?.at ?? to) >= to + CLOCK_SLACK_MS) return
    for (const entry of entries) {
      if (entry.account === day.account && entry.at >= from && entry.at < to) yield entry
    }
    if (++rows % ROWS_A_TURN === 0) await new Promise<void>((resolve) => soon(resolve))
  }
}

/** A clock that was set back leaves rows out of order by no more than this. */
const CLOCK_SLACK_MS = HOUR

/** Rows after it are all that can be of that moment or later: times grow with the rows. */
function rowBefore(journal: Journal, from: number): number {
  let [low, high] = [0, journal.head().n]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [row] = journal.read(middle)
    const at = row?.entries[0]?.at
    if (at !== undefined && at < from - CLOCK_SLACK_MS) low = middle + 1
    else high = middle
  }
  return low
}

/** What a file of the archive holds, or why it is not sound. */
export async function checked(file: string): Promise<Sealed> {
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) })
  const seal = createHash('sha256')
  let count = -1
  let held: string | undefined
  for await (const line of lines) {
    if (held !== undefined && count >= 1) seal.update(held) // the first line is about the day
    held = line
    count++
  }
  const told = JSON.parse(held ?? '{}') as Partial<Sealed>
  const hash = seal.digest('hex')
  const sound = { count: count - 1, hash }
  if (told.count !== sound.count || told.hash !== hash) throw new Error(`${file} is not sound`)
  return sound
}
