/** What is quoted, and what was, as the API shows it. */
import { z } from 'zod'
import { INTERVALS } from '../core/candle.ts'
import { capitals, decimal, list, moment, time, whole } from './contract-parts.ts'

const CANDLES_MAX = 500
const CANDLES = 100

const listed = { symbol: capitals(64), exchange: capitals(16).optional() }

export const quotesQuery = z.strictObject(listed)

export const quote = z
  .object({
    symbol: z.string(),
    exchange: z.string(),
    currency: z.string(),
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
    interval: z.enum(INTERVALS).default('1m'),
    from: moment,
    to: moment,
    limit: whole(1, CANDLES_MAX).default(CANDLES),
  })
  .superRefine(({ from, to }, context) => {
    if (from === undefined || to === undefined || from < to) return
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
  })
  .meta({ id: 'Candles' })
