import { join } from 'node:path'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import type { ChargePlan } from '../src/core/charges.ts'
import { decide } from '../src/core/decide.ts'
import type { Entry, Mode } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import type { OrderId } from '../src/core/order.ts'
import type { PerformanceAsked, PerformanceView } from '../src/core/performance-view.ts'
import { DAY, instant, later, SECOND } from '../src/core/time.ts'
import type { PortfolioView, TradeView } from '../src/core/trade-view.ts'
import { performanceOf } from '../src/desk/performance.ts'
import type { Mark } from '../src/desk/portfolio.ts'
import { portfolioOf, summaryOf } from '../src/desk/portfolio.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import type { TradesAsked } from '../src/store/trade-list.ts'
import { Views } from '../src/store/views.ts'
import { Reader } from './scenario-read.ts'
import { tempFolder } from './temp.ts'

const LONG_MS = 60_000

/** Ten bought at 100 by a strategy, four of them sold at 110. */
export const PARTLY_OUT = `
  place INFY 10 limit 100 by strategy:x
  accept o1 b1
  trade b1 t1 10 @ 100
  place INFY -4 limit 110 by strategy:x for target
  accept o2 b2
  trade b2 t2 -4 @ 110`

/** A story, line by line, as the trades that come of it: see scenario.ts for the lines. */
export class TradeStory {
  readonly account: Account = newAccount('paper')
  readonly journal = new MemoryJournal()
  readonly entries: Entry[] = []
  readonly #names = new Map<OrderId, string>()
  readonly #file = join(tempFolder(), 'views.db')
  #views: Views
  #now = instant(Date.UTC(2026, 10, 23, 4, 0, 0))

  private constructor() {
    this.#views = this.#open()
  }

  static async open(plan: ChargePlan = 'none', mode: Mode = 'paper'): Promise<TradeStory> {
    const story = new TradeStory()
    await story.tell({ type: 'OpenAccount', number: 1, broker: 'paper', mode, plan })
    await story.tell({ type: 'Started', epoch: Reader.EPOCH })
    await story.play('book; cash 1000000')
    return story
  }

  #open(file = this.#file): Views {
    const say = (line: string): never => {
      throw new Error(line)
    }
    return new Views({ file, journal: this.journal, say })
  }

  async play(lines: string): Promise<void> {
    for (const line of lines.trim().split('\n')) {
      this.#now = later(this.#now, SECOND)
      await this.tell(new Reader(this.account, this.#names, this.#now).read(line.trim()))
    }
  }

  async tell(body: Input['body']): Promise<void> {
    const { account, entries } = this
    const at = this.#now
    const events = decide(account, { at, cause: 'story', key: undefined, body })
    if (events.length === 0) return
    const seq = account.seq + 1
    const entry = { account: account.id, seq, at, cause: 'story', command: undefined, events }
    evolve(account, entry)
    entries.push(entry)
    await this.journal.append({ n: this.journal.head().n + 1, entries: [entry] })
    for (const event of events) {
      if (event.type === 'OrderPlaced') this.#names.set(event.orderId, `o${this.#names.size + 1}`)
    }
  }

  /** What a person would see after the desk was closed and opened again. */
  restart(): void {
    this.#views.catchUp(LONG_MS)
    this.#views.close()
    this.#views = this.#open()
  }

  /** The oldest first. */
  trades(asked: TradesAsked = {}): readonly TradeView[] {
    return this.#read(this.#views, asked)
  }

  /** The same, counted from the first row of the journal in one go. */
  fresh(): readonly TradeView[] {
    const views = this.#open(join(tempFolder(), 'views.db'))
    const found = this.#read(views, {})
    views.close()
    return found
  }

  #read(views: Views, asked: TradesAsked): readonly TradeView[] {
    views.catchUp(LONG_MS)
    return views.read(({ trades }) => trades.page(asked, { limit: 500 })).items.toReversed()
  }

  portfolio(): PortfolioView {
    this.#views.catchUp(LONG_MS)
    const found = this.#views.read(({ trades }) => trades.outcomes({}))
    return portfolioOf([this.account], found, () => undefined).items[0]!
  }

  summary(asked: TradesAsked = {}): ReturnType<typeof summaryOf>['items'][number] {
    this.#views.catchUp(LONG_MS)
    return summaryOf(
      [this.account],
      this.#views.read(({ trades }) => trades.outcomes(asked)),
    ).items[0]!
  }

  /** Now, at those prices; a day is as the journal tells it. */
  performance(asked: PerformanceAsked, mark: Mark): PerformanceView {
    this.#views.catchUp(LONG_MS)
    const accounts = new Map([[this.account.id, this.account]])
    const given = { accounts, mark, now: this.#now, isTradingDay: undefined }
    return this.#views.read((parts) => performanceOf(asked, { parts, ...given })).items[0]!
  }

  /** The same time of day, so many days later. */
  pass(days: number): void {
    this.#now = later(this.#now, days * DAY)
  }

  close(): void {
    this.#views.close()
  }
}

/** `LONG 10 at 100 (4 left); 1: 6 at 110 stop 60; 60`: what is asserted most. */
export function told({ side, quantity, remaining, entryPrice, exits, ...rest }: TradeView): string {
  const parts = exits.map(({ number, quantity: size, price, reason, gross }) => {
    return `${number}: ${size} at ${price} ${reason} ${gross}`
  })
  const held = remaining === '0' ? '' : ` (${remaining} left)`
  const by = rest.exitReason === null ? '' : ` by ${rest.exitReason}`
  return [`${side} ${quantity} at ${entryPrice}${held}`, ...parts, rest.gross + by].join('; ')
}
