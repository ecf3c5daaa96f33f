/** How `evolve` moves quantities between books without a trade, and keeps what is tracked. */
import type { BooksEvent } from './books-event.ts'
import type { Books, LegOf } from './draft.ts'
import { carryInto } from './draft.ts'
import { fund } from './funding.ts'
import type { Money, Quantity } from './amount.ts'
import { minus, negate, NO_MONEY, plus } from './amount.ts'
import type { Account, Tracking } from './account.ts'
import { exposureOf } from './account.ts'
import type { InstrumentId } from './instrument.ts'
import { netKey, PRODUCTS } from './instrument.ts'
import type { Order } from './order.ts'
import { isAutomatic, isTraded, PREEXISTING, UNEXPLAINED } from './owner.ts'
import type { Instant } from './time.ts'

type Of<Type extends BooksEvent['type']> = Extract<BooksEvent, { readonly type: Type }>

/** Orders of a tracked symbol that are remembered by name. */
const ORDERS_MAX = 500

export function adopted(books: Books, event: Of<'HoldingsAdopted'>): void {
  carryInto(books, { ...legOf(event), owner: PREEXISTING }, event.quantity, event.cost)
}

export function adjusted(books: Books, event: Of<'LegAdjusted'>): void {
  carryInto(books, { ...legOf(event), owner: event.owner }, event.quantity, event.cost)
  if (isTraded(event.owner)) fund(books, event.currency, event.cost)
  review(books, event.instrument)
}

const legOf = ({ instrument, product, currency, multiplier }: Omit<LegOf, 'owner'>) => ({
  instrument,
  product,
  currency,
  multiplier,
})

export function movedBetween(books: Books, event: Of<'LegMoved'>): void {
  const { instrument, product, owner, toProduct, toOwner, quantity, cost, carried } = event
  const leg = books.legs.get(netKey(instrument, product))?.get(owner)
  if (!leg) return
  const of = legOf(leg)
  const toNet = netKey(instrument, toProduct)
  const joins = books.legs.get(toNet)?.get(toOwner)?.position.quantity
  carryInto(books, { ...of, owner }, negate(quantity), negate(cost))
  carryInto(books, { ...of, product: toProduct, owner: toOwner }, quantity, carried)
  const came = isTraded(toOwner) ? carried : NO_MONEY
  fund(books, leg.currency, isTraded(owner) ? minus(came, cost) : came)
  if (joins) books.mixed.add(toNet)
  review(books, instrument)
}

export function tracked(books: Books, event: Of<'SymbolTracked'>, at: Instant): void {
  const { instrument, firstOrder, preexisting, preexistingCost } = event
  if (books.tracking.has(instrument)) return // two orders of one reading
  const orders = [firstOrder]
  const realizedBefore = realizedIn(books, instrument)
  const held = { preexisting, preexistingCost, realizedBefore }
  const of = { instrument, since: at, confirmedAt: undefined, ...held }
  books.tracking.set(instrument, { ...of, orders, rejected: false })
}

export function released(books: Books, { instrument }: Of<'SymbolReleased'>): void {
  books.tracking.delete(instrument)
  books.releasable.delete(instrument)
}

/** An order of a tracked symbol: the first of them began it. */
export function remembered(books: Books, { id, terms }: Pick<Order, 'id' | 'terms'>): void {
  const tracking = books.tracking.get(terms.instrument)
  if (!tracking || tracking.orders.includes(id)) return
  if (tracking.orders.length >= ORDERS_MAX) tracking.orders.splice(1, 1)
  tracking.orders.push(id)
}

/** An execution proves that the symbol is traded; an order that is refused ends it at once. */
export function confirmed(books: Books, instrument: InstrumentId, at: Instant): void {
  const tracking = books.tracking.get(instrument)
  if (tracking) tracking.confirmedAt ??= at
}

export function refused(books: Books, instrument: InstrumentId): void {
  const tracking = books.tracking.get(instrument)
  if (tracking && tracking.confirmedAt === undefined) tracking.rejected = true
}

/** Whether there is nothing left to track, asked whenever something of it may have ended. */
export function review(books: Books, instrument: InstrumentId): void {
  if (!books.tracking.has(instrument)) return
  const isOver = PRODUCTS.every((product) => {
    const key = netKey(instrument, product)
    const { buying, selling, unknown } = exposureOf(books, key)
    if (buying !== 0n || selling !== 0n || unknown > 0) return false
    return [...(books.legs.get(key)?.values() ?? [])].every(({ owner, position }) => {
      return position.quantity === 0n || !isTraded(owner)
    })
  })
  if (isOver) books.releasable.add(instrument)
  else books.releasable.delete(instrument)
}

export function compared(books: Books, event: Of<'BookCompared'>, at: Instant): void {
  const { cycle, matched, total, unknown, failed, proven } = event
  const adopted = proven || (books.compared?.adopted ?? false)
  books.compared = { at, cycle, matched, total, unknown, failed, adopted }
}

export function breakFound(books: Books, event: Of<'BreakFound'>, at: Instant): void {
  const { instrument, product, ours, theirs, class: kind, material, evidence, cycle } = event
  const key = netKey(instrument, product)
  const { since, firstCycle } = books.breaks.get(key) ?? { since: at, firstCycle: cycle }
  const of = { instrument, product, ours, theirs, class: kind, material, evidence }
  books.breaks.set(key, { ...of, since, firstCycle })
}

export function slipped(books: Books, event: Of<'SlippageSeen'>): void {
  const { instrument, product, ours, theirs, within } = event
  const key = netKey(instrument, product)
  if (within) books.slippages.delete(key)
  else books.slippages.set(key, { ours, theirs })
}

/** By strategies and people, over all products and all time. */
export function realizedIn({ legs }: Pick<Account, 'legs'>, instrument: InstrumentId): Money {
  let realized = NO_MONEY
  for (const product of PRODUCTS) {
    for (const { owner, position } of legs.get(netKey(instrument, product))?.values() ?? []) {
      if (isTraded(owner)) realized = plus(realized, position.realized)
    }
  }
  return realized
}

/** What others than strategies hold of a symbol, over all products. */
export function heldByOthers(
  { legs }: Pick<Account, 'legs'>,
  instrument: InstrumentId,
): Pick<Tracking, 'preexisting' | 'preexistingCost'> {
  let preexisting = 0n as Quantity
  let preexistingCost = NO_MONEY
  for (const product of PRODUCTS) {
    for (const { owner, position } of legs.get(netKey(instrument, product))?.values() ?? []) {
      if (isAutomatic(owner) || owner === UNEXPLAINED) continue
      preexisting = plus(preexisting, position.quantity)
      preexistingCost = plus(preexistingCost, position.cost)
    }
  }
  return { preexisting, preexistingCost }
}
