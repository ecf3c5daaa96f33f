import { readConfig } from '../src/config.ts'
import type { Config } from '../src/config.ts'
import { start } from '../src/main.ts'
import type { Running } from '../src/main.ts'
import type { Scope } from '../src/store/state.ts'
import { State } from '../src/store/state.ts'
import { join } from 'node:path'
import { tempFolder } from './temp.ts'

/** A real desk on a real disk and a free port, with nobody trading but the test. */
export class Served {
  readonly config: Config
  readonly running: Running
  readonly said: string[]

  private constructor(config: Config, running: Running, said: string[]) {
    this.config = config
    this.running = running
    this.said = said
  }

  static async open(env: Record<string, string> = {}, folder = tempFolder()): Promise<Served> {
    const config = readConfig({
      TALLYMAN_DATA: folder,
      TALLYMAN_PORT: '0',
      TALLYMAN_DEMO_STRATEGY: 'off',
      TALLYMAN_PAPER_LATENCY_MS: '0',
      TALLYMAN_DISK_RESERVE_MB: '1',
      ...env,
    })
    const said: string[] = []
    const running = await start(config, (line) => said.push(line))
    return new Served(config, running, said)
  }

  key(scope: Scope, name = `test-${scope}`): string {
    const state = new State(join(this.config.data, 'state.db'))
    const key = state.createKey(name, scope, 0)
    state.close()
    if (key === undefined) throw new Error(`a key named ${name} exists`)
    return key
  }

  /** One request; the answer's status, body and headers. */
  async call(
    method: string,
    path: string,
    { key, body, headers = {} }: CallOf = {},
  ): Promise<Told> {
    const response = await fetch(`${this.running.url}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const told = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
    return { status: response.status, body: told, headers: response.headers, text }
  }
}

type CallOf = {
  readonly key?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export type Told = {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
  readonly text: string
}
