import type { Account } from '../core/account.ts'
import { price } from '../core/amount.ts'
import type { PlainQuestion, Replies } from '../core/asking.ts'
import type { DayFigures } from '../core/day-view.ts'
import { dayText } from '../core/day-text.ts'
import type { EventOf } from '../core/event.ts'
import type { InstrumentId } from '../core/instrument.ts'
import { exchangeOf, symbolOf } from '../core/instrument.ts'
import type { Order } from '../core/order.ts'
import { isWorking } from '../core/order.ts'
import { isTraded } from '../core/owner.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import { HOUR, later } from '../core/time.ts'
import { legsOf } from '../core/view.ts'
import { dayAround, exchangeNamed } from '../market/exchange.ts'
import { momentOf } from '../market/zone.ts'
import type { Clock } from './clock.ts'
import type { Desk } from './desk.ts'
import type { Firm } from './firm.ts'

/** Whose day it is. */
export type DayOf = {
  readonly account: string
  readonly group: string
  readonly exchanges: readonly string[]
  readonly date: TradingDate
}

type Marks = readonly Pick<EventOf<'PositionMarked'>, 'instrument' | 'price'>[]

export type DayJobsOptions = {
  readonly desk: Desk
  readonly firm: Pick<Firm, 'watch'>
  readonly clock: Pick<Clock, 'now'>
  readonly ask: <Q extends PlainQuestion>(question: Q) => Promise<Replies[Q['about']]>
  readonly staleHours: number
  /** Whether stale orders are cancelled at the broker; otherwise they are only named. */
  readonly cancelsStale: boolean
  /** Writes the account's day down in a file of its own; resolves with where, and how much. */
  readonly archive: (day: DayOf) => Promise<string>
}

/** The six jobs of a day's end. Each throws an Error that says why it could not be done. */
export class DayJobs {
  readonly #options: DayJobsOptions

  constructor(options: DayJobsOptions) {
    this.#options = options
  }

  run(number: number, day: DayOf, dryRun: boolean): Promise<string> {
    switch (number) {
      case 1:
        return dryRun ? this.#standing(day) : this.#verify(day)
      case 2:
        return dryRun ? this.#standing(day) : this.#reconcile(day)
      case 3:
        return dryRun ? Promise.resolve(this.#staleIn(day)) : this.#stale(day)
      case 4:
        return this.#statistics(day)
      case 5:
        return this.#told(day)
      default:
        return dryRun ? Promise.resolve('it would be written') : this.#options.archive(day)
    }
  }

  async #standing({ account }: DayOf): Promise<string> {
    const found = await this.#options.ask({ about: 'reconciliation', account })
    if (!found) throw new Error(`there is no account ${account}`)
    return `${found.matched} of ${found.total} matched, ${found.open} open, by the last reading`
  }

  async #verify({ account }: DayOf): Promise<string> {
    const found = await this.#options.ask({ about: 'verification', account })
    if (!found) throw new Error('the broker’s book could not be read')
    const lost = found.failed.map(({ part, reason }) => `${part} could not be read: ${reason}`)
    if (lost.length > 0) throw new Error(lost.join('; '))
    const { working, unknown, breaks } = found
    return `${working} orders work, ${unknown.length} unknown, ${breaks.length} breaks`
  }

  async #reconcile({ account }: DayOf): Promise<string> {
    const found = await this.#options.ask({ about: 'run', account })
    if (!found) throw new Error('the broker’s book could not be read')
    if (found.readsFailed > 0) throw new Error(`${found.readsFailed} parts could not be read`)
    const { matched, manualBuysDetected: buys, manualSellsDetected: sells, breaksOpened } = found
    return `${matched} matched, ${buys} buys and ${sells} sales by hand, ${breaksOpened} new breaks`
  }

  /** Orders of the group that have worked since before the bound. */
  #working({ account, exchanges }: DayOf): Order[] {
    const { desk, clock, staleHours } = this.#options
    const before = later(clock.now(), -staleHours * HOUR)
    return [...desk.account(account).orders.values()].filter(
      ({ status, placedAt, terms }) =>
        isWorking(status) &&
        placedAt < before &&
        exchanges.some((exchange) => terms.instrument.startsWith(`${exchange}:`)),
    )
  }

  #staleIn(day: DayOf): string {
    const stale = this.#working(day)
    return stale.length === 0 ? 'none' : stale.map(({ id, status }) => `${id} ${status}`).join(', ')
  }

  async #stale(day: DayOf): Promise<string> {
    const { desk, firm, clock, staleHours, cancelsStale } = this.#options
    const before = this.#working(day)
    if (before.length === 0) return 'none'
    const seen = await firm.watch(day.account)?.readNow()
    if (!seen?.orders.ok) throw new Error('the list of orders could not be read')
    const { orders, askedAt } = seen
    const body = {
      type: 'StaleAsked',
      exchanges: day.exchanges,
      before: later(clock.now(), -staleHours * HOUR),
      askedAt,
      orders,
      cancel: cancelsStale,
    } as const
    await desk.submit({ account: day.account, cause: 'end of day', body })
    const after = desk.account(day.account).orders
    const now = before.map(({ id }) => `${id} ${after.get(id)?.status ?? 'gone'}`)
    return now.join(', ')
  }

  async #statistics(day: DayOf): Promise<string> {
    const { ordersPlaced, executed, fills } = await this.figures(day)
    return `${ordersPlaced} orders, ${executed} executed, ${fills} fills`
  }

  async #told(day: DayOf): Promise<string> {
    await this.figures(day)
    return 'told'
  }

  async figures({ account, date, exchanges }: DayOf): Promise<DayFigures> {
    const { ask } = this.#options
    const [from, to] = boundsOf(exchanges, date)
    const type = 'BreakSettled'
    const [statistics, portfolio, closed, fared, settled] = await Promise.all([
      ask({ about: 'statistics', account, from: date, to: date }),
      ask({ about: 'portfolio', account }),
      ask({ about: 'tradesSummary', account, from, to }),
      ask({ about: 'performance', account, to: date }),
      ask({ about: 'audit', account, type, from, to, limit: SETTLED_MAX }),
    ])
    const { desk } = this.#options
    const { breaks, tracking } = desk.account(account)
    const isIn = (id: string): boolean => exchanges.some((each) => id.startsWith(`${each}:`))
    const { unknown } = desk.account(account)
    return {
      ordersPlaced: statistics.totalOrders,
      executed: statistics.totalCompleted,
      rejected: statistics.totalRejected,
      denied: statistics.totalDenied,
      pending: statistics.pendingCount,
      unknown: unknown.size,
      fills: statistics.totalFills,
      turnover: statistics.totalVolume,
      charges: statistics.totalCommission,
      realized: Object.fromEntries(
        closed.items.map(({ currency, metrics }) => [currency, metrics?.totalPnl ?? '0']),
      ),
      unrealized: Object.fromEntries(
        portfolio.items.map(({ currency, unrealized }) => [currency, unrealized]),
      ),
      equity: Object.fromEntries(portfolio.items.map(({ currency, equity }) => [currency, equity])),
      drawdownPercent: Object.fromEntries(
        fared.items.map(({ currency, drawdownPercent }) => [currency, drawdownPercent]),
      ),
      breaksClosed: settled.items.filter(({ event }) => isIn(String(event['instrument']))).length,
      breaksOpen: [...breaks.values()].filter(({ instrument }) => isIn(instrument)).length,
      trackedSymbols: [...tracking.keys()].filter(isIn).map((id) => id.slice(id.indexOf(':') + 1)),
    }
  }

  /** Of what strategies and people hold, where the market told one on that date. */
  async prices({ account, date, exchanges }: DayOf): Promise<Marks> {
    const { ask, desk } = this.#options
    const marks: Marks[number][] = []
    for (const instrument of tradedIn(desk.account(account))) {
      const exchange = exchangeOf(instrument)
      if (!exchanges.includes(exchange)) continue
      const quote = await ask({ about: 'quote', symbol: symbolOf(instrument), exchange })
      if (!quote || quote.last === null || quote.at?.slice(0, date.length) !== date) continue
      marks.push({ instrument, price: price(quote.last) })
    }
    return marks
  }

  summary(
    day: DayOf & { readonly dryRun: boolean },
    figures: DayFigures | undefined,
    failed: number,
  ): string {
    return dayText(day, figures, failed)
  }
}

const tradedIn = (account: Account): Set<InstrumentId> => {
  const held = [...legsOf(account)].filter(({ owner, position }) => {
    return isTraded(owner) && position.quantity !== 0n
  })
  return new Set(held.map(({ instrument }) => instrument))
}

/** No more are counted. */
const SETTLED_MAX = 1_000

/** From the first moment of the date on the clock of these exchanges to the first of the next. */
export function boundsOf(
  [exchange = 'NSE']: readonly string[],
  date: TradingDate,
): readonly [from: Instant, to: Instant] {
  return dayAround(exchange, momentOf(exchangeNamed(exchange).zone, date, '12:00'))
}
