import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { FaultyBroker } from '../brokers/faults/faulty.ts'
import { insideOf } from '../brokers/paper/inside.ts'
import { PaperBroker } from '../brokers/paper/paper.ts'
import { Venue } from '../brokers/paper/venue.ts'
import type { Config } from '../config.ts'
import type { Account } from '../core/account.ts'
import { money } from '../core/amount.ts'
import { currency } from '../core/instrument.ts'
import type { DeskPort } from '../core/port.ts'
import { SECOND } from '../core/time.ts'
import { systemClock } from '../desk/clock.ts'
import { DayJobs } from '../desk/day-jobs.ts'
import { Desk } from '../desk/desk.ts'
import { EndOfDay } from '../desk/end-of-day.ts'
import { randomEpoch } from '../desk/epoch.ts'
import { Firm } from '../desk/firm.ts'
import { FrontDesk } from '../desk/front.ts'
import { Guards } from '../desk/guards.ts'
import { latestPrice } from '../desk/prices.ts'
import type { Space, SpaceNews } from '../desk/space.ts'
import type { Calendar } from '../market/calendar.ts'
import { tradingDateOf } from '../market/exchange.ts'
import { Instruments } from '../market/instruments.ts'
import type { LineNews } from '../market/reconnecting.ts'
import { Reconnecting } from '../market/reconnecting.ts'
import { SIM_INSTRUMENTS, SimulatedFeed } from '../market/simulated.ts'
import type { Letters } from '../notify/letters.ts'
import type { Heard } from '../notify/teller.ts'
import { Teller } from '../notify/teller.ts'
import { FolderLock } from '../store/lock.ts'
import { SqliteShelf } from '../store/shelf.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { cadenceOf } from './cadence.ts'
import { runDemo } from './demo-strategy.ts'
import { archiveDay } from './archive.ts'
import { dayGroupsOf, isOverAt, tradesOn } from './day-ends.ts'
import { historyOf } from './past.ts'
import { guardFirst } from './guard-first.ts'
import { haltIn } from './halt.ts'
import type { Closing, World } from './keeper.ts'
import { openViews, Screens } from './screens.ts'
import { refusals } from './refusal.ts'
import { spaceIn } from './room.ts'
import { Teardown } from './teardown.ts'

/** Whose days the desk keeps. */
export const EXCHANGES: readonly string[] = ['SIM']
const PAPER_ACCOUNT = 'paper'
const GRACE_MS = 5 * SECOND

/** Who hears of what is not an event of an account. */
export type Ears = {
  readonly onSpace: (news: SpaceNews) => void
  readonly onPrices: (news: LineNews) => void
  readonly onTrouble: (error: Error) => void
  /** Everything that is journaled from now on. */
  readonly onEvent: (heard: Heard) => void
  /** What people are to be told, from where it was left. */
  readonly letters: Pick<Letters, 'follow' | 'wake' | 'close'>
}

type Given = { readonly calendar: Calendar; readonly teardown: Teardown }

/**
 * A desk on real time and a real disk. Opening one is also how it recovers: from the journal, the
 * venue's own books, and nothing else.
 */
export class LiveWorld implements World {
  readonly desk: Desk
  readonly journal: SqliteJournal
  readonly #front: FrontDesk
  readonly #firm: Firm
  readonly #screens: Screens | undefined
  readonly #feed: SimulatedFeed
  readonly #line: Reconnecting
  readonly #shelf: SqliteShelf
  readonly #calendar: Calendar
  readonly #space: Space | undefined
  readonly #teardown: Teardown
  readonly #onTrouble: Ears['onTrouble']
  readonly #guards: Guards
  readonly #dayEnds = new Map<string, EndOfDay>()

  /** Throws FolderInUse, CorruptJournal, or what the disk says. */
  static async open(config: Config, calendar: Calendar, ears: Ears): Promise<LiveWorld> {
    mkdirSync(config.data, { recursive: true, mode: 0o700 })
    const teardown = new Teardown(ears.onTrouble)
    try {
      const world = new LiveWorld(config, { calendar, teardown }, ears)
      await world.#start(config)
      return world
    } catch (error) {
      await teardown.run()
      throw error
    }
  }

  private constructor(config: Config, { calendar, teardown }: Given, ears: Ears) {
    const { onPrices, onTrouble, onEvent: hear } = ears
    const file = (name: string): string => join(config.data, name)
    const closing = <T extends { close(): void }>(part: T): T => {
      teardown.add(() => part.close())
      return part
    }
    this.#teardown = teardown
    this.#onTrouble = onTrouble
    this.#calendar = calendar
    const lock = new FolderLock(file('desk.lock'))
    teardown.add(() => lock.release())
    const space = spaceIn(config, ears)
    teardown.add(() => space?.stop())
    this.#space = space
    const makeRoom = (): boolean => space?.makeRoom() ?? false
    this.journal = closing(new SqliteJournal(file('journal.db'), { makeRoom }))
    const desk = Desk.open(this.journal, systemClock, onTrouble)
    const accounts = (id: string): Account => desk.account(id)
    const soon = (run: () => void): void => systemClock.soon(run)
    const teller = closing(new Teller({ journal: this.journal, accounts, soon, hear, onTrouble }))
    desk.follow(() => teller.wake())
    const letters = closing(ears.letters)
    letters.follow({ journal: this.journal, accounts })
    desk.follow(() => letters.wake())
    teardown.add(() => desk.stop())
    this.desk = desk
    const { seed, sim } = config
    this.#feed = new SimulatedFeed(systemClock, seed, sim)
    const source = this.#feed
    this.#line = new Reconnecting({ source, clock: systemClock, seed, onNews: onPrices })
    this.#shelf = closing(new SqliteShelf(file('venue.db'), makeRoom))
    const { journal } = this
    const say = (line: string): void => onTrouble(new Error(line))
    const dayOf = tradingDateOf
    const views = config.screens
      ? openViews({ file: file('views.db'), journal, makeRoom, say, dayOf })
      : { is: 'shut' as const, why: 'they are switched off (server.screens)' }
    if (views.is === 'open') {
      this.#screens = closing(new Screens({ views: views.views, clock: systemClock, onTrouble }))
    }
    const hasRoom = (): boolean => !space?.isShort()
    const history = historyOf(config, { feed: this.#feed, hasRoom, say })
    teardown.add(() => history.close())
    const halted = haltIn(config.data)
    const instruments = new Instruments(SIM_INSTRUMENTS)
    this.#firm = new Firm({
      desk,
      clock: systemClock,
      epoch: randomEpoch(),
      cadence: cadenceOf(config),
      halted,
      retry: config.retry,
      priceOf: latestPrice({ instruments, feed: this.#feed }),
      lotOf: (id) => instruments.get(id)?.lot,
    })
    teardown.add(() => this.#quiet())
    const open = config.calendar ? calendar : undefined
    const refuse = refusals({ halted, calendar: open, clock: systemClock })
    this.#guards = new Guards({
      desk,
      firm: this.#firm,
      instruments,
      feed: this.#feed,
      clock: systemClock,
      isOpen: ({ exchange, sessions }, at) => calendar.isOpen(exchange, sessions, at),
      refuse,
      onTrouble,
    })
    teardown.add(() => this.#guards.stop())
    this.#front = new FrontDesk({
      desk,
      firm: this.#firm,
      guards: this.#guards,
      instruments,
      feed: this.#feed,
      clock: systemClock,
      policy: config.policy,
      refuse,
      views: views.is === 'open' ? views.views : undefined,
      noViews: views.is === 'shut' ? views.why : undefined,
      history,
      journalHead: () => this.journal.head(),
      journal,
      space,
      endOfDay: (account) => this.#dayEnds.get(account),
      isTradingDay: (exchange, date) => tradesOn(calendar, exchange, date),
    })
  }

  get port(): DeskPort {
    return this.#front
  }

  async #start(config: Config): Promise<void> {
    const inr = currency('INR')
    const opening = [{ currency: inr, cash: money(config.paperCash) }]
    // An account keeps the charges it was opened with, or the venue's cash would part from ours.
    const known = await this.desk.ask((accounts) => accounts.get(PAPER_ACCOUNT))
    const plan = known?.plan ?? config.paperCharges
    const venue = new Venue({
      shelf: this.#shelf,
      plan,
      opening,
      instruments: SIM_INSTRUMENTS,
      calendar: this.#calendar,
      protection: config.paperProtection,
    })
    const paper = new PaperBroker({
      venue,
      feed: this.#feed,
      timers: systemClock,
      exchanges: EXCHANGES,
      latencyMs: config.paperLatencyMs,
    })
    const inside = insideOf(venue, SIM_INSTRUMENTS, () => systemClock.now())
    const timers = systemClock
    const broker = config.faults
      ? new FaultyBroker({ broker: paper, plan: config.faults, timers, inside })
      : paper
    await this.#space?.start()
    this.#line.start()
    await this.#firm.serve({
      id: PAPER_ACCOUNT,
      broker,
      mode: 'paper',
      charges: plan,
      exchanges: EXCHANGES,
    })
    this.desk.follow(() => this.#screens?.wake())
    this.#screens?.wake()
    if (this.desk.stopped) throw this.desk.stopped // nobody may have waited for what failed
    this.#endDays(config, paper.traits.reportsKeptMs)
    await guardFirst(this.desk, PAPER_ACCOUNT, config.guards)
    this.#guards.start()
    if (config.demoStrategy) {
      runDemo({
        account: PAPER_ACCOUNT,
        instrument: SIM_INSTRUMENTS[0]!,
        desk: this.desk,
        front: this.#front,
        feed: this.#feed,
        clock: systemClock,
        onTrouble: this.#onTrouble,
      })
    }
  }

  /** Days are ended on request too where the schedule is off. */
  #endDays(
    { endOfDay: { enabled, at, staleHours, cancelsStale }, data }: Config,
    kept: number,
  ): void {
    const { desk, journal } = this
    const folder = join(data, 'archive')
    const soon = (run: () => void): void => systemClock.soon(run)
    const calendar = this.#calendar
    const jobs = new DayJobs({
      desk,
      firm: this.#firm,
      clock: systemClock,
      ask: (question) => this.#front.ask(question),
      staleHours,
      cancelsStale,
      archive: (day) => archiveDay({ folder, journal, soon }, day),
    })
    const ends = new EndOfDay({
      desk,
      clock: systemClock,
      account: PAPER_ACCOUNT,
      groups: dayGroupsOf(EXCHANGES, at),
      jobs,
      trades: ({ exchanges }, date) => exchanges.some((each) => tradesOn(calendar, each, date)),
      isOver: (exchange, moment) => isOverAt(calendar, exchange, moment),
      reportsKeptMs: kept,
    })
    this.#dayEnds.set(PAPER_ACCOUNT, ends)
    this.#teardown.add(() => ends.stop())
    if (enabled) ends.start()
  }

  /** Nothing more is sent. An answer that no journal takes any more is not waited for. */
  async #quiet(): Promise<void> {
    this.#line.stop()
    await this.#firm.stop(this.desk.stopped ? 0 : GRACE_MS)
  }

  /** The commit in progress finishes; calls in flight get their grace; nothing more is sent. */
  async close(): Promise<Closing> {
    await this.#teardown.run()
    const accounts = this.#firm.accounts.map((id) => this.desk.account(id))
    const unknown = accounts.flatMap((account) => [...account.unknown])
    const working = accounts.flatMap(({ orders }) =>
      [...orders.values()].filter(({ status }) => status === 'open' || status === 'pending'),
    )
    return { open: working.map(({ id }) => id), unknown }
  }
}
