/** `calendar.json` in the data folder: what the user knows better than our dated data. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Correction } from './calendar.ts'
import { Calendar } from './calendar.ts'
import type { Phase, PhaseName, Special, Takes } from './sessions.ts'
import { PHASES, TIMETABLES } from './sessions.ts'

/** The file cannot be read; the message names the field, its value and what to do. */
export class BadCalendar extends Error {
  override readonly name = 'BadCalendar'
}

const PHASES_MAX = 20

const day = z.iso.date('a date such as "2026-11-08" is expected')
const time = z
  .string('a local time such as "09:15" is expected')
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'a local time such as "09:15" is expected')
const what = z.string('a name is expected').min(1, 'a name is expected').max(100)
const phase = z
  .strictObject({ phase: z.enum(PHASES).default('continuous'), from: time, to: time })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'it must be later than "from"' })
const phases = z
  .array(phase)
  .min(1, 'at least one phase is expected')
  .max(PHASES_MAX)
  .refine((all) => all.every(({ from }, at) => at === 0 || all[at - 1]!.to <= from), {
    message: 'phases are expected in order, none inside another',
  })
const corrections = z.strictObject({
  holidays: z.record(day, what).default({}),
  tradingDays: z.array(day).default([]),
  sessions: z.record(day, z.strictObject({ what, phases })).default({}),
  knownTo: day.optional(),
})
const books = [...new Set(Object.values(TIMETABLES).map(({ book }) => book))]
const calendar = z.strictObject(
  Object.fromEntries(books.map((book) => [book, corrections.optional()])),
)

const TAKES: Readonly<Record<PhaseName, Takes>> = {
  'pre-open': 'limit-market',
  continuous: 'all',
  'closing-auction': 'limit-market',
  'post-close': 'closing-price',
}

/** Our calendar with the user's file over it, if there is one. Throws BadCalendar. */
export function readCalendar(file: string): Calendar {
  if (!existsSync(file)) return new Calendar()
  const found = parsedJson(file)
  const parsed = calendar.safeParse(found)
  if (!parsed.success) throw new BadCalendar(`${file}: ${complaint(parsed.error, found)}`)
  const entries = Object.entries(parsed.data)
  return new Calendar(new Map(entries.flatMap(([book, its]) => (its ? [[book, over(its)]] : []))))
}

function parsedJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new BadCalendar(`${file} is not JSON: ${(error as Error).message}; correct or remove it`)
  }
}

function over({
  holidays,
  tradingDays,
  sessions,
  knownTo,
}: z.infer<typeof corrections>): Correction {
  const special = new Map<string, Special>(
    tradingDays.map((date) => [date, { what: 'a trading day by calendar.json', phases: 'usual' }]),
  )
  for (const [date, { what: name, phases: its }] of Object.entries(sessions)) {
    const taking: Phase[] = its.map((each) => ({ ...each, takes: TAKES[each.phase] }))
    special.set(date, { what: name, phases: taking })
  }
  return { closed: new Map(Object.entries(holidays)), special, knownTo }
}

/** `NSE.sessions.2026-11-08.phases.0.from = "25:00": a local time such as "09:15" is expected` */
function complaint({ issues: [issue] }: z.ZodError, found: unknown): string {
  const path = issue?.path ?? []
  const remedy = 'docs/calendar.md shows the form'
  if (issue?.code === 'unrecognized_keys') {
    const [key] = issue.keys
    const known = path.length === 0 ? `; known are ${books.join(', ')}` : ''
    return `${[...path, key].join('.')} is unknown${known}; ${remedy}`
  }
  let value = found
  for (const step of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[step]
  const inner = issue?.code === 'invalid_key' ? issue.issues[0] : issue
  return `${path.join('.')} = ${JSON.stringify(value)}: ${inner?.message}; ${remedy}`
}
