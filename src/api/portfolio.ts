/** What an account is worth, its trades, and what they came to. */
import { z } from 'zod'
import { cursor, errors, limit, listOf, SECURITY } from './contract.ts'
import { capitals, decimal, list, moment, name, time } from './contract-parts.ts'
import type { Api, ApiOptions } from './server.ts'
import { mustKnow } from './settle.ts'

const exit = z
  .object({
    number: z.number().int().meta({ description: '1 is the first one that was taken.' }),
    quantity: decimal,
    price: decimal.meta({ description: 'Average over what the order closed of the trade.' }),
    at: time,
    reason: z.string(),
    orderId: z.string().nullable().meta({ description: 'Null for a trade by hand.' }),
    gross: decimal,
    charges: decimal,
    pnl: decimal,
  })
  .meta({ id: 'Exit' })

const trade = z
  .object({
    id: z.string(),
    account: z.string(),
    symbol: z.string(),
    exchange: z.string(),
    product: z.string(),
    owner: z.string(),
    side: z.enum(['LONG', 'SHORT']),
    status: z.enum(['open', 'closed']),
    quantity: decimal.meta({ description: 'All that was entered.' }),
    remaining: decimal,
    entryPrice: decimal,
    entryTime: time,
    entries: list(z.string()).meta({ description: 'The orders that entered it.' }),
    exitPrice: decimal.nullable().meta({ description: 'Average of the exits so far.' }),
    exitTime: time.nullable(),
    exitReason: z.string().nullable().meta({
      description: 'Of the exit that closed it: signal, stop, target, manual or guard:<why>.',
    }),
    exits: list(exit),
    gross: decimal.meta({ description: 'Taken so far, before charges.' }),
    charges: decimal,
    pnl: decimal.meta({ description: 'Gross less charges.' }),
    pnlPercent: decimal.nullable().meta({ description: 'Of the value of its entries.' }),
    currency: z.string(),
  })
  .meta({ id: 'Trade' })

const metrics = z
  .object({
    totalTrades: z.number().int(),
    wins: z.number().int().meta({ description: 'Closed with a pnl above zero.' }),
    losses: z.number().int(),
    winRate: decimal.meta({ description: 'A fraction of 1.' }),
    winLossRatio: decimal.nullable().meta({ description: 'Null without a loss.' }),
    totalPnl: decimal,
    totalReturnPercent: decimal.nullable().meta({ description: 'Of the initial capital.' }),
    averageWin: decimal.nullable(),
    averageLoss: decimal.nullable().meta({ description: 'Zero or below.' }),
    currentCapital: decimal,
  })
  .nullable()
  .meta({ id: 'Metrics', description: 'Null before the first trade is closed.' })

const summary = z.object({ currency: z.string(), metrics }).meta({ id: 'TradesSummary' })

const unrealized = decimal.nullable().meta({ description: 'Null while a price is missing.' })

const portfolio = z
  .object({
    account: z.string(),
    mode: z.enum(['paper', 'live']),
    currency: z.string(),
    initial: decimal,
    deposits: decimal,
    withdrawals: decimal,
    realized: decimal.meta({ description: 'Of all trades, closed and open, before charges.' }),
    charges: decimal,
    current: decimal.meta({
      description: 'initial + realized - charges + deposits - withdrawals',
    }),
    used: decimal.meta({ description: 'What open positions cost when they were entered.' }),
    available: decimal,
    free: decimal.meta({ description: 'What the desk lets a new order use.' }),
    unrealized,
    equity: unrealized,
    positions: z.number().int(),
    owners: list(
      z.object({
        owner: z.string(),
        positions: z.number().int(),
        used: decimal,
        realized: decimal,
        unrealized,
      }),
    ),
    metrics,
  })
  .meta({ id: 'Portfolio' })

const chosen = {
  account: name(40).optional(),
  symbol: capitals(64).optional(),
  strategy: name(40).optional(),
  from: moment,
  to: moment,
}
const inOrder = (asked: Period, context: z.RefinementCtx): void => {
  const { from, to } = asked
  if (from === undefined || to === undefined || from < to) return
  context.addIssue({ code: 'custom', path: ['to'], message: 'a time after `from` is expected' })
}
type Period = { readonly from?: number | undefined; readonly to?: number | undefined }

const status = z.enum(['open', 'closed']).optional()
export const tradesQuery = z.strictObject({ ...chosen, status, limit, cursor }).superRefine(inOrder)
export const summaryQuery = z.strictObject(chosen).superRefine(inOrder)

export const portfolioQuery = z.strictObject({ account: chosen.account })

// tidy-ok: one call a route
export function portfolioRoutes(app: Api, { port }: ApiOptions): void {
  app.get(
    '/api/v1/trades',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Round trips from flat to flat with their exits, the one opened last first',
        description: '`from` and `to` are about when they were closed: open ones never were.',
        security: SECURITY,
        querystring: tradesQuery,
        response: { 200: listOf(trade), ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { cursor: before, status: state, ...asked } = request.query
      await mustKnow(port, asked.account)
      const open = state && state === 'open'
      return port.ask({ about: 'trades', ...asked, open, before })
    },
  )

  app.get(
    '/api/v1/trades/summary',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What closed trades came to, one item a currency',
        security: SECURITY,
        querystring: summaryQuery,
        response: { 200: listOf(summary), ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      await mustKnow(port, request.query.account)
      return port.ask({ about: 'tradesSummary', ...request.query })
    },
  )

  app.get(
    '/api/v1/portfolio',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Capital, profit and what is used of it, one item an account and currency',
        security: SECURITY,
        querystring: portfolioQuery,
        response: { 200: listOf(portfolio), ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account } = request.query
      await mustKnow(port, account)
      return port.ask({ about: 'portfolio', account })
    },
  )
}
