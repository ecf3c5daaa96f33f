/** Both books side by side: what the broker holds, and what ours come to. */
import type { Account, Leg } from '../account.ts'
import { exposureOf, unexplainedQuantity } from '../account.ts'
import type { Money, Quantity } from '../amount.ts'
import {
  absolute,
  formatQuantity,
  isBeyond,
  minus,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  times,
} from '../amount.ts'
import type { BreakClass } from '../books-event.ts'
import { ruleFor, settledByRule } from '../break-rule.ts'
import type { Event } from '../event.ts'
import type { Book, BrokerPosition } from '../input.ts'
import type { Currency, NetKey } from '../instrument.ts'
import type { Owner } from '../owner.ts'
import { UNEXPLAINED } from '../owner.ts'
import type { Instant } from '../time.ts'
import { gapOf } from './gap.ts'
import { heldThere } from './held-there.ts'

/** What one net comes to: both sides of it. */
export type Net = BrokerPosition & { readonly key: NetKey; readonly ours: Quantity }

export type Nets = {
  /** How many there are that either side holds. */
  readonly total: number
  /** Those in which the two differ, or did: of all others there is nothing to decide. */
  readonly odd: readonly Net[]
}

/**
 * A difference counts once two readings agree on it and nothing of ours moved since the first. It
 * is booked as unexplained, so that the books always come to what the broker holds.
 */
export function comparePositions(account: Account, book: Book, { odd }: Nets): Event[] {
  const events: Event[] = []
  for (const net of odd) {
    const { key, ours, quantity } = net
    if (ours === quantity) events.push(...agreed(account, net))
    else if (isSettled(account, key, book.agreesSince)) {
      const known = minus(quantity, ours) === unexplainedQuantity(account, key)
      if (!known && isFirst(account, book)) events.push(adoption(account, net))
      else
        events.push(...(known ? [] : differing(account, net, book)), ...byRule(account, net, book))
    }
  }
  return events
}

/** The first comparison of all: what the broker holds was there before us. */
const isFirst = ({ compared }: Account, { cycle }: Book): boolean =>
  cycle !== undefined && !compared?.adopted

function agreed(account: Account, net: Net): Event[] {
  const { key, instrument, product } = net
  const open = account.breaks.get(key)
  const back = unexplained(account, net, NO_QUANTITY)
  if (!open) return back
  const how = 'both books show the same quantity again'
  return [...back, { type: 'BreakSettled', instrument, product, how, as: undefined, by: 'book' }]
}

function differing(account: Account, net: Net, book: Book): Event[] {
  const { instrument, product, ours, quantity: theirs } = net
  const gap = gapOf(account, net, book)
  return [
    {
      type: 'BreakFound',
      instrument,
      product,
      ours,
      theirs,
      class: classOf(net, book, gap),
      material: isMaterial(net, book),
      evidence: evidenceOf(net, book, gap),
      cycle: book.cycle ?? 0,
    },
    ...unexplained(account, net, minus(theirs, ours)),
  ]
}

/** What is unexplained by now, where a rule says whose it is. */
function byRule(account: Account, net: Net, { rules }: Book): Event[] {
  const { key, ours, quantity: theirs } = net
  const rule = rules && ruleFor({ ...net, theirs }, rules)
  if (!rule) return []
  const held = account.legs.get(key)?.get(UNEXPLAINED)?.position
  const quantity = minus(theirs, ours)
  const isKnown = held?.quantity === quantity
  const cost = isKnown ? held.cost : costOf(net, quantity)
  return settledByRule(account, { ...net, theirs }, { ...rule, quantity, cost })
}

/** The unexplained book of a net is to come to `target`. */
function unexplained(account: Account, net: Net, target: Quantity): Event[] {
  const { key, instrument, product } = net
  const held = account.legs.get(key)?.get(UNEXPLAINED)?.position
  const quantity = minus(target, held?.quantity ?? NO_QUANTITY)
  if (quantity === 0n) return []
  const cost = minus(costOf(net, target), held?.cost ?? NO_MONEY)
  const of = { instrument, product, ...termsOf(account, net), quantity, cost }
  return [{ type: 'LegAdjusted', ...of, owner: UNEXPLAINED, why: 'the broker holds it' }]
}

function adoption(account: Account, net: Net): Event {
  const { instrument, product, ours } = net
  const quantity = minus(net.quantity, ours)
  const of = { instrument, product, ...termsOf(account, net), quantity }
  return { type: 'HoldingsAdopted', ...of, cost: costOf(net, quantity) }
}

/** By the broker's own average, where it tells one; otherwise what it cost is not known. */
const costOf = ({ average, multiplier = 1n }: Net, size: Quantity): Money =>
  average === undefined ? NO_MONEY : times(average, size, multiplier)

function termsOf(
  account: Account,
  { key, currency, multiplier }: Net,
): { readonly currency: Currency; readonly multiplier: bigint } {
  const [leg] = account.legs.get(key)?.values() ?? []
  const [own] = account.cash.keys()
  return {
    currency: currency ?? leg?.currency ?? own ?? ('INR' as Currency),
    multiplier: multiplier ?? leg?.multiplier ?? 1n,
  }
}

/**
 * Every net that either side holds; one the broker does not list is flat there. Over the years most
 * legs are flat here too. Undefined where the reading proves nothing of positions.
 */
export function netsOf(account: Account, book: Book): Nets | undefined {
  const { positions, holdings } = book
  const isProven =
    positions.ok && positions.proven && (!holdings || (holdings.ok && holdings.proven))
  const theirs = isProven ? heldThere(book) : undefined
  if (!theirs) return undefined
  const odd: Net[] = []
  /** Legs that hold something, and breaks, of the nets they list; there may be others. */
  let [held, breaks] = [0, 0]
  for (const [key, row] of theirs) {
    const { ours, holding, isClean } = sumsOf(account.legs.get(key))
    held += holding
    const isBroken = account.breaks.has(key)
    if (isBroken) breaks++
    if (!isClean || isBroken || ours !== row.quantity) odd.push(netOf(row, key, ours))
  }
  const total = theirs.size
  if (held === account.held && breaks === account.breaks.size) return { total, odd }
  const missing = missingThere(account, theirs)
  return { total: total + missing.length, odd: [...odd, ...missing] }
}

/** Field by field: spreading a row costs more than comparing it. */
const netOf = (row: BrokerPosition, key: NetKey, ours: Quantity): Net => ({
  instrument: row.instrument,
  product: row.product,
  quantity: row.quantity,
  average: row.average,
  currency: row.currency,
  multiplier: row.multiplier,
  key,
  ours,
})

/** What we hold, or have a break in, and they do not list. */
function missingThere(account: Account, theirs: ReadonlyMap<NetKey, unknown>): Net[] {
  const missing: Net[] = []
  for (const [key, owners] of account.legs) {
    const [leg] = owners.values()
    if (theirs.has(key) || !leg) continue
    const { ours, isClean } = sumsOf(owners)
    if (isClean && ours === 0n && !account.breaks.has(key)) continue
    const { instrument, product } = leg
    missing.push(netOf({ instrument, product, quantity: NO_QUANTITY }, key, ours))
  }
  return missing
}

type Sums = {
  /** Without what is unexplained. */
  readonly ours: Quantity
  /** How many legs hold something. */
  readonly holding: number
  /** Nothing of it is unexplained. */
  readonly isClean: boolean
}
const NOTHING: Sums = { ours: NO_QUANTITY, holding: 0, isClean: true }

function sumsOf(owners: ReadonlyMap<Owner, Leg> | undefined): Sums {
  if (!owners) return NOTHING
  let ours = NO_QUANTITY
  let holding = 0
  let isClean = true
  for (const { owner, position } of owners.values()) {
    const { quantity } = position
    if (quantity === 0n) continue
    holding++
    if (owner === UNEXPLAINED) isClean = false
    else ours = ours === 0n ? quantity : plus(ours, quantity)
  }
  return { ours, holding, isClean }
}

export function isSettled(
  account: Account,
  key: NetKey,
  agreesSince: Instant | undefined,
): boolean {
  return agreesSince !== undefined && exposureOf(account, key).touchedAt < agreesSince
}

/** New shares for old, as exchanges write them: so many after for so many before. */
const RATIOS: readonly (readonly [after: bigint, before: bigint])[] = [
  [2n, 1n],
  [3n, 1n],
  [4n, 1n],
  [5n, 1n],
  [10n, 1n],
  [3n, 2n],
  [4n, 3n],
  [5n, 4n],
  [6n, 5n],
  [11n, 10n],
  [1n, 2n],
  [1n, 5n],
  [1n, 10n],
]

/** The ratio of a split or bonus that would explain it; a trade of the day speaks against one. */
function ratioOf(
  {
    ours,
    quantity,
    instrument,
    product,
  }: Pick<Net, 'ours' | 'quantity' | 'instrument' | 'product'>,
  { trades }: Pick<Book, 'trades'>,
): readonly [bigint, bigint] | undefined {
  if (product === 'MIS' || ours <= 0n || !trades.ok) return undefined
  if (trades.rows.some((trade) => trade.instrument === instrument)) return undefined
  return ratioFor(ours, quantity)
}

export const ratioFor = (ours: Quantity, theirs: Quantity): readonly [bigint, bigint] | undefined =>
  RATIOS.find(([after, before]) => theirs * before === ours * after)

function classOf(net: Net, book: Book, gap: string | undefined): BreakClass {
  const { ours, quantity } = net
  if (ratioOf(net, book)) return 'corporate_action'
  if (gap !== undefined) return 'gap'
  if (quantity === 0n) return 'missing_at_broker'
  const isSameSide = ours !== 0n && ours > 0n === quantity > 0n
  return isSameSide && absolute(quantity) < absolute(ours) ? 'partial' : 'missing_here'
}

/** Beyond what the account tolerates, as a fraction of what we hold. */
function isMaterial({ ours, quantity }: Net, { tolerance }: Book): boolean {
  if (tolerance === undefined || ours === 0n || quantity === 0n) return true
  return isBeyond(absolute(minus(quantity, ours)), absolute(ours), tolerance)
}

function evidenceOf(net: Net, book: Book, gap: string | undefined): string {
  const { ours, quantity } = net
  const ratio = ratioOf(net, book)
  if (ratio) return `${ratio[0]} for ${ratio[1]}, and no trade of the day: a split or bonus`
  const more = formatQuantity(absolute(minus(quantity, ours)))
  const which = quantity > ours ? `${more} more` : `${more} fewer`
  const also = gap === undefined ? '' : `; ${gap}`
  return `two readings agree on ${which}, and no trade of the day explains it${also}`
}
