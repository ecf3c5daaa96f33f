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
    const { ok, status, text } = await this.#send(call)
    const answer = jsonOf(text)
    if (ok && answer !== undefined) return answer as T
    throw this.#refusal({ status, text }, call)
  }

  /**
   * A long answer as it comes. It may take as long as it likes, while no piece of it takes longer
   * than any other answer.
   */
  async *pieces(call: Call): AsyncIterable<string> {
    const quiet = new AbortController()
    const { signal } = quiet
    const patience = (): (() => void) =>
      systemClock.at(later(systemClock.now(), this.#timeoutMs), () => quiet.abort(TOO_LONG))
    let lose = patience()
    try {
      const response = await fetch(this.#addressFor(call), { ...this.#init(call), signal })
      const { ok, status, body } = response
      if (!ok || !body) throw this.#refusal({ status, text: await response.text() }, call)
      const decoder = new TextDecoder()
      for await (const bytes of body) {
        lose()
        yield decoder.decode(bytes as Uint8Array, { stream: true })
        lose = patience()
      }
    } catch (error) {
      throw error instanceof TallymanError ? error : this.#unheard(error as Error, call)
    } finally {
      lose()
      quiet.abort()
    }
  }

  #refusal({ status, text }: Pick<Sent, 'status' | 'text'>, call: Call): TallymanError {
    const answer = jsonOf(text)
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

  async #send(call: Call): Promise<Sent> {
    const { waitMs = 0, left } = call
    const bound = AbortSignal.timeout(this.#timeoutMs + waitMs)
    const signal = left ? AbortSignal.any([bound, left]) : bound
    try {
      const response = await fetch(this.#addressFor(call), { ...this.#init(call), signal })
      return { ok: response.ok, status: response.status, text: await response.text() }
    } catch (error) {
      throw this.#unheard(error as Error, call)
    }
  }

  #addressFor({ path, query = {} }: Call): string {
    const search = new URLSearchParams(texts(query)).toString()
    return `${this.url}/api/v1${path}${search && `?${search}`}`
  }

  #init({ method, body, id }: Call): RequestInit {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#key}` }
    if (body) headers['content-type'] = 'application/json'
    if (id !== undefined) headers['idempotency-key'] = id
    return {
      method,
      headers,
      redirect: 'error',
      ...(body ? { body: jsonText(body) } : {}),
    }
  }

  #unheard(error: Error, call: Call): TallymanError {
    const repeatable = UNSENT.has(codeOf(error)) || isRepeatable(call)
    return noAnswer(`No answer from ${this.url}: ${reasonOf(error)}.`, repeatable)
  }
}

type Sent = { readonly ok: boolean; readonly status: number; readonly text: string }

const TOO_LONG = new DOMException('no piece of it came', 'TimeoutError')

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
