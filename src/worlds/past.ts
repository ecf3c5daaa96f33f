import { join } from 'node:path'
import type { Config } from '../config.ts'
import { systemClock } from '../desk/clock.ts'
import type { HistoryOptions } from '../market/candle-history.ts'
import { CandleHistory } from '../market/candle-history.ts'
import type { Feed } from '../market/feed.ts'
import { QuoteHistory } from '../market/quote-history.ts'

type Needs = Required<Pick<HistoryOptions, 'hasRoom' | 'say'>> & { readonly feed: Feed }

/** Candles of the past, in the folder `historical` of the data folder. */
export function historyOf(config: Config, { feed, ...needs }: Needs): CandleHistory {
  const { seed, sim, history, data } = config
  // Another seed or other moods have another past.
  const moods = Object.entries(sim).filter(([, chance]) => chance > 0)
  const name = ['SIM', seed, ...moods.map((each) => each.join('='))].join(' ')
  const source = new QuoteHistory(name, feed, systemClock)
  const folder = join(data, 'historical')
  return new CandleHistory({ source, clock: systemClock, folder, ...history, ...needs })
}
