/** Mail, by a server of nodemailer’s authors. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { MailChannel } from '../src/notify/channels/mail.ts'
import { closing, failure, sending } from './channel-parts.ts'

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

test('a mail arrives, and repeats of it can be told by their id', async (t) => {
  const { mails, port } = await mailServer(t)
  const channel = mailTo(t, port, { user: 'desk', password: 'right-password' })
  assert.deepEqual(await channel.send(sending('asha@example.com')), { is: 'delivered' })
  assert.deepEqual(await channel.send(sending('asha@example.com')), { is: 'delivered' })
  assert.deepEqual(mails[0]?.to, ['asha@example.com'])
  const ids = mails.map(({ text }) => /^Message-ID: (.*)$/im.exec(text)?.[1])
  assert.deepEqual(ids, ['<paper-7.asha@tallyman>', '<paper-7.asha@tallyman>'])
  assert.match(mails[0]?.text ?? '', /^Subject: Tallyman SCAN/m)
})

test('refusals for good and for now are told apart, without the password', async (t) => {
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

test('no mail goes out unencrypted where encryption was asked for', async (t) => {
  const { mails, port } = await mailServer(t)
  const channel = mailTo(t, port, { security: 'starttls' })
  assert.equal((await channel.send(sending('asha@example.com'))).is, 'failed')
  assert.equal(mails.length, 0)
})
