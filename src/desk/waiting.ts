import type { Outcome, Told } from './told.ts'
import { AccountBroken } from './told.ts'

/** An input that waits to be decided. */
export type Waiting = {
  readonly told: Told
  /** Undefined for what nobody waits for. */
  readonly resolve: ((outcome: Outcome) => void) | undefined
  readonly reject: ((error: Error) => void) | undefined
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
