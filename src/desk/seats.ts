import type { Clock } from './clock.ts'

/**
 * How many of what many want to do is done at once; the rest waits in its turn. Each begins in a
 * turn of the event loop of its own: a crowd of them never holds up an order.
 */
export class Seats {
  readonly #clock: Pick<Clock, 'soon'>
  readonly #waiting = new Set<Sit>()
  #free: number
  #isCalling = false

  constructor(clock: Pick<Clock, 'soon'>, count: number) {
    this.#clock = clock
    this.#free = count
  }

  /** Runs `sit` once there is a seat; the seat is free again when it has ended, however it did. */
  take(sit: Sit): Leave {
    this.#waiting.add(sit)
    this.#call()
    return () => this.#waiting.delete(sit)
  }

  #call(): void {
    if (this.#isCalling || this.#free === 0 || this.#waiting.size === 0) return
    this.#isCalling = true
    this.#clock.soon(() => {
      this.#isCalling = false
      this.#next()
      this.#call()
    })
  }

  #next(): void {
    const [sit] = this.#waiting
    if (!sit || this.#free === 0) return
    this.#waiting.delete(sit)
    this.#free--
    const stand = (): void => {
      this.#free++
      this.#call()
    }
    sit().then(stand, stand)
  }
}

type Sit = () => Promise<unknown>
/** Gives up waiting; nothing happens where it has begun already. */
export type Leave = () => void
