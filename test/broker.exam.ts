import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Broker, News } from '../src/brokers/broker.ts'
import { price, quantity } from '../src/core/amount.ts'
import type { BrokerOrder, BrokerTrade } from '../src/core/input.ts'
import type { BrokerOrderId, OrderId, Tag, Terms } from '../src/core/order.ts'
import { INSTRUMENTS } from './scenario-asks.ts'

/** A broker to examine, with a market behind it that the exam can move. */
export type Candidate = {
  readonly broker: Broker
  readonly quote: (symbol: string, bid: number, ask: number, size?: number) => void
  /** Lets everything happen that is on its way. */
  readonly settle: () => Promise<void>
  /** The same broker as a new process of ours would meet it. */
  readonly reborn: () => Candidate
}

const infy = INSTRUMENTS.get('INFY')!

export const terms = (size: string, over: Partial<Terms> = {}): Terms => ({
  instrument: infy.id,
  group: infy.group,
  currency: infy.currency,
  multiplier: 1n,
  product: 'MIS',
  quantity: quantity(size),
  pricing: { type: 'market' },
  validity: 'day',
  disclosed: undefined,
  ...over,
})

let given = 0
const tag = (): Tag => `T00TST001${String(++given).padStart(6, '0')}` as Tag
const orderId = 'paper-1' as OrderId

/** What every broker must do, whatever wire it speaks; an adapter names what it skips, and why. */
export function brokerExam(name: string, open: () => Candidate): void {
  test(`${name}: an accepted order comes back in the book under its tag`, async () => {
    const { broker, quote, settle } = await connected(open())
    quote('INFY', 99.95, 100)
    const own = tag()
    const answer = broker.place({ orderId, tag: own, terms: terms('10') })
    await settle()
    const told = await answer
    assert.equal(told.is, 'accepted')
    const row = await found(broker, settle, own)
    assert.equal(row?.brokerOrderId, told.is === 'accepted' && told.brokerOrderId)
    assert.equal(row.quantity, quantity('10'))
  })

  test(`${name}: what is told as traded is in its book, once, with the same numbers`, async () => {
    const { broker, quote, settle, news } = await connected(open())
    quote('INFY', 99.95, 100, 6)
    void broker.place({ orderId, tag: tag(), terms: terms('10') })
    await settle()
    quote('INFY', 99.95, 100, 6)
    quote('INFY', 99.95, 100.05, 6)
    await settle()
    const told = news.flatMap((each) => (each.type === 'TradeSeen' ? [each.trade] : []))
    const reading = await read(broker, settle)
    assert.ok(reading.trades.ok && reading.positions.ok)
    assert.deepEqual(sizes(told), [quantity('6'), quantity('4')])
    assert.deepEqual(reading.trades.rows, told)
    assert.equal(reading.positions.rows[0]?.quantity, quantity('10'))
  })

  test(`${name}: a cancelled order ends, and its book says so`, async () => {
    const { broker, quote, settle } = await connected(open())
    quote('INFY', 99.95, 100)
    const own = tag()
    const pricing = { type: 'limit', limit: price('90') } as const
    void broker.place({ orderId, tag: own, terms: terms('10', { pricing }) })
    await settle()
    const row = await found(broker, settle, own)
    assert.equal(row?.status, 'working')
    const { brokerOrderId } = row
    const answer = broker.cancel({ orderId, brokerOrderId, terms: terms('10') })
    await settle()
    assert.equal((await answer).is, 'accepted')
    assert.equal((await found(broker, settle, own))?.status, 'cancelled')
    const again = broker.cancel({ orderId, brokerOrderId, terms: terms('10') })
    await settle()
    assert.equal((await again).is, 'rejected')
  })

  test(`${name}: a refusal is definite: the order is not there`, async () => {
    const { broker, quote, settle } = await connected(open())
    quote('INFY', 99.95, 100)
    const own = tag()
    const answer = broker.place({ orderId, tag: own, terms: terms('100000000') })
    await settle()
    assert.equal((await answer).is, 'rejected')
    assert.equal(await found(broker, settle, own), undefined)
    const nothing = 'P999999' as BrokerOrderId
    const missing = broker.cancel({ orderId, brokerOrderId: nothing, terms: terms('1') })
    await settle()
    assert.equal((await missing).is, 'rejected')
  })

  test(`${name}: what it has accepted outlives our process`, async () => {
    const first = await connected(open())
    first.quote('INFY', 99.95, 100)
    const own = tag()
    void first.broker.place({ orderId, tag: own, terms: terms('10') })
    await first.settle()
    first.quote('INFY', 99.95, 100)
    await first.settle()
    const before = await read(first.broker, first.settle)
    const second = await connected(first.reborn())
    const after = await read(second.broker, second.settle)
    assert.deepEqual(plain(after), plain(before))
  })
}

type Connected = Candidate & { readonly news: News[] }

async function connected(candidate: Candidate): Promise<Connected> {
  const news: News[] = []
  const starting = candidate.broker.start((each) => news.push(each))
  await candidate.settle()
  await starting
  return { ...candidate, news }
}

async function read(broker: Broker, settle: () => Promise<void>) {
  const reading = broker.read()
  await settle()
  return reading
}

async function found(
  broker: Broker,
  settle: () => Promise<void>,
  own: Tag,
): Promise<BrokerOrder | undefined> {
  const { orders } = await read(broker, settle)
  assert.ok(orders.ok)
  return orders.rows.find((row) => row.tag === own)
}

const sizes = (trades: readonly BrokerTrade[]): bigint[] => trades.map((each) => each.quantity)

const plain = ({ askedAt: _, ...rest }: Awaited<ReturnType<Broker['read']>>): unknown => rest
