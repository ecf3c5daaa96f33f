/** Guards, closings and the kill switch, as the API takes and shows them. */
import { z } from 'zod'
import { HALT_LEVELS } from '../core/guard-event.ts'
import { BASES, CONSEQUENCES, MEASURES } from '../core/guard-rule.ts'
import { cursor, limit, listOf } from './contract.ts'
import { amount, decimal, list, name, time } from './contract-parts.ts'

const account = name(40).default('paper')
const strategy = name(40).optional().meta({ description: 'Only of this strategy.' })
const reason = z.string().min(1).max(200).meta({ description: 'Kept in the journal.' })
const confirm = z.string().max(40).default('').meta({
  description: 'The name of the account, typed again.',
})
const perCent = amount.refine((text) => Number(text) > 0 && Number(text) <= 100, {
  message: 'a number of per cent above 0, and at most 100',
})
const positive = amount.refine((text) => Number(text) > 0, { message: 'a number above 0' })

const rule = z.strictObject({
  name: name(40),
  base: z.enum(BASES).meta({ description: 'What the floor is counted from.' }),
  percent: perCent.optional().meta({ description: 'Of the base, or of the initial capital.' }),
  of: z.enum(['initial', 'base']).optional(),
  fixed: positive.optional().meta({ description: 'The amount, in place of a percentage.' }),
  at: amount.optional().meta({ description: 'The floor itself, of the base "fixed".' }),
  lock: positive.optional().meta({ description: 'The floor rises no further than this.' }),
  zone: z.string().max(64).optional().meta({ description: 'Of the reset: `Europe/Prague`.' }),
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day from 00:00 to 23:59')
    .optional(),
  measure: z.enum(MEASURES).optional(),
  breach: z.enum(['below', 'at-or-below']).optional(),
  consequence: z.enum(CONSEQUENCES),
  delaySeconds: z.number().int().min(0).max(3_600).optional(),
})

const ruleView = z.object({
  rule: z.string(),
  preset: z.string().nullable(),
  says: z.string(),
  consequence: z.enum(CONSEQUENCES),
  state: z.enum(['ok', 'warned', 'counting', 'tripped']),
  since: time,
  currency: z.string(),
  initial: decimal.nullable(),
  base: decimal.nullable(),
  estimated: z.boolean().meta({ description: 'Nobody saw its reset; it is on the safe side.' }),
  floor: decimal.nullable(),
  equity: decimal.nullable(),
  drawdownPercent: decimal.nullable(),
  limitPercent: decimal.nullable(),
  fallPercent: decimal.nullable().meta({ description: 'A fall by so many per cent breaches it.' }),
  endsAt: time.nullable(),
})

const guards = z
  .object({
    account: z.string(),
    status: z.enum(['armed', 'not armed', 'disarmed', 'none']),
    says: z.string(),
    lastCheck: time.nullable(),
    lastRead: time.nullable(),
    ordersProvenAt: time.nullable(),
    alertsPending: z.number().int(),
    blocked: z
      .object({ code: z.string(), why: z.string() })
      .nullable()
      .meta({ description: 'Why nothing may be entered; closes and cancels always pass.' }),
    blind: list(z.object({ currency: z.string(), since: time, why: z.string() })),
    halts: list(
      z.object({
        strategy: z.string().nullable(),
        level: z.enum(HALT_LEVELS),
        by: z.string(),
        reason: z.string(),
        since: time,
      }),
    ),
    cashInDoubt: list(z.object({ currency: z.string(), amount: decimal })),
    closings: list(
      z.object({
        closing: z.number().int(),
        what: z.string(),
        reason: z.string(),
        by: z.string(),
        since: time,
        notFlat: z.string().nullable(),
        acknowledged: z.boolean(),
      }),
    ),
    rules: list(ruleView),
    positions: list(z.object({ positionId: z.string(), quantity: decimal })),
  })
  .meta({ id: 'Guards' })

const alert = z
  .object({
    id: z.string(),
    account: z.string(),
    createdAt: time,
    alertType: z.enum(['warning', 'liquidation', 'below_minimum', 'blind', 'cleared']),
    rule: z.string().nullable(),
    drawdownPercent: decimal.nullable(),
    equity: decimal.nullable(),
    peakEquity: decimal.nullable(),
    threshold: decimal.nullable(),
    positionsCount: z.number().int(),
    status: z.string(),
    says: z.string(),
  })
  .meta({ id: 'GuardAlert' })

const closed = z
  .object({
    confirmed: z.boolean().meta({ description: 'The broker’s book showed twice that it is flat.' }),
    positionId: z.string(),
    closing: z.number().int(),
    orderIds: list(z.string()),
    closedQuantity: decimal,
    price: decimal.nullable(),
    pnl: decimal,
    remaining: decimal,
    see: z.string(),
  })
  .meta({ id: 'Closed' })

const POSITION_ID = /^[A-Za-z0-9][A-Za-z0-9 &_.:/-]{0,127}$/
const positionId = z.string().regex(POSITION_ID, 'a position of GET /guards, a symbol, or "all"')

export const guardSchemas = {
  query: z.strictObject({ account: name(40).optional() }),
  guards: listOf(guards),
  alertsQuery: z.strictObject({ account: name(40).optional(), limit, cursor }),
  alerts: listOf(alert),
  presets: z.object({
    items: list(
      z.object({
        preset: z.string(),
        title: z.string(),
        source: z.string(),
        read: z.string(),
        proof: z.enum(['own', 'documented', 'unproven']),
        note: z.string(),
        rules: list(z.string()),
      }),
    ),
    next: z.null(),
  }),
  setBody: z.strictObject({
    account,
    preset: name(40).optional(),
    rule: rule.optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'a currency such as INR')
      .optional(),
    initial: positive.optional().meta({ description: 'What the account began with.' }),
    minEquity: positive.optional().meta({ description: 'In the account’s currency.' }),
  }),
  removeBody: z.strictObject({ account, rule: name(40), confirm }),
  armBody: z.strictObject({ account, confirm, reason }),
  haltBody: z.strictObject({ account, strategy, level: z.enum(HALT_LEVELS), reason }),
  resumeBody: z.strictObject({ account, strategy, confirm, reason }),
  closeBody: z
    .strictObject({
      account,
      positionId: positionId.optional(),
      position_id: positionId.optional(),
      reason,
      price: positive.optional().meta({ description: 'At this price or better; it may rest.' }),
    })
    .transform(({ positionId: camel, position_id: snake, ...rest }, context) => {
      const named = camel ?? snake
      if (named !== undefined) return { ...rest, positionId: named }
      const message = 'a position of GET /guards, a symbol, or "all"'
      context.addIssue({ code: 'custom', path: ['positionId'], message })
      return z.NEVER
    }),
  closed,
  stopBody: z.strictObject({ account, closing: z.number().int().min(1), confirm }),
  knowBody: z.strictObject({ account, closing: z.number().int().min(1) }),
  cashBody: z.strictObject({
    account,
    currency: z.string().regex(/^[A-Z]{3}$/, 'a currency such as INR'),
    as: z.enum(['withdrawal', 'loss']),
  }),
} as const
