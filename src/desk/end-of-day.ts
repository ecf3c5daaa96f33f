import type { Account } from '../core/account.ts'
import type { PlainQuestion, Replies } from '../core/asking.ts'
import type { EndOfDayView, StepView } from '../core/day-view.ts'
import { STEP_NAMES } from '../core/day-view.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import { DAY, HOUR, elapsed, later, SECOND } from '../core/time.ts'
import { dayAround, tradingDateOf } from '../market/exchange.ts'
import { dateIn, momentOf, zoneOf } from '../market/zone.ts'
import type { Clock } from './clock.ts'
import type { DayJobs } from './day-jobs.ts'
import type { Desk } from './desk.ts'

/** Exchanges whose day ends together. */
export type DayGroup = {
  readonly name: string
  readonly exchanges: readonly string[]
  /** When its clean-up runs, by the clock of `zone`: `18:00`. */
  readonly at: string
  readonly zone: string
}

export type EndOfDayOptions = {
  readonly desk: Desk
  readonly clock: Clock
  readonly account: string
  readonly groups: readonly DayGroup[]
  readonly jobs: DayJobs
  /** Whether any exchange of the group trades on that date. */
  readonly trades: (group: DayGroup, date: TradingDate) => boolean
  /** Whether the exchange trades no more on the date of that moment. */
  readonly isOver: (exchange: string, at: Instant) => boolean
  /** Its books show nothing that ended longer ago. */
  readonly reportsKeptMs: number
}

/** Each step is tried so often, so far apart. */
const ATTEMPTS = 3
const APART_MS = 5 * SECOND
/** The latest day that was missed is made up for; older ones are over. */
const MISSED_DAYS = 7

export type RunAsked = { readonly date?: TradingDate | undefined; readonly dryRun: boolean }

/**
 * The end of an account's day: six jobs that do not need each other, each done once a day and
 * journaled, so that a run that died is finished by the next one and a second run changes nothing.
 */
export class EndOfDay {
  readonly #options: EndOfDayOptions
  readonly #running = new Map<string, Promise<EndOfDayView>>()
  #disarm: () => void = () => {}
  #stopped = false

  constructor(options: EndOfDayOptions) {
    this.#options = options
  }

  /** Makes up for the day that was missed last, if one was, and waits for the next. */
  start(): void {
    for (const group of this.#options.groups) {
      const missed = this.#missed(group)
      if (missed !== undefined) void this.run(group, { date: missed, dryRun: false })
    }
    this.#arm()
  }

  stop(): void {
    this.#stopped = true
    this.#disarm()
  }

  group(name: string | undefined): DayGroup | undefined {
    const { groups } = this.#options
    return name === undefined ? groups[0] : groups.find((group) => group.name === name)
  }

  /** It has begun, is not over for too long, and no later one ran. */
  mayEnd(group: DayGroup, date: TradingDate): boolean {
    const now = this.#options.clock.now()
    const last = this.#account().daysRun.get(group.name)
    const first = dateOf(group, later(now, -MISSED_DAYS * DAY))
    return date >= first && date <= dateOf(group, now) && (!last || date >= last.date)
  }

  /** One run of a group at a time: who asks during it is told what it comes to. */
  run(group: DayGroup, asked: RunAsked): Promise<EndOfDayView> {
    const running = this.#running.get(group.name)
    if (running && !asked.dryRun) return running
    const run = this.#run(group, asked).finally(() => this.#running.delete(group.name))
    if (!asked.dryRun) this.#running.set(group.name, run)
    return run
  }

  #account(): Account {
    return this.#options.desk.account(this.#options.account)
  }

  #arm(): void {
    const { clock, groups } = this.#options
    const now = clock.now()
    const [next] = groups
      .map((group) => ({ group, due: nextRun(group, now) }))
      .toSorted((a, b) => a.due - b.due)
    if (!next || this.#stopped) return
    this.#disarm = clock.at(next.due, () => {
      const date = dateOf(next.group, next.due)
      if (this.#options.trades(next.group, date)) {
        void this.run(next.group, { date, dryRun: false })
      }
      this.#arm()
    })
  }

  /** The last day that is over, if its run was not finished; none before the first run. */
  #missed(group: DayGroup): TradingDate | undefined {
    const { clock, trades } = this.#options
    const last = this.#account().daysRun.get(group.name)
    if (!last) return undefined
    const zone = zoneOf(group.zone)
    const now = clock.now()
    for (let back = 0; back < MISSED_DAYS; back++) {
      const date = dateOf(group, later(now, -back * DAY))
      if (date < last.date || (date === last.date && last.isDone)) return undefined
      if (trades(group, date) && momentOf(zone, date, group.at) <= now) return date
    }
    return undefined
  }

  async #run(group: DayGroup, { date: given, dryRun }: RunAsked): Promise<EndOfDayView> {
    const { clock, jobs, account } = this.#options
    const began = clock.now()
    const date = given ?? dateOf(group, began)
    const steps: StepView[] = []
    for (let number = 1; number <= STEP_NAMES.length; number++) {
      steps.push(await this.#step(number, { group, date, dryRun, before: steps }))
    }
    const milliseconds = elapsed(began, clock.now())
    const failed = steps.filter(({ ok }) => !ok).length
    const counts = { stepsCompleted: steps.length - failed, stepsFailed: failed }
    const about = { account, group: group.name, date, exchanges: group.exchanges }
    const figures = await jobs.figures(about).catch(() => undefined)
    const summary = jobs.summary({ ...about, dryRun }, figures, failed)
    if (!dryRun) {
      const done = { group: group.name, date, ...counts, milliseconds, summary }
      const prices = await jobs.prices(about).catch(() => [])
      await this.#tell({ type: 'RunDone', done, prices })
      if (failed === 0) await this.#closeDays(group, date)
    }
    return {
      ...about,
      dryRun,
      success: failed === 0,
      durationSeconds: milliseconds / SECOND,
      steps,
      ...counts,
      statistics: figures ?? null,
      summary,
    }
  }

  async #step(
    number: number,
    run: {
      readonly group: DayGroup
      readonly date: TradingDate
      readonly dryRun: boolean
      readonly before: readonly StepView[]
    },
  ): Promise<StepView> {
    const { clock, jobs, account } = this.#options
    const { group, date, dryRun } = run
    const name = STEP_NAMES[number - 1]!
    const known = this.#account().daysRun.get(group.name)
    if (!dryRun && known?.date === date && known.steps.get(number) === true) {
      return { number, name, ok: true, seconds: 0, detail: 'done before', error: null }
    }
    const began = clock.now()
    const about = { account, group: group.name, date, exchanges: group.exchanges }
    let error: string | null = null
    let detail = ''
    for (let attempt = 1; attempt <= (dryRun ? 1 : ATTEMPTS); attempt++) {
      if (attempt > 1) await this.#pause()
      try {
        detail = await jobs.run(number, about, dryRun)
        error = null
        break
      } catch (thrown) {
        error = (thrown as Error).message
      }
    }
    const milliseconds = elapsed(began, clock.now())
    const ok = error === null
    if (!dryRun) {
      const done = { group: group.name, date, step: number, ok, milliseconds }
      await this.#tell({ type: 'StepDone', done: { ...done, detail: error ?? detail } })
    }
    return { number, name, ok, seconds: milliseconds / SECOND, detail, error }
  }

  /** What trades on is closed by the clock, at its own midnight. */
  async #closeDays(group: DayGroup, date: TradingDate): Promise<void> {
    const { clock, isOver, reportsKeptMs } = this.#options
    for (const exchange of group.exchanges) {
      const now = clock.now()
      if (!isOver(exchange, now)) continue
      const [begin] = dayAround(exchange, now)
      const before = later(begin, -2 * reportsKeptMs)
      await this.#tell({ type: 'DayEnded', exchange, date, before })
    }
  }

  async #tell(body: Parameters<Desk['submit']>[0]['body']): Promise<void> {
    const { desk, account } = this.#options
    await desk.submit({ account, cause: 'end of day', body })
  }

  #pause(): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve) => clock.at(later(clock.now(), APART_MS), resolve))
  }
}

/** The date is the exchanges' own, whatever the clock says by which the run is due. */
const dateOf = ({ exchanges }: DayGroup, at: Instant): TradingDate =>
  tradingDateOf(exchanges[0] ?? 'NSE', at)

/** The next moment at which the clocks of the group's zone show its time. */
function nextRun({ zone: name, at }: DayGroup, now: Instant): Instant {
  const zone = zoneOf(name)
  const today = momentOf(zone, dateIn(zone, now), at)
  if (today > now) return today
  return momentOf(zone, dateIn(zone, later(now, DAY + HOUR)), at)
}

type Asked = Extract<PlainQuestion, { readonly about: 'endOfDay' }>
type Ends = { readonly endOfDay?: ((account: string) => EndOfDay | undefined) | undefined }

/** Of a day that has begun and is not too long ago; the first group, today, unless told. */
export function endTheDay({ endOfDay }: Ends, asked: Asked): Promise<Replies['endOfDay']> {
  const ends = endOfDay?.(asked.account)
  const group = ends?.group(asked.group)
  if (!ends || !group) return Promise.resolve('noGroup')
  const date = asked.date as TradingDate | undefined
  if (date !== undefined && !ends.mayEnd(group, date)) return Promise.resolve('noDate')
  return ends.run(group, { date, dryRun: asked.dryRun })
}
