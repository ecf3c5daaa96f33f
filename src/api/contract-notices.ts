/** What followers are told, as the API shows it. */
import { z } from 'zod'
import { NOTICE_KINDS } from '../core/notice.ts'
import { execution, fill, order } from './contract-order.ts'
import { decimal, list, name, side, time, whole } from './contract-parts.ts'
import { position } from './contract.ts'

const LIMIT_MAX = 500
const LIMIT = 100
/** Shorter than a proxy between us lets a connection be silent. */
export const WAIT_SECONDS_MAX = 25

const kind = z.enum(NOTICE_KINDS)
const KINDS = `some of ${NOTICE_KINDS.join(', ')}, with commas between`

export const noticesQuery = z.strictObject({
  after: whole(0, Number.MAX_SAFE_INTEGER).optional().meta({
    description: 'A `sequence`, or the `next` of the page before; without it, from now on.',
  }),
  kinds: z
    .string()
    .refine((text) => text.split(',').every((each) => kind.safeParse(each).success), KINDS)
    .transform((text) => text.split(',') as z.infer<typeof kind>[])
    .optional()
    .meta({ description: `All, or ${KINDS}.` }),
  account: name(40).optional(),
  limit: whole(1, LIMIT_MAX)
    .default(LIMIT)
    .meta({
      description:
        `How many, up to ${LIMIT_MAX}; ${LIMIT} unless told. There may be a few more: what one ` +
        'event brings is never torn apart.',
    }),
  wait: whole(0, WAIT_SECONDS_MAX).default(0).meta({
    description: 'Seconds to wait for something to happen, before an empty page is answered.',
  }),
})

const traded = {
  symbol: z.string(),
  exchange: z.string(),
  orderId: z.string(),
  quantity: decimal,
}

const notice = z
  .object({
    sequence: z.number().int().meta({ description: 'Of the event; it only grows.' }),
    kind,
    event: z.string().meta({ description: 'What happened, as in the audit trail.' }),
    account: z.string(),
    at: time,
    order: order.optional().meta({ description: 'As it was right after the event.' }),
    fill: fill.optional(),
    position: position.optional().meta({
      description: 'As it was right after the event; valued at its price, if it was a trade.',
    }),
    rejected: z.object({ ...traded, code: z.string(), reason: z.string() }).optional(),
    executed: z
      .object({ ...traded, side, price: decimal })
      .optional()
      .meta({ description: 'An order is complete; the price is its average.' }),
    execution: execution.optional().meta({
      description: 'Of an order that has ended; again where a trade changed it afterwards.',
    }),
    dayClosed: z
      .object({
        group: z.string(),
        date: z.string(),
        success: z.boolean(),
        durationSeconds: z.number(),
        stepsCompleted: z.number().int(),
        stepsFailed: z.number().int(),
        summary: z.string(),
      })
      .optional()
      .meta({ description: 'What the end of a day came to.' }),
  })
  .meta({ id: 'Notice', description: 'What is told stands under the name of its kind.' })

export const notices = z
  .object({
    items: list(notice),
    next: z.number().int().meta({ description: 'The `after` of the next page.' }),
    more: z.boolean().meta({ description: 'The next page is there without waiting.' }),
  })
  .meta({ id: 'Notices' })
