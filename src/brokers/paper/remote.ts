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
import { SameRows } from '../same-rows.ts'
import type { Wire, WireEnd, WireRequest, WireResponse } from '../wire.ts'
import type { Plain } from './words.ts'
import {
  bytesOf,
  object,
  plainIn,
  plainOf,
  readFunds,
  readOrder,
  readPosition,
  readTrade,
  rowsOf,
  sayRevision,
  sayTerms,
  text,
  textIn,
  Unreadable,
} from './words.ts'

type Timers = { now(): Instant; at(due: Instant, run: () => void): () => void }

export type RemoteOptions = {
  readonly wire: Wire
  readonly timers: Timers
  readonly traits: Traits
}

/** Proof that nothing happened. A refusal in any other words may be a stranger's on the way. */
const REFUSALS: ReadonlySet<string> = new Set([
  'AUCTION',
  'BAND',
  'FILLED',
  'FINISHED',
  'FUNDS',
  'HOLDINGS',
  'NOT_FOUND',
  'NO_MARKET',
])
const RETRY_MAX_MS = 60 * SECOND
const NOTHING = new Uint8Array()

/** The paper broker over a wire of bytes, as an adapter of any broker is written. */
export class RemotePaper implements Broker {
  readonly traits: Traits
  readonly #wire: Wire
  readonly #timers: Timers
  #deafen: () => void = () => {}
  readonly #orders = new Listed(readOrder)
  readonly #trades = new Listed(readTrade)
  readonly #positions = new Listed(readPosition)
  readonly #holdings = new Listed(readPosition)
  readonly #funds = new Listed(readFunds)

  constructor({ wire, timers, traits }: RemoteOptions) {
    this.traits = traits
    this.#wire = wire
    this.#timers = timers
  }

  start(tell: (news: News) => void): Promise<void> {
    this.#deafen = this.#wire.listen({
      opened: () => tell({ type: 'Connected' }),
      lost: (reason) => tell({ type: 'Lost', reason }),
      heard: (message) => {
        const news = newsOf(message)
        if (news) tell(news)
      },
    })
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.#deafen()
    return Promise.resolve()
  }

  async probe(): Promise<Probe> {
    const end = await this.#inTime({ method: 'GET', path: '/session', body: NOTHING })
    const { status } = end.is === 'answered' ? end : { status: 0 }
    if (status === 200) return { ok: true }
    return { ok: false, reason: reasonOf(end), loginNeeded: status === 401 }
  }

  place({ tag, terms }: PlaceCall): Promise<Answer> {
    return this.#call({
      method: 'POST',
      path: '/orders',
      body: bytesOf({ tag, ...sayTerms(terms) }),
    })
  }

  amend({ brokerOrderId, to }: AmendCall): Promise<Answer> {
    const path = `/orders/${brokerOrderId}`
    return this.#call({ method: 'PUT', path, body: bytesOf(sayRevision(to)) })
  }

  cancel({ brokerOrderId }: CancelCall): Promise<Answer> {
    return this.#call({ method: 'DELETE', path: `/orders/${brokerOrderId}`, body: NOTHING })
  }

  async read(): Promise<Reading> {
    const askedAt = this.#timers.now()
    const [orders, trades, positions, holdings, funds] = await Promise.all([
      this.#part('/orders', this.#orders),
      this.#part('/trades', this.#trades),
      this.#part('/positions', this.#positions),
      this.#part('/holdings', this.#holdings),
      this.#part('/funds', this.#funds),
    ])
    return { askedAt, orders, trades, positions, holdings, funds }
  }

  /** The caller keeps the time: an answer that comes after it is still an answer. */
  async #call(request: WireRequest): Promise<Answer> {
    return answerOf(await this.#wire.exchange(request))
  }

  async #part<Row>(path: string, listed: Listed<Row>): Promise<Part<Row>> {
    const end = await this.#inTime({ method: 'GET', path, body: NOTHING })
    if (end.is !== 'answered' || end.status !== 200) return { ok: false, reason: reasonOf(end) }
    try {
      return { ok: true, ...listed.read(wholeOf(end)) }
    } catch (error) {
      return { ok: false, reason: whyUnreadable(error) }
    }
  }

  /** A part that hangs must not take the others along: it ends before the whole reading would. */
  #inTime(request: WireRequest): Promise<WireEnd> {
    const boundMs = Math.floor((this.traits.timeoutMs * 9) / 10)
    return new Promise((resolve) => {
      const reason = `no answer within ${boundMs / SECOND} s`
      const disarm = this.#timers.at(later(this.#timers.now(), boundMs), () => {
        resolve({ is: 'broken', reason })
      })
      void this.#wire.exchange(request).then((end) => {
        disarm()
        resolve(end)
      })
    })
  }
}

type Rows<Row> = { readonly rows: readonly Row[]; readonly proven: boolean }

/** One of the lists; read again unchanged, its rows are the very same. */
class Listed<Row> {
  readonly #again: SameRows<Plain, string, Row>
  #text: string | undefined
  #last: Rows<Row> = { rows: [], proven: false }

  constructor(rowOf: (row: Plain) => Row) {
    const keep = (row: Plain): string => JSON.stringify(row)
    const isSame = (row: Plain, kept: string): boolean => keep(row) === kept
    this.#again = new SameRows({ keep, isSame, rowOf })
  }

  /** Throws Unreadable. */
  read(text: string): Rows<Row> {
    if (text === this.#text) return this.#last
    const { count, rows: listed } = plainIn(text)
    const rows = this.#again.read(rowsOf(listed, (row) => row))
    const proven = count !== undefined
    if (proven && count !== rows.length) {
      throw new Unreadable(`${rows.length} rows of ${JSON.stringify(count)}`)
    }
    this.#last = { rows, proven }
    this.#text = text
    return this.#last
  }
}

/** Only an answer that is whole and says one of the known words is more than `unknown`. */
function answerOf(end: WireEnd): Answer {
  if (end.is === 'notSent') return notSent(end.reason, 0)
  if (end.is === 'broken') return { is: 'unknown', evidence: end.reason }
  const { status } = end
  try {
    const said = plainIn(wholeOf(end))
    if (status === 200) {
      return { is: 'accepted', brokerOrderId: text(said, 'brokerOrderId') as BrokerOrderId }
    }
    const code = text(said, 'error')
    if (status === 422 && REFUSALS.has(code)) {
      return { is: 'rejected', code, reason: text(said, 'reason') }
    }
    if (status === 429 && code === 'TOO_MANY_REQUESTS') {
      return notSent('HTTP 429 Too Many Requests', waitOf(said))
    }
    return { is: 'unknown', evidence: `HTTP ${status} ${code}` }
  } catch (error) {
    return { is: 'unknown', evidence: `HTTP ${status}: ${whyUnreadable(error)}` }
  }
}

const notSent = (reason: string, retryAfterMs: number): Answer => ({
  is: 'notSent',
  reason,
  retryAfterMs,
  halted: false,
})

function waitOf({ retryAfterMs }: Plain): number {
  if (typeof retryAfterMs !== 'number' || !(retryAfterMs >= 0)) {
    throw new Unreadable('retryAfterMs is no number of milliseconds')
  }
  return Math.min(Math.ceil(retryAfterMs), RETRY_MAX_MS)
}

/** Throws Unreadable where the body is not all that was announced, or is something else. */
function wholeOf({ headers, body }: WireResponse): string {
  const type = headers['content-type']
  if (type !== 'application/json') throw new Unreadable(`its type is ${type}`)
  const length = headers['content-length']
  if (length !== String(body.length)) throw new Unreadable(`${body.length} bytes of ${length}`)
  return textIn(body)
}

function reasonOf(end: WireEnd): string {
  return end.is === 'answered' ? `HTTP ${end.status}` : end.reason
}

function whyUnreadable(error: unknown): string {
  if (error instanceof Unreadable) return error.message
  throw error
}

/** What cannot be read tells nothing: the stream is a hint, and the book will show it. */
function newsOf(message: Uint8Array): News | undefined {
  try {
    const said = object(plainOf(message), 'the message')
    const type = text(said, 'type')
    if (type === 'order') return { type: 'OrderSeen', row: readOrder(said) }
    return type === 'trade' ? { type: 'TradeSeen', trade: readTrade(said) } : undefined
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}
