/** What a position cost: our average beside the broker's, where both are of the same trades. */
import type { Account, Leg } from '../account.ts'
import { exposureOf } from '../account.ts'
import { absolute, average, isBeyond, minus, rate, times } from '../amount.ts'
import type { Event } from '../event.ts'
import type { Book, BrokerPosition } from '../input.ts'
import type { NetKey } from '../instrument.ts'
import { UNEXPLAINED } from '../owner.ts'
import { heldThere } from './held-there.ts'

/**
 * A fraction of what was paid. Brokers show averages to a hundredth, and half of that at a price of
 * ten is as much.
 */
const TOLERANCE = rate('0.0005')

/** One event where the averages begin to differ, differ otherwise, or agree again. */
export function slippages(account: Account, book: Book): Event[] {
  if (!book.costExact) return []
  return [...(heldThere(book) ?? [])].flatMap(([key, row]) => {
    const net = { ...row, key }
    const leg = comparable(account, book, net)
    return leg ? differing(account, book, { net, leg }) : []
  })
}

type Theirs = BrokerPosition & { readonly key: NetKey }

/** The one book that holds the whole of it, and that no other has held a part of meanwhile. */
function comparable(account: Account, { askedAt }: Book, net: Theirs): Leg | undefined {
  const { key, quantity, average: theirs } = net
  if (quantity === 0n || theirs === undefined) return undefined
  if (account.mixed.has(key) || exposureOf(account, key).touchedAt >= askedAt) return undefined
  for (const leg of account.legs.get(key)?.values() ?? []) {
    const { position, owner } = leg
    // What it cost was never told: nothing of it can be compared.
    const isKnown = owner !== UNEXPLAINED && position.cost !== 0n
    if (position.quantity === quantity && isKnown) return leg
  }
  return undefined
}

type Pair = { readonly net: Theirs; readonly leg: Leg }

function differing(account: Account, { cycle = 0 }: Book, { net, leg }: Pair): Event[] {
  const { key, instrument, product, quantity, average: theirs } = net
  const { position, multiplier, owner } = leg
  const paid = times(theirs!, quantity, multiplier)
  const apart = absolute(minus(paid, position.cost))
  const within = !isBeyond(apart, absolute(position.cost), TOLERANCE)
  const known = account.slippages.get(key)
  if (within && !known) return []
  const ours = average(position.cost, quantity, multiplier)
  if (!within && known?.ours === ours && known.theirs === theirs) return []
  const of = { instrument, product, owner, quantity, ours, theirs: theirs! }
  return [{ type: 'SlippageSeen', ...of, within, cycle }]
}
