/**
 * What `evolve` writes with: the account as a draft, and the few functions through which every
 * change of an order or a position goes, so that the sums kept beside them stay true.
 */
import type { Account, Exposure, Leg, Request } from './account.ts'
import { exposureOf, orderOf } from './account.ts'
import { netKey, PRODUCTS } from './instrument.ts'
import type { Money, Price, Quantity } from './amount.ts'
import { minus, negate, NO_MONEY, plus } from './amount.ts'
import { assert } from './brand.ts'
import type { Currency, NetKey } from './instrument.ts'
import { lockedBy } from './margin.ts'
import type { Order, OrderId, OrderStatus, Terms } from './order.ts'
import type { Owner } from './owner.ts'
import { UNEXPLAINED } from './owner.ts'
import { isWorking, largestReserve, mayFollow, remainingOf } from './order.ts'
import type { Position } from './position.ts'
import { carry, FLAT, trade } from './position.ts'
import type { Instant } from './time.ts'

/** An order's history keeps its first line and the latest ones. */
const HISTORY_MAX = 200

/** The same account, for the one function that may write to it. */
export type Draft<T> = T extends bigint | string | number | boolean | undefined
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? Map<K, Draft<V>>
    : T extends ReadonlySet<infer V>
      ? Set<V>
      : T extends readonly (infer V)[]
        ? Draft<V>[]
        : { -readonly [K in keyof T]: Draft<T[K]> }

export type Books = Draft<Account>

type Becoming = {
  readonly status: OrderStatus
  readonly at: Instant
  readonly message: string
}

/** Every change of an order goes through here, so that the sums over working orders stay true. */
export function change(
  books: Books,
  order: Draft<Order>,
  becoming: Becoming,
  write: () => void,
): void {
  const { status, at } = becoming
  const before = order.status
  assert(status === before || mayFollow(before, status), () => {
    return `order ${order.id} goes from ${before} to ${status}`
  })
  count(books, order, -1, at)
  write()
  order.status = status
  if (status !== 'unknown') order.doubt = undefined
  if (!isWorking(status)) {
    order.reserve = NO_MONEY
    order.amending = undefined
    books.requests.amend.delete(order.id)
  }
  count(books, order, 1, at)
  note(order, becoming)
}

export function become(books: Books, order: Draft<Order>, becoming: Becoming): void {
  assert(becoming.status !== order.status, 'an order becomes something else')
  change(books, order, becoming, NOTHING)
}

const NOTHING = (): void => {}

export function note(order: Draft<Order>, { status, at, message }: Becoming): void {
  order.updatedAt = at
  if (order.history.length >= HISTORY_MAX) order.history.splice(1, 1)
  order.history.push({ status, filled: order.filled, value: order.value, at, message })
}

/** Adds the order to the sums over working orders (`direction` 1), or takes it out (-1). */
export function count(books: Books, order: Order, direction: 1 | -1, at: Instant): void {
  const { currency, quantity } = order.terms
  const exposure = touch(books, order.net, at)
  if (!isWorking(order.status)) return
  books.working += direction
  const left = remainingOf(order)
  const reserve = largestReserve(order)
  const signed = direction === 1 ? left : negate(left)
  if (quantity > 0n) exposure.buying = plus(exposure.buying, signed)
  else exposure.selling = plus(exposure.selling, signed)
  if (order.status === 'unknown') {
    exposure.unknown += direction
    if (direction === 1) books.unknown.add(order.id)
    else books.unknown.delete(order.id)
  }
  if (reserve !== 0n) {
    add(books.reserved, currency, direction === 1 ? reserve : negate(reserve))
  }
}

export function touch(books: Books, net: NetKey, at: Instant): Draft<Exposure> {
  const known = books.exposures.get(net)
  if (known) {
    known.touchedAt = at
    return known
  }
  const exposure: Draft<Exposure> = { ...exposureOf(books, net), touchedAt: at }
  books.exposures.set(net, exposure)
  return exposure
}

export function add(sums: Map<Currency, Money>, currency: Currency, amount: Money): void {
  sums.set(currency, plus(sums.get(currency) ?? NO_MONEY, amount))
}

export const draft = (books: Books, id: OrderId): Draft<Order> => orderOf(books, id) as Draft<Order>

/** Into the queue of calls to the broker. */
export function ask(books: Books, request: Request): void {
  books.requests[request.kind].set(request.orderId, request)
}

export type LegOf = Omit<Leg, 'position'>

/** A trade reaches the position, the cash, and what an open position locks of it. */
export function move(books: Books, leg: LegOf, traded: Quantity, at: Price): void {
  const before = positionOf(books, leg)
  const after = trade(before, traded, at, leg.multiplier)
  put(books, leg, before, after)
  add(books.cash, leg.currency, minus(after.cash, before.cash))
}

/** Without a trade: the cash stays as it is. */
export function carryInto(books: Books, leg: LegOf, moved: Quantity, cost: Money): void {
  const before = positionOf(books, leg)
  put(books, leg, before, carry(before, moved, cost))
}

const positionOf = (books: Books, { instrument, product, owner }: LegOf): Position =>
  books.legs.get(netKey(instrument, product))?.get(owner)?.position ?? FLAT

function put(books: Books, leg: LegOf, before: Position, after: Position): void {
  const { instrument, product, owner, currency, multiplier } = leg
  const key = netKey(instrument, product)
  const owners = books.legs.get(key) ?? new Map<Owner, Draft<Leg>>()
  books.legs.set(key, owners)
  owners.set(owner, { instrument, product, owner, currency, multiplier, position: after })
  held(books, key, { owners, had: before.quantity !== 0n, has: after.quantity !== 0n })
  books.movedSeq = books.seq
  const group = books.groups.get(instrument)
  const locked = minus(lockedBy(group, after.cost), lockedBy(group, before.cost))
  add(books.locked, currency, locked)
}

type Holding = {
  readonly owners: ReadonlyMap<Owner, Draft<Leg>>
  readonly had: boolean
  readonly has: boolean
}

/**
 * Who holds: an average can be compared with the broker's only where one book alone made it. What
 * nothing explains came without a trade, and may go again.
 */
function held(books: Books, key: NetKey, { owners, had, has }: Holding): void {
  if (had === has) return
  books.held += has ? 1 : -1
  let holders = 0
  for (const { owner, position } of owners.values()) {
    if (position.quantity !== 0n && owner !== UNEXPLAINED) holders++
  }
  if (holders > 1) books.mixed.add(key)
  if (holders > 0) return
  books.mixed.delete(key)
  books.slippages.delete(key)
}

/** From its first order on we know what kind of thing it is; what is held by then counts anew. */
export function learn(books: Books, { instrument, group, currency }: Terms): void {
  const known = books.groups.get(instrument)
  if (known === group) return
  books.groups.set(instrument, group)
  for (const product of PRODUCTS) {
    for (const { position } of books.legs.get(netKey(instrument, product))?.values() ?? []) {
      const { cost } = position
      add(books.locked, currency, minus(lockedBy(group, cost), lockedBy(known, cost)))
    }
  }
}
