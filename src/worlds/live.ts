import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { FaultyBroker } from '../brokers/faults/faulty.ts'
import { insideOf } from '../brokers/paper/inside.ts'
import { PaperBroker } from '../brokers/paper/paper.ts'
import { Venue } from '../brokers/paper/venue.ts'
import type { Config } from '../config.ts'
import { netKey } from '../core/instrument.ts'
import { money } from '../core/amount.ts'
import { currency } from '../core/instrument.ts'
import { strategyOwner } from '../core/owner.ts'
import type { DeskPort } from '../core/port.ts'
import type { Epoch } from '../core/tag.ts'
import { epoch } from '../core/tag.ts'
import { later, MINUTE, SECOND } from '../core/time.ts'
import { systemClock } from '../desk/clock.ts'
import { Desk } from '../desk/desk.ts'
import { Firm } from '../desk/firm.ts'
import { FrontDesk } from '../desk/front.ts'
import type { SpaceNews } from '../desk/space.ts'
import { Space } from '../desk/space.ts'
import { CADENCE } from '../desk/watch.ts'
import type { Calendar } from '../market/calendar.ts'
import { readCalendar } from '../market/calendar-file.ts'
import { tradingDateOf } from '../market/exchange.ts'
import { Instruments } from '../market/instruments.ts'
import type { LineNews } from '../market/reconnecting.ts'
import { Reconnecting } from '../market/reconnecting.ts'
import { SIM_INSTRUMENTS, SimulatedFeed } from '../market/simulated.ts'
import { FolderLock } from '../store/lock.ts'
import { Reserve } from '../store/reserve.ts'
import { SqliteShelf } from '../store/shelf.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { Views } from '../store/views.ts'
import { EmaRsi } from '../strategy/ema-rsi.ts'
import { holdingOf, Runner } from '../strategy/runner.ts'
import { haltIn } from './halt.ts'
import type { Closing, World } from './keeper.ts'
import { Screens } from './screens.ts'
import { Teardown } from './teardown.ts'

/** Whose days the desk keeps. */
export const EXCHANGES: readonly string[] = ['SIM']
const PAPER_ACCOUNT = 'paper'
/**
 * So short that a newcomer sees a trade within a minute or two, and so small that it costs little.
 */
const DEMO_BAR_MS = SECOND
const DEMO_CAPITAL = money('5000')
const DEMO_WARM_MS = MINUTE
const GRACE_MS = 5 * SECOND

/** Who hears of what is not an event of an account. */
export type Ears = {
  readonly onSpace: (news: SpaceNews) => void
  readonly onPrices: (news: LineNews) => void
  readonly onTrouble: (error: Error) => void
}

/**
 * A desk on real time and a real disk. Opening one is also how it recovers: from the journal, the
 * venue's own books, and nothing else.
 */
export class LiveWorld implements World {
  readonly desk: Desk
  readonly journal: SqliteJournal
  readonly #front: FrontDesk
  readonly #firm: Firm
  readonly #screens: Screens
  readonly #feed: SimulatedFeed
  readonly #line: Reconnecting
  readonly #shelf: SqliteShelf
  readonly #calendar: Calendar
  readonly #space: Space
  readonly #teardown: Teardown

  /** Throws FolderInUse, CorruptJournal, or what the disk says. */
  static async open(config: Config, ears: Ears): Promise<LiveWorld> {
    mkdirSync(config.data, { recursive: true, mode: 0o700 })
    const teardown = new Teardown(ears.onTrouble)
    try {
      const world = new LiveWorld(config, teardown, ears)
      await world.#start(config)
      return world
    } catch (error) {
      await teardown.run()
      throw error
    }
  }

  private constructor(config: Config, teardown: Teardown, { onSpace, onPrices, onTrouble }: Ears) {
    const file = (name: string): string => join(config.data, name)
    const closing = <T extends { close(): void }>(part: T): T => {
      teardown.add(() => part.close())
      return part
    }
    this.#teardown = teardown
    const lock = new FolderLock(file('desk.lock'))
    teardown.add(() => lock.release())
    const reserve = new Reserve(file('reserve'), config.reserveBytes)
    const space = new Space(reserve, systemClock, onSpace)
    teardown.add(() => space.stop())
    this.#space = space
    const makeRoom = (): boolean => space.makeRoom()
    this.journal = closing(new SqliteJournal(file('journal.db'), { makeRoom }))
    const desk = Desk.open(this.journal, systemClock, onTrouble)
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
    const views = new Views({ file: file('views.db'), journal, makeRoom, say, dayOf })
    this.#screens = closing(new Screens({ views, clock: systemClock, onTrouble }))
    const halted = haltIn(config.data)
    this.#firm = new Firm({
      desk,
      clock: systemClock,
      epoch: randomEpoch(),
      cadence: { ...CADENCE, verifyMs: config.verifyMs },
      halted,
    })
    teardown.add(() => this.#quiet())
    const calendar = readCalendar(file('calendar.json'))
    this.#calendar = calendar
    this.#front = new FrontDesk({
      desk,
      firm: this.#firm,
      instruments: new Instruments(SIM_INSTRUMENTS),
      feed: this.#feed,
      clock: systemClock,
      policy: config.policy,
      refuse: (instrument, type) => {
        const why = halted()
        if (why !== undefined) return { code: 'TRADING_HALTED', why }
        const closed = instrument && calendar.whyRefused(instrument, type, systemClock.now())
        return closed === undefined ? undefined : { code: 'MARKET_CLOSED', why: closed }
      },
      views,
      journalHead: () => this.journal.head(),
      space,
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
    await this.#space.start()
    this.#line.start()
    await this.#firm.serve({
      id: PAPER_ACCOUNT,
      broker,
      mode: 'paper',
      charges: plan,
      exchanges: EXCHANGES,
    })
    this.desk.follow(() => this.#screens.wake())
    this.#screens.wake()
    if (this.desk.stopped) throw this.desk.stopped // nobody may have waited for what failed
    if (config.demoStrategy) this.#runDemo()
  }

  #runDemo(): void {
    const [instrument] = SIM_INSTRUMENTS
    const strategy = new EmaRsi()
    const owner = strategyOwner(strategy.name)
    const key = netKey(instrument!.id, 'MIS')
    const runner = new Runner({
      strategy,
      account: PAPER_ACCOUNT,
      instrument: instrument!,
      product: 'MIS',
      capital: DEMO_CAPITAL,
      barMs: DEMO_BAR_MS,
      submit: (command) => this.#front.settle(command),
      holding: () => holdingOf(this.desk.account(PAPER_ACCOUNT), key, owner),
      onAnswer: () => {},
    })
    const to = systemClock.now()
    const stretch = { from: later(to, -DEMO_WARM_MS), to, stepMs: SimulatedFeed.STEP_MS }
    runner.warm(this.#feed.history(instrument!.id, stretch))
    this.#feed.listen(runner)
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

/** Random at the first start; the journal keeps it from then on. */
const randomEpoch = (): Epoch =>
  epoch(
    randomInt(36 ** 5)
      .toString(36)
      .toUpperCase()
      .padStart(5, '0'),
  )
