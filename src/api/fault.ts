import type { FastifyError, FastifyRequest } from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  isResponseSerializationError,
} from 'fastify-type-provider-zod'
import type { Fault } from './problem.ts'
import { ApiError, screensShut, shown, stopped } from './problem.ts'

type Request = Pick<FastifyRequest, 'body' | 'query' | 'params' | 'headers'>

/** Whatever went wrong, as something the caller can act on. */
export function faultOf(error: FastifyError, request: Request): Fault {
  if (error instanceof ApiError) return error.problem
  if (error.name === 'DeskStopped') return stopped(error.message)
  if (error.name === 'ScreensShut') return screensShut(error.message)
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

type Issue = {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string
  readonly params: unknown
}
type Params = {
  readonly keys?: readonly string[]
  readonly expected?: string
  readonly values?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly origin?: string
}
type Failed = { readonly validation: readonly Issue[]; readonly validationContext?: string }

function unreadable({ validation, validationContext }: Failed, request: Request): Fault {
  const [issue] = validation
  const path = (issue?.instancePath ?? '').split('/').slice(1)
  const params = (issue?.params ?? {}) as Params
  const unknown = params.keys?.[0]
  const from = sourceOf(validationContext, request)
  const field = unknown ?? (path.join('.') || (validationContext ?? null))
  const value = valueAt(from, unknown === undefined ? path : [unknown])
  if (unknown !== undefined) {
    const detail = `There is no field "${unknown}" here.`
    return bad('FIELD_UNKNOWN', { detail, field, value: shown(value), remedy: 'Leave it out.' })
  }
  const missing = value === undefined && /^invalid_(type|value|union)$/.test(issue?.keyword ?? '')
  const what = missing ? 'it is missing' : wordsFor(issue, params)
  return bad(missing ? 'FIELD_MISSING' : 'FIELD_NOT_READABLE', {
    detail: `${field}: ${what}.`,
    field,
    value: shown(value),
    remedy: missing ? `Send ${field}.` : `Send ${field} as ${what}.`,
  })
}

const bad = (code: string, rest: Omit<Fault, 'status' | 'code'>): Fault => ({
  status: 400,
  code,
  ...rest,
})

function sourceOf(context: string | undefined, request: Request): unknown {
  if (context === 'querystring') return request.query
  if (context === 'params') return request.params
  return context === 'headers' ? request.headers : request.body
}

/** What is expected, to be read after "Send it as". */
function wordsFor(issue: Issue | undefined, { expected, values, ...bounds }: Params): string {
  const { minimum, maximum, origin } = bounds
  const unit = origin === 'string' ? ' characters' : ''
  switch (issue?.keyword) {
    case 'invalid_type':
      return KINDS[expected ?? ''] ?? `a ${expected}`
    case 'invalid_value':
      return values ? `one of ${values.join(', ')}` : 'one of the values that are taken'
    case 'invalid_union':
      return 'a decimal number, as text or as a JSON number'
    case 'too_small':
      return `at least ${minimum}${unit}`
    case 'too_big':
      return `at most ${maximum}${unit}`
    default:
      return (issue?.message ?? 'something that fits its schema').replace(/ (is|are) expected$/, '')
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a JSON object',
  array: 'a list',
}

const mistake = (what?: string): Fault => ({
  status: 500,
  code: 'MISTAKE',
  detail: `Tallyman made a mistake${what === undefined ? '' : `: ${what}`}.`,
  field: null,
  value: null,
  remedy: 'The log says more. Look the order up before sending anything again.',
})

function valueAt(from: unknown, path: readonly string[]): unknown {
  let value = from
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}
