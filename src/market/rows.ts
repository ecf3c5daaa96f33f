import type { Instant } from '../core/time.ts'
import { instant, isoTime } from '../core/time.ts'
import type { Exchange } from './exchange.ts'
import type { Skip, SkipReason } from './recording.ts'
import { momentOf } from './zone.ts'

const LINES_NAMED = 5

export type Session = Pick<Exchange, 'zone' | 'open' | 'close'>
type RowOptions = {
  /** Tells when a row that names only a day begins. */
  readonly daily: Session | undefined
  /** Rows outside it are skipped. */
  readonly only: Session | undefined
  /** Whether two rows may share a moment. */
  readonly repeats: boolean
  readonly decimals: number
}

/** Gives out the rows that make sense, and keeps count of the others. */
export class Rows {
  readonly #lines: readonly string[]
  readonly #daily: Session | undefined
  readonly #only: Session | undefined
  readonly #repeats: boolean
  readonly #skipped = new Map<SkipReason, { count: number; lines: number[] }>()
  readonly #offsets: { from: number; minutes: number }[] = []
  readonly decimals: number
  count = 0

  constructor(lines: readonly string[], { daily, only, repeats, decimals }: RowOptions) {
    this.#lines = lines
    this.#daily = daily
    this.#only = only
    this.#repeats = repeats
    this.decimals = decimals
  }

  /** Calls `take` with each row's time and numbers; what it names wrong is skipped. */
  each(take: (at: Instant, cells: readonly string[]) => SkipReason | undefined): void {
    let last = -Infinity
    for (let index = 1; index < this.#lines.length; index++) {
      const line = this.#lines[index]!.trim()
      if (line === '') continue
      this.count++
      const cells = line.split(',')
      const at = this.#timeOf(cells[0]!)
      const wrong = this.#wrongTime(at, last) ?? take(at, cells)
      if (wrong) this.#skip(wrong, index + 1)
      else last = at
    }
  }

  #wrongTime(at: Instant, last: number): SkipReason | undefined {
    if (Number.isNaN(at)) return 'not a time'
    if (at < last) return 'time goes back'
    if (at === last && !this.#repeats) return 'time repeats'
    return this.#isOutside(at) ? 'outside the session' : undefined
  }

  #isOutside(at: Instant): boolean {
    if (!this.#only) return false
    const { zone, open, close } = this.#only
    const time = isoTime(at, zone(at)).slice(11, 16)
    return time < open || time >= close
  }

  #timeOf(text: string): Instant {
    if (this.#daily) {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return instant(NaN)
      const at = momentOf(this.#daily.zone, text, this.#daily.open)
      this.#offset(at, this.#daily.zone(at))
      return at
    }
    const zone = /(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text)
    const at = zone ? instant(Date.parse(text)) : instant(NaN)
    if (zone && !Number.isNaN(at)) {
      const minutes = Number(zone[2] ?? 0) * 60 + Number(zone[3] ?? 0)
      this.#offset(at, zone[1] === '-' ? -minutes : minutes)
    }
    return at
  }

  #offset(from: number, minutes: number): void {
    if (this.#offsets.at(-1)?.minutes !== minutes) this.#offsets.push({ from, minutes })
  }

  #skip(reason: SkipReason, line: number): void {
    const known = this.#skipped.get(reason) ?? { count: 0, lines: [] }
    known.count++
    if (known.lines.length < LINES_NAMED) known.lines.push(line)
    this.#skipped.set(reason, known)
  }

  readonly skips = (): Skip[] =>
    [...this.#skipped].map(([reason, { count, lines }]) => ({ reason, count, lines }))

  readonly offsetAt = (at: Instant): number => {
    if (this.#offsets.length === 1) return this.#offsets[0]!.minutes
    const passed = this.#offsets.filter(({ from }) => from <= at)
    return (passed.at(-1) ?? this.#offsets[0])?.minutes ?? 0
  }
}
