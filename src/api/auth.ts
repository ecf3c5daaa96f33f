import type { FastifyRequest } from 'fastify'
import type { ApiKey, Scope, State } from '../store/state.ts'
import { includes } from '../store/state.ts'
import { ApiError } from './problem.ts'

const REMEDY =
  'Make a key with "npx tallyman keys create", and send it as "Authorization: Bearer …".'

/** The key of a request, if it allows as much as `needed`; throws 401 or 403 otherwise. */
export function authorize(request: FastifyRequest, state: State, needed: Scope): ApiKey {
  const header = request.headers.authorization
  const [, text] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? []
  const key = text === undefined ? undefined : state.keyOf(text)
  if (!key) {
    const detail = header === undefined ? 'No key was sent.' : 'The key is unknown or revoked.'
    const code = header === undefined ? 'KEY_MISSING' : 'KEY_UNKNOWN'
    throw new ApiError({
      status: 401,
      code,
      detail,
      field: 'authorization',
      value: null,
      remedy: REMEDY,
    })
  }
  if (includes(key.scope, needed)) return key
  throw new ApiError({
    status: 403,
    code: 'SCOPE_TOO_SMALL',
    detail: `The key "${key.name}" has scope ${key.scope}; ${needed} is needed.`,
    field: 'authorization',
    value: null,
    remedy: `Make a key with scope ${needed}.`,
  })
}
