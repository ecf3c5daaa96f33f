/**
 * When exchanges trade, as dated data. Sessions change by circular, so each table of phases has the
 * day from which it holds; all times are local.
 *
 * Sources: NSE/CMTR/74466 and NSE/FAOP/74467 of 2026-05-29 and BSE's notices of 2026-08-01 (closing
 * auction, derivatives until 15:40); NSE's FAQ of 2026-07-01 (pre-open of September 2026); SEBI of
 * 2026-01-16. Holidays: NSE/FAOP/71777 of 2025-12-12 and NSE's circular of 2026-01-09; BSE's notice
 * of 2026-01-16 for the Sunday of the budget. Read up to 2026-08-22: what came later is not here.
 */
import type { SessionGroup } from '../core/instrument.ts'

export const PHASES = ['pre-open', 'continuous', 'closing-auction', 'post-close'] as const
export type PhaseName = (typeof PHASES)[number]

/** The new orders a phase takes; `closing-price`: at the day's close and no other price. */
export type Takes = 'all' | 'limit-market' | 'limit' | 'closing-price' | 'nothing'

export type Phase = {
  readonly phase: PhaseName
  /** Local time, `09:15`; `to` is the first minute that no longer belongs to it. */
  readonly from: string
  readonly to: string
  readonly takes: Takes
  /** It ends at a moment nobody knows, from here on. */
  readonly mayEndFrom?: string
}

type Dated = { readonly from: string; readonly phases: readonly Phase[] }
/** Oldest first. */
export type Sessions = Readonly<Partial<Record<SessionGroup, readonly Dated[]>>>

const BEGINNING = '0000-01-01'
const AUCTION_FROM = '2026-08-03'
const PRE_OPEN_FROM = '2026-09-07'

const continuous = (from: string, to: string): Phase => ({
  phase: 'continuous',
  from,
  to,
  takes: 'all',
})
const always = (phase: Phase): readonly Dated[] => [{ from: BEGINNING, phases: [phase] }]

/** Orders are matched until 09:12; a buffer follows. */
const OLD_PRE_OPEN: readonly Phase[] = [
  { phase: 'pre-open', from: '09:00', to: '09:08', takes: 'limit-market', mayEndFrom: '09:07' },
  { phase: 'pre-open', from: '09:08', to: '09:15', takes: 'nothing' },
]
const NEW_PRE_OPEN: readonly Phase[] = [
  { phase: 'pre-open', from: '09:00', to: '09:05', takes: 'limit-market' },
  { phase: 'pre-open', from: '09:05', to: '09:10', takes: 'limit', mayEndFrom: '09:08' },
  { phase: 'pre-open', from: '09:10', to: '09:15', takes: 'nothing' },
]
/**
 * At 15:15 the exchange cancels stop-loss and disclosed-quantity orders in these shares, and the
 * auction takes none; plain limit orders carry over. At 15:35 it cancels what is left.
 */
const CLOSING_AUCTION: readonly Phase[] = [
  { phase: 'closing-auction', from: '15:15', to: '15:20', takes: 'nothing' },
  { phase: 'closing-auction', from: '15:20', to: '15:25', takes: 'limit-market' },
  { phase: 'closing-auction', from: '15:25', to: '15:30', takes: 'limit', mayEndFrom: '15:28' },
  { phase: 'closing-auction', from: '15:30', to: '15:35', takes: 'nothing' },
]
const postClose = (from: string): Phase => ({
  phase: 'post-close',
  from,
  to: '16:00',
  takes: 'closing-price',
})

const CASH_BEFORE: Dated = {
  from: BEGINNING,
  phases: [...OLD_PRE_OPEN, continuous('09:15', '15:30'), postClose('15:40')],
}
const CASH_DAY: readonly Phase[] = [continuous('09:15', '15:30'), postClose('15:50')]
const AUCTION_DAY: readonly Phase[] = [
  continuous('09:15', '15:15'),
  ...CLOSING_AUCTION,
  postClose('15:50'),
]

const CASH: Sessions = {
  cash: [
    CASH_BEFORE,
    { from: AUCTION_FROM, phases: [...OLD_PRE_OPEN, ...CASH_DAY] },
    { from: PRE_OPEN_FROM, phases: [...NEW_PRE_OPEN, ...CASH_DAY] },
  ],
  'cash-auction': [
    CASH_BEFORE,
    { from: AUCTION_FROM, phases: [...OLD_PRE_OPEN, ...AUCTION_DAY] },
    { from: PRE_OPEN_FROM, phases: [...NEW_PRE_OPEN, ...AUCTION_DAY] },
  ],
}
/** The pre-open is for futures of the current month, and of the next in its last five days. */
const DERIVATIVES: Sessions = {
  futures: [
    { from: BEGINNING, phases: [continuous('09:15', '15:30')] },
    { from: '2025-12-08', phases: [...OLD_PRE_OPEN, continuous('09:15', '15:30')] },
    { from: AUCTION_FROM, phases: [...OLD_PRE_OPEN, continuous('09:15', '15:40')] },
    { from: PRE_OPEN_FROM, phases: [...NEW_PRE_OPEN, continuous('09:15', '15:40')] },
  ],
  options: [
    { from: BEGINNING, phases: [continuous('09:15', '15:30')] },
    { from: AUCTION_FROM, phases: [continuous('09:15', '15:40')] },
  ],
}
const CURRENCY: Sessions = { currency: always(continuous('09:00', '17:00')) }
/** It closes earlier while New York has daylight saving time. */
const COMMODITY: Sessions = {
  commodity: [
    { from: BEGINNING, phases: [continuous('09:00', '23:55')] },
    { from: '2026-03-09', phases: [continuous('09:00', '23:30')] },
    { from: '2026-10-31', phases: [continuous('09:00', '23:55')] },
  ],
}

/** `book`: whose holidays count. */
export type Timetable = { readonly book: string; readonly sessions: Sessions }

/** SIM is not among them: it never closes. FX leaves out that its week begins on a Sunday. */
export const TIMETABLES: Readonly<Record<string, Timetable>> = {
  NSE: { book: 'NSE', sessions: { ...CASH, ...DERIVATIVES } },
  BSE: { book: 'BSE', sessions: { ...CASH, ...DERIVATIVES } },
  NFO: { book: 'NSE', sessions: DERIVATIVES },
  BFO: { book: 'BSE', sessions: DERIVATIVES },
  CDS: { book: 'CDS', sessions: CURRENCY },
  BCD: { book: 'CDS', sessions: CURRENCY },
  MCX: { book: 'MCX', sessions: COMMODITY },
  US: { book: 'US', sessions: { cash: always(continuous('09:30', '16:00')) } },
  FX: { book: 'FX', sessions: { currency: always(continuous('00:00', '24:00')) } },
}

export const ALL_DAY: readonly Phase[] = [continuous('00:00', '24:00')]

/** A day that is not what its weekday says. Phases of its own, or those of a weekday. */
export type Special = {
  readonly what: string
  readonly phases: readonly Phase[] | 'usual'
}
export type Holidays = {
  /** Within these days every holiday is listed; undefined where none is known at all. */
  readonly known: { readonly from: string; readonly to: string } | undefined
  readonly closed: ReadonlyMap<string, string>
  readonly special: ReadonlyMap<string, Special>
}

const CLOSED_2026 = [
  '2026-01-15',
  '2026-01-26',
  '2026-03-03',
  '2026-03-26',
  '2026-03-31',
  '2026-04-03',
  '2026-04-14',
  '2026-05-01',
  '2026-05-28',
  '2026-06-26',
  '2026-09-14',
  '2026-10-02',
  '2026-10-20',
  '2026-11-10',
  '2026-11-24',
  '2026-12-25',
]

const INDIA_2026: Holidays = {
  known: { from: '2026-01-01', to: '2026-12-31' },
  closed: new Map(CLOSED_2026.map((date) => [date, 'a holiday of the exchange'])),
  special: new Map<string, Special>([
    ['2026-02-01', { what: 'Sunday of the Union budget', phases: 'usual' }],
    ['2026-11-08', { what: 'Muhurat trading, at hours announced separately', phases: [] }],
  ]),
}

export const HOLIDAYS: Readonly<Record<string, Holidays>> = { NSE: INDIA_2026, BSE: INDIA_2026 }
