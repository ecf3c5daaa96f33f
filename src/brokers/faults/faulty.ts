import type { Answer, Part } from '../../core/input.ts'
import type { BrokerOrderId } from '../../core/order.ts'
import type { Instant } from '../../core/time.ts'
import { later, SECOND } from '../../core/time.ts'
import type {
  AmendCall,
  Broker,
  CancelCall,
  News,
  PlaceCall,
  Probe,
  Reading,
  Traits,
} from '../broker.ts'
import type { CallName, Fault, FaultName, FaultPlan } from './plan.ts'
import { BOOK_FAULTS, CALL_FAULTS, Dice, NEWS_FAULTS, WEATHER } from './plan.ts'

type Timers = { now(): Instant; at(due: Instant, run: () => void): () => void }

/** What happens inside the broker, where the line to it has no hand. */
export type Inside = {
  /** Somebody trades by hand; `pick(n)` says which of n. */
  readonly ghost: (pick: (count: number) => number) => void
  /** The exchange takes the latest trade back. */
  readonly bust: () => void
  readonly rejectLate: (id: BrokerOrderId) => void
  readonly tradePart: (id: BrokerOrderId) => void
}

export type FaultyOptions = {
  readonly broker: Broker
  readonly plan: FaultPlan
  readonly timers: Timers
  readonly inside: Inside
}

const DOWN = 'the session is lost: log in again'

/**
 * A line to a broker that fails by plan. What is true at the broker stays true: only what we hear
 * of it, and whether it hears us, goes wrong.
 */
export class FaultyBroker implements Broker {
  readonly traits: Traits
  readonly #options: FaultyOptions
  readonly #dice: Dice
  #tell: (news: News) => void = () => {}
  #held: News | undefined
  #before: Reading | undefined
  /** Until then nothing works. */
  #downUntil: Instant | undefined
  /** What is still to come; nothing of it outlives `stop`. */
  readonly #timers = new Set<() => void>()

  constructor(options: FaultyOptions) {
    this.#options = options
    this.traits = options.broker.traits
    this.#dice = new Dice(options.plan, options.timers.now())
  }

  start(tell: (news: News) => void): Promise<void> {
    this.#tell = tell
    const stormy = this.#options.plan.faults.some(({ fault }) => isWeather(fault))
    if (stormy) this.#weather()
    return this.#options.broker.start((news) => this.#pass(news))
  }

  stop(): Promise<void> {
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    this.#tell = () => {}
    return this.#options.broker.stop()
  }

  async probe(): Promise<Probe> {
    if (this.#isDown) return { ok: false, reason: DOWN, loginNeeded: true }
    return this.#options.broker.probe()
  }

  place(order: PlaceCall): Promise<Answer> {
    return this.#call('place', async () => {
      const answer = await this.#options.broker.place(order)
      if (answer.is === 'accepted') this.#rejectLate(answer.brokerOrderId)
      return answer
    })
  }

  amend(order: AmendCall): Promise<Answer> {
    return this.#call('amend', () => this.#options.broker.amend(order))
  }

  cancel(order: CancelCall): Promise<Answer> {
    return this.#call('cancel', () => {
      if (this.#strike(['race'])) this.#options.inside.tradePart(order.brokerOrderId)
      return this.#options.broker.cancel(order)
    })
  }

  async read(): Promise<Reading> {
    const fault = this.#strike(BOOK_FAULTS)
    if (this.#isDown) return failed(this.#now, DOWN)
    if (fault?.fault === 'book-fails') return failed(this.#now, 'HTTP 503 Service Unavailable')
    const askedAt = this.#now
    const reading = await this.#options.broker.read()
    const shown = fault ? spoiled(reading, fault, this.#before) : reading
    this.#before = reading
    return { ...shown, askedAt }
  }

  get struck(): ReadonlyMap<FaultName, number> {
    return this.#dice.struck
  }

  get #now(): Instant {
    return this.#options.timers.now()
  }

  get #isDown(): boolean {
    return this.#downUntil !== undefined && this.#now < this.#downUntil
  }

  #strike(among: readonly Fault['fault'][], call?: CallName): Fault | undefined {
    return this.#dice.strike(among, this.#now, call)
  }

  async #call(name: CallName, deed: () => Promise<Answer>): Promise<Answer> {
    const down = this.#downUntil
    if (this.#isDown) return notSent(DOWN, 5 * SECOND)
    const fault = this.#strike(CALL_FAULTS, name)
    const answer = await this.#struck(fault, deed)
    // Whatever was on its way when the broker went down is never answered.
    return this.#downUntil === down ? answer : never()
  }

  async #struck(fault: Fault | undefined, deed: () => Promise<Answer>): Promise<Answer> {
    switch (fault?.fault) {
      case 'lose-request':
        return never()
      case 'lose-answer':
        await deed()
        return never()
      case 'late': {
        const answer = await deed()
        await new Promise<void>((resolve) => this.#in(fault.seconds, resolve))
        return answer
      }
      case 'server-error':
        if (this.#dice.coin()) await deed()
        return { is: 'unknown', evidence: 'HTTP 502 Bad Gateway' }
      case 'garbage':
        await deed()
        return { is: 'unknown', evidence: 'the answer cannot be read: <html>' }
      case 'refuse-connection':
        return notSent('connection refused', 0)
      case 'rate-limit':
        return notSent('HTTP 429 Too Many Requests', SECOND)
      case 'reject':
        return { is: 'rejected', code: 'NO', reason: 'refused, by plan' }
      default:
        return deed()
    }
  }

  #pass(news: News): void {
    const fault = this.#isDown ? undefined : this.#strike(NEWS_FAULTS)
    if (this.#isDown || fault?.fault === 'silence') return
    if (fault?.fault === 'reorder' && !this.#held) {
      this.#held = news
      return
    }
    this.#tell(news)
    if (fault?.fault === 'repeat') this.#tell(news)
    const held = this.#held
    this.#held = undefined
    if (held) this.#tell(held)
  }

  /** Once a second: whether something begins that nobody asked for. */
  #weather(): void {
    if (!this.#isDown) {
      const storm = this.#strike(['session-loss', 'restart'])
      if (storm) this.#goDown(storm)
      else if (this.#strike(['ghost'])) this.#options.inside.ghost((n) => this.#dice.pick(n))
      else if (this.#strike(['bust'])) this.#options.inside.bust()
    }
    this.#in(1, () => this.#weather())
  }

  #goDown({ fault, seconds }: Fault): void {
    this.#downUntil = later(this.#now, seconds * SECOND)
    this.#tell({ type: 'Lost', reason: fault === 'restart' ? 'the broker restarts' : DOWN })
    this.#in(seconds, () => this.#tell({ type: 'Connected' }))
  }

  #rejectLate(id: BrokerOrderId): void {
    const fault = this.#strike(['reject-late'])
    if (fault) this.#in(fault.seconds, () => this.#options.inside.rejectLate(id))
  }

  #in(seconds: number, run: () => void): void {
    const due = later(this.#now, seconds * SECOND)
    const cancel = this.#options.timers.at(due, () => {
      this.#timers.delete(cancel)
      run()
    })
    this.#timers.add(cancel)
  }
}

const isWeather = (fault: FaultName): boolean => WEATHER.some((each) => each === fault)

const notSent = (reason: string, retryAfterMs: number): Answer => ({
  is: 'notSent',
  reason,
  retryAfterMs,
  halted: false,
})

/** A line that went dead: the caller's own time-out ends the waiting. */
const never = (): Promise<Answer> => new Promise(() => {})

function failed(askedAt: Instant, reason: string): Reading {
  const part = { ok: false, reason } as const
  return { askedAt, orders: part, trades: part, positions: part, holdings: part, funds: part }
}

function spoiled(reading: Reading, { fault }: Fault, before: Reading | undefined): Reading {
  switch (fault) {
    case 'book-stale':
      return before ?? reading
    case 'book-unreadable':
      return { ...reading, orders: { ok: false, reason: 'quantity is "ten" in row 1' } }
    case 'book-truncated':
      return { ...reading, orders: halved(reading.orders), trades: halved(reading.trades) }
    case 'book-empty':
      // An answer without rows proves nothing by itself, and an adapter says so.
      return {
        ...reading,
        orders: { ok: true, rows: [], proven: false },
        trades: { ok: true, rows: [], proven: false },
        positions: { ok: true, rows: [], proven: false },
        holdings: { ok: true, rows: [], proven: false },
      }
    default:
      return reading
  }
}

const halved = <Row>(part: Part<Row>): Part<Row> =>
  part.ok ? { ...part, rows: part.rows.filter((_, index) => index % 2 === 0) } : part
