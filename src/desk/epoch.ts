import { randomInt } from 'node:crypto'
import type { Epoch } from '../core/tag.ts'
import { epoch } from '../core/tag.ts'

/** Random at the first start and at each restore; the journal keeps it from then on. */
export const randomEpoch = (): Epoch =>
  epoch(
    randomInt(36 ** 5)
      .toString(36)
      .toUpperCase()
      .padStart(5, '0'),
  )
