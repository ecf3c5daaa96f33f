import { dateAt } from '../core/time.ts'
import { GuardAlerts } from './guard-alerts.ts'
import { DayMoves } from './day-moves.ts'
import { LegRows } from './leg-rows.ts'
import type { Sql } from './sql.ts'
import { BookLog } from './book-log.ts'
import { PositionSnapshots } from './position-snapshots.ts'
import { Tallies } from './tallies.ts'
import { Trades } from './trades.ts'
import type { DayOf, Tables } from './view-part.ts'

/**
 * All that the screens keep besides orders, fills and where the trail's events stand. Where one is
 * added, or keeps something else, VERSION in view-tables.ts is raised: so all is written again.
 */
const PARTS = {
  tallies: Tallies,
  trades: Trades,
  legs: LegRows,
  alerts: GuardAlerts,
  bookLog: BookLog,
  snapshots: PositionSnapshots,
  moves: DayMoves,
} as const

export type Parts = { readonly [Name in keyof typeof PARTS]: InstanceType<(typeof PARTS)[Name]> }

/** Days are counted by UTC where nobody says otherwise. */
export function partsOn(sql: Sql, dayOf: DayOf = (_exchange, at) => dateAt(at)): Parts {
  const each = Object.entries(PARTS).map(([name, Part]) => [name, new Part({ sql, dayOf })])
  return Object.fromEntries(each) as Parts
}

export const PART_TABLES: readonly Tables[] = Object.values(PARTS).map(({ TABLES }) => TABLES)
