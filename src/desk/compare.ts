import type { Reading } from '../brokers/broker.ts'
import type { Account } from '../core/account.ts'
import { exposureOf, netQuantity } from '../core/account.ts'
import { formatQuantity, NO_QUANTITY } from '../core/amount.ts'
import type { BrokerPosition } from '../core/input.ts'
import { heldThere } from '../core/rules/held-there.ts'
import { exchangeOf, netKey, symbolOf } from '../core/instrument.ts'
import type { VerificationView } from '../core/asking.ts'
import { utc } from '../core/view.ts'

/**
 * What one reading of the broker's book says of ours. It waits for no second reading to agree, as a
 * break does: who asks whether the books agree is told of every difference there is.
 */
export function verificationOf(account: Account, reading: Reading): VerificationView {
  const { orders, trades, positions, funds, askedAt } = reading
  const failed = Object.entries({ orders, trades, positions, funds }).flatMap(([part, read]) =>
    read.ok ? [] : [{ part, reason: read.reason }],
  )
  const breaks = [...account.breaks.values()].map(
    ({ instrument, product, ours, theirs, since }) => ({
      symbol: symbolOf(instrument),
      exchange: exchangeOf(instrument),
      product,
      ours: formatQuantity(ours),
      theirs: formatQuantity(theirs),
      since: utc(since),
    }),
  )
  const differing = differingIn(account, reading).map((row) => ({
    symbol: symbolOf(row.instrument),
    exchange: exchangeOf(row.instrument),
    product: row.product,
    ours: formatQuantity(netQuantity(account, netKey(row.instrument, row.product))),
    theirs: formatQuantity(row.quantity),
  }))
  const { id, working } = account
  const unknown = [...account.unknown]
  const agreed = [failed, breaks, differing, unknown].every(({ length }) => length === 0)
  return { account: id, readAt: utc(askedAt), failed, working, unknown, breaks, differing, agreed }
}

/** Something that differs has moved since the reading began: only a fresh one can tell. */
export const isOutrunBy = (account: Account, reading: Reading): boolean =>
  differingIn(account, reading).some(({ instrument, product }) => {
    return exposureOf(account, netKey(instrument, product)).touchedAt >= reading.askedAt
  })

/** Whether the books differ by something that has not become an event of ours. */
export const isUnsettled = (account: Account, reading: Reading): boolean =>
  differingIn(account, reading).length > 0 ||
  (reading.funds.ok &&
    reading.funds.rows.some(({ currency, cash }) => account.cash.get(currency) !== cash))

/**
 * Every net in which the broker shows another quantity, and no break says the same already; what
 * it does not list is flat there.
 */
function differingIn(account: Account, reading: Reading): BrokerPosition[] {
  const theirs = heldThere(reading)
  if (!theirs) return []
  for (const [key, owners] of account.legs) {
    const [leg] = owners.values()
    if (theirs.has(key) || !leg) continue
    const { instrument, product } = leg
    theirs.set(key, { instrument, product, quantity: NO_QUANTITY })
  }
  return [...theirs].flatMap(([key, row]) => {
    // What is a break already stands in the unexplained book.
    return netQuantity(account, key) === row.quantity ? [] : [row]
  })
}
