import { later, SECOND } from '../src/core/time.ts'
import { rowHash } from '../src/store/chain.ts'
import { decodeEntries, entryText, FORMAT } from '../src/store/codec.ts'
import type { Batch, Head, Journal, Saved, Snapshots } from '../src/store/journal.ts'
import { CorruptJournal, DiskFull, NO_ROWS, NotTheNextRow } from '../src/store/journal.ts'
import type { Disk, DiskParts, Flight, Opened } from './disk.ts'
import type { Life } from './life.ts'
import { never } from './life.ts'

/** The journal as one process has it open. */
export class DiskJournal implements Journal {
  readonly #disk: Disk
  readonly #life: Life
  readonly #makeRoom: () => boolean
  readonly #parts: DiskParts

  constructor(disk: Disk, { life, makeRoom, parts }: Opened) {
    this.#disk = disk
    this.#life = life
    this.#makeRoom = makeRoom
    this.#parts = parts
  }

  head(): Head {
    const { rows } = this.#disk
    const last = rows[rows.length - 1]
    return last ? { n: rows.length, hash: last.hash } : NO_ROWS
  }

  async append(batch: Batch): Promise<void> {
    const { n, entries } = batch
    const before = this.head()
    if (n !== before.n + 1) throw new NotTheNextRow(`row ${n} after ${before.n}`)
    if (this.#life.cross(`before row ${n}`)) return never()
    const text = `[${entries.map(entryText).join(',')}]`
    const at = this.#parts.clock.now()
    const row = { text, hash: rowHash(before.hash, n, FORMAT, text), at }
    if (this.#disk.isFull(text.length) && !this.#makeRoom()) {
      throw new DiskFull('no space left on the disk')
    }
    if (this.#parts.fates.strike('disk-refuses')) throw new Error('EIO: the row was not written')
    await this.#write({ batch, row })
    if (this.#life.cross(`after row ${n}`)) return never()
  }

  async #write(flight: Flight): Promise<void> {
    const { fates } = this.#parts
    this.#disk.setOff(flight)
    const delay = this.#delay()
    if (delay > 0) await this.#pause(delay)
    const unsure = fates.strike('disk-unsure')
    if (unsure) {
      if (unsure.chance(0.5)) this.#disk.keep(flight)
      else this.#disk.setOff(undefined)
      throw new Error('EIO: fsync failed')
    }
    this.#disk.keep(flight)
    if (fates.strike('disk-mute')) throw new Error('EIO: the row is safe, and this hides it')
  }

  #delay(): number {
    const { fates, random, latencyMs } = this.#parts
    const stalled = fates.strike('disk-stalls')
    if (stalled) return stalled.integer(3 * SECOND, 30 * SECOND)
    const slow = fates.strike('disk-slow')
    if (slow) return slow.integer(20, 3 * SECOND)
    return latencyMs === 0 || random.chance(0.5) ? 0 : random.integer(1, latencyMs)
  }

  #pause(ms: number): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => {
      void clock.at(later(clock.now(), ms), () => this.#life.run(resolve))
    })
  }

  *read(after: number): Iterable<Batch> {
    const { rows } = this.#disk
    let hash = after === 0 ? NO_ROWS.hash : rows[after - 1]!.hash
    for (let n = after; n < rows.length; n++) {
      hash = this.#checked(n, hash)
      yield { n: n + 1, entries: decodeEntries(rows[n]!.text, FORMAT) }
    }
  }

  #checked(index: number, before: string): string {
    const { text, hash } = this.#disk.rows[index]!
    if (rowHash(before, index + 1, FORMAT, text) === hash) return hash
    throw new CorruptJournal(index + 1, 'its hash does not fit')
  }

  walk({ n, hash }: Head, rows: number): Head {
    let last = hash
    for (let index = n; index < n + rows; index++) last = this.#checked(index, last)
    return { n: n + rows, hash: last }
  }

  save(snapshots: Snapshots, version: number): void {
    const before = this.#disk.saved
    const fresh = new Set(snapshots.accounts.map(({ account }) => account))
    const kept = before?.version === version ? before.snapshots.accounts : []
    const rest = kept.filter(({ account }) => !fresh.has(account))
    const accounts = [...rest, ...snapshots.accounts]
    if (this.#life.pass('before a snapshot')) return
    this.#disk.save({ snapshots: { n: snapshots.n, accounts }, version })
    this.#life.pass('after a snapshot')
  }

  snapshots(version: number): Saved {
    return this.#disk.snapshots(version)
  }

  rest(): void {}

  close(): void {}
}
