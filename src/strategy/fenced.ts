import type { MarketListener } from '../market/feed.ts'

/**
 * A listener that may be wrong. The first time it throws it is listened to no more, and `onFault`
 * is told: the prices go on for everybody else.
 */
export function fenced(listener: MarketListener, onFault: (error: Error) => void): MarketListener {
  let isOut = false
  const guard = (tell: () => void): void => {
    if (isOut) return
    try {
      tell()
    } catch (error) {
      isOut = true
      onFault(error as Error)
    }
  }
  return {
    quote: (instrument, quote) => guard(() => listener.quote(instrument, quote)),
    opened: (instrument, bar) => guard(() => listener.opened(instrument, bar)),
    closed: (instrument, bar, at) => guard(() => listener.closed(instrument, bar, at)),
  }
}
