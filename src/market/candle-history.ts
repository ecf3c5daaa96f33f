/**
 * Candles of the past, kept so that nobody asks for the same ones twice: what is over in memory
 * and on disk, what still forms for seconds.
 */
import type { Interval } from '../core/candle.ts'
import type { Instrument } from '../core/instrument.ts'
import { CandleFolder } from './candle-folder.ts'
import type { Remembered, ShelfOptions } from './candle-shelf.ts'
import { CandleShelf } from './candle-shelf.ts'
import type { Range } from './ranges.ts'

export type HistoryOptions = Pick<ShelfOptions, 'source' | 'say'> & {
  readonly clock: ShelfOptions['clock'] & { soon(run: () => void): void }
  /** Where they are kept; undefined: in memory alone. */
  readonly folder?: string | undefined
  /** `data.cache_enabled`: false goes round memory and disk. */
  readonly cacheEnabled?: boolean
  /** `data.historical_days`: how far back is asked for where nobody says. */
  readonly days?: number
  readonly hasRoom?: () => boolean
}

export const HISTORY_DAYS = 365
/** In memory, over all: 10 MB. What was not asked for longest goes; the disk still has it. */
const BARS_MAX = 100_000
const SHELVES_MAX = 200

export class CandleHistory {
  readonly days: number
  readonly #isKept: boolean
  readonly #options: ShelfOptions
  /** The one that was asked for last is the last. */
  readonly #shelves = new Map<string, CandleShelf>()

  constructor({ folder, clock, cacheEnabled = true, ...options }: HistoryOptions) {
    this.days = options.days ?? HISTORY_DAYS
    this.#isKept = cacheEnabled
    const turn = (): Promise<void> => new Promise((resolve) => clock.soon(resolve))
    const isOnDisk = cacheEnabled && folder !== undefined
    this.#options = {
      source: options.source,
      say: options.say,
      clock,
      disk: isOnDisk ? new CandleFolder(folder, turn) : undefined,
      hasRoom: options.hasRoom ?? (() => true),
    }
  }

  /** Those that begin in the range, the oldest first; the one that still forms may be the last. */
  async bars(instrument: Instrument, interval: Interval, range: Range): Promise<Remembered> {
    const shelf = this.#shelfOf(instrument, interval)
    const told = await shelf.bars(range)
    this.#bound()
    return told
  }

  #shelfOf(instrument: Instrument, interval: Interval): CandleShelf {
    if (!this.#isKept) return new CandleShelf(instrument, interval, this.#options)
    const name = `${instrument.id} ${interval}`
    const shelf = this.#shelves.get(name) ?? new CandleShelf(instrument, interval, this.#options)
    this.#shelves.delete(name)
    this.#shelves.set(name, shelf)
    return shelf
  }

  #bound(): void {
    let bars = 0
    for (const shelf of this.#shelves.values()) bars += shelf.size
    for (const [name, shelf] of this.#shelves) {
      if (bars <= BARS_MAX && this.#shelves.size <= SHELVES_MAX) return
      if (!shelf.isIdle) continue
      this.#shelves.delete(name)
      bars -= shelf.size
    }
  }

  /** Writes what is not on disk yet. */
  async close(): Promise<void> {
    for (const shelf of this.#shelves.values()) await shelf.save()
  }
}
