import type { Account } from '../account.ts'
import { explainedQuantity } from '../account.ts'
import { tradeKey } from '../trade-key.ts'
import type { Quantity } from '../amount.ts'
import { absolute, minus, NO_QUANTITY, plus } from '../amount.ts'
import type { Event } from '../event.ts'
import type { Book, BrokerOrder, BrokerTrade } from '../input.ts'
import { MATCHING } from '../input.ts'
import { exchangeOf, netKey, symbolOf } from '../instrument.ts'
import type { BrokerOrderId, Order, OrderId } from '../order.ts'
import { isUnconfirmed } from '../order.ts'
import { tagOf, tagStart } from '../tag.ts'
import type { Instant } from '../time.ts'
import { elapsed, later } from '../time.ts'
import { anomaly } from './anomaly.ts'
import { comparePositions, isSettled, netsOf } from './compare.ts'
import { isWhole, noted } from './note.ts'
import { tradesByHand } from './own.ts'
import { orderOfTrade, oursOf, sighted } from './report.ts'

/** After these our positions and cash are ahead of what the reading shows. */
const MOVES: ReadonlySet<Event['type']> = new Set(['OrderFilled', 'FillBusted', 'ManualTradeSeen'])
/** Good reads of the book that must have missed an order before it is given up. */
const LOOKS_MIN = 3
/** Clocks differ: an order is not older than this before we sent it, by the broker's clock. */
const CLOCK_SLACK_MS = 5_000

/** Brings our books into line with the broker's: what they have and we lack becomes events. */
export function readBook(account: Account, book: Book): Event[] {
  const rows = book.orders.ok ? book.orders.rows : []
  const trades = tradesByOrder(book)
  const claimed = new Map<OrderId, BrokerOrderId>()
  const events: Event[] = []
  const lost: BrokerOrder[] = []
  const byHand: BrokerTrade[] = []
  /** A row says more was traded than the list of trades shows: positions will be ahead of us. */
  let isBehind = !book.orders.ok || !book.trades.ok
  for (const row of new Map(rows.map((each) => [each.brokerOrderId, each])).values()) {
    const own = trades.get(row.brokerOrderId) ?? []
    trades.delete(row.brokerOrderId)
    const known = oursOf(account, row)
    const order = known ?? fingerprinted(account, book, row)
    if (order && !claimed.has(order.id)) {
      claimed.set(order.id, row.brokerOrderId)
      const by = known ? 'tag' : 'fingerprint'
      events.push(...sighted(account, order, { row, trades: own, by, looked: book }))
      isBehind ||= absolute(row.filled) > absolute(order.filled)
    } else if (order) {
      const what = `the broker has it as ${claimed.get(order.id)} and as ${row.brokerOrderId}`
      events.push(...anomaly(account, `double ${order.id}`, what))
    } else if (isLost(account, row)) {
      lost.push(row)
      byHand.push(...own)
    } else if (!eraOf(account, row)) {
      byHand.push(...own)
      isBehind ||= absolute(row.filled) > absolute(sumOf(own))
    } // else it left memory at a day's end, fully counted
  }
  if (lost.length > 0) events.unshift(...foundLost(account, lost, book))
  events.push(...withoutRow(account, book, { trades, claimed }))
  events.push(...missing(account, book, claimed))
  events.push(...tradesByHand(account, byHand, events, book.matching ?? MATCHING))
  const moved = events.some(({ type }) => MOVES.has(type))
  const isFirm = !moved && !isBehind
  const isNoted = isFirm || !isWhole(book)
  const nets = isNoted ? netsOf(account, book) : undefined
  if (isFirm && nets) events.push(...comparePositions(account, book, nets))
  events.push(...compareFunds(account, book, isFirm))
  if (isNoted) events.push(...noted(account, book, { nets, before: events, isFirm }))
  return events
}

function tradesByOrder({ trades }: Book): Map<BrokerOrderId, BrokerTrade[]> {
  const byOrder = new Map<BrokerOrderId, BrokerTrade[]>()
  // A list may show a trade and, beside it, that it was taken back.
  const seen = new Set<string>()
  for (const trade of trades.ok ? trades.rows : []) {
    const key = tradeKey(exchangeOf(trade.instrument), trade.date, trade.tradeId, trade.quantity)
    const name = trade.busted ? `${key} bust` : key
    if (seen.has(name)) continue
    seen.add(name)
    const known = byOrder.get(trade.brokerOrderId)
    if (known) known.push(trade)
    else byOrder.set(trade.brokerOrderId, [trade])
  }
  return byOrder
}

/** Trades whose order the book did not show: ours if we know it by name, else for a later read. */
function withoutRow(account: Account, book: Book, rest: Rest): Event[] {
  return [...rest.trades].flatMap(([brokerOrderId, trades]) => {
    const order = orderOfTrade(account, trades[0]!)
    if (!order) return []
    rest.claimed.set(order.id, brokerOrderId) // nobody can say that the book lacks it
    return sighted(account, order, { row: undefined, trades, by: 'tag', looked: book })
  })
}

type Rest = {
  readonly trades: ReadonlyMap<BrokerOrderId, readonly BrokerTrade[]>
  readonly claimed: Map<OrderId, BrokerOrderId>
}

const sumOf = (trades: readonly BrokerTrade[]): Quantity =>
  trades.reduce((sum, { quantity }) => plus(sum, quantity), NO_QUANTITY)

/** The epoch in which this account gave out the tag it carries, and how far it counted in it. */
function eraOf(account: Account, { tag }: BrokerOrder): Account['former'] {
  const { epoch, number, lastPlaced, former } = account
  const eras = epoch === undefined ? [] : [{ epoch, lastPlaced }, ...(former ? [former] : [])]
  return tag && eras.find((era) => tag.startsWith(tagStart(era.epoch, number)))
}

/**
 * Ours by its tag, which we never gave out, or gave to another order: the journal was put back from
 * an older copy.
 */
function isLost(account: Account, row: BrokerOrder): boolean {
  const era = eraOf(account, row)
  if (!era) return false
  const isAnother = account.byTag.has(row.tag!)
  return isAnother || row.tag! > tagOf(era.epoch, account.number, era.lastPlaced)
}

/** Told once an epoch. Tags that the lost days may have used are never given out again. */
function foundLost(account: Account, lost: readonly BrokerOrder[], { spareEpoch }: Book): Event[] {
  const eras = new Set(lost.map((row) => eraOf(account, row)!.epoch))
  const names = lost.map(({ brokerOrderId, instrument, status }) => {
    return `${brokerOrderId} ${symbolOf(instrument)} ${status}`
  })
  const shown = names.length > NAMED_MAX ? [...names.slice(0, NAMED_MAX), '…'] : names
  const what = `the broker has orders under our tag that our journal lacks: ${shown.join(', ')}`
  return [
    ...(eras.has(account.epoch!) ? [{ type: 'EpochStarted', epoch: spareEpoch } as const] : []),
    ...[...eras].flatMap((epoch) => anomaly(account, `lost in ${epoch}`, what)),
  ]
}

const NAMED_MAX = 20

/**
 * Where a broker can lose our tag: a row without one is an unknown order of ours if the two fit
 * each other and nothing else fits either of them.
 */
function fingerprinted(account: Account, book: Book, row: BrokerOrder): Order | undefined {
  if (!book.tagsMayBeLost || row.tag || !book.orders.ok) return undefined
  const orders = [...account.unknown].map((id) => account.orders.get(id)!)
  const fitting = orders.filter((order) => fits(order, row, book))
  const [order] = fitting
  if (!order || fitting.length > 1) return undefined
  const rivals = book.orders.rows.filter((other) => !other.tag && fits(order, other, book))
  return rivals.length === 1 ? order : undefined
}

function fits(order: Order, row: BrokerOrder, { lapseAfterMs }: Book): boolean {
  const { terms, doubt } = order
  if (row.instrument !== terms.instrument || row.quantity !== terms.quantity) return false
  if (!doubt || !isUnconfirmed(order)) return false
  const isOlder = elapsed(earliestOf(order), row.placedAt) < -CLOCK_SLACK_MS
  return !isOlder && elapsed(doubt.since, row.placedAt) <= lapseAfterMs
}

/** Before this it was not sent. */
const earliestOf = ({ sentAt, placedAt }: Order): Instant => sentAt ?? placedAt

/** Orders that a good and complete list of orders, asked after they were sent, lacks. */
function missing(account: Account, book: Book, found: ReadonlyMap<OrderId, unknown>): Event[] {
  if (!book.orders.ok || !book.orders.proven) return []
  const events: Event[] = []
  for (const id of account.unknown) {
    if (!found.has(id)) events.push(...lookedFor(account, book, account.orders.get(id)!))
  }
  if (account.working > account.unknown.size + found.size)
    events.push(...gone(account, book, found))
  return events
}

/** Absence is weak evidence: it takes several looks, well apart, over the broker's whole bound. */
function lookedFor(account: Account, book: Book, order: Order): Event[] {
  const { id: orderId, doubt } = order
  const { askedAt, lapseAfterMs, reportsKeptMs } = book
  if (!doubt || askedAt <= doubt.since) return []
  if (elapsed(lastKnown(order), askedAt) > reportsKeptMs) return tooOld(account, book, order)
  if (!isUnconfirmed(order)) return [] // the broker had it: its book should show it
  const apart = lapseAfterMs / (LOOKS_MIN + 1)
  if (doubt.lastLookAt !== undefined && askedAt < later(doubt.lastLookAt, apart)) return []
  const notFound: Event = { type: 'OrderNotFound', orderId, askedAt }
  const isOver = doubt.looks + 1 >= LOOKS_MIN && elapsed(doubt.since, askedAt) >= lapseAfterMs
  return isOver ? [notFound, lapsed(orderId)] : [notFound]
}

const lapsed = (orderId: OrderId): Event => ({
  type: 'OrderLapsed',
  orderId,
  by: undefined,
  reason: undefined,
})

/** From here on it may have ended without our knowing. */
const lastKnown = (order: Order): Instant =>
  order.history.findLast(({ status }) => status === 'open')?.at ?? earliestOf(order)

/** Orders that the broker had, last seen longer ago than its books go back. */
function gone(account: Account, book: Book, found: ReadonlyMap<OrderId, unknown>): Event[] {
  const events: Event[] = []
  for (const order of account.orders.values()) {
    if (order.status !== 'open' || found.has(order.id)) continue
    if (elapsed(order.updatedAt, book.askedAt) <= book.reportsKeptMs) continue
    events.push(...tooOld(account, book, order))
  }
  return events
}

/**
 * The broker's books no longer go back to this order, so that it is not in them proves nothing.
 * Positions that agree prove that it has not traded since; otherwise only a person can tell.
 */
function tooOld(account: Account, { positions }: Book, order: Order): Event[] {
  const { id, net } = order
  const reason = 'the broker’s books no longer go back to it'
  if (positions.ok && positions.proven) {
    const row = positions.rows.find((each) => netKey(each.instrument, each.product) === net)
    if ((row?.quantity ?? NO_QUANTITY) === explainedQuantity(account, net)) {
      if (isUnconfirmed(order)) return [lapsed(id)]
      return [{ type: 'OrderExpired', orderId: id, why: 'broker', reason }]
    }
  }
  return anomaly(account, `too old ${id}`, `${reason}, and the positions differ`)
}

/** `isFirm`: all that was traded is in both books, so a difference is one of cash alone. */
function compareFunds(account: Account, { funds, agreesSince }: Book, isFirm: boolean): Event[] {
  if (!funds.ok) return []
  return funds.rows.flatMap(({ currency, cash }): Event[] => {
    const ours = account.cash.get(currency)
    if (ours === cash) return []
    if (ours === undefined) {
      return [{ type: 'CashMoved', currency, amount: cash, reason: 'opening' }]
    }
    if (!isFirm) return []
    const quiet = [...account.legs.keys()].every((key) => isSettled(account, key, agreesSince))
    if (!quiet || agreesSince === undefined) return []
    return [{ type: 'CashMoved', currency, amount: minus(cash, ours), reason: 'broker' }]
  })
}
