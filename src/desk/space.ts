import type { Instant } from '../core/time.ts'
import { elapsed, later, SECOND } from '../core/time.ts'
import type { Reserve } from '../store/reserve.ts'
import type { Clock } from './clock.ts'

/**
 * `low`: less is free than the reserve holds. `short`: the reserve itself is given up. `unwatched`:
 * it cannot be kept though there is room, or the disk does not say how much there is.
 */
export type SpaceState = 'ample' | 'low' | 'short' | 'unwatched'
export type SpaceNews = {
  readonly state: SpaceState
  readonly freeBytes: number
  /** Why it is unwatched. */
  readonly why?: string | undefined
}
/** What is given up when the disk is full, and how much is free beside it. */
export type Room = Pick<Reserve, 'bytes' | 'held' | 'free' | 'take' | 'giveUp' | 'trouble'>

const CHECK_MS: number = 5 * SECOND
/** Before an entry, the disk is looked at again after this. */
const FRESH_MS: number = SECOND
/** With less free than this part of the reserve, it is given up before anybody's write fails. */
const LAST_PART = 16
/** Taken again only when this part of it stays free beside it, or it would come and go. */
const BESIDE_PART = 4

/**
 * Watches the room on the disk. While the reserve is held all orders pass; without it only what
 * reduces does, since a desk that can write nothing any more can close nothing either.
 */
export class Space {
  readonly #reserve: Room
  readonly #clock: Clock
  readonly #tell: (news: SpaceNews) => void
  #state: SpaceState = 'ample'
  #checkedAt: Instant | undefined
  #free = 0
  /** Why the disk does not say what is free, if so. */
  #silent: string | undefined
  #disarm: () => void = () => {}
  #stopped = false

  constructor(reserve: Room, clock: Clock, tell: (news: SpaceNews) => void) {
    this.#reserve = reserve
    this.#clock = clock
    this.#tell = tell
  }

  get state(): SpaceState {
    return this.#state
  }

  /** Takes the reserve if there is room for it, and goes on watching. */
  async start(): Promise<void> {
    await this.#check()
    this.#arm()
  }

  stop(): void {
    this.#stopped = true
    this.#disarm()
  }

  /** For whoever could not write: true if there is room now, so that trying again makes sense. */
  makeRoom(): boolean {
    const gaveUp = this.#reserve.giveUp()
    if (gaveUp) this.#look()
    return gaveUp
  }

  /** Whether an entry must ask `whyShort` before it is taken. */
  isShort(): boolean {
    const now = this.#clock.now()
    if (this.#checkedAt === undefined || elapsed(this.#checkedAt, now) > FRESH_MS) this.#look()
    return this.#isShort
  }

  /** Why no entry is taken, after a last look whether the space is back. */
  async whyShort(): Promise<string | undefined> {
    await this.#check()
    return !this.#isShort ? undefined : `only ${megabytes(this.#free)} MB of disk are free`
  }

  /** A reserve that something else keeps from being taken says nothing about the room. */
  get #isShort(): boolean {
    const { held, bytes } = this.#reserve
    return !held && (this.#why === undefined || this.#free < bytes)
  }

  get #why(): string | undefined {
    return this.#silent ?? this.#reserve.trouble
  }

  #arm(): void {
    if (this.#stopped) return
    this.#disarm = this.#clock.at(later(this.#clock.now(), CHECK_MS), () => {
      void this.#check().then(() => this.#arm())
    })
  }

  async #check(): Promise<void> {
    const { bytes, held } = this.#reserve
    const needed = bytes + bytes / BESIDE_PART
    if (!held && !this.#stopped && this.#measure() >= needed) await this.#reserve.take()
    this.#look()
  }

  #look(): void {
    this.#checkedAt = this.#clock.now()
    this.#free = this.#measure()
    if (this.#free < this.#reserve.bytes / LAST_PART && this.#reserve.giveUp()) {
      this.#free = this.#measure()
    }
    this.#feel()
  }

  /** A disk that does not say is taken to have room: a write that fails will tell. */
  #measure(): number {
    try {
      this.#silent = undefined
      return this.#reserve.free()
    } catch (error) {
      this.#silent = (error as Error).message
      return Infinity
    }
  }

  /** Tells only what has changed. */
  #feel(): void {
    const { held, bytes } = this.#reserve
    const why = this.#why
    const watched = !held ? 'short' : this.#free < bytes ? 'low' : 'ample'
    const state = why !== undefined && !this.#isShort ? 'unwatched' : watched
    if (state === this.#state) return
    this.#state = state
    this.#tell({ state, freeBytes: this.#free, why })
  }
}

const megabytes = (bytes: number): number => Math.floor(bytes / 1024 / 1024)
