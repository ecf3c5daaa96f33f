/** What can be written out for other programs: rows page by page, the oldest first. */
import type { Account } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import { evolve } from '../core/evolve.ts'
import type { ExecutionView } from '../core/execution.ts'
import { executionView } from '../core/execution.ts'
import { exchangeOf } from '../core/instrument.ts'
import type { AuditView } from '../core/asking.ts'
import type { DayView } from '../core/statistics-day.ts'
import { dayView } from '../core/statistics-day.ts'
import type { Period, What } from '../core/exporting.ts'
import type { TradeView } from '../core/trade-view.ts'
import { tradeView } from '../core/trade-view.ts'
import type { Bound, Instant, TradingDate } from '../core/time.ts'
import { HOUR, instantOf, later } from '../core/time.ts'
import type { FillView, OrderView, PositionView, ShowTime } from '../core/view.ts'
import { legsOf, orderView, positionView } from '../core/view.ts'
import { beginOf, endOf, tradingDateOf } from '../market/exchange.ts'
import { auditView, chosen } from '../store/audit.ts'
import type { Batch, Journal } from '../store/journal.ts'
import type { RowsAsked, ViewReader } from '../store/view-reader.ts'
import { PAGE_ROWS } from '../store/view-reader.ts'
import { restore } from './restore.ts'

export type Exporting = Period & {
  readonly account?: string | undefined
  readonly show: ShowTime
}

export type Rows = {
  readonly orders: OrderView
  readonly fills: FillView
  readonly executions: ExecutionView
  readonly trades: TradeView
  readonly audit: AuditView
  readonly positions: PositionView
  readonly statistics: DayView
}

export type Sources = {
  readonly screens: ViewReader
  readonly journal: Journal
  /** The last row of the journal that counts. */
  readonly upTo: number
}

/** An empty page is a chance for others to have their turn. */
export function pagesOf<W extends What>(
  what: W,
  sources: Sources,
  asked: Exporting,
): Iterable<readonly Rows[W][]> {
  const pages: { readonly [K in What]: () => Iterable<readonly Rows[K][]> } = {
    orders: () => orderPages(sources, asked),
    fills: () => fillPages(sources, asked),
    executions: () => executionPages(sources, asked),
    trades: () => tradePages(sources, asked),
    audit: () => auditPages(sources, asked),
    positions: () => [positionsAt(sources, asked)],
    statistics: () => dayPages(sources, asked),
  }
  return pages[what]()
}

/** How many pages of it there are about; undefined: very few. */
export function pageCount(
  what: What,
  { screens }: Pick<Sources, 'screens'>,
  asked: Exporting,
): number | undefined {
  if (what === 'positions' || what === 'statistics') return undefined
  if (what !== 'audit') {
    const rows = screens.countOf(what === 'executions' ? 'orders' : what, roughly(asked))
    return Math.ceil(rows / PAGE_ROWS)
  }
  const { after, upTo } = screens.rowsIn({ ...asked, ...momentsOf(asked) })
  return Math.ceil((upTo - after) / ROWS_A_PAGE)
}

function* orderPages({ screens }: Sources, asked: Exporting): Iterable<readonly OrderView[]> {
  for (const page of screens.orders(roughly(asked))) {
    yield page
      .filter(({ order }) => isIn(asked, exchangeOf(order.terms.instrument), order.placedAt))
      .map(({ account, order }) => orderView(account, order, asked.show))
  }
}

/** What traded; the average of the market is not in the journal, so nothing is compared with it. */
function* executionPages(sources: Sources, asked: Exporting): Iterable<readonly ExecutionView[]> {
  for (const page of orderPages(sources, asked)) {
    const traded = page.filter(({ fills }) => fills.length > 0)
    yield traded.map((order) => executionView(order, undefined))
  }
}

function* fillPages({ screens }: Sources, asked: Exporting): Iterable<readonly FillView[]> {
  const shown = (time: string): string => asked.show(instantOf(time))
  for (const page of screens.fills(roughly(asked))) {
    yield page
      .filter(({ exchange, exchangeAt }) => isIn(asked, exchange, instantOf(exchangeAt)))
      .map((fill) => ({ ...fill, at: shown(fill.at), exchangeAt: shown(fill.exchangeAt) }))
  }
}

/** Those that are open are only in what has no period. */
function* tradePages({ screens }: Sources, asked: Exporting): Iterable<readonly TradeView[]> {
  const shown = (time: string | null): string | null =>
    time === null ? null : asked.show(instantOf(time))
  for (const page of screens.trades(roughly(asked))) {
    yield page
      .filter(({ leg, trip }) => !trip.end || isIn(asked, exchangeOf(leg.instrument), trip.end.at))
      .map(({ trip, ...whose }) => {
        const view = tradeView(whose, trip)
        const exits = view.exits.map((exit) => ({ ...exit, at: shown(exit.at)! }))
        const [entryTime, exitTime] = [shown(view.entryTime)!, shown(view.exitTime)]
        return { ...view, entryTime, exitTime, exits }
      })
  }
}

const ROWS_A_PAGE = 25

function* auditPages(
  { screens, journal, upTo }: Sources,
  { account, show, ...period }: Exporting,
): Iterable<readonly AuditView[]> {
  const asked = { account, ...momentsOf(period) }
  const rows = screens.rowsIn(asked)
  let page: AuditView[] = []
  for (const { n, entries } of journal.read(rows.after)) {
    if (n > upTo || n > rows.upTo) break
    for (const entry of entries) {
      for (const index of chosen(entry, asked)) page.push(auditView(entry, index, show))
    }
    if (n % ROWS_A_PAGE !== 0) continue
    yield page
    page = []
  }
  yield page
}

/**
 * What was held at the end of the period, by whom; without prices, which are not in the journal.
 * Of a moment in the past the journal is folded from its first row.
 */
function positionsAt(
  { journal, upTo }: Sources,
  { account, ...period }: Exporting,
): readonly PositionView[] {
  const { to } = momentsOf(period)
  const part = partOf(journal, upTo)
  const accounts =
    to === undefined ? restore(part, account).accounts : foldedTo(part.read(0), to, account)
  return [...accounts.values()].flatMap((each) =>
    [...legsOf(each)].map((leg) => positionView(each.id, leg, undefined)),
  )
}

/** The journal as it was when its last row was that one. */
const partOf = (journal: Journal, upTo: number): Pick<Journal, 'read' | 'snapshots'> => ({
  *read(after) {
    for (const batch of journal.read(after)) {
      if (batch.n > upTo) return
      yield batch
    }
  },
  snapshots(version) {
    const saved = journal.snapshots(version)
    return typeof saved === 'object' && saved.n > upTo ? 'none' : saved
  },
})

function foldedTo(
  rows: Iterable<Batch>,
  to: Instant,
  only: string | undefined,
): Map<string, Account> {
  const accounts = new Map<string, Account>()
  for (const { entries } of rows) {
    for (const entry of entries) {
      if (entry.at >= to || (only !== undefined && entry.account !== only)) continue
      let account = accounts.get(entry.account)
      if (!account) accounts.set(entry.account, (account = newAccount(entry.account)))
      evolve(account, entry)
    }
  }
  return accounts
}

/** Orders are counted by the trading day on which they were placed, so days count whole. */
function* dayPages({ screens }: Sources, asked: Exporting): Iterable<readonly DayView[]> {
  const { from, to } = asked
  const days = screens.days(asked.account)
  for (let at = 0; at < days.length; at += PAGE_ROWS) {
    yield days
      .slice(at, at + PAGE_ROWS)
      .filter(({ exchange, day }) => {
        const isAfter = from === undefined || day >= dateOf(exchange, from, 0)
        return isAfter && (to === undefined || day <= dateOf(exchange, to, -1))
      })
      .map(dayView)
  }
}

const dateOf = (exchange: string, bound: Bound, shiftMs: number): TradingDate =>
  typeof bound === 'number' ? tradingDateOf(exchange, later(bound, shiftMs)) : bound

const isIn = ({ from, to }: Period, exchange: string, at: Instant): boolean =>
  (from === undefined || at >= beginOf(exchange, from)) &&
  (to === undefined || at < endOf(exchange, to))

const UTC = 'UTC'

const momentsOf = ({ from, to }: Period): Pick<RowsAsked, 'from' | 'to'> => ({
  from: from === undefined ? undefined : beginOf(UTC, from),
  to: to === undefined ? undefined : endOf(UTC, to),
})

/** No clock is further from UTC. */
const OFF_MAX: number = 14 * HOUR

/** All that may be in the period, whatever exchange counts its days. */
function roughly({ account, ...period }: Exporting): RowsAsked {
  const { from, to } = momentsOf(period)
  return {
    account,
    from: typeof period.from === 'string' ? later(from!, -OFF_MAX) : from,
    to: typeof period.to === 'string' ? later(to!, OFF_MAX) : to,
  }
}
