import { booksSchemas } from './contract-books.ts'
import { errors, SECURITY } from './contract.ts'
import type { Api, ApiOptions } from './server.ts'
import { mustKnow } from './settle.ts'

export function breakRulesRoute(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.get(
    '/api/v1/breaks/rules',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'The rules that settle breaks, or others to be tried, and what they would settle',
        description: '`rules`: tried instead of those that are set. Nothing is done.',
        security: SECURITY,
        querystring: booksSchemas.rulesQuery,
        response: { 200: booksSchemas.rules, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      await mustKnow(port, request.query.account)
      const { items } = await port.ask({ about: 'breakRules', ...request.query })
      return { items, next: null }
    },
  )
}
