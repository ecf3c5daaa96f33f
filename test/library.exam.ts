import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ExportAsked, Heard, OrderView, Settings, Tallyman } from '../src/index.ts'
import { Conflict, Denied, open, TallymanError, Unavailable } from '../src/index.ts'
import { REFUSALS } from './library-refusals.ts'
import { pause } from './spawned.ts'
import { tempFolder } from './temp.ts'

export type Subject = {
  readonly desk: Tallyman
  readonly end: () => Promise<void>
}
type Start = (settings?: Settings) => Promise<Subject>

/** A desk of its own on a free port, that nobody trades on but the test. */
export const freshDesk = (settings: Settings = {}): Promise<Tallyman> =>
  open({
    data: tempFolder(),
    serve: true,
    ...settings,
    server: { port: 0, disk_reserve_mb: 0 },
    paper: { latency_ms: 0, ...settings.paper },
  })

/** Asks again and again: the market of SIM moves four times a second. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  is: (answer: T) => boolean,
): Promise<T> {
  for (let tries = 0; tries < 2_000; tries++) {
    const answer = await ask()
    if (is(answer)) return answer
    await pause(5)
  }
  throw new Error('it never came to that')
}

const ended = (desk: Tallyman, { id }: OrderView, status: string): Promise<OrderView> =>
  eventually(
    () => desk.order(id),
    (order) => order.status === status,
  )

const idsOf = (orders: readonly OrderView[]): string[] => orders.map(({ id }) => id)

const REST = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1 } as const

/** What must be true of a desk in this process, and of one over the network. */
// tidy-ok: one list of stories
export function libraryExam(name: string, start: Start): void {
  let desk: Tallyman
  let subject: Subject
  before(async () => {
    subject = await start()
    desk = subject.desk
  })
  after(() => subject.end())

  test(`${name}: an order is followed to its fill, and is in every book`, async () => {
    const wish = { symbol: 'chai', side: 'BUY', quantity: '4', type: 'MARKET' } as const
    const placed = await desk.place({ ...wish, note: 'first' })
    assert.deepEqual(
      [placed.status, placed.quantity, placed.symbol, placed.note],
      ['PENDING', '4', 'CHAI', 'first'],
    )
    const order = await ended(desk, placed, 'COMPLETE')
    assert.deepEqual((await desk.fills({ orderId: order.id })).items, order.fills)
    const [held] = (await desk.positions({ symbol: 'CHAI' })).items
    assert.deepEqual([held?.quantity, held?.average], ['4', order.average])
    const report = await desk.executionReport(order.id)
    assert.deepEqual([report.filled, report.totalCharges], ['4', order.commission])
    const trail = await desk.audit({ orderId: order.id, limit: 10 })
    assert.equal(trail.items.at(-1)?.type, 'OrderPlaced')
    const since = await desk.audit({ from: new Date(order.completedAt!), limit: 500 })
    assert.ok(since.items.some(({ type }) => type === 'OrderFilled'))
    assert.ok(since.items.every(({ seq }) => seq !== trail.items.at(-1)?.seq))
    const listed = await desk.orders({ symbol: 'CHAI', status: 'COMPLETE', limit: 1 })
    assert.deepEqual(listed.items, [order])
  })

  test(`${name}: numbers, text and whole big numbers are amounts`, async () => {
    const size = { ...REST, side: 'BUY' } as const
    const orders = [
      await desk.place({ ...size, quantity: 3, price: 1.05 }),
      await desk.place({ ...size, quantity: '3', price: '1.05' }),
      await desk.place({ ...size, quantity: 3n, price: '1.050' }),
    ]
    assert.deepEqual(
      orders.map(({ quantity, price }) => `${quantity} at ${price}`),
      ['3 at 1.05', '3 at 1.05', '3 at 1.05'],
    )
  })

  test(`${name}: the same under the same id is done once`, async () => {
    const first = await desk.place(REST, { id: 'once' })
    assert.deepEqual(await desk.place(REST, { id: 'once' }), first)
    await assert.rejects(desk.place({ ...REST, quantity: 2 }, { id: 'once' }), Conflict)
  })

  test(`${name}: orders are modified and cancelled, one by one and together`, async () => {
    const { symbol } = await desk.place({ ...REST, symbol: 'DIYA' })
    const placed = await desk.place({ ...REST, symbol })
    await ended(desk, placed, 'OPEN')
    await desk.modify(placed.id, { price: 2, quantity: 5 })
    await eventually(
      () => desk.order(placed.id),
      ({ price, quantity, amending }) => price === '2' && quantity === '5' && !amending,
    )
    assert.equal((await desk.cancel(placed.id)).cancelling, true)
    await ended(desk, placed, 'CANCELLED')
    const others = await desk.place({ ...REST, symbol: 'INDUS', price: 60.4 })
    const [one, none] = await desk.cancelAll({ symbol })
    assert.deepEqual([one?.symbol, none], [symbol, undefined])
    assert.equal((await desk.order(others.id)).cancelling, false)
    await desk.cancelAll()
    await ended(desk, others, 'CANCELLED')
  })

  test(`${name}: a close ends what is held, and opens nothing`, async () => {
    const wish = { symbol: 'BANYAN', side: 'SELL', quantity: 3, type: 'MARKET' } as const
    await ended(desk, await desk.place({ ...wish, product: 'MIS' }), 'COMPLETE')
    await ended(desk, await desk.place({ ...wish, side: 'BUY', strategy: 'mine' }), 'COMPLETE')
    const closing = await desk.close({ symbol: 'BANYAN' })
    assert.deepEqual([closing.side, closing.quantity, closing.product], ['BUY', '3', 'MIS'])
    assert.equal(closing.reduceOnly, true)
    await ended(desk, closing, 'COMPLETE')
    await assert.rejects(desk.close({ symbol: 'BANYAN' }), { code: 'NOTHING_TO_REDUCE' })
    const other = await desk.close({ symbol: 'BANYAN', strategy: 'mine' }, { id: 'close-1' })
    assert.deepEqual([other.side, other.product, other.owner], ['SELL', 'CNC', 'strategy:mine'])
    await ended(desk, other, 'COMPLETE')
  })

  test(`${name}: what was bought and sold again is a trade, and in the portfolio`, async () => {
    const [trade] = (await desk.trades({ symbol: 'BANYAN', strategy: 'mine' })).items
    assert.deepEqual([trade?.side, trade?.quantity, trade?.exits.length], ['LONG', '3', 1])
    assert.deepEqual((await desk.trades({ symbol: 'BANYAN', status: 'open' })).items, [])
    const [summary] = (await desk.tradesSummary({ strategy: 'mine' })).items
    assert.equal(summary?.metrics?.totalTrades, 1)
    const [portfolio] = (await desk.portfolio({ account: 'paper' })).items
    assert.equal(portfolio?.initial, '1000000')
  })

  test(`${name}: what is held under two products is not closed by guesswork`, async () => {
    const wish = { symbol: 'MANGO', side: 'BUY', quantity: 1, type: 'MARKET' } as const
    await ended(desk, await desk.place({ ...wish, product: 'MIS' }), 'COMPLETE')
    await ended(desk, await desk.place({ ...wish, product: 'CNC' }), 'COMPLETE')
    const unclear = { name: 'BadRequest', code: 'POSITION_NOT_CLEAR', field: 'product' }
    await assert.rejects(desk.close({ symbol: 'MANGO' }), unclear)
    const closing = await desk.close({ symbol: 'MANGO', product: 'MIS' })
    assert.deepEqual([closing.side, closing.product], ['SELL', 'MIS'])
  })

  test(`${name}: the market, the accounts and the broker’s book can be asked`, async () => {
    const quote = await desk.quote('ACME')
    assert.deepEqual([quote.symbol, quote.exchange], ['ACME', 'SIM'])
    const candles = await desk.candles({ symbol: 'ACME', interval: 'minute', limit: 3 })
    assert.equal(candles.items.length, 3)
    const { items } = await desk.instruments({ search: 'acme' })
    assert.deepEqual([items.length, items[0]?.symbol], [1, 'ACME'])
    const [account] = (await desk.accounts()).items
    assert.equal(account?.account, 'paper')
    const statistics = await desk.statistics({ account: 'paper', period: 'today' })
    assert.ok(statistics.totalOrders >= statistics.totalCompleted)
    const charges = await desk.charges({ symbol: 'ACME', side: 'BUY', quantity: 10, price: 250 })
    assert.equal(charges.turnover, '2500')
    assert.equal((await desk.verify()).agreed, true)
    assert.equal((await desk.reconcile()).account, 'paper')
    assert.equal((await desk.reconciliation()).account, 'paper')
    assert.equal((await desk.positionReport()).mismatched, 0)
    assert.deepEqual((await desk.breaks()).items, [])
    assert.ok((await desk.tracking({ symbol: 'CHAI' })).items.length <= 1)
  })

  test(`${name}: a list is read page by page`, async () => {
    for (let n = 0; n < 5; n++) await desk.place(REST)
    const whole = await desk.orders({ limit: 500 })
    const ids: string[] = []
    for (let cursor: number | null = 0; cursor !== null;) {
      const page = await desk.orders({ limit: 2, ...(cursor ? { cursor } : {}) })
      for (const { id } of page.items) ids.push(id)
      cursor = page.next
    }
    assert.deepEqual(
      ids,
      whole.items.map(({ id }) => id),
    )
  })

  test(`${name}: what there is can be written out, page by page`, async () => {
    const textOf = async (asked: ExportAsked): Promise<string> => {
      let text = ''
      for await (const piece of desk.exportData(asked)) text += piece
      return text
    }
    const lines = (text: string): string[] => text.trim().split('\n')
    const orders = lines(await textOf({ what: 'orders' })).map((line) => {
      return JSON.parse(line) as OrderView
    })
    assert.deepEqual(idsOf(orders.toReversed()), idsOf((await desk.orders({ limit: 500 })).items))
    const from = orders.at(Math.floor(orders.length / 2))!.submittedAt
    const to = orders.at(-1)!.submittedAt
    const some = await textOf({ what: 'orders', format: 'json', from: new Date(from), to })
    assert.deepEqual(
      idsOf(JSON.parse(some) as OrderView[]),
      idsOf(orders.filter(({ submittedAt: at }) => at >= from && at < to)),
    )
    // The market goes on meanwhile: an order of before may fill between the two.
    const countOf = async (): Promise<number> => (await desk.fills({ limit: 500 })).items.length
    const before = await countOf()
    const fills = lines(await textOf({ what: 'fills', format: 'csv' })).length - 1
    assert.ok(before <= fills && fills <= (await countOf()), `${before} and then ${fills}`)
    for (const what of ['executions', 'audit', 'positions', 'trades', 'statistics'] as const) {
      const text = await textOf({ what, format: 'json', account: 'paper' })
      assert.ok((JSON.parse(text) as unknown[]).length > 0, what)
    }
    for await (const piece of desk.exportData({ what: 'audit' })) {
      assert.ok(piece.length > 0)
      break // nobody wants the rest
    }
  })

  for (const [what, expected, call] of REFUSALS) {
    test(`${name}: ${what} is refused, and the error says all of it`, async () => {
      const error: unknown = await call(desk).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      assert.ok(error instanceof TallymanError, String(error))
      const { code, field, value, remedy } = error
      assert.equal(`${error.name} ${code} ${field} ${value}`, expected)
      assert.ok(remedy.length > 5 && error.message.endsWith(remedy))
      if (!(error instanceof Denied)) return
      assert.ok(error.says.endsWith('.') && !error.says.includes(code), error.says)
    })
  }

  test(`${name}: a denial tells what it is about`, async () => {
    const error = await desk.place({ ...REST, price: 101.23 }).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof Denied)
    assert.equal(error.context, 'tick=0.05 price=101.23')
    assert.equal(error.says, 'The price is not a multiple of the tick size.')
  })

  test(`${name}: what the broker refuses is told, with its reason`, async (t) => {
    const other = await start({ paper: { faults: { reject: 1 } } })
    t.after(() => other.end())
    const told: unknown[] = []
    other.desk.on('rejected', (rejected) => told.push(rejected))
    const { id, symbol } = await other.desk.place({ ...REST, quantity: 7 })
    await ended(other.desk, await other.desk.order(id), 'REJECTED')
    await eventually(
      () => told.length,
      (count) => count === 1,
    )
    const { error } = await other.desk.order(id)
    const [{ orderId, quantity, reason, symbol: of } = assert.fail()] = told as Rejected[]
    assert.deepEqual([orderId, quantity, of, reason], [id, '7', symbol, error?.message])
  })

  test(`${name}: the end of a day is run, and told to who listens`, async (t) => {
    const other = await start()
    t.after(() => other.end())
    const told: Heard<'dayClosed'>[] = []
    other.desk.on('dayClosed', (results) => told.push(results))
    const dry = await other.desk.runEndOfDay({ dryRun: true })
    assert.deepEqual([dry.dryRun, dry.steps.length], [true, 6])
    const run = await other.desk.runEndOfDay()
    assert.deepEqual([run.success, run.stepsCompleted], [true, 6])
    await eventually(
      () => told.length,
      (count) => count === 1,
    )
    const [results] = told
    assert.deepEqual(
      [results?.success, results?.date, results?.stepsCompleted, results?.stepsFailed],
      [true, run.date, 6, 0],
    )
  })

  test(`${name}: once stopped it answers nothing more`, async (t) => {
    const other = await start()
    t.after(() => other.end())
    await other.desk.stop()
    await other.desk.stop()
    await assert.rejects(other.desk.orders(), Unavailable)
    assert.throws(() => other.desk.on('order', () => {}), Unavailable)
  })
}

type Rejected = {
  readonly symbol: string
  readonly orderId: string
  readonly quantity: string
  readonly reason: string
}
