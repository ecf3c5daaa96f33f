import type { Instant, TradingDate } from '../core/time.ts'
import { dateAt, DAY, HOUR, instant, MINUTE } from '../core/time.ts'

/** Minutes ahead of UTC that clocks in an IANA zone show at a moment, daylight saving included. */
export type Zone = (at: Instant) => number

const known = new Map<string, Zone>()

/** Throws RangeError for a zone that Node's tables do not have. */
export function zoneOf(name: string): Zone {
  if (name === 'UTC') return () => 0
  let zone = known.get(name)
  if (!zone) known.set(name, (zone = remembering(name)))
  return zone
}

/**
 * A day of UTC at whose two ends the clocks agree has one offset; only days on which they change
 * are looked at by the hour, within which no zone changes.
 */
function remembering(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  let from = 0
  let until = 0
  let minutes = 0
  return (at) => {
    if (at >= from && at < until) return minutes
    const day = Math.floor(at / DAY) * DAY
    const begin = offsetOf(format, instant(day))
    const whole = begin === offsetOf(format, instant(day + DAY))
    from = whole ? day : Math.floor(at / HOUR) * HOUR
    until = from + (whole ? DAY : HOUR)
    minutes = whole ? begin : offsetOf(format, instant(from))
    return minutes
  }
}

function offsetOf(format: Intl.DateTimeFormat, at: Instant): number {
  const shown = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return Math.round((local - at) / MINUTE)
}

/** The moment at which clocks in `zone` show `time` (`09:15`) on `date`. */
export function momentOf(zone: Zone, date: string, time: string): Instant {
  const local = Date.parse(`${date}T${time}:00Z`)
  const guess = instant(local - zone(instant(local)) * MINUTE)
  return instant(local - zone(guess) * MINUTE)
}

export const dateIn = (zone: Zone, at: Instant): TradingDate => dateAt(at, zone(at))
