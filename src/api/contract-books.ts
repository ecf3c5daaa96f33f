/** Whose shares are whose, and where the books differ. */
import { z } from 'zod'
import { whyNoRules } from '../core/break-rule.ts'
import { PRODUCTS } from '../core/instrument.ts'
import { capitals, decimal, list, name, orderId, time } from './contract-parts.ts'

const place = { account: z.string(), symbol: z.string(), exchange: z.string() }

const breakShape = z
  .object({
    id: z.string().meta({ description: 'account/exchange:symbol/product' }),
    ...place,
    product: z.string(),
    class: z.enum(['missing_here', 'missing_at_broker', 'partial', 'corporate_action', 'gap']),
    ours: decimal,
    theirs: decimal,
    difference: decimal.meta({ description: 'Theirs less ours: it stands as unexplained.' }),
    locks: z.boolean().meta({ description: 'Automatic orders in the symbol wait.' }),
    evidence: z.string(),
    since: time,
    ageSeconds: z.number().int(),
    cyclesSeen: z.number().int(),
  })
  .meta({ id: 'Break' })

const rule = z
  .object({
    name: z.string(),
    as: z.string(),
    settles: list(breakShape).meta({ description: 'Open breaks that it settles.' }),
  })
  .meta({ id: 'BreakRule' })

const RULES = 'rules such as "CNC difference below one lot: manual" are expected'
const rulesQuery = z.strictObject({
  account: name(40).optional(),
  rules: z
    .string()
    .min(1)
    .max(2_000)
    .refine((text) => whyNoRules(text) === undefined, RULES)
    .optional(),
})

const tracking = z
  .object({
    ...place,
    status: z.enum(['active']),
    tracked: decimal,
    preexisting: z.object({ quantity: decimal, cost: decimal }),
    expected: decimal.meta({ description: 'All books together: what the broker should show.' }),
    books: list(
      z.object({ owner: z.string(), product: z.string(), quantity: decimal, cost: decimal }),
    ),
    since: time,
    confirmedAt: time.nullable().meta({ description: 'Its first execution.' }),
    orders: list(z.object({ orderId: z.string(), relation: z.string() })),
  })
  .meta({ id: 'Tracking' })

const count = z.number().int()

const reconciliation = z
  .object({
    account: z.string(),
    lastSync: time.nullable(),
    cycle: count.meta({ description: 'Readings so far.' }),
    skipped: count.meta({
      description: 'Cycles left out, since the start, because the one before them was late.',
    }),
    status: z.enum(['ok', 'open', 'blind', 'never']),
    matched: count,
    total: count,
    open: count,
    unknownOrders: count,
    failed: list(z.string()),
    divergences: count,
    breaks: list(breakShape),
  })
  .meta({ id: 'Reconciliation' })

const run = z
  .object({
    account: z.string(),
    readAt: time,
    matched: count,
    manualBuysDetected: count,
    manualSellsDetected: count,
    partialCloses: count,
    closedSymbols: list(z.string()),
    updatedSymbols: list(z.string()),
    corporateActions: count,
    breaksOpened: count,
    unknownOrders: count,
    readsFailed: count,
    differences: list(
      z.object({
        symbol: z.string(),
        product: z.string(),
        expected: decimal,
        broker: decimal,
        difference: decimal,
        explanation: z.string(),
        status: z.enum(['explained', 'open']),
      }),
    ),
  })
  .meta({ id: 'ReconciliationRun' })

const settling = z
  .object({
    account: z.string(),
    symbol: z.string(),
    as: z.string(),
    denial: z.string().nullable(),
    books: list(
      z.object({
        owner: z.string(),
        product: z.string(),
        before: decimal,
        after: decimal,
        cost: decimal,
      }),
    ),
  })
  .meta({ id: 'Settling' })

const OWNER = /^(manual|preexisting|external|split|strategy:[A-Za-z0-9][A-Za-z0-9 &_.:-]{0,39})$/
const as = z
  .string()
  .regex(OWNER, 'manual, preexisting, external, strategy:<name> or split is expected')

const reason = z.string().trim().min(3, 'say why, in a few words').max(200)
const which = { symbol: capitals(64), exchange: capitals(16).optional() }
const account = name(40).default('paper')
const one = <T extends z.ZodType>(item: T) => z.object({ items: list(item), next: z.null() })

export const booksSchemas = {
  break: breakShape,
  breaks: one(breakShape),
  tracking: one(tracking),
  rules: one(rule),
  rulesQuery,
  reconciliation,
  run,
  settling,
  filter: z.strictObject({ account: name(40).optional(), symbol: capitals(64).optional() }),
  settleBody: z
    .strictObject({ account, ...which, product: z.enum(PRODUCTS).optional(), as, reason })
    .meta({ id: 'SettleBreak' }),
  settlingQuery: z.strictObject({ account, ...which, product: z.enum(PRODUCTS).optional(), as }),
  releaseBody: z.strictObject({ account, ...which }).meta({ id: 'ReleaseSymbol' }),
  settleOrderBody: z
    .strictObject({ as: z.literal('never-sent'), reason })
    .meta({ id: 'SettleOrder' }),
  orderParams: z.object({ id: orderId }),
} as const
