import type { WireRequest } from '../src/brokers/wire.ts'
import { plainOf } from '../src/brokers/paper/words.ts'
import type { Event, EventOf, RequestKind } from '../src/core/event.ts'
import type { BrokerOrder } from '../src/core/input.ts'
import type { PlainAnswer } from '../src/core/port.ts'
import type { BrokerOrderId, Tag, Terms } from '../src/core/order.ts'
import type { Instant } from '../src/core/time.ts'
import { elapsed, SECOND } from '../src/core/time.ts'
import type { Account } from '../src/core/account.ts'
import { checkBreaks } from './breaks.ts'
import type { Exchange } from './exchange.ts'
import { GuardJudge } from './guardian.ts'
import type { Life } from './life.ts'
import { misfit } from './placing.ts'
import type { Sometimes } from './sometimes.ts'
import { seldom, seldomAnswer } from './sometimes.ts'
import type { Dated, Known } from './known.ts'
import { Written } from './written.ts'

/** A promise was broken: which, and how. */
export class Broken extends Error {
  override readonly name = 'Broken'
  readonly rule: string

  constructor(rule: string, what: string) {
    super(`${rule}: ${what}`)
    this.rule = rule
  }
}

export type JudgeParts = {
  readonly now: () => Instant
  readonly exchange: () => Exchange
  readonly isHalted: () => boolean
  readonly callsASecond: number
  readonly lapseAfterMs: number
  readonly onSometimes: (what: Sometimes) => void
  readonly account: () => Account | undefined
}

/**
 * Older than this no decision to enter is sent: what core/rules/send.ts promises, a second, and
 * what a wall clock that was set back before a restart may hide.
 */
const MARKET_AGE_MS = 11 * SECOND
const LIMIT_AGE_MS = 66 * SECOND
/** For one that was proven not to be sent. */
const RETRYING_MS = 10 * SECOND

const KINDS: Readonly<Record<string, RequestKind>> = {
  POST: 'place',
  PUT: 'amend',
  DELETE: 'cancel',
}

/**
 * Watches a run from where it can see both sides: what is on disk, and what is true at the broker.
 * The first promise that is broken ends the run.
 */
export class Judge {
  readonly #parts: JudgeParts
  readonly #guards: GuardJudge
  written: Written
  broken: Broken | undefined
  /** An older journal was put back: what came after it is lost, and rightly so. */
  restores = 0
  /** When somebody else's trade was last booked. */
  byHandAt: Instant | undefined
  /** Orders that were placed, those included that a restore lost again. */
  placed = 0
  /** Tags that the rows now lost had given out. */
  readonly #lostTags = new Set<Tag>()
  /** Tags that the journal which was put back had not sent yet. */
  readonly #oldTags = new Set<Tag>()
  readonly #left = new Map<Tag, number>()
  readonly #calls = new Map<number, Instant[]>()

  constructor(parts: JudgeParts) {
    this.#parts = parts
    const isOurs = (tag?: string): boolean => this.written.byTag.has(tag as Tag)
    this.#guards = new GuardJudge({ ...parts, complain: this.complain, isOurs })
    this.written = new Written(this.complain)
  }

  readonly complain = (rule: string, what: string): void => {
    this.broken ??= new Broken(rule, what)
  }

  /** A row is safe: no crash takes it back. */
  row(batch: Dated): void {
    try {
      for (const { events } of batch.entries) for (const event of events) this.#notice(event)
      this.written.take(batch)
      for (const event of batch.entries.flatMap(({ events }) => events)) {
        this.#fits(event)
        this.#guards.row(event)
      }
      checkBreaks(this.written, this.#parts.exchange().truth, this.#parts.now(), this.complain)
    } catch (error) {
      this.complain('26 the journal is sound', (error as Error).message)
    }
  }

  #notice(event: Event): void {
    const before = 'orderId' in event ? this.written.orders.get(event.orderId) : undefined
    const what = seldom(event, before)
    if (what) this.#parts.onSometimes(what)
  }

  restored(rows: Iterable<Dated>): void {
    this.restores++
    for (const tag of this.written.byTag.keys()) this.#lostTags.add(tag)
    this.written = new Written(this.complain)
    for (const batch of rows) this.written.take(batch)
    this.written.said = []
    for (const { tag, status } of this.written.orders.values()) {
      this.#lostTags.delete(tag)
      if (status === 'pending') this.#oldTags.add(tag)
    }
  }

  /** Somebody else traded, and the book was not read since; its cash follows a little later. */
  get isBehindOthers(): boolean {
    const { truth } = this.#parts.exchange()
    const isLately =
      this.byHandAt !== undefined && elapsed(this.byHandAt, this.#parts.now()) < 20_000
    return (
      isLately ||
      [...truth.trades.values()].some((trade) => {
        const tag = truth.orders.get(trade.brokerOrderId)?.tag
        const isOurs = tag !== undefined && this.written.byTag.has(tag)
        return !isOurs && !this.written.hasCounted(trade)
      })
    )
  }

  isLost(tag: Tag): boolean {
    return this.#lostTags.has(tag)
  }

  /** A call's first byte leaves. */
  leaves(request: WireRequest, life: Life): void {
    const now = this.#parts.now()
    this.#paced(life, now)
    const kind = KINDS[request.method]!
    if (kind !== 'cancel' && this.#parts.isHalted()) {
      this.complain('20 HALT lets nothing but cancels pass', `${request.method} ${request.path}`)
    }
    const order = this.#meant(request, kind)
    if (!order) return this.complain('2 on disk before it is sent', `${kind} ${request.path}`)
    const { id, sent, unsent, status, tag } = order
    if (sent[kind] <= unsent[kind]) {
      this.complain('2 on disk before it is sent', `${kind} of ${id} is not journaled as sending`)
    }
    if (kind !== 'place') return
    const unfit = misfit(order.terms)
    if (unfit) this.complain('18 nothing invalid leaves', `${id}: ${unfit}`)
    const left = (this.#left.get(tag) ?? 0) + 1
    this.#left.set(tag, left)
    if (status !== 'pending') this.complain('8 only what is pending is sent', `${id} ${status}`)
    if (this.#parts.exchange().truth.byTag.has(tag)) {
      this.complain('1 an intent is sent once', `${id} is at the broker already`)
    }
    this.#fresh(order, now)
  }

  #meant(request: WireRequest, kind: RequestKind): Known | undefined {
    const { written } = this
    if (kind === 'place') return written.byTag.get(plainOf(request.body)['tag'] as Tag)
    const id = request.path.slice('/orders/'.length) as BrokerOrderId
    for (const order of written.orders.values()) if (order.brokerOrderId === id) return order
    return undefined
  }

  /** 8: what we have called ended does not come to the broker afterwards. */
  arrives(tag: Tag): void {
    const order = this.written.byTag.get(tag)
    if (!order || this.#oldTags.has(tag) || order.status === 'pending') return
    if (order.status === 'unknown') return
    this.complain('8 no end without proof', `${order.id} is ${order.status}, and arrives now`)
  }

  /** 21: a decision to enter is about the market of its moment. */
  #fresh({ id, intent, terms, placedAt, unsent }: Known, now: Instant): void {
    if (intent === 'exit') return
    const age = elapsed(placedAt, now)
    const fresh = terms.pricing.type === 'market' ? MARKET_AGE_MS : LIMIT_AGE_MS
    const most = unsent.place > 0 ? fresh + RETRYING_MS : fresh
    if (age > most) this.complain('21 nothing stale is sent', `${id} is ${age} ms old`)
  }

  /** 19: within any second, by one process. */
  #paced({ n }: Life, now: Instant): void {
    const calls = (this.#calls.get(n) ?? []).filter((then) => elapsed(then, now) < SECOND)
    this.#calls.set(n, [...calls, now])
    const most = this.#parts.callsASecond
    if (calls.length < most) return
    this.complain('19 no more calls a second', `${calls.length + 1} of ${most} within a second`)
  }

  /** What a command was answered with: it is on disk by then. */
  answered(key: string, answer: PlainAnswer): void {
    const what = seldomAnswer(answer)
    if (what) this.#parts.onSometimes(what)
    if (answer.is !== 'placed' && answer.is !== 'denied' && answer.is !== 'cancelAsked') return
    if (!this.written.keys.has(key)) {
      this.complain('2 nothing acknowledged is lost', `${key} was answered and is not on disk`)
    }
    if (answer.is === 'placed' && !this.written.orders.has(answer.order.id as never)) {
      this.complain('2 nothing acknowledged is lost', `${answer.order.id} is not on disk`)
    }
  }

  /** What the journal calls a fact, held against what is true. */
  #fits(event: Event): void {
    switch (event.type) {
      case 'OrderAccepted':
      case 'OrderRejected':
      case 'OrderCancelled':
      case 'OrderExpired':
      case 'OrderLapsed':
        return this.#endFits(event)
      case 'OrderPlaced':
        this.placed++
        return
      case 'OrderNotSent':
        return this.#neverLeft(event)
      case 'OrderFilled': {
        const { truth } = this.#parts.exchange()
        const trade = truth.trades.get(event.tradeId)
        const order = this.written.orders.get(event.orderId)!
        const isTagged = trade && truth.orders.get(trade.brokerOrderId)?.tag === order.tag
        const isOwn = isTagged && trade.instrument === order.terms.instrument
        if (!trade || !isOwn || trade.price !== event.price || trade.quantity !== event.quantity) {
          this.complain('4 a fill is a trade of its order', `${event.orderId} ${event.tradeId}`)
        }
        return
      }
      case 'ManualTradeSeen': {
        this.byHandAt = this.#parts.now()
        const { truth } = this.#parts.exchange()
        const tag = truth.orders.get(event.brokerOrderId)?.tag
        const ours = tag && this.written.byTag.get(tag)
        // Two days that an old journal made of one may have given a tag to two orders.
        if (ours && ours.terms.instrument === event.instrument) {
          this.complain('11 what is ours is not called manual', `${event.tradeId} of ${tag}`)
        }
        return
      }
      default:
    }
  }

  /** 1: what is to be sent again has not arrived. */
  #neverLeft({ orderId, request }: EventOf<'OrderNotSent'>): void {
    const { tag } = this.written.orders.get(orderId)!
    if (request !== 'place' || this.#oldTags.has(tag)) return
    if (!this.#parts.exchange().truth.byTag.has(tag)) return
    this.complain('1 an intent is sent once', `${orderId} is called not sent, and is at the broker`)
  }

  /** 8: no end without proof from the broker. */
  #endFits(
    event: Extract<
      Event,
      { readonly type: `Order${'Accepted' | 'Rejected' | 'Cancelled' | 'Expired' | 'Lapsed'}` }
    >,
  ): void {
    const { tag, id, terms } = this.written.orders.get(event.orderId)!
    // Until the book was read, a journal that was put back knows no better.
    if (this.#oldTags.has(tag)) return
    const exchange = this.#parts.exchange()
    exchange.books()
    const real = exchange.truth.orderOf(tag, terms.instrument)
    const lie = (what: string): void => {
      const truly = real ? `the broker has it, ${real.status}` : 'the broker has no such order'
      this.complain('8 no end without proof', `${id} ${what}, but ${truly}`)
    }
    switch (event.type) {
      case 'OrderAccepted':
        if (real?.brokerOrderId !== event.brokerOrderId) lie(`is called ${event.brokerOrderId}`)
        return
      case 'OrderRejected':
        if (real ? real.status !== 'rejected' : !exchange.truth.refused.has(tag)) lie('rejected')
        return
      case 'OrderCancelled':
        if (real && real.status !== 'cancelled') lie('cancelled')
        return
      case 'OrderExpired':
        if (event.why === 'broker' ? isNoEnd(real, terms) : real) lie(`expired ${event.why}`)
        return
      case 'OrderLapsed':
        if (real) lie('lapsed')
    }
  }
}

/** It works on, or it was filled for all that we asked for. */
const isNoEnd = (real: BrokerOrder | undefined, { quantity }: Terms): boolean =>
  real?.status === 'working' || (real?.status === 'complete' && real.quantity === quantity)
