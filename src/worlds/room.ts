import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { systemClock } from '../desk/clock.ts'
import type { SpaceNews } from '../desk/space.ts'
import { Space } from '../desk/space.ts'
import { Reserve } from '../store/reserve.ts'

type Ears = { readonly onSpace: (news: SpaceNews) => void }

/** What watches the room in the data folder; undefined where nothing is to be kept for it. */
export function spaceIn({ data, reserveBytes }: Config, { onSpace }: Ears): Space | undefined {
  const file = join(data, 'reserve')
  if (reserveBytes > 0) return new Space(new Reserve(file, reserveBytes), systemClock, onSpace)
  const isKept = statSync(file, { throwIfNoEntry: false })?.isFile() === true
  if (isKept) rmSync(file, { force: true }) // what was kept before is room again
  return undefined
}
