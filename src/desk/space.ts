import type { Instant } from '../core/time.ts'
import { elapsed, later, SECOND } from '../core/time.ts'
import type { Reserve } from '../store/reserve.ts'
import type { Clock } from './clock.ts'

/** `low`: less is free than the reserve holds. `short`: the reserve itself is given up. */
export type SpaceState = 'ample' | 'low' | 'short'
export type SpaceNews = { readonly state: SpaceState; readonly freeBytes: number }

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
  readonly #reserve: Reserve
  readonly #clock: Clock
  readonly #tell: (news: SpaceNews) => void
  #state: SpaceState = 'ample'
  #checkedAt: Instant | undefined
  #free = 0
  #disarm: () => void = () => {}
  #stopped = false

  constructor(reserve: Reserve, clock: Clock, tell: (news: SpaceNews) => void) {
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
    return !this.#reserve.held
  }

  /** Why no entry is taken, after a last look whether the space is back. */
  async whyShort(): Promise<string | undefined> {
    await this.#check()
    return this.#reserve.held ? undefined : `only ${megabytes(this.#free)} MB of disk are free`
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
    if (!held && !this.#stopped && this.#reserve.free() >= needed) await this.#reserve.take()
    this.#look()
  }

  #look(): void {
    this.#checkedAt = this.#clock.now()
    this.#free = this.#reserve.free()
    if (this.#free < this.#reserve.bytes / LAST_PART && this.#reserve.giveUp()) {
      this.#free = this.#reserve.free()
    }
    this.#feel()
  }

  /** Tells only what has changed. */
  #feel(): void {
    const { held, bytes } = this.#reserve
    const state = !held ? 'short' : this.#free < bytes ? 'low' : 'ample'
    if (state === this.#state) return
    this.#state = state
    this.#tell({ state, freeBytes: this.#free })
  }
}

const megabytes = (bytes: number): number => Math.floor(bytes / 1024 / 1024)
