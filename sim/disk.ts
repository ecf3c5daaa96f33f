import type { Random } from '../src/market/random.ts'
import type { Instant } from '../src/core/time.ts'
import { later, SECOND } from '../src/core/time.ts'
import { rowHash } from '../src/store/chain.ts'
import { decodeEntries, entryText, FORMAT } from '../src/store/codec.ts'
import type { Batch, Head, Journal, Saved, Snapshots } from '../src/store/journal.ts'
import { CorruptJournal, DiskFull, NO_ROWS, NotTheNextRow } from '../src/store/journal.ts'
import type { Room } from '../src/desk/space.ts'
import { FolderInUse } from '../src/store/lock.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import type { Fates } from './fates.ts'
import type { Life } from './life.ts'
import { never } from './life.ts'
import type { Sometimes } from './sometimes.ts'

/** `at`: when it was begun, by true time. */
export type Row = { readonly text: string; readonly hash: string; readonly at: Instant }
type Saving = { readonly snapshots: Snapshots; readonly version: number }

/** All that a copy of the folder holds. */
export type Backup = { readonly rows: readonly Row[]; readonly saved: Saving | undefined }

export type DiskParts = {
  readonly clock: VirtualClock
  readonly fates: Fates
  readonly random: Random
  /** What a row takes when nothing is wrong, at most. */
  readonly latencyMs: number
  /** Hears of each row once no crash can take it back any more. */
  readonly onSafe: (batch: Batch, row: Row) => void
  readonly onSometimes: (what: Sometimes) => void
}

/** A row on its way: whether it survives the end of the process is not decided yet. */
type Flight = { readonly batch: Batch; readonly row: Row }

type Opened = {
  readonly life: Life
  readonly makeRoom: () => boolean
  readonly parts: DiskParts
}

const AT_A_CRASH = [
  'a row was lost with the process that wrote it',
  'a row was safe though its process died before it knew',
] as const
const RESERVE_BYTES = 65_536
const PLENTY = 1_000_000_000
const FULL_MS_MAX = 40 * SECOND

/**
 * The disk under the desk: a journal that is slow, refuses, is full, does not say what became of a
 * row, and at a crash keeps what was safe. What SQLite itself does to a file is outside: torn and
 * damaged rows are its tests' matter, not this model's.
 */
export class Disk {
  readonly #parts: DiskParts
  #rows: Row[] = []
  #saved: Saving | undefined
  #holder: Life | undefined
  #flight: Flight | undefined
  #fullUntil = 0
  /** What is left for others while the disk is full; the reserve is not part of it. */
  #left = 0
  #reserveHeld = true
  readonly isReserveHeld = (): boolean => this.#reserveHeld

  constructor(parts: DiskParts) {
    this.#parts = parts
  }

  /** The lock of the folder: the system gives it back when its holder ends. */
  lock(life: Life): { release(): void } {
    if (this.#holder && !this.#holder.isDead) {
      throw new FolderInUse('another Tallyman works on the same data folder')
    }
    this.#holder = life
    return {
      release: () => {
        if (this.#holder === life) this.#holder = undefined
      },
    }
  }

  /** `makeRoom`: what the process does for itself when a row does not fit. */
  open(life: Life, makeRoom: () => boolean): Journal {
    return new DiskJournal(this, { life, makeRoom, parts: this.#parts })
  }

  get isLocked(): boolean {
    return this.#holder !== undefined && !this.#holder.isDead
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  get saved(): Saving | undefined {
    return this.#saved
  }

  backup(): Backup {
    return { rows: [...this.#rows], saved: this.#saved }
  }

  /** The folder as it was. Nobody may be at work in it. */
  restore({ rows, saved }: Backup): void {
    this.#rows = [...rows]
    this.#saved = saved
  }

  dropSnapshots(): void {
    this.#saved = undefined
  }

  /** The process has died: what was on its way is there or is not. */
  crash(): void {
    const flight = this.#flight
    this.#flight = undefined
    if (!flight) return
    const isSafe = this.#parts.random.chance(0.5)
    if (isSafe) this.keep(flight)
    const [lost, safe] = AT_A_CRASH
    this.#parts.onSometimes(isSafe ? safe : lost)
  }

  setOff(flight: Flight | undefined): void {
    this.#flight = flight
  }

  keep({ batch, row }: Flight): void {
    this.#flight = undefined
    this.#rows.push(row)
    this.#left -= row.text.length
    this.#parts.onSafe(batch, row)
  }

  save(saving: Saving): void {
    if (this.#parts.fates.strike('snapshot-refused')) throw new Error('EIO: no snapshot today')
    if (this.isFull(1)) throw new DiskFull('no space left')
    this.#saved = saving
  }

  snapshots(version: number): Saved {
    if (this.#saved?.version !== version) return 'none'
    if (!this.#parts.fates.strike('snapshot-damaged')) return this.#saved.snapshots
    this.#saved = undefined
    return 'damaged'
  }

  /** Somebody else's files take the room, for a while. */
  fill(random: Random): void {
    this.#fullUntil = later(this.#parts.clock.now(), random.integer(SECOND, FULL_MS_MAX))
    this.#left = random.integer(0, 3_000)
  }

  freeUp(): void {
    this.#fullUntil = 0
  }

  isFull(bytes: number): boolean {
    return this.#free() < bytes
  }

  #free(): number {
    return this.#parts.clock.now() < this.#fullUntil ? Math.max(0, this.#left) : PLENTY
  }

  /** What stands for the file that holds room for the last cancels and closes. */
  reserve(): Room {
    const isHeld = this.isReserveHeld
    return {
      bytes: RESERVE_BYTES,
      trouble: undefined,
      get held() {
        return isHeld()
      },
      free: () => this.#free(),
      take: () => {
        if (this.#free() >= RESERVE_BYTES) this.#reserveHeld = true
        return Promise.resolve(this.#reserveHeld)
      },
      giveUp: () => this.giveUpReserve(),
    }
  }

  giveUpReserve(): boolean {
    if (!this.#reserveHeld) return false
    this.#reserveHeld = false
    this.#left = Math.max(0, this.#left) + RESERVE_BYTES
    return true
  }
}

/** The journal as one process has it open. */
class DiskJournal implements Journal {
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
