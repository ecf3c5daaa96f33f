import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fastify } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import type { Messages } from '../core/message-view.ts'
import type { DeskPort } from '../core/port.ts'
import type { State } from '../store/state.ts'
import { documented } from './document.ts'
import type { Exporter } from './export.ts'
import { faultOf } from './fault.ts'
import type { Fault } from './problem.ts'
import { ApiError, problemOf, shown } from './problem.ts'
import { routes } from './routes.ts'

export type ApiOptions = {
  readonly port: DeskPort
  readonly state: State
  readonly exporter: Exporter
  readonly notifier: Messages
  readonly version: string
  /** Whether the desk takes commands now. */
  readonly status: () => 'ok' | 'starting' | 'stopped'
  /** How much room there is for the journal. */
  readonly disk: () => 'ample' | 'low' | 'short' | 'unwatched'
  /** Proves to the command line that it has reached the desk whose data folder it reads. */
  readonly prove: (challenge: string) => string
  /** Runs it after so many milliseconds; returns what prevents that. */
  readonly timer: (milliseconds: number, run: () => void) => () => void
  /** Hears of answers that were our own mistake. */
  readonly onMistake: (error: Error) => void
}

const BODY_BYTES_MAX = 64 * 1024
const HEADERS_MS_MAX = 10_000
/** For requests that are being answered when we close. */
const GRACE_MS = 2_000

export type Api = ReturnType<typeof withZod>

const withZod = (app: FastifyInstance) => app.withTypeProvider<ZodTypeProvider>()

export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: HEADERS_MS_MAX,
    routerOptions: { maxParamLength: 200 },
    logger: false,
    frameworkErrors: refuse,
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const fault = faultOf(error, request)
    if (fault.status >= 500 && !(error instanceof ApiError)) options.onMistake(error)
    void reply.code(fault.status).type('application/problem+json').send(problemOf(fault))
  })
  app.setNotFoundHandler((request, reply) => {
    const fault: Fault = {
      status: 404,
      code: 'NO_SUCH_ROUTE',
      detail: `There is no ${request.method} ${shown(request.url.split('?')[0])}.`,
      field: 'path',
      value: shown(request.url.split('?')[0]),
      remedy: 'See /docs for what there is.',
    }
    void reply.code(404).type('application/problem+json').send(problemOf(fault))
  })
  app.addHook('onSend', async (request, reply) => {
    const challenge = request.headers['x-tallyman-challenge']
    if (typeof challenge === 'string') reply.header('x-tallyman-answer', options.prove(challenge))
    reply.header('x-content-type-options', 'nosniff')
    reply.header('cache-control', 'no-store')
  })
  app.addHook('preClose', (done) => {
    // Whoever holds a connection without a word must not keep the desk up.
    const disarm = options.timer(GRACE_MS, () => app.server.closeAllConnections())
    app.server.once('close', disarm)
    done()
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tallyman',
        version: options.version,
        description: 'A self-hosted order desk for people who trade by program.',
      },
      components: {
        securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      },
    },
    transform: withScope,
    transformObject: (given) => documented(jsonSchemaTransformObject(given)),
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, () => app.swagger())
  await app.register((scope) => routes(withZod(scope), options))
  return app
}

/** What a key must allow stands with each route, for whoever reads the document. */
const withScope: typeof jsonSchemaTransform = (given) => {
  const { schema, url } = jsonSchemaTransform(given)
  const { scope } = given.route.config ?? {}
  return { url, schema: scope === undefined ? schema : { ...schema, 'x-scope': scope } }
}

/** A request that never reaches a route, answered like any other that is wrong. */
function refuse(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply
    .code(400)
    .type('application/problem+json')
    .send(problemOf(faultOf(error, request)))
}
