import type { FastifyReply, FastifyRequest } from 'fastify'
import { PRESETS } from '../core/guard-firms.ts'
import type { GuardsCommand, PresetView } from '../core/guard-port.ts'
import { rulesOf } from '../core/guard-presets.ts'
import { money } from '../core/amount.ts'
import { ruleText } from '../core/guard-wording.ts'
import { currency } from '../core/instrument.ts'
import type { Asked, PlainAnswer } from '../core/port.ts'
import { guardSchemas } from './contract-guards.ts'
import { errors, schemas, SECURITY } from './contract.ts'
import { ApiError } from './problem.ts'
import type { Api, ApiOptions } from './server.ts'
import { askedBy, failed, mustKnow } from './settle.ts'

type Port = Pick<ApiOptions, 'port'>
type Wish = GuardsCommand extends infer C ? (C extends Asked ? Omit<C, keyof Asked> : never) : never

const ASKED = errors(400, 401, 403, 404, 409, 413, 415, 422, 503)

// tidy-ok: one call a route
export function guardRoutes(app: Api, { port }: Port): void {
  const submit = async (request: FastifyRequest, reply: FastifyReply, wish: Wish) => {
    const answer = await port.submit({ ...askedBy(request), ...wish })
    settled(answer, reply, wish)
    const { account } = wish
    return onePage((await port.ask({ about: 'guards', account })).items)
  }

  app.get(
    '/api/v1/guards',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'How the guards of each account stand, and whether they are armed',
        security: SECURITY,
        querystring: guardSchemas.query,
        response: { 200: guardSchemas.guards, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      await mustKnow(port, request.query.account)
      return onePage((await port.ask({ about: 'guards', ...request.query })).items)
    },
  )

  app.get(
    '/api/v1/guards/alerts',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What guards have said, the newest first',
        security: SECURITY,
        querystring: guardSchemas.alertsQuery,
        response: { 200: guardSchemas.alerts, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request) => {
      const { cursor, ...asked } = request.query
      await mustKnow(port, asked.account)
      return port.ask({ about: 'guardAlerts', ...asked, before: cursor })
    },
  )

  app.get(
    '/api/v1/guards/presets',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'Rule sets to begin with, each with its source and the month it was read',
        security: SECURITY,
        response: { 200: guardSchemas.presets, ...errors(401, 403) },
      },
    },
    () => onePage(presetViews()),
  )

  app.post(
    '/api/v1/guards',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Sets a rule, or the rules of a preset',
        description: 'A rule of the same name and base keeps what it counts from.',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.setBody,
        response: { 200: guardSchemas.guards, ...ASKED },
      },
    },
    (request, reply) => submit(request, reply, { type: 'SetGuards', ...request.body }),
  )

  app.post(
    '/api/v1/guards/remove',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Removes a rule',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.removeBody,
        response: { 200: guardSchemas.guards, ...ASKED },
      },
    },
    (request, reply) => submit(request, reply, { type: 'RemoveGuards', ...request.body }),
  )

  for (const [url, type, summary] of ARMING) {
    app.post(
      url,
      {
        config: { scope: 'admin' },
        schema: {
          summary,
          security: SECURITY,
          headers: schemas.idempotency,
          body: guardSchemas.armBody,
          response: { 200: guardSchemas.guards, ...ASKED },
        },
      },
      (request, reply) => submit(request, reply, { type, ...request.body }),
    )
  }

  app.post(
    '/api/v1/guards/manual-close',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Closes a position, or all of them',
        description:
          'Answered with 200 once the broker’s book has shown twice that it is flat, with 202 ' +
          'after five seconds. Asked again while it goes on, it is closed once.',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.closeBody,
        response: { 200: guardSchemas.closed, 202: guardSchemas.closed, ...ASKED },
      },
    },
    async (request, reply) => {
      const { body } = request
      const answer = await port.submit({ type: 'Close', ...askedBy(request), ...body })
      if (answer.is !== 'closing') throw refused(answer, reply, body)
      if (answer.repeated) reply.header('idempotent-replayed', 'true')
      reply.code(answer.closed.confirmed ? 200 : 202)
      return answer.closed
    },
  )
  haltRoutes(app, submit)
}

const ARMING = [
  ['/api/v1/guards/arm', 'Arm', 'Arms what was tripped or disarmed; only a person does this'],
  ['/api/v1/guards/disarm', 'Disarm', 'Disarms the guards, and stops a countdown'],
] as const

type Submit = (request: FastifyRequest, reply: FastifyReply, wish: Wish) => Promise<never>

// tidy-ok: one call a route
function haltRoutes(app: Api, submitting: (...args: Parameters<Submit>) => Promise<unknown>): void {
  const submit = submitting as Submit
  app.post(
    '/api/v1/guards/halt',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'The kill switch: pauses entries, cancels orders, or closes everything',
        description: 'Each level does what the ones before it do. Closes and cancels always pass.',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.haltBody,
        response: { 200: guardSchemas.guards, ...ASKED },
      },
    },
    (request, reply) => submit(request, reply, { type: 'Halt', ...request.body }),
  )

  app.post(
    '/api/v1/guards/resume',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Lifts a halt',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.resumeBody,
        response: { 200: guardSchemas.guards, ...ASKED },
      },
    },
    (request, reply) => submit(request, reply, { type: 'Resume', ...request.body }),
  )

  app.post(
    '/api/v1/guards/stop-close',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Calls off a closing; what was closed stays closed',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.stopBody,
        response: { 200: guardSchemas.guards, ...ASKED },
      },
    },
    (request, reply) => submit(request, reply, { type: 'StopClose', ...request.body }),
  )

  app.post(
    '/api/v1/guards/acknowledge',
    {
      config: { scope: 'trade' },
      schema: {
        summary: 'Says that somebody knows of what is NOT FLAT; it is repeated only if it changes',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.knowBody,
        response: { 200: guardSchemas.guards, ...ASKED },
      },
    },
    (request, reply) => submit(request, reply, { type: 'KnowResidue', ...request.body }),
  )

  app.post(
    '/api/v1/guards/cash',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'Says what cash was that left the account without a trade',
        security: SECURITY,
        headers: schemas.idempotency,
        body: guardSchemas.cashBody,
        response: { 200: guardSchemas.guards, ...ASKED },
      },
    },
    (request, reply) => submit(request, reply, { type: 'SettleMissingCash', ...request.body }),
  )
}

/** What is not there is not found; everything else is refused as orders are. */
function refused(answer: PlainAnswer, reply: FastifyReply, body: object): Error {
  if ('repeated' in answer && answer.repeated) reply.header('idempotent-replayed', 'true')
  if (answer.is === 'unavailable') reply.header('retry-after', '1')
  if (answer.is === 'denied' && MISSING.has(answer.denial.code)) {
    const { code, context, field, says, remedy } = answer.denial
    const detail = `${says} ${code} ${context}`.trim()
    return new ApiError({ status: 404, code, detail, field, value: null, remedy })
  }
  return failed(answer, body as Readonly<Record<string, unknown>>)
}

const MISSING: ReadonlySet<string> = new Set([
  'NOTHING_TO_CLOSE',
  'CLOSING_NOT_FOUND',
  'GUARD_NOT_FOUND',
  'CASH_NOT_ASKED',
])

function settled(answer: PlainAnswer, reply: FastifyReply, body: object): void {
  if (answer.is !== 'guardsSettled') throw refused(answer, reply, body)
  if (answer.repeated) reply.header('idempotent-replayed', 'true')
}

const onePage = <T>(items: readonly T[]) => ({ items, next: null })

/** Percentages of an initial capital are shown of 100,000. */
const presetViews = (): PresetView[] =>
  PRESETS.map((preset) => {
    const { name, title, source, read, proof, note } = preset
    const of = { currency: currency('INR'), initial: money('100000'), minEquity: money('100') }
    const rules = (rulesOf(preset, of) ?? []).map((rule) => `${rule.name}: ${ruleText(rule)}`)
    return { preset: name, title, source, read, proof, note, rules }
  })
