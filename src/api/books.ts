import { booksSchemas } from './contract-books.ts'
import { errors, schemas, SECURITY } from './contract.ts'
import { askedBy, mustKnow, notFound, settledBooks } from './settle.ts'
import type { Api, ApiOptions } from './server.ts'

// tidy-ok: one call a route
export function booksRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.get(
    '/api/v1/tracking',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Symbols the system trades, and whose books hold how much of them',
        security: SECURITY,
        querystring: booksSchemas.filter,
        response: { 200: booksSchemas.tracking, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      await mustKnow(port, request.query.account)
      return onePage(await port.ask({ about: 'tracking', ...request.query }))
    },
  )

  app.post(
    '/api/v1/tracking/release',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Takes a symbol out of what is tracked',
        description: 'Nothing is sold, and no order is cancelled.',
        security: SECURITY,
        headers: schemas.idempotency,
        body: booksSchemas.releaseBody,
        response: {
          200: booksSchemas.tracking,
          ...errors(400, 401, 403, 404, 409, 413, 415, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { body } = request
      const answer = await port.submit({ type: 'ReleaseSymbol', ...askedBy(request), ...body })
      settledBooks(answer, reply, body)
      return onePage(await port.ask({ about: 'tracking', account: body.account }))
    },
  )

  app.get(
    '/api/v1/breaks',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Where the broker holds another quantity than all books come to',
        security: SECURITY,
        querystring: booksSchemas.filter,
        response: { 200: booksSchemas.breaks, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      await mustKnow(port, request.query.account)
      return onePage(await port.ask({ about: 'breaks', ...request.query }))
    },
  )

  app.get(
    '/api/v1/breaks/settling',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What settling a break as somebody’s would do to the books; nothing is done',
        security: SECURITY,
        querystring: booksSchemas.settlingQuery,
        response: { 200: booksSchemas.settling, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const found = await port.ask({ about: 'settling', ...request.query })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', request.query.account)
      return found
    },
  )

  app.post(
    '/api/v1/breaks/settle',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Says whose a break is; or that it was a split, by which every book grows',
        security: SECURITY,
        headers: schemas.idempotency,
        body: booksSchemas.settleBody,
        response: {
          200: booksSchemas.breaks,
          ...errors(400, 401, 403, 404, 409, 413, 415, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { body } = request
      const answer = await port.submit({ type: 'SettleBreak', ...askedBy(request), ...body })
      settledBooks(answer, reply, body)
      return onePage(await port.ask({ about: 'breaks', account: body.account }))
    },
  )

  app.post(
    '/api/v1/orders/:id/settle',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Says of an unknown order that it never reached the broker',
        description: 'It stays watched: should it show all the same, it comes back, loudly.',
        security: SECURITY,
        headers: schemas.idempotency,
        params: booksSchemas.orderParams,
        body: booksSchemas.settleOrderBody,
        response: { 200: schemas.order, ...errors(400, 401, 403, 404, 409, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { reason } = request.body
      const asked = askedBy(request)
      const answer = await port.submit({ type: 'SettleOrder', ...asked, orderId: id, reason })
      settledBooks(answer, reply, { orderId: id })
      return (await port.ask({ about: 'order', id }))!
    },
  )

  app.get(
    '/api/v1/reconciliation/:account',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'How the books stand: the last reading, what matched, what is open',
        security: SECURITY,
        params: schemas.accountParams,
        response: { 200: booksSchemas.reconciliation, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account } = request.params
      const found = await port.ask({ about: 'reconciliation', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    },
  )

  app.post(
    '/api/v1/reconciliation/:account/run',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Reads the broker’s book now, and says what the reading found',
        security: SECURITY,
        params: schemas.accountParams,
        response: { 200: booksSchemas.run, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { account } = request.params
      const found = await port.ask({ about: 'run', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    },
  )
}

/** All there is: the number of symbols an account trades is small. */
const onePage = <T>({ items }: { readonly items: readonly T[] }) => ({ items, next: null })
