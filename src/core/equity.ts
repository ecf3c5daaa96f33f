/** What an account was worth at the end of each day, and what of it was profit. */
import type { Money, Price, Quantity } from './amount.ts'
import { minus, NO_MONEY, NO_QUANTITY, plus, times } from './amount.ts'
import type { InstrumentId } from './instrument.ts'
import type { Owner } from './owner.ts'
import { isTraded } from './owner.ts'
import type { TradingDate } from './time.ts'

/** All that happened on one day to what one owner holds of an instrument, in one currency. */
export type LegDay = {
  readonly date: TradingDate
  readonly instrument: InstrumentId
  readonly owner: Owner
  readonly multiplier: bigint
  /** Signed. */
  readonly quantity: Quantity
  /** What trades brought, less what they took. */
  readonly cash: Money
  readonly charges: Money
  /** What came from another book, or went there, at its cost: no profit. */
  readonly carried: Money
}

/** Paid in, or out: below zero. */
export type CashDay = { readonly date: TradingDate; readonly amount: Money }

/** Days, legs and cash are the oldest first. `dates`: those that are to be valued. */
export type Record = {
  readonly dates: readonly TradingDate[]
  readonly legs: readonly LegDay[]
  readonly cash: readonly CashDay[]
  /** What is known of the instrument's price at the end of that day; nothing is made up. */
  readonly priceOf: (instrument: InstrumentId, date: TradingDate) => Price | undefined
  /** Whose profit it is that counts; what the account is worth is always of all. */
  readonly counts: (leg: Pick<LegDay, 'instrument' | 'owner'>) => boolean
}

/** The end of one day. */
export type EquityDay = {
  readonly date: TradingDate
  /** All that is traded with, in the currency; undefined while a price is not known. */
  readonly equity: Money | undefined
  /** All profit so far of what counts, after charges; undefined while a price is not known. */
  readonly gain: Money | undefined
  /** Since the day before in this list: both unsigned. */
  readonly paidIn: Money
  readonly paidOut: Money
  /** Held, and of no known price. */
  readonly unpriced: readonly InstrumentId[]
}

type Held = {
  readonly leg: LegDay
  quantity: Quantity
  /** Cash brought, less charges and what was carried in. */
  gained: Money
}

/** One for each date. What happened on a day that is not among them counts on the next one. */
export function equityDays({ dates, legs, cash, priceOf, counts }: Record): EquityDay[] {
  const held = new Map<string, Held>()
  let funded = NO_MONEY
  let [nextLeg, nextCash] = [0, 0]
  return dates.map((date) => {
    let [paidIn, paidOut] = [NO_MONEY, NO_MONEY]
    const fund = (amount: Money): void => {
      funded = plus(funded, amount)
      if (amount > 0n) paidIn = plus(paidIn, amount)
      else paidOut = minus(paidOut, amount)
    }
    for (; nextCash < cash.length && cash[nextCash]!.date <= date; nextCash++) {
      fund(cash[nextCash]!.amount)
    }
    // What went from one strategy to another came from nowhere, and went nowhere.
    let came = NO_MONEY
    for (; nextLeg < legs.length && legs[nextLeg]!.date <= date; nextLeg++) {
      const leg = legs[nextLeg]!
      const isOurs = isTraded(leg.owner)
      // What others sold is money to trade with.
      came = plus(came, isOurs ? leg.carried : minus(leg.cash, leg.charges))
      if (isOurs) take(held, leg)
    }
    fund(came)
    return { ...valued(held.values(), { date, funded, priceOf, counts }), paidIn, paidOut }
  })
}

function take(held: Map<string, Held>, leg: LegDay): void {
  const name = `${leg.instrument} ${leg.owner}`
  const known = held.get(name) ?? { leg, quantity: NO_QUANTITY, gained: NO_MONEY }
  known.quantity = plus(known.quantity, leg.quantity)
  known.gained = plus(known.gained, minus(minus(leg.cash, leg.charges), leg.carried))
  held.set(name, known)
}

type Valuing = Pick<Record, 'priceOf' | 'counts'> & {
  readonly date: TradingDate
  readonly funded: Money
}

function valued(
  held: Iterable<Held>,
  { date, funded, priceOf, counts }: Valuing,
): Omit<EquityDay, 'paidIn' | 'paidOut'> {
  let [all, counted]: [Money | undefined, Money | undefined] = [NO_MONEY, NO_MONEY]
  const unpriced = new Set<InstrumentId>()
  for (const { leg, quantity, gained } of held) {
    const worth = worthOf(leg, quantity, priceOf(leg.instrument, date))
    if (worth === undefined) unpriced.add(leg.instrument)
    const gain = worth === undefined ? undefined : plus(worth, gained)
    all = summed(all, gain)
    if (counts(leg)) counted = summed(counted, gain)
  }
  const equity = all === undefined ? undefined : plus(funded, all)
  return { date, equity, gain: counted, unpriced: [...unpriced] }
}

const worthOf = ({ multiplier }: LegDay, quantity: Quantity, price: Price | undefined) =>
  quantity === 0n ? NO_MONEY : price && times(price, quantity, multiplier)

const summed = (sum: Money | undefined, more: Money | undefined): Money | undefined =>
  sum === undefined || more === undefined ? undefined : plus(sum, more)
