/**
 * A trade as people count them: the round trip of one leg from flat to flat. A reversal ends one
 * and begins the next.
 */
import type { Money, Price, Quantity } from './amount.ts'
import { absolute, minus, negate, NO_MONEY, NO_QUANTITY, plus, share, times } from './amount.ts'
import type { OrderId, Reason } from './order.ts'
import type { Position } from './position.ts'
import { carry, FLAT, quantityClosed, trade } from './position.ts'
import type { Instant } from './time.ts'

/**
 * Entries, and exits, that a trade lists; what comes after counts with the last of them. Only a leg
 * that is never flat meets it.
 */
export const LISTED_MAX = 200

/** What moves a leg: a fill of an order, or a trade by hand. */
export type LegFill = {
  /** Journal position of the event. */
  readonly seq: number
  /** The order's name, here or at the broker: all it fills is one entry, or one exit. */
  readonly source: string
  /** Undefined for a trade by hand. */
  readonly orderId: OrderId | undefined
  readonly reason: Reason
  /** Signed: sold is negative. */
  readonly quantity: Quantity
  readonly price: Price
  /** When the exchange says it traded. */
  readonly at: Instant
  readonly charges: Money
}

/** What changes a leg without a trade: no profit, and no cash. */
export type Carried = {
  readonly seq: number
  readonly at: Instant
  /** Signed, as is its cost: what comes is added. */
  readonly quantity: Quantity
  readonly cost: Money
  /** From or to another book; or the shares themselves became more, or fewer. */
  readonly how: 'moved' | 'split'
}

/** `moved`: it went to another book, and nothing was won or lost by that. */
export type ExitReason = Reason | 'moved'

/** All that one order closed of a trade. */
export type Exit = {
  readonly source: string
  readonly orderId: OrderId | undefined
  readonly reason: ExitReason
  /** Signed, as what was traded. */
  readonly quantity: Quantity
  /** Price × quantity × multiplier, signed as the quantity. */
  readonly value: Money
  /** Before charges. */
  readonly gross: Money
  readonly charges: Money
  /** Of its last fill. */
  readonly at: Instant
}

export type RoundTrip = {
  /** Journal position of the event that opened it. */
  readonly opened: number
  readonly openedAt: Instant
  /** What its leg had realized by then. */
  readonly before: Money
  /** All that ever was opened, signed: a short trade enters negative. */
  readonly entered: Quantity
  /** Signed, as `entered`. */
  readonly entryValue: Money
  readonly entries: readonly OrderId[]
  /** In the order in which they began: the first is number 1. */
  readonly exits: readonly Exit[]
  /** Of all its fills. */
  readonly charges: Money
  /** What is left, and what it has brought, as if nothing had ever been taken back. */
  readonly position: Position
  /**
   * Its leg in the desk's books, in which a fill that is taken back is traded back. The two differ
   * at most in cost and profit, and only until the leg is flat.
   */
  readonly books: Position
  /** Undefined while it is open. */
  readonly end: { readonly at: Instant; readonly reason: ExitReason } | undefined
}

/** Before charges. */
export const grossOf = ({ books, before }: RoundTrip): Money => minus(books.realized, before)

type Parts = { readonly exit: LegFill | undefined; readonly entry: LegFill | undefined }

/**
 * What a fill closes of a position, and what it opens; `exit` is how much of it closes. Its charges
 * are shared out by quantity, and add up.
 */
export function partsOf(fill: LegFill, exit: Quantity): Parts {
  if (exit === 0n) return { exit: undefined, entry: fill }
  if (exit === fill.quantity) return { exit: fill, entry: undefined }
  const charges = share(fill.charges, exit, fill.quantity)
  const left = minus(fill.quantity, exit)
  return {
    exit: { ...fill, quantity: exit, charges },
    entry: { ...fill, quantity: left, charges: minus(fill.charges, charges) },
  }
}

/** How much of a fill closes what is open of the leg's last trade; signed, as the fill. */
export const exitOf = (last: RoundTrip | undefined, { quantity }: LegFill): Quantity =>
  last ? quantityClosed(last.position.quantity, quantity) : NO_QUANTITY

/**
 * The leg's last trade after a fill, or the one that the fill opened; both, where it ended one and
 * opened the other.
 */
export function take(
  last: RoundTrip | undefined,
  fill: LegFill,
  multiplier: bigint,
): readonly [RoundTrip, ...RoundTrip[]] {
  const { exit, entry } = partsOf(fill, exitOf(last, fill))
  const reduced = last && exit && exited(last, exit, multiplier)
  if (!entry) return [reduced!]
  if (reduced) return [reduced, entered(fresh(reduced, entry), entry, multiplier)]
  const open = last && last.end === undefined ? last : fresh(last, entry)
  return [entered(open, entry, multiplier)]
}

/** The same for a quantity that comes or goes without a trade. */
export function carryOver(
  last: RoundTrip | undefined,
  step: Carried,
): readonly [RoundTrip, ...RoundTrip[]] {
  const { quantity, cost, how } = step
  const open = last && last.end === undefined ? last : undefined
  if (!open) return [joined(fresh(last, step), step)]
  const held = open.position.quantity
  const exit = quantityClosed(held, quantity)
  const leaves = absolute(quantity) < absolute(held)
  if (exit === 0n || (how === 'split' && leaves)) return [joined(open, step)]
  const rest = minus(quantity, exit)
  const closes = rest === 0n ? cost : negate(open.books.cost)
  const reduced = left(open, { ...step, quantity: exit, cost: closes })
  if (rest === 0n) return [reduced]
  const opens = { ...step, quantity: rest, cost: minus(cost, closes) }
  return [reduced, joined(fresh(reduced, step), opens)]
}

/** Of a split there is no price: what was paid is now paid for more, or for fewer. */
const joined = (trip: RoundTrip, { quantity, cost }: Carried): RoundTrip => ({
  ...trip,
  entered: plus(trip.entered, quantity),
  entryValue: plus(trip.entryValue, cost),
  position: carriedTo(trip.position, quantity, cost),
  books: carriedTo(trip.books, quantity, cost),
})

/** At its average, so that nothing is won or lost. */
function left(trip: RoundTrip, { seq, at, quantity, cost }: Carried): RoundTrip {
  const value = share(trip.position.cost, quantity, trip.position.quantity)
  const position = carriedTo(trip.position, quantity, value)
  const none = { orderId: undefined, gross: NO_MONEY, charges: NO_MONEY }
  const exit: Exit = { ...none, source: `moved:${seq}`, reason: 'moved', quantity, value, at }
  return {
    ...trip,
    exits: withExit(trip.exits, exit),
    position,
    books: carriedTo(trip.books, quantity, cost),
    end: position.quantity === 0n ? { at, reason: 'moved' } : undefined,
  }
}

/** Counted again without a fill, a leg may have cost something else than what is taken from it. */
const carriedTo = (held: Position, quantity: Quantity, cost: Money): Position =>
  carry(held, quantity, plus(held.quantity, quantity) === 0n ? negate(held.cost) : cost)

function fresh(last: RoundTrip | undefined, { seq, at }: Pick<LegFill, 'seq' | 'at'>): RoundTrip {
  const books = last?.books ?? FLAT
  return {
    opened: seq,
    openedAt: at,
    before: books.realized,
    entered: NO_QUANTITY,
    entryValue: NO_MONEY,
    entries: [],
    exits: [],
    charges: NO_MONEY,
    position: FLAT,
    books,
    end: undefined,
  }
}

function entered(trip: RoundTrip, fill: LegFill, multiplier: bigint): RoundTrip {
  const { quantity, price, orderId } = fill
  const { entries } = trip
  const isListed = orderId === undefined || entries.includes(orderId)
  return {
    ...moved(trip, fill, multiplier),
    entered: plus(trip.entered, quantity),
    entryValue: plus(trip.entryValue, times(price, quantity, multiplier)),
    entries: isListed || entries.length >= LISTED_MAX ? entries : [...entries, orderId],
  }
}

function exited(trip: RoundTrip, fill: LegFill, multiplier: bigint): RoundTrip {
  const { source, orderId, reason, quantity, price, charges, at } = fill
  const after = moved(trip, fill, multiplier)
  const part: Exit = {
    source,
    orderId,
    reason,
    quantity,
    value: times(price, quantity, multiplier),
    gross: minus(after.position.realized, trip.position.realized),
    charges,
    at,
  }
  const end = after.position.quantity === 0n ? { at, reason } : undefined
  return { ...after, exits: withExit(trip.exits, part), end }
}

const moved = (trip: RoundTrip, fill: LegFill, multiplier: bigint): RoundTrip => ({
  ...trip,
  charges: plus(trip.charges, fill.charges),
  position: trade(trip.position, fill.quantity, fill.price, multiplier),
  books: trade(trip.books, fill.quantity, fill.price, multiplier),
})

function withExit(exits: readonly Exit[], part: Exit): readonly Exit[] {
  const at = placeOf(exits, part.source)
  const known = exits[at]
  if (!known) return [...exits, part]
  const { quantity, value, gross, charges } = part
  return exits.with(at, {
    ...known,
    quantity: plus(known.quantity, quantity),
    value: plus(known.value, value),
    gross: plus(known.gross, gross),
    charges: plus(known.charges, charges),
    at: part.at,
  })
}

/** Where what this source closes is counted. */
function placeOf(exits: readonly Exit[], source: string): number {
  const at = exits.findIndex((exit) => exit.source === source)
  return at < 0 && exits.length >= LISTED_MAX ? LISTED_MAX - 1 : at < 0 ? exits.length : at
}

/** Charges that became known, or changed, after the fill itself. */
export function charge(trip: RoundTrip, extra: Money, { exit }: ChargeOf): RoundTrip {
  const charges = plus(trip.charges, extra)
  if (exit === undefined) return { ...trip, charges }
  const at = placeOf(trip.exits, exit)
  const known = trip.exits[at]!
  const exits = trip.exits.with(at, { ...known, charges: plus(known.charges, extra) })
  return { ...trip, charges, exits }
}

/** The source of the exit that they are for; none where it is an entry. */
export type ChargeOf = { readonly exit: string | undefined }
