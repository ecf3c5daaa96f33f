import type { Event } from '../core/event.ts'
import type { Order } from '../core/order.ts'
import type { Standing } from '../core/tally.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import type { Sql } from './sql.ts'

/** Whose event it is, and the order it is about, if any. */
export type Following = {
  readonly account: string
  readonly at: Instant
  /** Journal position of the event. */
  readonly seq: number
  /** As it is after the event; folded in place, so it is to be read at once and not kept. */
  readonly order: Order | undefined
  /** As it was before the event; undefined where the event placed it. */
  readonly was: Standing | undefined
}

/** On which trading date of an exchange a moment lies. */
export type DayOf = (exchange: string, at: Instant) => TradingDate

export type PartOptions = { readonly sql: Sql; readonly dayOf: DayOf }

/** What a part keeps: its tables by name, and how they are made where they are missing. */
export type Tables = { readonly names: readonly string[]; readonly schema: string }

/**
 * One subject of the screens, with tables of its own. It hears of every event in order; what it
 * gathered is written in the transaction that moves the cursor.
 */
export interface ViewPart {
  follow(event: Event, following: Following): void
  /** In the caller's transaction. */
  write(): void
  /** What was followed since the last writing was not written after all: read it again. */
  forget(): void
}

/** What is asked for has happened, and cannot be read yet: the question may be asked again. */
export class ScreensBehind extends Error {
  override readonly name = 'ScreensBehind'

  constructor() {
    super('its screens have not caught up with the journal')
  }
}
