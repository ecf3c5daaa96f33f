import type { Account, Request } from './account.ts'
import { amendAsked, amended, amendRejected, amendUnknown } from './amending.ts'
import { assert } from './brand.ts'
import { closeDay, runEnded, stepTaken } from './close-day.ts'
import { remember } from './commands.ts'
import type { Books } from './draft.ts'
import { ask, become, draft, note } from './draft.ts'
import type { Entry, Event, EventOf, Expiry } from './event.ts'
import { guarded } from './guard-evolve.ts'
import { netKey } from './instrument.ts'
import type { OrderId, OrderStatus } from './order.ts'
import { isWorking } from './order.ts'
import type { Instant } from './time.ts'
import {
  adjusted,
  adopted,
  breakFound,
  compared,
  movedBetween,
  refused,
  released,
  remembered,
  review,
  slipped,
  tracked,
} from './owning.ts'
import { placed } from './placing.ts'
import { busted, charged, filled, funded, tradedByHand } from './trading.ts'

/**
 * The only way an account changes, and it changes in place: one writer owns it. Rebuilding an
 * account is folding this over its journal, so it must understand every event ever written.
 */
export function evolve(account: Account, entry: Entry): void {
  assert(entry.seq === account.seq + 1, 'the journal goes on where the account is')
  const books = account as Books
  if (entry.command) remember(books.commands, entry, entry.command)
  for (const event of entry.events) {
    books.seq++
    apply(books, event, entry.at)
  }
}

// tidy-ok: one switch over all events
function apply(books: Books, event: Event, at: Instant): void {
  switch (event.type) {
    case 'AccountOpened':
      books.number = event.number
      books.broker = event.broker
      books.mode = event.mode
      books.plan = event.plan
      return
    case 'EpochStarted':
      return epochStarted(books, event)
    case 'OrderPlaced':
      return placed(books, event, at)
    case 'OrderSending':
      return sending(books, event, at)
    case 'OrderAccepted':
      return accepted(books, event, at)
    case 'OrderRejected':
      return finish(books, { ...event, status: 'rejected' }, at)
    case 'OrderUnknown':
      return inDoubt(books, event, at)
    case 'OrderNotFound':
      return notFound(books, event)
    case 'OrderLapsed':
      return finish(books, { ...event, ...LAPSED, reason: event.reason ?? LAPSED.reason }, at)
    case 'OrderNotSent':
      return wait(books, again(event, event.request), at)
    case 'OrderFilled':
      return filled(books, event, at)
    case 'FillBusted':
      return busted(books, event, at)
    case 'ChargesBooked':
      return charged(books, event)
    case 'AmendAsked':
      return amendAsked(books, event, at)
    case 'Amended':
      return amended(books, event, at)
    case 'AmendRejected':
      return amendRejected(books, event, at)
    case 'AmendUnknown':
      return amendUnknown(books, event, at)
    case 'CancelAsked':
      return cancelAsked(books, event.orderId, at)
    case 'CancelUnknown':
      return wait(books, again(event, 'cancel'), at)
    case 'CancelAccepted':
      books.requests.cancel.delete(event.orderId)
      return
    case 'CancelRejected':
      return cancelRejected(books, event, at)
    case 'OrderCancelled':
      return finish(books, { ...event, status: 'cancelled' }, at)
    case 'OrderExpired':
      return finish(books, { ...event, status: 'expired', code: EXPIRY_CODES[event.why] }, at)
    case 'ManualTradeSeen':
      return tradedByHand(books, event, at)
    case 'CashMoved':
      books.movedSeq = books.seq
      return funded(books, event)
    case 'HoldingsAdopted':
      return adopted(books, event)
    case 'LegAdjusted':
      return adjusted(books, event)
    case 'LegMoved':
      return movedBetween(books, event)
    case 'SymbolTracked':
      return tracked(books, event, at)
    case 'SymbolReleased':
      return released(books, event)
    case 'RecordImported':
      books.imported.add(event.ref)
      return
    case 'BookCompared':
      return compared(books, event, at)
    case 'SlippageSeen':
      return slipped(books, event)
    case 'EquityMarked':
      books.markedSeq = books.seq
      return
    case 'BreakFound':
      return breakFound(books, event, at)
    case 'BreakSettled':
      books.breaks.delete(netKey(event.instrument, event.product))
      return
    case 'BrokerConnected':
      books.connected = true
      return
    case 'BrokerLost':
      books.connected = false
      return
    case 'EndOfDayStepDone':
      return stepTaken(books, event)
    case 'EndOfDayDone':
      return runEnded(books, event)
    case 'DayClosed':
      return closeDay(books, event)
    case 'AnomalySeen':
      books.anomalies.add(event.subject)
      return
    case 'AccountFailed':
      books.closed ||= event.closed
      return
    case 'AccountReopened':
      books.closed = false
      return
    case 'OrderDenied':
    case 'AmendDenied':
    case 'CancelDenied':
    case 'CancelAllAsked':
    case 'SettlingDenied':
    case 'OrderWentStale':
    case 'PositionMarked':
      return
    default:
      return guarded(books, event, at)
  }
}

function epochStarted(books: Books, { epoch }: EventOf<'EpochStarted'>): void {
  const { epoch: before, lastPlaced } = books
  if (before !== undefined && before !== epoch) books.former = { epoch: before, lastPlaced }
  books.epoch = epoch
}

function sending(books: Books, { orderId, request }: EventOf<'OrderSending'>, at: Instant): void {
  const attempts = (books.requests[request].get(orderId)?.attempts ?? 0) + 1
  ask(books, { orderId, kind: request, sending: true, notBefore: at, attempts })
  if (request !== 'place') return
  const order = draft(books, orderId)
  order.attempts++
  order.sentAt = at
}

function accepted(books: Books, event: EventOf<'OrderAccepted'>, at: Instant): void {
  const order = draft(books, event.orderId)
  order.brokerOrderId = event.brokerOrderId
  books.byBrokerId.set(event.brokerOrderId, order.id)
  books.requests.place.delete(order.id)
  order.error = undefined
  order.completedAt = undefined
  become(books, order, { status: 'open', at, message: '' })
  remembered(books, order)
  review(books, order.terms.instrument)
  // One that was given up and is there after all is still to be cancelled, if that was asked.
  if (order.cancelAsked && !books.requests.cancel.has(order.id)) {
    ask(books, { orderId: order.id, kind: 'cancel', sending: false, notBefore: at, attempts: 0 })
  }
}

function inDoubt(books: Books, event: EventOf<'OrderUnknown'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.place.delete(order.id)
  order.doubt = { since: event.until ?? order.sentAt ?? at, looks: 0, lastLookAt: undefined }
  become(books, order, { status: 'unknown', at, message: event.evidence })
}

function notFound(books: Books, { orderId, askedAt }: EventOf<'OrderNotFound'>): void {
  const order = draft(books, orderId)
  assert(order.doubt !== undefined, 'an order is looked for only while it is unknown')
  order.doubt.looks++
  order.doubt.lastLookAt = askedAt
}

const LAPSED = {
  status: 'lapsed',
  code: 'LAPSED',
  reason: 'presumed never to have reached the broker',
} as const

type Again = Pick<Request, 'orderId' | 'kind' | 'notBefore'>

/** Back in the queue: nothing of it happened, or doing it again does no harm. */
function wait(books: Books, { orderId, kind, notBefore }: Again, at: Instant): void {
  const order = draft(books, orderId)
  const attempts = books.requests[kind].get(orderId)?.attempts ?? 0
  books.requests[kind].delete(orderId)
  if (isWorking(order.status)) ask(books, { orderId, kind, sending: false, notBefore, attempts })
  order.updatedAt = at
}

const again = (
  { orderId, retryAt }: { readonly orderId: OrderId; readonly retryAt: Instant },
  kind: Request['kind'],
): Again => ({ orderId, kind, notBefore: retryAt })

function cancelAsked(books: Books, orderId: OrderId, at: Instant): void {
  const order = draft(books, orderId)
  order.cancelAsked = true
  order.updatedAt = at
  if (books.requests.cancel.has(orderId)) return
  ask(books, { orderId, kind: 'cancel', sending: false, notBefore: at, attempts: 0 })
}

/** A refused cancel leaves the order as it was, and says so. */
function cancelRejected(books: Books, event: EventOf<'CancelRejected'>, at: Instant): void {
  const order = draft(books, event.orderId)
  books.requests.cancel.delete(order.id)
  order.cancelAsked = false
  note(order, { status: order.status, at, message: `cancel refused: ${event.reason}` })
}

type Ending = {
  readonly orderId: OrderId
  readonly status: OrderStatus
  readonly code?: string
  readonly reason: string
}

export const EXPIRY_CODES: Readonly<Record<Expiry, string>> = {
  unsent: 'EXPIRED_UNSENT',
  retries: 'NOT_SENT_RETRIES_EXHAUSTED',
  halted: 'TRADING_HALTED',
  pointless: 'NOTHING_TO_REDUCE',
  broker: 'EXPIRED',
}

function finish(books: Books, { orderId, status, code, reason }: Ending, at: Instant): void {
  const order = draft(books, orderId)
  books.requests.place.delete(orderId)
  const cancel = books.requests.cancel.get(orderId)
  if (cancel && !cancel.sending) books.requests.cancel.delete(orderId)
  if (status !== 'cancelled') order.error = { code: code ?? status, message: reason }
  order.completedAt = at
  become(books, order, { status, at, message: reason })
  if (status === 'rejected') refused(books, order.terms.instrument)
  review(books, order.terms.instrument)
}
