import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'
import type { Bar } from './feed.ts'
import type { Range } from './ranges.ts'
import { common, joined } from './ranges.ts'

/** Finished candles of one instrument and length, and the stretches of which all are known. */
export type Series = {
  /** The oldest first. */
  readonly bars: readonly Bar[]
  readonly covers: readonly Range[]
  /** When what is here was last compared with its source. */
  readonly checkedAt: Instant
}

/** Of one series: 50,000 minutes are half a year of NSE. The oldest go. */
const BARS_MAX = 50_000
/** Stretches that do not meet. The oldest go. */
const COVERS_MAX = 50

export const NO_SERIES: Series = { bars: [], covers: [], checkedAt: instant(0) }

/** What is to be added: the bars of a range, all of them finished, and of how much they are all. */
export type Found = { readonly bars: readonly Bar[]; readonly covers: readonly Range[] }

/** A bar that is known already is replaced; one that was not found again stays. */
export function extended(series: Series, found: Found, checkedAt = series.checkedAt): Series {
  const bars = merged(series.bars, found.bars)
  const covers = joined(series.covers, found.covers)
  return { bars, covers, checkedAt }
}

function merged(old: readonly Bar[], found: readonly Bar[]): readonly Bar[] {
  const [first, last] = [found[0], found.at(-1)]
  if (!first || !last) return old
  const from = indexAt(old, first.at)
  const to = indexAt(old, instant(last.at + 1))
  const known = new Set(found.map(({ at }) => at))
  const middle = old.slice(from, to).filter(({ at }) => !known.has(at))
  const inside = middle.length === 0 ? found : [...middle, ...found].sort((a, b) => a.at - b.at)
  return [...old.slice(0, from), ...inside, ...old.slice(to)]
}

/** As it is kept: what no longer fits is no longer known. */
export function trimmed({ bars, covers, checkedAt }: Series): Series {
  const over = bars.length - BARS_MAX
  const from = over > 0 ? bars[over]!.at : covers.at(-COVERS_MAX)?.from
  if (from === undefined) return { bars, covers, checkedAt }
  const rest: Range = { from, to: instant(Number.MAX_SAFE_INTEGER) }
  return {
    bars: bars.slice(indexAt(bars, from)),
    covers: covers.flatMap((each) => common(each, rest) ?? []),
    checkedAt,
  }
}

/** The place of the first bar that does not begin before that. */
export function indexAt(bars: readonly Bar[], at: Instant): number {
  let low = 0
  let high = bars.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars[middle]!.at < at) low = middle + 1
    else high = middle
  }
  return low
}

export const within = (bars: readonly Bar[], { from, to }: Range): readonly Bar[] =>
  bars.slice(indexAt(bars, from), indexAt(bars, to))

/** Whether the source, asked again for a stretch that is known, tells it differently now. */
export function differs(series: Series, range: Range, bars: readonly Bar[]): boolean {
  const known = within(series.bars, range)
  const again = new Map(bars.map((each) => [each.at, each]))
  return known.some((each) => {
    const now = again.get(each.at)
    return !now || FIELDS.some((field) => now[field] !== each[field])
  })
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const
