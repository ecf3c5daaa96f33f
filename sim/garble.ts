/** What arrives in the place of an answer. Nothing of it may be taken for the answer itself. */
import type { WireEnd, WireResponse } from '../src/brokers/wire.ts'
import type { Random } from '../src/market/random.ts'

const CODER = new TextEncoder()
const HTML = CODER.encode('<html><head><title>502 Bad Gateway</title></head></html>')
const WAYS = ['torn', 'empty', 'page', 'page as JSON', 'too long', 'noise', 'no fields'] as const

export function badGateway(): WireEnd {
  return answered(502, HTML, { 'content-type': 'text/html', 'content-length': `${HTML.length}` })
}

export function garbled(response: WireResponse, random: Random): WireEnd {
  const { status, headers, body } = response
  const sized = (bytes: Uint8Array): WireEnd =>
    answered(200, bytes, { ...headers, 'content-length': `${bytes.length}` })
  switch (WAYS[random.integer(0, WAYS.length - 1)]!) {
    case 'torn':
      return answered(status, body.subarray(0, random.integer(0, body.length - 1)), headers)
    case 'empty':
      return sized(new Uint8Array())
    case 'page':
      return answered(200, HTML, { 'content-type': 'text/html' })
    case 'page as JSON':
      return sized(HTML)
    case 'too long':
      return answered(status, body, { ...headers, 'content-length': `${body.length + 7}` })
    case 'noise':
      return sized(body.map(() => random.integer(128, 255)))
    case 'no fields':
      return sized(CODER.encode('{"ok":true}'))
  }
}

/** A list from which rows are missing, and that does not say how many it should have. */
export function shortened({ headers, body }: WireResponse, random: Random): WireEnd {
  const { rows } = JSON.parse(new TextDecoder().decode(body)) as { readonly rows?: unknown[] }
  const left = (rows ?? []).filter(() => random.chance(0.5))
  const bytes = CODER.encode(JSON.stringify({ rows: random.chance(0.3) ? [] : left }))
  return answered(200, bytes, { ...headers, 'content-length': `${bytes.length}` })
}

/** A message of the stream that lost its end, or its sense. */
export const garbledMessage = (message: Uint8Array, random: Random): Uint8Array =>
  random.chance(0.5)
    ? message.subarray(0, random.integer(0, message.length - 1))
    : message.map(() => random.integer(128, 255))

const answered = (
  status: number,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): WireEnd => ({ is: 'answered', status, headers, body })
