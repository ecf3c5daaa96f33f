/**
 * Exact amounts. Each is a whole number of a tiny unit, held in a `bigint`:
 *
 *   Price 10^-8, Quantity 10^-8, Money 10^-16
 *
 * Money is as fine as price and quantity together, so `price × quantity` is money exactly, with
 * nothing to round. Five functions round, each by a rule it names: `share`, `charge`, `average`,
 * `around` and (with the first account in two currencies) `convert`.
 */
import type { Brand } from './brand.ts'

/** Of one unit of the instrument, in its currency. Unit 10^-8. */
export type Price = Brand<bigint, 'Price'>
/** Signed: bought is positive, sold is negative. Units, never lots. Unit 10^-8. */
export type Quantity = Brand<bigint, 'Quantity'>
/** Of one currency, which stands beside it. Unit 10^-16. */
export type Money = Brand<bigint, 'Money'>
/** A fraction of a turnover, such as a tax. Unit 10^-10. */
export type Rate = Brand<bigint, 'Rate'>

type Amount = Price | Quantity | Money

const PRICE_DECIMALS = 8
const QUANTITY_DECIMALS = 8
const MONEY_DECIMALS = 16
const RATE_DECIMALS = 10
const RATE_ONE = 10_000_000_000n

/** Digits a `number` holds exactly, whatever they are. */
const SAFE_DIGITS = 15
const POWERS = Array.from({ length: MONEY_DECIMALS + 1 }, (_, exponent) => 10n ** BigInt(exponent))

const ZERO = 48
const MINUS = 45
const POINT = 46 - ZERO

export const price = (text: string): Price => parse(text, PRICE_DECIMALS) as Price
export const quantity = (text: string): Quantity => parse(text, QUANTITY_DECIMALS) as Quantity
export const money = (text: string): Money => parse(text, MONEY_DECIMALS) as Money
export const rate = (text: string): Rate => parse(text, RATE_DECIMALS) as Rate
export const formatRate = (fraction: Rate): string => format(fraction, RATE_DECIMALS)

export const formatPrice = (amount: Price): string => format(amount, PRICE_DECIMALS)
export const formatQuantity = (amount: Quantity): string => format(amount, QUANTITY_DECIMALS)
export const formatMoney = (amount: Money): string => format(amount, MONEY_DECIMALS)

export const NO_QUANTITY: Quantity = 0n as Quantity
export const NO_MONEY: Money = 0n as Money

/** The named rules by which a charge is rounded, each half away from zero. */
export type Rounding = 'paisa' | 'rupee'
/** `divisor` takes a turnover × rate to whole steps. */
type Step = { readonly step: Money; readonly divisor: bigint }
const stepOf = (step: Money): Step => ({ step, divisor: step * RATE_ONE })
const STEPS: Readonly<Record<Rounding, Step>> = {
  paisa: stepOf(money('0.01')),
  rupee: stepOf(money('1')),
}

export const plus = <A extends Amount>(a: A, b: NoInfer<A>): A => ((a as bigint) + b) as A
export const minus = <A extends Amount>(a: A, b: NoInfer<A>): A => ((a as bigint) - b) as A
export const negate = <A extends Amount>(a: A): A => -(a as bigint) as A
export const absolute = <A extends Amount>(a: A): A => (a < 0n ? -(a as bigint) : a) as A
export const smaller = <A extends Amount>(a: A, b: NoInfer<A>): A => (a < b ? a : b)
export const larger = <A extends Amount>(a: A, b: NoInfer<A>): A => (a > b ? a : b)
export const isOnGrid = <A extends Amount>(a: A, step: NoInfer<A>): boolean =>
  (a as bigint) % step === 0n

/** `multiplier` is the contract size: what one unit of quantity delivers. It enters here, once. */
export const times = (at: Price, size: Quantity, multiplier = 1n): Money =>
  (multiplier === 1n ? at * size : at * size * multiplier) as Money

/**
 * The share of `total` that belongs to `part` of `whole`, cut towards zero. The caller keeps
 * `total - share`, so what rounding takes from one side stays on the other and nothing is lost.
 */
export const share = (total: Money, part: Quantity, whole: Quantity): Money =>
  ((total * part) / whole) as Money

/** That fraction of it, cut towards zero: of a limit, the part that a limit may never exceed. */
export const fractionOf = (whole: Money, fraction: Rate): Money =>
  ((whole * fraction) / RATE_ONE) as Money

/** A charge on a turnover, rounded by the rule of its line. */
export function charge(turnover: Money, fraction: Rate, rounding: Rounding = 'paisa'): Money {
  if (fraction === 0n) return NO_MONEY
  const { step, divisor } = STEPS[rounding]
  return roundHalfAway(turnover * fraction, divisor, step) as Money
}

/**
 * `at` and that fraction of it more, or less; rounded to whole ticks towards `at`, so that it is
 * never further away than was asked for.
 */
export function around(at: Price, fraction: Rate, tick: Price): readonly [low: Price, high: Price] {
  const away = (at * fraction) / RATE_ONE
  const high = ((at + away) / tick) * tick
  const low = ((at - away + tick - 1n) / tick) * tick
  return [low as Price, high as Price]
}

/** So many per cent (at most 50) worse to trade at: less for a seller, more for a buyer. */
export function worseBy(at: Price, side: 'buy' | 'sell', percents: number): Price {
  const away = (at * BigInt(Math.min(percents, 50))) / 100n
  return (side === 'sell' ? at - away : at + away) as Price
}

/** On the grid of ticks, and never nothing. */
export const onTick = (at: Price, tick: Price): Price => {
  const whole = at - (at % tick)
  return (whole > 0n ? whole : tick) as Price
}

/** Whether `part` is more than that fraction of `whole`; both unsigned. */
export const isBeyond = <A extends Amount>(part: A, whole: NoInfer<A>, fraction: Rate): boolean =>
  (part as bigint) * RATE_ONE > (whole as bigint) * fraction

/** For people to read, never to compute with: to 8 decimals, half away from zero. */
export const average = (value: Money, size: Quantity, multiplier = 1n): Price =>
  roundHalfAway(size < 0n ? negate(value) : value, absolute(size) * multiplier, 1n) as Price

/** For people to read: `part` in per cent of `whole`, half away from zero. */
export const percent = <A extends Amount>(part: A, whole: NoInfer<A>, decimals = 4): string =>
  ratio((part as bigint) * 100n, whole, decimals)

/** For people to read: half away from zero. */
export const ratio = (part: bigint, whole: bigint, decimals = 4): string =>
  format(roundHalfAway(part * POWERS[decimals]!, whole, 1n), decimals)

/** For people to read: `part` in hundredths of a per cent of `whole`, to 2 decimals. */
export const basisPoints = (part: Money, whole: Money): string =>
  format(roundHalfAway(part * 1_000_000n, whole, 1n), 2)

/** Lots may be broken where an instrument allows it: 1,000 of 100,000 is 0.01 lots. */
export const lotsIn = (size: Quantity, lot: Quantity): Quantity =>
  ((size * POWERS[QUANTITY_DECIMALS]!) / lot) as Quantity

/** How many whole steps fit: the quantity that `capital` buys, as a multiple of `lot`. */
export function affordable(capital: Money, at: Price, lot: Quantity, multiplier = 1n): Quantity {
  const lots = capital / (at * lot * multiplier)
  return (lots > 0n ? lots * lot : 0n) as Quantity
}

/** Market data is whole points of `decimals` decimals; in an event it is a Price. */
export const priceOfPoints = (points: number, decimals: number): Price =>
  (BigInt(points) * POWERS[PRICE_DECIMALS - decimals]!) as Price

/** The other way, for a price that is known to lie on those points. */
export const pointsOfPrice = (at: Price, decimals: number): number =>
  Number(at / POWERS[PRICE_DECIMALS - decimals]!) // tidy-ok: whole points, not an amount

function roundHalfAway(dividend: bigint, divisor: bigint, step: bigint): bigint {
  const twice = (2n * dividend) / divisor
  return ((twice + (twice < 0n ? -1n : 1n)) / 2n) * step
}

/** More than anybody owns; and a bound on what is computed with. */
const WHOLE_DIGITS_MAX = 15

/** Why `text` is not an amount of at most `decimals` decimals; undefined when it is one. */
export function whyNotDecimal(text: string, decimals: number): string | undefined {
  const match = /^-?(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return 'a plain decimal number such as "101.25" is expected'
  if (match[1]!.length > WHOLE_DIGITS_MAX)
    return `at most ${WHOLE_DIGITS_MAX} digits before the point`
  if ((match[2]?.length ?? 0) > decimals) return `at most ${decimals} decimals are kept`
  return undefined
}

/** Amounts in the journal are short, so nearly all are read without touching a bigint twice. */
function parse(text: string, decimals: number): bigint {
  let units = 0
  let point = -1
  const start = text.charCodeAt(0) === MINUS ? 1 : 0
  for (let index = start; index < text.length; index++) {
    const digit = text.charCodeAt(index) - ZERO
    if (digit >= 0 && digit <= 9) units = units * 10 + digit
    else if (digit === POINT && point < 0 && index > start) point = index
    else throw new RangeError(`Not a decimal number: "${text}"`)
  }
  const fraction = point < 0 ? 0 : text.length - 1 - point
  if (text.length === start || (point >= 0 && fraction === 0)) {
    throw new RangeError(`Not a decimal number: "${text}"`)
  }
  if (fraction > decimals) throw new RangeError(`More than ${decimals} decimals: "${text}"`)
  const exact = text.length - start <= SAFE_DIGITS ? BigInt(units) : BigInt(bare(text, start))
  return (start ? -exact : exact) * POWERS[decimals - fraction]!
}

const bare = (text: string, start: number): string => text.slice(start).replace('.', '')

function format(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0')
  let end = digits.length
  const point = end - decimals
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--
  const sign = units < 0n ? '-' : ''
  if (end === point) return sign + digits.slice(0, point)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`
}
