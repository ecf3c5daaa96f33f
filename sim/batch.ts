import type { Family } from './families.ts'
import type { Outcome } from './run.ts'
import type { Sometimes } from './sometimes.ts'
import { spread } from './spread.ts'
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
  const jobs = Array.from({ length: seeds }, (_, n): Job => ({ seed: from + n, days }))
  const onResult = (outcome: Outcome): void => {
    count(tally, outcome)
    onRun(tally)
  }
  await spread<Job, Outcome>({ file: 'worker.js', jobs, onResult })
  return tally
}
