/** What to ask a source for, given what is kept, and what its answers make of that. */
import type { Instant } from '../core/time.ts'
import { DAY, elapsed, HOUR, instant } from '../core/time.ts'
import type { Bar } from './feed.ts'
import type { Range } from './ranges.ts'
import { common, joined, without } from './ranges.ts'
import type { Series } from './series.ts'
import { differs, extended, indexAt } from './series.ts'

/** What is kept is believed for so long without a look at the source. */
const TRUSTED_MS: number = DAY
/** Then so many of the last ones are asked for again: a split or a bonus changes every price. */
const PROBED = 3
/** That nothing traded is believed of what is so long over: the last ones may only be late. */
const SETTLED_MS: number = DAY

export type Now = {
  readonly now: Instant
  /** Candles that begin before it are over. */
  readonly over: Instant
  /** No candle begins between one that begins at that moment and this. */
  readonly next: (at: Instant) => Instant
}

/** What the source said of a stretch. */
export type Look = { readonly range: Range; readonly bars: readonly Bar[] }

/**
 * `seen`: what was looked at just now, though it is not kept. What is missing before a bar that is
 * known is asked for together with it: an answer without that bar proves nothing.
 */
export function asksFor(
  { bars, covers, checkedAt }: Series,
  range: Range,
  { now, seen }: { readonly now: Instant; readonly seen: Range | undefined },
): Range[] {
  const missing = without(range, joined(covers, seen ? [seen] : [])).map(({ from, to }) => {
    const known = bars[indexAt(bars, to)]
    return { from, to: known ? instant(known.at + 1) : to }
  })
  const probed = elapsed(checkedAt, now) > TRUSTED_MS ? bars.slice(-PROBED) : []
  const [first, last] = [probed[0], probed.at(-1)]
  if (!first || !last) return joined(missing, [])
  const to = instant(Math.max(last.at + 1, covers.at(-1)?.to ?? 0))
  return joined(missing, [{ from: first.at, to }])
}

/**
 * What is known after those answers. An empty one takes nothing away, and is believed only beside
 * one that is not. Undefined where the past is no longer what it was: nothing kept can be used.
 */
export function learned(kept: Series, looks: readonly Look[], at: Now): Series | undefined {
  const { now, over, next } = at
  const found = looks.flatMap(({ bars }) => bars).filter((bar) => bar.at < over)
  if (looks.every(({ bars }) => bars.length === 0)) return kept
  const told = looks.filter(({ bars }) => bars.length > 0)
  if (told.some(({ range, bars }) => differs(kept, range, bars))) return undefined
  const settled = Math.floor((now - SETTLED_MS) / HOUR) * HOUR
  const ends = [found, kept.bars].map((bars) => bars.at(-1)).filter((bar) => bar !== undefined)
  const last = Math.max(settled, ...ends.map((bar) => next(bar.at)))
  const known: Range = { from: instant(0), to: instant(Math.min(over, last)) }
  const covers = looks.flatMap(({ range }) => common(range, known) ?? [])
  const isOld = elapsed(kept.checkedAt, now) > TRUSTED_MS
  return extended(kept, { bars: found, covers }, isOld ? now : kept.checkedAt)
}
