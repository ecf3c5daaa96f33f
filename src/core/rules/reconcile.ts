import type { NetKey } from '../instrument.ts'
import type { Account } from '../account.ts'
import { exposureOf, netQuantity, tradeKey } from '../account.ts'
import { netKey } from '../instrument.ts'
import { minus, NO_QUANTITY } from '../amount.ts'
import type { Event } from '../event.ts'
import type { Book, BrokerOrder, BrokerPosition, BrokerTrade } from '../input.ts'
import { exchangeOf } from '../instrument.ts'
import type { BrokerOrderId, Order, OrderId } from '../order.ts'
import { isUnconfirmed } from '../order.ts'
import { tagStart } from '../tag.ts'
import type { Instant } from '../time.ts'
import { elapsed, later } from '../time.ts'
import { anomaly, oursOf, sighted } from './report.ts'

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
  for (const row of new Map(rows.map((each) => [each.brokerOrderId, each])).values()) {
    const own = trades.get(row.brokerOrderId) ?? []
    trades.delete(row.brokerOrderId)
    const known = oursOf(account, row)
    const order = known ?? fingerprinted(account, book, row)
    if (order && !claimed.has(order.id)) {
      claimed.set(order.id, row.brokerOrderId)
      const by = known ? 'tag' : 'fingerprint'
      events.push(...sighted(account, order, { row, trades: own, by }))
    } else if (order) {
      const what = `the broker has it as ${claimed.get(order.id)} and as ${row.brokerOrderId}`
      events.push(...anomaly(account, `double ${order.id}`, what))
    } else if (!isOurs(account, row)) {
      events.push(...own.flatMap((trade) => byHand(account, trade)))
    } // else it left memory at a day's end, fully counted
  }
  events.push(...withoutRow(account, trades), ...missing(account, book, claimed))
  const moved = events.some(({ type }) => type === 'OrderFilled' || type === 'ManualTradeSeen')
  if (!moved) events.push(...comparePositions(account, book), ...compareFunds(account, book))
  return events
}

function tradesByOrder({ trades }: Book): Map<BrokerOrderId, BrokerTrade[]> {
  const byOrder = new Map<BrokerOrderId, BrokerTrade[]>()
  for (const trade of trades.ok ? trades.rows : []) {
    const known = byOrder.get(trade.brokerOrderId)
    if (known) known.push(trade)
    else byOrder.set(trade.brokerOrderId, [trade])
  }
  return byOrder
}

/** Trades whose order the book did not show: ours if we know it by name, else for a later read. */
function withoutRow(account: Account, rest: Map<BrokerOrderId, BrokerTrade[]>): Event[] {
  return [...rest].flatMap(([brokerOrderId, trades]) => {
    const id = account.byBrokerId.get(brokerOrderId)
    const order = id && account.orders.get(id)
    return order ? sighted(account, order, { row: undefined, trades, by: 'tag' }) : []
  })
}

/** It carries a tag that this account gave out in this epoch. */
const isOurs = ({ epoch, number }: Account, { tag }: BrokerOrder): boolean =>
  tag !== undefined && epoch !== undefined && tag.startsWith(tagStart(epoch, number))

/** The book shows its order, and the order is none of ours. */
function byHand(account: Account, trade: BrokerTrade): Event[] {
  const { exchangeOrderId: _, ...seen } = trade
  const key = tradeKey(exchangeOf(trade.instrument), trade.date, trade.tradeId, trade.quantity)
  return account.trades.has(key) ? [] : [{ type: 'ManualTradeSeen', ...seen }]
}

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

function fits({ terms, sentAt }: Order, row: BrokerOrder, { lapseAfterMs }: Book): boolean {
  if (row.instrument !== terms.instrument || row.quantity !== terms.quantity) return false
  if (sentAt === undefined) return false
  const age = elapsed(sentAt, row.placedAt)
  return age >= -CLOCK_SLACK_MS && age <= lapseAfterMs
}

/** Unknown orders that a good and complete list of orders, asked after they were sent, lacks. */
function missing(account: Account, book: Book, found: ReadonlyMap<OrderId, unknown>): Event[] {
  if (!book.orders.ok || !book.orders.proven) return []
  return [...account.unknown].flatMap((id) => (found.has(id) ? [] : lookedFor(account, book, id)))
}

/** Absence is weak evidence: it takes several looks, well apart, over the broker's whole bound. */
function lookedFor(account: Account, { askedAt, lapseAfterMs }: Book, orderId: OrderId): Event[] {
  const order = account.orders.get(orderId)!
  const { doubt, sentAt } = order
  if (!doubt || !isUnconfirmed(order) || sentAt === undefined || askedAt <= sentAt) return []
  const apart = lapseAfterMs / (LOOKS_MIN + 1)
  if (doubt.lastLookAt !== undefined && askedAt < later(doubt.lastLookAt, apart)) return []
  const notFound: Event = { type: 'OrderNotFound', orderId, askedAt }
  const lapsed = doubt.looks + 1 >= LOOKS_MIN && elapsed(sentAt, askedAt) >= lapseAfterMs
  return lapsed ? [notFound, { type: 'OrderLapsed', orderId }] : [notFound]
}

/** A difference counts once two readings agree on it and nothing of ours moved since the first. */
function comparePositions(account: Account, book: Book): Event[] {
  const { positions, agreesSince } = book
  if (!positions.ok || !positions.proven) return []
  const theirs = new Map(positions.rows.map((row) => [netKey(row.instrument, row.product), row]))
  const events: Event[] = []
  for (const [key, row] of withOurs(account, theirs)) {
    const ours = netQuantity(account, key)
    const open = account.breaks.get(key)
    if (ours === row.quantity) {
      const { instrument, product } = row
      const how = 'both books show the same quantity again'
      if (open) events.push({ type: 'BreakSettled', instrument, product, how })
    } else if (isSettled(account, key, agreesSince) && open?.theirs !== row.quantity) {
      const { instrument, product, quantity } = row
      events.push({ type: 'BreakFound', instrument, product, ours, theirs: quantity })
    }
  }
  return events
}

/** Every net that either side knows; one the broker does not list is flat there. */
function withOurs(
  account: Account,
  theirs: ReadonlyMap<NetKey, BrokerPosition>,
): Map<NetKey, BrokerPosition> {
  const all = new Map(theirs)
  for (const [key, owners] of account.legs) {
    const [leg] = owners.values()
    if (all.has(key) || !leg) continue
    all.set(key, { instrument: leg.instrument, product: leg.product, quantity: NO_QUANTITY })
  }
  return all
}

function isSettled(account: Account, key: NetKey, agreesSince: Instant | undefined): boolean {
  return agreesSince !== undefined && exposureOf(account, key).touchedAt < agreesSince
}

function compareFunds(account: Account, { funds, agreesSince }: Book): Event[] {
  if (!funds.ok) return []
  return funds.rows.flatMap(({ currency, cash }): Event[] => {
    const ours = account.cash.get(currency)
    if (ours === cash) return []
    if (ours === undefined) {
      return [{ type: 'CashMoved', currency, amount: cash, reason: 'opening' }]
    }
    const quiet = [...account.legs.keys()].every((key) => isSettled(account, key, agreesSince))
    if (!quiet || agreesSince === undefined) return []
    return [{ type: 'CashMoved', currency, amount: minus(cash, ours), reason: 'broker' }]
  })
}
