/**
 * What a trade costs besides its price, as dated data. Rates are fractions of turnover on one side.
 *
 * Sources, collected in November 2026: STT from the NSE circular of 2026-03-31 (Finance Act 2026);
 * NSE transaction charges from NSE/FA/73061 of 2026-02-27; stamp duty, SEBI fee, GST and Zerodha's
 * brokerage from their public pages. GST is charged on brokerage, exchange and SEBI fees.
 */
import type { Money, Rate } from './amount.ts'
import { charge, minus, money, NO_MONEY, plus, rate, smaller } from './amount.ts'
import type { Currency, Group, Product } from './instrument.ts'
import type { Side } from './order.ts'
import type { TradingDate } from './time.ts'

export const CHARGE_NAMES = ['brokerage', 'stt', 'exchange', 'sebi', 'stamp', 'gst'] as const
export type ChargeName = (typeof CHARGE_NAMES)[number]
export type ChargeLines = Readonly<Record<ChargeName, Money>>

/** Whose price list: the broker's brokerage on top of the market's statutory charges. */
export type ChargePlan = 'zerodha' | 'none'

export const NO_CHARGES: ChargeLines = {
  brokerage: NO_MONEY,
  stt: NO_MONEY,
  exchange: NO_MONEY,
  sebi: NO_MONEY,
  stamp: NO_MONEY,
  gst: NO_MONEY,
}

type Segment = 'delivery' | 'intraday' | 'futures' | 'options'
type Brokerage = { readonly fraction: Rate; readonly cap: Money }
type Rates = {
  readonly sttBuy: Rate
  readonly sttSell: Rate
  readonly exchange: Rate
  readonly stampBuy: Rate
  readonly brokerage: Brokerage
}

/** One table of rates and the day from which it holds. */
type ChargeRule = {
  readonly version: string
  readonly from: TradingDate
  readonly segments: Readonly<Record<Segment, Rates>>
}

const SEBI = rate('0.000001')
const GST = rate('0.18')
const FREE: Brokerage = { fraction: rate('0'), cap: NO_MONEY }
/** 0.03 % of an order's turnover, at most 20. */
const CAPPED: Brokerage = { fraction: rate('0.0003'), cap: money('20') }
/** Flat 20 an order: a fraction so large that the cap always decides. */
const FLAT_20: Brokerage = { fraction: rate('100'), cap: money('20') }

const rates = (
  [sttBuy, sttSell, exchange, stampBuy]: readonly [string, string, string, string],
  brokerage: Brokerage,
): Rates => ({
  sttBuy: rate(sttBuy),
  sttSell: rate(sttSell),
  exchange: rate(exchange),
  stampBuy: rate(stampBuy),
  brokerage,
})

/** Newest first. */
const RULES: readonly [ChargeRule, ...ChargeRule[]] = [
  {
    version: 'zerodha-nse-2026-04',
    from: '2026-04-01' as TradingDate,
    segments: {
      delivery: rates(['0.001', '0.001', '0.0000307', '0.00015'], FREE),
      intraday: rates(['0', '0.00025', '0.0000307', '0.00003'], CAPPED),
      futures: rates(['0', '0.0005', '0.0000183', '0.00002'], CAPPED),
      options: rates(['0', '0.0015', '0.0003553', '0.00003'], FLAT_20),
    },
  },
]

/** The rule of a day; of a day before the oldest rule, the oldest, and `older` says so. */
export function ruleOn(date: TradingDate): { readonly version: string; readonly older: boolean } {
  const { version, from } = ruleFor(date)
  return { version, older: date < from }
}

const ruleFor = (date: TradingDate): ChargeRule =>
  RULES.find(({ from }) => from <= date) ?? RULES[RULES.length - 1]!

/** What a trade is, as far as charges go. `turnover` is price × quantity, never negative. */
export type Chargeable = {
  readonly plan: ChargePlan
  readonly group: Group
  readonly product: Product
  readonly currency: Currency
  readonly side: Side
  readonly date: TradingDate
}

/**
 * All charges on one order that has turned over `turnover` so far. Brokerage is capped by the
 * order, so what a further fill costs is the difference of two calls, never a call of its own.
 */
export function chargesOn(what: Chargeable, turnover: Money): ChargeLines {
  if (what.plan === 'none' || what.currency !== 'INR' || what.group === 'fx') return NO_CHARGES
  const { sttBuy, sttSell, exchange, stampBuy, brokerage } = ruleFor(what.date).segments[
    segmentOf(what)
  ]
  const buying = what.side === 'buy'
  const lines = {
    brokerage: smaller(charge(turnover, brokerage.fraction), brokerage.cap),
    stt: charge(turnover, buying ? sttBuy : sttSell),
    exchange: charge(turnover, exchange),
    sebi: charge(turnover, SEBI),
    stamp: buying ? charge(turnover, stampBuy) : NO_MONEY,
  }
  const taxed = plus(plus(lines.brokerage, lines.exchange), lines.sebi)
  return { ...lines, gst: charge(taxed, GST) }
}

function segmentOf({ group, product }: Chargeable): Segment {
  if (group === 'futures' || group === 'options') return group
  return product === 'MIS' ? 'intraday' : 'delivery'
}

export const totalCharges = (lines: ChargeLines): Money =>
  CHARGE_NAMES.reduce((sum, name) => plus(sum, lines[name]), NO_MONEY)

export const addCharges = (a: ChargeLines, b: ChargeLines): ChargeLines =>
  combine(a, b, (left, right) => plus(left, right))

export const subtractCharges = (a: ChargeLines, b: ChargeLines): ChargeLines =>
  combine(a, b, (left, right) => minus(left, right))

function combine(
  a: ChargeLines,
  b: ChargeLines,
  join: (left: Money, right: Money) => Money,
): ChargeLines {
  return {
    brokerage: join(a.brokerage, b.brokerage),
    stt: join(a.stt, b.stt),
    exchange: join(a.exchange, b.exchange),
    sebi: join(a.sebi, b.sebi),
    stamp: join(a.stamp, b.stamp),
    gst: join(a.gst, b.gst),
  }
}
