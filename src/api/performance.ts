/** How an account, a strategy or a symbol has fared over a period. */
import { z } from 'zod'
import type { TradingDate } from '../core/time.ts'
import { errors, listOf, SECURITY } from './contract.ts'
import { capitals, decimal, list, name, whole } from './contract-parts.ts'
import type { Api, ApiOptions } from './server.ts'
import { mustKnow } from './settle.ts'

const RISK_FREE_MAX = 100

const date = z.iso
  .date('a date such as 2026-11-21 is expected')
  .transform((text) => text as TradingDate)
  .optional()

const riskFree = z
  .string()
  .refine((text) => /^\d{1,3}(\.\d{1,4})?$/.test(text) && Number(text) <= RISK_FREE_MAX, {
    error: `per cent a year from 0 to ${RISK_FREE_MAX}, with at most 4 decimals`,
  })
  .optional()
  .meta({ description: 'Earned without risk, in per cent a year; 0 unless told.' })

export const performanceQuery = z
  .strictObject({
    account: name(40).optional(),
    strategy: name(40).optional(),
    symbol: capitals(64).optional(),
    from: date.meta({ description: 'The first trading date that counts.' }),
    to: date.meta({ description: 'The last one.' }),
    daysPerYear: whole(1, 366)
      .optional()
      .meta({ description: 'For what is annual: 252 where weekends are off, else 365.' }),
    riskFreePercent: riskFree,
  })
  .superRefine(({ from, to }, context) => {
    if (from === undefined || to === undefined || from <= to) return
    context.addIssue({ code: 'custom', path: ['to'], message: 'a date not before `from`' })
  })

const count = z.number().int()
const perhaps = (description: string) => decimal.nullable().meta({ description })
const day = z.string().nullable()

const figures = z
  .object({
    trades: count.meta({ description: 'Closed in the period.' }),
    wins: count.meta({ description: 'Above zero after charges.' }),
    losses: count,
    winRate: perhaps('A fraction of 1.'),
    averageWin: decimal.nullable(),
    averageLoss: perhaps('Zero or below.'),
    grossProfit: decimal,
    grossLoss: decimal.meta({ description: 'Zero or below.' }),
    profitFactor: perhaps('Gross profit ÷ gross loss; null where nothing was lost.'),
    expectancy: perhaps('What a trade brought on average.'),
    totalPnl: decimal,
  })
  .meta({ id: 'TradesFigures', description: 'Of closed trades, after charges.' })

const fall = z
  .object({
    depth: decimal,
    start: z.string().meta({ description: 'The day of the peak.' }),
    bottom: z.string(),
    recovered: day.meta({ description: 'The first day at the peak again; null: not yet.' }),
    days: count.meta({ description: 'From the peak to the recovery, or to the last day.' }),
  })
  .nullable()
  .meta({ id: 'Drawdown', description: 'Null where nothing fell.' })

const part = z.object({ name: z.string(), figures }).meta({ id: 'PerformancePart' })

const point = z
  .object({
    date: z.string(),
    equity: perhaps('Null where a price of that day is not known.'),
    pnl: perhaps('Since the day before that has a value.'),
    returnPercent: decimal.nullable(),
    paidIn: decimal,
    paidOut: decimal,
    unpriced: list(z.string()).meta({ description: 'Held, and of no known price that day.' }),
  })
  .meta({ id: 'EquityPoint' })

const performance = z
  .object({
    account: z.string(),
    currency: z.string(),
    strategy: z.string().nullable(),
    symbol: z.string().nullable(),
    from: day,
    to: day,
    startEquity: decimal.nullable(),
    endEquity: decimal.nullable(),
    paidIn: decimal,
    paidOut: decimal,
    pnl: perhaps('All profit after charges, also what is not realized.'),
    returnPercent: perhaps('Time-weighted.'),
    annualReturnPercent: decimal.nullable(),
    sharpe: decimal.nullable(),
    sortino: decimal.nullable(),
    calmar: decimal.nullable(),
    reason: z.string().nullable().meta({ description: 'Why some of these four are null.' }),
    daysPerYear: count,
    riskFreePercent: decimal,
    daysValued: count,
    daysUnvalued: count,
    drawdownPercent: perhaps('The last known value below the highest.'),
    maxDrawdownPercent: fall,
    maxDrawdown: fall,
    figures,
    strategies: list(part).meta({ description: 'By owner.' }),
    symbols: list(part),
    equity: list(point),
  })
  .meta({ id: 'Performance' })

export function performanceRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.get(
    '/api/v1/performance',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Return, drawdown, ratios and the curve of equity over a period',
        description:
          'One item an account and currency. A return is time-weighted: what was paid in or out ' +
          'is no profit. Four ratios need 30 daily returns. A day on which the price of ' +
          'something held is not known has no value.',
        security: SECURITY,
        querystring: performanceQuery,
        response: { 200: listOf(performance), ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      await mustKnow(port, request.query.account)
      return port.ask({ about: 'performance', ...request.query })
    },
  )
}
