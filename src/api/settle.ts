/** Between a route and the desk: who asks, and how an answer of the desk becomes one of HTTP. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Asked, DeskPort, PlainAnswer } from '../core/port.ts'
import type { OrderView } from '../core/view.ts'
import { keyOf } from './auth.ts'
import { ApiError, noSpace, shown, stopped } from './problem.ts'

/** Who asks, and under which name a repeat of it is recognised. */
export function askedBy(request: FastifyRequest): Asked {
  const { name } = keyOf(request)
  const given = request.headers['idempotency-key']
  const id = typeof given === 'string' ? given : undefined
  return { scope: `key:${name}`, id, by: `key:${name}` }
}

/** Nothing of this can be denied: what cannot be cancelled is not meant. */
export function settleAll(answer: PlainAnswer, reply: FastifyReply): readonly OrderView[] {
  if (answer.is !== 'allCancelAsked') throw failed(answer)
  if (answer.repeated) reply.header('idempotent-replayed', 'true')
  reply.code(202)
  return answer.orders
}

export function settleReopened(answer: PlainAnswer, reply: FastifyReply): void {
  if (answer.is === 'unavailable') reply.header('retry-after', '1')
  if (answer.is !== 'reopened') throw failed(answer)
}

/** What a person decided about the books was journaled. */
export function settledBooks(answer: PlainAnswer, reply: FastifyReply, body: object): void {
  if ('repeated' in answer && answer.repeated) reply.header('idempotent-replayed', 'true')
  if (answer.is === 'booksSettled') return
  if (answer.is === 'unavailable') reply.header('retry-after', '1')
  throw failed(answer, body as Readonly<Record<string, unknown>>)
}

type Settling = { readonly reply: FastifyReply; readonly status: 201 | 202; readonly body: object }

export function settle(answer: PlainAnswer, { reply, status, body }: Settling) {
  if ('repeated' in answer && answer.repeated) reply.header('idempotent-replayed', 'true')
  switch (answer.is) {
    case 'placed':
    case 'amendAsked':
    case 'cancelAsked':
      reply.header('location', `/api/v1/orders/${answer.order.id}`)
      reply.code(status)
      return answer.order
    default:
      if (answer.is === 'unavailable') reply.header('retry-after', '1')
      throw failed(answer, body as Readonly<Record<string, unknown>>)
  }
}

/** A command that came to nothing, as the error it is answered with. */
export function failed(answer: PlainAnswer, body: Readonly<Record<string, unknown>> = {}): Error {
  switch (answer.is) {
    case 'denied': {
      const { code, context, field, says, remedy } = answer.denial
      const value = field === null ? null : shown(body[field])
      const detail = `${says} ${code} ${context}`.trim()
      const status = code === 'ORDER_NOT_FOUND' ? 404 : 422
      return new ApiError({ status, code, detail, field, value, remedy })
    }
    case 'conflict':
      return new ApiError({
        status: 409,
        code: 'IDEMPOTENCY_KEY_USED',
        detail: 'Another request was settled under this Idempotency-Key.',
        field: 'idempotency-key',
        value: null,
        remedy: 'Use a new key for a new request; repeat the old one word for word.',
      })
    case 'unavailable':
      return new ApiError(stopped(answer.reason))
    case 'noSpace':
      return new ApiError(noSpace(answer.reason))
    case 'noAccount':
      return notFound('ACCOUNT_NOT_FOUND', 'account', answer.account)
    default:
      return new Error(`${answer.is} is no answer to this request`)
  }
}

export const notFound = (code: string, field: string, value: string): ApiError =>
  new ApiError({
    status: 404,
    code,
    detail: `There is no ${field === 'id' ? 'order' : field} ${shown(value)}.`,
    field,
    value: shown(value),
    remedy: code === 'ORDER_NOT_FOUND' ? 'See GET /api/v1/orders.' : 'See GET /api/v1/accounts.',
  })

/** A list of an account that is not there would be empty, and look like an answer. */
export async function mustKnow(port: DeskPort, account: string | undefined): Promise<void> {
  if (account === undefined) return
  const { items } = await port.ask({ about: 'accounts' })
  const isKnown = items.some((each) => each.account === account)
  if (!isKnown) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
}

export const noSymbol = (symbol: string | undefined): ApiError =>
  new ApiError({
    status: 404,
    code: 'INSTRUMENT_NOT_FOUND',
    detail: `There is no symbol ${shown(symbol)}.`,
    field: 'symbol',
    value: shown(symbol),
    remedy: 'See GET /api/v1/instruments.',
  })
