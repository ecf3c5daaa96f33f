/** The webhook, and whom it refuses to call. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { isPublic } from '../src/notify/channels/public-address.ts'
import { WebhookChannel, whyNotUrl } from '../src/notify/channels/webhook.ts'
import { bodyOf, closing, failure, listen, message, sending } from './channel-parts.ts'

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

test('the body is signed with its time, by an HMAC anybody can check', async (t) => {
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

test('Slack and Discord get their own form, and Discord pings nobody', async (t) => {
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

test('a server that fails, stalls, redirects or hangs up loses nothing', async (t) => {
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

test('a name that leads to a private machine, among others, is not called', async (t) => {
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

test('only what is everybody’s own may be called, and only by https', () => {
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
