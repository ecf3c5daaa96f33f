/** Whether a position may have been closed at the broker beyond a stop or target of ours. */
import type { Account } from '../account.ts'
import type { Price } from '../amount.ts'
import { absolute, formatPrice } from '../amount.ts'
import type { Book } from '../input.ts'
import type { Order } from '../order.ts'
import { isWorking } from '../order.ts'
import type { Net } from './compare.ts'

/**
 * The broker holds less on the same side, and the market has jumped past an order of ours that was
 * to close it and still works. What the order and the price are is the evidence.
 */
export function gapOf(
  account: Account,
  { key, instrument, ours, quantity }: Net,
  { marks }: Pick<Book, 'marks'>,
): string | undefined {
  const last = marks?.get(instrument)
  const isReversed = quantity !== 0n && quantity > 0n !== ours > 0n
  if (last === undefined || isReversed || absolute(quantity) >= absolute(ours)) return undefined
  for (const order of account.orders.values()) {
    const isClosing = order.net === key && order.terms.quantity > 0n !== ours > 0n
    if (!isClosing || !isWorking(order.status)) continue
    const [name, at] = levelOf(order)
    if (at === undefined || !isBeyond(last, at, { isLong: ours > 0n, name })) continue
    const [stands, market] = [formatPrice(at), formatPrice(last)]
    return `our ${name} ${order.id} stands at ${stands}, the market at ${market}`
  }
  return undefined
}

type Name = 'stop' | 'target'

function levelOf({ terms: { pricing } }: Order): readonly [name: Name, at: Price | undefined] {
  if (pricing.type === 'limit') return ['target', pricing.limit]
  return ['stop', pricing.type === 'market' ? undefined : pricing.trigger]
}

/** A stop of what is held long lies below the market, its target above. */
const isBeyond = (
  last: Price,
  at: Price,
  { isLong, name }: { readonly isLong: boolean; readonly name: Name },
): boolean => (isLong === (name === 'target') ? last > at : last < at)
