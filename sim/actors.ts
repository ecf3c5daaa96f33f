/** Who trades in a run: each by its own lots, none knowing of the others. */
import { formatPrice, formatQuantity, negate, priceOfPoints } from '../src/core/amount.ts'
import type { Quantity } from '../src/core/amount.ts'
import type { Instrument } from '../src/core/instrument.ts'
import { netKey } from '../src/core/instrument.ts'
import type { Pricing, Terms } from '../src/core/order.ts'
import { strategyOwner } from '../src/core/owner.ts'
import type { PlainAnswer, PlainChanges, PlainTicket } from '../src/core/port.ts'
import type { Instant } from '../src/core/time.ts'
import type { Random } from '../src/market/random.ts'
import type { Client } from './client.ts'
import type { Exchange } from './exchange.ts'
import { guardian } from './guardian.ts'
import type { Machine } from './machine.ts'
import type { Market } from './market.ts'
import { EXCHANGE, LISTED } from './market.ts'
import { ACCOUNT } from './opened.ts'

export type Stage = {
  readonly now: () => Instant
  readonly client: Client
  readonly machine: Machine
  readonly market: Market
  readonly exchange: Exchange
  /** Ids of orders that were placed, as whoever placed them was told. */
  readonly orders: string[]
  /** A new id for a command. */
  readonly nextId: () => string
}

type Act = (stage: Stage, random: Random) => void

export type ActorName = 'sane' | 'greedy' | 'looping' | 'person' | 'clumsy' | 'phone' | 'guardian'

/** How long it waits between two acts, at most, in milliseconds. */
export const ACTORS: Readonly<Record<ActorName, { readonly pauseMs: number; readonly act: Act }>> =
  {
    sane: { pauseMs: 20_000, act: sane },
    greedy: { pauseMs: 90_000, act: greedy },
    looping: { pauseMs: 200_000, act: looping },
    person: { pauseMs: 15_000, act: person },
    clumsy: { pauseMs: 20_000, act: clumsy },
    phone: { pauseMs: 40_000, act: phone },
    guardian: { pauseMs: 30_000, act: guardian },
  }

const pick = <T>(random: Random, all: readonly T[]): T => all[random.integer(0, all.length - 1)]!

const lots = ({ lot }: Instrument, count: number): Quantity => (lot * BigInt(count)) as Quantity

/** A price near the market, on the tick. */
function near({ market }: Stage, instrument: Instrument, random: Random): string {
  const points = market.last(instrument.id) ?? 10_000
  const around = Math.round(points / 5 + random.integer(-8, 8)) * 5
  return formatPrice(priceOfPoints(Math.max(5, around), instrument.decimals))
}

type Wish = Partial<PlainTicket> & { readonly scope?: string; readonly id?: string }

function place(stage: Stage, wish: Wish): Promise<PlainAnswer | undefined> {
  const { scope = 'key:me', id = stage.nextId(), ...rest } = wish
  const ticket: PlainTicket = {
    account: ACCOUNT,
    symbol: 'ALPHA',
    exchange: EXCHANGE,
    side: 'BUY',
    type: 'MARKET',
    ...rest,
  }
  return stage.client.ask({ type: 'PlaceOrder', scope, id, by: scope, ticket }).then((answer) => {
    if (answer?.is === 'placed') stage.orders.push(answer.order.id)
    return answer
  })
}

/** Small entries, and exits of what it holds. */
function sane(stage: Stage, random: Random): void {
  const instrument = pick(random, LISTED)
  const product = instrument.products[0]
  const { id, symbol } = instrument
  const account = stage.machine.desk?.account(ACCOUNT)
  const legs = account?.legs.get(netKey(id, product))
  const held = legs?.get(strategyOwner('sane'))?.position.quantity ?? 0n
  const isExit = held > 0n && random.chance(0.6)
  const size = isExit ? (held as Quantity) : lots(instrument, random.integer(1, 5))
  const limit = random.chance(0.4) ? near(stage, instrument, random) : undefined
  void place(stage, {
    scope: 'strategy:sane',
    id: `${id}/${stage.now()}/${random.integer(0, 9)}`,
    symbol,
    product,
    side: isExit ? 'SELL' : 'BUY',
    quantity: formatQuantity(size),
    type: limit === undefined ? 'MARKET' : 'LIMIT',
    price: limit,
    strategy: 'sane',
  })
}

/** As much as it can get, all at once. */
function greedy(stage: Stage, random: Random): void {
  const count = random.integer(3, 8)
  for (let n = 0; n < count; n++) {
    const instrument = pick(random, LISTED)
    const size = lots(instrument, random.integer(10, 400))
    void place(stage, {
      symbol: instrument.symbol,
      product: pick(random, instrument.products),
      side: random.chance(0.5) ? 'BUY' : 'SELL',
      quantity: formatQuantity(size),
      strategy: 'greedy',
      slice: random.chance(0.5),
    })
  }
}

/** The same thing again and again, as a program does whose author forgot to wait. */
function looping(stage: Stage, random: Random): void {
  const count = random.integer(15, 40)
  const side = random.chance(0.5) ? 'BUY' : 'SELL'
  const limit = random.chance(0.5) ? near(stage, LISTED[0]!, random) : undefined
  const type = limit === undefined ? 'MARKET' : 'LIMIT'
  for (let n = 0; n < count; n++) {
    void place(stage, { side, quantity: '1', type, price: limit, strategy: 'looping' })
  }
}

/** Somebody with a screen: places, changes, cancels. */
function person(stage: Stage, random: Random): void {
  const { orders } = stage
  const dice = random.next()
  const recent = orders.slice(-6)
  if (dice < 0.5 || recent.length === 0) return personPlaces(stage, random)
  const orderId = pick(random, recent)
  if (dice < 0.75) return cancel(stage, orderId)
  amend(stage, orderId, anyChange(stage, random))
}

function personPlaces(stage: Stage, random: Random): void {
  const instrument = pick(random, LISTED)
  const type = pick(random, ['MARKET', 'LIMIT', 'LIMIT', 'SL', 'SL-M'] as const)
  const side = random.chance(0.5) ? 'BUY' : 'SELL'
  const price = type === 'LIMIT' || type === 'SL' ? near(stage, instrument, random) : undefined
  const trigger = type.startsWith('SL') ? near(stage, instrument, random) : undefined
  const isTimed = random.chance(0.1)
  void place(stage, {
    symbol: instrument.symbol,
    product: pick(random, instrument.products),
    side,
    quantity: formatQuantity(lots(instrument, random.integer(1, 30))),
    type,
    price,
    trigger,
    validity: isTimed ? 'TTL' : random.chance(0.1) ? 'IOC' : undefined,
    validityMinutes: isTimed ? random.integer(1, 3) : undefined,
    reduceOnly: random.chance(0.15),
  })
}

function anyChange(stage: Stage, random: Random): PlainChanges {
  const price = random.chance(0.6) ? near(stage, LISTED[0]!, random) : undefined
  return { price, ...(random.chance(0.6) && { quantity: String(25 * random.integer(1, 6)) }) }
}

function cancel(stage: Stage, orderId: string): void {
  const asked = { scope: 'key:me', id: stage.nextId(), by: 'me', orderId }
  void stage.client.ask({ type: 'CancelOrder', ...asked })
}

function amend(stage: Stage, orderId: string, changes: PlainChanges): void {
  const asked = { scope: 'key:me', id: stage.nextId(), by: 'me', orderId, changes }
  void stage.client.ask({ type: 'AmendOrder', ...asked })
}

/** Means well: wrong words, double clicks, other orders under an old id, cancels of anything. */
function clumsy(stage: Stage, random: Random): void {
  const { orders } = stage
  const orderId = orders.length > 0 && random.chance(0.9) ? pick(random, orders) : `${ACCOUNT}-999`
  switch (random.integer(0, 6)) {
    case 0:
      return void place(stage, { quantity: pick(random, ['0', '0.5', '1.5', '-3', '99999999']) })
    case 1:
      return void place(stage, { symbol: 'NOTHING', quantity: '1' })
    case 2:
      return void place(stage, { quantity: '1', type: 'LIMIT', price: '100.03' })
    case 3: {
      const id = stage.nextId()
      void place(stage, { id, quantity: '2' })
      void place(stage, { id, quantity: random.chance(0.5) ? '2' : '3' })
      return
    }
    case 4:
      cancel(stage, orderId)
      return cancel(stage, orderId)
    case 5:
      return amend(stage, orderId, anyChange(stage, random))
    case 6: {
      const asked = { scope: 'key:me', id: stage.nextId(), by: 'me' }
      void stage.client.ask({ type: 'CancelAll', chosen: { account: ACCOUNT }, ...asked })
    }
  }
}

/** Trades at the broker without us: by phone, with no tag of ours, and touches our orders too. */
function phone(stage: Stage, random: Random): void {
  const { exchange, now } = stage
  if (exchange.isAway) return
  const { venue } = exchange
  const working = venue.books().orders.filter(({ status }) => status === 'working')
  const dice = random.next()
  if (dice < 0.6 || working.length === 0) {
    venue.place(undefined, byPhone(stage, random), now())
    return
  }
  const { brokerOrderId, quantity: size, pricing } = pick(random, working)
  if (dice < 0.85) return void venue.cancel(brokerOrderId, now())
  if (!pricing) return
  const to = (size + (size > 0n ? size : 0n)) as Quantity
  venue.amend(
    brokerOrderId,
    { quantity: to, pricing, validity: 'day', disclosed: undefined },
    now(),
  )
}

function byPhone(stage: Stage, random: Random): Terms {
  const instrument = pick(random, LISTED)
  const { id, group, currency, multiplier, products, decimals } = instrument
  const size = lots(instrument, random.integer(1, 10))
  const points = Math.round((stage.market.last(id) ?? 10_000) / 5) * 5
  const pricing: Pricing = random.chance(0.6)
    ? { type: 'market' }
    : { type: 'limit', limit: priceOfPoints(points, decimals) }
  return {
    instrument: id,
    group,
    currency,
    multiplier,
    product: pick(random, products),
    quantity: random.chance(0.5) ? size : negate(size),
    pricing,
    validity: 'day',
    disclosed: undefined,
  }
}
