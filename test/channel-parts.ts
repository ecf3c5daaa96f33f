/** What the tests of channels share: a message, a server on this machine, and what came of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Message } from '../src/core/message.ts'
import { alert } from '../src/core/message.ts'
import type { Channel, Delivery, Sending } from '../src/notify/channel.ts'

export const message = (text = 'M&M rose <5 %> in NIFTY_50.'): Message =>
  alert({ title: 'SCAN', text, severity: 'info' })

export const sending = (address: string, over: Partial<Sending> = {}): Sending => ({
  address,
  message: message(),
  silent: false,
  key: 'paper-7/asha',
  again: false,
  ...over,
})

export async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

export const closing = <C extends Channel>(t: TestContext, channel: C): C => {
  t.after(() => channel.close())
  return channel
}

type Failed = Extract<Delivery, { readonly is: 'failed' }>
export const failure = (delivery: Delivery): Failed => {
  assert.ok(delivery.is === 'failed', delivery.is)
  return delivery
}
