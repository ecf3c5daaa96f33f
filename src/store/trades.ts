import { bustedName } from '../core/trade-key.ts'
import type { Money, Quantity } from '../core/amount.ts'
import { absolute, minus, negate, NO_MONEY, plus } from '../core/amount.ts'
import type { PageView } from '../core/asking.ts'
import { totalCharges } from '../core/charges.ts'
import type { LegOf } from '../core/draft.ts'
import type { Event, EventOf } from '../core/event.ts'
import { netKey } from '../core/instrument.ts'
import type { Order } from '../core/order.ts'
import { reasonOf } from '../core/order.ts'
import { isTraded } from '../core/owner.ts'
import { FLAT, trade } from '../core/position.ts'
import type { Carried, ChargeOf, RoundTrip } from '../core/round-trip.ts'
import { carryOver, charge, exitOf, partsOf, take } from '../core/round-trip.ts'
import type { TradeView } from '../core/trade-view.ts'
import type { Sql } from './sql.ts'
import type { FillRow, LegName, Placed } from './trade-fills.ts'
import { TRADE_FILLS_SCHEMA, TradeFills } from './trade-fills.ts'
import type { GroupOf, OutcomeOf, TradesAsked } from './trade-list.ts'
import { groups, outcomes, tradesPage } from './trade-list.ts'
import type { TradeRow } from './trade-rows.ts'
import { TRADE_ROWS_NAMES, TRADE_ROWS_SCHEMA, TradeRows } from './trade-rows.ts'
import type { Following, PartOptions, Tables, ViewPart } from './view-part.ts'
import type { PageAsked } from './views-asked.ts'

type When = Pick<Following, 'account' | 'seq' | 'at'>
type Leg = LegName & { readonly of: LegOf }

/** Counts the round trips of all that strategies and people trade; see round-trip.ts. */
export class Trades implements ViewPart {
  static readonly TABLES: Tables = {
    names: [...TRADE_ROWS_NAMES, 'trade_fills'],
    schema: `${TRADE_ROWS_SCHEMA};${TRADE_FILLS_SCHEMA}`,
  }

  readonly #sql: Sql
  readonly #fills: TradeFills
  readonly #rows: TradeRows
  /** Trades that are not written yet. */
  readonly #changed = new Map<string, readonly [Leg, TradeRow]>()
  /** The last trade of each leg that was met since the last writing. */
  readonly #lasts = new Map<string, RoundTrip | undefined>()

  constructor({ sql }: PartOptions) {
    this.#sql = sql
    this.#fills = new TradeFills(sql)
    this.#rows = new TradeRows(sql)
  }

  follow(event: Event, { account, seq, at, order }: Following): void {
    switch (event.type) {
      case 'OrderFilled':
        return this.#filled(legOf(account, order!), fillOf(event, order!, seq))
      case 'FillBusted':
        return this.#busted(legOf(account, order!), fillOf(event, order!, seq))
      case 'ManualTradeSeen':
        return isTraded(event.owner) ? this.#traded(account, event, seq) : undefined
      case 'HoldingsAdopted':
        return this.#rows.learn(account, event)
      case 'LegAdjusted':
        return this.#adjusted(event, { account, seq, at })
      case 'LegMoved':
        return this.#moved(event, { account, seq, at })
      case 'ChargesBooked':
        return this.#charged(legOf(account, order!), event)
      default:
        return
    }
  }

  #filled(leg: Leg, fill: FillRow): void {
    const last = this.#lastOf(leg)
    const trips = take(last, fill, leg.of.multiplier)
    const exit = exitOf(last, fill)
    this.#fills.put(leg, { ...fill, trip: trips[0].opened, exit })
    for (const trip of trips) this.#change(leg, trip)
  }

  #traded(account: string, event: EventOf<'ManualTradeSeen'>, seq: number): void {
    const { brokerOrderId, tradeId, date, quantity, price, tradedAt: at } = event
    const leg = named(account, event)
    // No order of ours has a name with a colon in it.
    const source = `hand:${brokerOrderId}`
    const taken = bustedName(tradeId)
    const names = { seq, source, orderId: undefined, reason: 'manual', date } as const
    const fill = { ...names, tradeId: taken ?? tradeId, quantity, price, at, charges: NO_MONEY }
    if (taken) this.#busted(leg, fill)
    else this.#filled(leg, fill)
  }

  #adjusted(event: EventOf<'LegAdjusted'>, { account, seq, at }: When): void {
    this.#rows.learn(account, event)
    if (!isTraded(event.owner)) return
    const { quantity, cost } = event
    this.#carry(named(account, event), { seq, at, quantity, cost, how: 'split' })
  }

  #moved(event: EventOf<'LegMoved'>, { account, seq, at }: When): void {
    const { instrument, product, owner, toProduct, toOwner, quantity, cost, carried } = event
    const from = { account, leg: legName(event) }
    const terms =
      this.#rows.termsOf(account, netKey(instrument, product)) ?? this.#rows.last(from)?.leg
    if (!terms) return
    const { currency, multiplier } = terms
    const of = { instrument, currency, multiplier }
    this.#rows.learn(account, { ...of, product: toProduct })
    const how = 'moved'
    if (isTraded(owner)) {
      const gone = { seq, at, quantity: negate(quantity), cost: negate(cost), how } as const
      this.#carry(named(account, { ...of, product, owner }), gone)
    }
    if (!isTraded(toOwner)) return
    const to = named(account, { ...of, product: toProduct, owner: toOwner })
    this.#carry(to, { seq, at, quantity, cost: carried, how })
  }

  #carry(leg: Leg, step: Carried): void {
    if (step.quantity === 0n) return
    const trips = carryOver(this.#lastOf(leg), step)
    this.#fills.carry(leg, { ...step, trip: trips[0].opened })
    for (const trip of trips) this.#change(leg, trip)
  }

  /**
   * `back` is opposite to the fill that it takes back, or to those of its parts that are in this
   * leg. What was never counted cannot be left out: it is traded back, as in the desk's books.
   */
  #busted(leg: Leg, back: FillRow): void {
    const { quantity, price } = back
    // In one step, since two would be rounded twice.
    const books = trade(this.#lastOf(leg)?.books ?? FLAT, quantity, price, leg.of.multiplier)
    let rest = quantity
    let from = Infinity
    for (const fill of this.#fills.allOf(leg, back).filter((each) => isTakenBy(back, each))) {
      if (rest === 0n) break
      const taken = absolute(fill.quantity) > absolute(rest) ? rest : negate(fill.quantity)
      from = Math.min(from, this.#takeBack(leg, fill, taken))
      rest = minus(rest, taken)
    }
    if (rest !== quantity) this.#recount(leg, from)
    if (rest !== 0n) this.#filled(leg, { ...back, quantity: rest })
    const last = this.#lastOf(leg)
    if (last) this.#change(leg, { ...last, books })
  }

  /** Returns the first trade that it changes. */
  #takeBack(leg: Leg, fill: Placed, taken: Quantity): number {
    const quantity = plus(fill.quantity, taken)
    if (quantity !== 0n) {
      this.#fills.put(leg, { ...fill, quantity })
      return fill.trip
    }
    this.#fills.drop(leg, fill.seq)
    const heir = this.#fills.lastOf(leg, fill.source)
    if (!heir) return fill.trip
    this.#fills.put(leg, { ...heir, charges: plus(heir.charges, fill.charges) })
    return Math.min(fill.trip, heir.trip)
  }

  /** All trades of a leg from one of them on, now that a fill among theirs is gone. */
  #recount(leg: Leg, from: number): void {
    this.write()
    const opened = this.#startOf(leg, from)
    const known = this.#rows.since(leg, opened)
    const trips = new Map<number, RoundTrip>()
    let last = this.#rows.before(leg, opened)
    for (const step of this.#fills.from(leg, opened)) {
      const taken = 'how' in step ? carryOver(last, step) : this.#counted(leg, step, last, opened)
      if ('how' in step) this.#fills.carry(leg, { ...step, trip: taken[0].opened })
      for (const trip of taken) trips.set(trip.opened, trip)
      last = taken.at(-1)
    }
    for (const row of known) if (!trips.has(row.trip.opened)) this.#rows.drop(leg, row)
    for (const trip of trips.values()) this.#change(leg, trip)
    this.#lasts.set(nameOf(leg), last)
  }
  #counted(leg: Leg, fill: Placed, last: RoundTrip | undefined, opened: number) {
    // The fill that ended the trade before, and opened this one with the rest.
    const isRest = fill.seq === opened && fill.trip !== opened
    const whole = isRest ? { ...fill, ...partsOf(fill, fill.exit).entry } : fill
    const taken = take(last, whole, leg.of.multiplier)
    const exit = exitOf(last, whole)
    if (!isRest) this.#fills.put(leg, { ...fill, trip: taken[0].opened, exit })
    return taken
  }

  /** Where the rest of what came without a trade opened one, it is counted with the one before. */
  #startOf(leg: Leg, opened: number): number {
    const first = this.#fills.at(leg, opened)
    if (!first || !('how' in first) || first.trip === opened) return opened
    return this.#startOf(leg, first.trip)
  }

  #charged(leg: Leg, { orderId: source, tradeId, lines }: EventOf<'ChargesBooked'>): void {
    const fills = this.#fills
    const fill = fills.latestOf(leg, { source, tradeId }) ?? fills.lastOf(leg, source)
    if (!fill) return // all of its trades were taken back, and what they cost with them
    const charges = plus(fill.charges, totalCharges(lines))
    fills.put(leg, { ...fill, charges })
    const before = partsOf(fill, fill.exit)
    const after = partsOf({ ...fill, charges }, fill.exit)
    if (after.exit) {
      const extra = minus(after.exit.charges, before.exit!.charges)
      this.#charge(leg, fill.trip, { extra, exit: source })
    }
    if (after.entry) {
      const extra = minus(after.entry.charges, before.entry!.charges)
      const opened = after.exit ? fill.seq : fill.trip
      this.#charge(leg, opened, { extra, exit: undefined })
    }
  }

  #charge(leg: Leg, opened: number, { extra, exit }: ChargeOf & { readonly extra: Money }): void {
    const row = this.#changed.get(keyOf(leg, opened))?.[1] ?? this.#rows.one(leg, opened)
    this.#change(leg, charge(row!.trip, extra, { exit }))
  }

  #lastOf(leg: Leg): RoundTrip | undefined {
    const name = nameOf(leg)
    if (!this.#lasts.has(name)) this.#lasts.set(name, this.#rows.last(leg)?.trip)
    return this.#lasts.get(name)
  }

  #change(leg: Leg, trip: RoundTrip): void {
    const { account, of } = leg
    this.#changed.set(keyOf(leg, trip.opened), [leg, { account, leg: of, trip }])
    const last = this.#lastOf(leg)
    if (!last || trip.opened >= last.opened) this.#lasts.set(nameOf(leg), trip)
  }

  /** The one that was opened last comes first. */
  page(asked: TradesAsked, page: PageAsked): PageView<TradeView> {
    return tradesPage(this.#sql, asked, page)
  }

  /** What closed trades came to, by account, currency and whether they won. */
  outcomes(asked: Omit<TradesAsked, 'open'>): OutcomeOf[] {
    return outcomes(this.#sql, asked)
  }

  /** The same by owner and symbol. */
  groups(asked: Omit<TradesAsked, 'open'>): GroupOf[] {
    return groups(this.#sql, asked)
  }

  write(): void {
    for (const each of this.#changed.values()) this.#rows.put(...each)
    this.#changed.clear()
    this.#fills.write()
  }

  forget(): void {
    this.#changed.clear()
    this.#lasts.clear()
    this.#fills.forget()
  }
}

const nameOf = ({ account, leg }: LegName): string => `${account} ${leg}`
const keyOf = (leg: LegName, opened: number): string => `${nameOf(leg)} ${opened}`

const legName = ({ instrument, product, owner }: Pick<LegOf, 'instrument' | 'product' | 'owner'>) =>
  `${netKey(instrument, product)}|${owner}`

function named(account: string, of: LegOf): Leg {
  const { instrument, product, owner, currency, multiplier } = of
  const leg = { instrument, product, owner, currency, multiplier }
  return { account, leg: legName(leg), of: leg }
}

function legOf(account: string, { terms, owner }: Order): Leg {
  const { instrument, product, currency, multiplier } = terms
  return named(account, { instrument, product, owner, currency, multiplier })
}

type Told = EventOf<'OrderFilled'> | EventOf<'FillBusted'>

function fillOf(event: Told, order: Order, seq: number): FillRow {
  const { orderId, tradeId, date, quantity, price, tradedAt: at } = event
  const reason = reasonOf(order)
  const names = { seq, source: orderId, orderId, reason, tradeId, date }
  return { ...names, quantity, price, at, charges: NO_MONEY }
}

/** The same trade of the exchange, at the price it was booked at. */
const isTakenBy = (back: FillRow, { date, quantity, price }: FillRow): boolean =>
  date === back.date && quantity > 0n !== back.quantity > 0n && price === back.price
