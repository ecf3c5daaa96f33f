import assert from 'node:assert/strict'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { after, test } from 'node:test'
import type { Tallyman } from '../src/index.ts'
import { BadRequest, connect, KeyRefused, open, TallymanError, Unavailable } from '../src/index.ts'
import { State } from '../src/store/state.ts'
import { eventually, freshDesk } from './library.exam.ts'
import { pause } from './spawned.ts'
import { tempFolder } from './temp.ts'

const REST = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1 } as const

const servers: Server[] = []
after(() => servers.forEach((server) => server.closeAllConnections()))

async function drained(pieces: AsyncIterable<string>, into: string[] = []): Promise<string[]> {
  for await (const piece of pieces) into.push(piece)
  return into
}

/** Something that is no desk. */
async function stranger(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function withState<T>(folder: string, use: (state: State) => T): T {
  const state = new State(join(folder, 'state.db'))
  const result = use(state)
  state.close()
  return result
}
const keyIn = (folder: string): string =>
  withState(folder, (state) => state.createKey('me', 'trade', 0)!)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

type Pair = { readonly data: string; readonly behind: Tallyman; readonly desk: Tallyman }

/** A desk, and a program that is connected to it; both end with the test. */
async function paired(test: TestContext): Promise<Pair> {
  const data = tempFolder()
  const behind = await freshDesk({ data })
  const desk = connect(behind.url!, keyIn(data))
  test.after(async () => {
    await desk.stop()
    await behind.stop()
  })
  return { data, behind, desk }
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail('it was to be refused'),
    (error: unknown) => error,
  )

test('over a restart of the desk a listener misses nothing and hears nothing twice', async (t) => {
  const server = { port: await freePort(), disk_reserve_mb: 0 }
  const settings = { data: tempFolder(), serve: true, server }
  let behind = await open(settings)
  const key = keyIn(settings.data)
  const troubles: string[] = []
  const desk = connect(behind.url!, key, { onError: ({ name }) => void troubles.push(name) })
  t.after(async () => {
    await desk.stop()
    await behind.stop()
  })
  const heard: number[] = []
  const subscription = desk.on('order', ({ sequence }) => void heard.push(sequence))
  for (let run = 0; run < 3; run++) {
    await desk.place(REST)
    await behind.stop()
    behind = await open(settings)
    await behind.place(REST) // perhaps before the listener is back
  }
  const last = await desk.place(REST)
  await eventually(
    () => desk.order(last.id),
    ({ status }) => status === 'OPEN',
  )
  const whole = await allOrders(behind)
  await eventually(
    () => heard.length,
    (count) => count >= whole.length,
  )
  await pause(50)
  assert.deepEqual(heard, whole)
  assert.ok(troubles.every((name) => name === 'Unavailable'))
  assert.deepEqual([subscription.failures, subscription.ended], [0, undefined])
})

/** Every order notice there is, by a listener of the desk itself. */
async function allOrders(desk: Tallyman): Promise<number[]> {
  const sequences: number[] = []
  const { sequence } = await new Promise<{ sequence: number }>((resolve) => {
    desk.on(
      'order',
      (each) => {
        sequences.push(each.sequence)
        if (each.status === 'OPEN' && each.price === '1') void pause(100).then(() => resolve(each))
      },
      { after: 0 },
    )
  })
  assert.ok(sequences.includes(sequence))
  return sequences
}

test('what is subscribed to hears of what is asked for next', async (t) => {
  const { desk } = await paired(t)
  const heard: string[] = []
  desk.on('order', ({ id, event }) => void heard.push(`${id} ${event}`))
  const { id } = await desk.place(REST)
  await eventually(
    () => heard[0],
    (first) => first !== undefined,
  )
  assert.equal(heard[0], `${id} OrderPlaced`)
})

test('a listener whose key was revoked ends, and says why', async (t) => {
  const { data, desk } = await paired(t)
  const troubles: string[] = []
  const onError = ({ name }: Error): void => void troubles.push(name)
  await desk.accounts()
  withState(data, (state) => state.revokeKey('me', 1))
  const listener = desk.on('fill', () => {}, { onError })
  await eventually(
    () => listener.ended,
    (ended) => ended !== undefined,
  )
  assert.ok(listener.ended instanceof KeyRefused)
  assert.deepEqual(troubles, ['KeyRefused'])
})

test('no answer says whether the same may be tried again', async () => {
  const cut = await stranger((request) => void request.socket.destroy())
  const desk = connect(cut, 'tm_key')
  const [bare, named, asked] = await Promise.all([
    thrownBy(desk.place(REST)),
    thrownBy(desk.place(REST, { id: 'a1' })),
    thrownBy(desk.orders()),
  ])
  for (const [error, repeatable] of [
    [bare, false],
    [named, true],
    [asked, true],
  ] as const) {
    assert.ok(error instanceof Unavailable)
    assert.equal(error.repeatable, repeatable)
    assert.match(error.remedy, repeatable ? /not done twice/ : /look at the orders/)
  }
  const nobody = connect(`http://127.0.0.1:${await freePort()}`, 'tm_key')
  const unsent = await thrownBy(nobody.place(REST))
  assert.ok(unsent instanceof Unavailable)
  assert.equal(unsent.repeatable, true, 'nobody was there to hear it')
  assert.match(unsent.message, /ECONNREFUSED/)
})

test('nothing is waited for longer than was said', async () => {
  const silent = await stranger(() => {})
  const error = await thrownBy(connect(silent, 'tm_key', { timeoutMs: 50 }).accounts())
  assert.ok(error instanceof Unavailable)
  assert.match(error.message, /it took too long/)
  for (const timeoutMs of [0, -1, NaN, Infinity]) {
    assert.throws(() => connect(silent, 'tm_key', { timeoutMs }), { field: 'timeoutMs' })
  }
})

test('what is no desk is said to be none; a proxy that finds no desk is no answer', async () => {
  const page = await stranger((_, response) => void response.end('<html>welcome</html>'))
  const error = await thrownBy(connect(page, 'tm_key').accounts())
  assert.ok(error instanceof TallymanError)
  assert.deepEqual([error.code, error.value], ['ANSWER_NOT_READABLE', page])
  const proxy = await stranger((_, response) => void response.writeHead(502).end('Bad Gateway'))
  assert.ok((await thrownBy(connect(proxy, 'tm_key').accounts())) instanceof Unavailable)
})

test('a table that breaks off is no whole one', async () => {
  const broken = await stranger((request, response) => {
    response.write('{"n":1}\n', () => request.socket.destroy())
  })
  const heard: string[] = []
  const error = await thrownBy(drained(connect(broken, 'k').exportData({ what: 'fills' }), heard))
  assert.ok(error instanceof Unavailable)
  assert.deepEqual([heard, error.repeatable], [['{"n":1}\n'], true])
  const stalled = await stranger((_, response) => void response.write('{"n":1}\n'))
  const reading = connect(stalled, 'k', { timeoutMs: 200 }).exportData({ what: 'fills' })
  const late = await thrownBy(drained(reading))
  assert.match(String(late), /it took too long/)
})

test('the key goes to the address that was given, and nowhere else', async () => {
  const heard: string[] = []
  const elsewhere = await stranger(({ headers }, response) => {
    heard.push(JSON.stringify(headers))
    response.end('{}')
  })
  const turning = await stranger(({ url }, response) => {
    response.writeHead(307, { location: `${elsewhere}${url}` }).end()
  })
  const error = await thrownBy(connect(turning, 'tm_secret').place(REST))
  assert.ok(error instanceof Unavailable)
  assert.doesNotMatch(JSON.stringify(error) + String(error.stack), /tm_secret/)
  assert.deepEqual(heard, [])
})

test('an address or a key that cannot be one is refused, and not shown', () => {
  for (const url of ['', 'desk', 'ftp://desk', 'http://me:hush@desk', 'http://desk?key=hush']) {
    assert.throws(
      () => connect(url, 'tm_key'),
      (error) => error instanceof BadRequest && !error.message.includes('hush'),
    )
  }
  for (const key of ['', 'two words', 'line\nbreak', 'héllo']) {
    assert.throws(
      () => connect('http://127.0.0.1:1', key),
      (error) => error instanceof BadRequest && (key === '' || !error.message.includes(key)),
    )
  }
  assert.equal(connect('http://127.0.0.1:7373/api/v1/', 'k').url, 'http://127.0.0.1:7373')
  assert.equal(connect('https://desk.example/mine/', 'k').url, 'https://desk.example/mine')
})
