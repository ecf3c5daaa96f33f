/** What chance may do to an account, where trades are counted. */
import fc from 'fast-check'
import { explainedQuantity } from '../src/core/account.ts'
import type { Quantity } from '../src/core/amount.ts'
import { formatMoney, formatQuantity, money, NO_MONEY, plus, quantity } from '../src/core/amount.ts'
import { netKey } from '../src/core/instrument.ts'
import { INSTRUMENTS } from './scenario-asks.ts'
import type { TradeStory } from './trade-story.ts'

const OWNERS = ['manual', 'manual', 'strategy:x'] as const
const SYMBOLS = ['INFY', 'CALL'] as const

const side = fc.constantFrom(1, -1)
const at = fc.integer({ min: 1_900, max: 2_100 }).map((ticks) => String(ticks / 20))
const shifts = [
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('differ' as const),
      by: fc.integer({ min: -4, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      as: fc.constantFrom('manual', 'strategy:x', 'preexisting'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('split' as const) }) },
] as const
const trading = [
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      owner: fc.constantFrom(...OWNERS),
      symbol: fc.constantFrom(...SYMBOLS),
      side,
      fills: fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), at), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('hand' as const),
      side,
      size: fc.integer({ min: 1, max: 5 }),
      at,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('bust' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('cash' as const),
      by: fc.integer({ min: -500, max: 500 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
] as const
export const anyTrade = fc.oneof(...trading)
/** And quantities that come and go without one. */
export const anything = fc.oneof(...trading, ...shifts)
type Step = typeof anything extends fc.Arbitrary<infer T> ? T : never

const LOT = 75

/** A story as chance tells it; every trade in it can be taken back later. */
export class Chance {
  readonly story: TradeStory
  readonly #trades: string[] = []
  readonly #hands: string[] = []
  #orders = 0
  #named = 0

  constructor(story: TradeStory) {
    this.story = story
  }

  async play(step: Step): Promise<void> {
    switch (step.do) {
      case 'order': {
        const lot = step.symbol === 'CALL' ? LOT : 1
        const sizes = step.fills.map(([size]) => size * lot * step.side)
        const whole = sizes.reduce((sum, size) => sum + size, 0)
        const product = step.symbol === 'CALL' ? 'NRML' : 'MIS'
        const how = `limit 100 ${product} by ${step.owner} unchecked`
        const before = this.story.account.orders.size
        await this.story.play(`place ${step.symbol} ${whole} ${how}`)
        if (this.story.account.orders.size === before) return // it would close what is not its own
        const n = ++this.#orders
        await this.story.play(`accept o${n} b${n}`)
        for (const [index, size] of sizes.entries()) {
          await this.#trade(`b${n} t${++this.#named} ${size} @ ${step.fills[index]![1]}`)
        }
        return
      }
      case 'hand': {
        const name = ++this.#named
        const trade = `h${name} t${name} ${step.size * step.side} @ ${step.at}`
        this.#hands.push(trade)
        return this.#byHand(trade, '')
      }
      case 'bust': {
        const { which } = step
        const trade = this.#trades[which % (this.#trades.length * 2 || 1)]
        if (trade !== undefined) return this.story.play(`trade ${trade} bust`)
        const hand = this.#hands[which % (this.#hands.length || 1)]
        return hand === undefined ? undefined : this.#byHand(hand, ' INFY bust')
      }
      case 'cash': {
        const [cash = NO_MONEY] = this.story.account.cash.values()
        const amount = formatMoney(plus(cash, money(String(step.by))))
        return this.story.play(`book agreed; cash ${amount}`)
      }
      case 'differ':
        return this.#show(plus(this.#held(), quantity(String(step.by))))
      case 'settle':
        return this.story.play(`settle INFY as ${step.as}`)
      case 'split': {
        await this.#show(plus(this.#held(), this.#held()))
        return this.story.play('settle INFY as split')
      }
      case 'restart':
        return this.story.restart()
    }
  }

  #held(): Quantity {
    return explainedQuantity(this.story.account, netKey(INSTRUMENTS.get('INFY')!.id, 'CNC'))
  }

  /** The broker shows so many, and no trade of them. */
  #show(quantity: Quantity): Promise<void> {
    const cycle = ++this.#named
    const row = `position INFY ${formatQuantity(quantity)} @ 99`
    return this.story.play(`book agreed cycle ${cycle}; ${row}`)
  }

  async #trade(text: string): Promise<void> {
    this.#trades.push(text)
    await this.story.play(`trade ${text}`)
  }

  #byHand(trade: string, bust: string): Promise<void> {
    const [order, , size] = trade.split(' ')
    return this.story.play(`book; INFY:${size} ${order} complete ${size}; trade ${trade}${bust}`)
  }
}
