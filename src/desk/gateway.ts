import type { Account, Request } from '../core/account.ts'
import { orderOf, requestCount, requestsOf } from '../core/account.ts'
import type { Answer } from '../core/input.ts'
import type { OrderId } from '../core/order.ts'
import type { Instant } from '../core/time.ts'
import { later } from '../core/time.ts'
import type { Urgency } from './limit.ts'
import { Limiter } from './limit.ts'
import type { Line } from './line.ts'

/** Why nothing may be sent now, if so: `data/HALT` is there. Looked at before each send. */
export type Halted = () => string | undefined

type Call = {
  readonly orderId: OrderId
  readonly kind: Request['kind']
  /** It has answered, or was given up: nothing more is expected of it. */
  over: boolean
}

/**
 * Carries out what the journal says was decided, each call once. It keeps no list of its own: its
 * work is what the account's fold shows as placed and not yet sending. What the fold shows as
 * sending was either handed to the broker by this very object, or had become unknown at the start.
 */
export class Gateway {
  readonly #desk: Line['desk']
  readonly #clock: Line['clock']
  readonly #broker: Line['broker']
  readonly #account: string
  readonly #halted: Halted
  readonly #limiter: Limiter
  /**
   * What was handed to the broker, by request and attempt. It stays until the fold no longer
   * shows that attempt as sending: an answer that waits for the disk is no reason to send again.
   */
  readonly #calls = new Map<string, Call>()
  /** Requests whose turn was told to the desk, until it has committed. */
  readonly #turning = new Set<string>()
  #disarm: () => void = () => {}
  #stopped = false

  constructor({ desk, clock, broker, account }: Line, halted: Halted) {
    this.#desk = desk
    this.#clock = clock
    this.#broker = broker
    this.#account = account
    this.#halted = halted
    this.#limiter = new Limiter(broker.traits.limits)
  }

  /** The account must have been told that it started, so that nothing in it is still sending. */
  start(): void {
    this.#desk.follow((touched) => {
      if (touched.has(this.#account)) this.#pump()
    })
    this.#pump()
  }

  /**
   * For a command about to be submitted: whether its call may go at once, and so be journaled as
   * sending in the same commit. Give the turn back if the command came to nothing.
   */
  takeTurn(urgency: Urgency): boolean {
    return !this.#stopped && this.#limiter.take(urgency, this.#clock.now())
  }

  giveTurnBack(): void {
    this.#limiter.giveBack()
  }

  /** Sends nothing more; calls in flight get `graceMs`, then they are unknown. Returns how many. */
  async stop(graceMs: number): Promise<number> {
    this.#stopped = true
    this.#disarm()
    const due = later(this.#clock.now(), graceMs)
    const inFlight = (): Call[] => [...this.#calls.values()].filter(({ over }) => !over)
    while (inFlight().length > 0 && this.#clock.now() < due) {
      const next = later(this.#clock.now(), 10)
      await new Promise<void>((resolve) => void this.#clock.at(next, resolve))
    }
    const left = inFlight()
    const evidence = 'Tallyman stopped before the answer came'
    for (const call of left) this.#answered(call, { is: 'unknown', evidence })
    return left.length
  }

  #pump(): void {
    if (this.#stopped) return
    const account = this.#desk.account(this.#account)
    if (requestCount(account) === 0 && this.#calls.size === 0) return
    const now = this.#clock.now()
    let wake: Instant | undefined
    const waiting: Request[] = []
    const leaving: Request[] = []
    this.#forget(account)
    for (const request of requestsOf(account)) {
      const key = requestKey(request)
      if (request.sending) {
        if (!this.#calls.has(attemptKey(request))) leaving.push(request)
      } else if (request.notBefore > now) wake = earlier(wake, request.notBefore)
      else if (!this.#turning.has(key) && isSendable(account, request)) waiting.push(request)
    }
    const byUrgency = (a: Request, b: Request): number => rank(account, a) - rank(account, b)
    for (const request of leaving.sort(byUrgency)) this.#handOver(account, request)
    for (const request of waiting.sort(byUrgency)) {
      const urgency: Urgency = rank(account, request) === ENTRY ? 'entry' : 'exit'
      if (this.#limiter.take(urgency, now)) this.#turn(request)
      else wake = earlier(wake, this.#limiter.freeAt(urgency, now))
    }
    this.#arm(wake)
  }

  #forget(account: Account): void {
    for (const [key, { orderId, kind }] of this.#calls) {
      const request = account.requests[kind].get(orderId)
      if (!request?.sending || attemptKey(request) !== key) this.#calls.delete(key)
    }
  }

  #arm(wake: Instant | undefined): void {
    this.#disarm()
    if (wake !== undefined) this.#disarm = this.#clock.at(wake, () => this.#pump())
  }

  /** The desk journals it as sending, and the commit brings us back to hand it over. */
  #turn(request: Request): void {
    const { orderId, kind } = request
    const key = requestKey(request)
    this.#turning.add(key)
    const body = { type: 'TurnCame', orderId, request: kind } as const
    const told = { account: this.#account, cause: `turn ${orderId} ${kind}`, body }
    const done = (events: number): void => {
      this.#turning.delete(key)
      if (events === 0) this.giveTurnBack()
    }
    this.#desk.submit(told).then(
      (outcome) => done(outcome.is === 'done' ? outcome.events.length : 0),
      () => done(0), // the desk has stopped: nothing was sent
    )
  }

  #handOver(account: Account, request: Request): void {
    const { orderId, kind } = request
    const call: Call = { orderId, kind, over: false }
    this.#calls.set(attemptKey(request), call)
    const order = orderOf(account, orderId)
    const disarm = this.#clock.at(later(this.#clock.now(), this.#broker.traits.timeoutMs), () =>
      this.#timeOut(call),
    )
    const { tag, terms, brokerOrderId } = order
    void this.#send(() => {
      if (kind === 'place') return this.#broker.place({ orderId, tag, terms })
      const named = { orderId, brokerOrderId: brokerOrderId!, terms }
      if (kind === 'amend') return this.#broker.amend({ ...named, to: order.amending!.to })
      return this.#broker.cancel(named)
    }, kind).then((answer) => {
      disarm()
      call.over = true
      this.#answered(call, answer)
    })
  }

  /** The last look before the first byte. A cancel passes: it can only make us safer. */
  async #send(call: () => Promise<Answer>, kind: Request['kind']): Promise<Answer> {
    const halt = kind === 'cancel' ? undefined : this.#halted()
    if (halt) return { is: 'notSent', reason: halt, retryAfterMs: 0, halted: true }
    try {
      return await call()
    } catch (error) {
      return { is: 'unknown', evidence: `the adapter failed: ${(error as Error).message}` }
    }
  }

  /** Should its answer come after all, it settles the doubt. */
  #timeOut(call: Call): void {
    call.over = true
    const seconds = this.#broker.traits.timeoutMs / 1_000
    this.#answered(call, { is: 'unknown', evidence: `no answer within ${seconds} s` })
  }

  #answered({ orderId, kind }: Call, answer: Answer): void {
    const body = { type: 'Answered', orderId, request: kind, answer } as const
    this.#desk.tell({ account: this.#account, cause: `answer ${orderId} ${kind}`, body })
  }
}

const requestKey = ({ orderId, kind }: Request): string => `${orderId} ${kind}`

const attemptKey = (request: Request): string => `${requestKey(request)} ${request.attempts}`

const earlier = (a: Instant | undefined, b: Instant): Instant => (a === undefined || b < a ? b : a)

/** A change or a cancel needs the broker's own name of the order. */
const isSendable = (account: Account, { orderId, kind }: Request): boolean =>
  kind === 'place' || orderOf(account, orderId).brokerOrderId !== undefined

const ENTRY = 2

/**
 * Cancels first, then closes and their changes, then entries; each in the order in which they were
 * asked for.
 */
function rank(account: Account, { orderId, kind }: Request): number {
  if (kind === 'cancel') return 0
  return orderOf(account, orderId).intent === 'exit' ? 1 : ENTRY
}
