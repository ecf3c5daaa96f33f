/** What an order costs besides its price; the rates are in rates.ts. */
import type { Money, Quantity, Rounding } from './amount.ts'
import {
  absolute,
  charge,
  larger,
  minus,
  NO_MONEY,
  plus,
  price,
  rate,
  smaller,
  times,
} from './amount.ts'
import { assert } from './brand.ts'
import type { Currency, Group, Product } from './instrument.ts'
import { exchangeOf } from './instrument.ts'
import type { Side, Terms } from './order.ts'
import type { BrokerName, ChargeRule, Fee, Segment } from './rates.ts'
import { RULES } from './rates.ts'
import type { TradingDate } from './time.ts'

/** `dp`: what the depository's participant takes for shares that leave it. */
export const CHARGE_NAMES = ['brokerage', 'stt', 'exchange', 'sebi', 'stamp', 'dp', 'gst'] as const
export type ChargeName = (typeof CHARGE_NAMES)[number]
export type ChargeLines = Readonly<Record<ChargeName, Money>>

/**
 * Whose price list: a broker's on top of what exchange and state take; a flat amount for each lot
 * and nothing else, in the instrument's currency (`per-lot:3.5`); or nothing at all.
 */
export type ChargePlan = BrokerName | `per-lot:${string}` | 'none'

export const NO_CHARGES: ChargeLines = {
  brokerage: NO_MONEY,
  stt: NO_MONEY,
  exchange: NO_MONEY,
  sebi: NO_MONEY,
  stamp: NO_MONEY,
  dp: NO_MONEY,
  gst: NO_MONEY,
}

export type RuleName = Pick<ChargeRule, 'version' | 'from'> & { readonly older: boolean }

/** The rule of a day; of a day before the oldest rule, the oldest, and `older` says so. */
export function ruleOn(date: TradingDate): RuleName {
  const { version, from } = ruleFor(date)
  return { version, from, older: date < from }
}

const ruleFor = (date: TradingDate): ChargeRule =>
  RULES.find(({ from }) => from <= date) ?? RULES[RULES.length - 1]!

/** What a trade is, as far as charges go. */
export type Chargeable = {
  readonly plan: ChargePlan
  readonly group: Group
  readonly product: Product
  readonly currency: Currency
  readonly side: Side
  readonly date: TradingDate
  /** Every exchange but BSE is charged as NSE is. */
  readonly exchange?: string | undefined
  /** Traded so far, unsigned and in lots; a plan per lot cannot do without. */
  readonly lots?: Quantity | undefined
  /** Set where a delivery sale is the first of its share that day: it pays the depository. */
  readonly dp?: 'due' | undefined
}

/**
 * All charges on an order so far; `value` is signed as the order, `date` its last trade's. One
 * whose trades were all taken back costs nothing, not even what is flat.
 */
export function chargesOnOrder(
  plan: ChargePlan,
  { instrument, group, product, currency, quantity }: Terms,
  { date, value }: { readonly date: TradingDate; readonly value: Money },
): ChargeLines {
  if (value === 0n) return NO_CHARGES
  const side = quantity > 0n ? ('buy' as const) : ('sell' as const)
  const exchange = exchangeOf(instrument)
  return chargesOn({ plan, group, product, currency, side, date, exchange }, absolute(value))
}

/** Whether any rule is about such trades. */
export const hasRules = ({ currency, group }: Pick<Chargeable, 'currency' | 'group'>): boolean =>
  currency === 'INR' && group !== 'fx'

/**
 * All charges on one order that has turned over `turnover` so far, which is price × quantity and
 * never negative. Fees are limited by the order, so what a further fill costs is the difference of
 * two calls, never a call of its own.
 */
export function chargesOn(what: Chargeable, turnover: Money): ChargeLines {
  const { plan, group, product, date, side, exchange } = what
  if (plan === 'none') return NO_CHARGES
  if (plan !== 'zerodha' && plan !== 'kotak') return perLot(plan, what.lots)
  if (!hasRules(what)) return NO_CHARGES
  const { statutory, brokers, sebi, gst, rounding } = ruleFor(date)
  const segment = segmentOf(group, product)
  const { stt, exchange: fees, stampBuy } = statutory[segment]
  const list = brokers[plan]
  const brokerage = (product === 'MIS' ? list.intraday : list.carried)[segment]
  const lines = {
    brokerage: feeOn(turnover, brokerage, rounding.brokerage),
    stt: charge(turnover, stt[side], rounding.stt),
    exchange: charge(turnover, exchange === 'BSE' ? fees.BSE : fees.NSE, rounding.exchange),
    sebi: charge(turnover, sebi, rounding.sebi),
    stamp: side === 'buy' ? charge(turnover, stampBuy, rounding.stamp) : NO_MONEY,
    dp: leavesDepository(what) ? feeOn(turnover, list.dp, rounding.dp) : NO_MONEY,
    gst: NO_MONEY,
  }
  const taxed = plus(plus(lines.brokerage, lines.exchange), lines.sebi)
  lines.gst = charge(list.gstOnDp ? plus(taxed, lines.dp) : taxed, gst, rounding.gst)
  return lines
}

export function segmentOf(group: Group, product: Product): Segment {
  if (group === 'futures' || group === 'options') return group
  return product === 'MIS' ? 'intraday' : 'delivery'
}

const leavesDepository = ({ dp, side, group, product }: Chargeable): boolean =>
  dp === 'due' && side === 'sell' && segmentOf(group, product) === 'delivery'

function feeOn(turnover: Money, fee: Fee, rounding: Rounding): Money {
  const { fraction, min, max, ceiling } = fee
  const limited = smaller(larger(charge(turnover, fraction, rounding), min), max)
  return ceiling === undefined ? limited : smaller(limited, charge(turnover, ceiling, rounding))
}

const PER_LOT = 'per-lot:'
const WHOLE = rate('1')

function perLot(plan: ChargePlan, lots: Quantity | undefined): ChargeLines {
  assert(lots !== undefined, `${plan} is told how many lots were traded`)
  const amount = price(plan.slice(PER_LOT.length))
  return { ...NO_CHARGES, brokerage: charge(times(amount, lots), WHOLE) }
}

/** A line of the day's sum as the contract note prints it. */
export const onContractNote = (name: ChargeName, sum: Money, date: TradingDate): Money =>
  charge(sum, WHOLE, ruleFor(date).noteRounding[name])

export const totalCharges = (lines: ChargeLines): Money =>
  CHARGE_NAMES.reduce((sum, name) => plus(sum, lines[name]), NO_MONEY)

export const addCharges = (a: ChargeLines, b: ChargeLines): ChargeLines =>
  combine(a, b, (left, right) => plus(left, right))

export const subtractCharges = (a: ChargeLines, b: ChargeLines): ChargeLines =>
  combine(a, b, (left, right) => minus(left, right))

/** Spelled out: a backtest does this at every fill. */
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
    dp: join(a.dp, b.dp),
    gst: join(a.gst, b.gst),
  }
}
