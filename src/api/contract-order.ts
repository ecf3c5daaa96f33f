/** Orders, as they are asked for and as they are shown. */
import { z } from 'zod'
import { CHARGE_NAMES } from '../core/charges.ts'
import { PRODUCTS } from '../core/instrument.ts'
import { REASONS } from '../core/order.ts'
import { amount, capitals, decimal, list, name, side, time } from './contract-parts.ts'

/** A day of minutes: longer than any trading day. */
const MINUTES_MAX = 1_440

export const fill = z
  .object({
    account: z.string(),
    orderId: z.string(),
    exchangeOrderId: z.string().nullable(),
    fillId: z.string(),
    tradeId: z.string(),
    symbol: z.string(),
    exchange: z.string(),
    side,
    quantity: decimal,
    price: decimal,
    isBust: z.boolean().meta({ description: 'It takes an earlier fill of the trade back.' }),
    at: time,
    exchangeAt: time,
  })
  .meta({ id: 'Fill' })

const chargeLines = z
  .record(z.enum(CHARGE_NAMES), decimal)
  .meta({ id: 'Charges', description: 'By line, in the currency of the order.' })

export const order = z
  .object({
    id: z.string(),
    account: z.string(),
    symbol: z.string(),
    exchange: z.string(),
    side,
    type: z.enum(['MARKET', 'LIMIT', 'SL', 'SL-M']),
    product: z.string(),
    quantity: decimal,
    price: decimal.nullable(),
    trigger: decimal.nullable(),
    validity: z.enum(['DAY', 'IOC', 'TTL']),
    validityMinutes: z.number().int().nullable(),
    disclosed: decimal.nullable(),
    reduceOnly: z.boolean(),
    reason: z.string().meta({ description: 'signal, stop, target, manual, or guard:<why>.' }),
    skippedChecks: z.boolean(),
    parentId: z.string().nullable().meta({ description: 'Of a slice: the first of them.' }),
    slices: list(z.string()).meta({ description: 'Of the first slice: all of them.' }),
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
    multiplier: decimal,
    submittedAt: time,
    updatedAt: time,
    firstFillAt: time.nullable(),
    completedAt: time.nullable(),
    retryCount: z.number().int(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    brokerOrderId: z.string().nullable(),
    exchangeOrderId: z.string().nullable(),
    amending: z.boolean().meta({ description: 'A change was asked for and is not settled.' }),
    cancelling: z.boolean(),
    arrival: decimal.nullable().meta({ description: 'The market when the order was placed.' }),
    commission: decimal,
    charges: chargeLines,
    by: z.string(),
    owner: z.string(),
    note: z.string().nullable(),
    warning: z.string().nullable(),
    signalId: z.string().nullable(),
    approvalId: z.string().nullable(),
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

const slippage = z
  .object({ price: decimal, perUnit: decimal, amount: decimal })
  .nullable()
  .meta({ id: 'Slippage', description: 'Cost against that price; negative is better.' })

export const execution = z
  .object({
    orderId: z.string(),
    ...order.pick({
      exchangeOrderId: true,
      account: true,
      symbol: true,
      exchange: true,
      side: true,
      type: true,
      product: true,
      owner: true,
      status: true,
      currency: true,
      filled: true,
      remaining: true,
      average: true,
      submittedAt: true,
      firstFillAt: true,
      completedAt: true,
      fills: true,
      charges: true,
    }).shape,
    requested: decimal,
    totalCharges: decimal,
    slippage: z.object({ arrival: slippage, limit: slippage, vwap: slippage }),
  })
  .meta({ id: 'Execution' })

/** What of an order can also be changed later. SL_M is how some write SL-M. */
const changeable = {
  quantity: amount.optional(),
  type: z
    .enum(['MARKET', 'LIMIT', 'SL', 'SL-M', 'SL_M'])
    .transform((type) => (type === 'SL_M' ? 'SL-M' : type)),
  price: amount.optional().meta({
    description: 'The limit; of a MARKET or SL-M order your reference, which is never sent.',
  }),
  trigger: amount.optional(),
  validity: z.enum(['DAY', 'IOC', 'TTL']).optional(),
  validityMinutes: z.number().int().min(1).max(MINUTES_MAX).optional().meta({
    description: 'With validity TTL: minutes from when the broker has it.',
  }),
  disclosed: amount.optional(),
}

type Valid = {
  readonly validity?: string | undefined
  readonly validityMinutes?: number | undefined
}

function validityFits({ validity, validityMinutes }: Valid, context: z.RefinementCtx): void {
  const path = ['validityMinutes']
  if (validity === 'TTL' && validityMinutes === undefined) {
    context.addIssue({ code: 'custom', path, message: 'validity TTL needs its minutes' })
  }
  if (validity !== 'TTL' && validityMinutes !== undefined) {
    context.addIssue({ code: 'custom', path, message: 'minutes belong to validity TTL alone' })
  }
}

const reference = z.string().min(1).max(100).optional()

export const caller = name(80).optional().meta({
  description: 'Who asked: `key:` or `strategy:` and a name.',
})

/** What orders are looked up by, besides account, symbol and status. */
export const orderFilters = {
  by: caller,
  owner: name(80).optional().meta({ description: 'Whose book: `manual`, `strategy:` and a name.' }),
  strategy: name(40).optional().meta({ description: 'Short for `owner=strategy:` and this.' }),
  signalId: reference,
  approvalId: reference,
}

type Whose = { readonly owner?: string | undefined; readonly strategy?: string | undefined }

/** One who names both may mean either. */
export function oneOwner({ owner, strategy }: Whose, context: z.RefinementCtx): void {
  if (owner === undefined || strategy === undefined) return
  context.addIssue({ code: 'custom', path: ['strategy'], message: 'an owner, or a strategy' })
}

export const placeOrder = z
  .strictObject({
    account: name(40).default('paper'),
    symbol: capitals(64),
    exchange: capitals(16).optional(),
    side,
    ...changeable,
    product: z.enum(PRODUCTS).optional(),
    reduceOnly: z.boolean().optional().meta({
      description:
        'Without a quantity it closes all of what its owner holds that is safe to close.',
    }),
    slice: z.boolean().optional().meta({
      description: 'Cut into as many orders as the freeze quantity makes necessary, ten at most.',
    }),
    strategy: name(40).optional().meta({
      description:
        'Whose book it goes to. Its entries may leave the quantity to CAPITAL_PER_TRADE.',
    }),
    note: z.string().max(200).optional(),
    signalId: reference,
    approvalId: reference,
    reason: z.enum(REASONS).optional().meta({
      description: 'What it is for; of an exit, why the trade is ended.',
    }),
    skipChecks: z
      .boolean()
      .optional()
      .meta({
        description:
          'With a key of scope admin: without the checks of caps, band, session and cash. What ' +
          'keeps the books right is never left out.',
      }),
  })
  .superRefine((ticket, context) => {
    validityFits(ticket, context)
    const { quantity, strategy, reduceOnly = false } = ticket
    if (quantity !== undefined || strategy !== undefined || reduceOnly) return
    context.addIssue({ code: 'custom', path: ['quantity'], message: 'a quantity is expected' })
  })
  .meta({ id: 'PlaceOrder' })

export const amendOrder = z
  .strictObject({ ...changeable, type: changeable.type.optional() })
  .superRefine(validityFits)
  .meta({ id: 'AmendOrder' })
