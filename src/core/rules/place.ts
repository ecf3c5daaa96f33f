import type { Account } from '../account.ts'
import type { Money, Price, Quantity } from '../amount.ts'
import {
  absolute,
  affordable,
  formatMoney,
  formatQuantity,
  minus,
  negate,
  share,
  smaller,
} from '../amount.ts'
import { assert } from '../brand.ts'
import type { Refusal } from '../denial.ts'
import { deny } from '../denial.ts'
import type { Event } from '../event.ts'
import type { Command } from '../input.ts'
import { NO_POLICY } from '../input.ts'
import type { Instrument } from '../instrument.ts'
import type { OrderId, Pricing, Terms, Ticket } from '../order.ts'
import { isAutomatic } from '../owner.ts'
import { tagOf } from '../tag.ts'
import type { Instant } from '../time.ts'
import type { Allowed } from './allow.ts'
import { allow, closableBy, NOTHING_HELD, ownClosable } from './allow.ts'
import {
  expectedPrice,
  largestLots,
  pricingOf,
  wrongProduct,
  wrongQuantity,
  wrongValidity,
} from './check.ts'

/** Brokers cut no order into more. */
const SLICES_MAX = 10

type PlaceOrder = Extract<Command, { readonly type: 'PlaceOrder' }>

/** What the checks found out on the way: all that placing the order needs. */
type Checked = Allowed & {
  readonly terms: Terms
  /** Where it is to be cut: the most that one order may be. */
  readonly sliceSize: Quantity | undefined
}

export function placeOrder(account: Account, command: PlaceOrder, at: Instant): Event[] {
  const { ticket, turn } = command
  const checked = check(account, ticket.skipChecks ? relaxed(command) : command, at)
  if ('code' in checked) return [{ type: 'OrderDenied', ticket, ...checked }]
  const { epoch } = account
  assert(epoch !== undefined, 'an account is started before it takes orders')
  const first = account.seq + 1
  const events = sizesOf(checked).map((size, index, { length }) => {
    const cut = length === 1 ? undefined : { first, of: length }
    return placed(account, command, checked, { counter: first + index, size, cut })
  })
  const orderId = orderIdOf(account, first)
  return turn ? [...events, { type: 'OrderSending', orderId, request: 'place', epoch }] : events
}

/** As if the account's owner had set no limits, and the exchange no band and no hours. */
function relaxed(command: PlaceOrder): PlaceOrder {
  const { instrument, refused } = command
  return {
    ...command,
    policy: NO_POLICY,
    instrument: instrument && { ...instrument, band: undefined },
    refused: refused?.code === 'MARKET_CLOSED' ? undefined : refused,
  }
}

const orderIdOf = ({ id }: Account, counter: number): OrderId => `${id}-${counter}` as OrderId

type Part = {
  readonly counter: number
  /** Signed. */
  readonly size: Quantity
  readonly cut: { readonly first: number; readonly of: number } | undefined
}

// tidy-ok: what is placed, by whom, and which part of it
function placed(
  account: Account,
  { ticket, last }: PlaceOrder,
  { terms, intent, reserve, warning }: Checked,
  { counter, size, cut }: Part,
): Event {
  const { owner, by, note, refs, reason, reduceOnly, skipChecks } = ticket
  return {
    type: 'OrderPlaced',
    orderId: orderIdOf(account, counter),
    tag: tagOf(account.epoch!, account.number, counter),
    terms: cut ? { ...terms, quantity: size } : terms,
    intent,
    owner,
    by,
    note,
    refs,
    reason,
    reduceOnly,
    skippedChecks: skipChecks,
    warning,
    arrival: last ?? ticket.price,
    reserve: cut ? share(reserve, absolute(size), absolute(terms.quantity)) : reserve,
    parent: cut && orderIdOf(account, cut.first),
    slices: cut && counter === cut.first ? cut.of : undefined,
  }
}

/** The whole of it, or slices of at most the freeze quantity, the last one with what is left. */
function sizesOf({ terms, sliceSize }: Checked): Quantity[] {
  const whole = absolute(terms.quantity)
  if (sliceSize === undefined || whole <= sliceSize) return [terms.quantity]
  const sizes: Quantity[] = []
  for (let left = whole; left > 0n; left = minus(left, smaller(left, sliceSize))) {
    const size = smaller(left, sliceSize)
    sizes.push(terms.quantity > 0n ? size : negate(size))
  }
  return sizes
}

/** Cheapest checks first; the first one to fail is the reason given. */
function check(account: Account, command: PlaceOrder, at: Instant): Refusal | Checked {
  const { ticket, instrument, last, policy, refused } = command
  if (account.closed) return deny('ACCOUNT_CLOSED', { account: account.id })
  if (refused) return deny(refused.code, { why: refused.why })
  if (!instrument) return deny('INSTRUMENT_NOT_FOUND', { symbol: ticket.instrument })
  const product = ticket.product ?? instrument.products[0]
  const wrong = wrongProduct(product, instrument)
  if (wrong) return wrong
  if (ticket.size !== undefined) {
    const odd = wrongQuantity(ticket.size, instrument, ticket.slice ? SLICES_MAX : 1)
    if (odd) return odd
  }
  const pricing = pricingOf(ticket, instrument, last)
  if ('code' in pricing) return pricing
  const size = sizeOf(account, command, pricing)
  if (typeof size !== 'bigint') return size
  const { owner, reduceOnly, price: reference, skipChecks: unfunded } = ticket
  const terms = termsOf(ticket, instrument, { size, pricing })
  const late = wrongValidity(terms, size, instrument.lot)
  if (late) return late
  const held = NOTHING_HELD
  const wish = { terms, size, owner, reduceOnly, last, reference, policy, at, held, unfunded }
  const allowed = allow(account, wish)
  if ('code' in allowed) return allowed
  const { intent, reserve, warning } = allowed
  const sliceSize = ticket.slice ? largestLots(instrument) : undefined
  return { terms, intent, reserve, warning, sliceSize }
}

type Found = { readonly size: Quantity; readonly pricing: Pricing }

function termsOf(ticket: Ticket, instrument: Instrument, { size, pricing }: Found): Terms {
  const { side, validity, disclosed } = ticket
  const { id, group, currency, multiplier, products } = instrument
  return {
    instrument: id,
    group,
    currency,
    multiplier,
    product: ticket.product ?? products[0],
    quantity: side === 'buy' ? size : negate(size),
    pricing,
    validity,
    disclosed,
  }
}

/**
 * What was asked. Without a quantity, an order that only reduces closes all it safely can, and an
 * automatic entry gets what its capital buys.
 */
function sizeOf(account: Account, command: PlaceOrder, pricing: Pricing): Refusal | Quantity {
  const { ticket, last, policy } = command
  const instrument = command.instrument!
  if (ticket.size !== undefined) return ticket.size
  const { owner } = ticket
  if (ticket.reduceOnly) return closingSize(account, ticket, { instrument, pricing })
  const capital = policy.capitalPerTrade
  const missing = (): Refusal => deny('QUANTITY_MISSING', { symbol: instrument.id })
  if (!isAutomatic(owner) || capital === undefined) return missing()
  const terms = termsOf(ticket, instrument, { size: instrument.lot, pricing })
  if (closableBy(account, { terms, owner, held: NOTHING_HELD }) > 0n) return missing()
  const expected = expectedPrice(pricing, last, ticket.price)
  if (expected === undefined) return deny('NO_PRICE_YET', { symbol: instrument.id })
  const size = sized(capital, expected, instrument)
  if (size > 0n) return size
  const facts = { capital: formatMoney(capital), currency: instrument.currency }
  return deny('CAPITAL_PER_TRADE_EXCEEDED', facts)
}

type Listed = { readonly instrument: Instrument; readonly pricing: Pricing }

/** Whole lots of what the owner holds, whether orders in doubt happened or not. */
function closingSize(
  account: Account,
  ticket: Ticket,
  { instrument, pricing }: Listed,
): Refusal | Quantity {
  const { lot, id } = instrument
  const terms = termsOf(ticket, instrument, { size: lot, pricing })
  const safe = ownClosable(account, { terms, owner: ticket.owner, held: NOTHING_HELD })
  const most = largestLots(instrument)
  const parts = BigInt(ticket.slice ? SLICES_MAX : 1)
  const whole = minus(safe, (safe % lot) as Quantity)
  const size = most === undefined ? whole : smaller(whole, (most * parts) as Quantity)
  if (size > 0n) return size
  return deny('NOTHING_TO_REDUCE', { symbol: id, reducible: formatQuantity(safe) })
}

/** Whole lots, and no more than the exchange takes in one order. */
function sized(capital: Money, at: Price, instrument: Instrument): Quantity {
  const size = affordable(capital, at, instrument.lot, instrument.multiplier)
  const most = largestLots(instrument)
  return most === undefined ? size : smaller(size, most)
}
