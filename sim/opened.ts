import type { Traits } from '../src/brokers/broker.ts'
import { RemotePaper } from '../src/brokers/paper/remote.ts'
import type { Wire } from '../src/brokers/wire.ts'
import type { ChargePlan } from '../src/core/charges.ts'
import type { Policy } from '../src/core/input.ts'
import type { DeskPort } from '../src/core/port.ts'
import type { Epoch } from '../src/core/tag.ts'
import { SECOND } from '../src/core/time.ts'
import type { Clock } from '../src/desk/clock.ts'
import { Desk } from '../src/desk/desk.ts'
import { Firm } from '../src/desk/firm.ts'
import type { FrontOptions } from '../src/desk/front.ts'
import { latestPrice } from '../src/desk/prices.ts'
import { FrontDesk } from '../src/desk/front.ts'
import { Guards } from '../src/desk/guards.ts'
import { Space } from '../src/desk/space.ts'
import type { Cadence } from '../src/desk/cadence.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import type { Calendar } from '../src/market/calendar.ts'
import type { Feed } from '../src/market/feed.ts'
import { Instruments } from '../src/market/instruments.ts'
import type { Closing, World } from '../src/worlds/keeper.ts'
import { Teardown } from '../src/worlds/teardown.ts'
import type { Disk } from './disk.ts'
import type { Life } from './life.ts'
import { EXCHANGE, LISTED } from './market.ts'

export const ACCOUNT = 'acc'
const GRACE_MS = 5 * SECOND

export type OpenedParts = {
  readonly life: Life
  readonly clock: Clock
  readonly disk: Disk
  readonly wire: Wire
  readonly feed: Feed
  readonly traits: Traits
  readonly policy: Policy
  readonly charges: ChargePlan
  readonly cadence: Partial<Cadence>
  readonly calendar: Calendar
  /** New at each opening, as it would be drawn. */
  readonly epoch: Epoch
  readonly halted: () => string | undefined
  readonly onTrouble: (error: Error) => void
  readonly onCommit: (desk: Desk) => void
}

/**
 * The desk as it is opened for real, with the same objects in the same order: only clock, disk and
 * wire are the simulated ones.
 */
export class Opened implements World {
  readonly desk: Desk
  readonly firm: Firm
  readonly #front: FrontDesk
  readonly #guards: Guards
  readonly #space: Space
  readonly #teardown: Teardown

  static async open(parts: OpenedParts): Promise<Opened> {
    const teardown = new Teardown(parts.onTrouble)
    try {
      const opened = new Opened(parts, teardown)
      await opened.#start(parts)
      return opened
    } catch (error) {
      await teardown.run()
      throw error
    }
  }

  private constructor(parts: OpenedParts, teardown: Teardown) {
    const { life, clock, disk, feed, halted, calendar } = parts
    this.#teardown = teardown
    const lock = disk.lock(life)
    teardown.add(() => lock.release())
    this.#space = new Space(disk.reserve(), clock, () => {})
    teardown.add(() => this.#space.stop())
    const journal = disk.open(life, () => this.#space.makeRoom())
    this.desk = Desk.open(journal, clock, parts.onTrouble)
    teardown.add(() => this.desk.stop())
    this.desk.follow(() => parts.onCommit(this.desk))
    const cadence = { ...CADENCE, ...parts.cadence }
    const instruments = new Instruments(LISTED)
    this.firm = new Firm({
      desk: this.desk,
      clock,
      epoch: parts.epoch,
      cadence,
      halted,
      priceOf: latestPrice({ instruments, feed }),
    })
    teardown.add(() => this.firm.stop(this.desk.stopped ? 0 : GRACE_MS))
    const refuse: FrontOptions['refuse'] = (instrument, type) => {
      const why = halted()
      if (why !== undefined) return { code: 'TRADING_HALTED', why }
      const closed = instrument && calendar.whyRefused(instrument, type, clock.now())
      return closed === undefined ? undefined : { code: 'MARKET_CLOSED', why: closed }
    }
    const { desk, firm } = this
    const shared = { desk, firm, instruments, feed, clock, refuse }
    this.#guards = new Guards({
      ...shared,
      isOpen: ({ exchange, sessions }, at) => calendar.isOpen(exchange, sessions, at),
      onTrouble: parts.onTrouble,
    })
    teardown.add(() => this.#guards.stop())
    this.#front = new FrontDesk({
      ...shared,
      guards: this.#guards,
      policy: parts.policy,
      views: undefined,
      journalHead: () => journal.head(),
      space: this.#space,
    })
  }

  get port(): DeskPort {
    return this.#front
  }

  async #start({ wire, clock, traits, charges }: OpenedParts): Promise<void> {
    await this.#space.start()
    const broker = new RemotePaper({ wire, timers: clock, traits })
    const plan = { id: ACCOUNT, broker, mode: 'paper', charges, exchanges: [EXCHANGE] } as const
    await this.firm.serve(plan)
    if (this.desk.stopped) throw this.desk.stopped
    this.#guards.start()
  }

  async close(): Promise<Closing> {
    await this.#teardown.run()
    return { open: [], unknown: [] }
  }
}
