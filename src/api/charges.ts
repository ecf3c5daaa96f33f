/** What an order would cost, asked without placing it. */
import { z } from 'zod'
import { PRODUCTS } from '../core/instrument.ts'
import { SEGMENTS } from '../core/rates.ts'
import { errors, SECURITY } from './contract.ts'
import { amount, capitals, decimal, list, name, side } from './contract-parts.ts'
import type { Api, ApiOptions } from './server.ts'
import { noSymbol, notFound } from './settle.ts'

const positive = amount.refine((text) => /[1-9]/.test(text) && !text.startsWith('-'), {
  message: 'a number above zero is expected',
})
/** Which products a segment has; a symbol brings its own. */
const SEGMENT_PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  delivery: ['CNC', 'MTF'],
  intraday: ['MIS'],
  futures: ['NRML', 'MIS'],
  options: ['NRML', 'MIS'],
}

export const chargesQuery = z
  .strictObject({
    account: name(40).default('paper'),
    side,
    quantity: positive,
    price: positive,
    symbol: capitals(64).optional(),
    exchange: capitals(16).optional(),
    segment: z.enum(SEGMENTS).optional(),
    product: z.enum(PRODUCTS).optional(),
    plan: z
      .string()
      .regex(
        /^(zerodha|kotak|none|per-lot:\d{1,6}(\.\d{1,4})?)$/,
        'zerodha, kotak, none or per-lot:3.5 is expected',
      )
      .optional(),
    date: z.iso.date('a date such as "2026-11-23" is expected').optional(),
  })
  .superRefine(({ symbol, segment, product }, context) => {
    const issue = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (symbol !== undefined && segment !== undefined) {
      issue('segment', 'a symbol has its own: name one of the two')
    }
    const products = SEGMENT_PRODUCTS[segment ?? '']
    if (product !== undefined && products && !products.includes(product)) {
      issue('product', `${segment} has ${products.join(' and ')}`)
    }
  })

const charges = z
  .object({
    plan: z.string(),
    rule: z.object({ version: z.string(), from: z.string(), older: z.boolean() }).nullable(),
    date: z.string(),
    symbol: z.string().nullable(),
    exchange: z.string(),
    segment: z.string(),
    product: z.string(),
    side,
    quantity: decimal,
    price: decimal,
    currency: z.string(),
    turnover: decimal,
    lines: list(z.object({ name: z.string(), amount: decimal })),
    total: decimal,
    breakEven: z
      .object({ move: decimal, percent: decimal, price: decimal })
      .nullable()
      .meta({ description: 'The fewest ticks that pay for both sides of the trade.' }),
    notes: list(z.string()),
  })
  .meta({ id: 'ChargesPreview' })

export function chargesRoutes(app: Api, { port }: ApiOptions): void {
  app.get(
    '/api/v1/charges/preview',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What an order would cost, line by line; nothing is placed',
        security: SECURITY,
        querystring: chargesQuery,
        response: { 200: charges, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account, symbol } = request.query
      const found = await port.ask({ about: 'charges', ...request.query })
      if (found === 'noAccount') throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      if (found === 'noSymbol') throw noSymbol(symbol)
      return found
    },
  )
}
