/** How an account, or a strategy in it, has fared with its orders. */
import { z } from 'zod'
import { errors, SECURITY } from './contract.ts'
import { decimal, name } from './contract-parts.ts'
import type { Api, ApiOptions } from './server.ts'
import { mustKnow } from './settle.ts'

const date = z.iso
  .date('a trading date such as "2026-11-23" is expected')
  .optional()
  .meta({ description: 'A trading date of the exchange, itself included.' })

export const statisticsQuery = z
  .strictObject({
    account: name(40).optional(),
    strategy: name(40).optional(),
    owner: name(60).optional().meta({ description: '`manual`, or `strategy:` and its name.' }),
    period: z.enum(['all', 'today']).optional().meta({
      description: 'All there ever was, if no dates are named; or each exchange’s own today.',
    }),
    from: date,
    to: date,
  })
  .superRefine(({ strategy, owner, period, from, to }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (strategy !== undefined && owner !== undefined) {
      issue('owner', 'nothing where a strategy is named')
    }
    if (period !== undefined && (from !== undefined || to !== undefined)) {
      issue('period', 'nothing where dates are named')
    }
    if (from !== undefined && to !== undefined && from > to) {
      issue('to', 'a date that is not before "from" is expected')
    }
  })

const count = (description: string) => z.number().int().meta({ description })
const mean = (description: string) => z.number().nullable().meta({ description })
const byCurrency = (description: string) => z.record(z.string(), decimal).meta({ description })
const comparisons = z
  .record(z.string(), z.object({ amount: decimal, basisPoints: decimal }).nullable())
  .meta({
    id: 'Comparisons',
    description: 'By currency; above zero is dearer, null where nothing can be compared.',
  })

const statistics = z
  .object({
    account: z.string().nullable(),
    owner: z.string().nullable(),
    period: z.enum(['all', 'today', 'days']),
    from: z.string().nullable(),
    to: z.string().nullable(),
    totalOrders: count('Orders that were placed.'),
    totalSubmitted: count('Those for which a request of ours left.'),
    totalCompleted: count('Wholly filled.'),
    totalCancelled: count('Also where a part was filled before.'),
    totalRejected: count('By the broker.'),
    totalExpired: count('Ended by the broker or the exchange.'),
    totalFailed: count('Denied, expired before they reached the broker, or lapsed.'),
    totalDenied: count('By us; part of totalFailed, not of totalOrders.'),
    pendingCount: count('May still trade: pending, open or unknown.'),
    queueSize: count('Requests that wait for their turn at the broker, now.'),
    monitoredPositions: count('Positions that strategies hold, now.'),
    totalFills: count('Less those that were taken back.'),
    totalVolume: byCurrency('Price × quantity × contract size of all fills.'),
    totalCommission: byCurrency('All charges.'),
    fillRate: mean('Completed ÷ submitted.'),
    averageFillTime: mean('Seconds from being placed to complete.'),
    averageSlippage: comparisons,
    vwap: z.object({
      slippage: comparisons,
      compared: count('Orders that are in it.'),
      traded: count('Orders that have traded.'),
      reason: z.string().nullable().meta({ description: 'Why some are not in it.' }),
    }),
  })
  .meta({ id: 'Statistics' })

export function statisticsRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.get(
    '/api/v1/statistics',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Orders counted by what became of them, and how well they were carried out',
        description:
          'Of the orders placed in the period, as they are now. `queueSize` and ' +
          '`monitoredPositions` are of this moment, whatever the period. Both slippages are ' +
          'weighted by value: against the price at arrival, and against the market’s average ' +
          'over the life of each order.',
        security: SECURITY,
        querystring: statisticsQuery,
        response: { 200: statistics, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      await mustKnow(port, request.query.account)
      return port.ask({ about: 'statistics', ...request.query })
    },
  )
}
