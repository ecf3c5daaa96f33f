/** Which exchanges end their day together, and when. */
import { SESSION_GROUPS } from '../core/instrument.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import type { DayGroup } from '../desk/end-of-day.ts'
import type { Calendar } from '../market/calendar.ts'
import { tradingDateOf } from '../market/exchange.ts'

const INDIA = 'Asia/Kolkata'

/** Commodities trade until half past eleven at night, and their books are open until then. */
const COMMODITY_TIME = '23:45'
const GROUPS: readonly (Omit<DayGroup, 'at' | 'zone'> & { readonly at: string | undefined })[] = [
  { name: 'equity', exchanges: ['NSE', 'BSE', 'NFO', 'BFO', 'CDS', 'BCD'], at: undefined },
  { name: 'commodity', exchanges: ['MCX'], at: COMMODITY_TIME },
  { name: 'sim', exchanges: ['SIM'], at: undefined },
]

/** Those of the account's exchanges. `at`: EOD_CLEANUP_TIME, by the clock of India. */
export const dayGroupsOf = (exchanges: readonly string[], at: string): DayGroup[] =>
  GROUPS.flatMap((group) => {
    const own = group.exchanges.filter((exchange) => exchanges.includes(exchange))
    return own.length === 0
      ? []
      : [{ name: group.name, exchanges: own, at: group.at ?? at, zone: INDIA }]
  })

/** Whether any kind of instrument of the exchange trades on that date. */
export const tradesOn = (calendar: Calendar, exchange: string, date: TradingDate): boolean =>
  SESSION_GROUPS.some((group) => calendar.sessionsOn(exchange, group, date).phases.length > 0)

/** Whether no kind of instrument of the exchange opens again on the date of that moment. */
export function isOverAt(calendar: Calendar, exchange: string, at: Instant): boolean {
  const date = tradingDateOf(exchange, at)
  return SESSION_GROUPS.every((group) => {
    const next = calendar.nextOpen(exchange, group, at)
    return next === undefined || tradingDateOf(exchange, next) !== date
  })
}
