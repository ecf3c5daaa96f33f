import { existsSync, readFileSync } from 'node:fs'
import type { Problem } from '../api/problem.ts'
import type { Config } from '../config.ts'
import type { ServerFile } from '../folder.ts'
import { cliKey, fileIn } from '../folder.ts'
import { EXIT, Exit } from './exit.ts'

type Call = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
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
  async call<T>({ method, path, body, idempotencyKey }: Call): Promise<T> {
    const { url, key } = this.#access()
    const headers: Record<string, string> = { authorization: `Bearer ${key}` }
    if (body) headers['content-type'] = 'application/json'
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
    const response = await this.#fetch(`${url}/api/v1${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer as T
    throw exitFor(answer as Problem)
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init)
    } catch {
      throw this.#notRunning()
    }
  }

  #access(): { readonly url: string; readonly key: string } {
    const file = fileIn(this.#config, 'server.json')
    if (!existsSync(file)) throw this.#notRunning()
    const { url } = JSON.parse(readFileSync(file, 'utf8')) as ServerFile
    const key = cliKey(this.#config)
    if (key === undefined) throw this.#notRunning()
    return { url, key }
  }

  #notRunning(): Exit {
    return new Exit(
      EXIT.tryAgain,
      `no desk is running on ${this.#config.data}; start it with "npx tallyman start"`,
    )
  }
}

function exitFor({ status, code, detail, field, value, remedy }: Problem): Exit {
  const about = field === null || value === null ? '' : ` (${field}: ${value})`
  const sentence = detail.includes(code) ? detail : `${code}: ${detail}`
  const exit = status === 503 ? EXIT.tryAgain : status === 400 ? EXIT.usage : EXIT.refused
  return new Exit(exit, `${sentence}${about} ${remedy}`)
}
