import type { Bar } from '../market/feed.ts'

/** What a strategy wants to hold from now on; undefined where it wants nothing changed. */
export type Wish = 'long' | 'flat' | undefined

/**
 * Watches one instrument and says what it wants to hold. What that takes is the runner's matter.
 */
export interface Strategy {
  readonly name: string
  /** A bar is over. `isHolding` is whether the strategy holds anything now. */
  bar(bar: Bar, isHolding: boolean): Wish
}
