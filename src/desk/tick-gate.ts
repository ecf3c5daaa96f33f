/** Which prices a guard believes: nobody is to lose everything for one bad tick. */
import type { Instrument, InstrumentId } from '../core/instrument.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, SECOND } from '../core/time.ts'
import type { Bar, Feed, MarketListener, Quote } from '../market/feed.ts'

/** A price further from the last one than this is a leap, in parts of a hundred. */
const LEAP_PERCENT = 3
/** So many that agree with each other, over so long, prove a leap. */
const LEAP_COUNT = 4
const LEAP_LASTS_MS = 1.5 * SECOND
/** The first price of all: so many that agree, or one that nothing contradicts for so long. */
const FIRST_COUNT = 2
const FIRST_STANDS_MS = 3 * SECOND

type Price = { readonly points: number; readonly at: Instant }
type Leap = Price & { readonly since: Instant; readonly count: number }
type Known = { accepted: Price | undefined; leap: Leap | undefined }

/** What is known of a price, in points; `doubted` since a leap that nothing has proven yet. */
export type Gated = {
  readonly accepted: Price | undefined
  readonly doubtedSince: Instant | undefined
}

export class TickGate implements MarketListener {
  readonly #known = new Map<InstrumentId, Known>()

  /** Returns what ends it. */
  listenTo(feed: Pick<Feed, 'listen'>): () => void {
    return feed.listen(this)
  }

  quote({ id }: Pick<Instrument, 'id'>, { at, bid, ask }: Quote): void {
    if (!isPrice(bid) || !isPrice(ask) || bid > ask) return // crossed, absurd, or none at all
    this.#take(id, { points: (bid + ask) / 2, at })
  }

  opened({ id }: Pick<Instrument, 'id'>, { open, at }: Bar): void {
    if (isPrice(open)) this.#take(id, { points: open, at })
  }

  closed({ id }: Pick<Instrument, 'id'>, { close }: Bar, at: Instant): void {
    if (isPrice(close)) this.#take(id, { points: close, at })
  }

  /** As it stands now; a first price may have stood long enough meanwhile. */
  of(id: InstrumentId, now: Instant): Gated {
    const known = this.#known.get(id)
    if (!known) return { accepted: undefined, doubtedSince: undefined }
    const { leap } = known
    if (!known.accepted && leap && elapsed(leap.since, now) >= FIRST_STANDS_MS) accept(known, leap)
    return { accepted: known.accepted, doubtedSince: known.leap?.since }
  }

  #take(id: InstrumentId, told: Price): void {
    const known = this.#known.get(id) ?? { accepted: undefined, leap: undefined }
    this.#known.set(id, known)
    const { accepted, leap } = known
    if (accepted && told.at < accepted.at) return // late: it was told before what is known
    if (accepted && isNear(told.points, accepted.points)) return accept(known, told)
    if (!leap || !isNear(told.points, leap.points)) {
      known.leap = { ...told, since: told.at, count: 1 }
      return
    }
    const grown: Leap = { ...told, since: leap.since, count: leap.count + 1 }
    known.leap = grown
    const isProven = accepted
      ? grown.count >= LEAP_COUNT && elapsed(grown.since, told.at) >= LEAP_LASTS_MS
      : grown.count >= FIRST_COUNT
    if (isProven) accept(known, grown)
  }
}

function accept(known: Known, { points, at }: Price): void {
  known.accepted = { points, at }
  known.leap = undefined
}

const isPrice = (points: number): boolean => Number.isFinite(points) && points > 0

const isNear = (a: number, b: number): boolean => Math.abs(a - b) * 100 <= LEAP_PERCENT * b
