/** A whole desk on virtual time: real objects throughout, a venue that outlives the process. */
import { FaultyBroker } from '../src/brokers/faults/faulty.ts'
import type { Fault } from '../src/brokers/faults/plan.ts'
import { insideOf } from '../src/brokers/paper/inside.ts'
import { PaperBroker } from '../src/brokers/paper/paper.ts'
import type { Shelf } from '../src/brokers/paper/shelf.ts'
import { MemoryShelf } from '../src/brokers/paper/shelf.ts'
import { Venue } from '../src/brokers/paper/venue.ts'
import type { Broker } from '../src/brokers/broker.ts'
import type { Account } from '../src/core/account.ts'
import { money } from '../src/core/amount.ts'
import type { Instrument, InstrumentId } from '../src/core/instrument.ts'
import type { Retry } from '../src/core/input.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { PlainAnswer, PlainChanges, PlainTicket } from '../src/core/port.ts'
import { epoch } from '../src/core/tag.ts'
import type { Instant } from '../src/core/time.ts'
import { instant, later, SECOND } from '../src/core/time.ts'
import type { Clock } from '../src/desk/clock.ts'
import { Desk } from '../src/desk/desk.ts'
import { Firm } from '../src/desk/firm.ts'
import type { FrontOptions } from '../src/desk/front.ts'
import { FrontDesk } from '../src/desk/front.ts'
import { Guards } from '../src/desk/guards.ts'
import { latestPrice } from '../src/desk/prices.ts'
import type { Cadence } from '../src/desk/cadence.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import type { Feed, MarketListener, Quote, Stretch } from '../src/market/feed.ts'
import { Instruments } from '../src/market/instruments.ts'
import type { Journal } from '../src/store/journal.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import type { Views } from '../src/store/views.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { inr, INSTRUMENTS } from './scenario-asks.ts'

export const NOON = instant(Date.UTC(2026, 10, 23, 6, 30))

/** A market that moves when the test says so. */
export class HandFeed implements Feed {
  readonly #clock: VirtualClock
  readonly #listeners = new Set<MarketListener>()
  readonly #latest = new Map<InstrumentId, Quote>()
  readonly #told: (Quote & { readonly id: InstrumentId })[] = []
  /** Prices stay fresh for ever, unless the test says otherwise. */
  freshMs = Infinity

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  listen(listener: MarketListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  last(id: InstrumentId): number | undefined {
    const quote = this.#latest.get(id)
    return quote && Math.round((quote.bid + quote.ask) / 2)
  }

  lastAt(id: InstrumentId): Instant | undefined {
    return this.#latest.get(id)?.at
  }

  latest(id: InstrumentId): Quote | undefined {
    return this.#latest.get(id)
  }

  isHalted(): boolean {
    return false
  }

  history(id: InstrumentId, { from, to }: Stretch): Quote[] {
    return this.#told.filter((each) => each.id === id && each.at >= from && each.at < to)
  }

  vwap(): undefined {}

  /** Prices in rupees; sizes in units, endless where none is given. */
  quote(symbol: string, bid: number, ask: number, size?: number): void {
    const instrument = INSTRUMENTS.get(symbol)!
    const points = (price: number): number => Math.round(price * 100)
    const at = this.#clock.now()
    const quote = { at, bid: points(bid), ask: points(ask), bidSize: size, askSize: size }
    this.#latest.set(instrument.id, quote)
    this.#told.push({ ...quote, id: instrument.id })
    for (const listener of this.#listeners) listener.quote(instrument, quote)
  }
}

export type HouseOptions = {
  readonly epoch?: string
  readonly clock?: VirtualClock
  readonly journal?: Journal
  readonly shelf?: Shelf
  readonly feed?: HandFeed
  readonly faults?: readonly Fault[]
  readonly latencyMs?: number
  readonly halted?: () => string | undefined
  /** What the processes of the house see of time and of the broker: a test may let them die. */
  readonly mortal?: (clock: Clock) => Clock
  readonly wrap?: (broker: Broker) => Broker
  readonly cadence?: Partial<Cadence>
  readonly retry?: Retry
  readonly space?: FrontOptions['space']
  /** Hears of what went wrong beside the desk; where nobody does, it is thrown. */
  readonly onTrouble?: (error: Error) => void
  /** Screens of the journal; without them nothing can be asked that has left memory. */
  readonly views?: (journal: Journal) => Views
}

export class House {
  readonly clock: VirtualClock
  readonly journal: Journal
  readonly shelf: Shelf
  readonly feed: HandFeed
  readonly venue: Venue
  readonly desk: Desk
  readonly firm: Firm
  readonly front: FrontDesk
  readonly serving: Promise<void>
  readonly guards: Guards
  #commands = 0

  constructor(options: HouseOptions = {}) {
    this.clock = options.clock ?? new VirtualClock(NOON)
    this.journal = options.journal ?? new MemoryJournal()
    this.shelf = options.shelf ?? new MemoryShelf()
    this.feed = options.feed ?? new HandFeed(this.clock)
    const clock = options.mortal?.(this.clock) ?? this.clock
    const opening = [{ currency: inr, cash: money('1000000') }]
    this.venue = new Venue({ shelf: this.shelf, plan: 'none', opening })
    const paper = new PaperBroker({
      venue: this.venue,
      feed: this.feed,
      timers: this.clock,
      exchanges: [],
      latencyMs: options.latencyMs ?? 10,
    })
    const faulty = this.#faulty(paper, options.faults ?? [])
    const broker = options.wrap?.(faulty) ?? faulty
    const instruments = new Instruments(INSTRUMENTS.values())
    this.desk = Desk.open(this.journal, clock, options.onTrouble)
    this.firm = new Firm({
      desk: this.desk,
      clock,
      epoch: epoch(options.epoch ?? '00TST'),
      cadence: { ...CADENCE, ...options.cadence },
      retry: options.retry,
      halted: options.halted ?? (() => undefined),
      priceOf: latestPrice({ instruments, feed: this.feed }),
      lotOf: (id) => instruments.get(id)?.lot,
    })
    this.front = new FrontDesk({
      desk: this.desk,
      firm: this.firm,
      instruments,
      feed: this.feed,
      clock: this.clock,
      policy: NO_POLICY,
      refuse: () => undefined,
      views: options.views?.(this.journal),
      journalHead: () => this.journal.head(),
      journal: this.journal,
      space: options.space,
    })
    const plan = { id: 'paper', broker, mode: 'paper', charges: 'none', exchanges: [] } as const
    this.guards = new Guards({
      desk: this.desk,
      firm: this.firm,
      instruments: new Instruments(INSTRUMENTS.values()),
      feed: this.feed,
      clock,
      isOpen: () => true,
      refuse: () => undefined,
      onTrouble: (error) => {
        throw error
      },
    })
    this.serving = this.firm.serve(plan).then(() => this.guards.start())
  }

  #faulty(broker: Broker, faults: readonly Fault[]): Broker {
    if (faults.length === 0) return broker
    const { clock: timers, venue } = this
    const inside = insideOf(venue, [...INSTRUMENTS.values()], () => timers.now())
    return new FaultyBroker({ broker, plan: { seed: 1, faults }, timers, inside })
  }

  /** Ready to trade: the book has been read, and there are prices. */
  static async open(options: HouseOptions = {}): Promise<House> {
    const house = new House(options)
    await house.pass(1)
    await house.serving
    for (const symbol of ['INFY', 'SBIN', 'TCS']) house.feed.quote(symbol, 99.95, 100)
    await house.pass(0)
    return house
  }

  get account(): Account {
    return this.desk.account('paper')
  }

  async pass(seconds: number): Promise<void> {
    await this.clock.advance(later(this.clock.now(), seconds * SECOND))
  }

  /** `BUY 10 INFY`, `SELL 5 INFY 101.5`; resolves once time has passed. */
  async place(
    wish: string,
    over: Partial<PlainTicket> & { id?: string | undefined } = {},
  ): Promise<PlainAnswer> {
    const answer = this.submit(wish, over)
    await this.pass(0)
    return answer
  }

  submit(
    wish: string,
    over: Partial<PlainTicket> & { id?: string | undefined } = {},
  ): Promise<PlainAnswer> {
    const [side, quantity, symbol, price] = wish.split(' ')
    const { id, ...rest } = { id: `c${++this.#commands}`, ...over }
    const ticket: PlainTicket = {
      account: 'paper',
      symbol: symbol!,
      exchange: 'NSE',
      side: side as 'BUY' | 'SELL',
      quantity: quantity!,
      type: price === undefined ? 'MARKET' : 'LIMIT',
      price,
      ...rest,
    }
    return this.front.submit({ type: 'PlaceOrder', scope: 'key:me', id, by: 'key:me', ticket })
  }

  /** A command about an order that exists; nobody need wait for its answer. */
  ask(
    about:
      | { readonly type: 'AmendOrder'; readonly orderId: string; readonly changes: PlainChanges }
      | { readonly type: 'CancelOrder'; readonly orderId: string },
  ): Promise<PlainAnswer> {
    const id = `c${++this.#commands}`
    return this.front.submit({ scope: 'key:me', id, by: 'key:me', ...about })
  }

  async cancel(orderId: string): Promise<PlainAnswer> {
    const answer = this.ask({ type: 'CancelOrder', orderId })
    await this.pass(0)
    return answer
  }

  /** `paper-4 complete 10/10, …` */
  orders(): string {
    const told = [...this.account.orders.values()].map(({ status, filled, terms }) => {
      const units = (value: bigint): bigint => value / 100_000_000n
      return `${status} ${units(filled)}/${units(terms.quantity)}`
    })
    return told.join(', ')
  }

  now(): Instant {
    return this.clock.now()
  }

  instrument(symbol: string): Instrument {
    return INSTRUMENTS.get(symbol)!
  }
}
