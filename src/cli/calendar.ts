import { Command } from 'commander'
import { z } from 'zod'
import type { Config } from '../config.ts'
import type { SessionGroup } from '../core/instrument.ts'
import type { Instant, TradingDate } from '../core/time.ts'
import { instant, isoTime } from '../core/time.ts'
import { fileIn } from '../folder.ts'
import type { Calendar } from '../market/calendar.ts'
import { readCalendar } from '../market/calendar-file.ts'
import { exchangeNamed, tradingDateOf } from '../market/exchange.ts'
import type { Phase } from '../market/sessions.ts'
import { momentOf } from '../market/zone.ts'
import { EXIT, Exit } from './exit.ts'
import { out, outJson } from './say.ts'

type Options = { readonly exchange: string; readonly date?: string; readonly json?: boolean }

export function calendarCommand(config: () => Config): Command {
  return new Command('calendar')
    .description('when an exchange trades on a day, and what comes next')
    .option('--exchange <exchange>', 'NSE, BSE, NFO, BFO, CDS, BCD, MCX, US, FX or SIM', 'NSE')
    .option('--date <date>', 'e.g. 2026-11-23 (today)')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELP)
    .action(({ json, ...options }: Options) => {
      const exchange = options.exchange.toUpperCase()
      const now = instant(Date.now())
      const date = dateFrom(options.date) ?? tradingDateOf(exchange, now)
      const calendar = readCalendar(fileIn(config(), 'calendar.json'))
      const shown = view(calendar, exchange, { date, now })
      if (json) outJson(shown)
      else out(text(shown))
    })
}

const HELP = `
Works without a running desk. Holidays and special sessions of your own stand in calendar.json in
the data folder; docs/calendar.md shows its form.

Examples:
  $ tallyman calendar
  $ tallyman calendar --exchange NFO --date 2026-08-03`

function dateFrom(given: string | undefined): TradingDate | undefined {
  if (given === undefined || z.iso.date().safeParse(given).success) {
    return given as TradingDate | undefined
  }
  throw new Exit(EXIT.usage, `--date ${given}: a date such as 2026-11-23 is expected`)
}

type Moment = { readonly date: TradingDate; readonly now: Instant }

/** Of a day that is not today, `at` is its first minute. */
function view(calendar: Calendar, exchange: string, { date, now }: Moment) {
  const { zone } = exchangeNamed(exchange)
  const at = date === tradingDateOf(exchange, now) ? now : momentOf(zone, date, '00:00')
  const { zone: name, kind, what } = calendar.sessionsOn(exchange, 'cash', date)
  const next = (which: 'holiday' | 'special') => {
    const found = calendar.next(which, exchange, date)
    return found ? { date: found.date, what: found.what ?? null } : null
  }
  return {
    exchange,
    date,
    zone: name,
    kind,
    what: what ?? null,
    at: isoTime(at, zone(at)),
    groups: calendar.groupsOf(exchange).map((group) => {
      const { phases } = calendar.sessionsOn(exchange, group, date)
      const opens = calendar.nextOpen(exchange, group, at)
      const nextOpen = opens === undefined ? null : isoTime(opens, zone(opens))
      return { group, phases, isOpen: calendar.isOpen(exchange, group, at), nextOpen }
    }),
    nextHoliday: next('holiday'),
    nextSpecial: next('special'),
    known: calendar.known(exchange) ?? null,
    notice: calendar.horizonNotice(exchange, date) ?? null,
  }
}

type View = ReturnType<typeof view>

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

function text({ exchange, date, zone, groups, known, notice, ...rest }: View): string {
  const { kind, what, nextHoliday, nextSpecial } = rest
  const weekday = WEEKDAYS[new Date(date).getUTCDay()]
  const told = (found: View['nextHoliday']): string =>
    found ? `${found.date}, ${found.what}` : 'none known'
  const opens = [...new Set(groups.map(({ nextOpen }) => nextOpen))]
  return [
    ...(notice === null ? [] : [notice, '']),
    `${exchange}, ${weekday} ${date}, times of ${zone}`,
    ...(kind === 'usual' ? [] : [what === null ? kind : `${kind}: ${what}`]),
    ...alike(groups),
    '',
    `Next open     ${opens.map((open) => open ?? 'not within a month').join(', ')}`,
    `Next holiday  ${told(nextHoliday)}`,
    `Next special  ${told(nextSpecial)}`,
    `Known         ${known ? `holidays from ${known.from} to ${known.to}` : 'no holidays'}`,
  ].join('\n')
}

/** Groups with the same day stand together. */
function alike(groups: View['groups']): string[] {
  const names = new Map<string, SessionGroup[]>()
  for (const { group, phases } of groups) {
    const day = phases.map(phaseText).join('\n')
    if (day !== '') names.set(day, [...(names.get(day) ?? []), group])
  }
  return [...names].flatMap(([day, same]) => [same.join(', '), day])
}

const TAKES: Readonly<Record<Phase['takes'], string>> = {
  all: '',
  'limit-market': 'limit and market orders',
  limit: 'limit orders only',
  'closing-price': 'at the closing price',
  nothing: 'no orders',
}

function phaseText({ phase, from, to, takes, mayEndFrom }: Phase): string {
  const early = mayEndFrom === undefined ? '' : `, may end from ${mayEndFrom} on`
  return `  ${from}-${to}  ${phase.padEnd(16)} ${TAKES[takes]}${early}`.trimEnd()
}
