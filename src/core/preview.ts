/** What an order would cost, line by line, before anybody sends it. */
import type { Money, Price, Quantity } from './amount.ts'
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  lotsIn,
  minus,
  percent,
  plus,
  times,
} from './amount.ts'
import type { ChargeLines, ChargeName, ChargePlan, RuleName } from './charges.ts'
import {
  CHARGE_NAMES,
  chargesOn,
  onContractNote,
  ruleOn,
  segmentOf,
  totalCharges,
} from './charges.ts'
import type { Instrument, Product } from './instrument.ts'
import type { Side } from './order.ts'
import type { TradingDate } from './time.ts'

/** What is traded, as far as its charges go; a symbol is not needed for them. */
export type Traded = Pick<
  Instrument,
  'exchange' | 'group' | 'currency' | 'tick' | 'lot' | 'multiplier'
> & { readonly symbol: string | undefined }

export type Wish = {
  readonly traded: Traded
  readonly plan: ChargePlan
  readonly product: Product
  readonly side: Side
  /** Unsigned. */
  readonly size: Quantity
  readonly price: Price
  readonly date: TradingDate
}

export type ChargesView = {
  readonly plan: string
  /** Null where no dated rule applies. */
  readonly rule: RuleName | null
  readonly date: string
  readonly symbol: string | null
  readonly exchange: string
  readonly segment: string
  readonly product: string
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly price: string
  readonly currency: string
  readonly turnover: string
  readonly lines: readonly { readonly name: ChargeName; readonly amount: string }[]
  readonly total: string
  /**
   * How far the price must move, in whole ticks, before both sides of the trade pay for
   * themselves, and where it stands then. For a sale: what it must have been bought at, or below.
   */
  readonly breakEven: {
    readonly move: string
    readonly percent: string
    readonly price: string
  } | null
  readonly notes: readonly string[]
}

export function previewCharges(wish: Wish): ChargesView {
  const { traded, plan, product, side, size, price, date } = wish
  const lines = chargesAt(wish, side, price)
  const { exchange, group, currency, symbol } = traded
  const isRuled = (plan === 'zerodha' || plan === 'kotak') && currency === 'INR' && group !== 'fx'
  const rule = isRuled ? ruleOn(date) : undefined
  return {
    plan,
    rule: rule ?? null,
    date,
    symbol: symbol ?? null,
    exchange,
    segment: group === 'fx' ? group : segmentOf(group, product),
    product,
    side: side === 'buy' ? 'BUY' : 'SELL',
    quantity: formatQuantity(size),
    price: formatPrice(price),
    currency,
    turnover: formatMoney(turnoverAt(wish, price)),
    lines: CHARGE_NAMES.map((name) => ({ name, amount: formatMoney(lines[name]) })),
    total: formatMoney(totalCharges(lines)),
    breakEven: breakEvenOf(wish),
    notes: [...notesOn(wish, lines, rule)],
  }
}

const turnoverAt = ({ size, traded }: Wish, at: Price): Money => times(at, size, traded.multiplier)

function chargesAt(wish: Wish, side: Side, at: Price): ChargeLines {
  const { plan, product, size, date } = wish
  const { exchange, group, currency, lot } = wish.traded
  const lots = lotsIn(size, lot)
  const what = { plan, group, product, currency, side, date, exchange, lots, dp: 'due' } as const
  return chargesOn(what, turnoverAt(wish, at))
}

/** Beyond this many doublings of a tick no market is left. */
const DOUBLINGS_MAX = 60n

/** The fewest ticks that pay for both sides; null where not even a price of nothing would. */
function breakEvenOf(wish: Wish): ChargesView['breakEven'] {
  const { tick } = wish.traded
  const pays = (ticks: bigint): boolean => gainAfter(wish, (ticks * tick) as Price) >= 0n
  let enough = 0n
  for (let doubling = 0n; !pays(enough); doubling++) {
    if (doubling === DOUBLINGS_MAX) return null
    enough = 1n << doubling
  }
  let short = enough / 2n
  while (enough - short > 1n) {
    const middle = (enough + short) / 2n
    if (pays(middle)) enough = middle
    else short = middle
  }
  const move = (enough * tick) as Price
  const price = closingAt(wish, move)
  if (price < 0n) return null
  return { move: formatPrice(move), percent: percent(move, wish.price), price: formatPrice(price) }
}

const closingAt = ({ side, price }: Wish, move: Price): Price =>
  side === 'buy' ? plus(price, move) : minus(price, move)

/** What is left of a favourable move once both orders are charged. */
function gainAfter(wish: Wish, move: Price): Money {
  const { side, price } = wish
  const at = closingAt(wish, move)
  if (at < 0n) return turnoverAt(wish, move) // past nothing: the search has overshot
  const other = side === 'buy' ? 'sell' : 'buy'
  const paid = plus(
    totalCharges(chargesAt(wish, side, price)),
    totalCharges(chargesAt(wish, other, at)),
  )
  return minus(turnoverAt(wish, move), paid)
}

function* notesOn(wish: Wish, lines: ChargeLines, rule: RuleName | undefined): Iterable<string> {
  const { plan, traded, date, product } = wish
  if (!rule) {
    if (plan === 'zerodha' || plan === 'kotak') {
      yield `no charge rule applies to ${traded.exchange} in ${traded.currency}`
    }
    if (plan.startsWith('per-lot:') && traded.symbol === undefined) {
      yield `a lot is taken to be ${formatQuantity(traded.lot)}: name the symbol for its own`
    }
    return
  }
  if (rule.older) yield `the oldest rule is of ${rule.from}: this date is older`
  if (lines.dp > 0n) yield 'dp is charged once a day for each share sold out of the depository'
  const noted = onContractNote('stt', lines.stt, date)
  if (noted !== lines.stt) {
    const alone = formatMoney(noted)
    yield `the contract note rounds the day’s STT to the rupee: alone it would be ${alone}`
  }
  if (plan === 'kotak' && segmentOf(traded.group, product) === 'delivery') {
    yield 'copies of Kotak’s prices differ: the dearer one is used, at least 20 an order'
  }
  if (traded.exchange === 'BSE') {
    yield 'BSE charges by the group of the share: this is the usual rate, not read in a circular'
  }
}
