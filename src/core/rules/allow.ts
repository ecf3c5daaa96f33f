/** What the account's own books and its owner's limits say to an order. */
import type { Account } from '../account.ts'
import { closable, exposureOf, freeCash, requestCount } from '../account.ts'
import type { Money, Price, Quantity } from '../amount.ts'
import {
  formatMoney,
  formatQuantity,
  minus,
  negate,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  times,
} from '../amount.ts'
import type { Refusal } from '../denial.ts'
import { deny } from '../denial.ts'
import { blockOf } from '../guard.ts'
import type { Policy } from '../input.ts'
import type { InstrumentId, NetKey } from '../instrument.ts'
import { netKey, PRODUCTS } from '../instrument.ts'
import { marginOf } from '../margin.ts'
import type { Intent, Terms } from '../order.ts'
import type { Owner } from '../owner.ts'
import { isWorking, remainingOf } from '../order.ts'
import { isAutomatic } from '../owner.ts'
import type { Instant } from '../time.ts'
import { SECOND } from '../time.ts'
import { expectedPrice } from './check.ts'

/** Calls that may wait for their turn at the broker, over all orders of an account. */
const WAITING_MAX = 20_000

export type Wish = {
  readonly terms: Terms
  /** What is still to be traded; unsigned. */
  readonly size: Quantity
  readonly owner: Owner
  readonly reduceOnly: boolean
  readonly last: Price | undefined
  readonly reference: Price | undefined
  readonly policy: Policy
  readonly at: Instant
  /** An order that is being changed: what it holds already, which the change gives back. */
  readonly held: { readonly size: Quantity; readonly reserve: Money }
  /** Whether there is cash for it is not asked. */
  readonly unfunded: boolean
}

export type Allowed = {
  readonly intent: Intent
  readonly reserve: Money
  /** What a person may do all the same. */
  readonly warning: string | undefined
}

export const NOTHING_HELD: Wish['held'] = { size: NO_QUANTITY, reserve: NO_MONEY }

export function allow(account: Account, wish: Wish): Refusal | Allowed {
  const { terms, size, reduceOnly } = wish
  const safe = closableBy(account, wish)
  if (size <= safe) return { intent: 'exit', reserve: NO_MONEY, warning: undefined }
  if (reduceOnly) {
    const facts = { symbol: terms.instrument, reducible: formatQuantity(safe) }
    return deny(safe > 0n ? 'WOULD_NOT_REDUCE' : 'NOTHING_TO_REDUCE', facts)
  }
  return (
    guardedFrom(account, wish) ??
    inDoubt(account, wish, safe) ??
    tooMany(account, wish) ??
    priced(account, wish, safe)
  )
}

/**
 * How much an order of that owner may close for certain. A strategy closes its own, never what
 * belongs to somebody else.
 */
export function closableBy(account: Account, closed: ClosedBy): Quantity {
  return isAutomatic(closed.owner) ? ownClosable(account, closed) : safelyClosable(account, closed)
}

function safelyClosable(account: Account, { terms, held }: ClosedBy): Quantity {
  const side = terms.quantity > 0n ? 'buy' : 'sell'
  return closable(account, netKey(terms.instrument, terms.product), side, held.size)
}

/** Of what that owner holds alone, whoever it is. */
export function ownClosable(account: Account, { terms, owner, held }: ClosedBy): Quantity {
  const safe = safelyClosable(account, { terms, owner, held })
  if (safe === 0n) return safe
  const key = netKey(terms.instrument, terms.product)
  const side = terms.quantity > 0n ? 'buy' : 'sell'
  const own = account.legs.get(key)?.get(owner)?.position.quantity ?? NO_QUANTITY
  let left = side === 'sell' ? own : minus(NO_QUANTITY, own)
  const { buying, selling } = exposureOf(account, key)
  if ((side === 'sell' ? selling : buying) > held.size) {
    left = minus(left, workingOf(account, { terms, owner, held }))
  }
  if (left <= 0n) return NO_QUANTITY
  return left < safe ? left : safe
}

type ClosedBy = Pick<Wish, 'terms' | 'owner' | 'held'>

/** What the owner's other working orders of the same net and side may still take. */
function workingOf(account: Account, { terms, owner, held }: ClosedBy): Quantity {
  const key = netKey(terms.instrument, terms.product)
  let sum = NO_QUANTITY
  for (const order of account.orders.values()) {
    if (order.owner !== owner || order.net !== key || !isWorking(order.status)) continue
    if (order.terms.quantity > 0n === terms.quantity > 0n) sum = plus(sum, remainingOf(order))
  }
  return minus(sum, held.size)
}

/** What opens or grows a position waits for whatever a guard has to say. */
function guardedFrom(account: Account, { owner, terms }: Wish): Refusal | undefined {
  const block = blockOf(account, { owner, instrument: terms.instrument })
  return block && deny(block.code, { why: block.why })
}

/** Doubt and breaks are about a symbol, under whichever product it is held. */
function inDoubt(account: Account, { terms, owner }: Wish, safe: Quantity): Refusal | undefined {
  const { instrument } = terms
  const isAny = (is: (net: NetKey) => boolean): boolean =>
    PRODUCTS.some((product) => is(netKey(instrument, product)))
  if (account.unknown.size > 0 && isAny((net) => exposureOf(account, net).unknown > 0)) {
    const facts = { symbol: instrument, safeToClose: formatQuantity(safe) }
    return deny('SYMBOL_IN_DOUBT', facts)
  }
  if (
    account.breaks.size > 0 &&
    isAutomatic(owner) &&
    isAny((net) => account.breaks.get(net)?.material ?? false)
  ) {
    return deny('SYMBOL_LOCKED', { symbol: instrument })
  }
  return undefined
}

function tooMany(account: Account, { policy, at, held }: Wish): Refusal | undefined {
  const waiting = requestCount(account)
  if (waiting >= WAITING_MAX) return deny('TOO_MANY_WAITING', { waiting: String(waiting) })
  if (held.size > 0n) return undefined // a change of an order is no new one
  const { second, inSecond } = account.pace
  const { ordersPerSecondMax: perSecond, ordersPerDayMax: perDay } = policy
  const now = second === Math.floor(at / SECOND) ? inSecond : 0
  if (perSecond !== undefined && now >= perSecond) {
    return deny('TOO_MANY_ORDERS_A_SECOND', { max: String(perSecond) })
  }
  if (perDay !== undefined && placedToday(account) >= perDay) {
    return deny('TOO_MANY_ORDERS_A_DAY', { max: String(perDay) })
  }
  return undefined
}

/** On all exchanges together, each since its own day began. */
const placedToday = (account: Account): number =>
  [...account.placedToday.values()].reduce((sum, count) => sum + count, 0)

/** What an order opens needs its margin in cash; what it closes needs none. */
function priced(account: Account, wish: Wish, safe: Quantity): Refusal | Allowed {
  const { terms, size, last, reference, policy, held, unfunded } = wish
  const { pricing, multiplier, currency, group, quantity } = terms
  const expected = expectedPrice(pricing, last, reference)
  if (expected === undefined) {
    if (unfunded) return { intent: 'entry', reserve: NO_MONEY, warning: undefined }
    return deny('NO_PRICE_YET', { symbol: terms.instrument })
  }
  const value = times(expected, size, multiplier)
  const { orderValueMax } = policy
  if (orderValueMax !== undefined && value > orderValueMax) {
    const facts = { value: formatMoney(value), max: formatMoney(orderValueMax), currency }
    return deny('ORDER_VALUE_TOO_LARGE', facts)
  }
  const opened = times(expected, minus(size, safe), multiplier)
  const reserve = marginOf(group, quantity < 0n ? negate(opened) : opened)
  const free = plus(freeCash(account, currency), held.reserve)
  if (reserve > free && !unfunded) {
    const facts = { needed: formatMoney(reserve), free: formatMoney(free), currency }
    return deny('NOT_ENOUGH_CASH', facts)
  }
  const excess = tooLarge(account, wish, opened)
  if (excess && isAutomatic(wish.owner)) return excess
  const warning = excess && `${excess.code} ${excess.context}`
  return { intent: 'entry', reserve, warning }
}

/** Binds automatic entries; a person is only told. */
function tooLarge(account: Account, { policy, terms }: Wish, cost: Money): Refusal | undefined {
  const { capitalPerTrade, portfolioSizeMax } = policy
  if (capitalPerTrade !== undefined && cost > capitalPerTrade) {
    const facts = { cost: formatMoney(cost), max: formatMoney(capitalPerTrade) }
    return deny('CAPITAL_PER_TRADE_EXCEEDED', { ...facts, currency: terms.currency })
  }
  if (portfolioSizeMax === undefined) return undefined
  const symbols = symbolsTraded(account)
  if (symbols.has(terms.instrument) || symbols.size < portfolioSizeMax) return undefined
  return deny('PORTFOLIO_FULL', { symbols: String(symbols.size), max: String(portfolioSizeMax) })
}

/** What strategies hold, or are about to. */
function symbolsTraded(account: Account): Set<InstrumentId> {
  const symbols = new Set<InstrumentId>()
  for (const owners of account.legs.values()) {
    for (const { owner, instrument, position } of owners.values()) {
      if (isAutomatic(owner) && position.quantity !== 0n) symbols.add(instrument)
    }
  }
  for (const { owner, intent, status, terms } of account.orders.values()) {
    if (intent === 'entry' && isAutomatic(owner) && isWorking(status)) symbols.add(terms.instrument)
  }
  return symbols
}
