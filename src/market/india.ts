/**
 * Facts of Indian exchanges that depend on the day, for whoever makes instruments of a broker's
 * list: what the list leaves out, and what is asked before there is one.
 *
 * Sources: tick sizes of the NSE cash market by closing price, in force since 2025-04-15; quantity
 * freeze of index contracts, NSE circular of 2026-07-31 (issued anew each month, and not part of
 * Kite's list). A broker's own list goes before all of this.
 */
import type { Price, Quantity } from '../core/amount.ts'
import { price, quantity } from '../core/amount.ts'
import type { Group, Product } from '../core/instrument.ts'
import type { TradingDate } from '../core/time.ts'

/** The first is used when an order names none. */
export const USUAL_PRODUCTS: Readonly<Record<Group, readonly [Product, ...Product[]]>> = {
  equity: ['CNC', 'MIS'],
  futures: ['NRML', 'MIS'],
  options: ['NRML', 'MIS'],
  fx: ['NRML', 'MIS'],
}

type Ticks = { readonly from: string; readonly steps: readonly (readonly [string, string])[] }

/** Newest first; below each price the step beside it. The last one holds for all above. */
const CASH_TICKS: readonly Ticks[] = [
  {
    from: '2025-04-15',
    steps: [
      ['250', '0.01'],
      ['1000', '0.05'],
      ['5000', '0.1'],
      ['10000', '0.5'],
      ['20000', '1'],
      ['999999999', '5'],
    ],
  },
]
const USUAL_TICK = '0.05'

/** The step of prices around `at`; exchanges take the last month's closing price. */
export function tickOn(group: Group, at: Price, date: TradingDate): Price {
  const steps = CASH_TICKS.find(({ from }) => from <= date)?.steps
  if (group !== 'equity' || !steps) return price(USUAL_TICK)
  return price(steps.find(([below]) => at < price(below))?.[1] ?? USUAL_TICK)
}

type Freeze = { readonly from: string; readonly most: Readonly<Record<string, string>> }

/** Newest first. Stock contracts have a monthly file of their own, which is not copied here. */
const INDEX_FREEZE: readonly Freeze[] = [
  {
    from: '2026-08-03',
    most: {
      NIFTY: '1800',
      BANKNIFTY: '600',
      FINNIFTY: '1800',
      MIDCPNIFTY: '2800',
      NIFTYNXT50: '600',
    },
  },
]

/** The most one order in a contract on `underlying` may carry, in whole lots. */
export function freezeOn(
  underlying: string,
  lot: Quantity,
  date: TradingDate,
): Quantity | undefined {
  const most = INDEX_FREEZE.find(({ from }) => from <= date)?.most[underlying]
  if (most === undefined) return undefined
  return (quantity(most) - (quantity(most) % lot)) as Quantity
}
