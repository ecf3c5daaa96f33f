import { formatMoney } from './amount.ts'
import type { ComparisonView, CountsView } from './statistics.ts'
import { comparison, countsOf } from './statistics.ts'
import type { Tally } from './tally.ts'

/** The orders that one owner placed on one trading day of an exchange. */
type Day = {
  readonly day: string
  readonly account: string
  readonly owner: string
  readonly exchange: string
  /** Empty of orders that were denied: their instrument need not exist. */
  readonly currency: string
  readonly tally: Tally
}

/** What became of them; money is decimal text in the currency. */
export type DayView = Omit<Day, 'currency' | 'tally'> &
  CountsView & {
    readonly currency: string | null
    readonly totalVolume: string
    readonly totalCommission: string
    /** Against the price at arrival; null where nothing can be compared. */
    readonly averageSlippage: ComparisonView | null
  }

export function dayView({ day, account, owner, exchange, currency, tally }: Day): DayView {
  return {
    day,
    account,
    owner,
    exchange,
    currency: currency === '' ? null : currency,
    ...countsOf(tally),
    totalVolume: formatMoney(tally.volume),
    totalCommission: formatMoney(tally.charges),
    averageSlippage: comparison(tally.slippage, tally.arrival),
  }
}
