/** What a batch says of itself. */
import type { Tally } from './batch.ts'
import { FAMILIES, FAMILY_NAMES } from './families.ts'
import { SOMETIMES } from './sometimes.ts'

/** A minute on two processors should bring at least this. */
const GOALS = { runs: 1_000, hours: 500, orders: 20_000, faults: 100_000, crashes: 5_000 } as const
/** Runs that the floors of the families are counted over. */
const FLOOR_RUNS = 1_000

const grouped = (count: number): string => Math.round(count).toLocaleString('en-US')

export function figures(tally: Tally, seconds: number): string[] {
  const aMinute = (what: keyof typeof GOALS): string => {
    const rate = (tally[what] / seconds) * 60
    const [all, each] = [grouped(tally[what]).padStart(12), grouped(rate).padStart(12)]
    return `${what.padEnd(8)} ${all} ${each} a minute, goal ${grouped(GOALS[what])}`
  }
  return [
    ...(Object.keys(GOALS) as (keyof typeof GOALS)[]).map(aMinute),
    `fills    ${grouped(tally.fills).padStart(12)}`,
  ]
}

/** Families that struck less often than they must; none in a batch too small to tell. */
export function quiet({ struck, runs }: Tally): string[] {
  if (runs < FLOOR_RUNS) return []
  return FAMILY_NAMES.filter((name) => {
    return (struck.get(name) ?? 0) < (FAMILIES[name].floor * runs) / FLOOR_RUNS
  }).map((name) => {
    const times = grouped(struck.get(name) ?? 0)
    return `${name} struck ${times} times, ${FAMILIES[name].floor} in ${FLOOR_RUNS} runs are needed`
  })
}

export const faults = ({ struck }: Tally): string[] =>
  FAMILY_NAMES.map((name) => {
    const times = grouped(struck.get(name) ?? 0).padStart(9)
    return `  ${name.padEnd(24)} ${times}  ${FAMILIES[name].what}`
  })

export function reached({ sometimes }: Tally): string[] {
  const met = SOMETIMES.filter((what) => sometimes.has(what))
  return [
    `${met.length} of ${SOMETIMES.length} things that must happen now and then did`,
    ...SOMETIMES.map((what) => `  ${grouped(sometimes.get(what) ?? 0).padStart(9)}  ${what}`),
  ]
}
