/** What an account is worth at the prices of a moment. */
import type { Account, Leg } from '../account.ts'
import type { Money } from '../amount.ts'
import { minus, NO_MONEY, NO_QUANTITY, plus, times } from '../amount.ts'
import type { Event } from '../event.ts'
import type { Book } from '../input.ts'
import type { Currency } from '../instrument.ts'

/** Prices of a moment. */
export type Marks = NonNullable<Book['marks']>

/** Of the open positions in one currency. */
type Sums = { cost: Money; value: Money; open: number; unpriced: number }
const noSums = (): Sums => ({ cost: NO_MONEY, value: NO_MONEY, open: 0, unpriced: 0 })

/** One event for each currency in which the account has cash. */
export function marked(account: Account, marks: Marks): Event[] {
  const sums = new Map<Currency, Sums>()
  if (account.held > 0) {
    for (const owners of account.legs.values()) addNet(sums, owners.values(), marks)
  }
  return [...account.cash].map(([currency, cash]): Event => {
    const { cost, value, open, unpriced } = sums.get(currency) ?? noSums()
    const balance = plus(cash, cost)
    const unrealized = unpriced > 0 ? undefined : minus(value, cost)
    return {
      type: 'EquityMarked',
      currency,
      balance,
      equity: unrealized === undefined ? undefined : plus(balance, unrealized),
      unrealized,
      marginUsed: plus(account.locked.get(currency) ?? NO_MONEY, cost),
      openPositions: open,
      unpriced,
    }
  })
}

/** What two books hold on opposite sides is one smaller position to the broker, or none. */
function addNet(sums: Map<Currency, Sums>, legs: Iterable<Leg>, marks: Marks): void {
  let cost = NO_MONEY
  let size = NO_QUANTITY
  let of: Leg | undefined
  for (const leg of legs) {
    if (leg.position.quantity === 0n) continue
    of = leg
    cost = plus(cost, leg.position.cost)
    size = plus(size, leg.position.quantity)
  }
  if (!of) return
  const sum = sums.get(of.currency) ?? noSums()
  sums.set(of.currency, sum)
  sum.cost = plus(sum.cost, cost)
  if (size === 0n) return
  sum.open++
  const price = marks.get(of.instrument)
  if (price === undefined) sum.unpriced++
  else sum.value = plus(sum.value, times(price, size, of.multiplier))
}
