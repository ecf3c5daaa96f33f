import type { Problem } from '../api/problem.ts'
import { later } from '../core/time.ts'
import { systemClock } from '../desk/clock.ts'
import { jsonText, texts } from './asked.ts'
import { BadRequest, errorFrom, noAnswer, TallymanError } from './errors.ts'

export type Call = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Without `/api/v1`. */
  readonly path: string
  readonly query?: object | undefined
  readonly body?: object | undefined
  /** Under which a repeat of a command is recognised. */
  readonly id?: string | undefined
  /** A command that does nothing twice, with or without an id. */
  readonly harmless?: boolean
  /** Besides the usual bound: how long the desk may wait with its answer. */
  readonly waitMs?: number
  readonly left?: AbortSignal
}

/** One desk over HTTP. The key goes to that address alone: no redirect is followed. */
export class Wire {
  readonly url: string
  readonly #key: string
  readonly #timeoutMs: number

  /** Throws BadRequest, which does not show the key. */
  constructor(url: string, key: string, timeoutMs: number) {
    this.url = addressOf(url)
    this.#key = headerText(key)
    this.#timeoutMs = timeoutMs
  }

  /** Throws one of the errors of this package. */
  async call<T>(call: Call): Promise<T> {
    const { waitMs = 0, left } = call
    const bound = AbortSignal.timeout(this.#timeoutMs + waitMs)
    const signal = left ? AbortSignal.any([bound, left]) : bound
    return this.#heard(call, async () => {
      const response = await this.#send(call, signal)
      const text = await response.text()
      const answer = jsonOf(text)
      if (response.ok && answer !== undefined) return answer as T
      throw this.#refused(call, response.status, answer)
    })
  }

  /** An answer as it comes; each piece is waited for as long as a whole answer is otherwise. */
  async *pieces(call: Call): AsyncIterable<string> {
    const patience = new Patience(this.#timeoutMs)
    try {
      const body = await this.#heard(call, async () => {
        const response = await this.#send(call, patience.signal)
        if (response.ok && response.body) return response.body.getReader()
        throw this.#refused(call, response.status, jsonOf(await response.text()))
      })
      const decoder = new TextDecoder()
      for (let isOver = false; !isOver;) {
        patience.renew()
        const { done, value } = await this.#heard(call, () => body.read())
        isOver = done
        const text = done ? decoder.decode() : decoder.decode(value, { stream: true })
        if (text !== '') yield text
      }
    } finally {
      patience.end() // also where nobody wants the rest
    }
  }

  #refused(call: Call, status: number, answer: unknown): TallymanError {
    const repeatable = isRepeatable(call)
    if (isProblem(answer)) return errorFrom(answer, repeatable)
    const what = `${this.url} answered ${status} with what Tallyman does not say`
    if (IS_BETWEEN.has(status)) return noAnswer(`${what}.`, repeatable)
    return new TallymanError({
      code: 'ANSWER_NOT_READABLE',
      detail: `${what}.`,
      field: 'url',
      value: this.url,
      remedy: 'See that the address is that of a desk.',
    })
  }

  #send({ method, path, query = {}, body, id }: Call, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#key}` }
    if (body) headers['content-type'] = 'application/json'
    if (id !== undefined) headers['idempotency-key'] = id
    const search = new URLSearchParams(texts(query)).toString()
    const content = body ? { body: jsonText(body) } : {}
    const to = `${this.url}/api/v1${path}${search && `?${search}`}`
    return fetch(to, { method, headers, redirect: 'error', signal, ...content })
  }

  /** What breaks on the way is no answer. */
  async #heard<T>(call: Call, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      if (error instanceof TallymanError) throw error
      const why = reasonOf(error as Error)
      const isUnsent = UNSENT.has(codeOf(error as Error))
      throw noAnswer(`No answer from ${this.url}: ${why}.`, isUnsent || isRepeatable(call))
    }
  }
}

/** Gives up when nothing has come for so long. */
class Patience {
  readonly #milliseconds: number
  readonly #over = new AbortController()
  #disarm: () => void = () => {}

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
    this.renew()
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  renew(): void {
    this.#disarm()
    const due = later(systemClock.now(), this.#milliseconds)
    const why = new DOMException('nothing has come', 'TimeoutError')
    this.#disarm = systemClock.at(due, () => this.#over.abort(why))
  }

  end(): void {
    this.#disarm()
    this.#over.abort()
  }
}

const isRepeatable = ({ method, id, harmless = false }: Call): boolean =>
  method === 'GET' || id !== undefined || harmless

/** What a proxy says where the desk does not answer. */
const IS_BETWEEN: ReadonlySet<number> = new Set([502, 503, 504])
/** Nobody was there to hear it. */
const UNSENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])

const codeOf = ({ cause }: Error): string =>
  (cause as { readonly code?: string } | undefined)?.code ?? ''

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return 'it took too long'
  if (error.name === 'AbortError') return 'it was not waited for'
  const { cause } = error
  return codeOf(error) || (cause instanceof Error ? cause.message : error.message)
}

function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url && url.username === '' && url.password === '' && url.search === ''
  if (isPlain && /^https?:$/.test(url.protocol)) {
    return `${url.origin}${url.pathname.replace(/(\/api\/v1)?\/?$/, '')}`
  }
  throw new BadRequest({
    code: 'URL_NOT_READABLE',
    detail: 'url: the address of a desk is expected.',
    field: 'url',
    value: null, // it may hold a password
    remedy: 'Give it as "http://127.0.0.1:7373" or "https://…", and the key apart from it.',
  })
}

function headerText(key: string): string {
  if (typeof key === 'string' && /^[\x21-\x7e]+$/.test(key)) return key
  throw new BadRequest({
    code: 'KEY_NOT_READABLE',
    detail: 'key: the text of a key is expected.',
    field: 'key',
    value: null,
    remedy: 'Make one with "npx tallyman keys create --scope trade".',
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && 'detail' in answer && 'remedy' in answer
