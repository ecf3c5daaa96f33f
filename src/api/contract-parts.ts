/** What the schemas of the API are made of. */
import { z } from 'zod'
import { whyNotDecimal } from '../core/amount.ts'
import type { Bound, TradingDate } from '../core/time.ts'
import { instant, instantOf } from '../core/time.ts'

const DECIMALS = 8
/** Digits a JSON number holds exactly, whatever they are. */
const SAFE_DIGITS = 15

/** Text or a JSON number in; plain decimal text inside. */
export const amount = z
  .union([z.string(), z.number()])
  .superRefine((given, context) => {
    if (typeof given === 'string' || String(given).replace(/\D/g, '').length <= SAFE_DIGITS) return
    const message = 'text: a JSON number this long is not exact'
    context.addIssue({ code: 'custom', message })
  })
  .transform(String)
  .superRefine((text, context) => {
    const why = whyNotDecimal(text, DECIMALS)
    if (why) context.addIssue({ code: 'custom', message: why })
  })
  .meta({ description: 'A decimal number, as text ("101.25") or as a JSON number.' })

const NAME = /^[A-Za-z0-9][A-Za-z0-9 &_.:-]*$/
export const name = (max: number): z.ZodString =>
  z.string().min(1).max(max).regex(NAME, 'letters, digits, spaces and & _ . : - are expected')
export const orderId = z
  .string()
  .max(80)
  .regex(/^[a-z0-9][a-z0-9-]*-\d+$/, 'an order id such as "paper-43" is expected')

export const list = <T extends z.ZodType>(item: T) => z.array(item).readonly()
export const decimal = z.string()
export const time = z.string().meta({ description: 'ISO 8601 with offset' })
export const side = z.enum(['BUY', 'SELL'])

/** Symbols and exchanges are written in capitals, however they are typed. */
export const capitals = (max: number) => name(max).transform((text) => text.toUpperCase())

export const moment = z.iso
  .datetime({ offset: true, error: 'a time with its offset, such as 2026-11-21T09:15:00+05:30' })
  .transform((text) => instant(Date.parse(text)))
  .optional()
  .meta({ description: 'ISO 8601 with offset; in a URL, + is written %2B.' })

/** A moment, or a trading day. */
export const bound = z
  .string()
  .transform((text, context): Bound => {
    if (z.iso.date().safeParse(text).success) return text as TradingDate
    if (z.iso.datetime({ offset: true }).safeParse(text).success) return instantOf(text)
    const message = 'a day such as 2026-11-21, or a time with its offset'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .optional()
  .meta({
    description:
      'A trading day of the exchange (2026-11-21; as `to` it counts whole), or ISO 8601 with ' +
      'offset; in a URL, + is written %2B.',
  })

/** A whole number in a query; nothing but its digits. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'a whole number is expected')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
