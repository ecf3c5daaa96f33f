import type { Account, Request } from '../core/account.ts'
import { orderOf, requestCount, requestsOf } from '../core/account.ts'
import type { Answer } from '../core/input.ts'
import type { Order, OrderId } from '../core/order.ts'
import { isDue, isStale, TOO_OLD } from '../core/rules/send.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, instant, later } from '../core/time.ts'
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
  readonly #retry: Line['retry']
  readonly #limiter: Limiter
  /**
   * What was handed to the broker, by request and attempt. It stays until the fold no longer
   * shows that attempt as sending: an answer that waits for the disk is no reason to send again.
   */
  readonly #calls = new Map<string, Call>()
  /** Requests whose turn was told to the desk, until it has committed. */
  readonly #turning = new Set<string>()
  #disarm: () => void = () => {}
  #started = false
  #stopped = false

  constructor({ desk, clock, broker, account, retry }: Line, halted: Halted) {
    this.#desk = desk
    this.#clock = clock
    this.#broker = broker
    this.#account = account
    this.#halted = halted
    this.#retry = retry
    this.#limiter = new Limiter(broker.traits.limits)
    this.#remember()
  }

  /** What earlier runs sent counts against the broker's windows too; cancels are not remembered. */
  #remember(): void {
    const [now, steady] = [this.#clock.now(), this.#clock.steady()]
    const orders = [...this.#desk.account(this.#account).orders.values()]
    const sent = orders.flatMap(({ sentAt }) => (sentAt === undefined ? [] : [sentAt]))
    this.#limiter.remember(sent.map((at) => steady - Math.max(0, elapsed(at, now))))
  }

  /** The account must have been told that it started, so that nothing in it is still sending. */
  start(): void {
    if (this.#stopped) return
    this.#started = true
    this.#desk.followAccount(this.#account, () => this.#pump())
    this.#desk.betweenCommits(() => this.#pump())
  }

  /** Until then a new order could get a tag that the broker has seen before. */
  get isStarted(): boolean {
    return this.#started
  }

  /**
   * For a command about to be submitted: its turn, if its call may go at once, and so be journaled
   * as sending in the same commit. Give the turn back if the command came to nothing.
   */
  takeTurn(urgency: Urgency): boolean {
    const goes = this.#started && !this.#stopped
    return goes && this.#limiter.take(urgency, this.#clock.steady())
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

  /** To be called between commits only: what it hands over cannot be taken back. */
  #pump(): void {
    const account = this.#desk.account(this.#account)
    if (requestCount(account) === 0 && this.#calls.size === 0) return
    this.#forget(account)
    const [leaving, waiting] = this.#byUrgency(account)
    if (this.#stopped) return leaving.forEach((request) => this.#refuse(request))
    for (const request of leaving) this.#handOver(account, request)
    this.#arm(waiting.map((requests, rank) => this.#giveTurns(account, requests, URGENCIES[rank]!)))
  }

  /**
   * Cancels first, then closes and their changes, then entries; each in the order in which they
   * were asked for. Many may wait, and this runs at each commit: it sorts nothing, and makes no
   * keys for them.
   */
  #byUrgency(account: Account): [leaving: Request[], waiting: Request[][]] {
    const leaving: Request[][] = URGENCIES.map(() => [])
    const waiting: Request[][] = URGENCIES.map(() => [])
    for (const request of requestsOf(account)) {
      const rank = rankOf(account, request)
      if (!request.sending) waiting[rank]!.push(request)
      else if (!this.#calls.has(attemptKey(request))) leaving[rank]!.push(request)
    }
    return [leaving.flat(), waiting]
  }

  /** Gives turns until the limiter lets no more go; says when to look again. */
  #giveTurns(account: Account, waiting: Request[], urgency: Urgency): Instant | undefined {
    const now = this.#clock.now()
    let wake: Instant | undefined
    for (const request of waiting) {
      if (!isDue(orderOf(account, request.orderId), request, now))
        wake = earlier(wake, request.notBefore)
      else if (!this.#turning.has(requestKey(request)) && isSendable(account, request)) {
        const steady = this.#clock.steady()
        if (!this.#limiter.take(urgency, steady)) {
          const free = Math.ceil(this.#limiter.freeAt(urgency, steady) - steady)
          return earlier(wake, later(now, free))
        }
        this.#turn(request)
      }
    }
    return wake
  }

  #forget(account: Account): void {
    for (const [key, { orderId, kind }] of this.#calls) {
      const request = account.requests[kind].get(orderId)
      if (!request?.sending || attemptKey(request) !== key) this.#calls.delete(key)
    }
  }

  #arm(wakes: readonly (Instant | undefined)[]): void {
    this.#disarm()
    const due = Math.min(...wakes.map((wake) => wake ?? Infinity))
    if (due === Infinity) return
    const pump = (): void => this.#desk.betweenCommits(() => this.#pump())
    this.#disarm = this.#clock.at(instant(due), pump)
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
    this.#limiter.leave(this.#clock.steady())
    const order = orderOf(account, orderId)
    const disarm = this.#clock.at(later(this.#clock.now(), this.#broker.traits.timeoutMs), () =>
      this.#timeOut(call),
    )
    const { tag, terms, brokerOrderId } = order
    void this.#send(this.#whyNot(order, request), () => {
      if (kind === 'place') return this.#broker.place({ orderId, tag, terms })
      const named = { orderId, brokerOrderId: brokerOrderId!, terms }
      if (kind === 'amend') return this.#broker.amend({ ...named, to: order.amending!.to })
      return this.#broker.cancel(named)
    }).then((answer) => {
      disarm()
      call.over = true
      this.#answered(call, answer)
    })
  }

  /** Journaled as sending while we were stopping: it never left, so it may go out another time. */
  #refuse(request: Request): void {
    const { orderId, kind } = request
    const call: Call = { orderId, kind, over: true }
    this.#calls.set(attemptKey(request), call)
    const reason = 'Tallyman is stopping'
    this.#answered(call, { is: 'notSent', reason, retryAfterMs: 0, halted: false })
  }

  /**
   * The last look before the first byte: HALT may have come, and the disk may have taken so long
   * that the market of its moment is gone. A cancel passes: it can only make us safer.
   */
  #whyNot(order: Order, request: Request): Answer | undefined {
    if (request.kind === 'cancel') return undefined
    const halt = this.#halted()
    if (halt) return { is: 'notSent', reason: halt, retryAfterMs: 0, halted: true }
    if (request.kind === 'amend' || !isStale(order, request, this.#clock.now())) return undefined
    return { is: 'notSent', reason: TOO_OLD, retryAfterMs: 0, halted: false, tooOld: true }
  }

  async #send(refusal: Answer | undefined, call: () => Promise<Answer>): Promise<Answer> {
    if (refusal) return refusal
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
    const retry = this.#retry
    const body = { type: 'Answered', orderId, request: kind, answer, retry } as const
    this.#desk.tell({ account: this.#account, cause: `answer ${orderId} ${kind}`, body })
  }
}

const requestKey = ({ orderId, kind }: Request): string => `${orderId} ${kind}`

const attemptKey = (request: Request): string => `${requestKey(request)} ${request.attempts}`

const earlier = (a: Instant | undefined, b: Instant): Instant => (a === undefined || b < a ? b : a)

/** A change or a cancel needs the broker's own name of the order. */
const isSendable = (account: Account, { orderId, kind }: Request): boolean =>
  kind === 'place' || orderOf(account, orderId).brokerOrderId !== undefined

/** By rank. */
const URGENCIES: readonly Urgency[] = ['exit', 'exit', 'entry']

function rankOf(account: Account, { orderId, kind }: Request): number {
  if (kind === 'cancel') return 0
  return orderOf(account, orderId).intent === 'exit' ? 1 : 2
}
