import { price, quantity } from '../core/amount.ts'
import type { ChargePlan } from '../core/charges.ts'
import type { Group, Instrument } from '../core/instrument.ts'
import { currency } from '../core/instrument.ts'
import type { ChargesAsked } from '../core/asking.ts'
import type { ChargesView, Traded } from '../core/preview.ts'
import { previewCharges } from '../core/preview.ts'
import type { TradingDate } from '../core/time.ts'
import { USUAL_PRODUCTS, tickOn } from '../market/india.ts'

/** What the question leaves open: whose prices, and of which day. */
export type Default = { readonly plan: ChargePlan; readonly date: TradingDate }

/** Without an instrument, one of the segment asked for. */
export function previewOf(
  asked: ChargesAsked,
  instrument: Instrument | undefined,
  open: Default,
): ChargesView {
  const date = (asked.date ?? open.date) as TradingDate
  const traded = instrument ?? sketchOf(asked, date)
  const isDayTrade = asked.segment === 'intraday'
  const [usual] = instrument?.products ?? USUAL_PRODUCTS[traded.group]
  return previewCharges({
    traded,
    plan: (asked.plan as ChargePlan | undefined) ?? open.plan,
    product: asked.product ?? (isDayTrade ? 'MIS' : usual),
    side: asked.side === 'BUY' ? 'buy' : 'sell',
    size: quantity(asked.quantity),
    price: price(asked.price),
    date,
  })
}

function sketchOf({ segment, exchange = 'NSE', price: at }: ChargesAsked, date: TradingDate) {
  const group: Group = segment === 'futures' || segment === 'options' ? segment : 'equity'
  return {
    symbol: undefined,
    exchange,
    group,
    currency: currency('INR'),
    tick: tickOn(group, price(at), date),
    lot: quantity('1'),
    multiplier: 1n,
  } satisfies Traded
}
