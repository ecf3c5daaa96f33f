/** What a break, or its end, says of the broker: against every trade there really was. */
import type { BrokerTrade } from '../src/core/input.ts'
import { netKey } from '../src/core/instrument.ts'
import type { Instant } from '../src/core/time.ts'
import { later, MINUTE } from '../src/core/time.ts'
import type { Complain } from './known.ts'
import type { Truth } from './truth.ts'
import type { Written } from './written.ts'

/** No reading, and no row of what it came to, takes longer. */
const SEEN_MS: number = 3 * MINUTE
/** With more of them there is hardly a number that could not be meant. */
const BUSTS_MAX = 4

/** 11: the broker held not long before what it is said to hold. */
export function checkBreaks(
  written: Written,
  { trades }: Pick<Truth, 'trades'>,
  now: Instant,
  complain: Complain,
): void {
  const { said } = written
  if (said.length === 0) return
  written.said = []
  for (const { net, theirs } of said) {
    const own = [...trades.values()].filter((trade) => netOf(trade) === net)
    const busted = own.filter((trade) => trade.busted)
    if (busted.length > BUSTS_MAX) continue
    if (sums(own, busted, later(now, -SEEN_MS)).has(theirs)) continue
    complain('11 breaks are of what the broker held', `${net}: it never held ${theirs}`)
  }
}

const netOf = ({ instrument, product }: BrokerTrade): string => netKey(instrument, product)

/** What the broker held at each moment from `from` on; nobody knows when a trade was busted. */
function sums(
  trades: readonly BrokerTrade[],
  busted: readonly BrokerTrade[],
  from: Instant,
): ReadonlySet<bigint> {
  const sound = trades.filter((trade) => !trade.busted)
  let held = sound.reduce((sum, { quantity }) => sum + quantity, 0n)
  let all = [held]
  for (const { quantity, tradedAt } of sound.toSorted((a, b) => b.tradedAt - a.tradedAt)) {
    if (tradedAt < from) break
    held -= quantity
    all.push(held)
  }
  for (const { quantity } of busted) all = all.flatMap((sum) => [sum, sum + quantity])
  return new Set(all)
}
