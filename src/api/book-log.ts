/** What every reading of the broker’s book found, and what the account was worth then. */
import { z } from 'zod'
import { LOG_STATUSES, LOG_TYPES } from '../core/book-log.ts'
import { errors, schemas, SECURITY } from './contract.ts'
import { capitals, decimal, list, moment, time } from './contract-parts.ts'
import type { Api, ApiOptions } from './server.ts'
import { mustKnow, notFound } from './settle.ts'

const { limit, cursor } = schemas.fillsQuery.shape
const period = { from: moment, to: moment, limit, cursor }
const logQuery = z.strictObject({
  ...period,
  symbol: capitals(64).optional(),
  type: z.enum(LOG_TYPES).optional(),
  status: z.enum(LOG_STATUSES).optional(),
})
const snapshotsQuery = z.strictObject(period)

const text = z.string().nullable()
const amount = decimal.nullable()
const seq = z.number().int().meta({ description: 'Of the event in the journal.' })
const whose = { id: z.number().int(), account: z.string(), user: text, createdAt: time }

const logLine = z
  .object({
    ...whose,
    cycle: z.number().int().nullable(),
    eventType: z.enum(LOG_TYPES),
    status: z.enum(LOG_STATUSES),
    symbol: text,
    exchange: text,
    product: text,
    owner: text,
    direction: z.enum(['BUY', 'SELL']).nullable(),
    ticket: text.meta({ description: 'The broker’s own number of the position or the order.' }),
    orderId: text,
    signalId: text,
    approvalId: text,
    ourQuantity: amount,
    brokerQuantity: amount,
    ourPrice: amount,
    brokerPrice: amount,
    differencePercent: amount.meta({ description: 'Theirs above ours, in per cent of ours.' }),
    slippage: amount.meta({ description: 'A unit; above zero the broker’s is the worse average.' }),
    closeReason: text,
    pnl: amount.meta({ description: 'Realized, before charges.' }),
    note: z.string(),
    seq,
  })
  .meta({ id: 'ReconciliationLine' })

const snapshot = z
  .object({
    ...whose,
    currency: z.string(),
    balance: decimal.meta({ description: 'Cash, and what open positions cost.' }),
    equity: amount.meta({ description: 'Null while a position has no price.' }),
    peakEquity: amount.meta({ description: 'The highest equity there has been.' }),
    drawdownPercent: amount,
    marginUsed: decimal,
    openPositions: z.number().int(),
    unpriced: z.number().int().meta({ description: 'Of them, those without a price.' }),
    unrealized: amount,
    seq,
  })
  .meta({ id: 'PositionSnapshot' })

const side = z.object({ quantity: decimal, average: amount })
const positionReport = z
  .object({
    account: z.string(),
    readAt: time,
    totalPositions: z.number().int(),
    matched: z.number().int(),
    mismatched: z.number().int(),
    positions: list(
      z.object({
        symbol: z.string(),
        exchange: z.string(),
        product: z.string(),
        ours: side.extend({ realized: decimal, unrealized: amount }),
        broker: side.nullable().meta({ description: 'Null where it could not be read.' }),
        differences: list(z.string()),
        match: z.boolean(),
      }),
    ),
    summary: z.object({
      currency: text.meta({ description: 'What is held in others is not in these sums.' }),
      totalRealized: decimal,
      totalUnrealized: amount.meta({ description: 'Null while a position has no price.' }),
    }),
  })
  .meta({ id: 'PositionReport' })

const page = <T extends z.ZodType>(line: T) =>
  z.object({ items: z.array(line).readonly(), next: z.number().int().nullable() })

const PERIOD = '`from` is the first moment that counts, `to` the first that does not.'

export function bookLogRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  reportRoute(app, port)

  app.get(
    '/api/v1/reconciliation/:account/log',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Readings and divergences, the newest first; no line is ever changed',
        description: PERIOD,
        security: SECURITY,
        params: schemas.accountParams,
        querystring: logQuery,
        response: { 200: page(logLine), ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account } = request.params
      const { cursor: before, ...asked } = request.query
      await mustKnow(port, account)
      return port.ask({ about: 'bookLog', account, ...asked, before })
    },
  )

  app.get(
    '/api/v1/reconciliation/:account/snapshots',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What the account was worth, the newest first: once a minute, and at each change',
        description: PERIOD,
        security: SECURITY,
        params: schemas.accountParams,
        querystring: snapshotsQuery,
        response: { 200: page(snapshot), ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account } = request.params
      const { cursor: before, ...asked } = request.query
      await mustKnow(port, account)
      return port.ask({ about: 'snapshots', account, ...asked, before })
    },
  )
}

function reportRoute(app: Api, port: ApiOptions['port']): void {
  app.get(
    '/api/v1/reconciliation/:account/positions',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Reads the broker’s book now, and sets every position beside the broker’s',
        security: SECURITY,
        params: schemas.accountParams,
        response: { 200: positionReport, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account } = request.params
      const found = await port.ask({ about: 'positionReport', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    },
  )
}
