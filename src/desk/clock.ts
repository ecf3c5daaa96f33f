import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'

/**
 * The only source of time and of "later" outside the core; the simulator and backtests bring
 * theirs.
 */
export interface Clock {
  /** Never earlier than it was. */
  now(): Instant
  /** Milliseconds that pass evenly, from an arbitrary start: how long something took. */
  steady(): number
  /** Returns what cancels it. A due time that has passed runs soon, never at once. */
  at(due: Instant, run: () => void): () => void
  /** After everything that is already waiting, but before time passes. */
  soon(run: () => void): void
  /** Once the caller is done; what else is waiting still waits. */
  next(run: () => void): void
}

/** Longer waits overflow Node's timer, which would then fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** What this machine says of time. */
export type Machine = {
  /** Of the day; people and NTP set it, either way. */
  readonly wall: () => number
  readonly steady: () => number
}

/**
 * Time by the wall, but never backwards: a wall clock that was set back an hour would keep cancels
 * waiting for an hour and call an old order fresh. Between its steps time passes as the steady
 * clock says, and where the wall is ahead of that (it was set forward, or the machine slept) it
 * is followed.
 */
export function forwardOnly({ wall, steady }: Machine): () => Instant {
  let ahead = wall() - steady()
  return () => {
    const now = steady()
    ahead = Math.max(ahead, wall() - now)
    return instant(Math.floor(now + ahead))
  }
}

const machine: Machine = { wall: () => Date.now(), steady: () => performance.now() }

export const systemClock: Clock = {
  now: forwardOnly(machine),
  steady: machine.steady,
  at(due, run) {
    const left = due - systemClock.now()
    const timer = setTimeout(
      () => {
        if (left > TIMER_MAX_MS) cancel = systemClock.at(due, run)
        else run()
      },
      Math.min(Math.max(0, left), TIMER_MAX_MS),
    )
    let cancel = (): void => clearTimeout(timer)
    return () => cancel()
  },
  soon: (run) => void setImmediate(run),
  next: (run) => queueMicrotask(run),
}
