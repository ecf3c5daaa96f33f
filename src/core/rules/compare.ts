/** Both books side by side: what the broker holds, and what ours come to. */
import type { Account } from '../account.ts'
import { explainedQuantity, exposureOf, unexplainedQuantity } from '../account.ts'
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
import type { Event } from '../event.ts'
import type { Book, BrokerPosition } from '../input.ts'
import type { Currency, NetKey } from '../instrument.ts'
import { netKey } from '../instrument.ts'
import { UNEXPLAINED } from '../owner.ts'
import type { Instant } from '../time.ts'
import { later, MINUTE } from '../time.ts'

/** A reading that found nothing new is journaled this often all the same. */
const NOTED_MS: number = MINUTE

/** What one net comes to: both sides of it. */
type Net = BrokerPosition & { readonly key: NetKey; readonly ours: Quantity }

/**
 * A difference counts once two readings agree on it and nothing of ours moved since the first. It
 * is booked as unexplained, so that the books always come to what the broker holds.
 */
export function comparePositions(account: Account, book: Book): Event[] {
  const { agreesSince } = book
  const nets = netsOf(account, book)
  if (!nets) return []
  const events = nets.flatMap((net): Event[] => {
    const { key, ours, quantity } = net
    if (ours === quantity) return agreed(account, net)
    if (!isSettled(account, key, agreesSince)) return []
    const known = minus(quantity, ours) === unexplainedQuantity(account, key)
    if (known) return []
    return isFirst(account, book) ? [adoption(account, net)] : differing(account, net, book)
  })
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
  const kind = classOf(net, book)
  return [
    {
      type: 'BreakFound',
      instrument,
      product,
      ours,
      theirs,
      class: kind,
      material: isMaterial(net, book),
      evidence: evidenceOf(net, book),
      cycle: book.cycle ?? 0,
    },
    ...unexplained(account, net, minus(theirs, ours)),
  ]
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
function netsOf(account: Account, book: Book): Net[] | undefined {
  const { positions, holdings } = book
  const isProven =
    positions.ok && positions.proven && (!holdings || (holdings.ok && holdings.proven))
  const theirs = isProven ? heldThere(book) : undefined
  if (!theirs) return undefined
  for (const [key, owners] of account.legs) {
    const [leg] = owners.values()
    if (theirs.has(key) || !leg) continue
    const isFlat =
      explainedQuantity(account, key) === 0n && unexplainedQuantity(account, key) === 0n
    if (isFlat && !account.breaks.has(key)) continue
    const { instrument, product } = leg
    theirs.set(key, { instrument, product, quantity: NO_QUANTITY })
  }
  return [...theirs].map(([key, row]) => ({ ...row, key, ours: explainedQuantity(account, key) }))
}

/** Positions and holdings together, by net; undefined where either could not be read. */
export function heldThere({
  positions,
  holdings,
}: Pick<Book, 'positions' | 'holdings'>): Map<NetKey, BrokerPosition> | undefined {
  if (!positions.ok || holdings?.ok === false) return undefined
  const theirs = new Map<NetKey, BrokerPosition>()
  for (const row of [...positions.rows, ...(holdings?.rows ?? [])]) {
    const key = netKey(row.instrument, row.product)
    const known = theirs.get(key)
    theirs.set(key, known ? { ...row, ...merged(known, row) } : row)
  }
  return theirs
}

/** What is in delivery and what was traded since: a holding that is being sold shows as both. */
function merged(
  a: BrokerPosition,
  b: BrokerPosition,
): Pick<BrokerPosition, 'quantity' | 'average'> {
  const average = a.quantity === 0n ? b.average : a.average
  return { quantity: plus(a.quantity, b.quantity), average }
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

function classOf(net: Net, book: Book): BreakClass {
  const { ours, quantity } = net
  if (ratioOf(net, book)) return 'corporate_action'
  if (quantity === 0n) return 'missing_at_broker'
  const isSameSide = ours !== 0n && ours > 0n === quantity > 0n
  return isSameSide && absolute(quantity) < absolute(ours) ? 'partial' : 'missing_here'
}

/** Beyond what the account tolerates, as a fraction of what we hold. */
function isMaterial({ ours, quantity }: Net, { tolerance }: Book): boolean {
  if (tolerance === undefined || ours === 0n || quantity === 0n) return true
  return isBeyond(absolute(minus(quantity, ours)), absolute(ours), tolerance)
}

function evidenceOf(net: Net, book: Book): string {
  const { ours, quantity } = net
  const ratio = ratioOf(net, book)
  if (ratio) return `${ratio[0]} for ${ratio[1]}, and no trade of the day: a split or bonus`
  const more = formatQuantity(absolute(minus(quantity, ours)))
  const which = quantity > ours ? `${more} more` : `${more} fewer`
  return `two readings agree on ${which}, and no trade of the day explains it`
}

/** The counts of this reading, where they are news or have not been journaled for a minute. */
export function noted(account: Account, book: Book, before: readonly Event[]): Event[] {
  const { cycle, askedAt } = book
  if (cycle === undefined) return []
  const parts = { orders: book.orders, trades: book.trades, positions: book.positions }
  const all = { ...parts, ...(book.holdings && { holdings: book.holdings }), funds: book.funds }
  const failed = Object.entries(all).flatMap(([name, part]) => (part.ok ? [] : [name]))
  const nets = netsOf(account, book) ?? []
  const differs = nets.filter(({ key }) => opensAfter(account, key, before)).length
  const counts = {
    matched: nets.length - differs,
    total: nets.length,
    unknown: account.unknown.size,
    failed: failed.join(','),
  }
  const { compared } = account
  const proven = book.agreesSince !== undefined && netsOf(account, book) !== undefined
  const isNew = !compared || (proven && !compared.adopted) || before.some(isNews)
  if (!isNew && isSameCounts(compared, counts) && askedAt < later(compared.at, NOTED_MS)) return []
  return [{ type: 'BookCompared', cycle, ...counts, proven }]
}

/** Whether the net has an open break once `before` has happened. */
function opensAfter(account: Account, key: NetKey, before: readonly Event[]): boolean {
  let open = account.breaks.has(key)
  for (const event of before) {
    const { type } = event
    if (type !== 'BreakFound' && type !== 'BreakSettled') continue
    if (netKey(event.instrument, event.product) === key) open = type === 'BreakFound'
  }
  return open
}

const NEWS: ReadonlySet<Event['type']> = new Set([
  'BreakFound',
  'BreakSettled',
  'HoldingsAdopted',
  'ManualTradeSeen',
])
const isNews = ({ type }: Event): boolean => NEWS.has(type)

type Counts = { readonly matched: number; readonly total: number; readonly failed: string }

const isSameCounts = (a: Counts, b: Counts): boolean =>
  a.matched === b.matched && a.total === b.total && a.failed === b.failed
