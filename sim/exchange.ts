import { insideOf } from '../src/brokers/paper/inside.ts'
import type { Books } from '../src/brokers/paper/server.ts'
import { PaperServer } from '../src/brokers/paper/server.ts'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import type { VenueNews } from '../src/brokers/paper/venue.ts'
import { Venue } from '../src/brokers/paper/venue.ts'
import { bytesOf, plainOf } from '../src/brokers/paper/words.ts'
import type { WireRequest, WireResponse } from '../src/brokers/wire.ts'
import { money } from '../src/core/amount.ts'
import type { ChargePlan } from '../src/core/charges.ts'
import type { BrokerOrderId, Tag } from '../src/core/order.ts'
import type { Instant } from '../src/core/time.ts'
import { elapsed, HOUR, later, MINUTE, SECOND } from '../src/core/time.ts'
import { dayAround } from '../src/market/exchange.ts'
import type { Random } from '../src/market/random.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import type { Fates } from './fates.ts'
import { EXCHANGE, INR, LISTED } from './market.ts'
import { Truth } from './truth.ts'

export type ExchangeParts = {
  readonly clock: VirtualClock
  readonly fates: Fates
  readonly random: Random
  readonly plan: ChargePlan
  /** Calls that place, change or cancel, in one second of the broker's own clock. */
  readonly callsASecond: number
  readonly reportsKeptMs: number
  /** Hears of each new order as it comes. */
  readonly onArrival: (tag: Tag) => void
}

type Seen = { readonly at: Instant; readonly books: Books }

/** After the close, when the last late call has come. */
export const DAY_END_MS: number = 15 * HOUR + 33 * MINUTE
const OPEN_MS = 9 * HOUR
const OPENING = [{ currency: INR, cash: money('500000') }]
const BEHIND_MS_MAX = 20 * SECOND
const HISTORY_MS = MINUTE

/**
 * The broker and its exchange: what is true here stays true, whoever dies or is not told. Its books
 * are shown part by part, each as far behind as the fates will have it.
 */
export class Exchange {
  readonly truth = new Truth()
  readonly #parts: ExchangeParts
  readonly #shelf = new MemoryShelf()
  readonly #server: PaperServer
  #venue: Venue
  /** What is shown in the place of the books as they are. */
  #behind: Books | undefined
  readonly #cache = new Map<string, WireResponse>()
  #listeners: ((news: VenueNews) => void)[] = []
  #history: Seen[] = []
  #awayUntil: Instant | undefined
  /** Its clock is not ours: the seconds it counts calls in begin at another moment. */
  readonly #skew: number
  #second = 0
  #calls = 0

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.#skew = parts.random.integer(0, 999)
    this.#venue = this.#open()
    this.#remember()
    const { clock } = parts
    this.#server = new PaperServer({
      venue: () => this.#venue,
      now: () => clock.now(),
      shown: () => this.#behind,
      limit: () => this.#limit(),
    })
  }

  #open(): Venue {
    const { plan } = this.#parts
    const venue = new Venue({ shelf: this.#shelf, plan, opening: OPENING, instruments: LISTED })
    venue.onNews((news) => this.#tell(news))
    return venue
  }

  get venue(): Venue {
    return this.#venue
  }

  get isAway(): boolean {
    return this.#awayUntil !== undefined && this.#parts.clock.now() < this.#awayUntil
  }

  /** How often it went away: what was on its way meanwhile is lost. */
  outages = 0

  goAway(ms: number): void {
    this.outages++
    this.#awayUntil = later(this.#parts.clock.now(), ms)
  }

  comeBack(): void {
    this.#awayUntil = undefined
  }

  /** A new program on the same books. */
  restart(ms: number): void {
    this.goAway(ms)
    this.#venue.onNews(() => {})
    this.#venue = this.#open()
  }

  /** Hears of everything as it happens; what becomes of it on the way is the line's matter. */
  listen(hear: (news: VenueNews) => void): () => void {
    this.#listeners.push(hear)
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== hear)
    }
  }

  serve(request: WireRequest, sentAt: Instant): WireResponse {
    if (request.method === 'GET') return this.#show(request)
    if (request.method === 'POST' && this.#isClosed) return this.refuse(request, sentAt)
    this.#cache.clear()
    const tag = request.method === 'POST' ? (plainOf(request.body)['tag'] as Tag) : undefined
    const now = this.#parts.clock.now()
    if (tag !== undefined) {
      this.#parts.onArrival(tag)
      this.truth.arrived(tag, { sentAt, arrivedAt: now })
    }
    const response = this.#server.serve(request)
    if (tag !== undefined && response.status === 422) this.truth.refused.add(tag)
    return response
  }

  /** From the day's end to the next opening; a desk whose clock is slow may think otherwise. */
  get #isClosed(): boolean {
    const [begin] = dayAround(EXCHANGE, this.#parts.clock.now())
    const passed = elapsed(begin, this.#parts.clock.now())
    return passed < OPEN_MS || passed >= DAY_END_MS
  }

  /** A definite no, for reasons of its own. */
  refuse(request: WireRequest, sentAt: Instant): WireResponse {
    const tag = plainOf(request.body)['tag'] as Tag
    this.truth.arrived(tag, { sentAt, arrivedAt: this.#parts.clock.now() })
    this.truth.refused.add(tag)
    const body = bytesOf({ error: 'FUNDS', reason: 'refused, by the fates' })
    const headers = { 'content-type': 'application/json', 'content-length': `${body.length}` }
    return { status: 422, headers, body }
  }

  /** Its books as they are now, in the truth as well. */
  books(): Books {
    const books = this.#venue.books()
    this.truth.refresh(books.orders)
    return books
  }

  /** What a plan of faults may do inside. */
  inside(): ReturnType<typeof insideOf> {
    return insideOf(this.#venue, LISTED, () => this.#parts.clock.now())
  }

  rejectsLate(id: BrokerOrderId): void {
    this.#venue.reject(id, this.#parts.clock.now())
  }

  endDay(exchange: string): void {
    const now = this.#parts.clock.now()
    this.#cache.clear()
    this.#venue.endDay(exchange, now, later(now, -this.#parts.reportsKeptMs))
  }

  #tell(news: readonly VenueNews[]): void {
    this.#cache.clear()
    for (const each of news) this.truth.saw(each)
    this.#remember()
    for (const hear of this.#listeners) for (const each of news) hear(each)
  }

  #remember(): void {
    if (!this.#parts.fates.knows('view-behind')) return
    const now = this.#parts.clock.now()
    const first = this.#history[0]
    if (first && elapsed(first.at, now) > 2 * HISTORY_MS) {
      this.#history = this.#history.filter(({ at }) => elapsed(at, now) <= HISTORY_MS)
    }
    this.#history.push({ at: now, books: this.#venue.books() })
  }

  /** Behind, or as it is: then what was said before is said again until something happens. */
  #show(request: WireRequest): WireResponse {
    const behind = this.#parts.fates.strike('view-behind')
    const cached = behind ? undefined : this.#cache.get(request.path)
    if (cached) return cached
    const then = behind && later(this.#parts.clock.now(), -behind.integer(1, BEHIND_MS_MAX))
    this.#behind = then && this.#history.findLast(({ at }) => at <= then)?.books
    const response = this.#server.serve(request)
    this.#behind = undefined
    if (!behind) this.#cache.set(request.path, response)
    return response
  }

  #limit(): number | undefined {
    const now = this.#parts.clock.now() + this.#skew
    const second = Math.floor(now / SECOND)
    if (second !== this.#second) [this.#second, this.#calls] = [second, 0]
    if (this.#calls >= this.#parts.callsASecond) return SECOND - (now % SECOND)
    this.#calls++
    return undefined
  }
}
