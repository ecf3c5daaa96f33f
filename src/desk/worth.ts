/** What strategies and people trade with is worth, at prices that can be believed. */
import type { Account, Leg } from '../core/account.ts'
import type { Money } from '../core/amount.ts'
import { formatQuantity, NO_MONEY, plus, priceOfPoints, times } from '../core/amount.ts'
import type { Worth } from '../core/guard-rule.ts'
import type { Currency, Instrument, InstrumentId } from '../core/instrument.ts'
import { symbolOf } from '../core/instrument.ts'
import { isTraded } from '../core/owner.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, SECOND } from '../core/time.ts'
import { legsOf, unrealizedOf } from '../core/view.ts'
import { moneyText } from '../core/wording.ts'
import type { Feed } from '../market/feed.ts'
import type { Instruments } from '../market/instruments.ts'
import type { TickGate } from './tick-gate.ts'

export type WorthOptions = {
  readonly gate: Pick<TickGate, 'of'>
  readonly feed: Pick<Feed, 'freshMs'>
  readonly instruments: Pick<Instruments, 'get'>
  /** Where it is closed, its last price counts however old it is. */
  readonly isOpen: (instrument: Instrument, at: Instant) => boolean
}

/** `missing`: why there is no figure; it is never nought for want of a price. */
export type Appraised = Worth | { readonly missing: string }

type Marked = { readonly points: number; readonly instrument: Instrument }

export function worthOf(
  account: Account,
  currency: Currency,
  { at, ...options }: WorthOptions & { readonly at: Instant },
): Appraised {
  const cash = account.cash.get(currency)
  if (cash === undefined) return { missing: `no cash in ${currency} is known` }
  let [equity, balance] = [cash, cash]
  for (const leg of openLegs(account)) {
    if (leg.currency !== currency) continue
    const mark = markOf(leg.instrument, at, options)
    if (typeof mark === 'string') return { missing: mark }
    const price = priceOfPoints(Math.round(mark.points), mark.instrument.decimals)
    equity = plus(equity, times(price, leg.position.quantity, leg.multiplier))
    balance = plus(balance, leg.position.cost)
  }
  return { equity, balance }
}

/** A price, or why there is none. */
function markOf(id: InstrumentId, at: Instant, options: WorthOptions): Marked | string {
  const { gate, feed, instruments, isOpen } = options
  const symbol = symbolOf(id)
  const instrument = instruments.get(id)
  if (!instrument) return `${symbol} is no instrument that is known`
  const { accepted, doubtedSince } = gate.of(id, at)
  if (!accepted) return `there is no price of ${symbol}`
  if (!isOpen(instrument, at)) return { points: accepted.points, instrument }
  if (doubtedSince !== undefined && elapsed(doubtedSince, at) > DOUBT_MS) {
    return `the price of ${symbol} has leapt, and nothing proves it`
  }
  const age = elapsed(accepted.at, at)
  if (age <= feed.freshMs) return { points: accepted.points, instrument }
  return `the price of ${symbol} is ${Math.round(age / SECOND)} s old`
}

/** A leap that lasts is proven or gone by then. */
const DOUBT_MS = 5 * SECOND

const openLegs = (account: Account): Leg[] =>
  [...legsOf(account)].filter(({ owner, position }) => isTraded(owner) && position.quantity !== 0n)

const NAMED_MAX = 20

/** What would be closed, in words: `10 INFY CNC (-₹1,200.00)`. */
export function listOf(
  account: Account,
  options: WorthOptions & { readonly at: Instant },
): { readonly positions: number; readonly list: string } {
  const legs = openLegs(account)
  const lines = legs.slice(0, NAMED_MAX).map((leg) => {
    const what = `${formatQuantity(leg.position.quantity)} ${symbolOf(leg.instrument)}`
    return `${what} ${leg.product} (${gainText(leg, options)})`
  })
  const more = legs.length > NAMED_MAX ? [`and ${legs.length - NAMED_MAX} more`] : []
  const list = legs.length === 0 ? 'nothing is held' : [...lines, ...more].join(', ')
  return { positions: legs.length, list }
}

function gainText(leg: Leg, { at, ...options }: WorthOptions & { readonly at: Instant }): string {
  const mark = markOf(leg.instrument, at, options)
  if (typeof mark === 'string') return 'no price'
  const price = priceOfPoints(Math.round(mark.points), mark.instrument.decimals)
  const gain: Money = unrealizedOf(leg, price) ?? NO_MONEY
  return moneyText(gain, leg.currency)
}
