import { randomBytes } from 'node:crypto'
import { rmSync, statfsSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

const CHUNK_BYTES = 1024 * 1024
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG']

/**
 * A file that takes up room on the disk of the data folder, so that there is some to give up when
 * it is full. Its contents are noise: what can be compressed, or left out as a hole, holds no room.
 */
export class Reserve {
  readonly bytes: number
  readonly #file: string
  #held = false
  #trouble: string | undefined
  #taking: Promise<boolean> | undefined

  constructor(file: string, bytes: number) {
    this.#file = file
    this.bytes = bytes
    this.#held = isWhole(file, bytes)
  }

  get held(): boolean {
    return this.#held
  }

  /** Why it could not be taken though there may be room: something else stands in its place. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** What others may still write, in bytes; the reserve is not part of it. */
  free(): number {
    return freeBytes(dirname(this.#file))
  }

  /** Writes the file if it is not there; false where the disk has no room for it. */
  take(): Promise<boolean> {
    if (this.#held) return Promise.resolve(true)
    this.#taking ??= this.#write().finally(() => {
      this.#taking = undefined
    })
    return this.#taking
  }

  async #write(): Promise<boolean> {
    const noise = randomBytes(CHUNK_BYTES)
    this.#trouble = undefined
    try {
      const file = await open(this.#file, 'w', 0o600)
      try {
        for (let left = this.bytes; left > 0; left -= CHUNK_BYTES) {
          await file.write(noise, 0, Math.min(left, CHUNK_BYTES))
        }
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      // Full, over its quota, or broken: in any case there is no reserve.
      const { code, message } = error as NodeJS.ErrnoException
      if (!NO_ROOM.includes(code ?? '')) this.#trouble = message
      this.#remove()
      return false
    }
    // A write near the end of the disk may be cut short without an error.
    this.#held = isWhole(this.#file, this.bytes)
    return this.#held
  }

  /** True if there was something to give up. */
  giveUp(): boolean {
    if (!this.#held) return false
    this.#held = false
    this.#remove()
    return true
  }

  #remove(): void {
    try {
      rmSync(this.#file, { force: true })
    } catch (error) {
      this.#trouble ??= (error as Error).message
    }
  }
}

/** What we may still write on the disk of a folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Also false for a file with holes, which holds no room. */
function isWhole(file: string, bytes: number): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  return found !== undefined && found.size === bytes && found.blocks * 512 >= bytes
}
