/** What people are told of a day that is over. */
import { money } from './amount.ts'
import type { DayFigures } from './day-view.ts'
import { currency } from './instrument.ts'
import { moneyText } from './wording.ts'

type Day = { readonly account: string; readonly group: string; readonly date: string }

/** Lines for people; the first says whether all is well. */
export function dayText(
  { date, group }: Day,
  figures: DayFigures | undefined,
  failed: number,
): string {
  const head =
    failed === 0
      ? `End of day ${date} (${group}): SUCCESS, all 6 steps done.`
      : `End of day ${date} (${group}): WARNING, ${failed} of 6 steps failed.`
  if (!figures) return `${head} The day’s figures could not be had.`
  const { ordersPlaced, executed, rejected, denied, pending, unknown, fills } = figures
  const { breaksOpen, trackedSymbols } = figures
  const orders =
    `Orders ${ordersPlaced}: ${executed} executed, ${rejected} rejected, ` +
    `${pending} pending, ${unknown} unknown; ${denied} denied. Fills ${fills}.`
  const profit =
    `P&L realized ${amounts(figures.realized)}, unrealized ${amounts(figures.unrealized)}, ` +
    `charges ${amounts(figures.charges)}, equity ${amounts(figures.equity)}.`
  const named = trackedSymbols.slice(0, NAMED_MAX).join(', ')
  const more = trackedSymbols.length > NAMED_MAX ? ', …' : ''
  const tracked = trackedSymbols.length === 0 ? 'none' : `${named}${more}`
  return [head, orders, profit, `Breaks open ${breaksOpen}. Tracked ${tracked}.`].join('\n')
}

const NAMED_MAX = 20

/** `₹1,066.00`; what is not known is said, and never zero. */
function amounts(of: Readonly<Record<string, string | null>>): string {
  const all = Object.entries(of).map(([code, amount]) =>
    amount === null ? 'not known' : moneyText(money(amount), currency(code)),
  )
  return all.length === 0 ? 'none' : all.join(' + ')
}
