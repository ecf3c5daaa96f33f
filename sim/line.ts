import { messageOf } from '../src/brokers/paper/server.ts'
import type { VenueNews } from '../src/brokers/paper/venue.ts'
import type { Wire, WireEars, WireEnd, WireRequest, WireResponse } from '../src/brokers/wire.ts'
import type { BrokerOrderId } from '../src/core/order.ts'
import type { Instant } from '../src/core/time.ts'
import { later, MINUTE, SECOND } from '../src/core/time.ts'
import type { Random } from '../src/market/random.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'
import type { Exchange } from './exchange.ts'
import type { Fates } from './fates.ts'
import { badGateway, garbled, garbledMessage, shortened } from './garble.ts'
import type { Life } from './life.ts'
import { never } from './life.ts'

export type LineParts = {
  readonly clock: VirtualClock
  readonly fates: Fates
  readonly random: Random
  readonly exchange: Exchange
  /** One way, at most, when nothing is wrong. */
  readonly latencyMs: number
  /** A call may arrive this much late: the broker’s bound covers the rest of its way. */
  readonly lateMs: number
  /** Hears of each call as its first byte leaves. */
  readonly onLeave: (request: WireRequest, life: Life) => void
  /** Which of them a script of many faults has stopped. */
  readonly stopped: { stream: boolean; reading: boolean; calls: boolean }
  readonly slow: () => number
}

const FIRST_READ = '/orders'
const LAST_READ = '/funds'
const REFUSED: WireEnd = { is: 'notSent', reason: 'ECONNREFUSED' }
const RESET: WireEnd = { is: 'broken', reason: 'ECONNRESET' }

/** One process's connection to the broker. What has left goes on its way though its sender dies. */
export class Line implements Wire {
  readonly #life: Life
  readonly #parts: LineParts
  #ears: WireEars | undefined
  #downUntil: Instant | undefined
  #muteUntil: Instant | undefined

  constructor(life: Life, parts: LineParts) {
    this.#life = life
    this.#parts = parts
  }

  async exchange(request: WireRequest): Promise<WireEnd> {
    if (request.method === 'GET') {
      // All parts of the books are asked for at once: dying between them is dying before or after.
      if (request.path === FIRST_READ) this.#life.pass('before a reading')
      if (this.#life.isDead) return never()
      const end = await this.#read(request)
      if (request.path === LAST_READ) this.#life.pass('after a reading')
      return this.#life.isDead ? never() : end
    }
    if (this.#life.cross(`before ${request.method}`)) return never()
    const end = await this.#call(request)
    return this.#life.cross(`after ${request.method}`) ? never() : end
  }

  async #read(request: WireRequest): Promise<WireEnd> {
    const { exchange, fates, stopped } = this.#parts
    const now = this.#parts.clock.now()
    if (stopped.reading || fates.strike('read-hangs')) return never()
    const failing = fates.strike('read-fails')
    const isAway = exchange.isAway
    await this.#takes(this.#latency())
    if (isAway) return REFUSED
    if (failing) return [badGateway(), REFUSED, RESET][failing.integer(0, 2)]!
    const response = exchange.serve(request, now)
    const late = fates.strike('read-late')
    if (late) await this.#takes(late.integer(SECOND, 8 * SECOND))
    const spoiled = fates.strike('read-garbled')
    if (spoiled) return garbled(response, spoiled)
    const short = fates.strike('read-short')
    return short ? shortened(response, short) : { is: 'answered', ...response }
  }

  /** A call leaves, arrives, is done, and its answer comes: any of it may not happen. */
  async #call(request: WireRequest): Promise<WireEnd> {
    const { exchange, fates, stopped, clock } = this.#parts
    if (fates.strike('line-refused') || exchange.isAway) {
      await this.#takes(this.#latency())
      return REFUSED
    }
    this.#parts.onLeave(request, this.#life)
    const sentAt = clock.now()
    if (stopped.calls || fates.strike('request-lost')) return never()
    const failing = fates.strike('server-error')
    const breaking = failing ? undefined : fates.strike('line-breaks')
    const before = failing ?? breaking
    if (before?.chance(0.5)) {
      await this.#takes(this.#latency())
      return failing ? badGateway() : RESET
    }
    const late = fates.strike('request-late')
    const wayMs = late ? late.integer(SECOND, this.#parts.lateMs) : this.#latency()
    const response = await this.#done(request, sentAt, wayMs)
    if (failing) return badGateway()
    return breaking ? RESET : this.#answer(response)
  }

  /** What happens at the broker happens though the sender be dead by then. */
  #done(request: WireRequest, sentAt: Instant, wayMs: number): Promise<WireResponse> {
    const { exchange, clock } = this.#parts
    const { outages } = exchange
    return new Promise((resolve) => {
      void clock.at(later(clock.now(), wayMs), () => {
        if (exchange.outages !== outages || exchange.isAway) return // it met a closed door
        const response = this.#atBroker(request, sentAt)
        this.#life.run(() => resolve(response))
      })
    })
  }

  #atBroker(request: WireRequest, sentAt: Instant): WireResponse {
    const { exchange, fates, clock } = this.#parts
    const id = request.path.slice('/orders/'.length) as BrokerOrderId
    if (request.method === 'DELETE' && fates.strike('fill-races')) exchange.inside().tradePart(id)
    if (request.method === 'POST' && fates.strike('broker-refuses')) {
      return exchange.refuse(request, sentAt)
    }
    const response = exchange.serve(request, sentAt)
    if (request.method !== 'POST' || response.status !== 200) return response
    const late = fates.strike('rejects-late')
    if (late) {
      const { brokerOrderId } = JSON.parse(new TextDecoder().decode(response.body)) as {
        readonly brokerOrderId: BrokerOrderId
      }
      const due = later(clock.now(), late.integer(10, 20 * SECOND))
      void clock.at(due, () => exchange.rejectsLate(brokerOrderId))
    }
    return response
  }

  async #answer(response: WireResponse): Promise<WireEnd> {
    const { fates, exchange } = this.#parts
    const { outages } = exchange
    if (fates.strike('answer-lost')) return never()
    const late = fates.strike('answer-late')
    await this.#takes(late ? late.integer(SECOND, MINUTE) : this.#latency())
    if (exchange.outages !== outages) return never()
    const spoiled = fates.strike('answer-garbled')
    return spoiled ? garbled(response, spoiled) : { is: 'answered', ...response }
  }

  listen(ears: WireEars): () => void {
    const { exchange } = this.#parts
    this.#ears = ears
    const deafen = exchange.listen((news) => this.#hear(news))
    void this.#takes(this.#latency()).then(() => this.#ears?.opened())
    return () => {
      this.#ears = undefined
      deafen()
    }
  }

  /** The stream is lost, and comes back. */
  drop(ms: number): void {
    const { clock } = this.#parts
    if (this.#isDown || !this.#ears) return
    this.#downUntil = later(clock.now(), ms)
    this.#life.run(() => this.#ears?.lost('the stream was closed'))
    void clock.at(this.#downUntil, () => this.#life.run(() => this.#ears?.opened()))
  }

  /** Nothing comes any more, and the line looks as if it stood. */
  mute(ms: number): void {
    this.#muteUntil = later(this.#parts.clock.now(), ms)
  }

  get #isDown(): boolean {
    return this.#downUntil !== undefined && this.#parts.clock.now() < this.#downUntil
  }

  #hear(news: VenueNews): void {
    const { fates, clock, stopped, exchange } = this.#parts
    if (this.#life.isDead || this.#isDown || stopped.stream || exchange.isAway) return
    if (this.#muteUntil !== undefined && clock.now() < this.#muteUntil) return
    if (fates.strike('news-lost')) return
    const spoiled = fates.strike('news-garbled')
    const message = messageOf(news)
    const told = spoiled ? garbledMessage(message, spoiled) : message
    this.#deliver(told)
    if (fates.strike('news-twice')) this.#deliver(told)
  }

  #deliver(message: Uint8Array): void {
    const late = this.#parts.fates.strike('news-late')
    const delay = late ? late.integer(100, 15 * SECOND) : this.#latency()
    void this.#takes(delay).then(() => this.#ears?.heard(message))
  }

  #latency(): number {
    return this.#parts.random.integer(0, this.#parts.latencyMs) + this.#parts.slow()
  }

  #takes(ms: number): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => {
      void clock.at(later(clock.now(), ms), () => this.#life.run(resolve))
    })
  }
}
