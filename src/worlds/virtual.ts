import type { Instant } from '../core/time.ts'
import { DAY, later } from '../core/time.ts'
import type { Clock } from '../desk/clock.ts'

/** A wait that takes longer ends by no timer of ours: books are read again and again meanwhile. */
const WAIT_MAX_MS = DAY

type Timer = {
  readonly due: Instant
  readonly lot: number
  readonly order: number
  run: (() => void) | undefined
}

/** Time that passes only when it is told to, from one event to the next. */
export class VirtualClock implements Clock {
  #now: Instant
  #made = 0
  /** A heap: the timer due first is at the top. */
  readonly #timers: Timer[] = []
  #soon: (() => void)[] = []
  readonly #lot: () => number

  /**
   * Of two timers due together, that with the smaller lot runs first, or else the one set first:
   * real timers promise no order.
   */
  constructor(start: Instant, lot: () => number = () => 0) {
    this.#now = start
    this.#lot = lot
  }

  now(): Instant {
    return this.#now
  }

  steady(): number {
    return this.#now
  }

  at(due: Instant, run: () => void): () => void {
    const from = due > this.#now ? due : this.#now
    const timer: Timer = { due: from, lot: this.#lot(), order: this.#made++, run }
    this.#push(timer)
    return () => {
      timer.run = undefined
    }
  }

  soon(run: () => void): void {
    this.#soon.push(run)
  }

  /** Virtual time has no hurry: what is next takes its place behind what is waiting. */
  next(run: () => void): void {
    this.soon(run)
  }

  /** Timers that wait, those included that were cancelled and are not due yet. */
  get waiting(): number {
    return this.#timers.length
  }

  /** Whether anything is left to do before time may pass. */
  get isBusy(): boolean {
    return this.#soon.length > 0
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    do {
      const due = this.#soon
      this.#soon = []
      for (const run of due) run()
      // Node runs this once no promise is left that could move on: nothing here waits for more.
      await new Promise<void>((resolve) => process.nextTick(resolve))
    } while (this.#soon.length > 0)
  }

  /** Whether `advance` to that moment has anything to run on the way. */
  isQuietUntil(to: Instant): boolean {
    const first = this.#first()
    return this.#soon.length === 0 && (first === undefined || first.due > to)
  }

  /** Moves the hands when nothing is due on the way. */
  skip(to: Instant): void {
    if (to > this.#now) this.#now = to
  }

  /** Runs every timer that is due by then, in order, and all that follows from each. */
  async advance(to: Instant): Promise<void> {
    await this.settle()
    for (let next = this.#first(); next && next.due <= to; next = this.#first()) {
      this.#pop()
      this.skip(next.due)
      next.run?.()
      await this.settle()
    }
    this.skip(to)
  }

  /** Lets as much time pass as `promise` takes. Throws where no timer brings it to an end. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const wait = { isOver: false }
    const over = (): void => {
      wait.isOver = true
    }
    promise.then(over, over)
    const limit = later(this.#now, WAIT_MAX_MS)
    await this.settle()
    while (!wait.isOver) {
      const next = this.#first()
      if (!next || next.due > limit) throw new Error('this waits for something that never comes')
      await this.advance(next.due)
    }
    return promise
  }

  /** The first timer that has not been cancelled; lets go of those that have. */
  #first(): Timer | undefined {
    while (this.#timers.length > 0 && !this.#timers[0]!.run) this.#pop()
    return this.#timers[0]
  }

  #push(timer: Timer): void {
    const heap = this.#timers
    let index = heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(heap[index]!, heap[parent]!)) return
      swap(heap, index, parent)
      index = parent
    }
  }

  #pop(): void {
    const heap = this.#timers
    const last = heap.pop()
    if (!last || heap.length === 0) return
    heap[0] = last
    for (let index = 0; ;) {
      const left = 2 * index + 1
      const right = left + 1
      let first = index
      if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left
      if (right < heap.length && isBefore(heap[right]!, heap[first]!)) first = right
      if (first === index) return
      swap(heap, index, first)
      index = first
    }
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  if (a.due !== b.due) return a.due < b.due
  return a.lot !== b.lot ? a.lot < b.lot : a.order < b.order
}

function swap(heap: Timer[], a: number, b: number): void {
  const kept = heap[a]!
  heap[a] = heap[b]!
  heap[b] = kept
}
