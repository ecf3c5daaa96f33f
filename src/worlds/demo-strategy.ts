import { netKey } from '../core/instrument.ts'
import type { Instrument } from '../core/instrument.ts'
import { money } from '../core/amount.ts'
import { strategyOwner } from '../core/owner.ts'
import type { Settling } from '../core/port.ts'
import { later, MINUTE, SECOND } from '../core/time.ts'
import type { Clock } from '../desk/clock.ts'
import type { Desk } from '../desk/desk.ts'
import type { FrontDesk } from '../desk/front.ts'
import type { Feed } from '../market/feed.ts'
import { SimulatedFeed } from '../market/simulated.ts'
import { EmaRsi } from '../strategy/ema-rsi.ts'
import { fenced } from '../strategy/fenced.ts'
import { holdingOf, Runner } from '../strategy/runner.ts'
import type { Strategy } from '../strategy/strategy.ts'

/**
 * So short that a newcomer sees a trade within a minute or two, and so small that it costs little.
 */
const BAR_MS = SECOND
const CAPITAL = money('5000')
const WARM_MS = MINUTE

export type DemoOptions = {
  readonly account: string
  readonly instrument: Instrument
  readonly desk: Pick<Desk, 'account'>
  readonly front: Pick<FrontDesk, 'settle'>
  readonly feed: Feed
  readonly clock: Pick<Clock, 'now'>
  readonly onTrouble: (error: Error) => void
  readonly strategy?: Strategy
}

/** Lets the demo strategy trade. Should it fail, it alone is off until the next start. */
export function runDemo(options: DemoOptions): void {
  const { account, instrument, desk, front, feed, clock, onTrouble } = options
  const strategy = options.strategy ?? new EmaRsi()
  const owner = strategyOwner(strategy.name)
  const key = netKey(instrument.id, 'MIS')
  const failed = ({ message }: Error): void => {
    onTrouble(new Error(`the strategy ${strategy.name} failed (${message}) and is off`))
  }
  const runner = new Runner({
    strategy,
    account,
    instrument,
    product: 'MIS',
    capital: CAPITAL,
    barMs: BAR_MS,
    submit: (command) => front.settle(command).catch(unsettled(onTrouble)),
    holding: () => holdingOf(desk.account(account), key, owner),
    onAnswer: () => {},
  })
  try {
    const to = clock.now()
    const stretch = { from: later(to, -WARM_MS), to, stepMs: SimulatedFeed.STEP_MS }
    runner.warm(feed.history(instrument.id, stretch))
  } catch (error) {
    return failed(error as Error)
  }
  feed.listen(fenced(runner, failed))
}

/** Nobody waits for it but the strategy, which asks again when its time comes. */
const unsettled =
  (onTrouble: (error: Error) => void) =>
  (error: Error): Settling => {
    onTrouble(error)
    return { is: 'unavailable', reason: error.message }
  }
