import type { Account } from '../account.ts'
import type { DayEnded, RunDone } from '../day-event.ts'
import type { Event, EventOf } from '../event.ts'
import type { Instant } from '../time.ts'
import { DAY, dateAt, daysBetween, later } from '../time.ts'

/** A weekend with holidays on both sides: a longer gap is a long rest, or a clock that is wrong. */
const GAP_DAYS_MAX = 5

/**
 * A day's end lets go of what is old, so a clock that is wrong for a moment must not end days that
 * are still to come. After a gap that is longer than exchanges rest, no more is let go of than the
 * day after the last one would have: the next day's end makes up for it, if the time was right.
 */
export function dayEnded(account: Account, ended: DayEnded, at: Instant): Event[] {
  const { exchange, date } = ended
  // A trading date is its exchange's own; nowhere is it more than a day ahead of UTC.
  const tomorrow = dateAt(later(at, DAY))
  if (date > tomorrow) return []
  const last = account.daysClosed.get(exchange)
  const isTrue = last !== undefined && last <= tomorrow // else a clock that ran ahead closed it
  if (isTrue && last >= date) return []
  const gap = isTrue ? daysBetween(last, date) : 1
  const back = gap > GAP_DAYS_MAX ? (gap - 1) * DAY : 0
  const before = later(ended.before < at ? ended.before : at, -back)
  return [{ type: 'DayClosed', exchange, date, before }]
}

/** A day's step is done once; one that failed may still be done. */
export function stepDone(
  account: Account,
  done: Omit<EventOf<'EndOfDayStepDone'>, 'type'>,
): Event[] {
  const run = account.daysRun.get(done.group)
  const isKnown = run !== undefined && run.date >= done.date && run.steps.get(done.step) === true
  return isKnown ? [] : [{ type: 'EndOfDayStepDone', ...done }]
}

export function runDone(account: Account, { done, prices }: RunDone): Event[] {
  const { group, date } = done
  const run = account.daysRun.get(group)
  if (run?.date === date && run.isDone) return []
  const marks = prices.map((each) => ({ type: 'PositionMarked', ...each, date }) as const)
  return [...marks, { type: 'EndOfDayDone', ...done }]
}
