import type { Account, Request } from '../account.ts'
import type { Money, Price } from '../amount.ts'
import { absolute, formatQuantity, minus, negate, NO_MONEY, share } from '../amount.ts'
import { assert } from '../brand.ts'
import type { Refusal } from '../denial.ts'
import { deny } from '../denial.ts'
import type { Event } from '../event.ts'
import type { Answer, BrokerOrder, Changes, Command, Retry } from '../input.ts'
import type { Instrument } from '../instrument.ts'
import type { Order, Pricing, Revision } from '../order.ts'
import {
  isSamePricing,
  isSameValidity,
  isWorking,
  limitOf,
  remainingOf,
  triggerOf,
} from '../order.ts'
import type { Instant } from '../time.ts'
import { later } from '../time.ts'
import { allow } from './allow.ts'
import { pricingOf, wrongQuantity, wrongValidity } from './check.ts'
import { mayRetry, retryAt } from './send.ts'

type AmendOrder = Extract<Command, { readonly type: 'AmendOrder' }>
type Asked = Extract<Event, { readonly type: 'AmendAsked' }>

/** Asks for other terms. Until the broker has answered, the order counts as the worse of both. */
export function amendOrder(account: Account, command: AmendOrder, at: Instant): Event[] {
  const { orderId, by, turn } = command
  const order = account.orders.get(orderId)
  const checked = order
    ? check(account, order, command, at)
    : deny('ORDER_NOT_FOUND', { order: orderId })
  if ('code' in checked) return [{ type: 'AmendDenied', orderId, ...checked }]
  const asked: Asked = { type: 'AmendAsked', orderId, by, ...checked }
  const placing = account.requests.place.get(orderId)
  if (placing && !placing.sending) {
    return [asked, { type: 'Amended', orderId, ...checked, by: 'unsent' }]
  }
  if (!turn || !order?.brokerOrderId) return [asked]
  assert(account.epoch !== undefined, 'an account is started before it takes orders')
  return [asked, { type: 'OrderSending', orderId, request: 'amend', epoch: account.epoch }]
}

type Checked = Pick<Asked, 'to' | 'reserve'>

// tidy-ok: four facts decide
function check(
  account: Account,
  order: Order,
  command: AmendOrder,
  at: Instant,
): Refusal | Checked {
  const { changes, instrument, last, policy, refused } = command
  const state = wrongState(account, order)
  if (state) return state
  if (refused) return deny(refused.code, { why: refused.why })
  if (!instrument) return deny('INSTRUMENT_NOT_FOUND', { symbol: order.terms.instrument })
  const to = revised(order, changes, instrument, last)
  if ('code' in to) return to
  if (isSameRevision(order.terms, to)) return deny('NOTHING_TO_CHANGE', { order: order.id })
  const { owner, reduceOnly, reserve, skippedChecks: unfunded } = order
  const terms = { ...order.terms, ...to }
  const size = minus(absolute(to.quantity), absolute(order.filled))
  const held = { size: remainingOf(order), reserve }
  const reference = changes.price ?? order.arrival
  const wish = { terms, size, owner, reduceOnly, last, reference, policy, at, held, unfunded }
  // A change that only makes it smaller cannot make anything worse.
  if (size <= held.size && isSamePricing(order.terms.pricing, to.pricing)) {
    return { to, reserve: rescaled(order, to, reserve) }
  }
  const allowed = allow(account, wish)
  return 'code' in allowed ? allowed : { to, reserve: allowed.reserve }
}

function wrongState(account: Account, order: Order): Refusal | undefined {
  const facts = { order: order.id, status: order.status.toUpperCase() }
  if (!isWorking(order.status)) return deny('ORDER_FINISHED', facts)
  if (order.status === 'unknown') return deny('ORDER_IN_DOUBT', facts)
  if (order.cancelAsked) return deny('CANCEL_IN_PROGRESS', facts)
  if (order.amending) return deny('CHANGE_IN_PROGRESS', facts)
  return account.closed ? deny('ACCOUNT_CLOSED', { account: account.id }) : undefined
}

/** The order's terms with the changes in them, checked like those of a new one. */
function revised(
  order: Order,
  changes: Changes,
  instrument: Instrument,
  last: Price | undefined,
): Refusal | Revision {
  const { terms, filled } = order
  const side = terms.quantity > 0n ? 'buy' : 'sell'
  const size = changes.size ?? absolute(terms.quantity)
  const wrong = changes.size === undefined ? undefined : wrongQuantity(size, instrument)
  if (wrong) return wrong
  if (size <= absolute(filled)) {
    const facts = { quantity: formatQuantity(size), filled: formatQuantity(absolute(filled)) }
    return deny('QUANTITY_BELOW_FILLED', facts)
  }
  const pricing = repriced(terms.pricing, changes, { side, instrument, last })
  if ('code' in pricing) return pricing
  const validity = changes.validity ?? terms.validity
  const disclosed = changes.disclosed ?? terms.disclosed
  const late = wrongValidity({ validity, disclosed, pricing }, size, instrument.lot)
  return late ?? { quantity: side === 'buy' ? size : negate(size), pricing, validity, disclosed }
}

type Where = {
  readonly side: 'buy' | 'sell'
  readonly instrument: Instrument
  readonly last: Price | undefined
}

/** What the new type has no use for is left behind; what it needs may come from the old one. */
function repriced(
  now: Pricing,
  changes: Changes,
  { side, instrument, last }: Where,
): Refusal | Pricing {
  const type = changes.type ?? now.type
  const hasLimit = type === 'limit' || type === 'sl'
  const hasTrigger = type === 'sl' || type === 'sl-m'
  const price = changes.price ?? (hasLimit ? limitOf(now) : undefined)
  const trigger = changes.trigger ?? (hasTrigger ? triggerOf(now) : undefined)
  const pricing = pricingOf({ type, price, trigger, side }, instrument, last)
  // A stop whose trigger the market has passed meanwhile may still be made smaller.
  const isOld = 'code' in pricing && pricing.code === 'TRIGGER_ALREADY_REACHED'
  const untouched = changes.type === undefined && changes.trigger === undefined
  if (isOld && untouched) return pricingOf({ type, price, trigger, side }, instrument, undefined)
  return pricing
}

const isSameRevision = (a: Revision, b: Revision): boolean =>
  a.quantity === b.quantity &&
  a.disclosed === b.disclosed &&
  isSamePricing(a.pricing, b.pricing) &&
  isSameValidity(a.validity, b.validity)

/** How a call ended, and how what never left is to be sent again. */
export type Told = {
  readonly answer: Answer
  readonly at: Instant
  readonly retry: Retry | undefined
}

export function amendAnswered(
  order: Order,
  sent: Request | undefined,
  { answer, at, retry }: Told,
): Event[] {
  const { id: orderId, amending } = order
  if (!amending || (!sent && amending.unknownSince === undefined)) return [] // settled meanwhile
  switch (answer.is) {
    case 'accepted':
      return [amendedBy(order, 'answer')]
    case 'rejected':
      return [{ type: 'AmendRejected', orderId, code: answer.code, reason: answer.reason }]
    case 'notSent':
      return sent ? [again(sent, answer, { at, retry })] : [notTaken(order, answer.reason)]
    case 'unknown':
      return sent ? [{ type: 'AmendUnknown', orderId, evidence: answer.evidence }] : []
  }
}

function again(
  sent: Request,
  { reason, retryAfterMs, halted }: Extract<Answer, { readonly is: 'notSent' }>,
  { at, retry }: Omit<Told, 'answer'>,
): Event {
  const { orderId } = sent
  if (halted || !mayRetry(sent, retry)) {
    const code = halted ? 'TRADING_HALTED' : 'NOT_SENT_RETRIES_EXHAUSTED'
    return { type: 'AmendRejected', orderId, code, reason }
  }
  const due = retryAt(sent, { at, askedMs: retryAfterMs, retry })
  return { type: 'OrderNotSent', orderId, request: 'amend', reason, retryAt: due }
}

/** `book`: what the broker shows can only be so if it took the change. */
export const amendedBy = ({ id, amending }: Order, by: 'answer' | 'book'): Event => ({
  type: 'Amended',
  orderId: id,
  to: amending!.to,
  reserve: amending!.reserve,
  by,
})

const notTaken = ({ id }: Order, reason: string): Event => ({
  type: 'AmendRejected',
  orderId: id,
  code: 'NOT_TAKEN',
  reason,
})

/** When and by what the broker's row was read; a row from a stream may be older than it looks. */
export type Looked = { readonly askedAt: Instant; readonly lapseAfterMs: number } | undefined

/**
 * What a row of the book says about a change of the order: the one we asked for, or one that
 * somebody made at the broker.
 */
export function amendmentSeen(order: Order, row: BrokerOrder, looked: Looked): Event[] {
  const { amending, terms } = order
  if (!amending) return changedThere(order, row, looked)
  if (shows(row, amending.to) && !shows(row, terms)) return [amendedBy(order, 'book')]
  if (row.status !== 'working') return [notTaken(order, 'the order ended before the change')]
  const { unknownSince } = amending
  if (!looked || unknownSince === undefined) return []
  if (looked.askedAt < later(unknownSince, looked.lapseAfterMs)) return []
  const known = row.pricing !== undefined && shows(row, terms)
  return known ? [notTaken(order, 'the book still shows the order as it was')] : []
}

const shows = ({ quantity, pricing }: BrokerOrder, terms: Revision): boolean =>
  quantity === terms.quantity && (pricing === undefined || isSamePricing(pricing, terms.pricing))

/** Only a reading that began after the last thing we know of the order can tell. */
function changedThere(order: Order, row: BrokerOrder, looked: Looked): Event[] {
  const { terms, id: orderId, updatedAt, status, reserve } = order
  if (!looked || looked.askedAt <= updatedAt || status !== 'open') return []
  if (row.status !== 'working' || shows(row, terms)) return []
  if (row.quantity > 0n !== terms.quantity > 0n) return []
  const { validity, disclosed } = terms
  const to = { quantity: row.quantity, pricing: row.pricing ?? terms.pricing, validity, disclosed }
  return [{ type: 'Amended', orderId, to, reserve: rescaled(order, to, reserve), by: 'broker' }]
}

/** What was set aside, in proportion to what is now left of the order. */
function rescaled(order: Order, to: Revision, reserve: Money): Money {
  const before = remainingOf(order)
  const after = minus(absolute(to.quantity), absolute(order.filled))
  return before === 0n || after <= 0n ? NO_MONEY : share(reserve, after, before)
}
