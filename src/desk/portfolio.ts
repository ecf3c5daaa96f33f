/** What an account is worth, from its own books; and what its trades came to, from the screens. */
import type { Account, Leg } from '../core/account.ts'
import { freeCash } from '../core/account.ts'
import type { Money, Price } from '../core/amount.ts'
import { absolute, formatMoney, minus, NO_MONEY, plus, smaller } from '../core/amount.ts'
import type { PageView, PlainQuestion, Replies } from '../core/asking.ts'
import { NOT_FUNDED } from '../core/funding.ts'
import type { Currency, InstrumentId } from '../core/instrument.ts'
import type { Owner } from '../core/owner.ts'
import { isTraded } from '../core/owner.ts'
import type {
  Capital,
  OwnerShareView,
  PortfolioView,
  SummaryView,
  Outcomes,
} from '../core/trade-view.ts'
import { addOutcome, metricsView, NO_OUTCOME } from '../core/trade-view.ts'
import { legsOf, unrealizedOf } from '../core/view.ts'
import type { OutcomeOf } from '../store/trade-list.ts'
import type { Parts } from '../store/view-parts.ts'
import type { Clock } from './clock.ts'
import type { TradingDays } from './performance.ts'
import { performanceOf } from './performance.ts'

/** The latest price of an instrument, if one is known. */
export type Mark = (id: InstrumentId) => Price | undefined

type Accounts = Iterable<Account>

type About = 'trades' | 'tradesSummary' | 'portfolio' | 'performance'
type Question = Extract<PlainQuestion, { readonly about: About }>
type Sources = TradingDays & {
  readonly parts: Parts
  readonly accounts: ReadonlyMap<string, Account>
  readonly clock: Pick<Clock, 'now'>
  readonly mark: Mark
}

export function askPortfolio(question: Question, sources: Sources): Replies[Question['about']] {
  const { accounts, mark, clock } = sources
  if (question.about === 'performance') {
    return performanceOf(question, { ...sources, now: clock.now() })
  }
  const { trades } = sources.parts
  if (question.about === 'trades') return trades.page(question, question)
  const { account } = question
  const chosen = [...accounts.values()].filter(({ id }) => account === undefined || id === account)
  if (question.about === 'tradesSummary') return summaryOf(chosen, trades.outcomes(question))
  return portfolioOf(chosen, trades.outcomes({ account }), mark)
}

/** One item an account and currency. */
export function portfolioOf(
  accounts: Accounts,
  found: readonly OutcomeOf[],
  mark: Mark,
): PageView<PortfolioView> {
  const items = [...accounts].flatMap((account) =>
    currenciesOf(account).map((currency) => {
      const own = found.filter((each) => each.account === account.id)
      const metrics = metricsView(outcomesIn(own, currency), capitalOf(account, currency))
      return { ...balanceOf(account, currency, mark), metrics }
    }),
  )
  return { items, next: null }
}

/** One item a currency, over all these accounts; of their whole capital, whatever is asked. */
export function summaryOf(accounts: Accounts, found: readonly OutcomeOf[]): PageView<SummaryView> {
  const sums = new Map<Currency, Capital>()
  for (const account of accounts) {
    for (const currency of currenciesOf(account)) {
      const { initial, current } = capitalOf(account, currency)
      const sum = sums.get(currency)
      sums.set(currency, {
        initial: plus(initial, sum?.initial ?? NO_MONEY),
        current: plus(current, sum?.current ?? NO_MONEY),
      })
    }
  }
  const items = [...sums].map(([currency, capital]) => {
    return { currency, metrics: metricsView(outcomesIn(found, currency), capital) }
  })
  return { items, next: null }
}

function outcomesIn(found: readonly OutcomeOf[], currency: Currency): Outcomes {
  const sumOf = (won: boolean): Outcomes['won'] =>
    found
      .filter((each) => each.currency === currency && each.won === won)
      .reduce<Outcomes['won']>(addOutcome, NO_OUTCOME)
  return { won: sumOf(true), lost: sumOf(false) }
}

const currenciesOf = (account: Account): Currency[] => [
  ...new Set([...account.cash.keys(), ...tradedLegs(account).map(({ currency }) => currency)]),
]

/** What was there before, or is somebody else's, is no part of what is traded with. */
const tradedLegs = (account: Account): Leg[] =>
  [...legsOf(account)].filter(({ owner }) => isTraded(owner))

/** Cash, and what open positions cost: a short one has brought its cost in. */
function capitalOf(account: Account, currency: Currency): Capital {
  const { opening } = account.funding.get(currency) ?? NOT_FUNDED
  const cost = sumOver(legsIn(account, currency), ({ position }) => position.cost)
  return { initial: opening, current: plus(account.cash.get(currency) ?? NO_MONEY, cost) }
}

const legsIn = (account: Account, currency: Currency): Leg[] =>
  tradedLegs(account).filter((leg) => leg.currency === currency)

const sumOver = (legs: readonly Leg[], of: (leg: Leg) => Money): Money =>
  legs.reduce((sum, leg) => plus(sum, of(leg)), NO_MONEY)

function balanceOf(
  account: Account,
  currency: Currency,
  mark: Mark,
): Omit<PortfolioView, 'metrics'> {
  const legs = legsIn(account, currency)
  const { opening, deposited, withdrawn } = account.funding.get(currency) ?? NOT_FUNDED
  const { current } = capitalOf(account, currency)
  const realized = sumOver(legs, ({ position }) => position.realized)
  const funded = minus(plus(opening, deposited), withdrawn)
  const used = sumOver(legs, ({ position }) => absolute(position.cost))
  const free = freeCash(account, currency)
  const left = minus(current, used)
  const gain = gainOf(legs, mark)
  return {
    account: account.id,
    mode: account.mode,
    currency,
    initial: formatMoney(opening),
    deposits: formatMoney(deposited),
    withdrawals: formatMoney(withdrawn),
    realized: formatMoney(realized),
    charges: formatMoney(minus(plus(funded, realized), current)),
    current: formatMoney(current),
    used: formatMoney(used),
    available: formatMoney(account.mode === 'live' ? smaller(left, free) : left),
    free: formatMoney(free),
    unrealized: gain === undefined ? null : formatMoney(gain),
    equity: gain === undefined ? null : formatMoney(plus(current, gain)),
    positions: openOf(legs).length,
    owners: ownersOf(legs, mark),
  }
}

const openOf = (legs: readonly Leg[]): Leg[] =>
  legs.filter(({ position }) => position.quantity !== 0n)

/** Undefined while the price of one of them is not known. */
function gainOf(legs: readonly Leg[], mark: Mark): Money | undefined {
  let sum = NO_MONEY
  for (const leg of openOf(legs)) {
    const gain = unrealizedOf(leg, mark(leg.instrument))
    if (gain === undefined) return undefined
    sum = plus(sum, gain)
  }
  return sum
}

function ownersOf(legs: readonly Leg[], mark: Mark): OwnerShareView[] {
  const owners = [...new Set<Owner>(legs.map(({ owner }) => owner))]
  return owners.map((owner) => {
    const own = legs.filter((leg) => leg.owner === owner)
    const gain = gainOf(own, mark)
    return {
      owner,
      positions: openOf(own).length,
      used: formatMoney(sumOver(own, ({ position }) => absolute(position.cost))),
      realized: formatMoney(sumOver(own, ({ position }) => position.realized)),
      unrealized: gain === undefined ? null : formatMoney(gain),
    }
  })
}
