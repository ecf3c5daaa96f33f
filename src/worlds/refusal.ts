import type { Clock } from '../desk/clock.ts'
import type { FrontOptions } from '../desk/front.ts'
import type { Halted } from '../desk/gateway.ts'
import type { Calendar } from '../market/calendar.ts'

export type RefusalOptions = {
  readonly halted: Halted
  /** Undefined where whether a market is open is left to the broker. */
  readonly calendar: Pick<Calendar, 'whyRefused'> | undefined
  readonly clock: Pick<Clock, 'now'>
}

/** Why an order is not taken at this moment, whatever it is. */
export const refusals =
  ({ halted, calendar, clock }: RefusalOptions): FrontOptions['refuse'] =>
  (instrument, type) => {
    const why = halted()
    if (why !== undefined) return { code: 'TRADING_HALTED', why }
    const closed = instrument && calendar?.whyRefused(instrument, type, clock.now())
    return closed === undefined ? undefined : { code: 'MARKET_CLOSED', why: closed }
  }
