/** What a person decides about whose something is, where no evidence does. */
import type { Account, Break, Leg, Tracking } from '../account.ts'
import { unexplainedQuantity } from '../account.ts'
import type { Money, Quantity } from '../amount.ts'
import { formatQuantity, minus, negate, NO_MONEY, plus } from '../amount.ts'
import type { DenialCode } from '../denial.ts'
import { deny } from '../denial.ts'
import type { Event } from '../event.ts'
import type { Command } from '../input.ts'
import type { InstrumentId } from '../instrument.ts'
import { netKey, PRODUCTS } from '../instrument.ts'
import type { Owner } from '../owner.ts'
import { UNEXPLAINED } from '../owner.ts'
import { realizedIn } from '../owning.ts'
import { carriedCost, FLAT } from '../position.ts'
import { ratioFor } from './compare.ts'

type Of<Type extends Command['type']> = Extract<Command, { readonly type: Type }>

/** The unexplained becomes somebody's, or every book grows by the ratio of a split. */
export function settleBreak(account: Account, command: Of<'SettleBreak'>): Event[] {
  const { instrument, as, by } = command
  const open = breaksIn(account, instrument, command.product)
  if (open.length === 0) return denied('BREAK_NOT_FOUND', { symbol: instrument }, by)
  const events: Event[] = []
  for (const each of open) {
    const moved = as === 'split' ? splitBooks(account, each) : explainedAs(account, each, as)
    if (!moved) {
      const facts = { ours: formatQuantity(each.ours), theirs: formatQuantity(each.theirs) }
      return denied('NOT_A_SPLIT', { symbol: instrument, ...facts }, by)
    }
    const { product } = each
    const to = as === 'split' ? undefined : as
    events.push(...moved, {
      type: 'BreakSettled',
      instrument,
      product,
      how: command.reason,
      as: to,
      by,
    })
  }
  return events
}

function breaksIn(
  account: Account,
  instrument: InstrumentId,
  product: Break['product'] | undefined,
): Break[] {
  return PRODUCTS.filter((each) => product === undefined || each === product).flatMap(
    (each) => account.breaks.get(netKey(instrument, each)) ?? [],
  )
}

function explainedAs(account: Account, { instrument, product }: Break, toOwner: Owner): Event[] {
  const owners = account.legs.get(netKey(instrument, product))
  const from = owners?.get(UNEXPLAINED)?.position
  if (!from || from.quantity === 0n) return []
  const to = owners?.get(toOwner)?.position ?? FLAT
  const { quantity, cost } = from
  const carried = carriedCost(to, quantity, cost)
  const of = { instrument, product, owner: UNEXPLAINED, toProduct: product, toOwner }
  return [{ type: 'LegMoved', ...of, quantity, cost, carried, reason: 'settled by a person' }]
}

/** New shares come to each book in proportion; what was paid for it all stays what it was. */
function splitBooks(account: Account, of: Break): Event[] | undefined {
  const { instrument, product, ours, theirs } = of
  const ratio = ratioFor(ours, theirs)
  if (!ratio) return undefined
  const key = netKey(instrument, product)
  const legs = [...(account.legs.get(key)?.values() ?? [])]
  const [after, before] = ratio
  let left = minus(theirs, ours)
  const events: Event[] = []
  const grow = (leg: Leg, quantity: Quantity): void => {
    const { currency, multiplier, owner } = leg
    const terms = { instrument, product, currency, multiplier, quantity, cost: NO_MONEY }
    const why = `${after} for ${before}`
    if (quantity !== 0n) events.push({ type: 'LegAdjusted', ...terms, owner, why })
    left = minus(left, quantity)
  }
  const unexplained = legs.find(({ owner }) => owner === UNEXPLAINED)
  for (const leg of legs) {
    if (leg === unexplained) continue
    const { quantity } = leg.position
    grow(leg, minus(((quantity * after) / before) as Quantity, quantity))
  }
  // Fractions that no book can hold stay unexplained.
  const rest = minus(left, unexplainedQuantity(account, key))
  if (unexplained) events.push(...emptied(unexplained, rest))
  return events
}

function emptied({ position, ...leg }: Leg, quantity: Quantity): Event[] {
  const { instrument, product, currency, multiplier, owner } = leg
  const left = plus(position.quantity, quantity)
  const cost = left === 0n ? negate(position.cost) : NO_MONEY
  const of = { instrument, product, currency, multiplier, quantity, cost }
  return quantity === 0n ? [] : [{ type: 'LegAdjusted', ...of, owner, why: 'explained by a split' }]
}

/** A person takes the symbol out of what is tracked: nothing is sold, nothing is cancelled. */
export function releaseSymbol(account: Account, { instrument, by }: Of<'ReleaseSymbol'>): Event[] {
  const tracking = account.tracking.get(instrument)
  if (!tracking) return denied('SYMBOL_NOT_TRACKED', { symbol: instrument }, by)
  const pnl = realizedSince(account, tracking)
  return [{ type: 'SymbolReleased', instrument, why: 'released', by, pnl }]
}

/** Tracked symbols of which nothing is left. */
export function releases(account: Account): Event[] {
  return [...account.releasable].map((instrument): Event => {
    const tracking = account.tracking.get(instrument)!
    const why = tracking.rejected && tracking.confirmedAt === undefined ? 'rejected' : 'closed'
    const pnl = realizedSince(account, tracking)
    return { type: 'SymbolReleased', instrument, why, by: 'desk', pnl }
  })
}

const realizedSince = (account: Account, { instrument, realizedBefore }: Tracking): Money =>
  minus(realizedIn(account, instrument), realizedBefore)

/** A person says that an unknown order never reached the broker. It stays watched all the same. */
export function settleOrder(account: Account, command: Of<'SettleOrder'>): Event[] {
  const { orderId, by, reason } = command
  const order = account.orders.get(orderId)
  if (!order) return denied('ORDER_NOT_FOUND', { order: orderId }, by)
  if (order.status !== 'unknown') {
    return denied('ORDER_NOT_UNKNOWN', { order: orderId, status: order.status.toUpperCase() }, by)
  }
  return [{ type: 'OrderLapsed', orderId, by, reason }]
}

const denied = (code: DenialCode, facts: Record<string, string>, by: string): Event[] => [
  { type: 'SettlingDenied', ...deny(code, facts), by },
]
