import type { NetKey } from '../core/instrument.ts'
import type { Account } from '../core/account.ts'
import { exposureOf } from '../core/account.ts'
import type { Money, Quantity } from '../core/amount.ts'
import { affordable, formatQuantity, NO_QUANTITY, priceOfPoints } from '../core/amount.ts'
import type { Instrument, Product } from '../core/instrument.ts'
import type { Owner } from '../core/owner.ts'
import { isWorking } from '../core/order.ts'
import type { OrderCommand, Settling } from '../core/port.ts'
import type { Instant } from '../core/time.ts'
import { Candles } from '../market/candles.ts'
import type { Bar, MarketListener, Quote } from '../market/feed.ts'
import type { Strategy } from './strategy.ts'

/** What the strategy has of its instrument, as the desk has it. */
export type Holding = {
  readonly quantity: Quantity
  /** Orders of its own that still work. */
  readonly working: number
}

export function holdingOf(account: Account, key: NetKey, owner: Owner): Holding {
  const quantity = account.legs.get(key)?.get(owner)?.position.quantity ?? NO_QUANTITY
  const { buying, selling } = exposureOf(account, key)
  if (buying === 0n && selling === 0n) return { quantity, working: 0 }
  let working = 0
  for (const order of account.orders.values()) {
    if (order.owner === owner && isWorking(order.status)) working++
  }
  return { quantity, working }
}

export type RunnerOptions = {
  readonly strategy: Strategy
  readonly account: string
  readonly instrument: Instrument
  readonly product: Product
  /** CAPITAL_PER_TRADE: what one entry may cost, in the instrument's currency. */
  readonly capital: Money
  /** Quotes are gathered into bars of this length; a source of bars brings its own. */
  readonly barMs: number
  readonly submit: (command: OrderCommand) => Promise<Settling>
  readonly holding: () => Holding
  /** Hears of what was refused. */
  readonly onAnswer: (answer: Settling) => void
}

/**
 * Runs one strategy on one instrument: a client of the desk like any other, that submits commands.
 */
export class Runner implements MarketListener {
  readonly #options: RunnerOptions
  readonly #candles: Candles
  /** A command of ours the desk has not settled yet: one wish at a time. */
  #asking = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#candles = new Candles(options.barMs)
  }

  /** Lets the strategy see what came before, without trading on it. */
  warm(quotes: Iterable<Quote>): void {
    for (const quote of quotes) {
      const bar = this.#candles.quote(quote)
      if (bar) this.#options.strategy.bar(bar, false)
    }
  }

  quote({ id }: Instrument, quote: Quote): void {
    if (id !== this.#options.instrument.id) return
    const bar = this.#candles.quote(quote)
    if (bar) this.#over(bar)
  }

  opened(): void {}

  closed({ id }: Instrument, bar: Bar, _at: Instant): void {
    if (id === this.#options.instrument.id) this.#over(bar)
  }

  #over(bar: Bar): void {
    const { strategy, holding } = this.#options
    const { quantity, working } = holding()
    const wish = strategy.bar(bar, quantity > 0n)
    if (wish === undefined || working > 0 || this.#asking) return
    if (wish === 'long' && quantity === 0n) this.#trade('BUY', this.#entry(bar), bar.at)
    if (wish === 'flat' && quantity > 0n) this.#trade('SELL', quantity, bar.at)
  }

  #entry({ close }: Bar): Quantity {
    const { instrument, capital } = this.#options
    const { decimals, lot, multiplier } = instrument
    return affordable(capital, priceOfPoints(close, decimals), lot, multiplier)
  }

  /** The id is made of what the order is about, so that deciding it twice places it once. */
  #trade(side: 'BUY' | 'SELL', size: Quantity, at: Instant): void {
    if (size <= 0n) return
    const { account, strategy, instrument, product, submit, onAnswer } = this.#options
    const { name } = strategy
    const { symbol, exchange } = instrument
    const whose = `strategy:${name}`
    const command: OrderCommand = {
      type: 'PlaceOrder',
      scope: whose,
      id: `${instrument.id}/${at}/0`,
      by: whose,
      ticket: {
        account,
        symbol,
        exchange,
        side,
        quantity: formatQuantity(size),
        type: 'MARKET',
        product,
        strategy: name,
      },
    }
    this.#asking = true
    void submit(command).then((answer) => {
      this.#asking = false
      onAnswer(answer)
    })
  }
}
