/** A wire that ends in the paper broker's server, with a hand on every byte that passes. */
import { messageOf, PaperServer } from '../src/brokers/paper/server.ts'
import type { Venue } from '../src/brokers/paper/venue.ts'
import type { Wire, WireEars, WireEnd, WireRequest, WireResponse } from '../src/brokers/wire.ts'
import type { Feed } from '../src/market/feed.ts'
import { later } from '../src/core/time.ts'
import type { VirtualClock } from '../src/worlds/virtual.ts'

const LATENCY_MS = 10

export type LoopbackOptions = {
  readonly venue: Venue
  readonly feed: Feed
  readonly clock: VirtualClock
  readonly bent?: (response: WireResponse, request: WireRequest) => WireEnd
}

export class Loopback implements Wire {
  readonly #options: LoopbackOptions
  readonly #server: PaperServer

  constructor(options: LoopbackOptions) {
    const { venue, clock } = options
    this.#options = options
    this.#server = new PaperServer({ venue: () => venue, now: () => clock.now() })
  }

  async exchange(request: WireRequest): Promise<WireEnd> {
    const { bent } = this.#options
    await this.#pause()
    const response = this.#server.serve(request)
    await this.#pause()
    return bent?.(response, request) ?? { is: 'answered', ...response }
  }

  listen({ opened, heard }: WireEars): () => void {
    const { venue, feed } = this.#options
    venue.onNews((news) => news.forEach((each) => heard(messageOf(each))))
    const deafen = feed.listen(venue)
    opened()
    return () => {
      venue.onNews(() => {})
      deafen()
    }
  }

  #pause(): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve) => void clock.at(later(clock.now(), LATENCY_MS), resolve))
  }
}
