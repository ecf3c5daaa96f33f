import type { Broker, News, Probe, Reading, Traits } from '../src/brokers/broker.ts'
import { money, quantity } from '../src/core/amount.ts'
import type { Answer, BrokerPosition, Part } from '../src/core/input.ts'
import { epoch } from '../src/core/tag.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, later, SECOND } from '../src/core/time.ts'
import type { Cadence } from '../src/desk/cadence.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import { Desk } from '../src/desk/desk.ts'
import { Firm } from '../src/desk/firm.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { NOON } from './house.ts'
import { inr, INSTRUMENTS } from './scenario-asks.ts'

const TRAITS: Traits = {
  name: 'slow',
  lapseAfterMs: 10_000,
  reportsKeptMs: 2 * DAY,
  tagsMayBeLost: false,
  timeoutMs: 60_000,
  limits: { windows: [], keptForExits: 0 },
}

const good = <Row>(rows: readonly Row[]): Part<Row> => ({ ok: true, rows, proven: true })

/** Takes its time over its books, and trades nothing. */
export class SlowBroker implements Broker {
  readonly traits = TRAITS
  readonly #clock: VirtualClock
  /** When each reading began, and how many there were at once with it, of all accounts. */
  readonly begun: Instant[] = []
  static atOnce = 0
  static mostAtOnce = 0
  takesMs = 3 * SECOND
  fails = false
  positions: readonly BrokerPosition[]
  #still: Omit<Reading, 'askedAt' | 'positions'> = {
    orders: good([]),
    trades: good([]),
    funds: good([{ currency: inr, cash: money('1000') }]),
  }

  constructor(clock: VirtualClock, held: string) {
    this.#clock = clock
    const { id } = INSTRUMENTS.get('INFY')!
    const row = { instrument: id, product: 'CNC', quantity: quantity(held) } as const
    this.positions = held === '0' ? [] : [row]
  }

  start(_tell: (news: News) => void): Promise<void> {
    return Promise.resolve()
  }

  async read(): Promise<Reading> {
    const askedAt = this.#clock.now()
    this.begun.push(askedAt)
    if (this.fails) throw new Error('no row makes sense')
    SlowBroker.atOnce++
    SlowBroker.mostAtOnce = Math.max(SlowBroker.mostAtOnce, SlowBroker.atOnce)
    await new Promise<void>((resolve) => {
      this.#clock.at(later(askedAt, this.takesMs), resolve)
    })
    SlowBroker.atOnce--
    return { askedAt, ...this.#still, positions: good(this.positions) }
  }

  /** Nobody trades here. */
  place = (): Promise<Answer> => Promise.resolve({ is: 'unknown', evidence: 'nobody trades here' })
  amend = this.place
  cancel = this.place
  probe = (): Promise<Probe> => Promise.resolve({ ok: true })
  stop = (): Promise<void> => Promise.resolve()
}

/** Accounts a1, a2 … of one firm, each with a broker of its own. */
export class Crowd {
  readonly clock = new VirtualClock(NOON)
  readonly journal = new MemoryJournal()
  readonly desk = Desk.open(this.journal, this.clock)
  readonly brokers: SlowBroker[] = []
  readonly firm: Firm

  constructor(cadence: Partial<Cadence> = {}) {
    this.firm = new Firm({
      desk: this.desk,
      clock: this.clock,
      epoch: epoch('00TST'),
      cadence: { ...CADENCE, ...cadence },
      halted: () => undefined,
      priceOf: () => undefined,
    })
  }

  /** Served, each with `held` of INFY there, and all of them settled. */
  static async of(count: number, held: string, cadence?: Partial<Cadence>): Promise<Crowd> {
    const crowd = new Crowd(cadence)
    for (let n = 1; n <= count; n++) {
      const broker = new SlowBroker(crowd.clock, held)
      crowd.brokers.push(broker)
      const plan = { mode: 'paper', charges: 'none', exchanges: [] } as const
      await crowd.clock.until(crowd.firm.serve({ id: `a${n}`, broker, ...plan }))
    }
    await crowd.pass(60)
    return crowd
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.advance(later(this.clock.now(), seconds * SECOND))
  }

  /** How often each was read while `seconds` passed. */
  async readsIn(seconds: number): Promise<number[]> {
    const before = this.brokers.map(({ begun }) => begun.length)
    SlowBroker.mostAtOnce = SlowBroker.atOnce
    await this.pass(seconds)
    return this.brokers.map(({ begun }, index) => begun.length - before[index]!)
  }

  skipped(): number[] {
    return this.firm.accounts.map((id) => this.firm.watch(id)!.cycles.skipped)
  }
}
