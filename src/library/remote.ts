/** A desk that runs elsewhere, over its REST API. */
import { WAIT_SECONDS_MAX } from '../api/contract-notices.ts'
import type { OrderView } from '../core/view.ts'
import { MINUTE, SECOND } from '../core/time.ts'
import { systemClock } from '../desk/clock.ts'
import { parsedAccount, parsedId, parsedOrderId } from './asked.ts'
import { closeHeld } from './closing.ts'
import { BadRequest, stoppedHere } from './errors.ts'
import type { Source } from './listening.ts'
import { Subscriptions } from './listening.ts'
import type { OnError, Once, Tallyman } from './tallyman.ts'
import type { Call } from './wire.ts'
import { Wire } from './wire.ts'

export type ConnectOptions = {
  /** Hears of listeners that threw, and of the desk being out of reach. */
  readonly onError?: OnError | undefined
  /** How long any one answer is waited for; 10,000 unless told. */
  readonly timeoutMs?: number | undefined
}

const TIMEOUT_MS: number = 10 * SECOND
const TIMEOUT_MS_MAX: number = 600 * SECOND
/** On top of that, for the end of a day. */
const DAY_MS: number = 2 * MINUTE
/** What is read ahead for one listener. */
const AHEAD_MAX = 100

type Asking = Omit<Call, 'method' | 'path' | 'id'>

class Remote implements Tallyman {
  readonly #wire: Wire
  readonly #subscriptions: Subscriptions
  #isStopped = false

  constructor(wire: Wire, onError: OnError | undefined) {
    this.#wire = wire
    const next: Source['next'] = (asked, { left }) => {
      const wait = left.aborted ? 0 : WAIT_SECONDS_MAX
      const query = { ...asked, limit: AHEAD_MAX, wait }
      const patience = left.aborted ? {} : { waitMs: wait * SECOND, left }
      return wire.call({ method: 'GET', path: '/events', query, ...patience })
    }
    this.#subscriptions = new Subscriptions({ clock: systemClock, next }, onError)
  }

  get url(): string {
    return this.#wire.url
  }

  place: Tallyman['place'] = (wish, once) => this.#tell('POST', '/orders', once, { body: wish })

  modify: Tallyman['modify'] = async (id, changes, once) =>
    this.#tell('PATCH', orderPath(id), once, { body: changes })

  cancel: Tallyman['cancel'] = async (id, once) => this.#tell('DELETE', orderPath(id), once)

  cancelAll: Tallyman['cancelAll'] = async (chosen = {}, once) => {
    type Cancelled = { readonly items: readonly OrderView[] }
    const query = chosen
    const { items } = await this.#tell<Cancelled>('DELETE', '/orders', once, { query })
    return items
  }

  close: Tallyman['close'] = (held, once) => closeHeld(this, held, once)

  exportData: Tallyman['exportData'] = (asked) => {
    if (this.#isStopped) throw stoppedHere()
    return this.#wire.pieces({ method: 'GET', path: '/export', query: asked })
  }

  order: Tallyman['order'] = async (id) => this.#ask(orderPath(id))

  executionReport: Tallyman['executionReport'] = async (id) =>
    this.#ask(`/executions/${parsedOrderId(id)}`)

  orders: Tallyman['orders'] = (asked) => this.#ask('/orders', asked)
  fills: Tallyman['fills'] = (asked) => this.#ask('/fills', asked)
  positions: Tallyman['positions'] = (asked) => this.#ask('/positions', asked)
  audit: Tallyman['audit'] = (asked) => this.#ask('/audit', asked)
  statistics: Tallyman['statistics'] = (asked) => this.#ask('/statistics', asked)
  trades: Tallyman['trades'] = (asked) => this.#ask('/trades', asked)
  tradesSummary: Tallyman['tradesSummary'] = (asked) => this.#ask('/trades/summary', asked)
  portfolio: Tallyman['portfolio'] = (asked) => this.#ask('/portfolio', asked)
  performance: Tallyman['performance'] = (asked) => this.#ask('/performance', asked)
  accounts: Tallyman['accounts'] = () => this.#ask('/accounts')

  // They only read the broker’s book: asked twice, they have done nothing twice.
  verify: Tallyman['verify'] = async (account = 'paper') =>
    this.#call({ method: 'POST', path: `/accounts/${partOf(account)}/verify`, harmless: true })
  reconcile: Tallyman['reconcile'] = async (account = 'paper') =>
    this.#call({ method: 'POST', path: `/reconciliation/${partOf(account)}/run`, harmless: true })

  // Six steps, of which any may have to be tried again; a second run changes nothing.
  runEndOfDay: Tallyman['runEndOfDay'] = (body = {}) =>
    this.#call({ method: 'POST', path: '/end-of-day', body, harmless: true, waitMs: DAY_MS })

  positionReport: Tallyman['positionReport'] = async (account = 'paper') =>
    this.#ask(`/reconciliation/${partOf(account)}/positions`)
  reconciliation: Tallyman['reconciliation'] = async (account = 'paper') =>
    this.#ask(`/reconciliation/${partOf(account)}`)
  breaks: Tallyman['breaks'] = (asked) => this.#ask('/breaks', asked)
  tracking: Tallyman['tracking'] = (asked) => this.#ask('/tracking', asked)

  instruments: Tallyman['instruments'] = (asked) => this.#ask('/instruments', asked)
  quote: Tallyman['quote'] = (symbol, exchange) => this.#ask('/quotes', { symbol, exchange })
  candles: Tallyman['candles'] = (asked) => this.#ask('/candles', asked)
  charges: Tallyman['charges'] = (asked) => this.#ask('/charges/preview', asked)

  on: Tallyman['on'] = (kind, listener, options = {}) => {
    if (this.#isStopped) throw stoppedHere()
    return this.#subscriptions.on(kind, listener, options)
  }

  stop(): Promise<void> {
    this.#isStopped = true
    this.#subscriptions.stop()
    return Promise.resolve()
  }

  #ask<T>(path: string, query?: object): Promise<T> {
    return this.#call({ method: 'GET', path, query })
  }

  /** What was subscribed to before hears of what is asked for now. */
  async #tell<T>(
    method: Call['method'],
    path: string,
    once: Once = {},
    asking: Asking = {},
  ): Promise<T> {
    const id = parsedId(once)
    await this.#subscriptions.begun()
    return this.#call({ method, path, id, ...asking })
  }

  async #call<T>(call: Call): Promise<T> {
    if (this.#isStopped) throw stoppedHere()
    return this.#wire.call(call)
  }
}

const partOf = (account: string): string => encodeURIComponent(parsedAccount(account))
const orderPath = (id: string): string => `/orders/${parsedOrderId(id)}`

/**
 * A desk that runs elsewhere, such as `http://127.0.0.1:7373`; the key is made there, by
 * `tallyman keys create`. Nothing is sent until something is asked. Throws BadRequest.
 */
export function connect(url: string, key: string, options: ConnectOptions = {}): Tallyman {
  const { onError, timeoutMs = TIMEOUT_MS } = options
  if (!(timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX)) throw badTimeout(timeoutMs)
  return new Remote(new Wire(url, key, timeoutMs), onError)
}

const badTimeout = (given: unknown): BadRequest =>
  new BadRequest({
    code: 'TIMEOUT_NOT_POSSIBLE',
    detail: `timeoutMs: it cannot be ${String(given)}.`,
    field: 'timeoutMs',
    value: String(given),
    remedy: `Give milliseconds, from 1 to ${TIMEOUT_MS_MAX}.`,
  })
