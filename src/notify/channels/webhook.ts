import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { Channel, Delivery, Sending } from '../channel.ts'
import { failed } from '../channel.ts'
import { plainText } from '../dress.ts'
import type { Shape } from '../settings.ts'
import { isPublic } from './public-address.ts'

export type WebhookOptions = {
  /** Signs each body; undefined: they are not signed. */
  readonly secret: string | undefined
  readonly shape: Shape
  /** `host:port`: these may be private, plain, and on any port. */
  readonly trusted: readonly string[]
  readonly now: () => number
  /** Of names; only its addresses are connected to. */
  readonly resolve?: typeof lookup
  readonly patienceMs?: number
}

const PACE_MS = 1_050
const PATIENCE_MS = 10_000
/** What is read of an answer; nobody looks at it. */
const ANSWER_MAX = 64 * 1024
const DISCORD_MAX = 2_000

/**
 * Posts messages to a URL. A URL comes from a person who may be wrong or worse, so it can reach no
 * machine that is not everybody's: the address is looked at after it was resolved, and that very
 * one is connected to; redirects are not followed.
 */
export class WebhookChannel implements Channel {
  readonly #options: WebhookOptions
  readonly #open = new Set<{ destroy(): unknown }>()

  constructor(options: WebhookOptions) {
    this.#options = options
  }

  readonly paceMs = (): number => PACE_MS

  send(sending: Sending): Promise<Delivery> {
    const why = whyNotUrl(sending.address, this.#options.trusted)
    if (why !== undefined) return Promise.resolve(failed(why, { hopeless: true }))
    return new Promise((resolve) => this.#post(new URL(sending.address), sending, resolve))
  }

  #post(url: URL, sending: Sending, resolve: (delivery: Delivery) => void): void {
    const body = bodyOf(sending, this.#options.shape)
    const isTls = url.protocol === 'https:'
    const patience = this.#options.patienceMs ?? PATIENCE_MS
    const call = (isTls ? tlsRequest : plainRequest)(url, {
      method: 'POST',
      headers: { ...this.#headers(body, sending), 'content-length': Buffer.byteLength(body) },
      lookup: this.#lookupFor(url),
      timeout: patience,
      agent: false,
    })
    this.#open.add(call)
    const end = (delivery: Delivery): void => {
      clearTimeout(limit)
      this.#open.delete(call)
      call.destroy()
      resolve(delivery)
    }
    const late = (): void => end(failed('the webhook did not answer in time', { unsure: true }))
    const limit = setTimeout(late, patience) // tidy-ok: also where bytes keep trickling in
    call.on('timeout', late)
    call.on('error', (error: NodeJS.ErrnoException) => {
      const hopeless = error.code === PRIVATE
      end(failed(`the webhook: ${error.message}`, { hopeless, unsure: !hopeless }))
    })
    call.on('response', (response) => {
      let read = 0
      response.on('data', (chunk: Buffer) => {
        read += chunk.length
        if (read > ANSWER_MAX) response.destroy()
      })
      response.on('error', () => {})
      end(deliveryOf(response.statusCode ?? 0, response.headers['retry-after']))
    })
    call.end(body)
  }

  #headers(body: string, { key }: Sending): Record<string, string> {
    const at = Math.floor(this.#options.now() / 1_000)
    const { secret } = this.#options
    const headers = { 'content-type': 'application/json', 'x-tallyman-id': key }
    if (secret === undefined) return headers
    const sign = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
    return { ...headers, 'x-tallyman-signature': `t=${at},v1=${sign}` }
  }

  /** The address that was looked at is the one that is used: a name cannot change in between. */
  #lookupFor(url: URL): LookupFunction {
    const isTrusted = this.#options.trusted.includes(hostOf(url))
    const resolve = this.#options.resolve ?? lookup
    return (name, options, answer) => {
      resolve(name, { ...options, all: true }, (error, found) => {
        if (error) return answer(error, '', 0)
        const bad = isTrusted ? undefined : found.find(({ address }) => !isPublic(address))
        const first = found[0]
        if (bad || !first) return answer(privateError(name), '', 0)
        return options.all
          ? (answer as unknown as (e: null, all: typeof found) => void)(null, found)
          : answer(null, first.address, first.family)
      })
    }
  }

  close(): void {
    for (const call of this.#open) call.destroy()
  }
}

const PRIVATE = 'TALLYMAN_PRIVATE'
const privateError = (name: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${name} is not a public address; trust it by webhook.trusted_hosts`), {
    code: PRIVATE,
  })

const hostOf = (url: URL): string =>
  `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port}`

/** As a sentence; undefined where it may be called. */
export function whyNotUrl(text: string, trusted: readonly string[]): string | undefined {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return 'the webhook’s address is no URL'
  }
  if (url.username !== '' || url.password !== '') return 'a webhook’s URL carries no password'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'a webhook is called by https'
  if (trusted.includes(hostOf(url))) return undefined
  if (url.protocol !== 'https:') return 'a webhook is called by https'
  if (url.port !== '') return 'a webhook is called on port 443; trust others by name'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublic(host)) return `${host} is not a public address`
  return undefined
}

function deliveryOf(status: number, retryAfter: string | undefined): Delivery {
  if (status >= 200 && status < 300) return { is: 'delivered' }
  const reason = `the webhook answered ${status}`
  if (status >= 300 && status < 400) {
    return failed(`${reason}: redirects are not followed`, { hopeless: true })
  }
  const seconds = Number(retryAfter)
  const afterMs =
    Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3_600) * 1_000 : undefined
  if (status === 429 || status === 408) return failed(reason, { afterMs })
  return failed(reason, { hopeless: status < 500, unsure: status >= 500, afterMs })
}

function bodyOf({ message, key, again }: Sending, shape: Shape): string {
  const text = plainText(message)
  switch (shape) {
    case 'slack':
      return JSON.stringify({ text })
    case 'discord':
      return JSON.stringify({
        content: text.slice(0, DISCORD_MAX),
        allowed_mentions: { parse: [] },
      })
    case 'tallyman': {
      const { kind, severity, critical, title, lines, closing, symbol, account } = message
      const fields = Object.fromEntries(lines.map(({ label, value }) => [label, value]))
      const rest = { symbol: symbol ?? null, account: account ?? null, closing: closing ?? null }
      const head = { id: key, again, kind, severity, critical, title }
      return JSON.stringify({ ...head, ...rest, fields, text })
    }
  }
}
