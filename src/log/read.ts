import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { logDays } from './files.ts'

export type LogLine = {
  readonly text: string
  /** What it says; undefined for a line that is torn, or was never ours. */
  readonly fields: Readonly<Record<string, unknown>> | undefined
}

/** How far somebody has read: up to which byte of which day. */
export type Place = { readonly day: string; readonly offset: number }

const CHUNK_BYTES = 256 * 1024
const NEWLINE = 10
/** Longer than any we write: what goes on past it is shown in pieces. */
const LINE_BYTES_MAX: number = 1024 * 1024

export type Wanted = {
  readonly count: number
  readonly isWanted: (line: LogLine) => boolean
  /** Nothing that was written on a day before this one is wanted: `2026-11-21`, by UTC. */
  readonly fromDate: string | undefined
  /** The rest of a line that was only begun is not waited for. */
  readonly isOver: boolean
}

/** The last lines that are wanted, the oldest of them first; and where the log ended then. */
export function lastLines(
  folder: string,
  { count, isWanted, fromDate, isOver }: Wanted,
): { readonly lines: LogLine[]; readonly end: Place | undefined } {
  const lines: LogLine[] = []
  let end: Place | undefined
  for (const day of logDays(folder).toReversed()) {
    if (fromDate !== undefined && dateOf(day) < fromDate) break
    const found: LogLine[] = []
    const reader = new LogReader(folder, { day, offset: 0 })
    for (const line of reader.more()) {
      if (!isWanted(line)) continue
      found.push(line)
      // Many more than are wanted need not be kept.
      if (found.length >= 2 * count + 1_000) found.splice(0, found.length - count)
    }
    const isNewest = end === undefined
    end ??= reader.place
    if (!isNewest || isOver) found.push(...reader.torn().filter(isWanted))
    lines.unshift(...found.slice(-(count - lines.length)))
    if (lines.length >= count) break
  }
  return { lines, end }
}

const dateOf = (day: string): string => day.slice('tallyman-'.length, -'.log'.length)

/** Reads the log as it grows, across its days, without holding any file open. */
export class LogReader {
  readonly #folder: string
  #place: Place | undefined
  /** The beginning of a line whose end was not there yet. */
  #begun: Buffer = Buffer.alloc(0)

  /** From `place` on; from the oldest day there is, without one. */
  constructor(folder: string, place: Place | undefined) {
    this.#folder = folder
    this.#place = place
  }

  /** Behind the last whole line. */
  get place(): Place | undefined {
    return this.#place && { ...this.#place, offset: this.#place.offset - this.#begun.length }
  }

  /** Whole lines of the day that is being read, as far as it goes now. */
  *more(): Iterable<LogLine> {
    if (!this.#place) return
    const { day } = this.#place
    for (const chunk of chunksOf(join(this.#folder, day), this.#place.offset)) {
      if (chunk === 'shorter') {
        this.#place = { day, offset: 0 } // somebody emptied it, or put another in its place
        this.#begun = Buffer.alloc(0)
        continue
      }
      this.#place = { day, offset: this.#place.offset + chunk.length }
      yield* this.#linesIn(chunk)
    }
  }

  /** All that has come since, also of days that began since. */
  *next(): Iterable<LogLine> {
    yield* this.more()
    for (const day of logDays(this.#folder)) {
      if (this.#place && day <= this.#place.day) continue
      yield* this.torn()
      this.#place = { day, offset: 0 }
      yield* this.more()
    }
  }

  /** What was begun and will not be ended, since another day has come. */
  torn(): LogLine[] {
    const text = this.#begun.toString()
    this.#begun = Buffer.alloc(0)
    return text === '' ? [] : [lineOf(text)]
  }

  *#linesIn(chunk: Buffer): Iterable<LogLine> {
    let rest = Buffer.concat([this.#begun, chunk])
    for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE)) {
      if (at > 0) yield lineOf(rest.toString('utf8', 0, at))
      rest = rest.subarray(at + 1)
    }
    if (rest.length > LINE_BYTES_MAX) {
      yield lineOf(rest.toString())
      rest = Buffer.alloc(0)
    }
    this.#begun = rest
  }
}

/** From `offset` on. A file that is gone has none; of one that is shorter now, all is new. */
function* chunksOf(path: string, offset: number): Iterable<Buffer | 'shorter'> {
  const file = openIfThere(path)
  if (file === undefined) return
  try {
    let at = offset
    if (fstatSync(file).size < at) {
      yield 'shorter'
      at = 0
    }
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      const read = readSync(file, chunk, 0, CHUNK_BYTES, at)
      if (read === 0) return
      at += read
      yield chunk.subarray(0, read)
    }
  } finally {
    closeSync(file)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function lineOf(text: string): LogLine {
  try {
    const fields: unknown = JSON.parse(text)
    const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields)
    return { text, fields: isObject ? (fields as Record<string, unknown>) : undefined }
  } catch {
    return { text, fields: undefined }
  }
}
