import type { DeskPort } from '../core/port.ts'
import { later, SECOND } from '../core/time.ts'
import type { Clock } from '../desk/clock.ts'
import type { Desk } from '../desk/desk.ts'
import { DeskStopped } from '../desk/told.ts'
import { CorruptJournal, DiskFull } from '../store/journal.ts'

const REOPENS_MAX = 3
const REOPEN_PAUSE_MS = SECOND

export type Closing = {
  /** Orders that still work at the broker. */
  readonly open: readonly string[]
  /** Orders of which nobody knows whether they do. */
  readonly unknown: readonly string[]
}

/** A desk with all that belongs to it. */
export type World = {
  readonly desk: Desk
  readonly port: DeskPort
  /** Never rejects. */
  close(): Promise<Closing>
}

export type KeeperOptions = {
  readonly open: () => Promise<World>
  readonly clock: Clock
  readonly say: (line: string) => void
}

/**
 * Keeps one world open. When its journal fails the world is thrown away and opened again from
 * disk, which is all that recovering is; meanwhile callers are told to try again.
 */
export class Keeper implements DeskPort {
  readonly #options: KeeperOptions
  /** Resolves when it has given up: the journal failed and could not be opened again. */
  readonly failed: Promise<Error>
  #giveUp: (error: Error) => void = () => {}
  #world: World | undefined
  #reopening: Promise<void> | undefined
  /** Since a row was last written: only that proves that an opening was a success. */
  #reopens = 0
  #isClosing = false
  readonly #wakes = new Set<() => void>()

  constructor(options: KeeperOptions) {
    this.#options = options
    this.failed = new Promise((resolve) => {
      this.#giveUp = resolve
    })
  }

  get status(): 'ok' | 'starting' | 'stopped' {
    if (this.#isClosing) return 'stopped'
    return this.#world && !this.#world.desk.stopped ? 'ok' : 'starting'
  }

  async open(): Promise<void> {
    const world = await this.#options.open()
    this.#world = world
    world.desk.follow(() => {
      this.#reopens = 0
    })
    world.port.follow(() => this.#wake())
    this.#wake() // what the one before had committed last may not have been told
    world.desk.onFailure((error) => {
      if (this.#isClosing) return
      this.#world = undefined
      this.#reopening = this.#reopen(world, error)
    })
  }

  async #reopen(broken: World, error: Error): Promise<void> {
    const { clock, say } = this.#options
    if (error instanceof CorruptJournal) {
      await broken.close()
      return this.#giveUp(error) // opened again it would be found unsound again
    }
    say(`The journal failed (${error.message}); opening it again.`)
    await broken.close()
    if (isFull(error)) this.#reopens = 0
    let said = ''
    while (this.#reopens < REOPENS_MAX) {
      await new Promise<void>((resolve) => {
        void clock.at(later(clock.now(), REOPEN_PAUSE_MS), resolve)
      })
      if (this.#isClosing) return
      this.#reopens++
      try {
        return await this.open()
      } catch (again) {
        const { message } = again as Error
        if (message !== said) say(message)
        said = message
        if (isFull(again)) this.#reopens = 0
      }
    }
    this.#giveUp(error)
  }

  submit: DeskPort['submit'] = (command) => {
    if (this.#world) return this.#world.port.submit(command)
    return Promise.resolve({ is: 'unavailable', reason: 'the desk is being opened' })
  }

  ask: DeskPort['ask'] = (question) => {
    if (this.#world) return this.#world.port.ask(question)
    return Promise.reject(new DeskStopped('the desk is being opened'))
  }

  /** Goes on in the world that takes the place of one that failed. */
  follow(wake: () => void): () => void {
    this.#wakes.add(wake)
    return () => void this.#wakes.delete(wake)
  }

  #wake(): void {
    for (const wake of this.#wakes) wake()
  }

  /** Whatever is being opened meanwhile is closed as well. */
  async close(): Promise<Closing> {
    this.#isClosing = true
    for (let awaited; awaited !== this.#reopening;) await (awaited = this.#reopening)
    const world = this.#world
    this.#world = undefined
    return (await world?.close()) ?? { open: [], unknown: [] }
  }
}

/** Ending would bring no room: it waits for somebody to make some. */
const isFull = (error: unknown): boolean =>
  error instanceof DiskFull || (error as Error).cause instanceof DiskFull
