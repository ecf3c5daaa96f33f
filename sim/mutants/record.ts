/** What became of each mutant when it was last hunted: kept beside the sources. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MUTANTS } from './all.ts'
import type { Mutant } from './mutant.ts'

/** By which promise or test, and in how many seeds; 0 where a test finds it. */
export type Found = { readonly by: string; readonly seeds: number }
/** `found` is absent where nobody found it. */
export type Told = { readonly mutant: Mutant; readonly found: Found | undefined }

/** From dist/sim/mutants to the sources. */
const FILE = fileURLToPath(new URL('../../../sim/mutants/found.json', import.meta.url))

export const record = (): Readonly<Record<string, Found>> =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Found>) : {}

/**
 * In the order of the mutants; those that are no more leave it. That nothing was found says less
 * than what was, unless it was looked for as long.
 */
export function keep({ mutant, found }: Told, hunted: number): void {
  const before = record()
  const entries = MUTANTS.flatMap(({ name }) => {
    const known = before[name]
    const isOver = name === mutant.name && (found || hunted >= (known?.seeds ?? 0))
    const now = isOver ? found : known
    return now ? [[name, now] as const] : []
  })
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
}
