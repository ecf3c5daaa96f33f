import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Halted } from '../desk/gateway.ts'

/** The power plug: `HALT` in the data folder. Where it cannot be looked for, it is pulled too. */
export function haltIn(folder: string): Halted {
  const file = join(folder, 'HALT')
  return () => {
    try {
      if (lstatSync(file, { throwIfNoEntry: false })) return `the file ${file} is there`
      statSync(folder) // a folder that is gone has no HALT in it, and proves nothing
      return undefined
    } catch (error) {
      return `whether ${file} is there cannot be told: ${(error as Error).message}`
    }
  }
}
