/** Runs that broke a promise once. Each is kept with the fewest faults that did it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type Regression = {
  readonly seed: number
  readonly days?: number | undefined
  /** Which promise, and how it was broken. */
  readonly rule: string
  readonly what: string
  readonly faults: readonly string[]
}

/** From dist/sim to the sources. */
const FILE = fileURLToPath(new URL('../../sim/regressions.json', import.meta.url))

export const regressions = (): Regression[] =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Regression[]) : []

/** Adds it, unless the same seed is there for the same promise. */
export function keep(found: Regression): void {
  const known = regressions()
  if (known.some(({ seed, rule }) => seed === found.seed && rule === found.rule)) return
  writeFileSync(FILE, `${JSON.stringify([...known, found], null, 2)}\n`)
}
