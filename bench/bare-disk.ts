import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const ROOM = 4 * 1024 * 1024
const RECORD = Buffer.alloc(200, 'x')

/** The limit of any journal: 200 bytes written into a file that has its size, and synced. */
export class BareDisk {
  readonly #file: number
  #position = 0

  constructor(folder: string) {
    this.#file = openSync(join(folder, 'bare'), 'w')
    writeSync(this.#file, Buffer.alloc(ROOM))
    fdatasyncSync(this.#file)
  }

  /** Microseconds of one write and sync. */
  sync(): number {
    const started = performance.now()
    this.#position = (this.#position + RECORD.length) % (ROOM - RECORD.length)
    writeSync(this.#file, RECORD, 0, RECORD.length, this.#position)
    fdatasyncSync(this.#file)
    return (performance.now() - started) * 1_000
  }

  close(): void {
    closeSync(this.#file)
  }
}
