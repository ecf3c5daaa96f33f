/** What is quoted, and what was, as the API shows it. */
import { z } from 'zod'
import { INTERVALS } from '../core/candle.ts'
import type { Bound } from '../core/time.ts'
import { bound, capitals, decimal, list, time, whole } from './contract-parts.ts'

const CANDLES_MAX = 500
const CANDLES = 100
/** Ten years. */
const DAYS_MAX = 3_660

const listed = { symbol: capitals(64), exchange: capitals(16).optional() }

/** A day and a moment on it are told apart only by whoever knows the exchange. */
const isInOrder = (from: Bound | undefined, to: Bound | undefined): boolean => {
  if (typeof from === 'number' && typeof to === 'number') return from < to
  return typeof from !== 'string' || typeof to !== 'string' || from <= to
}

export const quotesQuery = z.strictObject(listed)

export const quote = z
  .object({
    symbol: z.string(),
    exchange: z.string(),
    currency: z.string(),
    last: decimal.nullable().meta({
      description: 'What traded last, or the middle of the latest quote.',
    }),
    bid: decimal.nullable(),
    ask: decimal.nullable(),
    bidSize: decimal.nullable(),
    askSize: decimal.nullable(),
    at: time.nullable(),
    ageMs: z.number().int().nullable(),
    stale: z.boolean().meta({
      description: 'Too old to value an order by; an order is then valued by its own price.',
    }),
    halted: z.boolean(),
  })
  .meta({ id: 'Quote' })

export const candlesQuery = z
  .strictObject({
    ...listed,
    interval: z.enum(INTERVALS).default('day'),
    days: whole(1, DAYS_MAX)
      .optional()
      .meta({
        description:
          'From the day on that is so many days ago; `data.historical_days` where `from` is not ' +
          'given either.',
      }),
    from: bound,
    to: bound,
    limit: whole(1, CANDLES_MAX).default(CANDLES),
  })
  .superRefine(({ days, from, to }, context) => {
    if (days !== undefined && from !== undefined) {
      context.addIssue({ code: 'custom', path: ['days'], message: '`days`, or `from`' })
    }
    if (isInOrder(from, to)) return
    context.addIssue({ code: 'custom', path: ['to'], message: 'a time after `from` is expected' })
  })

const candle = z
  .object({
    at: time,
    open: decimal,
    high: decimal,
    low: decimal,
    close: decimal,
    volume: decimal.nullable().meta({ description: 'Null where the source has no volumes.' }),
    whole: z.boolean().meta({ description: 'False while it is still forming.' }),
  })
  .meta({ id: 'Candle' })

export const candles = z
  .object({
    symbol: z.string(),
    exchange: z.string(),
    interval: z.enum(INTERVALS),
    items: list(candle),
    next: time.nullable().meta({ description: 'The `to` of the candles before these.' }),
    notice: z.string().nullable().meta({
      description: 'What is wrong with them, such as that the newest could not be fetched.',
    }),
  })
  .meta({ id: 'Candles' })
