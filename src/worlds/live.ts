import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chanceMischief } from '../brokers/paper/faults.ts'
import { PaperBroker } from '../brokers/paper/paper.ts'
import { Venue } from '../brokers/paper/venue.ts'
import type { Config } from '../config.ts'
import { netKey } from '../core/instrument.ts'
import { money } from '../core/amount.ts'
import { currency } from '../core/instrument.ts'
import { strategyOwner } from '../core/order.ts'
import type { DeskPort } from '../core/port.ts'
import type { Epoch } from '../core/tag.ts'
import { epoch } from '../core/tag.ts'
import { later, MINUTE, SECOND } from '../core/time.ts'
import { systemClock } from '../desk/clock.ts'
import { Desk } from '../desk/desk.ts'
import { Firm } from '../desk/firm.ts'
import { FrontDesk } from '../desk/front.ts'
import { Space } from '../desk/space.ts'
import { CADENCE } from '../desk/watch.ts'
import { Instruments } from '../market/instruments.ts'
import { SIM_INSTRUMENTS, SimulatedFeed } from '../market/simulated.ts'
import { FolderLock } from '../store/lock.ts'
import { Reserve } from '../store/reserve.ts'
import { SqliteShelf } from '../store/shelf.ts'
import { SqliteJournal } from '../store/sqlite.ts'
import { Views } from '../store/views.ts'
import { EmaRsi } from '../strategy/ema-rsi.ts'
import { holdingOf, Runner } from '../strategy/runner.ts'

/** Whose days the desk keeps. */
export const EXCHANGES: readonly string[] = ['SIM']
const PAPER_ACCOUNT = 'paper'
/**
 * So short that a newcomer sees a trade within a minute or two, and so small that it costs little.
 */
const DEMO_BAR_MS = SECOND
const DEMO_CAPITAL = money('5000')
const DEMO_WARM_MS = MINUTE
const VIEWS_PAUSE_MS = 50
const VIEWS_SLICE_MS = 5
const GRACE_MS = 5 * SECOND

type OnSpace = ConstructorParameters<typeof Space>[2]

export type Closing = {
  /** Calls to the broker that were left without an answer, and are unknown now. */
  readonly unanswered: number
  /** Orders that still work at the broker. */
  readonly open: number
}

/**
 * A desk on real time and a real disk. Opening one is also how it recovers: from the journal, the
 * venue's own books, and nothing else.
 */
export class LiveWorld {
  readonly desk: Desk
  readonly #front: FrontDesk
  readonly journal: SqliteJournal
  readonly space: Space
  readonly #lock: FolderLock
  readonly #firm: Firm
  readonly #views: Views
  readonly #feed: SimulatedFeed
  readonly #shelf: SqliteShelf
  #viewsTimer: (() => void) | undefined

  /** Throws FolderInUse, CorruptJournal, or what the disk says. */
  static async open(config: Config, onSpace: OnSpace): Promise<LiveWorld> {
    mkdirSync(config.data, { recursive: true, mode: 0o700 })
    const lock = new FolderLock(join(config.data, 'desk.lock'))
    let world: LiveWorld | undefined
    try {
      world = new LiveWorld(config, lock, onSpace)
      await world.#start(config)
      return world
    } catch (error) {
      if (world) await world.close()
      else lock.release()
      throw error
    }
  }

  private constructor(config: Config, lock: FolderLock, onSpace: OnSpace) {
    const file = (name: string): string => join(config.data, name)
    this.#lock = lock
    const reserve = new Reserve(file('reserve'), config.reserveBytes)
    this.space = new Space(reserve, systemClock, onSpace)
    const makeRoom = (): boolean => this.space.makeRoom()
    this.journal = new SqliteJournal(file('journal.db'), { makeRoom })
    this.desk = Desk.open(this.journal, systemClock)
    this.#feed = new SimulatedFeed(systemClock, config.seed)
    this.#shelf = new SqliteShelf(file('venue.db'), makeRoom)
    this.#views = new Views(file('views.db'), this.journal, makeRoom)
    const halt = file('HALT')
    const halted = (): string | undefined =>
      existsSync(halt) ? `the file ${halt} is there` : undefined
    this.#firm = new Firm({
      desk: this.desk,
      clock: systemClock,
      epoch: randomEpoch(),
      cadence: { ...CADENCE, verifyMs: config.verifyMs },
      halted,
    })
    this.#front = new FrontDesk({
      desk: this.desk,
      firm: this.#firm,
      instruments: new Instruments(SIM_INSTRUMENTS),
      feed: this.#feed,
      clock: systemClock,
      policy: config.policy,
      refuse: () => {
        const why = halted()
        return why === undefined ? undefined : { code: 'TRADING_HALTED', why }
      },
      views: this.#views,
      journalHead: () => this.journal.head(),
      space: this.space,
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
    const venue = new Venue({ shelf: this.#shelf, plan, opening })
    const broker = new PaperBroker({
      venue,
      feed: this.#feed,
      timers: systemClock,
      exchanges: EXCHANGES,
      latencyMs: config.paperLatencyMs,
      mischief: chanceMischief(config.paperFaults),
    })
    await this.space.start()
    this.#feed.start()
    await this.#firm.serve({
      id: PAPER_ACCOUNT,
      broker,
      mode: 'paper',
      charges: plan,
      exchanges: EXCHANGES,
    })
    this.desk.follow(() => this.#followWithViews())
    this.#followWithViews()
    if (config.demoStrategy) this.#runDemo()
  }

  /** Screens follow at their own pace: many commits are written up together, in short slices. */
  #followWithViews(): void {
    this.#viewsTimer ??= systemClock.at(later(systemClock.now(), VIEWS_PAUSE_MS), () => {
      this.#viewsTimer = undefined
      if (!this.#views.catchUp(VIEWS_SLICE_MS)) this.#followWithViews()
    })
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
    runner.warm(this.#feed.history(instrument!.id, DEMO_WARM_MS))
    this.#feed.listen(runner)
  }

  /** The commit in progress finishes; calls in flight get their grace; nothing more is sent. */
  async close(): Promise<Closing> {
    this.space.stop()
    this.#feed.stop()
    const unanswered = await this.#firm.stop(GRACE_MS)
    await this.desk.stop()
    this.#viewsTimer?.()
    let open = 0
    for (const id of this.#firm.accounts) open += this.desk.account(id).working
    this.#views.close()
    this.#shelf.close()
    this.journal.close()
    this.#lock.release()
    return { unanswered, open }
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
