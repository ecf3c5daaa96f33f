import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import type { StatisticsAsked, StatisticsView } from '../src/core/statistics.ts'
import type { Instant } from '../src/core/time.ts'
import { Statistics } from '../src/desk/statistics.ts'
import { tradingDateOf } from '../src/market/exchange.ts'
import { Instruments } from '../src/market/instruments.ts'
import type { Journal } from '../src/store/journal.ts'
import { Views } from '../src/store/views.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { HandFeed } from './house.ts'
import { INSTRUMENTS } from './scenario-asks.ts'
import { tempFolder } from './temp.ts'
import { START } from './totality-steps.ts'

export const viewsOf = (journal: Journal): Views =>
  new Views({
    file: join(tempFolder(), 'views.db'),
    journal,
    say: assert.fail,
    dayOf: tradingDateOf,
  })

export type Asking = {
  readonly views: Views
  readonly account?: Account
  readonly asked?: StatisticsAsked
  readonly now?: Instant
  /** Of the market, in points. */
  readonly vwap?: number
}

/** Asked of screens alone, without a desk around them. */
export async function statistics(asking: Asking): Promise<StatisticsView> {
  const { views, account = newAccount('paper'), asked = {}, now = START, vwap } = asking
  assert.equal(views.catchUp(60_000), true)
  const feed = Object.assign(new HandFeed(new VirtualClock(now)), { vwap: () => vwap })
  const clock = { now: () => now, soon: (run: () => void) => run() }
  const desk = new Statistics({ instruments: new Instruments(INSTRUMENTS.values()), feed, clock })
  return desk.of(asked, (run) => Promise.resolve(run(views, new Map([[account.id, account]]))))
}
