import type { ChildProcessByStdio } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export const bin = fileURLToPath(new URL('../../bin/tallyman.mjs', import.meta.url))

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

/** One command line from beginning to end. */
export function tallyman(
  folder: string,
  args: readonly string[],
  env: Env = {},
  cwd = process.cwd(),
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    cwd,
    env: envFor(folder, env),
    timeout: 60_000,
  })
  return { code: status, out: stdout, err: stderr }
}

/** The same, for a test that has something to do meanwhile. */
export function tallymanBeside(folder: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...args], {
    env: envFor(folder, {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return endOf(child)
}

type Env = Readonly<Record<string, string>>

const envFor = (folder: string, env: Env): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  TALLYMAN_DATA: folder,
  TALLYMAN_PORT: '0',
  TALLYMAN_DEMO_STRATEGY: 'off',
  TALLYMAN_PAPER_LATENCY_MS: '1',
  TALLYMAN_DISK_RESERVE_MB: '1',
  ...env,
})

type Server = { readonly url: string; readonly pid: number }

/** A real desk in a process of its own. */
export class Spawned {
  /** Of the desk itself, also where another program runs it. */
  readonly pid: number
  readonly ended: Promise<Ended>
  readonly url: string

  private constructor({ pid, ended, url }: Pick<Spawned, 'pid' | 'ended' | 'url'>) {
    this.pid = pid
    this.ended = ended
    this.url = url
  }

  static async start(
    folder: string,
    env: Env = {},
    under: readonly string[] = [],
  ): Promise<Spawned> {
    const file = join(folder, 'server.json')
    rmSync(file, { force: true })
    const [command, ...rest] = [...under, process.execPath, bin, 'start']
    const child = spawn(command, rest, {
      env: envFor(folder, env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = endOf(child)
    let over: Ended | undefined
    void ended.then((end) => (over = end))
    while (!existsSync(file)) {
      if (over) throw new Error(`it did not start: ${over.code} ${over.err}${over.out}`)
      await pause(10)
    }
    await pause(5)
    const { url, pid } = JSON.parse(readFileSync(file, 'utf8')) as Server
    return new Spawned({ pid, ended, url })
  }

  async kill(signal: NodeJS.Signals): Promise<Ended> {
    process.kill(this.pid, signal)
    return this.ended
  }
}

function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  let [out, err] = ['', '']
  child.stdout.on('data', (text: Buffer) => (out += text.toString()))
  child.stderr.on('data', (text: Buffer) => (err += text.toString()))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

/** Real time, for real processes: the named exception to "no sleeps". */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
