/**
 * What a row of daily returns comes to. All of it is whole numbers of 10^-12, rounded half away
 * from zero where something must be, so that the same days give the same figures on any machine;
 * only a power with a broken exponent needs a float. Formulas and their sources:
 * docs/performance-statistics.md.
 */
import type { Money } from './amount.ts'
import { ratio } from './amount.ts'
import type { Brand } from './brand.ts'
import type { TradingDate } from './time.ts'
import { daysBetween } from './time.ts'

/** A part of a whole, such as a day's return. Unit 10^-12. */
export type Fraction = Brand<bigint, 'Fraction'>

const ONE = 1_000_000_000_000n
const DECIMALS_OF_PERCENT = 10

/** What is earned without any risk, and how many days make a year. */
export type Yearly = {
  /** In a year. */
  readonly riskFree: Fraction
  readonly days: number
}

export const fractionOf = (part: Money, whole: Money): Fraction =>
  divided((part as bigint) * ONE, whole) as Fraction

/** `1.25` of a per cent of one; at most 10 decimals. */
export function percentOf(text: string): Fraction {
  const [whole = '0', rest = ''] = text.split('.')
  return BigInt(`${whole}${rest.padEnd(DECIMALS_OF_PERCENT, '0')}`) as Fraction
}

export const percentText = (part: Fraction, decimals = 2): string =>
  ratio((part as bigint) * 100n, ONE, decimals)

/** What one unit of money at the start has become after each of them; never below zero. */
export function grown(returns: readonly Fraction[]): bigint[] {
  let worth = ONE
  return returns.map((each) => {
    worth = divided(worth * (ONE + each), ONE)
    if (worth < 0n) worth = 0n
    return worth
  })
}

/** All of them one after the other. */
export const compounded = (returns: readonly Fraction[]): Fraction =>
  ((grown(returns).at(-1) ?? ONE) - ONE) as Fraction

/** The return of a year in which every day is as these were on average. */
export function annual(returns: readonly Fraction[], { days }: Yearly): Fraction | undefined {
  if (returns.length === 0) return undefined
  const worth = grown(returns).at(-1)!
  const power = days / returns.length
  const year = Math.pow(Number(worth) / Number(ONE), power) // tidy-ok: an estimate, not an amount
  if (!Number.isFinite(year * Number(ONE))) return undefined // tidy-ok: the same
  return (BigInt(Math.round(year * Number(ONE))) - ONE) as Fraction // tidy-ok: the same
}

/** Text to 4 decimals; undefined where all returns are alike. */
export function sharpe(returns: readonly Fraction[], yearly: Yearly): string | undefined {
  const excess = above(returns, yearly)
  const n = BigInt(excess.length)
  const sum = total(excess)
  const spread = n * total(excess.map((each) => each * each)) - sum * sum
  if (n < 2n || spread === 0n) return undefined
  // sum/n ÷ √(spread / (n(n−1))) × √days
  const days = BigInt(yearly.days)
  return ratio(sum * root(n * (n - 1n) * days * ONE * ONE), n * root(spread * ONE * ONE))
}

/** The same against days below the risk-free return alone; undefined where there is none. */
export function sortino(returns: readonly Fraction[], yearly: Yearly): string | undefined {
  const excess = above(returns, yearly)
  const n = BigInt(excess.length)
  const below = total(excess.map((each) => (each < 0n ? each * each : 0n)))
  if (below === 0n) return undefined
  const days = BigInt(yearly.days)
  return ratio(total(excess) * root(n * days * ONE * ONE), n * root(below * ONE * ONE))
}

/** The annual return for each unit of the deepest fall; undefined where nothing fell. */
export function calmar(yearsReturn: Fraction, fall: Fraction): string | undefined {
  return fall <= 0n ? undefined : ratio(yearsReturn, fall)
}

const above = (returns: readonly Fraction[], { riskFree, days }: Yearly): bigint[] => {
  const aDay = divided(riskFree, BigInt(days))
  return returns.map((each) => each - aDay)
}

const total = (all: readonly bigint[]): bigint => all.reduce((sum, each) => sum + each, 0n)

const divided = (dividend: bigint, divisor: bigint): bigint => {
  const twice = (2n * dividend) / divisor
  return (twice + (twice < 0n ? -1n : 1n)) / 2n
}

/** The largest whole number whose square is not above it, by Newton. */
function root(square: bigint): bigint {
  if (square < 2n) return square
  let guess = 1n << BigInt((square.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (guess + square / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

/** A value at the end of a day. */
export type Dated = { readonly date: TradingDate; readonly value: bigint }

/** From a peak to the lowest point before the peak was reached again. */
export type Fall = {
  readonly peak: Dated
  readonly bottom: Dated
  /** The first day that was at the peak again; undefined while none is. */
  readonly recovered: TradingDate | undefined
  /** From the peak to the recovery, or to the last day. */
  readonly days: number
}

/** The deepest of them by `depth`, the first where several are; undefined where nothing fell. */
export function deepestFall(
  points: readonly Dated[],
  depth: (peak: bigint, bottom: bigint) => bigint,
): Fall | undefined {
  let peak = points[0]
  let deepest: { peak: Dated; bottom: Dated; depth: bigint } | undefined
  for (const point of points) {
    if (point.value >= peak!.value) peak = point
    const below = depth(peak!.value, point.value)
    if (below > (deepest?.depth ?? 0n)) deepest = { peak: peak!, bottom: point, depth: below }
  }
  if (!deepest) return undefined
  const { peak: from, bottom } = deepest
  const recovered = points.find(({ date, value }) => date > bottom.date && value >= from.value)
  const end = recovered ?? points.at(-1)!
  return { peak: from, bottom, recovered: recovered?.date, days: daysBetween(from.date, end.date) }
}

/** Of the peak. */
export const relativeFall = (peak: bigint, bottom: bigint): Fraction =>
  (peak > 0n ? divided((peak - bottom) * ONE, peak) : 0n) as Fraction

export const absoluteFall = (peak: bigint, bottom: bigint): Money => (peak - bottom) as Money
