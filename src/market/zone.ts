import type { Instant, TradingDate } from '../core/time.ts'
import { dateAt, HOUR, instant, MINUTE } from '../core/time.ts'

/** Minutes ahead of UTC that clocks in an IANA zone show at a moment, daylight saving included. */
export type Zone = (at: Instant) => number

const known = new Map<string, Zone>()

/** Throws RangeError for a zone that Node's tables do not have. */
export function zoneOf(name: string): Zone {
  let zone = known.get(name)
  if (!zone) known.set(name, (zone = remembering(name)))
  return zone
}

/** No zone changes its clocks within an hour of UTC, so one look an hour is enough. */
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
  let hour = -1
  let minutes = 0
  return (at) => {
    const asked = Math.floor(at / HOUR)
    if (asked === hour) return minutes
    hour = asked
    return (minutes = offsetOf(format, instant(asked * HOUR)))
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
