import type { News, Reading } from '../brokers/broker.ts'
import type { Account } from '../core/account.ts'
import { requestCount } from '../core/account.ts'
import type { Price } from '../core/amount.ts'
import type { Event } from '../core/event.ts'
import type { InstrumentId } from '../core/instrument.ts'
import type { Marks } from '../core/rules/mark.ts'
import { isNoteDue } from '../core/rules/note.ts'
import { oursOf } from '../core/rules/report.ts'
import type { Cycles } from '../core/standing.ts'
import type { Instant } from '../core/time.ts'
import { elapsed, later } from '../core/time.ts'
import type { Cadence, Due } from './cadence.ts'
import { nextReading } from './cadence.ts'
import { isUnsettled } from './compare.ts'
import type { LotOf } from './break-rules.ts'
import { rulesOver } from './break-rules.ts'
import type { Line } from './line.ts'
import { readInTime } from './read-in-time.ts'
import type { Leave, Seats } from './seats.ts'
import { areHoldingsRead, isRepeat, Shown } from './shown.ts'

/** The latest price, however old; undefined where there never was one. */
export type PriceOf = (instrument: InstrumentId) => Price | undefined

export type WatchOptions = {
  readonly cadence: Cadence
  readonly priceOf: PriceOf
  /** Where rules for breaks count in lots. */
  readonly lotOf?: LotOf | undefined
  /** Shared by all accounts. */
  readonly seats: Seats
}

/** A reading, and what came of it. */
type Seen = Reading & { readonly events: readonly Event[] }
/** What was handed to the core, and the account's journal position after it. */
type Told = { readonly reading: Reading; readonly seq: number }

/** Decides when to read the broker's book, and hands what it read to the core. */
export class Watch {
  readonly #line: Line
  readonly #options: WatchOptions
  readonly #shown = new Shown()
  #reading: Promise<Seen | undefined> | undefined
  /** The broker's part of it. */
  #answer: Promise<Reading> | undefined
  #lastAt: Instant | undefined
  #readAt: Instant | undefined
  /** When the cycle began that is counted from; later than its reading where some were skipped. */
  #beat: Instant | undefined
  #failures = 0
  #cycle = 0
  #skipped = 0
  #told: Told | undefined
  /** Something has moved that no two readings have agreed on yet. */
  #confirm = false
  #wasBusy = false
  #disarm: () => void = () => {}
  #armedFor: Instant | undefined
  /** It waits for a seat. */
  #leave: Leave | undefined
  #stopped = false
  /** Resolves once a list of orders that is known to be whole has been read and committed. */
  readonly seen: Promise<void>
  #saw: () => void = () => {}

  constructor(line: Line, options: WatchOptions) {
    this.#line = line
    this.#options = options
    this.seen = new Promise((resolve) => {
      this.#saw = resolve
    })
  }

  get #account(): Account {
    return this.#line.desk.account(this.#line.account)
  }

  get cycles(): Cycles {
    return { cycle: this.#cycle, skipped: this.#skipped, readAt: this.#readAt }
  }

  /** Connects, and resolves once the book has been read for the first time or could not be. */
  async start(): Promise<void> {
    const { account, broker, desk } = this.#line
    await broker.start((news) => {
      if (!this.#options.cadence.streams && isSeen(news)) return // the book will tell
      desk.tell({ account, cause: `${broker.traits.name} told`, body: news })
      if (news.type === 'Connected') void this.readNow()
      else if (isForeign(this.#account, news)) this.#soon()
    })
    this.#cycle = this.#account.compared?.cycle ?? 0
    this.#wasBusy = isBusy(this.#account)
    desk.followAccount(account, () => {
      const now = this.#account
      const busy = isBusy(now)
      if (this.#wasBusy && !busy) this.#confirm = true
      this.#wasBusy = busy
      this.#arm(now)
    })
    await this.readNow()
  }

  /** Somebody else is at work in the account: the book, not the stream, says what it was. */
  #soon(): void {
    this.#confirm = true
    this.#arm(this.#account)
  }

  /** One reading that began after this call; undefined when we are stopping. */
  readNow(): Promise<Seen | undefined> {
    return this.#begin(undefined)
  }

  /** `due`: when its cycle began, of a reading that is part of one. */
  #begin(due: Instant | undefined): Promise<Seen | undefined> {
    const again = (): Promise<Seen | undefined> => this.#begin(due)
    if (this.#reading) return this.#reading.then(again, again)
    if (this.#stopped) return Promise.resolve(undefined)
    this.#leave?.()
    this.#leave = undefined
    this.#lastAt = this.#line.clock.now()
    this.#beat = due ?? this.#lastAt
    if (due !== undefined) this.#skip()
    this.#reading = this.#read()
    return this.#reading
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#disarm()
    this.#leave?.()
    await this.#reading
    await this.#line.broker.stop()
  }

  async #read(): Promise<Seen | undefined> {
    try {
      this.#answer = readInTime(this.#line.broker, this.#line.clock)
      return await this.#take(await this.#answer)
    } finally {
      this.#reading = undefined
      this.#skip()
      this.#arm(this.#account)
    }
  }

  async #take(reading: Reading): Promise<Seen | undefined> {
    this.#cycle++
    this.#failures = reading.orders.ok && reading.trades.ok ? 0 : this.#failures + 1
    if (this.#failures === 0 && reading.positions.ok) this.#readAt = reading.askedAt
    if (this.#isNoNews(reading)) return { ...reading, events: [] }
    const book = this.#book(reading)
    const { account, desk } = this.#line
    try {
      const body = { type: 'BookRead', ...book } as const
      const outcome = await desk.submit({ account, cause: 'book', body })
      if (outcome.is !== 'done') return { ...reading, events: [] }
      const { events, seq } = outcome
      this.#told = { reading, seq: seq + events.length - 1 }
      if (events.some(isMove)) this.#confirm = true
      if (reading.orders.ok && reading.orders.proven) this.#saw()
      // Two readings agree, and another part of this one was too poor to conclude anything from.
      if (book.agreesSince !== undefined && isUnsettled(this.#account, reading)) {
        this.#confirm = true
      }
      return { ...reading, events }
    } catch {
      return undefined // the desk has stopped; the next one reads the book first of all
    }
  }

  /**
   * The very rows that the core has seen, twice where that matters, and nothing has happened in the
   * account since: it would decide nothing.
   */
  #isNoNews(reading: Reading): boolean {
    if (!this.#told || this.#confirm || !isRepeat(this.#told.reading, reading)) return false
    const account = this.#account
    if (account.seq !== this.#told.seq || account.unknown.size > 0) return false
    return !isNoteDue(account, reading.askedAt)
  }

  #book(reading: Reading) {
    const { broker, spareEpoch } = this.#line
    const { lapseAfterMs, reportsKeptMs, tagsMayBeLost, costExact } = broker.traits
    const { lotOf, cadence } = this.#options
    const { matching, tolerance } = cadence
    return {
      ...reading,
      agreesSince: this.#agreesSince(reading),
      cycle: this.#cycle,
      matching,
      tolerance,
      rules: rulesOver(cadence.rules, this.#account, { reading, lotOf }),
      marks: this.#marks(),
      costExact,
      lapseAfterMs,
      reportsKeptMs,
      tagsMayBeLost,
      spareEpoch,
    }
  }

  /** Of what is held. */
  #marks(): Marks {
    const marks = new Map<InstrumentId, Price>()
    const add = (id: InstrumentId): void => {
      const price = marks.has(id) ? undefined : this.#options.priceOf(id)
      if (price !== undefined) marks.set(id, price)
    }
    for (const owners of this.#account.legs.values()) {
      for (const { instrument, position } of owners.values()) {
        if (position.quantity !== 0n) add(instrument)
      }
    }
    return marks
  }

  /** When an earlier reading showed the positions and funds that this one shows. */
  #agreesSince(reading: Reading): Instant | undefined {
    if (!areHoldingsRead(reading)) return undefined
    const before = this.#shown.agreesSince(reading, this.#options.cadence.agreeMs)
    this.#confirm = before === undefined || before <= lastMove(this.#account)
    return before
  }

  #arm(account: Account): void {
    if (this.#stopped || this.#reading || this.#lastAt === undefined) return
    const due = this.#due(account, this.#lastAt)
    if (due?.at === this.#armedFor || (due?.isRoutine && this.#leave)) return
    this.#disarm()
    this.#armedFor = due?.at
    this.#disarm = () => {}
    if (!due) return
    const { clock } = this.#line
    this.#disarm = clock.at(due.at, () => {
      this.#armedFor = undefined
      if (this.#due(this.#account, this.#lastAt!)?.isRoutine) this.#queue(clock.now())
      else void this.readNow()
    })
  }

  #queue(due: Instant): void {
    this.#leave ??= this.#options.seats.take(() => {
      this.#leave = undefined
      void this.#begin(due)
      // Committed together with others: the seat is free once the broker has answered.
      return this.#answer ?? Promise.resolve()
    })
  }

  /** Cycles that fell due while one waited for its turn, or was read, are not made up for. */
  #skip(): void {
    const { cycleMs } = this.#options.cadence
    if (this.#beat === undefined || cycleMs === undefined) return
    const missed = Math.floor(elapsed(this.#beat, this.#line.clock.now()) / cycleMs)
    this.#skipped += missed
    this.#beat = later(this.#beat, missed * cycleMs)
  }

  #due(account: Account, last: Instant): Due | undefined {
    return nextReading(account, {
      last,
      beat: this.#beat ?? last,
      failures: this.#failures,
      confirm: this.#confirm,
      cadence: this.#options.cadence,
      lapseAfterMs: this.#line.broker.traits.lapseAfterMs,
    })
  }
}

/** Orders may trade, the unknown ones too. */
const isBusy = (account: Account): boolean => requestCount(account) > 0 || account.working > 0

/** When an order or trade last changed anything in our books. */
function lastMove({ exposures }: Account): number {
  let last = 0
  for (const { touchedAt } of exposures.values()) last = Math.max(last, touchedAt)
  return last
}

/** Looking for an unknown order moves nothing, and neither do counting and weighing. */
const STILL: ReadonlySet<Event['type']> = new Set([
  'OrderNotFound',
  'BookCompared',
  'SlippageSeen',
  'EquityMarked',
])
const isMove = ({ type }: Event): boolean => !STILL.has(type)

const isSeen = ({ type }: News): boolean => type === 'OrderSeen' || type === 'TradeSeen'

/** Of an order that is none of ours, or not yet. */
function isForeign(account: Account, news: News): boolean {
  if (news.type === 'TradeSeen') return !account.byBrokerId.has(news.trade.brokerOrderId)
  return news.type === 'OrderSeen' && oursOf(account, news.row) === undefined
}
