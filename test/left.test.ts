import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatQuantity, quantity } from '../src/core/amount.ts'
import type { BrokerOrder, Input } from '../src/core/input.ts'
import { instrumentId } from '../src/core/instrument.ts'
import type { BrokerOrderId, Order, OrderId } from '../src/core/order.ts'
import type { TradingDate } from '../src/core/time.ts'
import { DAY, instant, later } from '../src/core/time.ts'
import { legsOf } from '../src/core/view.ts'
import { Reader } from './scenario-read.ts'
import { TradeStory } from './trade-story.ts'

/** Orders that have left memory at a day's end, of which somebody tells something after all. */

const INFY = instrumentId('NSE', 'INFY')
const LATER = instant(Date.UTC(2026, 10, 28, 4))

type Left = { readonly story: TradeStory; readonly order: Order }

/** Ten INFY bought, and five days later nobody remembers the order. */
async function left(): Promise<Left> {
  const story = await TradeStory.open()
  await story.play('place INFY 10 limit 100 by strategy:x\naccept o1 b1\ntrade b1 t1 10 @ 100')
  await story.play('book agreed cycle 1; cash 999000; position INFY 10')
  const [order] = [...story.account.orders.values()]
  story.pass(5)
  const before = later(LATER, -DAY)
  const date = '2026-11-27' as TradingDate
  await story.tell({ type: 'DayEnded', exchange: 'NSE', date, before })
  assert.deepEqual([story.account.orders.size, story.account.trades.size], [0, 0])
  return { story, order: order! }
}

/** The broker's book with our order in it, and a position; what it shows of trades as given. */
function bookWith({ story, order }: Left, filled: string, cycle: number): Input['body'] {
  const read = new Reader(story.account, new Map<OrderId, string>(), LATER)
  const told = read.read(`book agreed cycle ${cycle}; cash 999000; position INFY ${filled}`)
  assert.ok(told.type === 'BookRead' && told.trades.ok)
  const row: BrokerOrder = {
    brokerOrderId: 'b1' as BrokerOrderId,
    tag: order.tag,
    exchangeOrderId: undefined,
    instrument: INFY,
    quantity: quantity('10'),
    pricing: undefined,
    filled: quantity(filled),
    status: 'complete',
    placedAt: order.placedAt,
    message: '',
  }
  return { ...told, askedAt: LATER, orders: { ok: true, proven: true, rows: [row] } }
}

const held = ({ account }: TradeStory): string[] =>
  [...legsOf(account)]
    .filter(({ position }) => position.quantity !== 0n)
    .map(({ owner, position }) => `${owner} ${formatQuantity(position.quantity)}`)

test('an order that left and is shown again as it was changes nothing', async () => {
  const gone = await left()
  const { seq } = gone.story.account
  await gone.story.tell(bookWith(gone, '10', 1))
  assert.deepEqual(held(gone.story), ['strategy:x 10'])
  assert.deepEqual([...gone.story.account.breaks], [])
  assert.ok(gone.story.account.seq <= seq + 1)
  gone.story.close()
})

for (const [what, filled] of [
  ['a fill that comes after all', '15'],
  ['a trade that is taken back after all', '4'],
] as const) {
  test(`${what} is a break that locks the symbol, and no share is lost`, async () => {
    const gone = await left()
    const { story } = gone
    await story.tell(bookWith(gone, filled, 2))
    await story.tell(bookWith(gone, filled, 3))
    const [found] = story.account.breaks.values()
    assert.ok(found?.material, 'automatic orders wait')
    const all = [...legsOf(story.account)].reduce((sum, each) => sum + each.position.quantity, 0n)
    assert.equal(all, quantity(filled), 'the books come to what the broker holds')
    story.close()
  })
}

test('its name is not given out again, and a stray answer about it is only odd', async () => {
  const { story, order } = await left()
  const orderId = order.id
  const answer = { is: 'accepted', brokerOrderId: 'b1' as BrokerOrderId } as const
  await story.tell({ type: 'Answered', orderId, request: 'place', answer })
  assert.ok(story.account.anomalies.has(`answer ${orderId}`))
  await story.play('place INFY 1 limit 100 by strategy:x')
  const [fresh] = story.account.orders.values()
  assert.notEqual(fresh?.id, orderId)
  assert.ok(fresh!.tag > order.tag)
  story.close()
})
