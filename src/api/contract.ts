/** One schema per route: parsed once, and the source of the OpenAPI document. */
import { z } from 'zod'
import { whyNotDecimal } from '../core/amount.ts'

const DECIMALS = 8

/** Text or a JSON number in; plain decimal text inside. */
const amount = z
  .union([z.string(), z.number()])
  .transform(String)
  .superRefine((text, context) => {
    const why = whyNotDecimal(text, DECIMALS)
    if (why) context.addIssue({ code: 'custom', message: why })
  })
  .meta({ description: 'A decimal number, as text ("101.25") or as a JSON number.' })

const NAME = /^[A-Za-z0-9][A-Za-z0-9 &_.:-]*$/
const name = (max: number): z.ZodString =>
  z.string().min(1).max(max).regex(NAME, 'letters, digits, spaces and & _ . : - are expected')
const orderId = z
  .string()
  .max(80)
  .regex(/^[a-z0-9][a-z0-9-]*-\d+$/, 'an order id such as "paper-43" is expected')

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly()
const decimal = z.string()
const time = z.string().meta({ description: 'ISO 8601 with offset' })
const side = z.enum(['BUY', 'SELL'])

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

const fill = z
  .object({
    account: z.string(),
    orderId: z.string(),
    exchangeOrderId: z.string().nullable(),
    fillId: z.string(),
    tradeId: z.string(),
    symbol: z.string(),
    side,
    quantity: decimal,
    price: decimal,
    at: time,
    exchangeAt: time,
  })
  .meta({ id: 'Fill' })

const order = z
  .object({
    id: z.string(),
    account: z.string(),
    symbol: z.string(),
    exchange: z.string(),
    side,
    type: z.enum(['MARKET', 'LIMIT']),
    product: z.string(),
    quantity: decimal,
    price: decimal.nullable(),
    trigger: decimal.nullable(),
    status: z.enum([
      'PENDING',
      'UNKNOWN',
      'OPEN',
      'COMPLETE',
      'CANCELLED',
      'REJECTED',
      'EXPIRED',
      'LAPSED',
    ]),
    filled: decimal,
    remaining: decimal,
    average: decimal.nullable(),
    currency: z.string(),
    submittedAt: time,
    updatedAt: time,
    firstFillAt: time.nullable(),
    completedAt: time.nullable(),
    retryCount: z.number().int(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    brokerOrderId: z.string().nullable(),
    exchangeOrderId: z.string().nullable(),
    commission: decimal,
    by: z.string(),
    owner: z.string(),
    note: z.string().nullable(),
    tag: z.string(),
    history: list(
      z.object({
        orderId: z.string(),
        status: z.string(),
        filled: decimal,
        average: decimal.nullable(),
        at: time,
        message: z.string(),
        exchangeOrderId: z.string().nullable(),
      }),
    ),
    fills: list(fill),
  })
  .meta({ id: 'Order' })

const position = z
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

const verification = z
  .object({
    account: z.string(),
    readAt: time,
    failed: list(z.object({ part: z.string(), reason: z.string() })),
    working: z.number().int(),
    unknown: list(z.string()),
    breaks: list(
      z.object({
        symbol: z.string(),
        exchange: z.string(),
        product: z.string(),
        ours: decimal,
        theirs: decimal,
        since: time,
      }),
    ),
    agreed: z.boolean(),
  })
  .meta({ id: 'Verification' })

const placeOrder = z
  .strictObject({
    account: name(40).default('paper'),
    symbol: name(64).transform((text) => text.toUpperCase()),
    exchange: name(16)
      .transform((text) => text.toUpperCase())
      .optional(),
    side,
    quantity: amount,
    type: z.enum(['MARKET', 'LIMIT']),
    price: amount.optional(),
    product: z.enum(['CNC', 'MIS', 'NRML', 'MTF']).optional(),
    strategy: name(40).optional(),
    note: z.string().max(200).optional(),
  })
  .meta({ id: 'PlaceOrder' })

const LIMIT_MAX = 500
const LIMIT = 100
const limit = z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT)
const cursor = z.coerce.number().int().min(0).optional().meta({
  description: 'The `next` of the page before this one.',
})
const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: list(item), next: z.number().int().nullable() })

const filters = { account: name(40).optional(), symbol: name(64).optional() }
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
      version: z.string(),
      mode: z.literal('paper'),
      journal: z.object({ n: z.number().int() }),
    })
    .meta({ id: 'Health' }),
  placeOrder,
  idempotency,
  order,
  orderParams: z.object({ id: orderId }),
  ordersQuery: z.strictObject({ ...filters, status: order.shape.status.optional(), limit, cursor }),
  orders: listOf(order),
  fillsQuery: z.strictObject({ ...filters, orderId: orderId.optional(), limit, cursor }),
  fills: listOf(fill),
  positionsQuery: z.strictObject({ ...filters, limit, cursor }),
  positions: listOf(position),
  instrumentsQuery: z.strictObject({ search: z.string().max(64).default(''), limit }),
  instruments: listOf(instrument),
  accounts: listOf(account),
  accountParams: z.object({ account: name(40) }),
  verification,
  journal: z.object({ n: z.number().int(), hash: z.string() }).meta({ id: 'JournalHead' }),
} as const
