import type { Problem } from '../api/problem.ts'
import type { Config } from '../config.ts'
import { cliKey } from '../folder.ts'
import { EXIT, Exit } from './exit.ts'
import { listenerIn, parsed, whoListens } from './running.ts'

type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly idempotencyKey?: string | undefined
}

/** The running desk, over its own REST API. */
export class Client {
  readonly #config: Config

  constructor(config: Config) {
    this.#config = config
  }

  /** Throws Exit: 1 where it was refused, 2 for a request that cannot be read, 75 to try again. */
  async call<T>(call: Call): Promise<T> {
    const { url, key } = await this.#access()
    const { ok, status, text } = await this.#send(url, key, call)
    const answer = parsed(text)
    if (answer !== undefined && ok) return answer as T
    if (isProblem(answer)) throw exitFor(answer)
    const what = `${url} answered ${status} with what Tallyman does not say`
    throw new Exit(EXIT.refused, `${what}; look the order up before sending it again`)
  }

  async #send(url: string, key: string, { method, path, body, idempotencyKey }: Call) {
    const headers: Record<string, string> = { authorization: `Bearer ${key}` }
    if (body) headers['content-type'] = 'application/json'
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
    const content = body ? { body: JSON.stringify(body) } : {}
    try {
      const init: RequestInit = { method, headers, ...content, redirect: 'error' }
      const response = await fetch(`${url}/api/v1${path}`, init)
      return { ok: response.ok, status: response.status, text: await response.text() }
    } catch {
      // It may have been done: only what is harmless to repeat should be tried again.
      const isHarmless = method === 'GET' || idempotencyKey !== undefined
      const remedy = 'look the order up before sending it again'
      const exit = isHarmless ? EXIT.tryAgain : EXIT.refused
      throw new Exit(exit, `the desk at ${url} was lost before it answered; ${remedy}`)
    }
  }

  /** The key goes to nobody who has not proven first that it is our desk. */
  async #access(): Promise<{ readonly url: string; readonly key: string }> {
    const listener = listenerIn(this.#config)
    const who = listener ? await whoListens(listener) : 'nobody'
    if (who === 'nobody') throw this.#notRunning()
    const { url } = listener!
    if (who === 'another') throw this.#notRunning(` (another program answers at ${url})`)
    const key = cliKey(this.#config)
    if (key !== undefined) return { url, key }
    throw new Exit(
      EXIT.refused,
      `the command line has no key in ${this.#config.data}; restart the desk: it makes one`,
    )
  }

  #notRunning(why = ''): Exit {
    return new Exit(
      EXIT.tryAgain,
      `no desk is running on ${this.#config.data}${why}; start it with "npx tallyman start"`,
    )
  }
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && 'detail' in answer && 'remedy' in answer

/** The command line has a key of its own; making another one by hand would not help it. */
const KEY_REVOKED = 'The command line’s key was revoked; restart the desk: it makes a new one.'

function exitFor({ status, code, detail, field, value, remedy }: Problem): Exit {
  if (code === 'KEY_UNKNOWN') return new Exit(EXIT.refused, KEY_REVOKED)
  const about = field === null || value === null ? '' : ` (${field}: ${value})`
  const sentence = detail.includes(code) ? detail : `${code}: ${detail}`
  const mayPass = status === 503 && code !== 'SCREENS_SHUT'
  const exit = mayPass ? EXIT.tryAgain : status === 400 ? EXIT.usage : EXIT.refused
  return new Exit(exit, `${sentence}${about} ${remedy}`)
}
