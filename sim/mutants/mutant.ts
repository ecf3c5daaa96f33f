import type { FaultRow } from './fault-row.ts'

/** A test by its file in `test/`, without the ending, and its whole name. */
export type TestName = { readonly file: string; readonly title: string }

/**
 * A mistake as somebody could make it in a line or two. What it breaks was promised; so whoever
 * watches over that promise must find it.
 */
export type Mutant = {
  readonly name: string
  /** The rows of the fault catalogue it comes from: docs/faults.md. */
  readonly rows: readonly FaultRow[]
  /** The promise by its number, as in docs/simulator.md, and in words. */
  readonly breaks: `${number} ${string}`
  /** From the root of the repository. */
  readonly file: `src/${string}.ts`
  /** Text that stands in the file once. */
  readonly from: string
  readonly to: string
  /** Who must find it, where the simulator does not come to: undefined is the simulator. */
  readonly test?: TestName
}

/** The text with the mistake in it. Throws where the place is not there, or not there alone. */
export function planted(text: string, { name, file, from, to }: Mutant): string {
  const found = text.split(from).length - 1
  if (found !== 1) throw new Error(`${name}: ${file} has its text ${found} times, not once`)
  return text.replace(from, () => to)
}
