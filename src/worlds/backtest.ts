import { NoShelf } from '../brokers/paper/shelf.ts'
import { FaultyBroker } from '../brokers/faults/faulty.ts'
import type { FaultName, FaultPlan } from '../brokers/faults/plan.ts'
import { insideOf } from '../brokers/paper/inside.ts'
import { PaperBroker } from '../brokers/paper/paper.ts'
import { Venue } from '../brokers/paper/venue.ts'
import type { Account } from '../core/account.ts'
import { netQuantity } from '../core/account.ts'
import type { BrokerPosition } from '../core/input.ts'
import { netKey } from '../core/instrument.ts'
import type { Money, Price } from '../core/amount.ts'
import { plus, times } from '../core/amount.ts'
import type { ChargePlan } from '../core/charges.ts'
import { NO_POLICY } from '../core/input.ts'
import type { Product } from '../core/instrument.ts'
import type { Order, OrderId } from '../core/order.ts'
import { strategyOwner } from '../core/owner.ts'
import type { Settling } from '../core/port.ts'
import type { Epoch } from '../core/tag.ts'
import { epoch } from '../core/tag.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import { DAY, instant, later, MINUTE } from '../core/time.ts'
import { legsOf } from '../core/view.ts'
import { Desk } from '../desk/desk.ts'
import { Firm } from '../desk/firm.ts'
import { FrontDesk } from '../desk/front.ts'
import { latestPrice } from '../desk/prices.ts'
import type { Cadence } from '../desk/cadence.ts'
import { CADENCE } from '../desk/cadence.ts'
import { Calendar } from '../market/calendar.ts'
import { Instruments } from '../market/instruments.ts'
import type { Recording } from '../market/recording.ts'
import { MemoryJournal } from '../store/memory.ts'
import { holdingOf, Runner } from '../strategy/runner.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { Player } from './player.ts'
import { VirtualClock } from './virtual.ts'

export type BacktestOptions = {
  readonly recording: Recording
  readonly strategy: Strategy
  readonly seed: number
  readonly product: Product
  readonly plan: ChargePlan
  /** What the account starts with, in the instrument's currency. */
  readonly cash: Money
  /** What one entry may cost. */
  readonly capital: Money
  readonly latencyMs: number
  /** What is to go wrong with the broker, on purpose. */
  readonly faults?: FaultPlan | undefined
  readonly onProgress: (done: number, of: number) => void
}

/** A command that came to nothing. */
export type Denied = { readonly at: Instant; readonly code: string; readonly context: string }

export type Backtest = {
  /** Where something was to go wrong: what did, and whether both books agree all the same. */
  readonly trouble:
    | { readonly struck: ReadonlyMap<FaultName, number>; readonly agreed: boolean }
    | undefined
  readonly account: Account
  /** All orders of the run, those included that left the account's memory at a day's end. */
  readonly orders: readonly Order[]
  readonly equity: readonly (readonly [at: Instant, value: Money])[]
  /** The recording's last price. */
  readonly last: Price
  /** What was denied: how often, and the first of it. */
  readonly denied: { readonly count: number; readonly first: readonly Denied[] }
  readonly events: number
  /** Equal for two runs that decided the same. */
  readonly digest: string
}

const ACCOUNT = 'paper'
const EQUITY_POINTS_MAX = 2_000
const DENIED_KEPT = 100
/** The venue is in this process and loses nothing, so its book is read rarely. */
const QUIET: Cadence = {
  ...CADENCE,
  workingMs: DAY,
  agreeMs: DAY,
  cycleMs: 30 * DAY,
  verifyMs: 30 * DAY,
}
/** Bars pass in microseconds: what goes wrong is looked for, and nothing every ten seconds. */
const WATCHFUL: Cadence = { ...CADENCE, cycleMs: undefined }
/** What may still be settled when the prices have ended, where things went wrong. */
const CALM_MS: number = 5 * MINUTE

/**
 * Plays a recording through the very objects that trade live; only clock, disk and prices differ.
 */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const { recording, seed } = options
  const { instrument, prices } = recording
  // The venue's book is read twice before the first price, each time there and back.
  const clock = new VirtualClock(instant(prices.at[0]! - 2 * options.latencyMs))
  const player = new Player(recording, clock)
  const journal = new MemoryJournal()
  const desk = Desk.open(journal, clock)
  const { venue, paper, faulty } = venueFor(options, clock, player)
  const broker = faulty ?? paper
  const cadence = faulty ? WATCHFUL : QUIET
  const instruments = new Instruments([instrument])
  const firm = new Firm({
    desk,
    clock,
    epoch: epochOf(seed),
    cadence,
    halted: () => undefined,
    priceOf: latestPrice({ instruments, feed: player }),
  })
  const serving = firm.serve({
    id: ACCOUNT,
    broker,
    mode: 'paper',
    charges: options.plan,
    exchanges: [],
  })
  await clock.until(serving)
  const front = new FrontDesk({
    desk,
    firm,
    instruments,
    feed: player,
    clock,
    policy: NO_POLICY,
    refuse: () => undefined,
    views: undefined,
    journalHead: () => journal.head(),
  })
  const run = new Run(options, { clock, desk, front, player })
  await run.play((date, at) => {
    venue.endDay(instrument.exchange, at, later(at, -DAY))
    const before = later(at, -2 * broker.traits.reportsKeptMs)
    const body = { type: 'DayEnded', exchange: instrument.exchange, date, before } as const
    return desk.submit({ account: ACCOUNT, cause: 'clock', body })
  })
  if (faulty) await clock.until(firm.watch(ACCOUNT)!.readNow())
  const trouble = faulty && {
    struck: faulty.struck,
    agreed: agree(desk.account(ACCOUNT), venue.netPositions()),
  }
  return run.result(journal, trouble)
}

function venueFor(options: BacktestOptions, clock: VirtualClock, player: Player) {
  const { recording, plan, cash, latencyMs, faults } = options
  const { instrument } = recording
  const opening = [{ currency: instrument.currency, cash }]
  const venue = new Venue({ shelf: new NoShelf(), plan, opening, calendar: new Calendar() })
  const paper = new PaperBroker({ venue, feed: player, timers: clock, exchanges: [], latencyMs })
  const inside = insideOf(venue, [instrument], () => clock.now())
  const faulty = faults && new FaultyBroker({ broker: paper, plan: faults, timers: clock, inside })
  return { venue, paper, faulty }
}

type Parts = {
  readonly clock: VirtualClock
  readonly desk: Desk
  readonly front: FrontDesk
  readonly player: Player
}

/** Whether both books hold the same, with nothing left in doubt. */
const agree = (account: Account, positions: readonly BrokerPosition[]): boolean =>
  account.unknown.size === 0 &&
  positions.every(
    ({ instrument, product, quantity }) =>
      netQuantity(account, netKey(instrument, product)) === quantity,
  )

/** One run: the strategy on the prices, and what is kept of it for the report. */
class Run {
  readonly #options: BacktestOptions
  readonly #parts: Parts
  readonly #orders = new Map<OrderId, Order>()
  readonly #equity: (readonly [Instant, Money])[] = []
  readonly #denied = { count: 0, first: [] as Denied[] }
  readonly #every: number
  #closes = 0

  constructor(options: BacktestOptions, parts: Parts) {
    this.#options = options
    this.#parts = parts
    this.#every = Math.ceil(closesIn(options.recording) / (EQUITY_POINTS_MAX - 1))
    parts.player.listen(this.#runner())
  }

  #runner(): Runner {
    const { strategy, recording, product, capital } = this.#options
    const { instrument } = recording
    const { desk, front } = this.#parts
    const key = netKey(instrument.id, product)
    const owner = strategyOwner(strategy.name)
    return new Runner({
      strategy,
      account: ACCOUNT,
      instrument,
      product,
      capital,
      barMs: MINUTE,
      submit: (command) => front.settle(command),
      holding: () => holdingOf(desk.account(ACCOUNT), key, owner),
      onAnswer: (answer) => this.#keepDenied(answer),
    })
  }

  #keepDenied(answer: Settling): void {
    if (answer.is === 'settled' && !answer.denial) return
    if (++this.#denied.count > DENIED_KEPT) return
    const reason = answer.is === 'unavailable' ? answer.reason : ''
    const why = answer.is === 'settled' ? answer.denial! : { code: answer.is, context: reason }
    this.#denied.first.push({ at: this.#parts.clock.now(), ...why })
  }

  async play(endDay: (date: TradingDate, at: Instant) => Promise<unknown>): Promise<void> {
    const { clock, player } = this.#parts
    await player.play({
      dayEnded: async (date, at) => {
        await clock.settle()
        this.#keepOrders()
        await clock.until(endDay(date, at))
      },
      closed: (at) => this.#mark(at),
      beat: this.#options.onProgress,
    })
    const end = clock.now()
    // No price is left to trade at, but what is under way to the venue is still answered.
    const { latencyMs, faults } = this.#options
    await clock.advance(later(end, 2 * latencyMs + (faults ? CALM_MS : 0)))
    this.#keepOrders()
    if (this.#equity.at(-1)?.[0] === end) this.#equity.pop()
    this.#equity.push([end, this.#value()])
  }

  /** Before a day's end lets go of them. They change no more once they have left. */
  #keepOrders(): void {
    for (const [id, order] of this.#account.orders) this.#orders.set(id, order)
  }

  get #account(): Account {
    return this.#parts.desk.account(ACCOUNT)
  }

  #mark(at: Instant): void {
    if (this.#closes++ % this.#every === 0) this.#equity.push([at, this.#value()])
  }

  #value(): Money {
    const { currency } = this.#options.recording.instrument
    let value = this.#account.cash.get(currency) ?? this.#options.cash
    const mark = this.#parts.player.mark()
    for (const { position, multiplier } of legsOf(this.#account)) {
      if (position.quantity !== 0n) value = plus(value, times(mark, position.quantity, multiplier))
    }
    return value
  }

  result(journal: MemoryJournal, trouble: Backtest['trouble']): Backtest {
    return {
      trouble,
      account: this.#account,
      orders: [...this.#orders.values()],
      equity: this.#equity,
      last: this.#parts.player.mark(),
      denied: this.#denied,
      events: journal.digest.events,
      digest: journal.digest.hex(),
    }
  }
}

/** Bars, or minutes of quotes. */
function closesIn({ prices }: Recording): number {
  if (prices.kind === 'bars') return prices.count
  return Math.ceil((prices.at[prices.count - 1]! - prices.at[0]!) / MINUTE) + 2
}

function epochOf(seed: number): Epoch {
  const digits = (Math.abs(seed) % 36 ** 5).toString(36).toUpperCase()
  return epoch(digits.padStart(5, '0'))
}
