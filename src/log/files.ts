import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { dateAt, instant } from '../core/time.ts'

/** Days that are kept, today among them. */
const DAYS_KEPT = 14
/** A loop that fills a day's file must not fill the disk: 14 days come to half a gigabyte. */
const DAY_BYTES: number = 32 * 1024 * 1024
/** Of a day's bytes, what is left for warnings and errors alone. */
const RESERVED_SHARE = 1 / 4
/** How often somebody may have removed the file that is being written. */
const LOOK_MS = 1_000
const NEWLINE = 10

/** By UTC, as the times in the lines: a day has 24 hours everywhere, and each line one file. */
const logFileName = (at: number): string => `tallyman-${dateAt(instant(at))}.log`

const NAME = /^tallyman-\d{4}-\d\d-\d\d\.log$/

/** The names of the days there are, the oldest first; none where there is no such folder. */
export function logDays(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => NAME.test(name))
      .sort()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

export type LogFilesOptions = {
  readonly folder: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Hears once that lines are being lost, and why. */
  readonly onTrouble: (line: string) => void
  readonly dayBytes?: number
}

type Day = {
  readonly name: string
  readonly file: number
  bytes: number
  lookedAt: number
  /** The last line is torn: its writer died, or the disk was full. */
  isTorn: boolean
  /** Lines that found no room in it. */
  leftOut: number
}

/**
 * One file a day. Each line is with the operating system when `write` returns, so that the last
 * ones before a crash are there. A log that cannot be written is no reason to stop trading: its
 * lines are lost, counted, and the count is logged when there is room again.
 */
export class LogFiles {
  readonly #options: LogFilesOptions
  readonly #dayBytes: number
  #day: Day | undefined
  #lost = 0
  #isFailing = false

  constructor(options: LogFilesOptions) {
    this.#options = options
    this.#dayBytes = options.dayBytes ?? DAY_BYTES
  }

  /** `line` ends with a newline; the last part of a day's room is for `isGrave` lines alone. */
  write(line: string, isGrave: boolean): void {
    try {
      const now = this.#options.now()
      const day = this.#dayAt(now)
      const room = isGrave ? this.#dayBytes : this.#dayBytes * (1 - RESERVED_SHARE)
      if (day.bytes + line.length > room) return this.#leaveOut(day, now)
      if (this.#lost > 0) this.#append(day, noticeLine(now, `${countOf(this.#lost)} lost here`))
      this.#lost = 0
      this.#append(day, line)
      this.#isFailing = false
    } catch (error) {
      this.#lost++
      if (this.#isFailing) return
      this.#isFailing = true
      const { message } = error as Error
      this.#options.onTrouble(`The log cannot be written (${message}); trading goes on without it.`)
    }
  }

  #leaveOut(day: Day, now: number): void {
    if (day.leftOut++ > 0) return
    const size = `${Math.round(this.#dayBytes / 1024 / 1024)} MB`
    this.#append(day, noticeLine(now, `the log of a day has ${size}: more is left out, ${SPARED}`))
  }

  #append(day: Day, line: string): void {
    const bytes = Buffer.from(day.isTorn ? `\n${line}` : line)
    day.isTorn = true
    const written = writeSync(day.file, bytes)
    day.bytes += written
    if (written < bytes.length) throw new Error('no space left on device')
    day.isTorn = false
  }

  #dayAt(now: number): Day {
    const name = logFileName(now)
    const known = this.#day
    if (known?.name === name && !isRemoved(known, now)) return known
    this.#closeDay()
    const { folder } = this.#options
    const before = known?.name === name ? 0 : (known?.leftOut ?? 0)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = openSync(join(folder, name), 'a+', 0o600)
    const { size } = fstatSync(file)
    this.#day = { name, file, bytes: size, lookedAt: now, isTorn: endsTorn(file, size), leftOut: 0 }
    if (before > 0) this.#append(this.#day, noticeLine(now, `${countOf(before)} left out before`))
    const days = logDays(folder)
    for (const old of days.slice(0, -DAYS_KEPT)) rmSync(join(folder, old), { force: true })
    return this.#day
  }

  #closeDay(): void {
    if (this.#day) closeSync(this.#day.file)
    this.#day = undefined
  }

  close(): void {
    this.#closeDay()
  }
}

function isRemoved(day: Day, now: number): boolean {
  if (Math.abs(now - day.lookedAt) < LOOK_MS) return false
  day.lookedAt = now
  return fstatSync(day.file).nlink === 0
}

function endsTorn(file: number, size: number): boolean {
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last[0] !== NEWLINE
}

/** Written by us, not by the logger: it has no room, or had none. */
const noticeLine = (at: number, msg: string): string =>
  `${JSON.stringify({ level: 'warn', time: new Date(at).toISOString(), msg })}\n`

const countOf = (lines: number): string => (lines === 1 ? '1 line was' : `${lines} lines were`)

const SPARED = 'warnings and errors last'
