import type { Account, Leg } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import type { Quantity } from '../core/amount.ts'
import { absolute, average, formatPrice, formatQuantity } from '../core/amount.ts'
import type { Entry, Event, EventOf } from '../core/event.ts'
import { executionView } from '../core/execution.ts'
import { exchangeOf, symbolOf } from '../core/instrument.ts'
import type { Notice, NoticeKind, NoticeOf } from '../core/notice.ts'
import { sequenceOf } from '../core/notice.ts'
import { foldOne, orderIdOf } from '../core/one-order.ts'
import type { Order, OrderId, OrderStatus } from '../core/order.ts'
import { isWorking } from '../core/order.ts'
import { SECOND } from '../core/time.ts'
import { fillView, orderView, positionView, utc } from '../core/view.ts'
import type { Batch } from '../store/journal.ts'
import type { Moved } from '../store/leg-rows.ts'
import { legName, movedBy } from '../store/leg-rows.ts'
import type { Moment, Past } from '../store/past.ts'

/** What is looked up again when it was not met among so many others. */
const KEPT_MAX = 1_000

/** Bookkeeping between desk and broker, after which an order looks as it did before. */
const SILENT: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'OrderSending',
  'OrderNotFound',
  'AmendDenied',
  'CancelDenied',
  'OrderWentStale',
])

/** An event where it stands: what is told of it is told under its sequence. */
type Here = {
  readonly event: Event
  readonly entry: Entry
  readonly moment: Moment
  readonly sequence: number
  readonly wanted: ReadonlySet<NoticeKind>
}
type Was = { readonly status: OrderStatus | undefined; readonly filled: Quantity }

/**
 * Turns rows of the journal into notices, row after row. It folds every order and leg they are
 * about, by the functions that fold the account itself, so each is shown as it then was.
 */
export class NewsReader {
  readonly #past: Pick<Past, 'order' | 'leg'>
  readonly #orders = new Map<OrderId, Account>()
  readonly #legs = new Map<string, Leg>()

  constructor(past: Pick<Past, 'order' | 'leg'>) {
    this.#past = past
  }

  /** To be called with every row from its first on, whatever is wanted of it. */
  read({ n, entries }: Batch, wanted: ReadonlySet<NoticeKind>): Notice[] {
    const notices: Notice[] = []
    let events = 0
    for (const entry of entries) {
      const { account, seq } = entry
      /** By order: what it was before the entry, and the last event about it. */
      const before = new Map<OrderId, Was>()
      const last = new Map(entry.events.map((event, index) => [orderIdOf(event), index]))
      for (const [index, event] of entry.events.entries()) {
        const moment: Moment = { row: n, account, seq: seq + index }
        const here: Here = { event, entry, moment, sequence: sequenceOf(n, events++), wanted }
        const id = orderIdOf(event)
        const fold = id && this.#foldOf(id, here)
        const was = wasOf(id && fold?.orders.get(id))
        if (id && !before.has(id)) before.set(id, was)
        if (fold) foldOne(fold, entry, index)
        const order = id && fold?.orders.get(id)
        notices.push(...this.#tell(here, order, was))
        if (!order || last.get(id) !== index || !wanted.has('execution')) continue
        if (hasEnded(order, before.get(id)!)) notices.push(executionOf(here, order))
      }
    }
    return notices
  }

  /** Undefined for an order that was never placed, only denied. */
  #foldOf(id: OrderId, { event, moment }: Here): Account | undefined {
    const isNew = event.type === 'OrderPlaced'
    const known = isNew ? newAccount(moment.account) : this.#orders.get(id)
    const fold = known ?? this.#past.order(id, moment)
    if (fold) keep(this.#orders, id, fold)
    return fold
  }

  #tell(here: Here, order: Order | undefined, was: Was): Notice[] {
    const { event, wanted } = here
    const notices: Notice[] = []
    if (order && wanted.has('order') && !SILENT.has(event.type)) {
      notices.push({ ...head(here, 'order'), order: orderView(here.moment.account, order) })
    }
    const isFill = event.type === 'OrderFilled' || event.type === 'FillBusted'
    if (order && isFill && wanted.has('fill')) notices.push(fillOf(here, order))
    for (const moved of this.#moved(here, order)) {
      if (wanted.has('position')) notices.push(positionOf(here, moved))
    }
    if (order && event.type === 'OrderRejected' && wanted.has('rejected')) {
      notices.push(rejectedOf(here, order, event))
    }
    if (order?.status === 'complete' && was.status !== 'complete' && wanted.has('executed')) {
      notices.push(executedOf(here, order))
    }
    if (event.type === 'EndOfDayDone' && wanted.has('dayClosed')) {
      notices.push(dayClosedOf(here, event))
    }
    return notices
  }

  #moved({ event, moment }: Here, order: Order | undefined): readonly Moved[] {
    const nameOf = (leg: string): string => `${moment.account} ${leg}`
    const all = movedBy(event, order, (leg) => {
      return this.#legs.get(nameOf(leg)) ?? this.#past.leg(leg, moment)
    })
    for (const { leg } of all) keep(this.#legs, nameOf(legName(leg)), leg)
    return all
  }
}

const wasOf = (order: Order | undefined): Was => ({
  status: order?.status,
  filled: order?.filled ?? (0n as Quantity),
})

/** It ended with the entry, or traded after it had. */
const hasEnded = ({ status, filled }: Order, was: Was): boolean =>
  !isWorking(status) && (status !== was.status || filled !== was.filled)

function keep<K, V>(all: Map<K, V>, key: K, value: V): void {
  all.delete(key)
  all.set(key, value)
  for (const oldest of all.keys()) {
    if (all.size <= KEPT_MAX) return
    all.delete(oldest)
  }
}

type Head<K extends NoticeKind> = Pick<
  NoticeOf<K>,
  'sequence' | 'kind' | 'event' | 'account' | 'at'
>

function head<K extends NoticeKind>({ sequence, event, entry }: Here, kind: K): Head<K> {
  return { sequence, kind, event: event.type, account: entry.account, at: utc(entry.at) }
}

const fillOf = (here: Here, order: Order): NoticeOf<'fill'> => ({
  ...head(here, 'fill'),
  fill: fillView(here.moment.account, order, { fill: order.fills.at(-1)!, show: utc }),
})

const positionOf = (here: Here, { leg, price }: Moved): NoticeOf<'position'> => ({
  ...head(here, 'position'),
  position: positionView(here.moment.account, leg, price),
})

/** Without the market's average: that is worked out from prices, and would take its time. */
const executionOf = (here: Here, order: Order): NoticeOf<'execution'> => ({
  ...head(here, 'execution'),
  execution: executionView(orderView(here.moment.account, order), undefined),
})

const named = ({ id, terms }: Order) => ({
  symbol: symbolOf(terms.instrument),
  exchange: exchangeOf(terms.instrument),
  orderId: id,
})

const rejectedOf = (
  here: Here,
  order: Order,
  { code, reason }: EventOf<'OrderRejected'>,
): NoticeOf<'rejected'> => {
  const quantity = formatQuantity(absolute(order.terms.quantity))
  return { ...head(here, 'rejected'), rejected: { ...named(order), quantity, code, reason } }
}

const dayClosedOf = (here: Here, event: EventOf<'EndOfDayDone'>): NoticeOf<'dayClosed'> => {
  const { group, date, stepsCompleted, stepsFailed, milliseconds, summary } = event
  const [success, durationSeconds] = [stepsFailed === 0, milliseconds / SECOND]
  const results = { group, date, success, durationSeconds, stepsCompleted, stepsFailed, summary }
  return { ...head(here, 'dayClosed'), dayClosed: results }
}

const executedOf = (here: Here, order: Order): NoticeOf<'executed'> => {
  const { filled, value, terms } = order
  const executed = {
    ...named(order),
    side: terms.quantity > 0n ? ('BUY' as const) : ('SELL' as const),
    quantity: formatQuantity(absolute(filled)),
    price: formatPrice(average(value, filled, terms.multiplier)),
  }
  return { ...head(here, 'executed'), executed }
}
