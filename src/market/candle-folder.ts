/**
 * Candles on disk: `NSE/INFY_day.csv`, a price file as any program reads it, and beside it
 * `INFY_day.json`, which says what it covers and proves that it is whole.
 */
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { Interval } from '../core/candle.ts'
import type { Instrument } from '../core/instrument.ts'
import { instantOf, isoTime } from '../core/time.ts'
import { barsOf, candleText, isHeading, NotCandles } from './candle-csv.ts'
import type { Series } from './series.ts'
import type { Bar } from './feed.ts'

/** All files together; those that were written longest ago go. */
const BYTES_MAX = 256 * 1024 * 1024
const LINES_A_TURN = 2_000
/** How often all files are looked at: each is bounded by itself. */
const WRITES_A_LOOK = 100

const moment = z.iso.datetime().transform(instantOf)
const label = z.strictObject({
  source: z.string(),
  instrument: z.string(),
  interval: z.string(),
  rows: z.int(),
  sha256: z.string(),
  checkedAt: moment,
  covers: z.array(z.strictObject({ from: moment, to: moment })),
})

/** What is there cannot be used; the message says why. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/** Candles of what, and by whom. */
export type Whose = {
  readonly instrument: Instrument
  readonly interval: Interval
  /** The name of where they come from. */
  readonly source: string
}

type Turn = () => Promise<void>

export class CandleFolder {
  readonly #folder: string
  readonly #turn: Turn
  #writes = 0

  constructor(folder: string, turn: Turn) {
    this.#folder = folder
    this.#turn = turn
  }

  /** Undefined where nothing is kept. Throws Unreadable. */
  async read(whose: Whose): Promise<Series | undefined> {
    const file = this.#fileOf(whose)
    const texts = await Promise.all([textIn(`${file}.csv`), textIn(`${file}.json`)])
    const [csv, json] = texts
    if (csv === undefined && json === undefined) return undefined
    if (csv === undefined || json === undefined) {
      throw new Unreadable(`${file}.${csv === undefined ? 'csv' : 'json'} is missing`)
    }
    try {
      return await this.#parsed(whose, [csv, json])
    } catch (error) {
      throw new Unreadable(`${file}.csv: ${(error as Error).message}`)
    }
  }

  async #parsed(
    { instrument, interval, source }: Whose,
    [csv, json]: readonly [string, string],
  ): Promise<Series> {
    const told = label.safeParse(parsedJson(json))
    if (!told.success) throw new NotCandles('what stands beside it says nothing of it')
    const { rows, sha256, checkedAt, covers } = told.data
    const [theirs, ours] = [told.data, { instrument: instrument.id, interval, source }].map(
      (each) => `${each.instrument} ${each.interval} from ${each.source}`,
    )
    if (theirs !== ours) throw new NotCandles(`it is ${theirs}, not ${ours}`)
    const hash = createHash('sha256')
    const lines = csv.split('\n')
    const last = lines.pop()
    const bars: Bar[] = []
    if (!isHeading(lines[0]) || last !== '') throw new NotCandles('it is no whole file of candles')
    for (let at = 0; at < lines.length; at += LINES_A_TURN) {
      const part = lines.slice(at, at + LINES_A_TURN)
      hash.update(`${part.join('\n')}\n`)
      bars.push(...barsOf(instrument, at === 0 ? part.slice(1) : part))
      await this.#turn()
    }
    if (bars.length !== rows || hash.digest('hex') !== sha256) {
      throw new NotCandles('it is not what was written')
    }
    return { bars, covers, checkedAt }
  }

  /**
   * Whole or not at all: a death between the two files leaves a pair that is not believed. Only
   * the desk writes here, one at a time for each series. Rejects with what the disk says.
   */
  async write(whose: Whose, series: Series): Promise<void> {
    const { instrument, interval, source } = whose
    const file = this.#fileOf(whose)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const parts = [`${file}.csv.part`, `${file}.json.part`] as const
    try {
      const pieces = candleText(instrument, interval, series.bars)
      const sha256 = await this.#put(parts[0], pieces)
      const told = {
        source,
        instrument: instrument.id,
        interval,
        rows: series.bars.length,
        sha256,
        checkedAt: isoTime(series.checkedAt),
        covers: series.covers.map(({ from, to }) => ({ from: isoTime(from), to: isoTime(to) })),
      }
      await this.#put(parts[1], [JSON.stringify(told)])
      for (const part of parts) await rename(part, part.replace(/\.part$/, ''))
    } catch (error) {
      for (const part of parts) await rm(part, { force: true })
      throw error
    }
    if (this.#writes++ % WRITES_A_LOOK === 0) await this.#bound()
  }

  /** Returns the hash of what it wrote. */
  async #put(file: string, pieces: Iterable<string>): Promise<string> {
    const hash = createHash('sha256')
    await writeFile(file, '', { mode: 0o600 })
    for (const piece of pieces) {
      hash.update(piece)
      await appendFile(file, piece)
      await this.#turn()
    }
    return hash.digest('hex')
  }

  async #bound(): Promise<void> {
    const names = await readdir(this.#folder, { recursive: true })
    const files: { name: string; bytes: number; at: number }[] = []
    for (const name of names.filter((each) => each.endsWith('.csv'))) {
      const { size, mtimeMs } = await stat(join(this.#folder, name))
      files.push({ name, bytes: size, at: mtimeMs })
    }
    files.sort((a, b) => b.at - a.at)
    let bytes = 0
    for (const each of files) {
      bytes += each.bytes
      if (bytes <= BYTES_MAX) continue
      const file = join(this.#folder, each.name)
      for (const old of [file, file.replace(/csv$/, 'json')]) await rm(old, { force: true })
    }
  }

  #fileOf({ instrument: { exchange, symbol }, interval }: Whose): string {
    return join(this.#folder, fileName(exchange), `${fileName(symbol)}_${interval}`)
  }
}

/** A name for the disk that is no other symbol's: what may not stand there is written as %2F. */
export const fileName = (symbol: string): string =>
  symbol.replaceAll(/^\.|[^\w&.-]/gu, (each) =>
    [...Buffer.from(each)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  )

async function textIn(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Unreadable(`${file}: ${(error as Error).message}`)
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
