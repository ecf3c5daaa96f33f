/** What people are told, who they are, and what programs want them to know. */
import { z } from 'zod'
import { MESSAGE_KINDS, NOISES, SEVERITIES } from '../core/message.ts'
import { CHANNELS } from '../core/message-view.ts'
import { keyOf } from './auth.ts'
import { cursor, errors, limit, schemas, SECURITY } from './contract.ts'
import { list, name, time } from './contract-parts.ts'
import { ApiError } from './problem.ts'
import type { Api, ApiOptions } from './server.ts'

const kinds = list(z.enum(MESSAGE_KINDS))
const someKinds = (description: string) => kinds.optional().meta({ description })

const recipient = z
  .object({
    name: z.string(),
    channel: z.enum(CHANNELS),
    address: z.string().meta({ description: 'Its end alone.' }),
    from: z.enum(['settings', 'command']),
    noise: z.record(z.string(), z.enum(NOISES)),
    quietHours: z.string().nullable(),
    accounts: list(z.string()).nullable().meta({ description: 'Null: all.' }),
    waiting: z.number().int(),
    waitingSince: time.nullable(),
  })
  .meta({ id: 'Recipient' })

const letter = z
  .object({
    id: z.number().int(),
    key: z.string().meta({ description: 'Of what it tells: the same for all who are told.' }),
    recipient: z.string(),
    kind: z.enum(MESSAGE_KINDS),
    severity: z.enum(SEVERITIES),
    title: z.string(),
    account: z.string().nullable(),
    symbol: z.string().nullable(),
    at: time,
    state: z.enum(['waiting', 'sent', 'merged', 'old']).meta({
      description: 'merged: it arrived with others, as one; old: not while it mattered.',
    }),
    attempts: z.number().int(),
    reason: z.string().nullable().meta({ description: 'Why it did not arrive when last tried.' }),
  })
  .meta({ id: 'Letter' })

const notifications = z
  .object({
    banner: list(letter).meta({ description: 'Critical messages that have reached nobody.' }),
    recipients: list(recipient),
    items: list(letter),
    next: z.number().int().nullable(),
  })
  .meta({ id: 'Notifications' })

const tested = z
  .object({
    delivered: z.number().int(),
    items: list(
      z.object({
        recipient: z.string(),
        channel: z.enum(CHANNELS),
        delivered: z.boolean(),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'TestedNotifications' })

const said = z.object({ key: z.string(), recipients: list(z.string()) }).meta({ id: 'Told' })

const shown = (max: number) => z.string().trim().min(1).max(max)
const tellBody = z.strictObject({
  title: shown(120),
  text: shown(3_000),
  severity: z.enum(SEVERITIES).default('info').meta({
    description: 'What is an error is critical: not merged, not held back, passed on.',
  }),
  to: name(40).optional().meta({ description: 'One of them; otherwise all who want to hear.' }),
})
const testBody = z.strictObject({ to: name(40).optional() })
const recipientBody = z.strictObject({
  channel: z.enum(CHANNELS),
  address: z.string().min(1).max(2_000),
  on: someKinds('Kinds that arrive with a sound.'),
  silent: someKinds('Kinds that arrive without one.'),
  off: someKinds('Kinds that are not sent.'),
  quietHours: z.string().max(11).optional().meta({ description: '`22:00-07:00`' }),
  zone: z.string().max(64).optional().meta({ description: 'An IANA name, of those hours.' }),
  accounts: list(name(40)).optional(),
})
const named = z.strictObject({ name: name(40) })
const notificationsQuery = z.strictObject({ limit, cursor })

export function notificationsRoutes(app: Api, { notifier }: Pick<ApiOptions, 'notifier'>): void {
  app.get(
    '/api/v1/notifications',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What people were told, who they are, and what has reached nobody',
        security: SECURITY,
        querystring: notificationsQuery,
        response: { 200: notifications, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      const { limit: most, cursor: before = Number.MAX_SAFE_INTEGER } = request.query
      const items = notifier.latest(most, before)
      const next = items.length === most ? items.at(-1)!.id : null
      return { banner: notifier.banner(), recipients: notifier.recipients(), items, next }
    },
  )

  tellingRoutes(app, notifier)
  recipientRoutes(app, notifier)
}

function tellingRoutes(app: Api, notifier: ApiOptions['notifier']): void {
  app.post(
    '/api/v1/notifications',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Tell people something',
        security: SECURITY,
        headers: schemas.idempotency,
        body: tellBody,
        response: { 202: said, ...errors(400, 401, 403, 404, 503) },
      },
    },
    (request, reply) => {
      mustBeKnown(notifier, request.body.to)
      const { name: by } = keyOf(request)
      const given = request.headers['idempotency-key']
      const key = typeof given === 'string' ? `key:${by}/${given}` : undefined
      const recipients = notifier.tell({ ...request.body, key })
      reply.code(202)
      return { key: key ?? '', recipients }
    },
  )

  app.post(
    '/api/v1/notifications/test',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Send a test message now, and say what came of it',
        security: SECURITY,
        body: testBody,
        response: { 200: tested, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      mustBeKnown(notifier, request.body.to)
      const items = await notifier.test(request.body.to)
      return { delivered: items.filter(({ delivered }) => delivered).length, items }
    },
  )
}

function recipientRoutes(app: Api, notifier: ApiOptions['notifier']): void {
  app.put(
    '/api/v1/notifications/recipients/:name',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Add a recipient, or change one',
        security: SECURITY,
        params: named,
        body: recipientBody,
        response: { 200: recipient, ...errors(400, 401, 403, 503) },
      },
    },
    (request) => {
      const asked = { name: request.params.name, ...request.body }
      const bad = notifier.add(asked)
      if (bad) {
        const { field, why } = bad
        throw new ApiError({
          status: 400,
          code: 'BAD_RECIPIENT',
          detail: `${field}: ${why}.`,
          field,
          value: field === 'address' ? null : String(asked[field]),
          remedy: `Change "${field}".`,
        })
      }
      return notifier.recipients().find((each) => each.name === asked.name)!
    },
  )

  app.delete(
    '/api/v1/notifications/recipients/:name',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Tell somebody nothing any more',
        security: SECURITY,
        params: named,
        response: { 200: z.object({ name: z.string() }), ...errors(400, 401, 403, 404, 503) },
      },
    },
    (request) => {
      mustBeKnown(notifier, request.params.name)
      if (notifier.remove(request.params.name)) return request.params
      throw new ApiError({
        status: 400,
        code: 'RECIPIENT_IN_SETTINGS',
        detail: `${request.params.name} stands in the settings.`,
        field: 'name',
        value: request.params.name,
        remedy: 'Take it out of tallyman.yaml, .env or the environment.',
      })
    },
  )
}

function mustBeKnown(notifier: ApiOptions['notifier'], to: string | undefined): void {
  if (to === undefined || notifier.knows(to)) return
  throw new ApiError({
    status: 404,
    code: 'RECIPIENT_NOT_FOUND',
    detail: `Nobody is told under the name "${to}".`,
    field: 'to',
    value: to,
    remedy: 'GET /api/v1/notifications lists the recipients.',
  })
}
