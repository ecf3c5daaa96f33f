import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bustedName } from '../src/core/trade-key.ts'
import type { Money, Price, Quantity } from '../src/core/amount.ts'
import {
  absolute,
  average,
  formatPrice,
  minus,
  money,
  negate,
  NO_MONEY,
  NO_QUANTITY,
  plus,
  quantity,
  times,
} from '../src/core/amount.ts'
import type { Event } from '../src/core/event.ts'
import { netKey } from '../src/core/instrument.ts'
import { isTraded } from '../src/core/owner.ts'
import type { TradeView } from '../src/core/trade-view.ts'
import { legsOf } from '../src/core/view.ts'
import { anything, anyTrade, Chance } from './trade-chance.ts'
import { TradeStory } from './trade-story.ts'

/**
 * Whatever is filled, taken back, traded by hand and moved in cash: the trades of a leg come to
 * what its position has realized, and all of them to what the account is worth.
 */

const RUNS = 100

const sum = (amounts: readonly string[]): Money =>
  amounts.reduce((total, amount) => plus(total, money(amount)), NO_MONEY)

/** Against the desk's own positions. */
function checkSums(story: TradeStory, trades: readonly TradeView[]): void {
  for (const { instrument, product, owner, position } of legsOf(story.account)) {
    if (!isTraded(owner)) continue
    const own = trades.filter((each) => {
      const key = `${each.exchange}:${each.symbol}|${each.product}`
      return key === netKey(instrument, product) && each.owner === owner
    })
    assert.equal(sum(own.map(({ gross }) => gross)), position.realized, 'gross is realized')
    const open = own.filter(({ status }) => status === 'open')
    assert.ok(open.length <= 1, 'one trade at a time')
    const held = open[0] ? (open[0].side === 'LONG' ? '' : '-') + open[0].remaining : '0'
    assert.equal(quantity(held), position.quantity, 'remaining is what is held')
  }
  for (const { gross, charges, pnl } of trades) {
    assert.equal(money(pnl), minus(money(gross), money(charges)))
  }
}

function checkExits(trades: readonly TradeView[]): void {
  for (const { gross, exits, status } of trades) {
    if (status === 'closed') assert.equal(sum(exits.map((exit) => exit.gross)), money(gross))
  }
}

/** Against what came in and went out of the account. */
function checkCapital(story: TradeStory, trades: readonly TradeView[]): void {
  const portfolio = story.portfolio()
  const of = (status: string): TradeView[] => trades.filter((each) => each.status === status)
  const [closed, open] = [of('closed'), of('open')]
  const won = sum(closed.map(({ pnl }) => pnl))
  const running = sum(open.map(({ gross }) => gross)) - sum(open.map(({ charges }) => charges))
  const moved = money(portfolio.deposits) - money(portfolio.withdrawals)
  assert.equal(money(portfolio.current), money(portfolio.initial) + won + running + moved)
  assert.equal(sum(trades.map(({ charges }) => charges)), money(portfolio.charges))
  const { metrics } = portfolio
  assert.equal(metrics?.totalTrades ?? 0, closed.length)
  if (metrics) assert.equal(money(metrics.totalPnl), won)
  const owners = portfolio.owners.map(({ used }) => used)
  assert.equal(sum(owners), money(portfolio.used))
}

type Flow = {
  readonly seq: number
  readonly quantity: Quantity
  readonly price: Price
  /** Of the trade at the exchange; what takes it back has the same. */
  readonly name: string
  readonly isBust: boolean
}

/** What the trades must be: cut where the sum of all that was not taken back crosses zero. */
function expected({ entries, account }: TradeStory): string[] {
  const legs = new Map<string, Flow[]>()
  for (const entry of entries) {
    for (const [index, event] of entry.events.entries()) {
      const seq = entry.seq + index
      if (event.type === 'ManualTradeSeen') {
        const taken = bustedName(event.tradeId)
        const flow = { ...event, seq, name: taken ?? event.tradeId, isBust: taken !== undefined }
        count(legs, 'NSE:INFY|CNC|manual', flow)
      } else if (event.type === 'OrderFilled' || event.type === 'FillBusted') {
        const { net, owner } = account.orders.get(event.orderId)!
        const isBust = event.type === 'FillBusted'
        count(legs, `${net}|${owner}`, { ...event, seq, name: event.tradeId, isBust })
      }
    }
  }
  return [...legs.values()].flatMap(cut).sort()
}

function count(legs: Map<string, Flow[]>, leg: string, flow: Flow): void {
  const flows = legs.get(leg) ?? []
  const { isBust } = flow
  legs.set(leg, isBust ? without(flows, flow) : [...flows, flow])
}

/** A trade by hand may come, and be taken back, in two parts: one closes, and one opens. */
function without(flows: readonly Flow[], back: Flow): Flow[] {
  let left = back.quantity
  return flows
    .toReversed()
    .flatMap((flow) => {
      if (flow.name !== back.name || left === 0n) return [flow]
      const taken = absolute(flow.quantity) > absolute(left) ? left : negate(flow.quantity)
      left = minus(left, taken)
      const quantity = plus(flow.quantity, taken)
      return quantity === 0n ? [] : [{ ...flow, quantity }]
    })
    .toReversed()
}

/** `7 LONG 10 at 100 won 40` and `9 SHORT 5 at 101 holds -2`, without a word of average cost. */
function cut(flows: readonly Flow[]): string[] {
  const told: string[] = []
  let held = NO_QUANTITY
  let trip = { seq: 0, entered: NO_QUANTITY, paid: NO_MONEY, cash: NO_MONEY }
  const tell = (): void => {
    const { seq, entered, paid, cash } = trip
    const at = formatPrice(average(paid, entered))
    const of = `${seq} ${entered > 0n ? 'LONG' : 'SHORT'} ${absolute(entered)} at ${at}`
    told.push(held === 0n ? `${of} won ${cash}` : `${of} holds ${held}`)
  }
  for (const { seq, quantity: traded, price: at } of flows) {
    const isOpposite = held > 0n !== traded > 0n
    const isMore = absolute(traded) > absolute(held)
    const closing = held === 0n || !isOpposite ? NO_QUANTITY : isMore ? negate(held) : traded
    if (closing !== 0n) {
      held = plus(held, closing)
      trip = { ...trip, cash: minus(trip.cash, times(at, closing)) }
      if (held === 0n) tell()
    }
    const rest = minus(traded, closing)
    if (rest === 0n) continue
    if (held === 0n) trip = { seq, entered: NO_QUANTITY, paid: NO_MONEY, cash: NO_MONEY }
    held = plus(held, rest)
    const value = times(at, rest)
    const { entered, paid, cash } = trip
    trip = {
      seq: trip.seq,
      entered: plus(entered, rest),
      paid: plus(paid, value),
      cash: minus(cash, value),
    }
  }
  if (held !== 0n) tell()
  return told
}

function toldOf(trade: TradeView): string {
  const { id, side: way, entryPrice, remaining, status, gross } = trade
  const of = `${id.split('-T')[1]} ${way} ${quantity(trade.quantity)} at ${entryPrice}`
  if (status === 'closed') return `${of} won ${money(gross)}`
  return `${of} holds ${quantity((way === 'LONG' ? '' : '-') + remaining)}`
}

const isBust = (event: Event): boolean =>
  event.type === 'FillBusted' ||
  (event.type === 'ManualTradeSeen' && bustedName(event.tradeId) !== undefined)

const byId = (a: TradeView, b: TradeView): number => a.id.localeCompare(b.id)

const kindsIn = ({ entries }: TradeStory): string[] =>
  entries.flatMap(({ events }) => events.map((event) => (isBust(event) ? 'bust' : kindOf(event))))

/** Whose books were moved is part of it. */
function kindOf(event: Event): string {
  if (event.type === 'LegAdjusted') return isTraded(event.owner) ? 'split' : event.type
  return event.type === 'LegMoved' && isTraded(event.toOwner) ? 'moved' : event.type
}

/** The generator must really have met what it is for, or its silence means nothing. */
function checkMet(met: readonly string[], wanted: readonly string[]): void {
  for (const kind of wanted) {
    const times = met.filter((each) => each === kind).length
    assert.ok(times > RUNS / 10, `${times} times ${kind}`)
  }
}

const SIZE = { minLength: 10, maxLength: 40 } as const

test('trades come to what the books say, whatever is filled and taken back', async () => {
  const met: string[] = []
  await fc.assert(
    fc.asyncProperty(fc.array(anyTrade, SIZE), async (steps) => {
      const story = await TradeStory.open('zerodha')
      const chance = new Chance(story)
      for (const each of steps) await chance.play(each)
      const found = story.trades()
      checkSums(story, found)
      checkExits(found)
      checkCapital(story, found)
      assert.deepEqual(found.map(toldOf).sort(), expected(story))
      assert.deepEqual([...story.fresh()].sort(byId), [...found].sort(byId))
      met.push(...kindsIn(story), ...found.map(({ status }) => status))
      story.close()
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
  checkMet(met, ['bust', 'CashMoved', 'closed'])
})

test('so they do where quantities change hands, or are split', async () => {
  const met: string[] = []
  await fc.assert(
    fc.asyncProperty(fc.array(anything, SIZE), async (steps) => {
      const story = await TradeStory.open('zerodha')
      const chance = new Chance(story)
      for (const each of steps) await chance.play(each)
      const found = story.trades()
      checkSums(story, found)
      checkCapital(story, found)
      assert.deepEqual([...story.fresh()].sort(byId), [...found].sort(byId))
      met.push(...kindsIn(story))
      story.close()
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
  checkMet(met, ['bust', 'moved', 'split', 'HoldingsAdopted'])
})
