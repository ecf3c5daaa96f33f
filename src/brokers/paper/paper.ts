import type { Answer } from '../../core/input.ts'
import type { Instant } from '../../core/time.ts'
import { DAY, later } from '../../core/time.ts'
import { dayAround } from '../../market/exchange.ts'
import type { Feed } from '../../market/feed.ts'
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
import type { Venue, VenueNews } from './venue.ts'

type Timers = { now(): Instant; at(due: Instant, run: () => void): () => void }

export type PaperOptions = {
  readonly venue: Venue
  readonly feed: Feed
  readonly timers: Timers
  /** Whose days the venue ends by the clock; none where the prices themselves tell. */
  readonly exchanges: readonly string[]
  /** From us to the venue, and as long back. */
  readonly latencyMs: number
}

const PAPER_TRAITS: Traits = {
  name: 'paper',
  lapseAfterMs: 10_000,
  reportsKeptMs: 2 * DAY,
  tagsMayBeLost: false,
  timeoutMs: 5_000,
  costExact: true,
  limits: { windows: [{ ms: 1_000, max: 1_000 }], keptForExits: 100 },
}

/** The paper broker: a venue of our own behind a line that takes time. */
export class PaperBroker implements Broker {
  readonly traits = PAPER_TRAITS
  readonly #venue: Venue
  readonly #options: PaperOptions
  #tell: (news: News) => void = () => {}
  #deafen: () => void = () => {}
  readonly #timers = new Map<string, () => void>()

  constructor(options: PaperOptions) {
    this.#venue = options.venue
    this.#options = options
  }

  start(tell: (news: News) => void): Promise<void> {
    this.#tell = tell
    this.#venue.onNews((news) => this.#pass(news))
    this.#venue.onTrouble((reason) => {
      this.#tell(reason === undefined ? { type: 'Connected' } : { type: 'Lost', reason })
    })
    for (const exchange of this.#options.exchanges) this.#endDays(exchange)
    this.#deafen = this.#options.feed.listen(this.#venue)
    tell({ type: 'Connected' })
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#deafen()
    for (const cancel of this.#timers.values()) cancel()
    this.#tell = () => {}
    return Promise.resolve()
  }

  probe(): Promise<Probe> {
    return Promise.resolve({ ok: true })
  }

  place({ tag, terms }: PlaceCall): Promise<Answer> {
    return this.#call(() => {
      const placed = this.#venue.place(tag, terms, this.#options.timers.now())
      if (typeof placed === 'string') return { is: 'accepted', brokerOrderId: placed }
      return { is: 'rejected', ...placed }
    })
  }

  amend({ brokerOrderId, to }: AmendCall): Promise<Answer> {
    return this.#call(() => {
      const refusal = this.#venue.amend(brokerOrderId, to, this.#options.timers.now())
      return refusal ? { is: 'rejected', ...refusal } : { is: 'accepted', brokerOrderId }
    })
  }

  cancel({ brokerOrderId }: CancelCall): Promise<Answer> {
    return this.#call(() => {
      const refusal = this.#venue.cancel(brokerOrderId, this.#options.timers.now())
      return refusal ? { is: 'rejected', ...refusal } : { is: 'accepted', brokerOrderId }
    })
  }

  async read(): Promise<Reading> {
    const askedAt = this.#options.timers.now()
    const { orders, trades, positions, holdings, funds } = this.#venue.books()
    const { trouble } = this.#venue
    const { latencyMs } = this.#options
    if (latencyMs > 0) await this.#pause(latencyMs)
    if (trouble !== undefined) {
      const failed = { ok: false, reason: trouble } as const
      const both = { positions: failed, holdings: failed }
      return { askedAt, orders: failed, trades: failed, ...both, funds: failed }
    }
    return {
      askedAt,
      orders: { ok: true, rows: orders, proven: true },
      trades: { ok: true, rows: trades, proven: true },
      positions: { ok: true, rows: positions, proven: true },
      holdings: { ok: true, rows: holdings, proven: true },
      funds: { ok: true, rows: funds, proven: true },
    }
  }

  /** There, the deed, and back. */
  async #call(deed: () => Answer): Promise<Answer> {
    const { latencyMs } = this.#options
    if (latencyMs > 0) await this.#pause(latencyMs)
    const done = deed()
    const { trouble } = this.#venue
    const answer: Answer = trouble === undefined ? done : { is: 'unknown', evidence: trouble }
    if (latencyMs > 0) await this.#pause(latencyMs)
    return answer
  }

  /** Ends the day that is over, if one is, and again whenever one will be. */
  #endDays(exchange: string): void {
    const { timers } = this.#options
    const [begin, end] = dayAround(exchange, timers.now())
    this.#venue.endDay(exchange, begin, later(begin, -PAPER_TRAITS.reportsKeptMs))
    this.#timers.set(
      exchange,
      timers.at(end, () => this.#endDays(exchange)),
    )
  }

  #pass(news: readonly VenueNews[]): void {
    for (const each of news) {
      if ('row' in each) this.#tell({ type: 'OrderSeen', row: each.row })
      else this.#tell({ type: 'TradeSeen', trade: each.trade })
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.timers.at(later(this.#options.timers.now(), milliseconds), resolve)
    })
  }
}
