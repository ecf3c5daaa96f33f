/** What people are told of a day that is over. */
import { money } from './amount.ts'
import type { DayFigures } from './day-view.ts'
import { currency } from './instrument.ts'
import { moneyText } from './wording.ts'

type Day = { readonly group: string; readonly date: string; readonly dryRun: boolean }

/** Lines for people; the first says whether all is well. */
export function dayText(
  { date, group, dryRun }: Day,
  figures: DayFigures | undefined,
  failed: number,
): string {
  const what = dryRun ? 'Dry run of the end of day' : 'End of day'
  const head = `${what} ${date} (${group}): ${how(failed, dryRun)}.`
  if (!figures) return `${head} The day’s figures could not be had.`
  const { ordersPlaced, executed, rejected, denied, pending, unknown, fills } = figures
  const { breaksOpen, breaksClosed, trackedSymbols } = figures
  const orders =
    `Orders ${ordersPlaced}: ${executed} executed, ${rejected} rejected, ` +
    `${pending} pending, ${unknown} unknown; ${denied} denied. Fills ${fills}.`
  const profit =
    `P&L realized ${amounts(figures.realized)}, unrealized ${amounts(figures.unrealized)}, ` +
    `charges ${amounts(figures.charges)}, equity ${amounts(figures.equity)}, ` +
    `drawdown ${falls(figures.drawdownPercent)}.`
  const named = trackedSymbols.slice(0, NAMED_MAX).join(', ')
  const more = trackedSymbols.length > NAMED_MAX ? ', …' : ''
  const tracked = trackedSymbols.length === 0 ? 'none' : `${named}${more}`
  const breaks = `Breaks open ${breaksOpen}, closed ${breaksClosed}.`
  return [head, orders, profit, `${breaks} Tracked ${tracked}.`].join('\n')
}

function how(failed: number, dryRun: boolean): string {
  if (failed > 0) return `WARNING, ${failed} of 6 steps ${dryRun ? 'would fail' : 'failed'}`
  return dryRun ? 'nothing was done' : 'SUCCESS, all 6 steps done'
}

const falls = (of: Readonly<Record<string, string | null>>): string =>
  Object.values(of)
    .map((part) => (part === null ? 'not known' : `${part} %`))
    .join(' + ') || 'none'

const NAMED_MAX = 20

/** `₹1,066.00`; what is not known is said, and never zero. */
function amounts(of: Readonly<Record<string, string | null>>): string {
  const all = Object.entries(of).map(([code, amount]) =>
    amount === null ? 'not known' : moneyText(money(amount), currency(code)),
  )
  return all.length === 0 ? 'none' : all.join(' + ')
}
