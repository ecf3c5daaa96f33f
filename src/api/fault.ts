import type { FastifyError } from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
} from 'fastify-type-provider-zod'
import type { Fault } from './problem.ts'
import { ApiError, notNow } from './problem.ts'
import type { Request } from './unreadable.ts'
import { unreadable } from './unreadable.ts'

/** Whatever went wrong, as something the caller can act on. */
export function faultOf(error: FastifyError, request: Request): Fault {
  if (error instanceof ApiError) return error.problem
  const unanswered = notNow(error)
  if (unanswered) return unanswered
  if (hasZodFastifySchemaValidationErrors(error)) return unreadable(error, request)
  if (isResponseSerializationError(error)) return mistake(error.cause.issues[0]?.message)
  const status = error.statusCode ?? 500
  if (status >= 500) return mistake()
  return { ...(KNOWN[error.code] ?? OTHER), status, value: null }
}

const JSON_REMEDY = 'Send a JSON object with the header "Content-Type: application/json".'
const OTHER = {
  code: 'BAD_REQUEST',
  detail: 'The request cannot be read.',
  field: 'body',
  remedy: JSON_REMEDY,
}

/** What Fastify itself refuses, in our words. */
const KNOWN: Readonly<Record<string, Omit<Fault, 'status' | 'value'>>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'NOT_JSON',
    detail: 'The body is of a type that is not taken.',
    field: 'content-type',
    remedy: JSON_REMEDY,
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'BODY_TOO_LARGE',
    detail: 'The body is larger than 64 KB.',
    field: 'body',
    remedy: 'Send less; an order fits in one.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    code: 'BODY_MISSING',
    detail: 'The body is announced as JSON and is empty.',
    field: 'body',
    remedy: 'Send a JSON object, or leave the header "Content-Type" out.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    code: 'BODY_NOT_READABLE',
    detail: 'The body is not JSON, or has a key that is not taken, such as __proto__.',
    field: 'body',
    remedy: JSON_REMEDY,
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'BODY_NOT_READABLE',
    detail: 'The body is not UTF-8, or not as long as its header says.',
    field: 'body',
    remedy: JSON_REMEDY,
  },
  FST_ERR_BAD_URL: {
    code: 'PATH_NOT_READABLE',
    detail: 'The path has a % that begins no character.',
    field: 'path',
    remedy: 'Write a % in a path as %25.',
  },
}

const mistake = (what?: string): Fault => ({
  status: 500,
  code: 'MISTAKE',
  detail: `Tallyman made a mistake${what === undefined ? '' : `: ${what}`}.`,
  field: null,
  value: null,
  remedy: 'The log says more. Look the order up before sending anything again.',
})
