import type { Quantity } from './amount.ts'
import type { Brand } from './brand.ts'
import type { TradeId } from './order.ts'
import type { TradingDate } from './time.ts'

/** Exchange, date, trade id and side: an account may trade with itself under one trade id. */
export type TradeKey = Brand<string, 'TradeKey'>

export const tradeKey = (
  exchange: string,
  date: TradingDate,
  id: TradeId,
  traded: Quantity,
): TradeKey => `${exchange} ${date} ${id} ${traded < 0n ? 'S' : 'B'}` as TradeKey

/** Of the bust of a trade; `traded` is opposite to the trade's. */
export const bustKey = (
  exchange: string,
  date: TradingDate,
  id: TradeId,
  traded: Quantity,
): TradeKey => `${tradeKey(exchange, date, id, traded)} bust` as TradeKey

/** What a trade by hand that was taken back is booked as: a trade of this name. */
export const bustName = (id: TradeId): TradeId => `${id}${BUST}` as TradeId

/** The trade that it takes back, if its name says so. */
export const bustedName = (id: TradeId): TradeId | undefined =>
  id.endsWith(BUST) ? (id.slice(0, -BUST.length) as TradeId) : undefined

const BUST = ' bust'
