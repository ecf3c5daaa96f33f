import type { ActorName } from '../actors.ts'
import type { Family } from '../families.ts'
import type { FaultRow } from './fault-row.ts'
import type { TestName } from './mutant.ts'

/** What is done on purpose in a run of the simulator. */
export type Cause = Family | ActorName

export type Row = { readonly id: FaultRow; readonly what: string } & (
  | { readonly sim: readonly Cause[]; readonly mutant: string }
  | { readonly test: TestName; readonly mutant: string }
  | { readonly missing: string }
)

type Shown = readonly Cause[] | TestName

export const row = (id: FaultRow, what: string, shown: Shown, mutant: string): Row =>
  'file' in shown ? { id, what, test: shown, mutant } : { id, what, sim: shown, mutant }

export const none = (id: FaultRow, what: string, missing: string): Row => ({ id, what, missing })

export const test = (file: string, title: string): TestName => ({ file, title })
export const story = (title: string): TestName => test('scenarios', title)
