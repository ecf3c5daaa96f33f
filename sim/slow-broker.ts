import { bytesOf } from '../src/brokers/paper/words.ts'
import type { Wire, WireEars, WireEnd, WireRequest } from '../src/brokers/wire.ts'
import type { Instant } from '../src/core/time.ts'
import { later, SECOND } from '../src/core/time.ts'
import type { Random } from '../src/market/random.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import { delayOf } from './delays.ts'
import { Exchange } from './exchange.ts'
import { Fates, stream } from './fates.ts'
import type { Family } from './families.ts'
import { badGateway } from './garble.ts'
import { never } from './life.ts'
import { LISTED, Market } from './market.ts'

/** One part of the books in so many is up to 20 s behind, and one in so many cannot be read. */
const BEHIND_ONE_IN = 20
const UNREADABLE_ONE_IN = 100
const QUOTE_MS = SECOND
const TIMED_OUT = 'Order request timed out. Please check the order book and confirm.'

/** A day on which nothing goes wrong but that parts of the books are behind now and then. */
class Lag extends Fates {
  readonly #random: Random

  constructor(seed: number) {
    super(seed, [])
    this.#random = stream(seed, 'lag')
  }

  override strike(family: Family): Random | undefined {
    if (family !== 'view-behind' || !this.#random.chance(1 / BEHIND_ONE_IN)) return undefined
    return this.#random
  }

  override knows(family: Family): boolean {
    return family === 'view-behind'
  }
}

/**
 * A broker that takes its time, for one caller. All that differs from call to call is drawn from
 * the seed, the intent and the attempt, so every policy meets the same delays.
 */
export class SlowBroker implements Wire {
  readonly venue: Exchange
  readonly market: Market
  readonly #clock: VirtualClock
  readonly #seed: number
  readonly #random: Random
  /** Which wish the next call is for. */
  intent = 0
  /** Calls by wish. */
  readonly attempts = new Map<number, number>()
  /** When orders came to the broker, by wish. */
  readonly arrivals = new Map<number, Instant[]>()

  constructor(clock: VirtualClock, seed: number, to: Instant) {
    this.#clock = clock
    this.#seed = seed
    this.#random = stream(seed, 'readings')
    this.venue = new Exchange({
      clock,
      fates: new Lag(seed),
      random: stream(seed, 'exchange'),
      plan: 'none',
      callsASecond: 10,
      reportsKeptMs: 24 * 3_600 * SECOND,
      onArrival: () => {},
    })
    const prices = stream(seed, 'market')
    this.market = new Market(
      prices,
      () => clock.now(),
      () => this.venue.venue,
    )
    this.#quote(to)
  }

  #quote(to: Instant): void {
    for (const instrument of LISTED) this.market.tick(instrument)
    const next = later(this.#clock.now(), QUOTE_MS)
    if (next < to) void this.#clock.at(next, () => this.#quote(to))
  }

  exchange(request: WireRequest): Promise<WireEnd> {
    return request.method === 'GET' ? this.#read(request) : this.call(request, this.intent)
  }

  async #read(request: WireRequest): Promise<WireEnd> {
    const fails = this.#random.chance(1 / UNREADABLE_ONE_IN)
    const takesMs = this.#random.integer(20, 200)
    await this.passes(takesMs)
    if (fails) return badGateway()
    return { is: 'answered', ...this.venue.serve(request, this.#clock.now()) }
  }

  /** A call that places an order for this wish. */
  call(request: WireRequest, intent: number): Promise<WireEnd> {
    const attempt = (this.attempts.get(intent) ?? 0) + 1
    this.attempts.set(intent, attempt)
    const { arrivesMs, answersMs, isError } = delayOf(this.#seed, intent, attempt)
    const sentAt = this.#clock.now()
    const arrived =
      arrivesMs === undefined
        ? never<WireEnd>()
        : this.passes(arrivesMs).then((): WireEnd => {
            const known = this.arrivals.get(intent)
            if (known) known.push(this.#clock.now())
            else this.arrivals.set(intent, [this.#clock.now()])
            return { is: 'answered', ...this.venue.serve(request, sentAt) }
          })
    if (answersMs === undefined) return never()
    if (isError) return this.passes(answersMs).then(timedOut)
    return this.passes(answersMs).then(() => arrived)
  }

  /** Nobody is told anything unasked here: every policy goes by the books alone. */
  listen({ opened }: WireEars): () => void {
    this.#clock.soon(opened)
    return () => {}
  }

  passes(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.at(later(this.#clock.now(), ms), resolve))
  }
}

/** As Kite words it, with a status that elsewhere means a proven refusal. */
function timedOut(): WireEnd {
  const body = bytesOf({ error: 'GATEWAY', reason: TIMED_OUT })
  const headers = { 'content-type': 'application/json', 'content-length': `${body.length}` }
  return { is: 'answered', status: 400, headers, body }
}
