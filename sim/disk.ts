import type { Random } from '../src/market/random.ts'
import type { Instant } from '../src/core/time.ts'
import { later, SECOND } from '../src/core/time.ts'
import type { Batch, Journal, Saved, Snapshots } from '../src/store/journal.ts'
import { DiskFull } from '../src/store/journal.ts'
import type { Room } from '../src/desk/space.ts'
import { FolderInUse } from '../src/store/lock.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import { DiskJournal } from './disk-journal.ts'
import type { Fates } from './fates.ts'
import type { Life } from './life.ts'
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
export type Flight = { readonly batch: Batch; readonly row: Row }

export type Opened = {
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
 * row, and at a crash keeps what was safe, but for a last row that it tears now and then. What
 * SQLite itself does to a file is its own tests' matter.
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
  /** Whether its last row cannot be read: nobody may trade on it until a copy is put back. */
  isTorn = false
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
    this.isTorn = false
  }

  dropSnapshots(): void {
    this.#saved = undefined
  }

  /** The process has died: what was on its way is there or is not. */
  crash(): void {
    const flight = this.#flight
    this.#flight = undefined
    if (flight) {
      const isSafe = this.#parts.random.chance(0.5)
      if (isSafe) this.keep(flight)
      const [lost, safe] = AT_A_CRASH
      this.#parts.onSometimes(isSafe ? safe : lost)
    }
    this.#tear()
  }

  /** The disk lies about what it wrote last: half of the last row is there after a power cut. */
  #tear(): void {
    const last = this.#rows[this.#rows.length - 1]
    const isRead = (this.#saved?.snapshots.n ?? 0) < this.#rows.length
    if (!last || !isRead || this.isTorn || !this.#parts.fates.strike('row-torn')) return
    this.isTorn = true
    this.#rows[this.#rows.length - 1] = { ...last, text: last.text.slice(0, last.text.length / 2) }
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
