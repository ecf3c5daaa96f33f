import { mustBeAdmin } from './auth.ts'
import { errors, schemas, SECURITY } from './contract.ts'
import { askedBy, mustKnow, notFound, settle, settleAll } from './settle.ts'
import type { Api, ApiOptions } from './server.ts'

// tidy-ok: one call a route
export function orderRoutes(app: Api, { port }: Pick<ApiOptions, 'port'>): void {
  app.post(
    '/api/v1/orders',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Places an order',
        description: 'Answered once the order is on disk. It is sent to the broker at most once.',
        security: SECURITY,
        headers: schemas.idempotency,
        body: schemas.placeOrder,
        response: {
          201: schemas.order,
          ...errors(400, 401, 403, 404, 409, 413, 415, 422, 503, 507),
        },
      },
    },
    async (request, reply) => {
      const asked = askedBy(request)
      if (request.body.skipChecks) mustBeAdmin(request, 'skipChecks')
      const answer = await port.submit({ type: 'PlaceOrder', ...asked, ticket: request.body })
      return settle(answer, { reply, status: 201, body: request.body })
    },
  )

  app.get(
    '/api/v1/orders',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Orders, the newest first',
        security: SECURITY,
        querystring: schemas.ordersQuery,
        response: { 200: schemas.orders, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { cursor, ...asked } = request.query
      await mustKnow(port, asked.account)
      return port.ask({ about: 'orders', ...asked, before: cursor })
    },
  )

  app.get(
    '/api/v1/orders/:id',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'One order with its history and fills',
        security: SECURITY,
        params: schemas.orderParams,
        response: { 200: schemas.order, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { id } = request.params
      const order = await port.ask({ about: 'order', id })
      if (!order) throw notFound('ORDER_NOT_FOUND', 'id', id)
      return order
    },
  )

  app.patch(
    '/api/v1/orders/:id',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Asks for an order to be changed',
        description: 'What is left out stays. It is as it was until the broker says so.',
        security: SECURITY,
        headers: schemas.idempotency,
        params: schemas.orderParams,
        body: schemas.amendOrder,
        response: { 202: schemas.order, ...errors(400, 401, 403, 404, 409, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const asked = askedBy(request)
      const orderId = request.params.id
      const changes = request.body
      const answer = await port.submit({ type: 'AmendOrder', ...asked, orderId, changes })
      return settle(answer, { reply, status: 202, body: { orderId, ...changes } })
    },
  )

  app.delete(
    '/api/v1/orders',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Asks for all working orders to be cancelled',
        description: 'Of the account; only of a symbol or of a strategy, where one is named.',
        security: SECURITY,
        headers: schemas.idempotency,
        querystring: schemas.cancelAllQuery,
        response: { 202: schemas.cancelled, ...errors(400, 401, 403, 404, 409, 503) },
      },
    },
    async (request, reply) => {
      const asked = askedBy(request)
      const chosen = request.query
      const answer = await port.submit({ type: 'CancelAll', ...asked, chosen })
      return { items: settleAll(answer, reply) }
    },
  )

  app.get(
    '/api/v1/executions/:id',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'How well an order was carried out: fills, charges by line, slippage',
        security: SECURITY,
        params: schemas.orderParams,
        response: { 200: schemas.execution, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { id } = request.params
      const execution = await port.ask({ about: 'execution', id })
      if (!execution) throw notFound('ORDER_NOT_FOUND', 'id', id)
      return execution
    },
  )

  app.delete(
    '/api/v1/orders/:id',
    {
      config: { scope: 'trade' },
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
      const asked = askedBy(request)
      const orderId = request.params.id
      const answer = await port.submit({ type: 'CancelOrder', ...asked, orderId })
      return settle(answer, { reply, status: 202, body: { orderId } })
    },
  )
}
