import type { Price } from '../core/amount.ts'
import type { Instrument, InstrumentId } from '../core/instrument.ts'
import { symbolOf } from '../core/instrument.ts'
import type { OrderId } from '../core/order.ts'
import type {
  AccountView,
  ChargesAsked,
  InstrumentView,
  ListAsked,
  PageView,
  PlainQuestion,
  Replies,
  VerificationView,
} from '../core/asking.ts'
import { ownerAsked } from '../core/statistics.ts'
import type { OrderView, PositionView } from '../core/view.ts'
import { legsOf, orderView, positionView } from '../core/view.ts'
import type { ExecutionView } from '../core/execution.ts'
import { executionView } from '../core/execution.ts'
import type { NoticesAsked } from '../core/notice.ts'
import { tradingDateOf } from '../market/exchange.ts'
import type { CandleHistory } from '../market/candle-history.ts'
import type { Feed } from '../market/feed.ts'
import type { Instruments } from '../market/instruments.ts'
import { BadFile } from '../store/bad-file.ts'
import type { Journal } from '../store/journal.ts'
import type { Views } from '../store/views.ts'
import type { ShowOrder } from '../store/views-asked.ts'
import { askBooks } from './books.ts'
import type { Clock } from './clock.ts'
import type { Desk } from './desk.ts'
import type { EndOfDay } from './end-of-day.ts'
import { endTheDay } from './end-of-day.ts'
import { importInto } from './importing.ts'
import { isOutrunBy, verificationOf } from './compare.ts'
import type { Firm } from './firm.ts'
import { askGuards } from './guard-questions.ts'
import type { Guards } from './guards.ts'
import { accountView, instrumentView } from './listed.ts'
import { ScreensShut } from './told.ts'
import { askNews, News } from './news.ts'
import { previewOf } from './preview.ts'
import type { TradingDays } from './performance.ts'
import { askPortfolio } from './portfolio.ts'
import { Prices } from './prices.ts'
import type { Accounts } from './statistics.ts'
import { Statistics } from './statistics.ts'
import { vwapOf } from './vwap.ts'

export type QuestionsOptions = TradingDays & {
  readonly desk: Desk
  readonly firm: Firm
  /** Undefined in a world that has no guards. */
  readonly guards?: Guards | undefined
  readonly instruments: Instruments
  readonly feed: Feed
  readonly clock: Pick<Clock, 'now' | 'soon' | 'at'>
  /** Candles of the past; without it the feed’s own past is asked every time. */
  readonly history?: CandleHistory | undefined
  /** Undefined in a world that keeps no screens. */
  readonly views: Views | undefined
  /** Why there are none. */
  readonly noViews?: string | undefined
  readonly journalHead: () => Replies['journal']
  /** Of an account; undefined where days are ended by nobody. */
  readonly endOfDay?: ((account: string) => EndOfDay | undefined) | undefined
  /** Undefined in a world that nobody follows. */
  readonly journal?: Journal | undefined
}

type InstrumentsAsked = Extract<PlainQuestion, { readonly about: 'instruments' }>

/** A query waits this long for its screens to catch up with the journal. */
const CATCH_UP_MS = 1_000

/** How often the book is read for one verification while orders keep trading. */
const LOOKS_MAX = 3

/** Answers what people and programs ask, from committed state and from the screens kept of it. */
export class Questions {
  readonly #options: QuestionsOptions
  readonly #prices: Prices
  readonly #statistics: Statistics
  readonly #news: News | undefined

  constructor(options: QuestionsOptions) {
    this.#options = options
    this.#prices = new Prices(options)
    this.#statistics = new Statistics(options)
    const { journal, views } = options
    this.#news = journal && views && new News(journal, views)
  }

  /** The instrument's price, if there is one fresh enough to value an order by. */
  last(instrument: Instrument): Price | undefined {
    return this.#prices.fresh(instrument)
  }

  async ask<Q extends PlainQuestion>(question: Q): Promise<Replies[Q['about']]> {
    return (await this.#reply(question)) as Replies[Q['about']]
  }

  // tidy-ok: one case a question
  #reply(question: PlainQuestion): Promise<Replies[PlainQuestion['about']]> {
    switch (question.about) {
      case 'order':
        return this.order(question.id)
      case 'execution':
        return this.#execution(question.id)
      case 'orders': {
        const { limit, before } = question
        const asked = { ...question, owner: ownerAsked(question) }
        return this.#fromViews((views) => views.orders(asked, { limit, before }))
      }
      case 'fills': {
        const { limit, before, ...asked } = question
        return this.#fromViews((views) => views.fills(asked, { limit, before }))
      }
      case 'positions':
        return this.#positions(question)
      case 'instruments':
        return Promise.resolve(this.#instruments(question))
      case 'accounts':
        return this.#accounts()
      case 'journal':
        return this.#options.desk.ask(() => this.#options.journalHead())
      case 'audit':
        return this.#fromViews((views) => views.audit(question, question))
      case 'verification':
        return this.#verify(question.account)
      case 'endOfDay':
        return endTheDay(this.#options, question)
      case 'bookLog':
        return this.#fromViews((views) => views.read(({ bookLog }) => bookLog.page(question)))
      case 'snapshots':
        return this.#fromViews((views) => views.read(({ snapshots }) => snapshots.page(question)))
      case 'importing':
        return importInto(this.#options, question)
      case 'run':
      case 'positionReport':
      case 'reconciliation':
      case 'breaks':
      case 'tracking':
      case 'breakRules':
      case 'settling':
        return askBooks(this.#options, question)
      case 'guards':
      case 'guardAlerts':
        return askGuards(this.#options, question, (read) => this.#fromViews(read))
      case 'charges':
        return this.#charges(question)
      case 'quote':
        return Promise.resolve(this.#prices.quote(question))
      case 'candles':
        return this.#prices.candles(question)
      case 'statistics':
        return this.#statistics.of(question, (run) => this.#fromViews(run))
      case 'trades':
      case 'tradesSummary':
      case 'portfolio':
      case 'performance':
        return this.#fromViews((views, accounts) => {
          const given = { ...this.#options, accounts, mark: (id: InstrumentId) => this.#mark(id) }
          return views.read((parts) => askPortfolio(question, { ...given, parts }))
        })
      case 'notices':
        return this.#notices(question)
    }
  }

  /** An order as `show` shows it: from memory, or from the screens once it has left memory. */
  async order(id: string, show: ShowOrder = orderView): Promise<OrderView | undefined> {
    const account = accountOf(id)
    const shown = await this.#options.desk.ask((accounts) => {
      const order = accounts.get(account)?.orders.get(id as OrderId)
      return order && show(account, order)
    })
    return shown ?? this.#fromViews((views) => views.order(id, show))
  }

  async #execution(id: string): Promise<ExecutionView | undefined> {
    const order = await this.order(id)
    return order && executionView(order, vwapOf(order, this.#options))
  }

  async #positions({
    limit,
    before = 0,
    account,
    symbol,
  }: ListAsked): Promise<PageView<PositionView>> {
    const all = await this.#options.desk.ask((accounts) => {
      const chosen = [...accounts.values()].filter(
        ({ id }) => account === undefined || id === account,
      )
      return chosen.flatMap((each) => [...legsOf(each)].map((leg) => ({ id: each.id, leg })))
    })
    const items = all
      .filter(({ leg }) => symbol === undefined || symbolOf(leg.instrument) === symbol)
      .map(({ id, leg }) => positionView(id, leg, this.#mark(leg.instrument)))
    const end = before + limit
    return { items: items.slice(before, end), next: end < items.length ? end : null }
  }

  #notices(asked: NoticesAsked): Promise<Replies['notices']> {
    const { desk, clock, noViews = NO_VIEWS } = this.#options
    if (!this.#news) throw new ScreensShut(noViews)
    return askNews(this.#news, { desk, clock }, asked).catch(shut)
  }

  #mark(id: InstrumentId): Price | undefined {
    const instrument = this.#options.instruments.get(id)
    return instrument && this.#prices.latest(instrument)
  }

  #instruments({ search, limit, before = 0 }: InstrumentsAsked): PageView<InstrumentView> {
    const found = this.#options.instruments.search(search)
    const items = found
      .slice(before, before + limit)
      .map((instrument) => instrumentView(instrument, this.#prices.latest(instrument)))
    return { items, next: before + limit < found.length ? before + limit : null }
  }

  async #accounts(): Promise<PageView<AccountView>> {
    const items = await this.#options.desk.ask((all) => [...all.values()].map(accountView))
    return { items, next: null }
  }

  async #charges(asked: ChargesAsked): Promise<Replies['charges']> {
    const { symbol, exchange, account } = asked
    const plan = await this.#options.desk.ask((accounts) => accounts.get(account)?.plan)
    if (plan === undefined) return 'noAccount'
    const found = symbol && this.#options.instruments.find(symbol, exchange)
    if (symbol !== undefined && !found) return 'noSymbol'
    const instrument = found || undefined
    const date = tradingDateOf(instrument?.exchange ?? exchange ?? 'NSE', this.#options.clock.now())
    return previewOf(asked, instrument, { plan, date })
  }

  async #verify(account: string): Promise<VerificationView | undefined> {
    for (let look = 1; ; look++) {
      const reading = await this.#options.firm.watch(account)?.readNow()
      if (!reading) return undefined
      const [found, isOutrun] = await this.#options.desk.ask((accounts) => {
        const books = accounts.get(account)!
        return [verificationOf(books, reading), isOutrunBy(books, reading)] as const
      })
      if (found.agreed || !isOutrun || look === LOOKS_MAX) return found
    }
  }

  /** Screens lag by milliseconds; a query brings them up to the head before it reads them. */
  async #fromViews<T>(read: (views: Views, accounts: Accounts) => T): Promise<T> {
    const { desk, views, noViews = NO_VIEWS } = this.#options
    if (!views) throw new ScreensShut(noViews)
    const answer = desk.ask((accounts) => {
      views.catchUp(CATCH_UP_MS)
      return read(views, accounts)
    })
    return answer.catch(shut)
  }
}

const NO_VIEWS = 'this world keeps none'

function shut(error: unknown): never {
  throw error instanceof BadFile ? new ScreensShut(error.message) : error
}

/** Empty, and so no account, where the text is no order's id. */
export const accountOf = (orderId: string): string =>
  orderId.slice(0, Math.max(0, orderId.lastIndexOf('-')))
