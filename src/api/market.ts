/** The market, over HTTP: what is quoted now, and candles of what was. */
import { candles, candlesQuery, quote, quotesQuery } from './contract-market.ts'
import { errors, SECURITY } from './contract.ts'
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
          '`to` of those before. Times in which nothing was quoted have no candle.',
        security: SECURITY,
        querystring: candlesQuery,
        response: { 200: candles, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const found = await port.ask({ about: 'candles', ...request.query })
      if (!found) throw noSymbol(request.query.symbol)
      return found
    },
  )
}
