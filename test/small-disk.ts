import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { tempFolder } from './temp.ts'

const mounted: string[] = []
after(() => {
  for (const folder of mounted) {
    spawnSync('umount', ['-l', folder]) // a test that failed may have left a process on it
    rmdirSync(folder)
  }
})

/** Why there can be no small disk here; false where there can. */
export const WHY_NO_SMALL_DISK: string | false = canMount()
  ? false
  : 'only root may mount a small disk, and only on Linux'

function canMount(): boolean {
  if (process.platform !== 'linux') return false
  const folder = tempFolder()
  const made = mount(folder, 1)
  if (made) spawnSync('umount', [folder])
  return made
}

function mount(folder: string, megabytes: number): boolean {
  const size = `size=${megabytes}m`
  return spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tallyman-test', folder]).status === 0
}

/** A disk of its own that can really be filled. */
export class SmallDisk {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'tallyman-disk-'))
  readonly #filler: string = join(this.folder, 'filler')

  constructor(megabytes: number) {
    if (!mount(this.folder, megabytes)) throw new Error(`${this.folder} cannot be mounted`)
    mounted.push(this.folder)
  }

  /** Somebody else's file takes every byte that is left. */
  fill(): void {
    const file = openSync(this.#filler, 'a')
    try {
      for (let size = 65_536; size >= 1;) {
        try {
          if (writeSync(file, Buffer.alloc(size)) < size) size = Math.floor(size / 2)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
          size = Math.floor(size / 2)
        }
      }
    } finally {
      closeSync(file)
    }
  }

  clear(): void {
    rmSync(this.#filler)
  }
}
