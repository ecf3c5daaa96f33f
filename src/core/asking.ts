/** What programs and people may ask the desk, and the plain answers to it. */
import type { LogAsked, LogView, SnapshotsAsked, SnapshotView } from './book-log.ts'
import type { BreakView, RuleView, RunView, SettlingView, TrackingView } from './books-view.ts'
import type { CandlesView, Interval, QuoteView } from './candle.ts'
import type { EndOfDayView } from './day-view.ts'
import type { ExecutionView } from './execution.ts'
import type { AlertView, GuardsView } from './guard-port.ts'
import type { Group, Product, SessionGroup } from './instrument.ts'
import type { ImportAsked, ImportView } from './importing.ts'
import type { NoticesAsked, NoticesView } from './notice.ts'
import type { PositionReportView } from './position-report.ts'
import type { PerformanceAsked, PerformanceView } from './performance-view.ts'
import type { ChargesView } from './preview.ts'
import type { Segment } from './rates.ts'
import type { ReconciliationView } from './standing.ts'
import type { StatisticsAsked, StatisticsView } from './statistics.ts'
import type { Bound, Instant } from './time.ts'
import type { PortfolioView, SummaryView, TradeView } from './trade-view.ts'
import type { FillView, OrderView, PositionView } from './view.ts'

export type ListAsked = {
  readonly limit: number
  readonly before?: number | undefined
  readonly account?: string | undefined
  readonly symbol?: string | undefined
}

/** Orders by where they stand, who asked for them, and what they refer to. */
export type OrdersAsked = {
  readonly status?: string | undefined
  /** `key:my-bot`, `strategy:ema-rsi`. */
  readonly by?: string | undefined
  /** Whose book; or a strategy, by its name alone. */
  readonly owner?: string | undefined
  readonly strategy?: string | undefined
  readonly signalId?: string | undefined
  readonly approvalId?: string | undefined
}

export type SymbolAsked = { readonly symbol: string; readonly exchange?: string | undefined }

export type CandlesAsked = SymbolAsked & {
  readonly interval: Interval
  /** From the day on that is so many days ago; where neither is given, as far as is configured. */
  readonly days?: number | undefined
  /** Those that begin from then on, and before then; a day as `to` counts whole. */
  readonly from?: Bound | undefined
  readonly to?: Bound | undefined
  readonly limit: number
}

/** An order that nobody sends: by symbol, or by segment alone. */
export type ChargesAsked = {
  /** Whose plan is used where none is named. */
  readonly account: string
  readonly side: 'BUY' | 'SELL'
  readonly quantity: string
  readonly price: string
  readonly symbol?: string | undefined
  readonly exchange?: string | undefined
  readonly segment?: Segment | undefined
  readonly product?: Product | undefined
  readonly plan?: string | undefined
  readonly date?: string | undefined
}

/** Trades of a strategy; and by when they were closed, which those that are open never were. */
type ClosedAsked = {
  readonly strategy?: string | undefined
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
}

export type PlainQuestion =
  | { readonly about: 'order'; readonly id: string }
  | { readonly about: 'execution'; readonly id: string }
  | ({ readonly about: 'orders' } & OrdersAsked & ListAsked)
  | ({ readonly about: 'fills'; readonly orderId?: string | undefined } & ListAsked)
  | ({ readonly about: 'positions' } & ListAsked)
  | {
      readonly about: 'instruments'
      readonly search: string
      readonly limit: number
      readonly before?: number | undefined
    }
  | { readonly about: 'accounts' }
  | { readonly about: 'journal' }
  | ({ readonly about: 'charges' } & ChargesAsked)
  | ({ readonly about: 'quote' } & SymbolAsked)
  | ({ readonly about: 'candles' } & CandlesAsked)
  | ({
      readonly about: 'audit'
      readonly orderId?: string | undefined
      readonly type?: string | undefined
      /** Whose command brought it about. */
      readonly by?: string | undefined
      /** The first moment that counts, and the first that no longer does. */
      readonly from?: Instant | undefined
      readonly to?: Instant | undefined
    } & Omit<ListAsked, 'symbol'>)
  | ({ readonly about: 'statistics' } & StatisticsAsked)
  | ({ readonly about: 'trades'; readonly open?: boolean | undefined } & ListAsked & ClosedAsked)
  /** What closed trades came to, and how the account's capital stands. */
  | ({ readonly about: 'tradesSummary' } & Omit<ListAsked, 'limit' | 'before'> & ClosedAsked)
  | { readonly about: 'portfolio'; readonly account?: string | undefined }
  | ({ readonly about: 'performance' } & PerformanceAsked)
  /** What has happened since, oldest first. */
  | ({ readonly about: 'notices' } & NoticesAsked)
  /** Reads the broker's book now, whatever the schedule says. */
  | { readonly about: 'verification'; readonly account: string }
  /** The same, and what the reading found. */
  | { readonly about: 'run'; readonly account: string }
  | { readonly about: 'reconciliation'; readonly account: string }
  /** Takes over what another system has written down; by whom is told to the journal. */
  | ({ readonly about: 'importing' } & ImportAsked)
  /** Ends the day of a group of exchanges; the first of them, today, unless told. */
  | {
      readonly about: 'endOfDay'
      readonly account: string
      readonly group?: string | undefined
      readonly date?: string | undefined
      readonly dryRun: boolean
    }
  | { readonly about: 'positionReport'; readonly account: string }
  | ({ readonly about: 'bookLog' } & LogAsked)
  | ({ readonly about: 'snapshots' } & SnapshotsAsked)
  | ({ readonly about: 'breaks' } & InAccounts)
  | { readonly about: 'guards'; readonly account?: string | undefined }
  | ({ readonly about: 'guardAlerts' } & Omit<ListAsked, 'symbol'>)
  | ({ readonly about: 'tracking' } & InAccounts)
  /** What the rules for breaks, or another text of rules, would settle now; nothing is done. */
  | {
      readonly about: 'breakRules'
      readonly account?: string | undefined
      readonly rules?: string | undefined
    }
  /** What settling a break as somebody's would do to the books; nothing is done. */
  | ({ readonly about: 'settling'; readonly account: string } & BreakAsked)

export type InAccounts = {
  readonly account?: string | undefined
  readonly symbol?: string | undefined
}

export type BreakAsked = SymbolAsked & {
  /** Undefined: under every product. */
  readonly product?: Product | undefined
  /** `manual`, `preexisting`, `external`, `strategy:<name>`, or `split`. */
  readonly as: string
}

export type PageView<T> = { readonly items: readonly T[]; readonly next: number | null }

export type InstrumentView = {
  readonly symbol: string
  readonly exchange: string
  readonly name: string
  readonly group: Group
  readonly currency: string
  readonly tick: string
  readonly lot: string
  readonly multiplier: string
  readonly products: readonly string[]
  readonly freeze: string | null
  readonly band: { readonly low: string; readonly high: string } | null
  readonly sessions: SessionGroup
  readonly last: string | null
}

export type AccountView = {
  readonly account: string
  readonly broker: string
  readonly mode: 'paper' | 'live'
  readonly connected: boolean
  readonly closed: boolean
  readonly cash: readonly {
    readonly currency: string
    readonly cash: string
    readonly free: string
  }[]
  readonly working: number
  readonly unknown: number
  readonly breaks: number
}

export type VerificationView = {
  readonly account: string
  readonly readAt: string
  /** Every part of the broker's book that could not be read, and why. */
  readonly failed: readonly { readonly part: string; readonly reason: string }[]
  readonly working: number
  readonly unknown: readonly string[]
  readonly breaks: readonly {
    readonly symbol: string
    readonly exchange: string
    readonly product: string
    readonly ours: string
    readonly theirs: string
    readonly since: string
  }[]
  /** Where this one reading differs from our books; what stays so becomes a break. */
  readonly differing: readonly {
    readonly symbol: string
    readonly exchange: string
    readonly product: string
    readonly ours: string
    readonly theirs: string
  }[]
  readonly agreed: boolean
}

/** One event of the journal. */
export type AuditView = {
  /** With the account it is the event's name: `paper-57`. */
  readonly seq: number
  readonly account: string
  readonly at: string
  readonly type: string
  readonly orderId: string | null
  /** Whose command brought it about; null where nobody asked. */
  readonly by: string | null
  /** The input that brought it about: `key:me/a1`, `book`, `clock`. */
  readonly cause: string
  readonly summary: string
  readonly event: Readonly<Record<string, unknown>>
}

/** What each question is answered with; undefined where the thing asked for does not exist. */
export type Replies = {
  readonly order: OrderView | undefined
  readonly execution: ExecutionView | undefined
  readonly orders: PageView<OrderView>
  readonly fills: PageView<FillView>
  readonly positions: PageView<PositionView>
  readonly instruments: PageView<InstrumentView>
  readonly accounts: PageView<AccountView>
  readonly journal: { readonly n: number; readonly hash: string }
  readonly audit: PageView<AuditView>
  readonly verification: VerificationView | undefined
  readonly run: RunView | undefined
  readonly reconciliation: ReconciliationView | undefined
  readonly importing: ImportView | undefined
  readonly endOfDay: EndOfDayView | 'noGroup' | 'noDate'
  readonly positionReport: PositionReportView | undefined
  readonly bookLog: PageView<LogView>
  readonly snapshots: PageView<SnapshotView>
  readonly breaks: PageView<BreakView>
  readonly guards: PageView<GuardsView>
  readonly guardAlerts: PageView<AlertView>
  readonly tracking: PageView<TrackingView>
  readonly breakRules: PageView<RuleView>
  readonly settling: SettlingView | undefined
  readonly charges: ChargesView | 'noSymbol' | 'noAccount'
  readonly quote: QuoteView | undefined
  readonly statistics: StatisticsView
  readonly trades: PageView<TradeView>
  readonly tradesSummary: PageView<SummaryView>
  readonly portfolio: PageView<PortfolioView>
  readonly performance: PageView<PerformanceView>
  /** `ahead`: the journal has never come as far as that. */
  readonly notices: NoticesView | 'ahead' | 'noAccount'
  /** `failed`: why no candle could be fetched, and none is kept. */
  readonly candles: CandlesView | { readonly failed: string } | undefined
}
