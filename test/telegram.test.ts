/** Telegram, by a Bot API server that nobody here wrote, and by one that has a bad day. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import * as telegramTestApi from 'telegram-test-api'
import type { Delivery } from '../src/notify/channel.ts'
import { TelegramChannel } from '../src/notify/channels/telegram.ts'
import { bodyOf, closing, listen, message, sending } from './channel-parts.ts'

const TOKEN = '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc'

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

test('a message arrives at a Bot API server that somebody else wrote', async (t) => {
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

test('each refusal is told apart, and the token stands in none', async (t) => {
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

test('what it cannot read as HTML is sent as plain text, and is not lost', async (t) => {
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

test('a text of any length fits, and says that it was cut', async (t) => {
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
