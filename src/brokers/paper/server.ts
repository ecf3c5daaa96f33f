/** The paper venue as a server: bytes in, bytes out. What it answers is what it did. */
import type { BrokerOrder } from '../../core/input.ts'
import type { BrokerOrderId, Tag } from '../../core/order.ts'
import type { Instant } from '../../core/time.ts'
import type { WireRequest, WireResponse } from '../wire.ts'
import type { Refusal } from './margin.ts'
import type { Venue, VenueNews } from './venue.ts'
import {
  bytesOf,
  plainOf,
  readRevision,
  readTerms,
  sayFunds,
  sayOrder,
  sayPosition,
  sayTrade,
  text,
  Unreadable,
} from './words.ts'

export type Books = ReturnType<Venue['books']>
/** Each part of the books comes from a service of its own, one further behind than another. */
export type BookPart = keyof Books

export type ServerOptions = {
  /** The one that is open now: a broker restarts too. */
  readonly venue: () => Venue
  readonly now: () => Instant
  /** What is shown of the books; the venue's own where nothing is said. */
  readonly shown?: (part: BookPart) => Books | undefined
  /** How long a caller has to wait for its next call; undefined: it may make it now. */
  readonly limit?: () => number | undefined
}

export class PaperServer {
  readonly #options: ServerOptions

  constructor(options: ServerOptions) {
    this.#options = options
  }

  serve(request: WireRequest): WireResponse {
    const venue = this.#options.venue()
    const { trouble } = venue
    if (trouble !== undefined) return said(503, { error: 'TROUBLE', message: trouble })
    try {
      const response = request.method === 'GET' ? this.#show(request) : this.#limited(request)
      const after = venue.trouble
      return after === undefined ? response : said(503, { error: 'TROUBLE', message: after })
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      return said(400, { error: 'UNREADABLE', message: error.message })
    }
  }

  #limited(request: WireRequest): WireResponse {
    const waitMs = this.#options.limit?.()
    if (waitMs === undefined) return this.#order(request)
    return said(429, { error: 'TOO_MANY_REQUESTS', retryAfterMs: waitMs })
  }

  #order({ method, path, body }: WireRequest): WireResponse {
    const { now } = this.#options
    const venue = this.#options.venue()
    if (method === 'POST' && path === '/orders') {
      const asked = plainOf(body)
      const placed = venue.place(text(asked, 'tag') as Tag, readTerms(asked), now())
      return typeof placed === 'string' ? accepted(placed) : refused(placed)
    }
    const id = /^\/orders\/([^/]+)$/.exec(path)?.[1] as BrokerOrderId | undefined
    if (id === undefined || method === 'POST') return said(404, { error: 'NO_SUCH_PATH' })
    const refusal =
      method === 'PUT'
        ? venue.amend(id, readRevision(plainOf(body)), now())
        : venue.cancel(id, now())
    return refusal ? refused(refusal) : accepted(id)
  }

  #show({ path }: WireRequest): WireResponse {
    const books = (part: BookPart): Books =>
      this.#options.shown?.(part) ?? this.#options.venue().books()
    switch (path) {
      case '/orders':
        return listed(books('orders').orders.map(sayOrder))
      case '/trades':
        return listed(books('trades').trades.map(sayTrade))
      case '/positions':
        return listed(books('positions').positions.map(sayPosition))
      case '/holdings':
        return listed(books('holdings').holdings.map(sayPosition))
      case '/funds':
        return listed(books('funds').funds.map(sayFunds))
      case '/session':
        return said(200, { session: 'alive' })
      default:
        return said(404, { error: 'NO_SUCH_PATH' })
    }
  }
}

/** What the venue tells, as it goes over the stream. */
export const messageOf = (news: VenueNews): Uint8Array =>
  'row' in news
    ? bytesOf({ type: 'order', ...sayOrder(news.row satisfies BrokerOrder) })
    : bytesOf({ type: 'trade', ...sayTrade(news.trade) })

const accepted = (id: BrokerOrderId): WireResponse => said(200, { brokerOrderId: id })
const refused = ({ code, reason }: Refusal): WireResponse => said(422, { error: code, reason })
/** The count proves that the list is whole, an empty one too. */
const listed = (rows: readonly unknown[]): WireResponse => said(200, { count: rows.length, rows })

function said(status: number, value: unknown): WireResponse {
  const body = bytesOf(value)
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
  return { status, headers, body }
}
