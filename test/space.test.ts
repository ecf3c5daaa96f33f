import assert from 'node:assert/strict'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { later } from '../src/core/time.ts'
import type { OrderView } from '../src/core/view.ts'
import type { SpaceNews } from '../src/desk/space.ts'
import { Space } from '../src/desk/space.ts'
import { DiskFull } from '../src/store/journal.ts'
import { Reserve } from '../src/store/reserve.ts'
import { SqliteJournal } from '../src/store/sqlite.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { House, NOON } from './house.ts'
import { SmallDisk, WHY_NO_SMALL_DISK } from './small-disk.ts'
import { pause, Spawned, tallyman } from './spawned.ts'
import { tempFolder } from './temp.ts'
import { tour } from './tour.ts'

const MB = 1024 * 1024
const skip = WHY_NO_SMALL_DISK

test('the reserve takes up its room for real, and is known again after a restart', async () => {
  const file = join(tempFolder(), 'reserve')
  const reserve = new Reserve(file, 3 * MB)
  assert.equal(reserve.held, false)
  assert.deepEqual(await Promise.all([reserve.take(), reserve.take()]), [true, true])
  const { size, blocks } = statSync(file)
  assert.equal(size, 3 * MB)
  assert.ok(blocks * 512 >= 3 * MB, 'it has no holes')
  assert.equal(new Reserve(file, 3 * MB).held, true)
  assert.equal(new Reserve(file, 4 * MB).held, false, 'another size is another reserve')
  assert.equal(reserve.giveUp(), true)
  assert.equal(existsSync(file), false)
  assert.equal(reserve.giveUp(), false)
})

test('a reserve that was cut off while it was written is none', async () => {
  const file = join(tempFolder(), 'reserve')
  writeFileSync(file, Buffer.alloc(MB))
  const reserve = new Reserve(file, 2 * MB)
  assert.equal(reserve.held, false)
  assert.equal(await reserve.take(), true)
})

test('a full disk takes the reserve, and room brings it back', { skip }, async () => {
  const disk = new SmallDisk(12)
  const clock = new VirtualClock(NOON)
  const news: SpaceNews[] = []
  const reserve = new Reserve(join(disk.folder, 'reserve'), 4 * MB)
  const space = new Space(reserve, clock, (each) => news.push(each))
  const states = (): string => news.map(({ state }) => state).join(' ')
  await space.start()
  assert.deepEqual([space.isShort(), reserve.held, states()], [false, true, ''])
  disk.fill()
  assert.equal(space.isShort(), false, 'it has just looked')
  await clock.advance(later(NOON, 1_001))
  assert.equal(space.isShort(), true, 'an entry makes it look again')
  assert.equal(reserve.held, false, 'and it gives up the reserve before a write fails')
  assert.match(String(await space.whyShort()), /^only 4 MB of disk are free$/)
  assert.equal(states(), 'short')
  disk.clear()
  assert.equal(await space.whyShort(), undefined, 'an entry takes it back')
  assert.deepEqual([space.isShort(), reserve.held, states()], [false, true, 'short ample'])
  space.stop()
})

test('a row that does not fit gets the room of the reserve', { skip }, async () => {
  const disk = new SmallDisk(32)
  const reserve = new Reserve(join(disk.folder, 'reserve'), 8 * MB)
  const file = join(disk.folder, 'journal.db')
  const journal = new SqliteJournal(file, { makeRoom: () => reserve.giveUp() })
  assert.equal(await reserve.take(), true)
  disk.fill()
  const entries = tour()
  let appended = 0
  const write = async (): Promise<void> => {
    await journal.append({ n: appended + 1, entries })
    appended++
  }
  while (reserve.held) await write()
  const given = appended
  for (let more = 0; more < 50; more++) await write()
  await assert.rejects(async () => {
    for (;;) await write()
  }, DiskFull)
  journal.rest() // the log cannot be moved, which is no reason to fail
  assert.ok(appended > given + 50)
  const { rows } = verifyRows(file)
  assert.equal(rows, appended, 'every row that was acknowledged is there, and no other')
  disk.clear()
  await write()
  journal.rest()
  journal.close()
  assert.equal(verifyRows(file).rows, appended)
})

/** The rows of a journal whose entries are the same again and again, which no desk would write. */
function verifyRows(file: string): { readonly rows: number } {
  const read = new SqliteJournal(file, { readOnly: true })
  let rows = 0
  for (const { n } of read.read(0)) rows = n
  read.close()
  return { rows }
}

test('in a house without space, closes of what is held pass, and entries wait', async () => {
  let short = false
  const space = {
    isShort: () => short,
    whyShort: () => Promise.resolve(short ? 'only 3 MB of disk are free' : undefined),
  }
  const house = await House.open({ space })
  await house.place('BUY 10 INFY', { id: 'first' })
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  short = true
  assert.deepEqual(await house.place('BUY 1 INFY'), {
    is: 'noSpace',
    reason: 'only 3 MB of disk are free',
  })
  assert.equal((await house.place('SELL 11 INFY')).is, 'noSpace', 'more than is held')
  assert.equal((await house.place('BUY 1 WHAT')).is, 'noSpace')
  const repeat = await house.place('BUY 10 INFY', { id: 'first' })
  assert.deepEqual([repeat.is, 'repeated' in repeat && repeat.repeated], ['placed', true])
  assert.equal((await house.place('SELL 6 INFY')).is, 'placed')
  assert.equal((await house.place('SELL 6 INFY')).is, 'noSpace', 'four are left to close')
  assert.equal((await house.place('SELL 4 INFY')).is, 'placed')
  short = false
  assert.equal((await house.place('BUY 1 INFY')).is, 'placed')
})

const desks: SmallDesk[] = []
after(() => {
  for (const desk of desks) desk.abandon()
})

/** A desk on a small disk, and what one does with it. */
class SmallDesk {
  readonly disk = new SmallDisk(64)
  readonly acknowledged = new Map<string, string>()
  #running: Spawned | undefined
  #key = ''
  #count = 0
  #ended = true

  constructor() {
    desks.push(this)
  }

  async start(): Promise<void> {
    this.#running = await Spawned.start(this.disk.folder, { TALLYMAN_DISK_RESERVE_MB: '8' })
    this.#ended = false
    if (this.#key !== '') return
    const made = tallyman(this.disk.folder, ['keys', 'create', '--scope', 'trade', '--json'])
    this.#key = (JSON.parse(made.out) as { readonly key: string }).key
  }

  /** A test that failed must not leave it running: the file would never end. */
  abandon(): void {
    if (!this.#ended) process.kill(this.#running!.pid, 'SIGKILL')
  }

  async call<T>(method: string, path: string, body?: object, id?: string): Promise<Answer<T>> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#key}` }
    if (body) headers['content-type'] = 'application/json'
    if (id !== undefined) headers['idempotency-key'] = id
    const sent = body ? { body: JSON.stringify(body) } : {}
    const url = `${this.#running!.url}/api/v1${path}`
    const response = await fetch(url, { method, headers, ...sent })
    return { status: response.status, body: (await response.json()) as T }
  }

  async place(side: string, quantity: number, price?: number, id?: string) {
    const key = id ?? `order-${this.#count++}`
    const type = price === undefined ? 'MARKET' : 'LIMIT'
    const body = { symbol: 'CHAI', side, quantity, type, price }
    const told = await this.call<OrderView & Problem>('POST', '/orders', body, key)
    if (told.status === 201) this.acknowledged.set(key, told.body.id)
    return told
  }

  async until(id: string, status: string): Promise<void> {
    for (let tries = 0; tries < 5_000; tries++) {
      if ((await this.call<OrderView>('GET', `/orders/${id}`)).body.status === status) return
    }
    throw new Error(`${id} never became ${status}`)
  }

  async end(signal: NodeJS.Signals): Promise<string> {
    const { out } = await this.#running!.kill(signal)
    this.#ended = true
    return out
  }
}

type Answer<T> = { readonly status: number; readonly body: T }
type Problem = { readonly code?: string; readonly remedy?: string }

test(
  'a full disk: entries get 507, cancels and closes work, nothing is lost',
  { skip },
  async () => {
    const desk = new SmallDesk()
    await desk.start()
    const held = await desk.place('BUY', 10, undefined, 'held')
    await desk.until(held.body.id, 'COMPLETE')
    const resting = await desk.place('BUY', 5, 1)
    await desk.until(resting.body.id, 'OPEN')

    desk.disk.fill()
    let refused = await desk.place('BUY', 1, 1)
    // What fits into the log as it is may still be taken, until the disk is looked at again.
    for (let tries = 0; refused.status !== 507 && tries < 10_000; tries++) {
      refused = await desk.place('BUY', 1, 1)
    }
    assert.deepEqual([refused.status, refused.body.code], [507, 'NO_DISK_SPACE'])
    assert.match(String(refused.body.remedy), /Free space/)
    const { body } = await desk.call<{ disk: string }>('GET', '/health')
    assert.equal(body.disk, 'short')
    const again = await desk.place('BUY', 10, undefined, 'held')
    assert.deepEqual([again.status, again.body.id], [201, held.body.id], 'a repeat is answered')
    const cancel = await desk.call('DELETE', `/orders/${resting.body.id}`)
    assert.equal(cancel.status, 202)
    await desk.until(resting.body.id, 'CANCELLED')
    const close = await desk.place('SELL', 10)
    assert.equal(close.status, 201)
    await desk.until(close.body.id, 'COMPLETE')
    assert.equal((await desk.place('BUY', 1, 1)).status, 507)

    desk.disk.clear()
    assert.equal((await desk.place('BUY', 1, 1)).status, 201, 'room, and entries work at once')
    const said = await desk.end('SIGKILL')
    assert.match(said, /DISK SPACE IS SHORT[^]*There is room on the disk again/)
    await desk.start()
    for (const [key, id] of desk.acknowledged) {
      assert.equal((await desk.call<OrderView>('GET', `/orders/${id}`)).body.id, id, key)
    }
    const verified = tallyman(desk.disk.folder, ['journal', 'verify', '--full'])
    assert.equal(verified.code, 0, verified.err)
    await desk.end('SIGTERM')
  },
)

test('without any room at all it waits, and comes back by itself', { skip }, async () => {
  const desk = new SmallDesk()
  const others = join(desk.disk.folder, 'others')
  writeFileSync(others, Buffer.alloc(58 * MB)) // so that its log cannot be grown at the start
  await desk.start()
  desk.disk.fill()
  let { status } = await desk.call('DELETE', '/orders/paper-99999')
  while (status === 404) ({ status } = await desk.call('DELETE', '/orders/paper-99999'))
  assert.equal(status, 503)
  desk.disk.clear()
  rmSync(others)
  const health = (): Promise<Answer<{ status: string }>> => desk.call('GET', '/health')
  while ((await health()).body.status !== 'ok') await pause(20)
  assert.equal((await desk.place('BUY', 1, 1)).status, 201)
  const said = await desk.end('SIGTERM')
  assert.match(said, /The journal failed .*full.*; opening it again/)
  assert.equal(tallyman(desk.disk.folder, ['journal', 'verify', '--full']).code, 0)
})

test(
  'a start on a disk too full for the reserve says so, and takes no entries',
  { skip },
  async () => {
    const desk = new SmallDesk()
    writeFileSync(join(desk.disk.folder, 'others'), Buffer.alloc(54 * MB))
    await desk.start()
    assert.equal((await desk.place('BUY', 1, 1)).status, 507)
    const said = await desk.end('SIGTERM')
    assert.match(said, /^DISK SPACE IS SHORT: \d+ MB of disk are free\. New orders are refused/m)
    assert.match(said, /Stopped\. No order stays open\.\n$/)
  },
)

test('a start on a disk that is full ends with one sentence', { skip }, () => {
  const disk = new SmallDisk(4)
  disk.fill()
  const { code, err } = tallyman(disk.folder, ['start'])
  assert.equal(code, 78, err)
  assert.match(err, /^tallyman: .*full.*\n$/)
})
