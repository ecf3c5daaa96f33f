/** The end of a day, as people and programs read it. */
export const STEP_NAMES = [
  'Final verification',
  'Manual reconciliation',
  'Stale orders',
  'Daily statistics',
  'Summary',
  'Archive',
] as const

export type StepView = {
  readonly number: number
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
  readonly detail: string
  readonly error: string | null
}

/** Money is decimal text by currency. */
export type DayFigures = {
  readonly ordersPlaced: number
  readonly executed: number
  readonly rejected: number
  readonly denied: number
  readonly pending: number
  readonly unknown: number
  readonly fills: number
  readonly turnover: Readonly<Record<string, string>>
  readonly realized: Readonly<Record<string, string>>
  /** Null where a price is missing. */
  readonly unrealized: Readonly<Record<string, string | null>>
  readonly charges: Readonly<Record<string, string>>
  /** Null where a price is missing. */
  readonly equity: Readonly<Record<string, string | null>>
  /** Below the highest equity so far, in per cent, without what was paid in and out. */
  readonly drawdownPercent: Readonly<Record<string, string | null>>
  readonly breaksOpen: number
  /** Settled on that day. */
  readonly breaksClosed: number
  readonly trackedSymbols: readonly string[]
}

export type EndOfDayView = {
  readonly account: string
  readonly group: string
  readonly exchanges: readonly string[]
  readonly date: string
  readonly dryRun: boolean
  readonly success: boolean
  readonly durationSeconds: number
  readonly steps: readonly StepView[]
  readonly stepsCompleted: number
  readonly stepsFailed: number
  readonly statistics: DayFigures | null
  readonly summary: string
}
