import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { later, MINUTE } from '../../src/core/time.ts'
import { systemClock } from '../../src/desk/clock.ts'
import type { Outcome } from '../run.ts'
import type { Job } from '../worker.ts'
import type { TestName } from './mutant.ts'
import type { Found } from './record.ts'

/** A run that is not over by then goes round in circles. */
const RUN_MS_MAX: number = 5 * MINUTE

/** Seed after seed of the copy's own simulator, until one breaks a promise. */
export async function huntBySeeds(root: string, seeds: number): Promise<Found | undefined> {
  const worker = new Worker(pathToFileURL(join(root, 'dist', 'sim', 'worker.js')))
  try {
    for (let seed = 1; seed <= seeds; seed++) {
      const by = await brokenBy(worker, seed)
      if (by !== undefined) return { by, seeds: seed }
    }
    return undefined
  } finally {
    await worker.terminate()
  }
}

function brokenBy(worker: Worker, seed: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const disarm = systemClock.at(later(systemClock.now(), RUN_MS_MAX), () => {
      resolve('43 a run comes to its end')
    })
    worker.removeAllListeners()
    worker.on('message', ({ broken }: Outcome) => {
      disarm()
      resolve(broken?.rule)
    })
    worker.on('error', (error) => {
      disarm()
      if (error instanceof SyntaxError) reject(error)
      else resolve('43 nothing goes uncaught')
    })
    worker.postMessage({ seed, days: undefined } satisfies Job)
  })
}

/** Whether the test passes in the copy. Throws where there is no test of that name. */
export function passes(root: string, { file, title }: TestName): Promise<boolean> {
  const name = `^${title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`
  const path = join(root, 'dist', 'test', `${file}.test.js`)
  const args = ['--test-reporter=tap', `--test-name-pattern=${name}`, path]
  // What this process is told of tests it runs in is not for them.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const disarm = systemClock.at(later(systemClock.now(), RUN_MS_MAX), () => child.kill('SIGKILL'))
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text))
    child.on('error', reject)
    child.on('close', (status) => {
      disarm()
      const passed = Number(/^# pass (\d+)/m.exec(told)?.[1] ?? 0)
      if (status === 0 && passed === 0) reject(new Error(`${file}.test.ts has no test "${title}"`))
      else resolve(status === 0)
    })
  })
}
