import type { Money } from '../core/amount.ts'
import {
  absolute,
  formatMoney,
  formatQuantity,
  minus,
  NO_MONEY,
  plus,
  times,
} from '../core/amount.ts'
import type { ChargeLines } from '../core/charges.ts'
import {
  addCharges,
  CHARGE_NAMES,
  hasRules,
  NO_CHARGES,
  ruleOn,
  totalCharges,
} from '../core/charges.ts'
import type { Order } from '../core/order.ts'
import { dateAt, isoTime } from '../core/time.ts'
import type { ShowTime } from '../core/view.ts'
import { legsOf, orderView, positionView, unrealizedOf } from '../core/view.ts'
import { moneyText, priceText } from '../core/wording.ts'
import type { Recording } from '../market/recording.ts'
import type { Backtest } from '../worlds/backtest.ts'
import { chart } from './chart.ts'

const DENIED_NAMED = 3

/** What a run came to, for the report in words and the one in JSON. */
export class Report {
  readonly #recording: Recording
  readonly #run: Backtest
  readonly #charges: ChargeLines
  readonly #realized: Money
  readonly #unrealized: Money

  constructor(recording: Recording, run: Backtest) {
    this.#recording = recording
    this.#run = run
    this.#charges = run.orders.map(({ charges }) => charges).reduce(addCharges, NO_CHARGES)
    const legs = [...legsOf(run.account)]
    this.#realized = sum(legs.map(({ position }) => position.realized))
    this.#unrealized = sum(legs.map((leg) => unrealizedOf(leg, run.last) ?? NO_MONEY))
  }

  get #net(): Money {
    return minus(plus(this.#realized, this.#unrealized), totalCharges(this.#charges))
  }

  readonly #time: ShowTime = (at) => isoTime(at, this.#recording.offsetAt(at))

  /** Remarks a trader must know to judge the figures. */
  notes(): string[] {
    const { notes, instrument, prices } = this.#recording
    const first = prices.at[0] as Parameters<ShowTime>[0]
    const { version, older } = ruleOn(dateAt(first, this.#recording.offsetAt(first)))
    if (this.#run.account.plan === 'none') return [...notes, 'charges are left out (--plan none)']
    if (this.#run.orders.length === 0) return [...notes]
    if (!hasRules(instrument)) {
      return [
        ...notes,
        `no charge rule applies to ${instrument.exchange} in ${instrument.currency}`,
      ]
    }
    const rule = `charges by rule ${version}`
    return [...notes, older ? `${rule}, the oldest there is: these prices are older` : rule]
  }

  json(): object {
    const { instrument, file, rows, skips, prices } = this.#recording
    const { orders, account, equity, denied, events, digest, last } = this.#run
    const views = orders.map((order) => orderView(account.id, order, this.#time))
    const time = (index: number): string => this.#time(prices.at[index] as Parameters<ShowTime>[0])
    const skipped = skips.reduce((total, { count }) => total + count, 0)
    const data = { file, symbol: instrument.symbol, from: time(0), to: time(prices.count - 1) }
    return {
      data: { ...data, rows, skipped, skips, notes: this.notes() },
      orders: views.map(
        ({ id, symbol, side, type, quantity, price, filled, average, status }) =>
          ({ id, symbol, side, type, quantity, price, filled, average, status }) as const,
      ),
      fills: views
        .flatMap(({ fills }) => fills)
        .map(({ orderId, tradeId, symbol, side, quantity, price, exchangeAt }) => {
          return { orderId, tradeId, symbol, side, quantity, price, at: exchangeAt }
        }),
      denied: denied.first.map((each) => ({ ...each, at: this.#time(each.at) })),
      deniedCount: denied.count,
      positions: [...legsOf(account)].map((leg) => {
        const { symbol, quantity, average, realized, unrealized } = positionView('', leg, last)
        return { symbol, quantity, average, realized, unrealized }
      }),
      charges: {
        total: formatMoney(totalCharges(this.#charges)),
        lines: Object.fromEntries(
          CHARGE_NAMES.map((name) => [name, formatMoney(this.#charges[name])]),
        ),
      },
      pnl: {
        realized: formatMoney(this.#realized),
        unrealized: formatMoney(this.#unrealized),
        charges: formatMoney(totalCharges(this.#charges)),
        net: formatMoney(this.#net),
      },
      equity: equity.map(([at, value]) => [this.#time(at), formatMoney(value)]),
      journal: { events, digest },
      ...this.#troubleJson(),
    }
  }

  /** Only where something was to go wrong. */
  #troubleJson(): object {
    const { trouble } = this.#run
    if (!trouble) return {}
    return { faults: { struck: Object.fromEntries(trouble.struck), agreed: trouble.agreed } }
  }

  #troubleText(): string[] {
    const { trouble } = this.#run
    if (!trouble) return []
    const struck = [...trouble.struck].map(([name, times]) => `${name} ${times}`)
    const books = trouble.agreed ? 'both books agree in the end' : 'THE BOOKS DO NOT AGREE'
    return [row('Faults', struck.join(', ') || 'none struck'), row('', books), '']
  }

  text(): string {
    const { instrument, prices, skips } = this.#recording
    const { equity, events, digest } = this.#run
    const { symbol, exchange, currency } = instrument
    const inWords = (amount: Money): string => moneyText(amount, currency)
    const kind = prices.kind === 'bars' ? 'bars' : 'quotes'
    const [from, to] = [prices.at[0], prices.at[prices.count - 1]] as Parameters<ShowTime>[0][]
    const skipped = skips.map(({ reason, count, lines }) => {
      const more = count > lines.length ? ', …' : ''
      return `  ${count} skipped: ${reason} (line ${lines.join(', ')}${more})`
    })
    const curve = chart(
      equity.map(([, value]) => Number(formatMoney(value))), // tidy-ok: a picture, not an amount
      { width: 64, rows: 8, label: (value) => value.toFixed(0) },
    )
    return [
      `${symbol} (${exchange}, ${currency}): ${prices.count} ${kind}`,
      `  ${this.#time(from!)} to ${this.#time(to!)}`,
      ...skipped,
      ...this.notes().map((note) => `  ${note}`),
      '',
      'Equity',
      curve,
      '',
      ...this.#ordersText(inWords),
      '',
      row('Realized', inWords(this.#realized)),
      row('Unrealized', inWords(this.#unrealized)),
      row('Charges', `${inWords(totalCharges(this.#charges))}${this.#chargesText()}`),
      row('Net', inWords(this.#net)),
      ...this.#positionsText(),
      '',
      ...this.#troubleText(),
      row('Journal', `${events} events, digest ${digest.slice(0, 16)}…`),
    ].join('\n')
  }

  #ordersText(inWords: (amount: Money) => string): string[] {
    const { orders } = this.#run
    const fills = orders.reduce((total, order) => total + order.fills.length, 0)
    const byStatus = new Map<string, number>()
    for (const { status } of orders) byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    const kinds = [...byStatus].map(([status, count]) => `${count} ${status}`).join(', ')
    const turnover = sum(orders.map(({ value }) => absolute(value)))
    const slippage = sum(orders.map(slippageOf))
    return [
      row('Orders', `${orders.length}${kinds && ` (${kinds})`}`),
      ...this.#deniedText(),
      row('Fills', `${fills}, turnover ${inWords(turnover)}`),
      row('Slippage', `${inWords(slippage)} against the prices at which they were decided`),
    ]
  }

  #deniedText(): string[] {
    const { count, first } = this.#run.denied
    if (count === 0) return []
    const named = first.slice(0, DENIED_NAMED)
    const more = count - named.length
    return [
      row('Denied', `${count}${more > 0 ? ', the first of them:' : ''}`),
      ...named.map(({ at, code, context }) => row('', `${this.#time(at)} ${code} ${context}`)),
    ]
  }

  #chargesText(): string {
    const lines = CHARGE_NAMES.filter((name) => this.#charges[name] !== 0n)
    if (lines.length === 0) return ''
    return ` (${lines.map((name) => `${name} ${formatMoney(this.#charges[name])}`).join(', ')})`
  }

  #positionsText(): string[] {
    const { account, last } = this.#run
    const { currency } = this.#recording.instrument
    return [...legsOf(account)]
      .filter(({ position }) => position.quantity !== 0n)
      .map((leg) => {
        const { symbol, average } = positionView('', leg, last)
        const held = `${formatQuantity(leg.position.quantity)} ${symbol} at ${average}`
        return row('Still held', `${held}, last ${priceText(last, currency)}`)
      })
  }
}

/** What the fills cost more (or, negative, less) than the market's price when they were decided. */
function slippageOf({ arrival, filled, value, terms }: Order): Money {
  if (arrival === undefined || filled === 0n) return NO_MONEY
  return minus(value, times(arrival, filled, terms.multiplier))
}

const sum = (amounts: readonly Money[]): Money => amounts.reduce((a, b) => plus(a, b), NO_MONEY)

const row = (name: string, text: string): string => `${name.padEnd(11)} ${text}`
