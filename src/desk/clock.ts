import type { Instant } from '../core/time.ts'
import { instant } from '../core/time.ts'

/**
 * The only source of time and of "later" outside the core; the simulator and backtests bring
 * theirs.
 */
export interface Clock {
  now(): Instant
  /** Returns what cancels it. A due time that has passed runs soon, never at once. */
  at(due: Instant, run: () => void): () => void
  /** After everything that is already waiting, but before time passes. */
  soon(run: () => void): void
  /** Once the caller is done; what else is waiting still waits. */
  next(run: () => void): void
}

/** Longer waits overflow Node's timer, which would then fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => instant(Date.now()),
  at(due, run) {
    const left = due - Date.now()
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
