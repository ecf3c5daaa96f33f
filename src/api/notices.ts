/** What happens, for whoever follows over HTTP: asked for, and waited for, page by page. */
import { notices, noticesQuery } from './contract-notices.ts'
import { errors, SECURITY } from './contract.ts'
import { ApiError } from './problem.ts'
import type { Api, ApiOptions } from './server.ts'
import { nextNotices } from './waiting.ts'

/** Each of them holds a connection and nothing else. */
const WAITERS_MAX = 256
const SECOND = 1_000

export function noticesRoutes(app: Api, { port, timer }: Pick<ApiOptions, 'port' | 'timer'>): void {
  const waiters = new Set<AbortController>()
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    for (const waiter of waiters) waiter.abort() // or the server would stay up for them
    done()
  })

  app.get(
    '/api/v1/events',
    {
      config: { scope: 'read' },
      schema: {
        summary: 'What has happened since, the oldest first; waits for it where asked to',
        description:
          'Ask for what comes after a `sequence`, and again with `next`: nothing is lost or told ' +
          'twice, also across a restart of the desk.',
        security: SECURITY,
        querystring: noticesQuery,
        response: { 200: notices, ...errors(400, 401, 403, 404, 503) },
      },
    },
    async (request, reply) => {
      const { wait, ...asked } = request.query
      if (waiters.size >= WAITERS_MAX) throw crowded()
      const waiter = new AbortController()
      waiters.add(waiter)
      const disarm = timer(wait * SECOND, () => waiter.abort())
      reply.raw.once('close', () => waiter.abort())
      try {
        if (wait === 0) waiter.abort()
        const page = await nextNotices(port, asked, { left: waiter.signal })
        if (isClosing) reply.header('connection', 'close')
        return page
      } finally {
        disarm()
        waiters.delete(waiter)
      }
    },
  )
}

const crowded = (): ApiError =>
  new ApiError({
    status: 503,
    code: 'TOO_MANY_FOLLOWERS',
    detail: `As many as may wait for events, ${WAITERS_MAX}, are waiting already.`,
    field: null,
    value: null,
    remedy: 'Follow several kinds with one request, or wait a moment.',
  })
