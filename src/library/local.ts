/** The desk in this process: every call goes straight to its counter, without a server between. */
import { schemas } from '../api/contract.ts'
import type { Exporter } from '../api/export.ts'
import { exportQuery } from '../api/export.ts'
import { ApiError, notNow, problemOf } from '../api/problem.ts'
import { failed, mustKnow } from '../api/settle.ts'
import { nextNotices } from '../api/waiting.ts'
import type { Asked, DeskPort, PlainAnswer } from '../core/port.ts'
import type { OrderView } from '../core/view.ts'
import { jsonText, parsed, parsedId, parsedOrderId, texts } from './asked.ts'
import { closeHeld } from './closing.ts'
import { errorFrom, stoppedHere } from './errors.ts'
import type { Source } from './listening.ts'
import { Subscriptions } from './listening.ts'
import { LocalQuestions, query } from './local-questions.ts'
import type { ExportAsked, OnError, Once, Tallyman } from './tallyman.ts'

export type LocalOptions = {
  readonly port: DeskPort
  readonly clock: Source['clock']
  readonly url: string | undefined
  readonly onError: OnError | undefined
  readonly exporter: Exporter
  /** Called once. */
  readonly stop: () => Promise<void>
}

/** Who asks, in the journal: nobody needs a key to a desk of their own. */
const PROGRAM = 'program'
/** What is read ahead for one listener. */
const AHEAD_MAX = 100

export class Local extends LocalQuestions implements Tallyman {
  readonly #options: LocalOptions
  readonly #subscriptions: Subscriptions
  #stopping: Promise<void> | undefined

  constructor(options: LocalOptions) {
    const { port, clock, onError } = options
    super(port)
    this.#options = options
    const next: Source['next'] = (asked, patience) =>
      this.said(true, () => nextNotices(port, { ...asked, limit: AHEAD_MAX }, patience))
    this.#subscriptions = new Subscriptions({ clock, next }, onError)
  }

  get url(): string | undefined {
    return this.#options.url
  }

  place: Tallyman['place'] = (wish, once) =>
    this.#command(once, async (asked) => {
      const ticket = parsed(schemas.placeOrder, JSON.parse(jsonText(wish)), 'body')
      return ordered(await this.port.submit({ type: 'PlaceOrder', ...asked(), ticket }), ticket)
    })

  modify: Tallyman['modify'] = (id, given, once) =>
    this.#command(once, async (asked) => {
      const orderId = parsedOrderId(id)
      const changes = parsed(schemas.amendOrder, JSON.parse(jsonText(given)), 'body')
      const command = { type: 'AmendOrder', orderId, changes } as const
      return ordered(await this.port.submit({ ...asked(), ...command }), { orderId, ...changes })
    })

  cancel: Tallyman['cancel'] = (id, once) =>
    this.#command(once, async (asked) => {
      const orderId = parsedOrderId(id)
      const answer = await this.port.submit({ type: 'CancelOrder', ...asked(), orderId })
      return ordered(answer, { orderId })
    })

  cancelAll: Tallyman['cancelAll'] = (given = {}, once) =>
    this.#command(once, async (asked) => {
      const chosen = parsed(schemas.cancelAllQuery, texts(given), 'querystring')
      const answer = await this.port.submit({ type: 'CancelAll', ...asked(), chosen })
      if (answer.is !== 'allCancelAsked') throw failed(answer)
      return answer.orders
    })

  close: Tallyman['close'] = (held, once) => closeHeld(this, held, once)

  exportData: Tallyman['exportData'] = (given) => this.#exported(given)

  async *#exported(given: ExportAsked): AsyncIterable<string> {
    const pieces = await this.question(async () => {
      const asked = query(exportQuery, given)
      await mustKnow(this.port, asked.account)
      return this.#options.exporter(asked)
    })
    try {
      for (;;) {
        const { done, value } = await this.question(() => pieces.next())
        if (done) return
        yield value
      }
    } finally {
      await pieces.return() // also where nobody wants the rest
    }
  }

  on: Tallyman['on'] = (kind, listener, options = {}) => {
    if (this.#stopping) throw stoppedHere()
    return this.#subscriptions.on(kind, listener, options)
  }

  stop(): Promise<void> {
    this.#subscriptions.stop()
    this.#stopping ??= this.#options.stop()
    return this.#stopping
  }

  #command<T>(once: Once = {}, run: (asked: () => Asked) => Promise<T>): Promise<T> {
    const asked = (): Asked => ({ scope: PROGRAM, id: parsedId(once), by: PROGRAM })
    return this.said(once.id !== undefined, () => run(asked))
  }

  /** What the counter refuses is thrown as it is over the network. */
  protected override async said<T>(repeatable: boolean, run: () => Promise<T>): Promise<T> {
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

function ordered(answer: PlainAnswer, body: object): OrderView {
  if ('order' in answer) return answer.order
  throw failed(answer, body as Readonly<Record<string, unknown>>)
}
