/** The package as other programs import it: docs/library.md. */
export type { OpenOptions } from './library/open.ts'
export { open } from './library/open.ts'
export type { Settings } from './library/settings.ts'
export type { ConnectOptions } from './library/remote.ts'
export { connect } from './library/remote.ts'
export type {
  Amount,
  AuditAsked,
  BooksAsked,
  CandlesAsked,
  Changes,
  ChargesAsked,
  ChosenOrders,
  EndOfDayAsked,
  ExportAsked,
  FillsAsked,
  Heard,
  Held,
  InstrumentsAsked,
  Listener,
  ListenOptions,
  Once,
  OnError,
  OrdersAsked,
  PerformanceAsked,
  PositionsAsked,
  StatisticsAsked,
  SummaryAsked,
  Subscription,
  Tallyman,
  Time,
  TradesAsked,
  Trouble,
  Wish,
} from './library/tallyman.ts'
export {
  BadRequest,
  Conflict,
  Denied,
  KeyRefused,
  NotFound,
  TallymanError,
  Unavailable,
} from './library/errors.ts'
export { BadSetting } from './config.ts'
export { CannotStart } from './folder.ts'
export { BadCalendar } from './market/calendar-file.ts'
export { BadFile } from './store/bad-file.ts'
export { FolderInUse } from './store/lock.ts'
export type {
  AccountView,
  AuditView,
  InstrumentView,
  PageView,
  VerificationView,
} from './core/asking.ts'
export type { BreakView, RunView, TrackingView } from './core/books-view.ts'
export type { CandlesView, QuoteView } from './core/candle.ts'
export type { EndOfDayView } from './core/day-view.ts'
export type { ExecutionView } from './core/execution.ts'
export type { DayClosedView, ExecutedView, NoticeKind, RejectedView } from './core/notice.ts'
export type { PositionReportView } from './core/position-report.ts'
export type { ReconciliationView } from './core/standing.ts'
export type { StatisticsView } from './core/statistics.ts'
export type { PerformanceView } from './core/performance-view.ts'
export type { PortfolioView, SummaryView, TradeView } from './core/trade-view.ts'
export type { ChargesView } from './core/preview.ts'
export type { FillView, OrderView, PositionView, StatusView } from './core/view.ts'
