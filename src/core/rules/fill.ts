import type { Account } from '../account.ts'
import { bustKey, tradeKey } from '../trade-key.ts'
import type { Money, Quantity } from '../amount.ts'
import { absolute, formatQuantity, minus, negate, plus, times } from '../amount.ts'
import type { ChargeLines } from '../charges.ts'
import { CHARGE_NAMES, chargesOnOrder, ruleOn, subtractCharges } from '../charges.ts'
import type { Event, EventOf } from '../event.ts'
import type { BrokerTrade } from '../input.ts'
import { exchangeOf } from '../instrument.ts'
import type { Order, OrderStatus } from '../order.ts'
import { largestSize } from '../order.ts'
import { amendedBy } from './amend.ts'
import { anomaly } from './anomaly.ts'

type Filling = { readonly trades: readonly BrokerTrade[]; readonly status: OrderStatus }
type Filled = {
  readonly quantity: Quantity
  readonly status: OrderStatus
  /** It traded beyond its old size, so a change upwards that was not settled was taken. */
  readonly amended: boolean
}

/** Adds the events of the trades that are new. A fill is a fact, whatever we thought before it. */
export function fill(account: Account, order: Order, filling: Filling, events: Event[]): Filled {
  let { filled: quantity, value, charges } = order
  let { status } = filling
  let amended = false
  const counted = new Set<string>()
  for (const trade of filling.trades) {
    const { tradeId, date, tradedAt, exchangeOrderId, price } = trade
    const { instrument, multiplier } = order.terms
    const key = tradeKey(exchangeOf(instrument), date, tradeId, trade.quantity)
    const known = account.trades.has(key) || counted.has(key)
    counted.add(key)
    const bust = trade.busted ? bustOf(account, order, trade, known) : undefined
    if (bust) {
      events.push(bust)
      quantity = plus(quantity, bust.quantity)
      value = plus(value, times(price, bust.quantity, multiplier))
      charges = recharge(account, order, { trade, value, charges }, events)
    }
    if (known || trade.busted) continue
    if (trade.quantity > 0n !== order.terms.quantity > 0n) {
      const what = `trade ${tradeId} is of the other side: it is not counted as its fill`
      events.push(...anomaly(account, `side ${order.id} ${tradeId}`, what))
      continue
    }
    const isBeyond = absolute(plus(quantity, trade.quantity)) > absolute(order.terms.quantity)
    if (isBeyond && !amended && isGrowing(order)) {
      events.push(amendedBy(order, 'book'))
      amended = true
    }
    events.push({
      type: 'OrderFilled',
      orderId: order.id,
      instrument,
      tradeId,
      date,
      quantity: trade.quantity,
      price,
      tradedAt,
      exchangeOrderId,
    })
    quantity = plus(quantity, trade.quantity)
    value = plus(value, times(price, trade.quantity, multiplier))
    charges = recharge(account, order, { trade, value, charges }, events)
    events.push(...odd(account, order, status, quantity))
    if (absolute(quantity) >= largestSize(order)) status = 'complete'
  }
  return { quantity, status, amended }
}

const isGrowing = ({ amending, terms }: Order): boolean =>
  amending !== undefined && absolute(amending.to.quantity) > absolute(terms.quantity)

/** Of a fill that was counted, and once. What was never counted need not be taken back. */
function bustOf(
  account: Account,
  { id: orderId, terms: { instrument } }: Order,
  { tradeId, date, quantity: traded, price, tradedAt }: BrokerTrade,
  known: boolean,
): EventOf<'FillBusted'> | undefined {
  const quantity = negate(traded)
  if (!known || account.trades.has(bustKey(exchangeOf(instrument), date, tradeId, quantity))) {
    return undefined
  }
  return { type: 'FillBusted', orderId, instrument, tradeId, date, quantity, price, tradedAt }
}

type Charged = {
  readonly trade: BrokerTrade
  readonly value: Money
  readonly charges: ChargeLines
}

/** All charges on the order after a trade, and the event of what it changed of them. */
function recharge(
  { plan }: Account,
  order: Order,
  { trade, value, charges }: Charged,
  events: Event[],
): ChargeLines {
  const charged = chargesOnOrder(plan, order.terms, { date: trade.date, value })
  if (isSame(charged, charges)) return charges
  events.push(booked(order, trade, subtractCharges(charged, charges)))
  return charged
}

const isSame = (a: ChargeLines, b: ChargeLines): boolean =>
  a === b || CHARGE_NAMES.every((name) => a[name] === b[name])

function booked(
  { id: orderId, terms: { currency } }: Order,
  { tradeId, date }: BrokerTrade,
  lines: ChargeLines,
): Event {
  return { type: 'ChargesBooked', orderId, tradeId, currency, rule: ruleOn(date).version, lines }
}

function odd(account: Account, order: Order, status: OrderStatus, filled: Quantity): Event[] {
  const { id } = order
  const over = minus(absolute(filled), largestSize(order))
  if (over > 0n) return anomaly(account, `overfill ${id}`, `${formatQuantity(over)} too many`)
  if (status === 'open' || status === 'complete') return []
  return anomaly(account, `late fill ${id}`, `it traded though we called it ${status}`)
}
