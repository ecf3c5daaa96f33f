/**
 * Small fixed days, told step by step with nothing left to chance: the crash loop plays each again
 * and again, with the process dying at another point each time.
 */
import type { Terms } from '../src/core/order.ts'
import type { PlainAnswer, PlainChanges, PlainTicket } from '../src/core/port.ts'
import { price, quantity } from '../src/core/amount.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, HOUR, instant, later, MINUTE, SECOND } from '../src/core/time.ts'
import { NO_POLICY } from '../src/core/input.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import { EXCHANGE, LISTED } from './market.ts'
import { ACCOUNT } from './opened.ts'
import type { Plan } from './plan.ts'
import type { World } from './world.ts'

/** A day with its steps; `to` is when the last of them is over, if nothing holds it up. */
export type Story = {
  readonly name: string
  /** Milliseconds after the exchange’s midnight. */
  readonly fromMs: number
  readonly lengthMs: number
  readonly tell: (teller: Teller) => Promise<void>
}

const MONDAY = Date.UTC(2026, 11, 7) - 5.5 * HOUR
const LAPSE_MS = 30 * SECOND

/** All stories have the same weather: none. */
export function planOfStory({ fromMs, lengthMs }: Story): Plan {
  const from = instant(MONDAY + fromMs)
  return {
    seed: 1,
    stretches: [{ from, to: later(from, lengthMs) }],
    actors: [],
    traits: {
      name: 'paper',
      lapseAfterMs: LAPSE_MS,
      reportsKeptMs: 2 * DAY,
      tagsMayBeLost: false,
      timeoutMs: 5 * SECOND,
      limits: { windows: [{ ms: SECOND, max: 10 }], keptForExits: 3 },
    },
    policy: NO_POLICY,
    charges: 'zerodha',
    latencyMs: 40,
    diskMs: 4,
    cadence: CADENCE,
  }
}

type Wish = Partial<PlainTicket> & Pick<PlainTicket, 'side'>

/** Whoever acts in a story: waits for its moment, asks the desk, and goes on. */
export class Teller {
  readonly world: World
  readonly #from: Instant
  #ids = 0

  constructor(world: World) {
    this.world = world
    this.#from = world.plan.stretches[0]!.from
    // A price for each share, before anybody asks.
    void this.at(0).then(() => LISTED.forEach((each) => world.market.tick(each)))
  }

  /** Until so many seconds after the beginning; at once where that has passed. */
  at(seconds: number): Promise<void> {
    const { clock } = this.world
    const due = later(this.#from, seconds * SECOND)
    return new Promise((resolve) => void clock.at(due, resolve))
  }

  #ask(command: Parameters<World['client']['ask']>[0]): Promise<PlainAnswer | undefined> {
    return this.world.client.ask(command)
  }

  /** The order’s id, or undefined where it was denied. */
  async place(wish: Wish): Promise<string | undefined> {
    const ticket: PlainTicket = {
      account: ACCOUNT,
      symbol: 'ALPHA',
      exchange: EXCHANGE,
      type: 'MARKET',
      ...wish,
    }
    const answer = await this.#ask({ type: 'PlaceOrder', ...this.#by(), ticket })
    return answer?.is === 'placed' ? answer.order.id : undefined
  }

  async amend(orderId: string | undefined, changes: PlainChanges): Promise<void> {
    if (orderId) await this.#ask({ type: 'AmendOrder', ...this.#by(), orderId, changes })
  }

  async cancel(orderId: string | undefined): Promise<void> {
    if (orderId) await this.#ask({ type: 'CancelOrder', ...this.#by(), orderId })
  }

  async cancelAll(): Promise<void> {
    await this.#ask({ type: 'CancelAll', ...this.#by(), chosen: { account: ACCOUNT } })
  }

  #by(): { scope: string; id: string; by: string } {
    return { scope: 'key:me', id: `s${++this.#ids}`, by: 'me' }
  }

  /** Half of what is left of each order that works trades, whatever the market says. */
  tradePart(): void {
    const { exchange } = this.world
    const working = exchange.venue.books().orders.filter(({ status }) => status === 'working')
    for (const { brokerOrderId } of working) {
      exchange.inside().tradePart(brokerOrderId)
    }
  }

  /** Somebody with a telephone, of whom the desk knows nothing. */
  phone(side: 'BUY' | 'SELL', size: string): void {
    const { id, group, currency, multiplier } = LISTED[0]!
    const terms: Terms = {
      instrument: id,
      group,
      currency,
      multiplier,
      product: 'MIS',
      quantity: quantity(side === 'BUY' ? size : `-${size}`),
      pricing: { type: 'limit', limit: price(side === 'BUY' ? '120' : '80') },
      validity: 'day',
      disclosed: undefined,
    }
    const { exchange, clock } = this.world
    exchange.venue.place(undefined, terms, clock.now())
  }
}

const OPEN = 9.25 * HOUR
const CLOSE = 15.5 * HOUR
const BELOW = '95'
const limit = (quantity: string): Wish => ({ side: 'BUY', type: 'LIMIT', price: BELOW, quantity })

/** Placed, filled in part, made smaller, cancelled; and what it bought is sold again. */
async function life(teller: Teller): Promise<void> {
  await teller.at(1)
  const order = await teller.place(limit('8'))
  await teller.at(3)
  teller.tradePart()
  await teller.at(4)
  await teller.amend(order, { quantity: '6' })
  await teller.at(6)
  await teller.cancel(order)
  await teller.at(8)
  await teller.place({ side: 'SELL', reduceOnly: true })
}

/** Of three calls nothing is heard though they were done, and one never arrived. */
async function silence(teller: Teller): Promise<void> {
  const { fates } = teller.world
  await teller.at(1)
  fates.arrange('answer-lost')
  const order = await teller.place(limit('8'))
  await teller.at(3)
  fates.arrange('answer-lost')
  await teller.amend(order, { quantity: '6' })
  await teller.at(5)
  fates.arrange('answer-lost')
  await teller.cancel(order)
  await teller.at(8)
  fates.arrange('request-lost')
  await teller.place({ ...limit('2'), symbol: 'BETA' })
}

/** Some are refused, by us and by the broker; somebody trades by phone, and touches ours. */
async function strangers(teller: Teller): Promise<void> {
  const { fates } = teller.world
  await teller.at(1)
  fates.arrange('broker-refuses')
  await teller.place(limit('8'))
  await teller.at(2)
  await teller.place({ ...limit('8'), price: '95.03' })
  await teller.at(3)
  const order = await teller.place(limit('4'))
  await teller.at(4)
  teller.phone('BUY', '5')
  await teller.at(5)
  fates.arrange('fill-races')
  await teller.cancel(order)
  await teller.at(7)
  teller.phone('SELL', '3')
}

/** A large position is sold in parts, since the exchange takes no order of its size. */
async function unwinding(teller: Teller): Promise<void> {
  const large = { symbol: 'GAMMA', product: 'MIS', slice: true } as const
  await teller.at(1)
  await teller.place({ ...large, side: 'BUY', quantity: '450' })
  await teller.at(6)
  await teller.place({ ...large, side: 'SELL', reduceOnly: true })
  await teller.at(9)
  await teller.cancelAll()
}

/** Over the close: what works expires. The desk is stopped for the night, and started again. */
async function close(teller: Teller): Promise<void> {
  const { machine } = teller.world
  await teller.at(1)
  await teller.place(limit('8'))
  await teller.place({ side: 'BUY', quantity: '2' })
  await teller.at(3)
  teller.tradePart()
  await teller.at(14)
  await machine.stop()
  await teller.at(3 * 60) // the broker ends its day a few seconds later
  machine.start()
}

const story = (name: string, tell: Story['tell'], fromMs: number, lengthMs: number): Story => ({
  name,
  tell,
  fromMs,
  lengthMs,
})

export const STORIES: readonly Story[] = [
  story('life', life, OPEN + HOUR, 14 * SECOND),
  story('silence', silence, OPEN + 2 * HOUR, 14 * SECOND),
  story('strangers', strangers, OPEN + 3 * HOUR, 12 * SECOND),
  story('unwinding', unwinding, OPEN + 4 * HOUR, 12 * SECOND),
  story('close', close, CLOSE - 10 * SECOND, 4 * MINUTE),
]
