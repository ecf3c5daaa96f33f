import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Family } from './families.ts'
import type { Outcome } from './run.ts'
import type { Sometimes } from './sometimes.ts'
import type { Job } from './worker.ts'

export type Tally = {
  runs: number
  orders: number
  fills: number
  faults: number
  crashes: number
  hours: number
  readonly struck: Map<Family, number>
  readonly sometimes: Map<Sometimes, number>
  readonly broken: Outcome[]
}

export const newTally = (): Tally => ({
  runs: 0,
  orders: 0,
  fills: 0,
  faults: 0,
  crashes: 0,
  hours: 0,
  struck: new Map(),
  sometimes: new Map(),
  broken: [],
})

export function count(tally: Tally, outcome: Outcome): void {
  tally.runs++
  tally.orders += outcome.orders
  tally.fills += outcome.fills
  tally.faults += outcome.faults.length
  tally.crashes += outcome.crashes
  tally.hours += outcome.hours
  add(tally.struck, outcome.struck)
  add(tally.sometimes, outcome.sometimes)
  if (outcome.broken) tally.broken.push(outcome)
}

function add<K>(sums: Map<K, number>, more: Iterable<readonly [K, number]>): void {
  for (const [key, times] of more) sums.set(key, (sums.get(key) ?? 0) + times)
}

export type BatchOptions = {
  readonly from: number
  readonly seeds: number
  readonly days: number | undefined
  readonly onRun: (tally: Tally) => void
}

/** Runs the seeds on all processors; each is the same wherever and whenever it is run. */
export async function batch({ from, seeds, days, onRun }: BatchOptions): Promise<Tally> {
  const tally = newTally()
  let next = from
  const file = new URL('./worker.js', import.meta.url)
  const work = async (): Promise<void> => {
    const worker = new Worker(file)
    await new Promise<void>((resolve, reject) => {
      const give = (): void => {
        if (next >= from + seeds) return resolve()
        worker.postMessage({ seed: next++, days } satisfies Job)
      }
      worker.on('error', reject)
      worker.on('message', (outcome: Outcome) => {
        count(tally, outcome)
        onRun(tally)
        give()
      })
      give()
    })
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: Math.min(seeds, availableParallelism()) }, work))
  return tally
}
