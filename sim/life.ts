import type { Instant } from '../src/core/time.ts'
import { instant, later } from '../src/core/time.ts'
import type { Clock } from '../src/desk/clock.ts'
import { forwardOnly } from '../src/desk/clock.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'

/** What is never answered: whoever waited for it has died. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {})

/** What surrounds a process: true time, how far the wall clock is off it, and who may kill it. */
export type Surroundings = {
  readonly clock: VirtualClock
  /** Milliseconds that the wall clock is ahead; below zero where it is behind. */
  readonly skew: () => number
  /** Asked wherever the process speaks to the outside: whether it dies there. */
  readonly dies: (life: Life, where: string) => boolean
  /** Asked there too, and wherever else it touches the outside: whether a plan ends it there. */
  readonly ends?: ((life: Life, where: string) => boolean) | undefined
  /** What nobody caught. */
  readonly onError: (error: Error) => void
}

/**
 * One life of the desk's process. Nothing outside changes but through the ports it was given, and
 * each of them asks here first: so dying at the ports is dying at any point, and what a dead
 * process still has to say reaches nobody.
 */
export class Life {
  readonly n: number
  /** It has read the broker's book and takes orders. */
  isServing = false
  /** That are set and have neither come nor been cancelled. */
  timers = 0
  readonly #around: Surroundings
  #isDead = false
  #frozenUntil: Instant | undefined
  #thawing: (() => void)[] = []

  constructor(n: number, around: Surroundings) {
    this.n = n
    this.#around = around
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** A point at which it may die; true where it has. */
  cross(where: string): boolean {
    if (!this.pass(where) && this.#around.dies(this, where)) this.die()
    return this.#isDead
  }

  /**
   * A point at which dying makes no other difference than at the next call or row: only a plan of
   * where to die counts it.
   */
  pass(where: string): boolean {
    if (!this.#isDead && this.#around.ends?.(this, where)) this.die()
    return this.#isDead
  }

  die(): void {
    this.#isDead = true
    this.#thawing = []
  }

  /** What the outside has for it: not heard by the dead, and by the frozen once they thaw. */
  run(what: () => void): void {
    if (this.#isDead) return
    if (this.#frozenUntil !== undefined) {
      this.#thawing.push(what)
      return
    }
    try {
      what()
    } catch (error) {
      this.#around.onError(error as Error)
    }
  }

  /** Stopped by the system, as by SIGSTOP: it goes on later and has noticed nothing. */
  freeze(until: Instant): void {
    if (this.#frozenUntil !== undefined) return
    this.#frozenUntil = until
    this.#around.clock.at(until, () => this.#thaw())
  }

  #thaw(): void {
    this.#frozenUntil = undefined
    const waiting = this.#thawing
    this.#thawing = []
    for (const what of waiting) this.run(what)
  }
}

/** Time as the process sees it: the machine's wall clock, and timers that die with the process. */
export class MortalClock implements Clock {
  readonly #life: Life
  readonly #clock: VirtualClock
  readonly #now: () => Instant

  constructor(life: Life, { clock, skew }: Surroundings) {
    this.#life = life
    this.#clock = clock
    const steady = (): number => clock.now()
    this.#now = forwardOnly({ wall: () => clock.now() + skew(), steady })
  }

  now(): Instant {
    return this.#now()
  }

  steady(): number {
    return this.#clock.steady()
  }

  /** Like the system's, it counts how long is left, so a wall clock that is set moves no timer. */
  at(due: Instant, run: () => void): () => void {
    if (this.#life.isDead) return () => {}
    const left = Math.max(0, due - this.#now())
    this.#life.timers++
    let isSet = true
    const unset = (): void => {
      if (isSet) this.#life.timers--
      isSet = false
    }
    const cancel = this.#clock.at(later(instant(this.#clock.now()), left), () => {
      unset()
      if (!this.#life.pass('timer')) this.#life.run(run)
    })
    return () => {
      unset()
      cancel()
    }
  }

  soon(run: () => void): void {
    if (!this.#life.isDead) this.#clock.soon(() => this.#life.run(run))
  }

  next(run: () => void): void {
    if (!this.#life.isDead) this.#clock.next(() => this.#life.run(run))
  }
}
