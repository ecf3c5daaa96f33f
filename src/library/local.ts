/** The desk in this process: every call goes straight to its counter, without a server between. */
import { chargesQuery } from '../api/charges.ts'
import { booksSchemas } from '../api/contract-books.ts'
import { candlesQuery, quotesQuery } from '../api/contract-market.ts'
import { schemas } from '../api/contract.ts'
import { endOfDayBody, notEnded } from '../api/day.ts'
import { noHistory } from '../api/market.ts'
import { portfolioQuery, summaryQuery, tradesQuery } from '../api/portfolio.ts'
import { ApiError, notNow, problemOf } from '../api/problem.ts'
import { failed, mustKnow, noSymbol, notFound } from '../api/settle.ts'
import { statisticsQuery } from '../api/statistics.ts'
import { nextNotices } from '../api/waiting.ts'
import type { Asked, DeskPort, PlainAnswer } from '../core/port.ts'
import type { OrderView } from '../core/view.ts'
import { jsonText, parsed, parsedAccount, parsedId, parsedOrderId, texts } from './asked.ts'
import { closeHeld } from './closing.ts'
import { errorFrom, stoppedHere } from './errors.ts'
import { exported } from './exporting.ts'
import type { Source } from './listening.ts'
import { Subscriptions } from './listening.ts'
import type { OnError, Once, Tallyman } from './tallyman.ts'

export type LocalOptions = {
  readonly port: DeskPort
  readonly clock: Source['clock']
  readonly url: string | undefined
  readonly onError: OnError | undefined
  /** Called once. */
  readonly stop: () => Promise<void>
}

/** Who asks, in the journal: nobody needs a key to a desk of their own. */
const PROGRAM = 'program'
/** What is read ahead for one listener. */
const AHEAD_MAX = 100

export class Local implements Tallyman {
  readonly #options: LocalOptions
  readonly #port: DeskPort
  readonly #subscriptions: Subscriptions
  #stopping: Promise<void> | undefined

  constructor(options: LocalOptions) {
    const { port, clock, onError } = options
    this.#options = options
    this.#port = port
    const next: Source['next'] = (asked, patience) =>
      this.#said(true, () => nextNotices(port, { ...asked, limit: AHEAD_MAX }, patience))
    this.#subscriptions = new Subscriptions({ clock, next }, onError)
  }

  get url(): string | undefined {
    return this.#options.url
  }

  place: Tallyman['place'] = (wish, once) =>
    this.#command(once, async (asked) => {
      const ticket = parsed(schemas.placeOrder, JSON.parse(jsonText(wish)), 'body')
      return ordered(await this.#port.submit({ type: 'PlaceOrder', ...asked(), ticket }), ticket)
    })

  modify: Tallyman['modify'] = (id, given, once) =>
    this.#command(once, async (asked) => {
      const orderId = parsedOrderId(id)
      const changes = parsed(schemas.amendOrder, JSON.parse(jsonText(given)), 'body')
      const command = { type: 'AmendOrder', orderId, changes } as const
      return ordered(await this.#port.submit({ ...asked(), ...command }), { orderId, ...changes })
    })

  cancel: Tallyman['cancel'] = (id, once) =>
    this.#command(once, async (asked) => {
      const orderId = parsedOrderId(id)
      const answer = await this.#port.submit({ type: 'CancelOrder', ...asked(), orderId })
      return ordered(answer, { orderId })
    })

  cancelAll: Tallyman['cancelAll'] = (given = {}, once) =>
    this.#command(once, async (asked) => {
      const chosen = parsed(schemas.cancelAllQuery, texts(given), 'querystring')
      const answer = await this.#port.submit({ type: 'CancelAll', ...asked(), chosen })
      if (answer.is !== 'allCancelAsked') throw failed(answer)
      return answer.orders
    })

  close: Tallyman['close'] = (held, once) => closeHeld(this, held, once)

  exportData: Tallyman['exportData'] = (asked) => exported(this, asked)

  order: Tallyman['order'] = (given) =>
    this.#question(async () => {
      const id = parsedOrderId(given)
      const order = await this.#port.ask({ about: 'order', id })
      if (!order) throw notFound('ORDER_NOT_FOUND', 'id', id)
      return order
    })

  executionReport: Tallyman['executionReport'] = (given) =>
    this.#question(async () => {
      const id = parsedOrderId(given)
      const execution = await this.#port.ask({ about: 'execution', id })
      if (!execution) throw notFound('ORDER_NOT_FOUND', 'id', id)
      return execution
    })

  orders: Tallyman['orders'] = (given = {}) =>
    this.#question(async () => {
      const { cursor: before, ...asked } = query(schemas.ordersQuery, given)
      await mustKnow(this.#port, asked.account)
      return this.#port.ask({ about: 'orders', ...asked, before })
    })

  fills: Tallyman['fills'] = (given = {}) =>
    this.#question(async () => {
      const { cursor: before, ...asked } = query(schemas.fillsQuery, given)
      await mustKnow(this.#port, asked.account)
      return this.#port.ask({ about: 'fills', ...asked, before })
    })

  positions: Tallyman['positions'] = (given = {}) =>
    this.#question(async () => {
      const { cursor: before, ...asked } = query(schemas.positionsQuery, given)
      await mustKnow(this.#port, asked.account)
      return this.#port.ask({ about: 'positions', ...asked, before })
    })

  audit: Tallyman['audit'] = (given = {}) =>
    this.#question(async () => {
      const { cursor: before, ...asked } = query(schemas.auditQuery, given)
      return this.#port.ask({ about: 'audit', ...asked, before })
    })

  statistics: Tallyman['statistics'] = (given = {}) =>
    this.#question(async () => {
      const asked = query(statisticsQuery, given)
      await mustKnow(this.#port, asked.account)
      return this.#port.ask({ about: 'statistics', ...asked })
    })

  trades: Tallyman['trades'] = (given = {}) =>
    this.#question(async () => {
      const { cursor: before, status, ...asked } = query(tradesQuery, given)
      await mustKnow(this.#port, asked.account)
      const open = status && status === 'open'
      return this.#port.ask({ about: 'trades', ...asked, open, before })
    })

  tradesSummary: Tallyman['tradesSummary'] = (given = {}) =>
    this.#question(async () => {
      const asked = query(summaryQuery, given)
      await mustKnow(this.#port, asked.account)
      return this.#port.ask({ about: 'tradesSummary', ...asked })
    })

  portfolio: Tallyman['portfolio'] = (given = {}) =>
    this.#question(async () => {
      const { account } = query(portfolioQuery, given)
      await mustKnow(this.#port, account)
      return this.#port.ask({ about: 'portfolio', account })
    })

  accounts: Tallyman['accounts'] = () =>
    this.#question(async () => this.#port.ask({ about: 'accounts' }))

  verify: Tallyman['verify'] = (given = 'paper') =>
    this.#question(async () => {
      const account = parsedAccount(given)
      const found = await this.#port.ask({ about: 'verification', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    })

  reconcile: Tallyman['reconcile'] = (given = 'paper') =>
    this.#question(async () => {
      const account = parsedAccount(given)
      const found = await this.#port.ask({ about: 'run', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    })

  reconciliation: Tallyman['reconciliation'] = (given = 'paper') =>
    this.#question(async () => {
      const account = parsedAccount(given)
      const found = await this.#port.ask({ about: 'reconciliation', account })
      if (!found) throw notFound('ACCOUNT_NOT_FOUND', 'account', account)
      return found
    })

  runEndOfDay: Tallyman['runEndOfDay'] = (given = {}) =>
    this.#question(async () => {
      const asked = parsed(endOfDayBody, JSON.parse(jsonText(given)), 'body')
      await mustKnow(this.#port, asked.account)
      const found = await this.#port.ask({ about: 'endOfDay', ...asked })
      if (typeof found !== 'object') throw notEnded(found, asked)
      return found
    })

  breaks: Tallyman['breaks'] = (given = {}) =>
    this.#question(async () => {
      const asked = query(booksSchemas.filter, given)
      await mustKnow(this.#port, asked.account)
      return this.#port.ask({ about: 'breaks', ...asked })
    })

  tracking: Tallyman['tracking'] = (given = {}) =>
    this.#question(async () => {
      const asked = query(booksSchemas.filter, given)
      await mustKnow(this.#port, asked.account)
      return this.#port.ask({ about: 'tracking', ...asked })
    })

  instruments: Tallyman['instruments'] = (given = {}) =>
    this.#question(async () => {
      const { cursor: before, ...asked } = query(schemas.instrumentsQuery, given)
      return this.#port.ask({ about: 'instruments', ...asked, before })
    })

  quote: Tallyman['quote'] = (symbol, exchange) =>
    this.#question(async () => {
      const asked = query(quotesQuery, { symbol, exchange })
      const found = await this.#port.ask({ about: 'quote', ...asked })
      if (!found) throw noSymbol(asked.symbol)
      return found
    })

  candles: Tallyman['candles'] = (given) =>
    this.#question(async () => {
      const asked = query(candlesQuery, given)
      const found = await this.#port.ask({ about: 'candles', ...asked })
      if (!found) throw noSymbol(asked.symbol)
      if ('failed' in found) throw noHistory(found.failed)
      return found
    })

  charges: Tallyman['charges'] = (given) =>
    this.#question(async () => {
      const asked = query(chargesQuery, given)
      const found = await this.#port.ask({ about: 'charges', ...asked })
      if (found === 'noAccount') throw notFound('ACCOUNT_NOT_FOUND', 'account', asked.account)
      if (found === 'noSymbol') throw noSymbol(asked.symbol)
      return found
    })

  on: Tallyman['on'] = (kind, listener, options = {}) => {
    if (this.#stopping) throw stoppedHere()
    return this.#subscriptions.on(kind, listener, options)
  }

  stop(): Promise<void> {
    this.#subscriptions.stop()
    this.#stopping ??= this.#options.stop()
    return this.#stopping
  }

  #question<T>(run: () => Promise<T>): Promise<T> {
    return this.#said(true, run)
  }

  #command<T>(once: Once = {}, run: (asked: () => Asked) => Promise<T>): Promise<T> {
    const asked = (): Asked => ({ scope: PROGRAM, id: parsedId(once), by: PROGRAM })
    return this.#said(once.id !== undefined, () => run(asked))
  }

  /** What the counter refuses is thrown as it is over the network. */
  async #said<T>(repeatable: boolean, run: () => Promise<T>): Promise<T> {
    if (this.#stopping) throw stoppedHere()
    try {
      return await run()
    } catch (error) {
      if (error instanceof ApiError) throw errorFrom(error.problem, repeatable)
      const unanswered = notNow(error as Error)
      throw unanswered ? errorFrom(problemOf(unanswered), repeatable) : error
    }
  }
}

const query = <S extends Parameters<typeof parsed>[0]>(schema: S, given: object) =>
  parsed(schema, texts(given), 'querystring')

function ordered(answer: PlainAnswer, body: object): OrderView {
  if ('order' in answer) return answer.order
  throw failed(answer, body as Readonly<Record<string, unknown>>)
}
