import type { Outcome, Told } from './told.ts'
import { AccountBroken } from './told.ts'

/** An input that waits to be decided. */
export type Waiting = {
  readonly told: Told
  /** Undefined for what nobody waits for. */
  readonly resolve: ((outcome: Outcome) => void) | undefined
  readonly reject: ((error: Error) => void) | undefined
}

/** Inputs decided in one commit: more would make the first of them wait for the last. */
const BATCH_MAX = 1_000

export function takeBatch(waiting: Waiting[]): Waiting[] {
  // A failure is journaled alone: nothing else of its account can take it along when it fails.
  const isAlone = waiting[0]?.told.body.type === 'Failed'
  return waiting.splice(0, isAlone ? 1 : BATCH_MAX)
}

/** Tells everybody of a batch what became of it; of a broken account, nothing did. */
export function answer(
  batch: readonly Waiting[],
  outcomes: readonly (Outcome | undefined)[],
  broken: ReadonlyMap<string, Error> | undefined,
): void {
  for (const [index, { told, resolve, reject }] of batch.entries()) {
    const error = broken?.get(told.account)
    const outcome = outcomes[index]
    if (error) reject?.(new AccountBroken(error.message))
    else if (outcome) resolve?.(outcome)
  }
}
