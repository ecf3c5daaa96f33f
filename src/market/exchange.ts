import type { Bound, Instant, TradingDate } from '../core/time.ts'
import { HOUR, later } from '../core/time.ts'
import type { Zone } from './zone.ts'
import { dateIn, momentOf, zoneOf } from './zone.ts'

/** Where instruments are traded, and whose clock its days are counted by. */
export type Exchange = {
  readonly code: string
  readonly zone: Zone
  readonly zoneName: string
  /**
   * Local opening and closing time, `09:15`, for files of daily prices that name none; what a day
   * really was is in calendar.ts.
   */
  readonly open: string
  readonly close: string
}

const exchange = (code: string, zone: string, open: string, close: string): Exchange => ({
  code,
  zone: zoneOf(zone),
  zoneName: zone,
  open,
  close,
})

const INDIA = 'Asia/Kolkata'

const EXCHANGES: ReadonlyMap<string, Exchange> = new Map(
  [
    exchange('SIM', 'UTC', '00:00', '24:00'),
    exchange('NSE', INDIA, '09:15', '15:30'),
    exchange('BSE', INDIA, '09:15', '15:30'),
    exchange('NFO', INDIA, '09:15', '15:40'),
    exchange('BFO', INDIA, '09:15', '15:40'),
    exchange('CDS', INDIA, '09:00', '17:00'),
    exchange('BCD', INDIA, '09:00', '17:00'),
    exchange('MCX', INDIA, '09:00', '23:30'),
    exchange('US', 'America/New_York', '09:30', '16:00'),
    exchange('FX', 'UTC', '00:00', '24:00'),
  ].map((each) => [each.code, each]),
)

/** One we have no table of is taken to count its days by UTC. */
export const exchangeNamed = (code: string): Exchange =>
  EXCHANGES.get(code) ?? exchange(code, 'UTC', '00:00', '24:00')

/** When the trading date of that moment began, and when the next one will. */
export function dayAround(code: string, at: Instant): readonly [begin: Instant, end: Instant] {
  const { zone } = exchangeNamed(code)
  const begin = momentOf(zone, dateIn(zone, at), '00:00')
  // A day has 23 to 25 hours where clocks change.
  const next = dateIn(zone, later(begin, 30 * HOUR))
  return [begin, momentOf(zone, next, '00:00')]
}

/** The first moment that counts. */
export const beginOf = (code: string, from: Bound): Instant =>
  typeof from === 'number' ? from : momentOf(exchangeNamed(code).zone, from, '00:00')

/** The first moment that no longer counts: a day counts whole, a moment not at all. */
export const endOf = (code: string, to: Bound): Instant =>
  typeof to === 'number' ? to : dayAround(code, beginOf(code, to))[1]

export const tradingDateOf = (code: string, at: Instant): TradingDate =>
  dateIn(exchangeNamed(code).zone, at)
