/**
 * How everything that is meant gets closed: from what the broker's own book shows, by what is safe
 * to close whatever became of orders in doubt, and until two readings show that nothing is left.
 */
import type { Account, Leg } from '../account.ts'
import { closable, exposureOf } from '../account.ts'
import type { Money, Quantity } from '../amount.ts'
import {
  absolute,
  formatQuantity,
  larger,
  minus,
  negate,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  smaller,
} from '../amount.ts'
import type { Event } from '../event.ts'
import type { Closing } from '../guard.ts'
import type { Scope } from '../guard-event.ts'
import type { Signal } from '../input.ts'
import type { InstrumentId, NetKey, Product } from '../instrument.ts'
import { halvesOf, netKey, symbolOf } from '../instrument.ts'
import type { Order, OrderId, Side } from '../order.ts'
import { isWorking } from '../order.ts'
import type { Owner } from '../owner.ts'
import { isTraded, MANUAL, UNEXPLAINED } from '../owner.ts'
import type { Instant } from '../time.ts'
import { elapsed, later, MINUTE, SECOND } from '../time.ts'
import { NOTHING_HELD, ownClosable } from './allow.ts'

/** What the broker held when it was asked, by net; one that is not in it is flat there. */
export type Truth = {
  readonly askedAt: Instant
  readonly held: ReadonlyMap<NetKey, Quantity>
}

export type ClosingLooked = Extract<Signal, { readonly type: 'ClosingLooked' }>

/** The name under which the orders of a closing are placed. */
export const closerOf = ({ id }: Pick<Closing, 'id'>): string => `${CLOSER}${id}`
const CLOSER = 'closing:'

/** What one owner is to close of one net. */
export type Close = {
  readonly net: NetKey
  readonly instrument: InstrumentId
  readonly product: Product
  readonly owner: Owner
  readonly side: Side
  readonly size: Quantity
}

export type ClosePlan = {
  /** Working orders that are in the way. */
  readonly cancels: readonly OrderId[]
  readonly closes: readonly Close[]
}

/** Outcomes of cancels are awaited so long; then what is safe is closed all the same. */
const CANCELS_AWAITED_MS: number = 10 * SECOND
/** A close that rests for longer is taken back, and tried again at a worse price. */
const RESTS_MS: number = 5 * SECOND

/** Whose positions a scope means: what was there before, or is somebody else's, is not touched. */
export const isMeantOwner = ({ owner }: Scope, of: Owner): boolean =>
  owner === undefined ? isTraded(of) || of === UNEXPLAINED : of === owner

const isMeantNet = (scope: Scope, { instrument, product }: Pick<Leg, 'instrument' | 'product'>) =>
  (scope.instrument === undefined || scope.instrument === instrument) &&
  (scope.product === undefined || scope.product === product)

function* legsIn(account: Account, scope: Scope): Iterable<Leg> {
  for (const owners of account.legs.values()) {
    for (const leg of owners.values()) {
      if (isMeantNet(scope, leg) && isMeantOwner(scope, leg.owner)) yield leg
    }
  }
}

export function realizedIn(account: Account, scope: Scope): Money {
  let sum = NO_MONEY
  for (const { position } of legsIn(account, scope)) sum = plus(sum, position.realized)
  return sum
}

/** Whether anything that is meant is held, by our own books. */
export function holdsIn(account: Account, scope: Scope): boolean {
  for (const { position } of legsIn(account, scope)) if (position.quantity !== 0n) return true
  return false
}

/** What of one net is still to be closed; signed as what is held. */
export type Left = Pick<Close, 'net' | 'instrument' | 'product'> & { readonly quantity: Quantity }

/**
 * By the broker's own figure, less what belongs to owners who are not meant: never below nothing,
 * and never over to the other side.
 */
function leftIn(account: Account, scope: Scope, truth: Truth): Left[] {
  const nets = new Map<NetKey, Leg>()
  for (const leg of legsIn(account, scope)) nets.set(netKey(leg.instrument, leg.product), leg)
  const ours = [...nets].flatMap(([net, { instrument, product }]) => {
    const held = truth.held.get(net) ?? NO_QUANTITY
    const quantity = minus(held, kept(account, { net, scope, held }))
    return quantity === 0n ? [] : [{ net, instrument, product, quantity }]
  })
  return [...ours, ...strange(account, scope, truth)]
}

/** What the broker holds and no book of ours knows of yet: not flat, and not to be closed yet. */
const strange = (account: Account, scope: Scope, { held }: Truth): Left[] =>
  [...held].flatMap(([net, quantity]) => {
    if (quantity === 0n || account.legs.has(net) || scope.owner !== undefined) return []
    const [instrument, product] = halvesOf(net)
    return isMeantNet(scope, { instrument, product })
      ? [{ net, instrument, product, quantity }]
      : []
  })

type Held = { readonly net: NetKey; readonly scope: Scope; readonly held: Quantity }

/** What stays: the part of others, as far as the broker holds anything of that side at all. */
function kept(account: Account, { net, scope, held }: Held): Quantity {
  let others = NO_QUANTITY
  for (const { owner, position } of account.legs.get(net)?.values() ?? []) {
    if (!isMeantOwner(scope, owner)) others = plus(others, position.quantity)
  }
  if (held > 0n) return smaller(larger(others, NO_QUANTITY), held)
  return larger(smaller(others, NO_QUANTITY), held)
}

function* workingIn({ orders }: Account, scope: Scope): Iterable<Order> {
  for (const order of orders.values()) {
    if (!isWorking(order.status) || !isMeantNet(scope, order.terms)) continue
    if (scope.owner === undefined || order.owner === scope.owner) yield order
  }
}

/** What to do next, by the newest reading. */
export function planOf(account: Account, closing: Closing, truth: Truth, at: Instant): ClosePlan {
  const { scope } = closing
  const ours = closerOf(closing)
  const working = [...workingIn(account, scope)]
  const others = working.filter(({ by }) => !by.startsWith(CLOSER))
  const resting = working.filter((order) => order.by === ours && rests(order, closing, at))
  const cancels = [...others, ...resting].filter(({ cancelAsked }) => !cancelAsked)
  const awaits = others.some(({ status }) => status !== 'unknown')
  const isPatient = awaits && at < later(closing.at, CANCELS_AWAITED_MS)
  const closes = isPatient
    ? []
    : leftIn(account, scope, truth).flatMap((left) => closesOf(account, closing, left))
  return { cancels: cancels.map(({ id }) => id), closes }
}

/** A person's own price may rest as long as it takes. */
function rests({ status, sentAt }: Order, { limit }: Closing, at: Instant): boolean {
  if (limit !== undefined || status !== 'open' || sentAt === undefined) return false
  return elapsed(sentAt, at) >= RESTS_MS
}

/** By owner, so that each one's book shows what was closed of it. */
function closesOf(account: Account, { scope }: Closing, left: Left): Close[] {
  const { net, instrument, product, quantity } = left
  const side: Side = quantity > 0n ? 'sell' : 'buy'
  const { buying, selling } = exposureOf(account, net)
  const inFlight = side === 'sell' ? selling : buying
  let room = smaller(minus(absolute(quantity), inFlight), closable(account, net, side))
  const closes: Close[] = []
  for (const leg of account.legs.get(net)?.values() ?? []) {
    if (room <= 0n) break
    if (!isMeantOwner(scope, leg.owner)) continue
    const own = closableOf(account, leg, quantity)
    const size = smaller(own, room)
    if (size <= 0n) continue
    room = minus(room, size)
    // What nobody has explained is closed by us, and so in a book that our trades are in.
    const owner = leg.owner === UNEXPLAINED ? MANUAL : leg.owner
    closes.push({ net, instrument, product, owner, side, size })
  }
  return closes
}

/** `quantity`: of the net that is held, so that its sign says which side is closed. */
function closableOf(account: Account, leg: Leg, quantity: Quantity): Quantity {
  const { instrument, product, owner, position } = leg
  if (owner !== UNEXPLAINED) {
    const terms = { instrument, product, quantity: negate(quantity) } as Order['terms']
    return ownClosable(account, { terms, owner, held: NOTHING_HELD })
  }
  const isSame = position.quantity > 0n === quantity > 0n
  return isSame ? absolute(position.quantity) : NO_QUANTITY
}

/** From so long after it began, and so often, people hear that it is not done. */
const NOT_FLAT_AFTER_MS: number = 30 * SECOND
const NOT_FLAT_EVERY_MS: number = MINUTE

/** What two readings say of it: flat, or not, and loudly. */
export function closingLooked(account: Account, looked: ClosingLooked, at: Instant): Event[] {
  const closing = [...account.guards.closings.values()].find(({ id }) => id === looked.closing)
  if (!closing) return []
  const { id, scope, notFlatAt, acknowledged, residue } = closing
  const isIdle = [...workingIn(account, scope)].length === 0
  const settled = looked.truths.filter((truth) => isSettledIn(account, scope, truth))
  const isFlat = settled.every((truth) => leftIn(account, scope, truth).length === 0)
  if (isIdle && isFlat && settled.length >= 2) {
    return [{ type: 'FlatConfirmed', closing: id, realized: realizedIn(account, scope) }]
  }
  const wait = notFlatAt === undefined ? NOT_FLAT_AFTER_MS : NOT_FLAT_EVERY_MS
  if (elapsed(notFlatAt ?? closing.at, at) < wait) return []
  const left = residueOf(account, scope, looked)
  return acknowledged && left === residue ? [] : [{ type: 'NotFlat', closing: id, residue: left }]
}

/** Nothing that is meant has moved since it was asked for. */
function isSettledIn(account: Account, scope: Scope, { askedAt }: Truth): boolean {
  for (const { instrument, product } of legsIn(account, scope)) {
    if (exposureOf(account, netKey(instrument, product)).touchedAt >= askedAt) return false
  }
  return true
}

const NAMED_MAX = 20

function residueOf(account: Account, scope: Scope, { truths, why, blind }: ClosingLooked): string {
  const truth = truths.at(-1)
  const working = [...workingIn(account, scope)].map(({ id, status }) => `${id} is ${status}`)
  if (!truth) return `the broker’s book cannot be read (${blind ?? 'no reading'})`
  const left = leftIn(account, scope, truth).map(({ net, instrument, product, quantity }) => {
    const reason = why.find((each) => each.net === net)?.why ?? 'being closed'
    return `${formatQuantity(quantity)} ${symbolOf(instrument)} ${product}: ${reason}`
  })
  const all = [...left, ...working]
  if (all.length === 0) return 'a second reading has not confirmed it yet'
  const named = all.slice(0, NAMED_MAX).join('; ')
  return all.length > NAMED_MAX ? `${named}; and ${all.length - NAMED_MAX} more` : named
}
