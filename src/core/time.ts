import type { Brand } from './brand.ts'

/** Milliseconds since 1970, UTC. The core never asks for the time; it is told. */
export type Instant = Brand<number, 'Instant'>

/** A trading date as its exchange counts it: `2026-11-21`. */
export type TradingDate = Brand<string, 'TradingDate'>

/** An end of a period: a moment, or a whole trading day, as the exchange in question counts it. */
export type Bound = Instant | TradingDate

export const SECOND = 1_000
export const MINUTE: number = 60 * SECOND
export const HOUR: number = 60 * MINUTE
export const DAY: number = 24 * HOUR

export const instant = (milliseconds: number): Instant => milliseconds as Instant
export const later = (from: Instant, milliseconds: number): Instant => instant(from + milliseconds)
export const elapsed = (from: Instant, to: Instant): number => to - from

/** `2026-11-21T09:15:00.000+05:30`, for a clock that is `offset` minutes ahead of UTC. */
export function isoTime(at: Instant, offset = 0): string {
  const local = at + offset * MINUTE
  const sign = offset < 0 ? '-' : '+'
  const size = Math.abs(offset)
  const zone = offset === 0 ? 'Z' : `${sign}${two(Math.trunc(size / 60))}:${two(size % 60)}`
  return new Date(local).toISOString().slice(0, -1) + zone
}

/** The moment of a text that `isoTime` wrote. */
export const instantOf = (text: string): Instant => instant(Date.parse(text))

/** The date on a clock that is `offset` minutes ahead of UTC. */
export function dateAt(at: Instant, offset = 0): TradingDate {
  const day = Math.floor((at + offset * MINUTE) / DAY)
  if (day !== lastDay) {
    lastDate = new Date(day * DAY).toISOString().slice(0, 10) as TradingDate
    lastDay = day
  }
  return lastDate
}

export const daysBetween = (from: TradingDate, to: TradingDate): number =>
  (Date.parse(to) - Date.parse(from)) / DAY

// The same day is asked for again and again; what is remembered never changes an answer.
let lastDay = NaN
let lastDate = '' as TradingDate

const two = (value: number): string => String(value).padStart(2, '0')
