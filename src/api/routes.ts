import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

import type { PlainAnswer } from '../core/port.ts'
import type { ApiKey, Scope } from '../store/state.ts'
import { authorize } from './auth.ts'
import { schemas } from './contract.ts'
import { ApiError, shown, stopped } from './problem.ts'
import type { Api, ApiOptions } from './server.ts'

const errors = (...codes: readonly number[]): Record<number, typeof schemas.problem> =>
  Object.fromEntries(codes.map((code) => [code, schemas.problem]))

const SECURITY = [{ key: [] }]

export function routes(app: Api, options: ApiOptions): Promise<void> {
  const { port } = options
  const keyOf = (request: FastifyRequest, scope: Scope): ApiKey =>
    authorize(request, options.state, scope)
  const reading = (request: FastifyRequest): void => void keyOf(request, 'read')

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
        const { version, status } = options
        return { status: status(), version, mode: 'paper' as const, journal: { n } }
      },
    )
  }

  app.get(
    '/api/v1/instruments',
    {
      schema: {
        summary: 'Instruments that can be traded',
        security: SECURITY,
        querystring: schemas.instrumentsQuery,
        response: { 200: schemas.instruments, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      reading(request)
      return port.ask({ about: 'instruments', ...request.query })
    },
  )

  app.get(
    '/api/v1/accounts',
    {
      schema: {
        summary: 'Accounts, their cash and how many orders work',
        security: SECURITY,
        response: { 200: schemas.accounts, ...errors(401, 403, 503) },
      },
    },
    (request) => {
      reading(request)
      return port.ask({ about: 'accounts' })
    },
  )

  app.post(
    '/api/v1/orders',
    {
      schema: {
        summary: 'Places an order',
        description: 'Answered once the order is on disk. It is sent to the broker at most once.',
        security: SECURITY,
        headers: schemas.idempotency,
        body: schemas.placeOrder,
        response: { 201: schemas.order, ...errors(400, 401, 403, 404, 409, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const asked = askedBy(request, keyOf(request, 'trade'))
      const answer = await port.submit({ type: 'PlaceOrder', ...asked, ticket: request.body })
      return settle(answer, { reply, status: 201, body: request.body })
    },
  )

  app.get(
    '/api/v1/orders',
    {
      schema: {
        summary: 'Orders, the newest first',
        security: SECURITY,
        querystring: schemas.ordersQuery,
        response: { 200: schemas.orders, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      reading(request)
      const { cursor, ...asked } = request.query
      return port.ask({ about: 'orders', ...asked, before: cursor })
    },
  )

  app.get(
    '/api/v1/orders/:id',
    {
      schema: {
        summary: 'One order with its history and fills',
        security: SECURITY,
        params: schemas.orderParams,
        response: { 200: schemas.order, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      reading(request)
      const { id } = request.params
      const order = await port.ask({ about: 'order', id })
      if (!order) throw notFound('ORDER_NOT_FOUND', 'id', id)
      return order
    },
  )

  app.delete(
    '/api/v1/orders/:id',
    {
      schema: {
        summary: 'Asks for an order to be cancelled',
        description: 'The order ends when the broker says so; until then it is shown as it is.',
        security: SECURITY,
        headers: schemas.idempotency,
        params: schemas.orderParams,
        response: { 202: schemas.order, ...errors(400, 401, 403, 404, 409, 422, 503) },
      },
    },
    async (request, reply) => {
      const asked = askedBy(request, keyOf(request, 'trade'))
      const orderId = request.params.id
      const answer = await port.submit({ type: 'CancelOrder', ...asked, orderId })
      return settle(answer, { reply, status: 202, body: { orderId } })
    },
  )

  app.get(
    '/api/v1/positions',
    {
      schema: {
        summary: 'What is held, and whose it is',
        security: SECURITY,
        querystring: schemas.positionsQuery,
        response: { 200: schemas.positions, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      reading(request)
      const { cursor, ...asked } = request.query
      return port.ask({ about: 'positions', ...asked, before: cursor })
    },
  )

  app.get(
    '/api/v1/fills',
    {
      schema: {
        summary: 'Fills, the newest first',
        security: SECURITY,
        querystring: schemas.fillsQuery,
        response: { 200: schemas.fills, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      reading(request)
      const { cursor, ...asked } = request.query
      return port.ask({ about: 'fills', ...asked, before: cursor })
    },
  )

  app.get(
    '/api/v1/journal/head',
    {
      schema: {
        summary: 'The last row of the journal, and the hash over all of it',
        security: SECURITY,
        response: { 200: schemas.journal, ...errors(401, 403, 503) },
      },
    },
    (request) => {
      reading(request)
      return port.ask({ about: 'journal' })
    },
  )

  app.post(
    '/api/v1/accounts/:account/verify',
    {
      schema: {
        summary: 'Reads the broker’s book now, and says where it and ours differ',
        security: SECURITY,
        params: schemas.accountParams,
        response: { 200: schemas.verification, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      keyOf(request, 'trade')
      const { account } = request.params
      const found = await port.ask({ about: 'verification', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    },
  )
  return Promise.resolve()
}

function askedBy(
  request: FastifyRequest,
  { name }: ApiKey,
): { scope: string; id: string; by: string } {
  const given = request.headers['idempotency-key']
  const id = typeof given === 'string' ? given : `once-${randomUUID()}`
  return { scope: `key:${name}`, id, by: `key:${name}` }
}

type Settling = { readonly reply: FastifyReply; readonly status: 201 | 202; readonly body: object }

function settle(answer: PlainAnswer, { reply, status, body }: Settling) {
  if ('repeated' in answer && answer.repeated) reply.header('idempotent-replayed', 'true')
  switch (answer.is) {
    case 'placed':
    case 'cancelAsked':
      reply.header('location', `/api/v1/orders/${answer.order.id}`)
      reply.code(status)
      return answer.order
    case 'denied': {
      const { code, context, field, says, remedy } = answer.denial
      const value = field === null ? null : shown((body as Record<string, unknown>)[field])
      const detail = `${says} ${code} ${context}`.trim()
      throw new ApiError({
        status: code === 'ORDER_NOT_FOUND' ? 404 : 422,
        code,
        detail,
        field,
        value,
        remedy,
      })
    }
    case 'conflict':
      throw new ApiError({
        status: 409,
        code: 'IDEMPOTENCY_KEY_USED',
        detail: 'Another request was settled under this Idempotency-Key.',
        field: 'idempotency-key',
        value: null,
        remedy: 'Use a new key for a new request; repeat the old one word for word.',
      })
    case 'unavailable':
      reply.header('retry-after', '1')
      throw new ApiError(stopped(answer.reason))
    case 'noAccount':
      throw notFound('ACCOUNT_NOT_FOUND', 'account', answer.account)
  }
}

const notFound = (code: string, field: string, value: string): ApiError =>
  new ApiError({
    status: 404,
    code,
    detail: `There is no ${field === 'id' ? 'order' : field} ${shown(value)}.`,
    field,
    value: shown(value),
    remedy: code === 'ORDER_NOT_FOUND' ? 'See GET /api/v1/orders.' : 'See GET /api/v1/accounts.',
  })
