import type { Account } from '../account.ts'
import { closable, exposureOf, freeCash, requestCount } from '../account.ts'
import { netKey } from '../instrument.ts'
import type { Money, Price, Quantity } from '../amount.ts'
import {
  formatMoney,
  formatPrice,
  formatQuantity,
  isOnGrid,
  minus,
  negate,
  NO_MONEY,
  times,
} from '../amount.ts'
import { assert } from '../brand.ts'
import type { DenialCode } from '../denial.ts'
import { contextOf } from '../denial.ts'
import type { Event } from '../event.ts'
import type { Command } from '../input.ts'
import type { Instrument, Product } from '../instrument.ts'
import type { Intent, OrderId, Pricing, Terms, Ticket } from '../order.ts'
import { isAutomatic } from '../order.ts'
import { tagOf } from '../tag.ts'

/** Calls that may wait for their turn at the broker, over all orders of an account. */
const WAITING_MAX = 20_000

export type Denial = { readonly code: DenialCode; readonly context: string }
type PlaceOrder = Extract<Command, { readonly type: 'PlaceOrder' }>

/** What the checks found out on the way: all that placing the order needs. */
type Checked = {
  readonly terms: Terms
  readonly intent: Intent
  readonly reserve: Money
}

export function placeOrder(account: Account, command: PlaceOrder): Event[] {
  const { ticket, last, turn } = command
  const checked = check(account, command)
  if ('code' in checked) return [{ type: 'OrderDenied', ticket, ...checked }]
  const { owner, by, note } = ticket
  const epoch = account.epoch
  assert(epoch !== undefined, 'an account is started before it takes orders')
  const counter = account.seq + 1
  const orderId = `${account.id}-${counter}` as OrderId
  const tag = tagOf(epoch, account.number, counter)
  const arrival = last ?? ticket.price
  const { terms, intent, reserve } = checked
  const placed: Event = {
    type: 'OrderPlaced',
    orderId,
    tag,
    terms,
    intent,
    owner,
    by,
    note,
    arrival,
    reserve,
  }
  return turn ? [placed, { type: 'OrderSending', orderId, request: 'place', epoch }] : [placed]
}

/** Cheapest checks first; the first one to fail is the reason given. */
function check(account: Account, { ticket, instrument, last }: PlaceOrder): Denial | Checked {
  if (account.closed) return deny('ACCOUNT_CLOSED', { account: account.id })
  if (!instrument) return deny('INSTRUMENT_NOT_FOUND', { symbol: ticket.instrument })
  const product = ticket.product ?? instrument.products[0]
  const wrong = checkQuantity(ticket, instrument) ?? checkProduct(product, instrument)
  if (wrong) return wrong
  const pricing = pricingOf(ticket, instrument)
  if ('code' in pricing) return pricing
  const quantity = ticket.side === 'buy' ? ticket.size : negate(ticket.size)
  const { id, group, currency, multiplier } = instrument
  const terms: Terms = { instrument: id, group, currency, multiplier, product, quantity, pricing }
  return checkBooks(account, ticket, terms, last)
}

function checkQuantity({ size }: Ticket, { lot }: Instrument): Denial | undefined {
  if (size <= 0n) return deny('QUANTITY_NOT_POSITIVE', { quantity: formatQuantity(size) })
  if (isOnGrid(size, lot)) return undefined
  const facts = { lot: formatQuantity(lot), quantity: formatQuantity(size) }
  return deny('QUANTITY_NOT_A_LOT', facts)
}

function checkProduct(product: Product, { products }: Instrument): Denial | undefined {
  if (products.includes(product)) return undefined
  return deny('PRODUCT_NOT_OFFERED', { product, offered: products.join(',') })
}

/** A MARKET order may carry a price, the caller's reference: it is kept, and never sent. */
function pricingOf({ type, price }: Ticket, { tick }: Instrument): Denial | Pricing {
  if (price !== undefined && price <= 0n) {
    return deny('PRICE_NOT_POSITIVE', { price: formatPrice(price) })
  }
  if (type === 'market') return { type }
  if (price === undefined) return deny('PRICE_MISSING', { type: 'LIMIT' })
  if (isOnGrid(price, tick)) return { type, limit: price }
  return deny('PRICE_NOT_ON_TICK', { tick: formatPrice(tick), price: formatPrice(price) })
}

/** What the account's own books say: doubt, breaks, the queue and cash. */
function checkBooks(
  account: Account,
  ticket: Ticket,
  terms: Terms,
  last: Price | undefined,
): Denial | Checked {
  const key = netKey(terms.instrument, terms.product)
  const safe = closable(account, key, ticket.side)
  const intent: Intent = ticket.size <= safe ? 'exit' : 'entry'
  if (intent === 'exit') return { terms, intent, reserve: NO_MONEY }
  if (exposureOf(account, key).unknown > 0) {
    return deny('SYMBOL_IN_DOUBT', { symbol: terms.instrument, safeToClose: formatQuantity(safe) })
  }
  if (isAutomatic(ticket.owner) && account.breaks.has(key)) {
    return deny('SYMBOL_LOCKED', { symbol: terms.instrument })
  }
  if (requestCount(account) >= WAITING_MAX) {
    return deny('TOO_MANY_WAITING', { waiting: String(requestCount(account)) })
  }
  const expected = terms.pricing.type === 'limit' ? terms.pricing.limit : (last ?? ticket.price)
  if (expected === undefined) return deny('NO_PRICE_YET', { symbol: terms.instrument })
  const opening = minus(ticket.size, safe)
  return checkCash(account, terms, { expected, opening })
}

/** What an order opens needs its whole value in cash; what it closes needs none. */
function checkCash(
  account: Account,
  terms: Terms,
  { expected, opening }: { readonly expected: Price; readonly opening: Quantity },
): Denial | Checked {
  const reserve = times(expected, opening, terms.multiplier)
  const free = freeCash(account, terms.currency)
  if (reserve <= free) return { terms, intent: 'entry', reserve }
  const facts = { needed: formatMoney(reserve), free: formatMoney(free) }
  return deny('NOT_ENOUGH_CASH', { ...facts, currency: terms.currency })
}

export const deny = (code: DenialCode, facts: Readonly<Record<string, string>>): Denial => ({
  code,
  context: contextOf(facts),
})
