/** What the journal says, over HTTP. */
import { errors, schemas, SECURITY } from './contract.ts'
import type { Api, ApiOptions } from './server.ts'

export function recordRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.get(
    '/api/v1/journal/head',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'The last row of the journal, and the hash over all of it',
        security: SECURITY,
        response: { 200: schemas.journal, ...errors(401, 403, 503) },
      },
    },
    () => port.ask({ about: 'journal' }),
  )

  app.get(
    '/api/v1/audit',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Everything that happened, the latest first',
        description:
          'A page may hold fewer items than `limit`, and even none: it is the last one when ' +
          '`next` is null. `from` is the first moment that counts, `to` the first that does not.',
        security: SECURITY,
        querystring: schemas.auditQuery,
        response: { 200: schemas.audit, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      const { cursor, ...asked } = request.query
      return port.ask({ about: 'audit', ...asked, before: cursor })
    },
  )
}
