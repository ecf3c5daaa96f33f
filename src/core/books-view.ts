/** Whose shares are whose, and where the books differ, as people and programs read it. */
import type { Account, Break, Tracking } from './account.ts'
import { explainedQuantity } from './account.ts'
import type { Money, Quantity } from './amount.ts'
import { absolute, formatMoney, formatQuantity, minus, NO_QUANTITY, plus } from './amount.ts'
import type { Event } from './event.ts'
import { exchangeOf, netKey, PRODUCTS, symbolOf } from './instrument.ts'
import type { Owner } from './owner.ts'
import { isTraded } from './owner.ts'
import type { Instant } from './time.ts'
import { elapsed, SECOND } from './time.ts'
import { utc } from './view.ts'

export type BreakView = {
  /** `paper/NSE:INFY/CNC`. */
  readonly id: string
  readonly account: string
  readonly symbol: string
  readonly exchange: string
  readonly product: string
  readonly class: Break['class']
  readonly ours: string
  readonly theirs: string
  /** Theirs less ours: what stands in the unexplained book. */
  readonly difference: string
  /** Automatic orders in the symbol wait. */
  readonly locks: boolean
  readonly evidence: string
  readonly since: string
  readonly ageSeconds: number
  /** Readings of the broker's book that have shown it. */
  readonly cyclesSeen: number
}

export function breakView(account: Account, each: Break, now: Instant): BreakView {
  const { instrument, product, ours, theirs, material, evidence, since, firstCycle } = each
  const cycle = account.compared?.cycle ?? firstCycle
  return {
    id: `${account.id}/${instrument}/${product}`,
    account: account.id,
    symbol: symbolOf(instrument),
    exchange: exchangeOf(instrument),
    product,
    class: each.class,
    ours: formatQuantity(ours),
    theirs: formatQuantity(theirs),
    difference: formatQuantity(minus(theirs, ours)),
    locks: material,
    evidence,
    since: utc(since),
    ageSeconds: Math.max(0, Math.floor(elapsed(since, now) / SECOND)),
    cyclesSeen: Math.max(1, cycle - firstCycle + 1),
  }
}

/** A rule for breaks, and which of the open ones it settles. */
export type RuleView = {
  readonly name: string
  readonly as: string
  readonly settles: readonly BreakView[]
}

export type TrackingView = {
  readonly account: string
  readonly symbol: string
  readonly exchange: string
  readonly status: 'active'
  /** What strategies and people trade. */
  readonly tracked: string
  /** What others held when tracking began, and what they had paid for it. */
  readonly preexisting: { readonly quantity: string; readonly cost: string }
  /** What the broker should show: all books together. */
  readonly expected: string
  readonly books: readonly BookView[]
  readonly since: string
  /** Its first execution. */
  readonly confirmedAt: string | null
  readonly orders: readonly { readonly orderId: string; readonly relation: string }[]
}

export type BookView = {
  readonly owner: string
  readonly product: string
  readonly quantity: string
  readonly cost: string
}

export function trackingView(account: Account, tracking: Tracking): TrackingView {
  const { instrument, since, confirmedAt, preexisting, preexistingCost, orders } = tracking
  const legs = PRODUCTS.flatMap((product) => [
    ...(account.legs.get(netKey(instrument, product))?.values() ?? []),
  ]).filter(({ position }) => position.quantity !== 0n)
  const sum = (of: (owner: Owner) => boolean): Quantity =>
    legs.reduce(
      (all, { owner, position }) => (of(owner) ? plus(all, position.quantity) : all),
      NO_QUANTITY,
    )
  return {
    account: account.id,
    symbol: symbolOf(instrument),
    exchange: exchangeOf(instrument),
    status: 'active',
    tracked: formatQuantity(sum(isTraded)),
    preexisting: {
      quantity: formatQuantity(preexisting),
      cost: formatMoney(preexistingCost),
    },
    expected: formatQuantity(sum(() => true)),
    books: legs.map(({ owner, product, position }) => ({
      owner,
      product,
      quantity: formatQuantity(position.quantity),
      cost: formatMoney(position.cost),
    })),
    since: utc(since),
    confirmedAt: confirmedAt === undefined ? null : utc(confirmedAt),
    orders: orders.map((orderId) => {
      const order = account.orders.get(orderId)
      return { orderId, relation: order?.intent ?? 'left' }
    }),
  }
}

/** What one reading found, in the words of the order manager that Tallyman replaces. */
export type RunView = {
  readonly account: string
  readonly readAt: string
  readonly matched: number
  readonly manualBuysDetected: number
  readonly manualSellsDetected: number
  readonly partialCloses: number
  readonly closedSymbols: readonly string[]
  readonly updatedSymbols: readonly string[]
  readonly corporateActions: number
  readonly breaksOpened: number
  readonly unknownOrders: number
  readonly readsFailed: number
  readonly differences: readonly {
    readonly symbol: string
    readonly product: string
    readonly expected: string
    readonly broker: string
    readonly difference: string
    readonly explanation: string
    /** Explained by a trade by hand, or an open break. */
    readonly status: 'explained' | 'open'
  }[]
}

type Run = {
  readonly readAt: Instant
  readonly events: readonly Event[]
  readonly readsFailed: number
}

export function runView(account: Account, { readAt, events, readsFailed }: Run): RunView {
  const manual = events.filter((event) => event.type === 'ManualTradeSeen')
  const found = events.filter((event) => event.type === 'BreakFound')
  const trades = new Map(manual.map((event) => [`${event.date} ${event.tradeId}`, event]))
  const isSale = ({ whole }: { readonly whole: bigint }): boolean => whole < 0n
  const touched = [...new Set(manual.map(({ instrument }) => instrument))]
  const isClosed = (instrument: (typeof touched)[number]): boolean =>
    PRODUCTS.every((product) => explainedQuantity(account, netKey(instrument, product)) === 0n)
  const closed = touched.filter(isClosed)
  const sold = [...trades.values()].filter(isSale)
  const partial = new Set(sold.map(({ instrument }) => instrument).filter((id) => !isClosed(id)))
  const differences = [...account.breaks.values()].map((each) => ({
    symbol: symbolOf(each.instrument),
    product: each.product,
    expected: formatQuantity(each.ours),
    broker: formatQuantity(each.theirs),
    difference: formatQuantity(minus(each.theirs, each.ours)),
    explanation: each.evidence,
    status: 'open' as const,
  }))
  return {
    account: account.id,
    readAt: utc(readAt),
    matched: account.compared?.matched ?? 0,
    manualBuysDetected: trades.size - sold.length,
    manualSellsDetected: sold.length,
    partialCloses: partial.size,
    closedSymbols: closed.map(symbolOf),
    updatedSymbols: touched.filter((id) => !isClosed(id)).map(symbolOf),
    corporateActions: found.filter((event) => event.class === 'corporate_action').length,
    breaksOpened: found.length,
    unknownOrders: account.unknown.size,
    readsFailed,
    differences: [...manual.map(tradeLine), ...differences],
  }
}

function tradeLine(event: Extract<Event, { readonly type: 'ManualTradeSeen' }>) {
  const { instrument, product, tracked, quantity, owner, whole, brokerOrderId, tradedAt } = event
  const verb = whole < 0n ? 'sold' : 'bought'
  const size = formatQuantity(absolute(whole))
  const moment = utc(tradedAt)
  const where = `order ${brokerOrderId}, placed elsewhere`
  return {
    symbol: symbolOf(instrument),
    product,
    expected: formatQuantity(tracked),
    broker: formatQuantity(isTraded(owner) ? plus(tracked, quantity) : tracked),
    difference: formatQuantity(quantity),
    explanation: `${verb} ${size} at ${moment}, ${where}; in the book of ${owner}`,
    status: 'explained' as const,
  }
}

/** What a settlement would do to each book, before anybody decides. */
export type SettlingView = {
  readonly account: string
  readonly symbol: string
  readonly as: string
  readonly denial: string | null
  readonly books: readonly {
    readonly owner: string
    readonly product: string
    readonly before: string
    readonly after: string
    readonly cost: string
  }[]
}

export function settlingView(
  account: Account,
  asked: { readonly symbol: string; readonly as: string },
  events: readonly Event[],
): SettlingView {
  const denied = events.find((event) => event.type === 'SettlingDenied')
  const books = new Map<string, { owner: Owner; product: string; moved: Quantity; cost: Money }>()
  const add = (owner: Owner, product: string, moved: Quantity, cost: Money): void => {
    const key = `${owner} ${product}`
    const known = books.get(key) ?? { owner, product, moved: NO_QUANTITY, cost: 0n as Money }
    const sums = { moved: plus(known.moved, moved), cost: plus(known.cost, cost) }
    books.set(key, { owner, product, ...sums })
  }
  let net: ReturnType<typeof netKey> | undefined
  for (const event of events) {
    if (event.type === 'LegMoved') {
      const { owner, product, toOwner, toProduct, quantity, cost, carried, instrument } = event
      net = netKey(instrument, product)
      add(owner, product, minus(NO_QUANTITY, quantity), minus(0n as Money, cost))
      add(toOwner, toProduct, quantity, carried)
    } else if (event.type === 'LegAdjusted') {
      net = netKey(event.instrument, event.product)
      add(event.owner, event.product, event.quantity, event.cost)
    }
  }
  const heldBy = (owner: Owner): Quantity =>
    (net && account.legs.get(net)?.get(owner)?.position.quantity) ?? NO_QUANTITY
  return {
    account: account.id,
    ...asked,
    denial: denied ? `${denied.code} ${denied.context}` : null,
    books: [...books.values()].map(({ owner, product, moved, cost }) => ({
      owner,
      product,
      before: formatQuantity(heldBy(owner)),
      after: formatQuantity(plus(heldBy(owner), moved)),
      cost: formatMoney(cost),
    })),
  }
}
