import { z } from 'zod'
import { decimal, list, name } from './contract-parts.ts'
import { errors, SECURITY } from './contract.ts'
import { ApiError } from './problem.ts'
import type { Api, ApiOptions } from './server.ts'
import { mustKnow } from './settle.ts'

const count = z.number().int()
const byCurrency = z.record(z.string(), decimal)

const figures = z
  .object({
    ordersPlaced: count,
    executed: count,
    rejected: count,
    denied: count,
    pending: count,
    unknown: count,
    fills: count,
    turnover: byCurrency,
    realized: byCurrency,
    unrealized: z.record(z.string(), decimal.nullable()),
    charges: byCurrency,
    equity: z.record(z.string(), decimal.nullable()),
    drawdownPercent: z.record(z.string(), decimal.nullable()),
    breaksOpen: count,
    breaksClosed: count,
    trackedSymbols: list(z.string()),
  })
  .meta({ id: 'DayFigures' })

const run = z
  .object({
    account: z.string(),
    group: z.string(),
    exchanges: list(z.string()),
    date: z.string(),
    dryRun: z.boolean(),
    success: z.boolean(),
    durationSeconds: z.number(),
    steps: list(
      z.object({
        number: count,
        name: z.string(),
        ok: z.boolean(),
        seconds: z.number(),
        detail: z.string(),
        error: z.string().nullable(),
      }),
    ),
    stepsCompleted: count,
    stepsFailed: count,
    statistics: figures.nullable(),
    summary: z.string(),
  })
  .meta({ id: 'EndOfDay' })

export const endOfDayBody = z
  .strictObject({
    account: name(40).default('paper'),
    group: name(20).optional().meta({ description: 'Exchanges whose day ends together.' }),
    date: z.iso.date('a date such as 2026-11-21 is expected').optional().meta({
      description: 'The day that ends; today unless told.',
    }),
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: 'Say what would be done, and do it not.' }),
  })
  .meta({ id: 'RunEndOfDay' })

export function dayRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.post(
    '/api/v1/end-of-day',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Ends the day: six steps, each done once a day',
        description: 'A second run on the same day changes nothing. Answers when all are done.',
        security: SECURITY,
        body: endOfDayBody,
        response: { 200: run, ...errors(400, 401, 403, 404, 413, 415, 503) },
      },
    },
    async (request) => {
      const { account, group, date, dryRun } = request.body
      await mustKnow(port, account)
      const found = await port.ask({ about: 'endOfDay', account, group, date, dryRun })
      if (typeof found === 'object') return found
      throw notEnded(found, request.body)
    },
  )
}

type DayAsked = { readonly group?: string | undefined; readonly date?: string | undefined }

export function notEnded(why: 'noGroup' | 'noDate', { group, date }: DayAsked): ApiError {
  if (why === 'noGroup') {
    return new ApiError({
      status: 404,
      code: 'GROUP_NOT_FOUND',
      detail: 'No exchanges of that name end their day here.',
      field: 'group',
      value: group ?? null,
      remedy: 'Leave it out for the first.',
    })
  }
  return new ApiError({
    status: 400,
    code: 'DATE_NOT_OVER',
    detail: 'That day has not begun, is too long ago, or a later one has been ended already.',
    field: 'date',
    value: date ?? null,
    remedy: 'Leave it out for today.',
  })
}
