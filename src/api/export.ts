/** Whole tables over HTTP, in pieces: nobody holds all of one in memory, on either side. */
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { ExportAsked, Format } from '../core/exporting.ts'
import { FORMATS, WHATS } from '../core/exporting.ts'
import { errors, SECURITY } from './contract.ts'
import { bound, name } from './contract-parts.ts'
import { ApiError } from './problem.ts'
import type { Api, ApiOptions } from './server.ts'
import { mustKnow } from './settle.ts'

/** The text of a table, piece by piece; ended early, it lets go of what it holds. */
export type Exporter = (asked: ExportAsked) => AsyncGenerator<string, void, void>

/** Each reads beside the desk, and takes turns with it. */
const AT_ONCE = 2
/** Who takes nothing for so long, or twice so long, is cut off: Node looks once whether he did. */
const STALL_MS = 30_000

const TYPES: Readonly<Record<Format, string>> = {
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  csv: 'text/csv',
}

export const exportQuery = z
  .strictObject({
    what: z.enum(WHATS),
    format: z.enum(FORMATS).default('ndjson'),
    account: name(40).optional(),
    from: bound,
    to: bound,
  })
  .superRefine(({ what, from, to }, context) => {
    if (what !== 'positions') return
    const field = from !== undefined ? 'from' : to !== undefined ? 'to' : undefined
    if (field === undefined) return
    const message = 'nothing: positions are told as they stand'
    context.addIssue({ code: 'custom', path: [field], message })
  })

const text = z.string()
const content = Object.fromEntries(Object.values(TYPES).map((type) => [type, { schema: text }]))

export function exportRoutes(app: Api, { port, exporter }: ApiOptions): void {
  const open = new Set<Readable>()
  // Nobody who reads slowly, or not at all, holds up the end of the desk.
  app.addHook('preClose', async () => {
    for (const each of open) each.destroy()
  })
  app.get(
    '/api/v1/export',
    {
      config: { scope: 'read' },
      exposeHeadRoute: false,
      schema: {
        summary: 'A whole table as it stands, the oldest first, in pieces',
        description:
          'Orders by when they were placed, fills by when they traded, executions of what ' +
          'traded, trades by when they were closed, the audit trail, positions, statistics by ' +
          'trading day and owner. A stream ' +
          'that breaks off is not whole: its connection ends without the last piece.',
        security: SECURITY,
        querystring: exportQuery,
        response: { 200: { content }, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request, reply) => {
      const asked = request.query
      await mustKnow(port, asked.account)
      if (open.size >= AT_ONCE) throw busy()
      const stream = Readable.from(exporter(asked))
      open.add(stream)
      stream.once('close', () => open.delete(stream))
      // The socket’s own: it counts from the last byte that was taken.
      reply.raw.setTimeout(STALL_MS, () => reply.raw.destroy()) // tidy-ok
      const file = `attachment; filename="${asked.what}.${asked.format}"`
      reply.header('content-disposition', file)
      return reply.type(`${TYPES[asked.format]}; charset=utf-8`).send(stream as never)
    },
  )
}

const busy = (): ApiError =>
  new ApiError({
    status: 503,
    code: 'EXPORTS_BUSY',
    detail: `${AT_ONCE} exports are being read already.`,
    field: null,
    value: null,
    remedy: 'Ask again when one of them has ended.',
  })
