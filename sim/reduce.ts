import type { Outcome, RunOptions } from './run.ts'
import { run } from './run.ts'

/** A run is short, but not so short that it may be repeated without end. */
const TRIALS_MAX = 400

export type Reduced = { readonly faults: readonly string[]; readonly trials: number }

/**
 * The fewest faults by which a run still breaks the same promise: halves are left out, then
 * quarters, and so on to single ones.
 */
export async function reduce(
  broken: Outcome,
  options: RunOptions,
  again: (options: RunOptions) => Promise<Outcome> = run,
): Promise<Reduced> {
  const rule = broken.broken?.rule
  let faults = broken.faults
  let trials = 0
  const breaks = async (only: readonly string[]): Promise<boolean> => {
    trials++
    return (await again({ ...options, only })).broken?.rule === rule
  }
  if (await breaks([])) return { faults: [], trials }
  let parts = 2
  while (faults.length > 1) {
    const smaller = await without(faults, parts, breaks)
    if (!smaller && parts >= faults.length) break
    faults = smaller ?? faults
    parts = smaller ? Math.max(2, parts - 1) : Math.min(faults.length, 2 * parts)
    if (trials >= TRIALS_MAX) break
  }
  return { faults, trials }
}

/** The faults less the first part that can be spared. */
async function without(
  faults: readonly string[],
  parts: number,
  breaks: (only: readonly string[]) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  const size = Math.ceil(faults.length / parts)
  for (let from = 0; from < faults.length; from += size) {
    const rest = [...faults.slice(0, from), ...faults.slice(from + size)]
    if (await breaks(rest)) return rest
  }
  return undefined
}
