import type { Account, Request } from '../account.ts'
import { closable, orderOf, requestsOf } from '../account.ts'
import { assert } from '../brand.ts'
import type { Event } from '../event.ts'
import { blockOf } from '../guard.ts'
import type { Retry, Signal } from '../input.ts'
import type { Order, OrderId } from '../order.ts'
import { remainingOf } from '../order.ts'
import type { Epoch } from '../tag.ts'
import type { Instant } from '../time.ts'
import { DAY, later, MINUTE, SECOND } from '../time.ts'

/** A decision to enter is about the market of its moment: older than this, it is not sent. */
const MARKET_FRESH_MS: number = 5 * SECOND
const LIMIT_FRESH_MS: number = 60 * SECOND
/**
 * Our own retries together take less unless they were set to more; neither that nor what the broker
 * asks on top is waited for.
 */
const RETRYING_MS: number = 10 * SECOND
const AMEND_FRESH_MS: number = 60 * SECOND
/** A close outlives a restart, but not the day it was meant for. */
const EXIT_FRESH_MS: number = DAY

/** Where nobody set anything else. */
const RETRY: Retry = { max: 3, delayMs: SECOND }
const RETRY_DELAY_MAX_MS: number = MINUTE / 2

/** A step back of less than this makes no difference to anybody. */
const CLOCK_SLACK_MS: number = 5 * SECOND

const STOPPED = 'Tallyman stopped before the answer came'

/** After a start: what was being sent when the last run ended may or may not have arrived. */
export function started(account: Account, epoch: Epoch, at: Instant): Event[] {
  const events: Event[] = account.epoch === epoch ? [] : [{ type: 'EpochStarted', epoch }]
  return [...events, ...unanswered(account, STOPPED, at)]
}

/** What is being sent, and whose answer will not be heard: it may or may not have arrived. */
export function unanswered(account: Account, evidence: string, at: Instant): Event[] {
  return [...requestsOf(account)]
    .filter(({ sending }) => sending)
    .map(({ orderId, kind }): Event => {
      switch (kind) {
        case 'place':
          return { type: 'OrderUnknown', orderId, evidence, until: untilOf(account, orderId, at) }
        case 'amend':
          return { type: 'AmendUnknown', orderId, evidence }
        case 'cancel':
          return { type: 'CancelUnknown', orderId, evidence, retryAt: at }
      }
    })
}

/** By a clock that was set back since it would be in doubt only from some later moment on. */
function untilOf(account: Account, orderId: OrderId, at: Instant): Instant | undefined {
  const { sentAt } = orderOf(account, orderId)
  return sentAt !== undefined && sentAt > at ? at : undefined
}

type TurnCame = Extract<Signal, { readonly type: 'TurnCame' }>

/** The limiter lets one call go: the last look before it is journaled as sending. */
export function turnCame(account: Account, { orderId, request }: TurnCame, at: Instant): Event[] {
  const waiting = account.requests[request].get(orderId)
  if (!waiting || waiting.sending) return []
  const order = orderOf(account, orderId)
  if (!isDue(order, waiting, at)) return []
  if (request !== 'place' && !order.brokerOrderId) return []
  if (request === 'place') {
    if (account.closed) return [shut(order)]
    if (isStale(order, waiting, at)) return [expired(order)]
    if (isBlocked(account, order)) return [guarded(order)]
    if (order.intent === 'exit' && !stillReduces(account, order)) return [pointless(order)]
  }
  if (request === 'amend' && isBlocked(account, order)) return [unamended(waiting, GUARDED)]
  if (request === 'amend' && account.closed) return [unamended(waiting, SHUT)]
  if (request === 'amend' && isSetBack(order.updatedAt, at)) return [unamended(waiting, TOO_OLD)]
  assert(account.epoch !== undefined, 'an account is started before it takes orders')
  return [{ type: 'OrderSending', orderId, request, epoch: account.epoch }]
}

/** Lets go of what has waited too long to be sent. */
export function timePassed(account: Account, at: Instant): Event[] {
  const events: Event[] = []
  for (const request of account.requests.place.values()) {
    if (request.sending) continue
    const order = orderOf(account, request.orderId)
    if (isStale(order, request, at)) events.push(expired(order))
  }
  for (const request of account.requests.amend.values()) {
    const { sending, notBefore } = request
    if (!sending && at >= later(notBefore, AMEND_FRESH_MS)) events.push(unamended(request, TOO_OLD))
  }
  return events
}

/** When the account next wants to be woken, if nothing else happens first. */
export function nextWake(account: Account): Instant | undefined {
  // Nothing is left of a tracked symbol: that is said at once.
  let next: Instant | undefined = account.releasable.size > 0 ? (0 as Instant) : undefined
  for (const request of account.requests.place.values()) {
    if (request.sending) continue
    const due = staleAt(orderOf(account, request.orderId), request)
    if (next === undefined || due < next) next = due
  }
  for (const { sending, notBefore } of account.requests.amend.values()) {
    const due = later(notBefore, AMEND_FRESH_MS)
    if (!sending && (next === undefined || due < next)) next = due
  }
  return next
}

/**
 * Whether an order is too old to leave us now, whatever held it up. One that is still to be placed
 * by a clock that was set back meanwhile has an age that nobody knows.
 */
export const isStale = (order: Order, request: Request, at: Instant): boolean =>
  at >= staleAt(order, request) || (order.intent === 'entry' && isSetBack(order.placedAt, at))

/** Its turn may come; also where a clock that was set back since would keep it for hours. */
export const isDue = (order: Order, { notBefore }: Request, at: Instant): boolean =>
  at >= notBefore || isSetBack(order.updatedAt, at)

const isSetBack = (known: Instant, at: Instant): boolean => at < later(known, -CLOCK_SLACK_MS)

/** Counted from when it was asked for: being put off does not make a wish younger. */
function staleAt({ intent, terms, placedAt }: Order, request: Request): Instant {
  const { notBefore, attempts, sending } = request
  if (intent === 'exit') return later(notBefore, EXIT_FRESH_MS)
  const fresh = terms.pricing.type === 'market' ? MARKET_FRESH_MS : LIMIT_FRESH_MS
  // The attempt that is about to leave is counted already: it is not yet one that was put off.
  const isRepeat = attempts > (sending ? 1 : 0)
  return later(placedAt, isRepeat ? fresh + RETRYING_MS : fresh)
}

export const TOO_OLD = 'it waited for its turn until it was too old to send'
const SHUT = 'the account was closed before its turn came'

const unamended = ({ orderId }: Request, reason: string): Event => ({
  type: 'AmendRejected',
  orderId,
  code: 'EXPIRED_UNSENT',
  reason,
})

const expired = ({ id }: Order): Event => ({
  type: 'OrderExpired',
  orderId: id,
  why: 'unsent',
  reason: TOO_OLD,
})

const shut = ({ id }: Order): Event => ({
  type: 'OrderExpired',
  orderId: id,
  why: 'halted',
  reason: SHUT,
})

const GUARDED = 'a guard halted entries before its turn came'

const isBlocked = (account: Account, { intent, owner, terms }: Order): boolean =>
  intent === 'entry' && blockOf(account, { owner, instrument: terms.instrument }) !== undefined

const guarded = ({ id }: Order): Event => ({
  type: 'OrderExpired',
  orderId: id,
  why: 'halted',
  reason: GUARDED,
})

const pointless = ({ id }: Order): Event => ({
  type: 'OrderExpired',
  orderId: id,
  why: 'pointless',
  reason: 'the position it was to close is gone',
})

/**
 * A manual trade may have taken the position while the exit waited; and all that works on its side,
 * itself included, must find something to close.
 */
function stillReduces(account: Account, order: Order): boolean {
  const side = order.terms.quantity > 0n ? 'buy' : 'sell'
  const left = remainingOf(order)
  return closable(account, order.net, side, left) >= left
}

type Again = {
  readonly at: Instant
  /** What the broker asks us to wait at the least. */
  readonly askedMs: number
  readonly retry: Retry | undefined
}

export const mayRetry = ({ attempts }: Request, { max }: Retry = RETRY): boolean => attempts <= max

/** 1 s, 2 s, 4 s …, plus up to a quarter that differs by order: the core draws no lots. */
export function retryAt({ orderId, attempts }: Request, again: Again): Instant {
  const { at, askedMs, retry: { delayMs } = RETRY } = again
  const backoff = Math.min(delayMs * 2 ** (attempts - 1), RETRY_DELAY_MAX_MS)
  const delay = Math.max(backoff, askedMs)
  return later(at, delay + Math.floor((delay / 4) * spread(orderId)))
}

/** Between 0 and 1, the same for the same order. */
function spread(id: string): number {
  let mixed = 17
  for (let index = 0; index < id.length; index++) mixed = (mixed * 31 + id.charCodeAt(index)) % 997
  return mixed / 997
}
