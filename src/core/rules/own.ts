/** Whose book a trade by hand goes to. */
import type { Account } from '../account.ts'
import { bustName, tradeKey } from '../trade-key.ts'
import type { Quantity } from '../amount.ts'
import { absolute, minus, negate, NO_QUANTITY, plus, smaller } from '../amount.ts'
import type { BooksEvent } from '../books-event.ts'
import type { Event } from '../event.ts'
import type { BrokerTrade, Giver, Matching } from '../input.ts'
import type { NetKey } from '../instrument.ts'
import { exchangeOf, netKey } from '../instrument.ts'
import type { Owner } from '../owner.ts'
import { EXTERNAL, isAutomatic, isTraded, MANUAL, PREEXISTING, UNEXPLAINED } from '../owner.ts'

type ManualTrade = Extract<BooksEvent, { readonly type: 'ManualTradeSeen' }>
/** What each owner holds of one net. */
type Holders = Map<Owner, Quantity>
type Part = { readonly owner: Owner; readonly quantity: Quantity }

/**
 * Trades whose orders are none of ours, in the order in which they happened: each goes to the books
 * as they are after our own fills of the same reading, and after the ones before it. One that was
 * taken back is traded back, if it was ever booked.
 */
export function tradesByHand(
  account: Account,
  trades: readonly BrokerTrade[],
  before: readonly Event[],
  matching: Matching,
): Event[] {
  const news = trades.flatMap((trade) => newsOf(account, trade))
  if (news.length === 0) return []
  const nets = new Map<NetKey, Holders>()
  const holdersOf = (trade: BrokerTrade): Holders => {
    const key = netKey(trade.instrument, trade.product)
    const known = nets.get(key) ?? holdersAfter(account, key, before)
    nets.set(key, known)
    return known
  }
  return news
    .toSorted((a, b) => a.tradedAt - b.tradedAt)
    .flatMap((trade) => parted(trade, holdersOf(trade), matching))
}

/** The trade, or its opposite where it was taken back; nothing where that is booked already. */
function newsOf(account: Account, trade: BrokerTrade): BrokerTrade[] {
  const { instrument, date, tradeId, quantity } = trade
  const known = account.trades.has(tradeKey(exchangeOf(instrument), date, tradeId, quantity))
  if (!trade.busted) return known ? [] : [trade]
  const back = { ...trade, tradeId: bustName(tradeId), quantity: negate(quantity) }
  const backKey = tradeKey(exchangeOf(instrument), date, back.tradeId, back.quantity)
  return known && !account.trades.has(backKey) ? [back] : []
}

function holdersAfter(account: Account, key: NetKey, before: readonly Event[]): Holders {
  const holders: Holders = new Map()
  const add = (owner: Owner, quantity: Quantity): void => {
    holders.set(owner, plus(holders.get(owner) ?? NO_QUANTITY, quantity))
  }
  for (const { owner, position } of account.legs.get(key)?.values() ?? []) {
    add(owner, position.quantity)
  }
  for (const event of before) {
    if (event.type !== 'OrderFilled' && event.type !== 'FillBusted') continue
    const order = account.orders.get(event.orderId)
    if (order?.net === key) add(order.owner, event.quantity)
  }
  return holders
}

/** One event for each book it goes to; the holders are then as they are after it. */
function parted(trade: BrokerTrade, holders: Holders, matching: Matching): ManualTrade[] {
  const { exchangeOrderId: _, busted: __, ...seen } = trade
  const parts = partsOf(holders, trade.quantity, matching)
  return parts.map(({ owner, quantity }) => {
    const tracked = trackedOf(holders)
    holders.set(owner, plus(holders.get(owner) ?? NO_QUANTITY, quantity))
    return { type: 'ManualTradeSeen', ...seen, quantity, owner, whole: trade.quantity, tracked }
  })
}

const trackedOf = (holders: Holders): Quantity =>
  [...holders].reduce(
    (sum, [owner, held]) => (isTraded(owner) ? plus(sum, held) : sum),
    NO_QUANTITY,
  )

/**
 * What reduces is taken from the books in their turn, and from none below zero while another can
 * cover it. The rest opens, in the person's own book or, where that is asked for, in the one of the
 * strategy that holds the symbol.
 */
function partsOf(holders: Holders, traded: Quantity, matching: Matching): Part[] {
  const parts: Part[] = []
  let left = absolute(traded)
  const signed = (size: Quantity): Quantity => (traded < 0n ? negate(size) : size)
  for (const [owner, held] of inTurn(holders, matching.givers)) {
    if (left === 0n) break
    const reduces = held !== 0n && held > 0n !== traded > 0n
    if (!reduces) continue
    const size = smaller(absolute(held), left)
    parts.push({ owner, quantity: signed(size) })
    left = minus(left, size)
  }
  if (left === 0n) return parts
  const owner = openerOf(holders, traded, matching)
  return [...parts, { owner, quantity: signed(left) }]
}

const BOOKS: Readonly<Record<Giver, (owner: Owner) => boolean>> = {
  manual: (owner) => owner === MANUAL,
  strategy: isAutomatic,
  preexisting: (owner) => owner === PREEXISTING,
}

/** Those asked for first; what others hold comes last, and the unexplained last of all. */
function* inTurn(holders: Holders, givers: readonly Giver[]): Iterable<[Owner, Quantity]> {
  for (const giver of givers) {
    for (const each of holders) if (BOOKS[giver](each[0])) yield each
  }
  for (const owner of [EXTERNAL, UNEXPLAINED]) {
    const held = holders.get(owner)
    if (held !== undefined) yield [owner, held]
  }
}

/** A buy joins the one strategy that is long, a sale the one that is short. */
function openerOf(holders: Holders, traded: Quantity, { opens }: Matching): Owner {
  if (opens === 'separate') return MANUAL
  const fitting = [...holders].filter(
    ([owner, held]) => isAutomatic(owner) && held !== 0n && held > 0n === traded > 0n,
  )
  return fitting.length === 1 ? fitting[0]![0] : MANUAL
}
