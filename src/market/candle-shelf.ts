/** The candles of one instrument and length: what is known of them, and asking for the rest. */
import type { Interval } from '../core/candle.ts'
import type { Instrument } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, instant, later, SECOND } from '../core/time.ts'
import type { CandleFolder, Whose } from './candle-folder.ts'
import { Unreadable } from './candle-folder.ts'
import type { Bar } from './feed.ts'
import type { HistorySource, Recalled } from './history.ts'
import { finishedTo, nextAfter, whyUnsound } from './history.ts'
import type { Look, Now } from './learning.ts'
import { asksFor, learned } from './learning.ts'
import type { Range } from './ranges.ts'
import type { Series } from './series.ts'
import { NO_SERIES, trimmed, within } from './series.ts'

export type ShelfOptions = {
  readonly source: HistorySource
  readonly clock: { now(): Instant; at(due: Instant, run: () => void): () => void }
  /** Undefined: they are kept in memory alone. */
  readonly disk: CandleFolder | undefined
  /** Whether the disk has room for what can be had again. */
  readonly hasRoom: () => boolean
  /** Hears of a file that was unreadable or could not be written. */
  readonly say: (line: string) => void
}

/** `notice`: what is wrong with them, such as that some could not be fetched. */
export type Remembered =
  | { readonly ok: true; readonly bars: readonly Bar[]; readonly notice: string | undefined }
  | Extract<Recalled, { readonly ok: false }>

/** What still forms, and what may only be late, is shown as it was for so long. */
const SEEN_MS: number = 5 * SECOND
const ANSWER_MS: number = 30 * SECOND
/** Candles that come by the minute are not written by the second. */
const SAVE_PAUSE_MS: number = 10 * SECOND
/** Calls of the source for one question, and questions that wait for each other. */
const CALLS_MAX = 64
const WAITING_MAX = 64

const EVER: Instant = instant(Number.MAX_SAFE_INTEGER)

/** `reason`: why not all was looked at that was to be. */
type Looks = { readonly looks: readonly Look[]; readonly reason: string | undefined }

export class CandleShelf {
  readonly #instrument: Instrument
  readonly #interval: Interval
  readonly #options: ShelfOptions
  /** Undefined until it was read from the disk. */
  #series: Series | undefined
  /** The last look at what was not over yet, or not long. */
  #seen: (Look & { readonly at: Instant }) | undefined
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #failure = { count: 0, reason: '' }
  #saving: Promise<void> | undefined
  #isUnsaved = false
  #savedAt: Instant | undefined
  #disarm: (() => void) | undefined
  #isFailing = false

  constructor(instrument: Instrument, interval: Interval, options: ShelfOptions) {
    this.#instrument = instrument
    this.#interval = interval
    this.#options = options
  }

  /** Whether it may be let go of: nobody waits for it, and all of it is kept. */
  get isIdle(): boolean {
    return this.#waiting === 0 && !this.#isUnsaved && this.#saving === undefined
  }

  get size(): number {
    return this.#series?.bars.length ?? 0
  }

  /**
   * One question after the other: who asks for what is just being fetched finds it there, and who
   * waited for an answer that failed does not ask for it again.
   */
  bars(range: Range): Promise<Remembered> {
    if (this.#waiting >= WAITING_MAX) {
      return Promise.resolve({ ok: false, reason: `${WAITING_MAX} others wait for it` })
    }
    this.#waiting++
    const { count } = this.#failure
    const answer = this.#last.then(() => this.#answer(range, count))
    const over = (): void => {
      this.#waiting--
    }
    this.#last = answer.then(over, over)
    return answer
  }

  async #answer(range: Range, failures: number): Promise<Remembered> {
    const [kept, unreadable] = await this.#load()
    const now = this.#options.clock.now()
    const at = this.#at(now)
    const asks = asksFor(kept, range, { now, seen: this.#seenBy(at) })
    const isKnown = asks.length > 0 && this.#failure.count > failures
    let found = isKnown ? { looks: [], reason: this.#failure.reason } : await this.#look(asks)
    let series = learned(kept, found.looks, at)
    let changed: string | undefined
    if (!series) {
      changed = 'The past has changed (a split or a bonus?): what was kept is fetched again.'
      found = await this.#look([range])
      const fresh = found.reason === undefined && learned(NO_SERIES, found.looks, at)
      series = fresh && fresh.bars.length > 0 ? fresh : kept
    }
    if (found.reason !== undefined && !isKnown) {
      this.#failure = { count: this.#failure.count + 1, reason: found.reason }
    }
    this.#keep(trimmed(series), found.looks, at)
    const missed = found.reason && `Not all could be fetched: ${found.reason}.`
    const bars = this.#shown(series, range, at)
    const { reason } = found
    if (reason !== undefined && bars.length === 0) return { ok: false, reason }
    const notice = [unreadable, changed, missed].filter((each) => each !== undefined).join(' ')
    return { ok: true, bars, notice: notice === '' ? undefined : notice }
  }

  #at(now: Instant): Now {
    const over = finishedTo(this.#instrument, this.#interval, now)
    return { now, over, next: (at) => nextAfter(this.#instrument, this.#interval, at) }
  }

  /** Not once a candle of it is over: it may have moved before it was. */
  #seenBy({ now, over }: Now): Range | undefined {
    const seen = this.#seen
    if (!seen || elapsed(seen.at, now) >= SEEN_MS) return undefined
    return seen.bars.some(({ at }) => at < over) ? undefined : seen.range
  }

  /** One that was forming when it was seen, and is over by now, would pass for finished. */
  #shown(series: Series, range: Range, { over }: Now): readonly Bar[] {
    const forming = this.#seen?.bars.filter(({ at }) => at >= over) ?? []
    return [...within(series.bars, range), ...within(forming, range)]
  }

  #keep(series: Series, looks: readonly Look[], { now, over }: Now): void {
    const before = this.#series
    this.#series = series
    const last = looks.findLast(({ range }) => range.to > over)
    if (last) {
      const bars = last.bars.filter(({ at }) => at >= over)
      const from = instant(Math.max(last.range.from, series.covers.at(-1)?.to ?? 0))
      this.#seen = { at: now, range: { from, to: EVER }, bars }
    }
    const isNew =
      series.bars.length !== before?.bars.length ||
      series.checkedAt !== before.checkedAt ||
      JSON.stringify(series.covers) !== JSON.stringify(before.covers)
    if (isNew && series.covers.length > 0) this.#saveSoon()
  }

  /** What is kept, and what is wrong with it. */
  async #load(): Promise<readonly [kept: Series, notice: string | undefined]> {
    if (this.#series) return [this.#series, undefined]
    try {
      this.#series = await this.#options.disk?.read(this.#whose())
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      const notice = `Candles that were kept are fetched again: ${error.message}.`
      this.#options.say(notice)
      return [NO_SERIES, notice]
    }
    return [this.#series ?? NO_SERIES, undefined]
  }

  #whose(): Whose {
    const { name: source } = this.#options.source
    return { instrument: this.#instrument, interval: this.#interval, source }
  }

  /** The oldest first; what was found before something went wrong is found. */
  async #look(ranges: readonly Range[]): Promise<Looks> {
    const looks: Look[] = []
    for (const range of this.#calls(ranges)) {
      if (looks.length === CALLS_MAX) {
        const reason = `it takes more than ${CALLS_MAX} requests; ask for less, or again`
        return { looks, reason }
      }
      const told = await this.#call(range)
      const unsound = told.ok ? whyUnsound(told.bars, range) : undefined
      if (!told.ok) return { looks, reason: told.reason }
      if (unsound !== undefined) return { looks, reason: `the source told ${unsound}` }
      looks.push({ range, bars: told.bars })
    }
    return { looks, reason: undefined }
  }

  *#calls(ranges: readonly Range[]): Iterable<Range> {
    const longest = this.#options.source.longestMs(this.#interval)
    for (const { from, to } of ranges) {
      for (let at = from; at < to; at = later(at, longest)) {
        yield { from: at, to: instant(Math.min(to, at + longest)) }
      }
    }
  }

  #call(range: Range): Promise<Recalled> {
    const { source, clock } = this.#options
    return new Promise((resolve, reject) => {
      const reason = `no answer within ${ANSWER_MS / SECOND} seconds`
      const due = later(clock.now(), ANSWER_MS)
      const disarm = clock.at(due, () => resolve({ ok: false, reason }))
      void source
        .bars(this.#instrument, this.#interval, range)
        .then(resolve, reject)
        .finally(disarm)
    })
  }

  #saveSoon(): void {
    const { disk, clock } = this.#options
    if (!disk) return
    this.#isUnsaved = true
    if (this.#disarm) return
    const due = this.#savedAt === undefined ? clock.now() : later(this.#savedAt, SAVE_PAUSE_MS)
    this.#disarm = clock.at(due, () => void this.save())
  }

  /** Writes what is not written yet. A disk that refuses costs nobody an answer. */
  async save(): Promise<void> {
    this.#disarm?.()
    this.#disarm = undefined
    await this.#saving?.catch(() => {})
    const { disk, clock, hasRoom, say } = this.#options
    if (!disk || !this.#series || !this.#isUnsaved) return
    this.#isUnsaved = false
    if (!hasRoom()) return
    this.#savedAt = clock.now()
    this.#saving = disk.write(this.#whose(), this.#series)
    try {
      await this.#saving
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) say(`Candles cannot be kept: ${(error as Error).message}`)
      this.#isFailing = true
    } finally {
      this.#saving = undefined
    }
  }
}
