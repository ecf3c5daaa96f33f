/** How `evolve` lets trades and transfers reach orders, positions and cash. */
import { bustKey, tradeKey } from './trade-key.ts'
import type { Money, Quantity } from './amount.ts'
import { absolute, minus, negate, NO_MONEY, plus, share, times } from './amount.ts'
import { addCharges, totalCharges } from './charges.ts'
import type { Books, Draft } from './draft.ts'
import { add, change, draft, move, touch } from './draft.ts'
import type { EventOf } from './event.ts'
import { fund, funded as funding, openFund } from './funding.ts'
import { cashMoved } from './guard-evolve.ts'
import { exchangeOf, netKey } from './instrument.ts'
import type { Order } from './order.ts'
import { largestSize } from './order.ts'
import { confirmed, review } from './owning.ts'
import { isTraded } from './owner.ts'
import type { Instant } from './time.ts'

export function filled(books: Books, event: EventOf<'OrderFilled'>, at: Instant): void {
  const order = draft(books, event.orderId)
  const { terms } = order
  const { tradeId, quantity, price, tradedAt } = event
  const after = plus(order.filled, quantity)
  const whole = absolute(after) >= largestSize(order)
  const status = whole ? 'complete' : order.status
  change(books, order, { status, at, message: '' }, () => {
    keepReserves(order, quantity)
    order.filled = after
    order.value = plus(order.value, times(price, quantity, terms.multiplier))
    order.fills.push({ seq: books.seq, tradeId, quantity, price, tradedAt, at, isBust: false })
    order.firstFillAt ??= at
    order.exchangeOrderId = event.exchangeOrderId ?? order.exchangeOrderId
    if (!whole) return
    order.completedAt = at
    order.error = undefined
  })
  books.trades.set(tradeKey(exchangeOf(event.instrument), event.date, tradeId, quantity), at)
  const { instrument, product, currency, multiplier } = terms
  move(books, { instrument, product, owner: order.owner, currency, multiplier }, quantity, price)
  confirmed(books, instrument, at)
  review(books, instrument)
}

/**
 * The opposite trade at the same price, so that quantity and cash are as if it had never been. An
 * order that was complete by it does not go on, since the exchange has let go of it; one that had
 * traded too much may still be whole.
 */
export function busted(books: Books, event: EventOf<'FillBusted'>, at: Instant): void {
  const order = draft(books, event.orderId)
  const { tradeId, quantity, price, tradedAt, date } = event
  const { instrument, product, currency, multiplier } = order.terms
  const message = `trade ${tradeId} was busted`
  const isShort = absolute(plus(order.filled, quantity)) < largestSize(order)
  const isCut = order.status === 'complete' && isShort
  change(books, order, { status: isCut ? 'cancelled' : order.status, at, message }, () => {
    order.filled = plus(order.filled, quantity)
    order.value = plus(order.value, times(price, quantity, multiplier))
    order.fills.push({ seq: books.seq, tradeId, quantity, price, tradedAt, at, isBust: true })
    if (isCut) order.error = { code: 'TRADE_BUSTED', message }
  })
  books.trades.set(bustKey(exchangeOf(instrument), date, tradeId, quantity), at)
  move(books, { instrument, product, owner: order.owner, currency, multiplier }, quantity, price)
  review(books, instrument)
}

/** What stays set aside after `traded`: in proportion to what is then left. */
function keepReserves(order: Draft<Order>, traded: Quantity): void {
  const { amending, terms, filled: before, reserve } = order
  order.reserve = kept(reserve, absolute(minus(terms.quantity, before)), absolute(traded))
  if (!amending) return
  const left = absolute(minus(amending.to.quantity, before))
  amending.reserve = kept(amending.reserve, left, absolute(traded))
}

const kept = (reserve: Money, left: Quantity, traded: Quantity): Money =>
  traded >= left ? NO_MONEY : share(reserve, minus(left, traded), left)

export function tradedByHand(books: Books, event: EventOf<'ManualTradeSeen'>, at: Instant): void {
  const { instrument, product, currency, multiplier, date, tradeId, quantity, price } = event
  books.trades.set(tradeKey(exchangeOf(instrument), date, tradeId, quantity), at)
  move(books, { instrument, product, owner: event.owner, currency, multiplier }, quantity, price)
  if (!isTraded(event.owner)) fund(books, currency, negate(times(price, quantity, multiplier)))
  review(books, instrument)
  touch(books, netKey(instrument, product), at)
}

export function charged(books: Books, event: EventOf<'ChargesBooked'>): void {
  const order = draft(books, event.orderId)
  order.charges = addCharges(order.charges, event.lines)
  add(books.cash, event.currency, minus(NO_MONEY, totalCharges(event.lines)))
}

export function funded(books: Books, { currency, amount, reason }: EventOf<'CashMoved'>): void {
  add(books.cash, currency, amount)
  if (reason === 'opening') return openFund(books, currency, amount)
  cashMoved(books, currency, amount)
  funding(books, currency, amount)
}
