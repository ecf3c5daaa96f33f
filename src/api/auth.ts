import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiKey, Scope, State } from '../store/state.ts'
import { includes } from '../store/state.ts'
import { ApiError } from './problem.ts'

const REMEDY =
  'Make a key with "npx tallyman keys create", and send it as "Authorization: Bearer …".'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must allow; without one the route is open to all. */
    readonly scope?: Scope
  }
}

const keys = new WeakMap<FastifyRequest, ApiKey>()

/** Before anything of a request is read: a stranger learns nothing about how it should look. */
export function guard(app: FastifyInstance, state: State): void {
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config
    if (scope !== undefined) keys.set(request, authorize(request, state, scope))
  })
}

/** Of a request to a route that needs a key. */
export const keyOf = (request: FastifyRequest): ApiKey => keys.get(request)!

/** The key of a request, if it allows as much as `needed`; throws 401 or 403 otherwise. */
function authorize(request: FastifyRequest, state: State, needed: Scope): ApiKey {
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
  throw tooSmall(key, needed, 'authorization')
}

/** Of a field that changes what the whole request needs. Throws 403. */
export function mustBeAdmin(request: FastifyRequest, field: string): void {
  const key = keyOf(request)
  if (!includes(key.scope, 'admin')) throw tooSmall(key, 'admin', field)
}

const tooSmall = ({ name, scope }: ApiKey, needed: Scope, field: string): ApiError =>
  new ApiError({
    status: 403,
    code: 'SCOPE_TOO_SMALL',
    detail: `The key "${name}" has scope ${scope}; ${needed} is needed.`,
    field,
    value: null,
    remedy: `Make a key with scope ${needed}.`,
  })
