/** When the clocks stood at a rule's reset the last time, and when they will again. */
import type { GuardState } from '../core/guard.ts'
import type { Reset } from '../core/guard-rule.ts'
import type { Instant } from '../core/time.ts'
import { DAY, later } from '../core/time.ts'
import { dateIn, momentOf, zoneOf } from '../market/zone.ts'

/** One for each zone and time that rules name. Throws RangeError for a zone nobody knows. */
export function resetsOf(rules: Iterable<GuardState>, now: Instant): Reset[] {
  const found = new Map<string, Reset>()
  for (const { rule } of rules) {
    const { zone, time } = rule
    if (zone === undefined || time === undefined || found.has(`${zone} ${time}`)) continue
    found.set(`${zone} ${time}`, resetOf(zone, time, now))
  }
  return [...found.values()]
}

export function resetOf(zone: string, time: string, now: Instant): Reset {
  const clock = zoneOf(zone)
  const on = (days: number): Instant => momentOf(clock, dateIn(clock, later(now, days * DAY)), time)
  const today = on(0)
  if (today > now) return { zone, time, last: on(-1), next: today }
  return { zone, time, last: today, next: on(1) }
}
