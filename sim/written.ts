import { absolute, negate, times } from '../src/core/amount.ts'
import type { Money, Quantity } from '../src/core/amount.ts'
import { totalCharges } from '../src/core/charges.ts'
import type { Entry, Event, EventOf } from '../src/core/event.ts'
import type { Currency } from '../src/core/instrument.ts'
import type { BrokerTrade } from '../src/core/input.ts'
import { netKey } from '../src/core/instrument.ts'
import type { OrderId, OrderStatus, Tag, Terms } from '../src/core/order.ts'
import { PREEXISTING, UNEXPLAINED } from '../src/core/owner.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, elapsed } from '../src/core/time.ts'
import type { Complain, Dated, Known } from './known.ts'
import { checkPlacing } from './placing.ts'
import { ENDS, EVIDENCE, NEXT } from './states.ts'

const KEPT_MS = 7 * DAY

/**
 * The journal counted a second time, by other code than the desk's: what is on disk, and nothing
 * else. It complains where the rows contradict each other.
 */
export class Written {
  readonly orders = new Map<OrderId, Known>()
  readonly byTag = new Map<Tag, Known>()
  readonly keys = new Map<string, Instant>()
  /** By net and owner. */
  readonly held = new Map<string, Quantity>()
  readonly cash = new Map<Currency, Money>()
  /** By net. */
  readonly breaks = new Map<string, EventOf<'BreakFound'>>()
  readonly subjects = new Set<string>()
  readonly #trades = new Set<string>()
  /** What the broker is said to hold, where a break was found or settled: for the judge to take. */
  said: { readonly net: string; readonly theirs: bigint }[] = []
  /** How much of each trade by hand was booked; unsigned. */
  readonly #parts = new Map<string, bigint>()
  readonly #complain: Complain
  #n = 0
  #at: Instant | undefined
  #seq = 0

  constructor(complain: Complain) {
    this.#complain = complain
  }

  #settle(net: string): void {
    const unexplained = this.held.get(`${net}|${UNEXPLAINED}`) ?? 0n
    this.said.push({ net, theirs: this.netOf(net) - unexplained })
  }

  /** What all owners together hold. */
  netOf(net: string): Quantity {
    let sum = 0n
    for (const [key, held] of this.held) if (key.startsWith(`${net}|`)) sum += held
    return sum as Quantity
  }

  get rows(): number {
    return this.#n
  }

  take({ n, entries, at }: Dated): void {
    if (n !== this.#n + 1) this.#complain('26 rows are dense', `row ${n} after ${this.#n}`)
    this.#n = n
    this.#at = at
    for (const entry of entries) this.#entry(entry)
  }

  #entry(entry: Entry): void {
    const { seq, command, events, at } = entry
    if (seq !== this.#seq + 1) this.#complain('26 seqs are dense', `${seq} after ${this.#seq}`)
    this.#seq += events.length
    if (command) {
      const name = `${command.scope} ${command.id}`
      const before = this.keys.get(name)
      if (before !== undefined && Math.abs(elapsed(before, at)) < KEPT_MS) {
        this.#complain('1 a command counts once', `${name} was decided twice`)
      }
      this.keys.set(name, at)
    }
    for (const event of events) {
      if (event.type === 'AnomalySeen') this.subjects.add(event.subject)
    }
    for (const event of events) {
      checkPlacing(this, event, this.#complain)
      this.#event(event, at)
    }
  }

  // tidy-ok: one switch over the events that count
  #event(event: Event, at: Instant): void {
    switch (event.type) {
      case 'OrderPlaced':
        return this.#placed(event)
      case 'OrderSending':
        return this.#sending(event)
      case 'OrderNotSent':
        this.#of(event).unsent[event.request]++
        return
      case 'CancelUnknown':
        this.#of(event).unsent.cancel++
        return
      case 'OrderAccepted': {
        const order = this.#of(event)
        order.brokerOrderId = event.brokerOrderId
        return this.#become(order, 'open')
      }
      case 'OrderUnknown':
        return this.#become(this.#of(event), 'unknown')
      case 'OrderLapsed':
        return this.#become(this.#of(event), 'lapsed')
      case 'OrderRejected':
        return this.#become(this.#of(event), 'rejected')
      case 'OrderCancelled':
        return this.#become(this.#of(event), 'cancelled')
      case 'OrderExpired':
        return this.#become(this.#of(event), 'expired')
      case 'OrderFilled':
      case 'FillBusted':
        return this.#traded(event)
      case 'ManualTradeSeen':
        return this.#byHand(event)
      case 'HoldingsAdopted':
        return this.#hold(`${netOf(event)}|${PREEXISTING}`, event.quantity)
      case 'LegAdjusted':
        return this.#hold(`${netOf(event)}|${event.owner}`, event.quantity)
      case 'AmendAsked':
        this.#of(event).asked = event.to.quantity
        return
      case 'Amended':
        return this.#amended(event)
      case 'AmendRejected':
        return this.#unamended(this.#of(event))
      case 'CancelAsked':
        this.#of(event).cancelAskedAt ??= at
        return
      case 'CancelRejected':
        this.#of(event).cancelAskedAt = undefined
        return
      case 'BreakFound':
        this.breaks.set(netOf(event), event)
        this.said.push({ net: netOf(event), theirs: event.theirs })
        return
      case 'BreakSettled':
        this.breaks.delete(netOf(event))
        if (event.by === 'book') this.#settle(netOf(event))
        return
      case 'CashMoved':
        return this.#add(event.currency, event.amount)
      case 'ChargesBooked':
        return this.#add(event.currency, negate(totalCharges(event.lines)))
      case 'AccountFailed':
        return this.#complain('6 our books never contradict themselves', event.reason)
      default:
    }
  }

  #of({ orderId }: { readonly orderId: OrderId }): Known {
    const found = this.orders.get(orderId)
    if (!found) throw new Error(`the journal tells of ${orderId}, which was never placed`)
    return found
  }

  #placed({ orderId: id, tag, terms, intent, owner }: EventOf<'OrderPlaced'>): void {
    if (this.orders.has(id) || this.byTag.has(tag)) {
      this.#complain('1 names are given once', `${id} ${tag}`)
    }
    const order: Known = {
      id,
      tag,
      intent,
      owner,
      placedAt: this.#at!,
      terms,
      asked: undefined,
      status: 'pending',
      filled: 0n as Quantity,
      brokerOrderId: undefined,
      sent: { place: 0, amend: 0, cancel: 0 },
      unsent: { place: 0, amend: 0, cancel: 0 },
      cancelAskedAt: undefined,
    }
    this.orders.set(id, order)
    this.byTag.set(tag, order)
  }

  #sending(event: EventOf<'OrderSending'>): void {
    const order = this.#of(event)
    const { sent, unsent } = order
    const kind = event.request
    if (kind === 'place' && sent.place > unsent.place) {
      this.#complain('1 an intent is sent once', `${order.id} is to be sent again`)
    }
    if (kind === 'place' && order.status !== 'pending') {
      this.#complain('8 only what is pending is sent', `${order.id} is ${order.status}`)
    }
    sent[kind]++
  }

  /** 6 and 7: along the table, and out of an end only with evidence. */
  #become(order: Known, status: OrderStatus): void {
    const { id, status: before } = order
    if (!NEXT[before].includes(status)) {
      this.#complain('6 states move along the table', `${id} from ${before} to ${status}`)
    }
    // A refusal that comes late only makes certain what was presumed.
    const isProof = before === 'lapsed' && status === 'rejected'
    const ended = ENDS.includes(before) && !isProof
    const isLoud = EVIDENCE.some((word) => this.subjects.has(`${word} ${id}`))
    if (ended && !isLoud) {
      this.#complain('7 an end is left with evidence', `${id} from ${before} to ${status}`)
    }
    order.status = status
  }

  #traded(event: EventOf<'OrderFilled' | 'FillBusted'>): void {
    const order = this.#of(event)
    const { date, tradeId, quantity, price, type } = event
    this.#once(`${date} ${tradeId} ${quantity > 0n ? 'B' : 'S'} ${type}`)
    order.filled = (order.filled + quantity) as Quantity
    const { id, terms, asked, filled } = order
    const most = [absolute(terms.quantity), absolute(asked ?? terms.quantity)]
    const size = most[0]! > most[1]! ? most[0]! : most[1]!
    if (absolute(filled) > size && !this.subjects.has(`overfill ${id}`)) {
      this.#complain('3 no more is filled than was ordered', `${id} ${filled} of ${size}`)
    }
    const isOpposite = filled !== 0n && filled > 0n !== terms.quantity > 0n
    if (isOpposite) this.#complain('3 fills are of one side', `${id} ${filled}`)
    this.#hold(`${netKey(terms.instrument, terms.product)}|${order.owner}`, quantity)
    this.#add(terms.currency, negate(times(price, quantity, terms.multiplier)))
    if (type === 'OrderFilled' && absolute(filled) >= size && order.status !== 'complete') {
      this.#become(order, 'complete')
    }
    if (type === 'OrderFilled' || order.status !== 'complete') return
    if (absolute(filled) < size) order.status = 'cancelled'
  }

  #byHand(event: EventOf<'ManualTradeSeen'>): void {
    const { date, tradeId, quantity, owner, whole, currency, price, multiplier } = event
    const name = `${date} ${tradeId} ${quantity > 0n ? 'B' : 'S'} OrderFilled`
    // One event for each book it goes to.
    const counted = (this.#parts.get(name) ?? 0n) + absolute(quantity)
    if (counted === absolute(quantity)) this.#once(name)
    this.#parts.set(name, counted)
    if (counted > absolute(whole ?? quantity)) this.#complain('4 a trade counts once', name)
    this.#hold(`${netOf(event)}|${owner}`, quantity)
    this.#add(currency, negate(times(price, quantity, multiplier)))
  }

  /** Whether a trade was counted, and where it was taken back, that too. */
  hasCounted({ date, tradeId, quantity, busted }: BrokerTrade): boolean {
    const name = `${date} ${tradeId} ${quantity > 0n ? 'B' : 'S'} OrderFilled`
    if (!busted) return this.#trades.has(name)
    const back = `${date} ${tradeId} bust ${quantity > 0n ? 'S' : 'B'} OrderFilled`
    return !this.#trades.has(name) || this.#trades.has(back)
  }

  #once(trade: string): void {
    if (this.#trades.has(trade)) this.#complain('4 a trade counts once', trade)
    this.#trades.add(trade)
  }

  #amended(event: EventOf<'Amended'>): void {
    const order = this.#of(event)
    order.terms = { ...order.terms, ...event.to }
    this.#unamended(order)
  }

  #unamended(order: Known): void {
    order.asked = undefined
    const isWhole = absolute(order.filled) >= absolute(order.terms.quantity)
    if (isWhole && order.status === 'open') order.status = 'complete'
  }

  #hold(key: string, quantity: Quantity): void {
    this.held.set(key, ((this.held.get(key) ?? 0n) + quantity) as Quantity)
  }

  #add(currency: Currency, amount: Money): void {
    this.cash.set(currency, ((this.cash.get(currency) ?? 0n) + amount) as Money)
  }
}

type Netted = Pick<Terms, 'instrument' | 'product'>
const netOf = ({ instrument, product }: Netted): string => netKey(instrument, product)
