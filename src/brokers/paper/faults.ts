import { Random } from '../../market/random.ts'
import type { Mischief } from './paper.ts'
import { WELL_BEHAVED } from './paper.ts'

const LATE_MS = 3_000

/**
 * Mischief by chance: probabilities per call under the names `lose-request`, `lose-answer`, `late`
 * and `repeat`, and a `seed` that makes the same run again.
 */
export function chanceMischief(faults: ReadonlyMap<string, number>): () => Mischief {
  if (faults.size === 0) return () => WELL_BEHAVED
  const random = new Random(faults.get('seed') ?? 1)
  const strikes = (name: string): boolean => random.chance(faults.get(name) ?? 0)
  return () => ({
    lateMs: strikes('late') ? random.integer(1, LATE_MS) : 0,
    loseRequest: strikes('lose-request'),
    loseAnswer: strikes('lose-answer'),
    repeat: strikes('repeat'),
  })
}
