import type { Books } from './draft.ts'
import type { EventOf } from './event.ts'
import { exchangeOf } from './instrument.ts'
import { isWorking } from './order.ts'

/** Only what is finished, settled and older than any re-report leaves; the rest stays watched. */
export function closeDay(books: Books, { exchange, date, before }: EventOf<'DayClosed'>): void {
  for (const order of books.orders.values()) {
    if (order.placedAt >= before) break // and so is every order after it
    if (order.updatedAt >= before || exchangeOf(order.terms.instrument) !== exchange) continue
    if (isWorking(order.status) || order.status === 'lapsed') continue
    books.orders.delete(order.id)
    books.byTag.delete(order.tag)
    if (order.brokerOrderId) books.byBrokerId.delete(order.brokerOrderId)
  }
  for (const [key, seenAt] of books.trades) {
    if (seenAt >= before) break
    if (key.startsWith(`${exchange} `)) books.trades.delete(key)
  }
  books.anomalies.clear()
  books.daysClosed.set(exchange, date)
  books.pace = { ...books.pace, inDay: 0 }
}
