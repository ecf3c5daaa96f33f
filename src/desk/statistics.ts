/** Statistics: counted rows added up, and what the accounts show at this moment beside them. */
import type { Account } from '../core/account.ts'
import { requestsOf } from '../core/account.ts'
import type { Money } from '../core/amount.ts'
import { absolute, money, NO_MONEY, plus, price, quantity, times } from '../core/amount.ts'
import { executionView } from '../core/execution.ts'
import type { Currency } from '../core/instrument.ts'
import type { Owner } from '../core/owner.ts'
import { isAutomatic } from '../core/owner.ts'
import type { NowOf, StatisticsAsked, StatisticsView, VwapView } from '../core/statistics.ts'
import { comparison, ownerAsked, statisticsView } from '../core/statistics.ts'
import type { Tally } from '../core/tally.ts'
import { addTally, noTally } from '../core/tally.ts'
import type { Instant } from '../core/time.ts'
import { DAY, dateAt, later } from '../core/time.ts'
import type { OrderView } from '../core/view.ts'
import { legsOf, orderView } from '../core/view.ts'
import { tradingDateOf } from '../market/exchange.ts'
import type { Feed } from '../market/feed.ts'
import type { Instruments } from '../market/instruments.ts'
import type { DayTally } from '../store/tallies.ts'
import type { Views } from '../store/views.ts'
import type { Clock } from './clock.ts'
import { vwapOf } from './vwap.ts'

/** Orders whose market average is asked for at most: each costs a walk over what was quoted. */
const COMPARED_MAX = 100

export type Accounts = ReadonlyMap<string, Account>
/** With screens that are up with the journal, and the accounts of the same moment. */
export type Read = <T>(run: (views: Views, accounts: Accounts) => T) => Promise<T>

export type StatisticsOptions = {
  readonly instruments: Instruments
  readonly feed: Feed
  readonly clock: Pick<Clock, 'now' | 'soon'>
}

export class Statistics {
  readonly #options: StatisticsOptions

  constructor(options: StatisticsOptions) {
    this.#options = options
  }

  async of(asked: StatisticsAsked, read: Read): Promise<StatisticsView> {
    const found = await read((views, accounts) => {
      const chosen = chosenOf(accounts, asked)
      const days = daysOf(views, asked, this.#options.clock.now())
      return {
        byCurrency: sumsOf(days, chosen),
        now: nowOf(chosen, ownerAsked(asked)),
        ...tradedIn(views, days),
      }
    })
    const { byCurrency, now } = found
    return statisticsView(asked, { byCurrency, now, vwap: await this.#vwap(found) })
  }

  async #vwap({ byCurrency, orders, traded }: Traded & Sums): Promise<VwapView> {
    const { clock } = this.#options
    const sums = new Map<string, { paid: Money; base: Money }>()
    let compared = 0
    for (const order of orders) {
      // Orders of others do not wait for a walk through a long day.
      await new Promise<void>((resolve) => clock.soon(resolve))
      const { slippage } = executionView(order, vwapOf(order, this.#options))
      if (!slippage.vwap) continue
      compared++
      const { amount, price: market } = slippage.vwap
      const value = times(price(market), quantity(order.filled), BigInt(order.multiplier))
      const { paid, base } = sums.get(order.currency) ?? { paid: NO_MONEY, base: NO_MONEY }
      const sum = { paid: plus(paid, money(amount)), base: plus(base, absolute(value)) }
      sums.set(order.currency, sum)
    }
    const names = [...byCurrency.keys()].filter((name) => name !== '').sort()
    const compare = (name: string) => {
      const sum = sums.get(name)
      return [name, sum ? comparison(sum.paid, sum.base) : null] as const
    }
    const slippage = Object.fromEntries(names.map(compare))
    return { slippage, compared, traded, reason: reasonOf(compared, traded) }
  }
}

type Sums = { readonly byCurrency: ReadonlyMap<Currency, Tally> }
type Traded = { readonly orders: readonly OrderView[]; readonly traded: number }

function reasonOf(compared: number, traded: number): string | null {
  if (traded === 0) return 'nothing has traded'
  if (traded > COMPARED_MAX) {
    return `more than ${COMPARED_MAX} orders traded: ask for fewer days, or for one strategy`
  }
  if (compared === traded) return null
  const which = compared === 0 ? 'they' : `${traded - compared} of them`
  return `the source of prices has no average of the time in which ${which} worked`
}

const chosenOf = (accounts: Accounts, { account }: StatisticsAsked): Account[] =>
  [...accounts.values()].filter(({ id }) => account === undefined || id === account)

function daysOf(views: Views, asked: StatisticsAsked, now: Instant): DayTally[] {
  const { account, period, from, to } = asked
  const owner = ownerAsked(asked)
  if (period !== 'today')
    return views.read(({ tallies }) => tallies.days({ account, owner, from, to }))
  // No clock is further than a day from UTC; which date it is there, each exchange says itself.
  const around = { from: dateAt(later(now, -DAY)), to: dateAt(later(now, DAY)) }
  const days = views.read(({ tallies }) => tallies.days({ account, owner, ...around }))
  return days.filter(({ exchange, day }) => day === tradingDateOf(exchange, now))
}

/** Also of currencies in which nothing was traded yet: what has not happened is zero. */
function sumsOf(days: readonly DayTally[], accounts: readonly Account[]): Map<Currency, Tally> {
  const sums = new Map<Currency, Tally>()
  for (const { cash } of accounts) for (const name of cash.keys()) sums.set(name, noTally())
  for (const { currency: name, tally } of days) {
    const sum = sums.get(name) ?? noTally()
    addTally(sum, tally)
    sums.set(name, sum)
  }
  return sums
}

function nowOf(accounts: readonly Account[], owner: Owner | undefined): NowOf {
  let queueSize = 0
  let monitoredPositions = 0
  for (const account of accounts) {
    for (const { orderId, sending } of requestsOf(account)) {
      const isMeant = owner === undefined || account.orders.get(orderId)?.owner === owner
      if (!sending && isMeant) queueSize++
    }
    for (const leg of legsOf(account)) {
      const isMeant = owner === undefined || leg.owner === owner
      if (isMeant && isAutomatic(leg.owner) && leg.position.quantity !== 0n) monitoredPositions++
    }
  }
  return { queueSize, monitoredPositions }
}

function tradedIn(views: Views, days: readonly DayTally[]): Traded {
  const traded = days.reduce((sum, { tally }) => sum + tally.traded, 0)
  if (traded > COMPARED_MAX) return { orders: [], traded }
  const ids = views.read(({ tallies }) => tallies.traded(days))
  return { orders: ids.flatMap((id) => views.order(id, orderView) ?? []), traded }
}
