/** Takes over what another system has written down. */
import { z } from 'zod'
import { RECORD_KINDS } from '../core/books-event.ts'
import { errors, SECURITY } from './contract.ts'
import { amount, capitals, decimal, list, name } from './contract-parts.ts'
import type { Api, ApiOptions } from './server.ts'
import { askedBy, notFound } from './settle.ts'

/** More belong in another request. */
const RECORDS_MAX = 50
const DETAIL_MAX = 1_000
const ORDERS_MAX = 100

const record = z
  .strictObject({
    kind: z.enum(RECORD_KINDS),
    ref: z.string().min(1).max(80).meta({
      description: 'Names the line for ever: what is imported twice is there once.',
    }),
    symbol: capitals(64),
    detail: z.string().max(DETAIL_MAX).meta({ description: 'The line as JSON, word for word.' }),
    holding: z
      .strictObject({
        quantity: amount.refine((text) => !/^-|^0+(\.0+)?$/.test(text), 'more than zero'),
        exchange: capitals(16).optional(),
        orders: z.array(z.string().max(80)).max(ORDERS_MAX).default([]),
      })
      .optional()
      .meta({ description: 'What the other system calls its own of what the broker holds.' }),
  })
  .meta({ id: 'ImportRecord' })

const body = z
  .strictObject({
    account: name(40).default('paper'),
    strategy: name(40).optional().meta({
      description: 'Whose the holdings are; without one they are `manual`.',
    }),
    dryRun: z.boolean().default(true).meta({ description: 'Nothing is done unless it is false.' }),
    records: z.array(record).min(1).max(RECORDS_MAX),
  })
  .meta({ id: 'ImportRecords' })

const answer = z
  .object({
    account: z.string(),
    dryRun: z.boolean(),
    items: list(
      z.object({
        ref: z.string(),
        outcome: z.enum(['taken', 'known', 'unknownSymbol', 'notHeld', 'full']),
        moved: decimal.nullable().meta({ description: 'From `preexisting` to the owner.' }),
        short: decimal.nullable().meta({ description: 'More than the broker holds of nobody’s.' }),
      }),
    ),
  })
  .meta({ id: 'Imported' })

export function importRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.post(
    '/api/v1/import',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Takes over lines that another system has written down',
        description:
          'They are kept word for word, and are no fact of the broker: no order, no trade, no ' +
          'profit comes of them. A holding moves from `preexisting` to its owner’s book, as far ' +
          'as the broker holds it. What was taken before changes nothing.',
        security: SECURITY,
        body,
        response: { 200: answer, ...errors(400, 401, 403, 404, 413, 415, 503) },
      },
    },
    async (request) => {
      const { by } = askedBy(request)
      const found = await port.ask({ about: 'importing', ...request.body, by })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', request.body.account)
      return found
    },
  )
}
