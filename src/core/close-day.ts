import type { Books } from './draft.ts'
import type { EventOf } from './event.ts'
import { exchangeOf } from './instrument.ts'
import { isWorking } from './order.ts'

/**
 * Only what is finished, settled and older than any re-report leaves; the rest stays watched. All
 * of it is walked through, since a clock that steps back leaves times out of order.
 *
 * Flat legs stay: what they have realized stands nowhere else, and it is what people ask for.
 */
export function closeDay(books: Books, { exchange, date, before }: EventOf<'DayClosed'>): void {
  for (const order of books.orders.values()) {
    if (order.updatedAt >= before || exchangeOf(order.terms.instrument) !== exchange) continue
    if (isWorking(order.status) || order.status === 'lapsed') continue
    books.orders.delete(order.id)
    books.byTag.delete(order.tag)
    if (order.brokerOrderId) books.byBrokerId.delete(order.brokerOrderId)
  }
  for (const [key, seenAt] of books.trades) {
    if (seenAt < before && key.startsWith(`${exchange} `)) books.trades.delete(key)
  }
  for (const [net, { buying, selling, unknown, touchedAt }] of books.exposures) {
    const isIdle = buying === 0n && selling === 0n && unknown === 0
    if (isIdle && touchedAt < before && net.startsWith(`${exchange}:`)) books.exposures.delete(net)
  }
  books.anomalies.clear()
  books.daysClosed.set(exchange, date)
  books.placedToday.delete(exchange)
}

/** A step of a later day begins a new run; one of an earlier day says nothing any more. */
export function stepTaken(
  books: Books,
  { group, date, step, ok }: EventOf<'EndOfDayStepDone'>,
): void {
  const known = books.daysRun.get(group)
  if (known && known.date > date) return
  const run =
    known?.date === date ? known : { date, steps: new Map<number, boolean>(), isDone: false }
  run.steps.set(step, ok)
  books.daysRun.set(group, run)
}

export function runEnded(
  books: Books,
  { group, date, stepsFailed }: EventOf<'EndOfDayDone'>,
): void {
  const known = books.daysRun.get(group)
  if (known?.date === date) known.isDone = stepsFailed === 0
}
