import type { Price } from '../core/amount.ts'
import { priceOfPoints } from '../core/amount.ts'
import { instrumentId } from '../core/instrument.ts'
import { instantOf } from '../core/time.ts'
import type { OrderView } from '../core/view.ts'
import type { Feed } from '../market/feed.ts'
import type { Instruments } from '../market/instruments.ts'
import type { Clock } from './clock.ts'

type Market = {
  readonly instruments: Instruments
  readonly feed: Feed
  readonly clock: Pick<Clock, 'now'>
}

/** The market's volume-weighted average from submission to the end, or to now while it works. */
export function vwapOf(
  { symbol, exchange, submittedAt, completedAt }: OrderView,
  { instruments, feed, clock }: Market,
): Price | undefined {
  const instrument = instruments.get(instrumentId(exchange, symbol))
  if (!instrument) return undefined
  const until = completedAt === null ? clock.now() : instantOf(completedAt)
  const points = feed.vwap(instrument.id, instantOf(submittedAt), until)
  return points === undefined ? undefined : priceOfPoints(points, instrument.decimals)
}
