/** What an order may be when it is placed and when it is sent, by a count of our own. */
import { absolute } from '../src/core/amount.ts'
import type { Event, EventOf } from '../src/core/event.ts'
import type { InstrumentId } from '../src/core/instrument.ts'
import { netKey } from '../src/core/instrument.ts'
import type { Intent, Terms } from '../src/core/order.ts'
import { isAutomatic } from '../src/core/owner.ts'
import { LISTED } from './market.ts'
import type { Complain, Counted, Known } from './known.ts'

/** Called before the event is counted. */
export function checkPlacing(written: Counted, event: Event, complain: Complain): void {
  if (event.type === 'OrderPlaced') return checkPlaced(written, event, complain)
  if (event.type !== 'OrderSending' || event.request !== 'place') return
  const order = written.orders.get(event.orderId)
  if (order) checkSize(written, { ...order, adds: 0n }, complain)
}

function checkPlaced(written: Counted, event: EventOf<'OrderPlaced'>, complain: Complain): void {
  const { orderId: id, terms, intent, owner } = event
  checkSize(written, { id, terms, intent, adds: absolute(terms.quantity) }, complain)
  if (intent === 'exit') return
  const { instrument } = terms
  for (const other of written.orders.values()) {
    if (other.status !== 'unknown' || other.terms.instrument !== instrument) continue
    complain('8 what is unknown blocks entries', `${id} is placed while ${other.id} is unknown`)
  }
  if (isAutomatic(owner) && isLocked(written, instrument)) {
    complain('11 a break locks its symbol', `${id} is placed in ${instrument}`)
  }
}

function isLocked({ breaks }: Counted, instrument: InstrumentId): boolean {
  for (const each of breaks.values())
    if (each.instrument === instrument && each.material) return true
  return false
}

type Closing = {
  readonly id: string
  readonly terms: Terms
  readonly intent: Intent
  /** What it takes beside all that works on its side already; unsigned. */
  readonly adds: bigint
}

/** 22: all that works on one side takes no more than is held, whatever of it is unknown. */
function checkSize(
  written: Counted,
  { id, terms, intent, adds }: Closing,
  complain: Complain,
): void {
  if (intent !== 'exit') return
  const net = netKey(terms.instrument, terms.product)
  const held: bigint = written.netOf(net)
  const isBuy = terms.quantity > 0n
  let taken = adds
  for (const order of written.orders.values()) {
    const { instrument, product, quantity } = order.terms
    if (netKey(instrument, product) === net && quantity > 0n === isBuy) taken += leftOf(order)
  }
  const most = isBuy ? -held : held
  if (taken <= most) return
  complain('22 a close takes no more than is held', `${id}: ${taken} of ${most} in ${net}`)
}

function leftOf({ status, terms, asked, filled }: Known): bigint {
  if (status !== 'pending' && status !== 'open' && status !== 'unknown') return 0n
  const [now, then] = [absolute(terms.quantity), absolute(asked ?? terms.quantity)]
  const left = (now > then ? now : then) - absolute(filled)
  return left > 0n ? left : 0n
}

/** 18: why the exchange could not take it; undefined where it can. */
export function misfit({ instrument, quantity, pricing }: Terms): string | undefined {
  const { lot, tick, freeze, band } = LISTED.find(({ id }) => id === instrument)!
  const size = absolute(quantity)
  if (size === 0n || size % lot !== 0n) return `${size} is not in lots of ${lot}`
  if (freeze !== undefined && size > freeze) return `${size} is above ${freeze}`
  for (const at of [
    'limit' in pricing ? pricing.limit : undefined,
    'trigger' in pricing ? pricing.trigger : undefined,
  ]) {
    if (at === undefined) continue
    if (at <= 0n || at % tick !== 0n) return `${at} is not on ${tick}`
    if (band && (at < band.low || at > band.high)) return `${at} is outside the band`
  }
  return undefined
}
