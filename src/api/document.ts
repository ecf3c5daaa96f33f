import { TITLES } from './problem.ts'

type Named = Record<string, unknown>
type Operation = { operationId?: string; responses?: Record<string, Response> }
type Parts = {
  readonly paths?: Record<string, Record<string, Operation>>
  readonly components?: { schemas?: Named }
}
type Response = { description?: string; content?: Named; headers?: Named }

const text = (description: string): object => ({ description, schema: { type: 'string' } })
const HEADERS: Readonly<Record<string, Named>> = {
  201: {
    Location: text('Where the order is.'),
    'Idempotent-Replayed': text('"true" where this answers a repeat.'),
  },
  202: { 'Idempotent-Replayed': text('"true" where this answers a repeat.') },
  503: { 'Retry-After': text('Seconds.') },
}
const SUCCESS: Readonly<Record<string, string>> = { 200: 'As asked', 201: 'Placed', 202: 'Asked' }

/** The OpenAPI document as the API really answers: errors are problems, and all has a name. */
export function documented<D extends object>(document: D): D {
  const { paths = {}, components } = document as Parts
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      operation.operationId ??= nameOf(method, path)
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        describe(status, response)
      }
    }
  }
  if (components?.schemas) components.schemas = usedBy(paths, components.schemas)
  return document
}

/** Every schema comes in two forms, as it is sent and as it is answered; few need both. */
function usedBy(paths: Parts['paths'], schemas: Named): Named {
  const used = new Set<string>()
  const look = (at: unknown): void => {
    for (const [, name] of JSON.stringify(at).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (used.has(name!)) continue
      used.add(name!)
      look(schemas[name!])
    }
  }
  look(paths)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
}

function describe(status: string, response: Response): void {
  response.description = SUCCESS[status] ?? TITLES[Number(status)] ?? 'Error'
  if (HEADERS[status]) response.headers = { ...response.headers, ...HEADERS[status] }
  const { content } = response
  if (Number(status) < 400 || !content?.['application/json']) return
  response.content = { 'application/problem+json': content['application/json'] }
}

/** `get /api/v1/orders/{id}` → `getOrdersById` */
function nameOf(method: string, path: string): string {
  const words = path
    .replace('/api/v1', '')
    .split('/')
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('{') ? `by-${word.slice(1, -1)}` : word))
  const whole = path.startsWith('/api/') ? words : ['root', ...words]
  return [method, ...whole.join('-').split('-').map(capital)].join('')
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
