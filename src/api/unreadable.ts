/** A request that does not fit its schema, as something the caller can act on. */
import type { Fault } from './problem.ts'
import { shown } from './problem.ts'

/** Where the parts of a request are looked up. */
export type Request = {
  readonly body?: unknown
  readonly query?: unknown
  readonly params?: unknown
  readonly headers?: unknown
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
export type Failed = { readonly validation: readonly Issue[]; readonly validationContext?: string }

export function unreadable({ validation, validationContext }: Failed, request: Request): Fault {
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

function valueAt(from: unknown, path: readonly string[]): unknown {
  let value = from
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}
