import { guard } from './auth.ts'
import { bookLogRoutes } from './book-log.ts'
import { breakRulesRoute } from './break-rules.ts'
import { booksRoutes } from './books.ts'
import { dayRoutes } from './day.ts'
import { chargesRoutes } from './charges.ts'
import { errors, schemas, SECURITY } from './contract.ts'
import { exportRoutes } from './export.ts'
import { guardRoutes } from './guards.ts'
import { marketRoutes } from './market.ts'
import { noticesRoutes } from './notices.ts'
import { notificationsRoutes } from './notifications.ts'
import { orderRoutes } from './order-routes.ts'
import { importRoutes } from './importing.ts'
import { performanceRoutes } from './performance.ts'
import { portfolioRoutes } from './portfolio.ts'
import { recordRoutes } from './record.ts'
import type { Api, ApiOptions } from './server.ts'
import { askedBy, mustKnow, notFound, settleReopened } from './settle.ts'
import { statisticsRoutes } from './statistics.ts'

export function routes(app: Api, options: ApiOptions): Promise<void> {
  const { port } = options
  guard(app, options.state)
  orderRoutes(app, options)
  chargesRoutes(app, options)
  marketRoutes(app, options)
  booksRoutes(app, options)
  dayRoutes(app, options)
  guardRoutes(app, options)
  bookLogRoutes(app, options)
  breakRulesRoute(app, options)
  statisticsRoutes(app, options)
  portfolioRoutes(app, options)
  notificationsRoutes(app, options)
  performanceRoutes(app, options)
  importRoutes(app, options)

  for (const url of ['/health', '/api/v1/health']) {
    app.get(
      url,
      {
        schema: {
          summary: 'Whether Tallyman is up, and takes commands',
          security: [],
          response: { 200: schemas.health, ...errors(503) },
        },
      },
      async () => {
        const { n } = await port.ask({ about: 'journal' }).catch(() => ({ n: 0 }))
        const { version, status, disk } = options
        return { status: status(), disk: disk(), version, mode: 'paper' as const, journal: { n } }
      },
    )
  }

  app.get(
    '/api/v1/instruments',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Instruments that can be traded',
        security: SECURITY,
        querystring: schemas.instrumentsQuery,
        response: { 200: schemas.instruments, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      const { cursor, ...asked } = request.query
      return port.ask({ about: 'instruments', ...asked, before: cursor })
    },
  )

  app.get(
    '/api/v1/accounts',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Accounts, their cash and how many orders work',
        security: SECURITY,
        response: { 200: schemas.accounts, ...errors(401, 403, 503) },
      },
    },
    () => port.ask({ about: 'accounts' }),
  )

  app.get(
    '/api/v1/positions',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What is held, and whose it is',
        security: SECURITY,
        querystring: schemas.positionsQuery,
        response: { 200: schemas.positions, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { cursor, ...asked } = request.query
      await mustKnow(port, asked.account)
      return port.ask({ about: 'positions', ...asked, before: cursor })
    },
  )

  app.get(
    '/api/v1/fills',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Fills, the newest first',
        security: SECURITY,
        querystring: schemas.fillsQuery,
        response: { 200: schemas.fills, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { cursor, ...asked } = request.query
      await mustKnow(port, asked.account)
      return port.ask({ about: 'fills', ...asked, before: cursor })
    },
  )

  app.post(
    '/api/v1/accounts/:account/verify',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Reads the broker’s book now, and says where it and ours differ',
        security: SECURITY,
        params: schemas.accountParams,
        response: { 200: schemas.verification, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account } = request.params
      const found = await port.ask({ about: 'verification', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    },
  )

  app.post(
    '/api/v1/accounts/:account/reopen',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Lets an account place orders again that its own contradictions had closed',
        description: 'Verify the journal first: "tallyman accounts reopen" does both.',
        security: SECURITY,
        params: schemas.accountParams,
        response: { 200: schemas.account, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request, reply) => {
      const { account } = request.params
      const command = { type: 'ReopenAccount', ...askedBy(request), account } as const
      settleReopened(await port.submit(command), reply)
      const { items } = await port.ask({ about: 'accounts' })
      return items.find((each) => each.account === account)!
    },
  )
  recordRoutes(app, options)
  noticesRoutes(app, options)
  exportRoutes(app, options)
  return Promise.resolve()
}
