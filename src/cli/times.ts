import type { Bound, Instant, TradingDate } from '../core/time.ts'
import { DAY, HOUR, instant, isoTime, later, MINUTE, SECOND } from '../core/time.ts'
import type { ShowTime } from '../core/view.ts'
import type { Zone } from '../market/zone.ts'
import { momentOf, zoneOf } from '../market/zone.ts'
import { EXIT, Exit } from './exit.ts'

/** The zone of this machine's clock, or the one that was named. */
export function zoneNamed(name?: string): Zone {
  try {
    return zoneOf(name ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  } catch {
    throw new Exit(EXIT.usage, `zone "${name}": a name such as Asia/Kolkata or UTC is expected`)
  }
}

export const showIn =
  (zone: Zone): ShowTime =>
  (at) =>
    isoTime(at, zone(at))

export type Period = { readonly from: Instant | undefined; readonly to: Instant | undefined }

export const PERIOD_HELP = `
Times: 2026-11-21, 2026-11-21T09:15 (by this machine's clock, or --zone), or with an offset:
2026-11-21T09:15:00+05:30. A date as --to includes that whole day; a time does not include itself.`

/** `to` is the first moment that no longer counts: the end of the day where a date is given. */
export function periodOf(given: { from?: string; to?: string }, zone: Zone): Period {
  const from = given.from === undefined ? undefined : momentIn('from', given.from, zone)
  if (given.to === undefined) return { from, to: undefined }
  const to = momentIn('to', given.to, zone)
  return { from, to: ONLY_DATE.test(given.to) ? momentOf(zone, dateAfter(given.to), '00:00') : to }
}

/** An end of a period: a date stays one, for each exchange to count its own day. */
export function boundIn(name: string, text: string | undefined, zone: Zone): Bound | undefined {
  if (text === undefined) return undefined
  return ONLY_DATE.test(text) && isDate(text) ? (text as TradingDate) : momentIn(name, text, zone)
}

/** The same, as it is sent to the desk. */
export function boundText(name: string, text: string | undefined, zone: Zone): string | undefined {
  const bound = boundIn(name, text, zone)
  return typeof bound === 'number' ? isoTime(bound) : bound
}

const ONLY_DATE = /^\d{4}-\d\d-\d\d$/
const LOCAL = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(\.\d{1,3})?)?$/

const AGO = /^(\d{1,6})([smhd])$/
const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY }

/** `1h` before now, or a time as elsewhere. */
export function sinceOf(text: string, zone: Zone): Instant {
  const [, count, unit] = AGO.exec(text) ?? []
  if (unit === undefined) return momentIn('since', text, zone)
  return instant(Date.now() - Number(count) * UNITS[unit]!)
}

function momentIn(name: string, text: string, zone: Zone): Instant {
  const [, date, time, seconds = '00', fraction = ''] = LOCAL.exec(text) ?? []
  if (ONLY_DATE.test(text) && isDate(text)) return momentOf(zone, text, '00:00')
  if (date !== undefined && isDate(date) && !Number.isNaN(Date.parse(`${date}T${time}Z`))) {
    return later(momentOf(zone, date, time!), Number(`${seconds}${fraction}`) * 1_000)
  }
  const at = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(at)) {
    throw new Exit(
      EXIT.usage,
      `${name} "${text}": a time such as 2026-11-21, 2026-11-21T09:15 or ` +
        '2026-11-21T09:15:00+05:30 is expected',
    )
  }
  return instant(at)
}

const isDate = (text: string): boolean => !Number.isNaN(Date.parse(`${text}T00:00Z`))

const dateAfter = (date: string): string =>
  new Date(Date.parse(`${date}T00:00Z`) + DAY).toISOString().slice(0, 10)
