/** One schema per route: parsed once, and the source of the OpenAPI document. */
import { z } from 'zod'
import { SESSION_GROUPS } from '../core/instrument.ts'
import { caller, oneOwner, orderFilters } from './contract-order.ts'
import { amendOrder, execution, fill, order, placeOrder } from './contract-order.ts'
import { EVENT_TYPES } from '../store/audit.ts'
import { capitals, decimal, list, moment, name, orderId, time, whole } from './contract-parts.ts'

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    field: z.string().nullable(),
    value: z.string().nullable(),
    remedy: z.string(),
  })
  .meta({ id: 'Problem' })

export const position = z
  .object({
    account: z.string(),
    symbol: z.string(),
    exchange: z.string(),
    product: z.string(),
    owner: z.string(),
    currency: z.string(),
    quantity: decimal.meta({ description: 'Signed: short is negative.' }),
    average: decimal.nullable(),
    last: decimal.nullable(),
    realized: decimal,
    unrealized: decimal.nullable().meta({ description: 'Null while no price is known.' }),
  })
  .meta({ id: 'Position' })

const instrument = z
  .object({
    symbol: z.string(),
    exchange: z.string(),
    name: z.string(),
    group: z.string(),
    currency: z.string(),
    tick: decimal,
    lot: decimal,
    multiplier: decimal,
    products: list(z.string()),
    freeze: decimal.nullable().meta({ description: 'The most one order may carry.' }),
    band: z.object({ low: decimal, high: decimal }).nullable(),
    sessions: z.enum(SESSION_GROUPS),
    last: decimal.nullable(),
  })
  .meta({ id: 'Instrument' })

const account = z
  .object({
    account: z.string(),
    broker: z.string(),
    mode: z.enum(['paper', 'live']),
    connected: z.boolean(),
    closed: z.boolean(),
    cash: list(z.object({ currency: z.string(), cash: decimal, free: decimal })),
    working: z.number().int(),
    unknown: z.number().int(),
    breaks: z.number().int(),
  })
  .meta({ id: 'Account' })

const difference = {
  symbol: z.string(),
  exchange: z.string(),
  product: z.string(),
  ours: decimal,
  theirs: decimal,
}

const verification = z
  .object({
    account: z.string(),
    readAt: time,
    failed: list(z.object({ part: z.string(), reason: z.string() })),
    working: z.number().int(),
    unknown: list(z.string()),
    breaks: list(z.object({ ...difference, since: time })),
    differing: list(z.object(difference)),
    agreed: z.boolean(),
  })
  .meta({ id: 'Verification' })

const auditItem = z
  .object({
    seq: z.number().int(),
    account: z.string(),
    at: time,
    type: z.string(),
    orderId: z.string().nullable(),
    by: z.string().nullable(),
    cause: z.string(),
    summary: z.string(),
    event: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditItem' })

const LIMIT_MAX = 500
const LIMIT = 100
export const limit = whole(1, LIMIT_MAX)
  .default(LIMIT)
  .meta({ description: `How many at most, up to ${LIMIT_MAX}; ${LIMIT} unless told.` })
export const cursor = whole(0, Number.MAX_SAFE_INTEGER).optional().meta({
  description: 'The `next` of the page before this one.',
})
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: list(item), next: z.number().int().nullable() })

const filters = { account: name(40).optional(), symbol: capitals(64).optional() }
const idempotency = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .regex(/^[\x21-\x7e]+$/, 'visible ASCII characters without spaces are expected')
    .optional()
    .meta({ description: 'Sending the same request again under the same key does nothing twice.' }),
})

export const schemas = {
  problem,
  health: z
    .object({
      status: z.enum(['ok', 'starting', 'stopped']),
      disk: z.enum(['ample', 'low', 'short', 'unwatched']).meta({
        description:
          'When it is short, new orders are refused with 507; unwatched, no room is kept.',
      }),
      version: z.string(),
      mode: z.literal('paper'),
      journal: z.object({ n: z.number().int() }),
    })
    .meta({ id: 'Health' }),
  placeOrder,
  amendOrder,
  idempotency,
  order,
  execution,
  cancelAllQuery: z.strictObject({
    account: name(40).default('paper'),
    symbol: capitals(64).optional(),
    exchange: capitals(16).optional(),
    strategy: name(40).optional(),
  }),
  cancelled: z.object({ items: list(order) }),
  orderParams: z.object({ id: orderId }),
  ordersQuery: z
    .strictObject({
      ...filters,
      ...orderFilters,
      status: order.shape.status.optional(),
      limit,
      cursor,
    })
    .superRefine(oneOwner),
  orders: listOf(order),
  fillsQuery: z.strictObject({ ...filters, orderId: orderId.optional(), limit, cursor }),
  fills: listOf(fill),
  positionsQuery: z.strictObject({ ...filters, limit, cursor }),
  positions: listOf(position),
  instrumentsQuery: z.strictObject({
    search: z.string().max(64).default(''),
    limit,
    cursor,
  }),
  instruments: listOf(instrument),
  account,
  accounts: listOf(account),
  accountParams: z.object({ account: name(40) }),
  verification,
  auditQuery: z.strictObject({
    account: filters.account,
    orderId: orderId.optional(),
    type: z.enum(EVENT_TYPES).optional(),
    by: caller,
    from: moment,
    to: moment,
    limit,
    cursor,
  }),
  audit: listOf(auditItem),
  journal: z.object({ n: z.number().int(), hash: z.string() }).meta({ id: 'JournalHead' }),
} as const

/** The errors a route may answer with. */
export const errors = (...codes: readonly number[]): Record<number, typeof problem> =>
  Object.fromEntries(codes.map((code) => [code, problem]))

export const SECURITY = [{ key: [] }]
