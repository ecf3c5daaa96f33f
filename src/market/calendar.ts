/** What an exchange does on a day: our dated tables, and over them what the user wrote. */
import type { Instrument, SessionGroup } from '../core/instrument.ts'
import { SESSION_GROUPS } from '../core/instrument.ts'
import type { Pricing } from '../core/order.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import { DAY, isoTime, later, MINUTE } from '../core/time.ts'
import { exchangeNamed } from './exchange.ts'
import type { Holidays, Phase, Sessions } from './sessions.ts'
import { ALL_DAY, HOLIDAYS, TIMETABLES } from './sessions.ts'
import { dateIn, momentOf } from './zone.ts'

/** What the user says of the days of one exchange; it goes before our own data. */
export type Correction = Pick<Holidays, 'closed' | 'special'> & {
  /** The last day of which every holiday is listed. */
  readonly knownTo: string | undefined
}

export type DayKind = 'usual' | 'special' | 'weekend' | 'holiday'
export type Day = {
  readonly exchange: string
  readonly group: SessionGroup
  readonly date: TradingDate
  readonly zone: string
  readonly kind: DayKind
  /** What makes it a holiday, or special. */
  readonly what: string | undefined
  /** In order; none on a day without trade, or whose hours are not known. */
  readonly phases: readonly Phase[]
}
type Nature = Pick<Day, 'kind' | 'what'> & { readonly phases: readonly Phase[] | 'usual' }

/** The next opening is looked for this far ahead: no exchange has been shut for longer. */
const AHEAD_DAYS = 31
const YEAR_DAYS = 366

export class Calendar {
  readonly #corrections: ReadonlyMap<string, Correction>

  /** `corrections`: by the exchange whose holidays they are. */
  constructor(corrections: ReadonlyMap<string, Correction> = new Map()) {
    this.#corrections = corrections
  }

  sessionsOn(exchange: string, group: SessionGroup, date: TradingDate): Day {
    const { kind, what, phases } = this.#natureOf(exchange, date)
    const sessions = TIMETABLES[exchange]?.sessions
    const usual = sessions ? phasesOn(sessions, group, date) : ALL_DAY
    const zone = exchangeNamed(exchange).zoneName
    const shown = phases === 'usual' ? usual : phases
    return { exchange, group, date, zone, kind, what, phases: shown }
  }

  /** The phase at that moment; undefined between phases and on a day without trade. */
  phaseAt(exchange: string, group: SessionGroup, at: Instant): Phase | undefined {
    const { zone } = exchangeNamed(exchange)
    const local = clockAt(at, zone(at))
    const { phases } = this.sessionsOn(exchange, group, dateIn(zone, at))
    return phases.find(({ from, to }) => from <= local && local < to)
  }

  /** Whether trading is continuous; what other phases take is asked of `phaseAt`. */
  isOpen(exchange: string, group: SessionGroup, at: Instant): boolean {
    return this.phaseAt(exchange, group, at)?.phase === 'continuous'
  }

  /** Why an order of that type is not taken now; undefined where it is. */
  whyRefused(
    { exchange, sessions }: Pick<Instrument, 'exchange' | 'sessions'>,
    type: Pricing['type'] | undefined,
    at: Instant,
  ): string | undefined {
    const phase = this.phaseAt(exchange, sessions, at)
    const { zone } = exchangeNamed(exchange)
    if (!phase || phase.takes === 'nothing') {
      const next = this.nextOpen(exchange, sessions, at)
      return next === undefined
        ? `${exchange} is closed`
        : `${exchange} opens at ${isoTime(next, zone(next))}`
    }
    if (phase.takes === 'all' || type === undefined || type === 'limit') return undefined
    if (phase.takes === 'limit-market' && type === 'market') return undefined
    const until = `in its ${phase.phase} (to ${phase.to})`
    return `${exchange} takes no ${type.toUpperCase()} orders ${until}`
  }

  /** The next moment of continuous trading, `at` itself included; undefined within a month. */
  nextOpen(exchange: string, group: SessionGroup, at: Instant): Instant | undefined {
    if (this.isOpen(exchange, group, at)) return at
    const { zone } = exchangeNamed(exchange)
    for (let days = 0; days <= AHEAD_DAYS; days++) {
      const date = dayAfter(dateIn(zone, at), days)
      for (const { phase, from } of this.sessionsOn(exchange, group, date).phases) {
        const begins = momentOf(zone, date, from)
        if (phase === 'continuous' && begins > at) return begins
      }
    }
    return undefined
  }

  /** The groups it trades; every one where it has no timetable. */
  groupsOf(exchange: string): readonly SessionGroup[] {
    const sessions = TIMETABLES[exchange]?.sessions
    return SESSION_GROUPS.filter((group) => !sessions || sessions[group])
  }

  /** The first day after `date` that is a holiday, or special; undefined within a year. */
  next(kind: 'holiday' | 'special', exchange: string, date: TradingDate): Day | undefined {
    for (let days = 1; days <= YEAR_DAYS; days++) {
      const day = this.sessionsOn(exchange, 'cash', dayAfter(date, days))
      if (day.kind === kind) return day
    }
    return undefined
  }

  /** Days within which every holiday is listed. */
  known(exchange: string): { readonly from: string; readonly to: string } | undefined {
    const book = TIMETABLES[exchange]?.book ?? ''
    const ours = HOLIDAYS[book]?.known
    const to = this.#corrections.get(book)?.knownTo
    return to === undefined ? ours : { from: ours?.from ?? '', to }
  }

  /** A warning where what is done on that day is not known; undefined where it is. */
  horizonNotice(exchange: string, date: TradingDate): string | undefined {
    if (exchange === 'SIM') return undefined
    const table = TIMETABLES[exchange]
    if (!table) return `${exchange} has no calendar: it is taken to be open at all times.`
    const { kind, phases, what: occasion } = this.#natureOf(exchange, date)
    if (kind === 'special' && phases.length === 0) {
      const hours = `HOURS of ${exchange} on ${date} are not known here (${occasion})`
      const remedy = `Write them under "${table.book}" in calendar.json.`
      return `${hours}: it is taken to be closed. ${remedy}`
    }
    const known = this.known(exchange)
    if (known && date >= known.from && date <= known.to) return undefined
    const what = known
      ? `HOLIDAYS of ${exchange} are known from ${known.from} to ${known.to}; ${date} is outside`
      : `HOLIDAYS of ${exchange} are not known`
    const remedy = `List them under "${table.book}" in calendar.json, with "knownTo".`
    return `${what}: every weekday is taken for a trading day. ${remedy}`
  }

  #natureOf(exchange: string, date: TradingDate): Nature {
    const book = TIMETABLES[exchange]?.book
    if (book === undefined) return { kind: 'usual', what: undefined, phases: 'usual' }
    for (const source of [this.#corrections.get(book), HOLIDAYS[book]]) {
      const special = source?.special.get(date)
      if (special) return { kind: 'special', ...special }
      const what = source?.closed.get(date)
      if (what !== undefined) return { kind: 'holiday', what, phases: [] }
    }
    if (isWeekend(date)) return { kind: 'weekend', what: undefined, phases: [] }
    return { kind: 'usual', what: undefined, phases: 'usual' }
  }
}

/** Empty for a group that this exchange does not trade. */
const phasesOn = (sessions: Sessions, group: SessionGroup, date: TradingDate): readonly Phase[] =>
  sessions[group]?.findLast(({ from }) => from <= date)?.phases ?? []

const clockAt = (at: Instant, offset: number): string =>
  new Date(later(at, offset * MINUTE)).toISOString().slice(11, 16)

const dayAfter = (date: TradingDate, days: number): TradingDate =>
  new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10) as TradingDate

const isWeekend = (date: TradingDate): boolean => [0, 6].includes(new Date(date).getUTCDay())
