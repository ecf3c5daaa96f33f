/** Every position beside the broker's, from a reading of a moment ago. */
import type { Account, Leg } from './account.ts'
import type { Money, Price, Quantity } from './amount.ts'
import {
  average,
  formatMoney,
  formatPrice,
  formatQuantity,
  NO_MONEY,
  NO_QUANTITY,
  plus,
} from './amount.ts'
import type { BrokerPosition } from './input.ts'
import type { Currency, InstrumentId, NetKey, Product } from './instrument.ts'
import { exchangeOf, symbolOf } from './instrument.ts'
import { UNEXPLAINED } from './owner.ts'
import type { Instant } from './time.ts'
import { unrealizedOf, utc } from './view.ts'

type Side = {
  readonly quantity: string
  /** Null where nothing is held, or where it is not told. */
  readonly average: string | null
}

export type PositionReportView = {
  readonly account: string
  readonly readAt: string
  /** Nets that either side holds. */
  readonly totalPositions: number
  readonly matched: number
  readonly mismatched: number
  readonly positions: readonly {
    readonly symbol: string
    readonly exchange: string
    readonly product: string
    /** All books but what is unexplained. */
    readonly ours: Side & { readonly realized: string; readonly unrealized: string | null }
    /** Null where it could not be read: that is not zero. */
    readonly broker: Side | null
    readonly differences: readonly string[]
    readonly match: boolean
  }[]
  readonly summary: {
    /** That of the account; what is held in others is not in these sums. */
    readonly currency: string | null
    readonly totalRealized: string
    /** Null while a position has no price. */
    readonly totalUnrealized: string | null
  }
}

export type Theirs =
  | { readonly ok: true; readonly held: ReadonlyMap<NetKey, BrokerPosition> }
  | { readonly ok: false; readonly reason: string }

type Asked = {
  readonly readAt: Instant
  readonly theirs: Theirs
  readonly priceOf: (instrument: InstrumentId) => Price | undefined
}

export function positionReport(account: Account, asked: Asked): PositionReportView {
  const nets = netsOf(account, asked)
  const shown = nets.filter(({ quantity, there }) => quantity !== 0n || there?.quantity)
  const positions = shown.map((net) => positionOf(account, net, asked.theirs))
  const matched = positions.filter(({ match }) => match).length
  const [currency] = account.cash.keys()
  const own = nets.filter((net) => net.currency === currency)
  return {
    account: account.id,
    readAt: utc(asked.readAt),
    totalPositions: positions.length,
    matched,
    mismatched: positions.length - matched,
    positions,
    summary: {
      currency: currency ?? null,
      totalRealized: formatMoney(own.reduce((sum, net) => plus(sum, net.realized), NO_MONEY)),
      totalUnrealized: textOf(own.reduce(addUnrealized, NO_MONEY as Money | undefined)),
    },
  }
}

type Net = {
  readonly key: NetKey
  readonly instrument: InstrumentId
  readonly product: Product
  readonly currency: Currency | undefined
  readonly quantity: Quantity
  readonly average: Price | undefined
  readonly realized: Money
  /** Undefined: it has no price. */
  readonly unrealized: Money | undefined
  readonly there: BrokerPosition | undefined
}

function netsOf(account: Account, { theirs, priceOf }: Asked): Net[] {
  const held = theirs.ok ? theirs.held : undefined
  const nets = [...account.legs].flatMap(([key, owners]) => {
    const legs = [...owners.values()].filter(({ owner }) => owner !== UNEXPLAINED)
    const [leg] = owners.values()
    return leg ? [netFrom({ key, of: leg, legs, there: held?.get(key) }, priceOf)] : []
  })
  for (const [key, there] of held ?? []) {
    if (account.legs.has(key)) continue
    const { instrument, product, currency } = there
    const nothing = { quantity: NO_QUANTITY, average: undefined, realized: NO_MONEY }
    const of = { key, instrument, product, currency, unrealized: NO_MONEY }
    nets.push({ ...of, ...nothing, there })
  }
  return nets
}

type Legs = Pick<Net, 'key' | 'there'> & { readonly of: Leg; readonly legs: readonly Leg[] }

function netFrom({ key, of, legs, there }: Legs, priceOf: Asked['priceOf']): Net {
  const { instrument, product, currency, multiplier } = of
  const last = priceOf(instrument)
  let quantity = NO_QUANTITY
  let cost = NO_MONEY
  let realized = NO_MONEY
  let unrealized: Money | undefined = NO_MONEY
  for (const leg of legs) {
    const gain = unrealizedOf(leg, last)
    quantity = plus(quantity, leg.position.quantity)
    cost = plus(cost, leg.position.cost)
    realized = plus(realized, leg.position.realized)
    unrealized = gain === undefined || unrealized === undefined ? undefined : plus(unrealized, gain)
  }
  const paid = quantity === 0n ? undefined : average(cost, quantity, multiplier)
  const which = { key, instrument, product, currency, there }
  return { ...which, quantity, average: paid, realized, unrealized }
}

function positionOf(
  account: Account,
  net: Net,
  theirs: Theirs,
): PositionReportView['positions'][number] {
  const { instrument, product, quantity, there } = net
  const differences = differencesOf(account, net, theirs)
  const broker = {
    quantity: formatQuantity(there?.quantity ?? NO_QUANTITY),
    average: there?.quantity ? priceText(there.average) : null,
  }
  return {
    symbol: symbolOf(instrument),
    exchange: exchangeOf(instrument),
    product,
    ours: {
      quantity: formatQuantity(quantity),
      average: priceText(net.average),
      realized: formatMoney(net.realized),
      unrealized: textOf(net.unrealized),
    },
    broker: theirs.ok ? broker : null,
    differences,
    match: differences.length === 0,
  }
}

function differencesOf(account: Account, net: Net, theirs: Theirs): string[] {
  if (!theirs.ok) return [`the broker’s positions could not be read: ${theirs.reason}`]
  const there = net.there?.quantity ?? NO_QUANTITY
  if (there !== net.quantity) {
    return [`quantity: ours ${formatQuantity(net.quantity)}, broker ${formatQuantity(there)}`]
  }
  const slipped = account.slippages.get(net.key)
  if (!slipped) return []
  return [`average: ours ${formatPrice(slipped.ours)}, broker ${formatPrice(slipped.theirs)}`]
}

const addUnrealized = (sum: Money | undefined, { unrealized }: Net): Money | undefined =>
  sum === undefined || unrealized === undefined ? undefined : plus(sum, unrealized)

const textOf = (amount: Money | undefined): string | null =>
  amount === undefined ? null : formatMoney(amount)

const priceText = (at: Price | undefined): string | null =>
  at === undefined ? null : formatPrice(at)
