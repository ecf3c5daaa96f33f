/** The market, over HTTP: what is quoted now, and candles of what was. */
import { candles, candlesQuery, quote, quotesQuery } from './contract-market.ts'
import { errors, SECURITY } from './contract.ts'
import { ApiError } from './problem.ts'
import type { Api, ApiOptions } from './server.ts'
import { noSymbol } from './settle.ts'

export function marketRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.get(
    '/api/v1/quotes',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What an instrument is quoted at, and how old that is',
        security: SECURITY,
        querystring: quotesQuery,
        response: { 200: quote, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const found = await port.ask({ about: 'quote', ...request.query })
      if (!found) throw noSymbol(request.query.symbol)
      return found
    },
  )

  app.get(
    '/api/v1/candles',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Prices of a stretch of time as candles, the oldest first',
        description:
          'The newest `limit` of those that begin from `from` on and before `to`; `next` is the ' +
          '`to` of those before. Times in which nothing was quoted have no candle. What is over ' +
          'is kept and not fetched again; the one that is still forming is not `whole`.',
        security: SECURITY,
        querystring: candlesQuery,
        response: { 200: candles, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const found = await port.ask({ about: 'candles', ...request.query })
      if (!found) throw noSymbol(request.query.symbol)
      if ('failed' in found) throw noHistory(found.failed)
      return found
    },
  )
}

export const noHistory = (reason: string): ApiError =>
  new ApiError({
    status: 503,
    code: 'HISTORY_FAILED',
    detail: `No candles could be fetched: ${reason}.`,
    field: null,
    value: null,
    remedy: 'Send the same request again in a while; nothing that was kept is lost.',
  })
