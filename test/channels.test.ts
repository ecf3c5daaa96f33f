/** Channels against servers that nobody here wrote, and against bad days. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import * as telegramTestApi from 'telegram-test-api'
import type { Message } from '../src/core/message.ts'
import { alert } from '../src/core/message.ts'
import type { Channel, Delivery, Sending } from '../src/notify/channel.ts'
import { MailChannel } from '../src/notify/channels/mail.ts'
import { isPublic } from '../src/notify/channels/public-address.ts'
import { TelegramChannel } from '../src/notify/channels/telegram.ts'
import { WebhookChannel, whyNotUrl } from '../src/notify/channels/webhook.ts'

const TOKEN = '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc'

const message = (text = 'M&M rose <5 %> in NIFTY_50.'): Message =>
  alert({ title: 'SCAN', text, severity: 'info' })

const sending = (address: string, over: Partial<Sending> = {}): Sending => ({
  address,
  message: message(),
  silent: false,
  key: 'paper-7/asha',
  again: false,
  ...over,
})

async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

const closing = <C extends Channel>(t: TestContext, channel: C): C => {
  t.after(() => channel.close())
  return channel
}

type Failed = Extract<Delivery, { readonly is: 'failed' }>
const failure = (delivery: Delivery): Failed => {
  assert.ok(delivery.is === 'failed', delivery.is)
  return delivery
}

// Telegram

type TestServer = {
  readonly config: { readonly apiURL: string }
  start(): Promise<void>
  stop(): Promise<unknown>
  getClient(
    token: string,
    options?: object,
  ): { getUpdates(): Promise<{ readonly result: readonly { readonly message: Said }[] }> }
}
type Said = { readonly text: string; readonly parse_mode?: string; readonly chat_id: string }

/** It is written in CommonJS: where its class is depends on who loads it. */
const TelegramServer = ((telegramTestApi as { readonly default?: unknown }).default ??
  telegramTestApi) as unknown as { readonly default?: unknown }
const ServerClass = (TelegramServer.default ?? TelegramServer) as new (config: object) => TestServer

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('Telegram: a message arrives at a Bot API server that somebody else wrote', async (t) => {
  const server = new ServerClass({ port: await freePort(), host: '127.0.0.1' })
  await server.start()
  t.after(() => server.stop())
  const { apiURL } = server.config
  const channel = closing(t, new TelegramChannel({ token: TOKEN, apiRoot: apiURL }))
  assert.deepEqual(await channel.send(sending('1')), { is: 'delivered' })
  const { result } = await server.getClient(TOKEN, { chatId: 1 }).getUpdates()
  assert.deepEqual(
    result.map(({ message: { text, parse_mode: mode } }) => [mode, text]),
    [['HTML', 'ℹ️ <b>SCAN</b>\nM&amp;M rose &lt;5 %&gt; in NIFTY_50.']],
  )
})

type Refusal = { readonly status: number; readonly body: object }
const refusal = (code: number, description: string, parameters: object = {}): Refusal => ({
  status: code,
  body: { ok: false, error_code: code, description, parameters },
})

/** A Bot API server that answers what it is told to, one after the other. */
async function botApi(t: TestContext, answers: (Refusal | 'reset')[]) {
  const asked: Record<string, unknown>[] = []
  const apiRoot = await listen(t, (request, response) => {
    void bodyOf(request).then((text) => {
      asked.push(JSON.parse(text) as Record<string, unknown>)
      const answer = answers.shift()
      if (answer === 'reset') return void request.socket.destroy()
      const body = answer?.body ?? { ok: true, result: { message_id: 1 } }
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    })
  })
  return { asked, channel: closing(t, new TelegramChannel({ token: TOKEN, apiRoot })) }
}

test('Telegram: each refusal is told apart, and the token stands in none', async (t) => {
  const { channel } = await botApi(t, [
    refusal(429, 'Too Many Requests: retry after 17', { retry_after: 17 }),
    refusal(403, 'Forbidden: bot was blocked by the user'),
    refusal(401, 'Unauthorized'),
    refusal(400, 'Bad Request: chat not found'),
    refusal(502, 'Bad Gateway'),
    refusal(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -1001 }),
    'reset',
  ])
  const said: Delivery[] = []
  for (let n = 0; n < 7; n++) said.push(await channel.send(sending('42')))
  assert.deepEqual(
    said.map((each) =>
      each.is === 'failed' ? [each.hopeless, each.unsure, each.afterMs] : [each.is],
    ),
    [
      [false, false, 17_000],
      [true, false, undefined],
      [true, false, undefined],
      [true, false, undefined],
      [false, true, undefined],
      ['moved'],
      [false, true, undefined],
    ],
  )
  assert.doesNotMatch(JSON.stringify(said), new RegExp(TOKEN.slice(10)))
})

test('Telegram: what it cannot read as HTML is sent as plain text, and is not lost', async (t) => {
  const { channel, asked } = await botApi(t, [
    refusal(400, "Bad Request: can't parse entities: unsupported start tag"),
  ])
  assert.deepEqual(await channel.send(sending('42', { again: true })), { is: 'delivered' })
  assert.deepEqual(
    asked.map(({ parse_mode: mode }) => mode),
    ['HTML', undefined],
  )
  assert.match(String(asked[1]?.['text']), /M&M rose <5 %>[^]*Sent again/)
})

test('Telegram: a text of any length fits, and says that it was cut', async (t) => {
  const { channel, asked } = await botApi(t, [])
  const lines = Array.from({ length: 300 }, (_, n) => ({
    icon: '▪️',
    label: `Line ${n}`,
    value: 'x'.repeat(100),
  }))
  await channel.send(sending('42', { message: { ...message(), lines } }))
  const text = String(asked[0]?.['text'])
  assert.ok(text.length <= 4_096)
  assert.match(text, /…$/)
})

// Mail

type Mail = { readonly to: readonly string[]; readonly text: string }

async function mailServer(t: TestContext, refuse?: (to: string) => Error | undefined) {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.password === 'right-password'
        ? done(null, { user: auth.username })
        : done(Object.assign(new Error('Invalid credentials'), { responseCode: 535 })),
    onRcptTo: ({ address }, _session, done) => done(refuse?.(address)),
    onData: (stream, session, done) => {
      let text = ''
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text })
        done()
      })
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { mails, port }
}

const mailTo = (t: TestContext, port: number, over: object = {}): MailChannel =>
  closing(
    t,
    new MailChannel({
      host: '127.0.0.1',
      port,
      security: 'none',
      user: undefined,
      password: undefined,
      from: 'desk@example.com',
      ...over,
    }),
  )

test('mail: it arrives, and repeats of it can be told by their id', async (t) => {
  const { mails, port } = await mailServer(t)
  const channel = mailTo(t, port, { user: 'desk', password: 'right-password' })
  assert.deepEqual(await channel.send(sending('asha@example.com')), { is: 'delivered' })
  assert.deepEqual(await channel.send(sending('asha@example.com')), { is: 'delivered' })
  assert.deepEqual(mails[0]?.to, ['asha@example.com'])
  const ids = mails.map(({ text }) => /^Message-ID: (.*)$/im.exec(text)?.[1])
  assert.deepEqual(ids, ['<paper-7.asha@tallyman>', '<paper-7.asha@tallyman>'])
  assert.match(mails[0]?.text ?? '', /^Subject: Tallyman SCAN/m)
})

test('mail: refusals for good and for now are told apart, without the password', async (t) => {
  const { port } = await mailServer(t, (to) => {
    if (to.startsWith('later')) return Object.assign(new Error('Busy'), { responseCode: 451 })
    if (to.startsWith('nobody')) return Object.assign(new Error('No such'), { responseCode: 550 })
    return undefined
  })
  const now = failure(await mailTo(t, port).send(sending('later@example.com')))
  const never = failure(await mailTo(t, port).send(sending('nobody@example.com')))
  const wrong = mailTo(t, port, { user: 'desk', password: 'wrong-password' })
  const denied = failure(await wrong.send(sending('asha@example.com')))
  const gone = failure(await mailTo(t, 1).send(sending('asha@example.com')))
  assert.deepEqual(
    [now, never, denied, gone].map(({ hopeless }) => hopeless),
    [false, true, true, false],
  )
  assert.doesNotMatch(JSON.stringify([now, never, denied, gone]), /wrong-password/)
})

test('mail: nothing goes out unencrypted where encryption was asked for', async (t) => {
  const { mails, port } = await mailServer(t)
  const channel = mailTo(t, port, { security: 'starttls' })
  assert.equal((await channel.send(sending('asha@example.com'))).is, 'failed')
  assert.equal(mails.length, 0)
})

// Webhook

const hook = (t: TestContext, over: object = {}): WebhookChannel =>
  closing(
    t,
    new WebhookChannel({
      secret: 'hush',
      shape: 'tallyman',
      trusted: [],
      now: () => 1_700_000_000_000,
      patienceMs: 200,
      ...over,
    }),
  )

const trusting = (url: string): object => ({ trusted: [new URL(url).host] })

test('webhook: the body is signed with its time, by an HMAC anybody can check', async (t) => {
  const got: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
  const url = await listen(t, (request, response) => {
    void bodyOf(request).then((body) => {
      got.push({ headers: request.headers, body })
      response.end('ok')
    })
  })
  assert.deepEqual(await hook(t, trusting(url)).send(sending(`${url}/x`)), { is: 'delivered' })
  const { headers, body } = got[0]!
  const sign = createHmac('sha256', 'hush').update(`1700000000.${body}`).digest('hex')
  assert.equal(headers['x-tallyman-signature'], `t=1700000000,v1=${sign}`)
  assert.equal(headers['x-tallyman-id'], 'paper-7/asha')
  assert.equal((JSON.parse(body) as { readonly title: string }).title, 'SCAN')
})

test('webhook: Slack and Discord get their own form, and Discord pings nobody', async (t) => {
  const bodies: unknown[] = []
  const url = await listen(t, (request, response) => {
    void bodyOf(request).then((body) => {
      bodies.push(JSON.parse(body))
      response.end()
    })
  })
  for (const shape of ['slack', 'discord']) {
    await hook(t, { ...trusting(url), shape }).send(
      sending(`${url}/x`, { message: message('@everyone') }),
    )
  }
  assert.deepEqual(bodies, [
    { text: 'ℹ️ SCAN\n@everyone' },
    { content: 'ℹ️ SCAN\n@everyone', allowed_mentions: { parse: [] } },
  ])
})

test('webhook: a server that fails, stalls, redirects or hangs up loses nothing', async (t) => {
  let visited = 0
  const elsewhere = await listen(t, (_request, response) => {
    visited++
    response.end()
  })
  const url = await listen(t, (request, response) => {
    switch (request.url) {
      case '/500':
        return void response.writeHead(500).end()
      case '/429':
        return void response.writeHead(429, { 'retry-after': '30' }).end()
      case '/404':
        return void response.writeHead(404).end()
      case '/redirect':
        return void response.writeHead(302, { location: elsewhere }).end()
      case '/reset':
        return void request.socket.destroy()
      default: // it never answers
    }
  })
  const channel = hook(t, { trusted: [new URL(url).host, new URL(elsewhere).host] })
  const tell = async (path: string): Promise<unknown[]> => {
    const { hopeless, unsure, afterMs } = failure(await channel.send(sending(`${url}${path}`)))
    return [path, hopeless, unsure, afterMs]
  }
  const told = []
  for (const path of ['/500', '/429', '/404', '/redirect', '/reset', '/stall']) {
    told.push(await tell(path))
  }
  assert.deepEqual(told, [
    ['/500', false, true, undefined],
    ['/429', false, false, 30_000],
    ['/404', true, false, undefined],
    ['/redirect', true, false, undefined],
    ['/reset', false, true, undefined],
    ['/stall', false, true, undefined],
  ])
  assert.equal(visited, 0, 'redirects are not followed')
})

test('webhook: a name that leads to a private machine, among others, is not called', async (t) => {
  let visited = 0
  const url = await listen(t, (_request, response) => {
    visited++
    response.end()
  })
  const { port } = new URL(url)
  const found = [
    [{ address: '127.0.0.1', family: 4 }],
    [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
  ]
  const resolve = (
    _name: string,
    _options: object,
    answer: (error: Error | null, found: object[]) => void,
  ): void => answer(null, found.shift() ?? [])
  const channel = hook(t, { resolve })
  for (let n = 0; n < 2; n++) {
    const { reason, hopeless } = failure(await channel.send(sending('https://rebinding.example/')))
    assert.match(reason, /not a public address/)
    assert.equal(hopeless, true)
  }
  assert.deepEqual(found, [], 'each call looks once, and uses what it saw')
  assert.equal(failure(await hook(t).send(sending(`https://127.0.0.1:${port}/`))).hopeless, true)
  assert.equal(visited, 0)
})

test('webhook: only what is everybody’s own may be called, and only by https', () => {
  const bad = [
    'http://example.com/',
    'https://example.com:8443/',
    'https://user:secret@example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'ftp://example.com/',
    'no url',
  ]
  for (const url of bad) assert.ok(whyNotUrl(url, []), url)
  assert.equal(whyNotUrl('https://hooks.slack.com/services/T/B/x', []), undefined)
  assert.equal(whyNotUrl('http://10.0.0.5:8080/x', ['10.0.0.5:8080']), undefined)
  const addresses = ['8.8.8.8', '10.1.2.3', '100.64.1.1', '::1', 'fd00::1', 'fe80::1', '2002::1']
  assert.deepEqual([...addresses, '2606:4700:4700::1111', '64:ff9b::a00:1'].filter(isPublic), [
    '8.8.8.8',
    '2606:4700:4700::1111',
  ])
})
