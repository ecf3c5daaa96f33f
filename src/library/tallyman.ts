/** A desk, as a program sees it: in its own process, or over the network. */
import type {
  AccountView,
  AuditView,
  InstrumentView,
  PageView,
  VerificationView,
} from '../core/asking.ts'
import type { BreakView, RunView, TrackingView } from '../core/books-view.ts'
import type { EndOfDayView } from '../core/day-view.ts'
import type { CandlesView, Interval, QuoteView } from '../core/candle.ts'
import type { Event } from '../core/event.ts'
import type { Format, What } from '../core/exporting.ts'
import type { ExecutionView } from '../core/execution.ts'
import type { NoticeKind, NoticeOf, Told } from '../core/notice.ts'
import type { PositionReportView } from '../core/position-report.ts'
import type { ChargesView } from '../core/preview.ts'
import type { ReconciliationView } from '../core/standing.ts'
import type { StatisticsView } from '../core/statistics.ts'
import type { PerformanceView } from '../core/performance-view.ts'
import type { PortfolioView, SummaryView, TradeView } from '../core/trade-view.ts'
import type { FillView, OrderView, PositionView } from '../core/view.ts'

/** A number, or decimal text, which is exact however long it is. */
export type Amount = string | number | bigint
/** ISO 8601 with its offset, or a Date. */
export type Time = string | Date

type Maybe<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** What of an order can also be changed later. */
type Terms = {
  /** In units, not lots. */
  readonly quantity: Amount
  readonly type: 'MARKET' | 'LIMIT' | 'SL' | 'SL-M'
  /** The limit; of a MARKET or SL-M order your reference, which is never sent. */
  readonly price: Amount
  readonly trigger: Amount
  readonly validity: 'DAY' | 'IOC' | 'TTL'
  /** With TTL. */
  readonly validityMinutes: number
  readonly disclosed: Amount
}

/** An order to be placed; the account is `paper` unless told. */
export type Wish = {
  readonly symbol: string
  readonly side: 'BUY' | 'SELL'
  readonly type: Terms['type']
} & Maybe<Omit<Terms, 'type'>> &
  Maybe<{
    readonly account: string
    readonly exchange: string
    readonly product: 'CNC' | 'MIS' | 'NRML' | 'MTF'
    readonly reduceOnly: boolean
    /** Cut by the exchange’s freeze quantity, into ten orders at most. */
    readonly slice: boolean
    /** Whose book it goes to; without one it goes to the person’s own. */
    readonly strategy: string
    readonly note: string
    readonly signalId: string
    readonly approvalId: string
    readonly reason: 'signal' | 'stop' | 'target' | 'manual'
    readonly skipChecks: boolean
  }>

/** What is left out stays as it is. */
export type Changes = Maybe<Terms>

/** Under an `id` of your own the same command is done once, however often it is sent. */
export type Once = Maybe<{ readonly id: string }>

type OfAccount = { readonly account: string }
type OfSymbol = { readonly symbol: string; readonly exchange: string }
type Paged = {
  /** How many at most, up to 500; 100 unless told. */
  readonly limit: number
  /** The `next` of the page before. */
  readonly cursor: number
}
type Period = {
  /** The first moment that counts, and the first that no longer does. */
  readonly from: Time
  readonly to: Time
}

export type ChosenOrders = Maybe<OfAccount & OfSymbol & { readonly strategy: string }>
/** What is to be closed: what was bought or sold by hand, or what a strategy holds. */
export type Held = { readonly symbol: string } & Maybe<
  OfAccount & Pick<OfSymbol, 'exchange'> & Pick<Wish, 'product' | 'strategy' | 'note' | 'reason'>
>
export type OrdersAsked = Maybe<
  Paged &
    OfAccount & {
      readonly symbol: string
      readonly status: OrderView['status']
      /** Who asked: `key:my-bot`, `program`. */
      readonly by: string
      /** `manual`, or `strategy:<name>`; or a strategy by its name alone. */
      readonly owner: string
      readonly strategy: string
      readonly signalId: string
      readonly approvalId: string
    }
>
export type FillsAsked = Maybe<
  Paged & OfAccount & { readonly symbol: string; readonly orderId: string }
>
export type PositionsAsked = Maybe<Paged & OfAccount & { readonly symbol: string }>
export type AuditAsked = Maybe<
  Paged &
    Period &
    OfAccount & {
      readonly orderId: string
      readonly type: Event['type']
      /** Whose command it was. */
      readonly by: string
    }
>
export type BooksAsked = Maybe<OfAccount & { readonly symbol: string }>
/** Today unless told; `dryRun` says what would be done. */
export type EndOfDayAsked = Maybe<
  OfAccount & { readonly group: string; readonly date: string; readonly dryRun: boolean }
>
export type InstrumentsAsked = Maybe<Paged & { readonly search: string }>
export type CandlesAsked = { readonly symbol: string } & Maybe<
  Period & {
    readonly exchange: string
    readonly interval: Interval
    /** From the day on that is so many days ago, instead of `from`. */
    readonly days: number
    readonly limit: number
  }
>
export type ChargesAsked = {
  readonly side: 'BUY' | 'SELL'
  readonly quantity: Amount
  readonly price: Amount
} & Maybe<
  OfAccount &
    OfSymbol & {
      readonly segment: 'delivery' | 'intraday' | 'futures' | 'options'
      readonly product: 'CNC' | 'MIS' | 'NRML' | 'MTF'
      readonly plan: string
      /** `2026-11-23` */
      readonly date: string
    }
>

/** Of an account, an owner or a strategy; `from` and `to` are trading dates, both included. */
export type StatisticsAsked = Maybe<
  OfAccount & {
    readonly strategy: string
    /** `manual`, or `strategy:<name>`. */
    readonly owner: string
    readonly period: 'all' | 'today'
    readonly from: string
    readonly to: string
  }
>

/** Of an account, a strategy or a symbol; `from` and `to` are trading dates, both included. */
export type PerformanceAsked = Maybe<
  OfAccount & {
    readonly strategy: string
    readonly symbol: string
    readonly from: string
    readonly to: string
    /** 252 where weekends are off, 365 where every day trades. */
    readonly daysPerYear: number
    /** In a year; 0 where it is left out. */
    readonly riskFreePercent: Amount
  }
>

/** `from` and `to` are about when a trade was closed. */
export type SummaryAsked = Maybe<
  Period & OfAccount & { readonly symbol: string; readonly strategy: string }
>
export type TradesAsked = SummaryAsked & Maybe<Paged & { readonly status: 'open' | 'closed' }>

/** A JSON value a line unless told; `from` and `to` may also be days, such as `2026-11-23`. */
export type ExportAsked = { readonly what: What } & Maybe<
  Period & OfAccount & { readonly format: Format }
>

/** What a listener is told: what the kind is about, and where in the journal it stands. */
export type Heard<K extends NoticeKind> = Told[K] &
  Pick<NoticeOf<K>, 'sequence' | 'event' | 'account' | 'at'>
export type Listener<K extends NoticeKind> = (heard: Heard<K>) => unknown

/** What went wrong in a listener, or on its way to the desk. */
export type Trouble = {
  /** What is listened to; undefined where the desk itself has failed, and is stopped. */
  readonly kind: NoticeKind | undefined
  /** Of what was being told; undefined where the desk could not be asked. */
  readonly sequence: number | undefined
}
export type OnError = (error: Error, trouble: Trouble) => void

export type ListenOptions = Maybe<{
  /** A sequence, or the `position` kept from an earlier run; without it, from now on. */
  readonly after: number
  readonly account: string
  /** Instead of the desk’s own. */
  readonly onError: OnError
}>

export type Subscription = {
  /**
   * What has been told up to here, the listener having returned. Kept, and given as `after` to a
   * later run, nothing is lost. Undefined until the desk has been asked for the first time.
   */
  readonly position: number | undefined
  /** How often the listener threw. */
  readonly failures: number
  /** Why it has ended by itself, if so: the key was revoked, or `after` is beyond the journal. */
  readonly ended: Error | undefined
  /** Nothing more is told; a call in progress goes on to its end. */
  stop(): void
}

/**
 * What `open` and `connect` give. Every answer is plain: amounts are decimal text, times ISO 8601,
 * what is absent is null. Every refusal is thrown, as one of the errors of this package.
 */
export interface Tallyman {
  /** Where the desk listens; undefined for one that does not. */
  readonly url: string | undefined

  /** Resolves once the order is on disk; the broker gets it at most once. */
  place(wish: Wish, once?: Once): Promise<OrderView>
  /** Asks for a change; the order is as it was until the broker says so. */
  modify(orderId: string, changes: Changes, once?: Once): Promise<OrderView>
  /** Asks for the order to be cancelled; it ends when the broker says so. */
  cancel(orderId: string, once?: Once): Promise<OrderView>
  cancelAll(chosen?: ChosenOrders, once?: Once): Promise<readonly OrderView[]>
  /** Places a market order that closes as much of what is held as is safe to close. */
  close(held: Held, once?: Once): Promise<OrderView>

  order(orderId: string): Promise<OrderView>
  /** The newest first, as fills and the audit trail are. */
  orders(asked?: OrdersAsked): Promise<PageView<OrderView>>
  fills(asked?: FillsAsked): Promise<PageView<FillView>>
  executionReport(orderId: string): Promise<ExecutionView>
  positions(asked?: PositionsAsked): Promise<PageView<PositionView>>
  audit(asked?: AuditAsked): Promise<PageView<AuditView>>
  /** Orders counted by what became of them, and how well they were carried out. */
  statistics(asked?: StatisticsAsked): Promise<StatisticsView>
  /** Round trips from flat to flat with their exits, the one opened last first. */
  trades(asked?: TradesAsked): Promise<PageView<TradeView>>
  /** What closed trades came to, one item a currency. */
  tradesSummary(asked?: SummaryAsked): Promise<PageView<SummaryView>>
  /** Capital, profit and what is used of it, one item an account and currency. */
  portfolio(asked?: Maybe<OfAccount>): Promise<PageView<PortfolioView>>
  /** Return, drawdown, ratios and the curve of equity over a period; one item an account. */
  performance(asked?: PerformanceAsked): Promise<PageView<PerformanceView>>
  accounts(): Promise<PageView<AccountView>>
  /** Reads the broker’s book now, and says where it and ours differ. */
  verify(account?: string): Promise<VerificationView>
  /** The same, and what the reading found of trades by hand, closings and breaks. */
  reconcile(account?: string): Promise<RunView>
  /** Reads the broker’s book now, and sets every position beside the broker’s. */
  positionReport(account?: string): Promise<PositionReportView>
  /** How the books stood after the latest reading, without another one. */
  reconciliation(account?: string): Promise<ReconciliationView>
  /** Ends the day: six steps, each once a day; a second run on the same day changes nothing. */
  runEndOfDay(asked?: EndOfDayAsked): Promise<EndOfDayView>
  /** Where the broker holds another quantity than all books come to. */
  breaks(asked?: BooksAsked): Promise<PageView<BreakView>>
  /** The symbols that are traded here, and whose books hold how much of them. */
  tracking(asked?: BooksAsked): Promise<PageView<TrackingView>>

  /** A whole table as text, in pieces, the oldest first: for `fs.promises.writeFile`, say. */
  exportData(asked: ExportAsked): AsyncIterable<string>

  instruments(asked?: InstrumentsAsked): Promise<PageView<InstrumentView>>
  quote(symbol: string, exchange?: string): Promise<QuoteView>
  candles(asked: CandlesAsked): Promise<CandlesView>
  /** What an order would cost; nothing is placed. */
  charges(asked: ChargesAsked): Promise<ChargesView>

  /**
   * Calls the listener for everything of that kind, in the order of the journal and one at a time;
   * what it returns is awaited. A slow listener holds up nobody, and loses nothing.
   */
  on<K extends NoticeKind>(kind: K, listener: Listener<K>, options?: ListenOptions): Subscription

  /** Ends all subscriptions; a desk in this process is stopped, one elsewhere goes on. */
  stop(): Promise<void>
}
