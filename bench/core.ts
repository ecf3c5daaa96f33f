/** The core alone: orders decided and folded in memory while 10,000 others work. */
import assert from 'node:assert/strict'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import { money, price, quantity } from '../src/core/amount.ts'
import { decide } from '../src/core/decide.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input } from '../src/core/input.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { BrokerOrderId, OrderId } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'
import { USUAL } from '../src/core/order.ts'
import { epoch } from '../src/core/tag.ts'
import { instant } from '../src/core/time.ts'
import { instrumentFrom } from '../src/market/instruments.ts'
import { rounds, tell } from './measure.ts'

const HELD = 10_000
const ORDERS = 10_000
const BARE = 200_000
const ROUNDS = 9
const SYMBOLS = 20

const instruments = Array.from({ length: SYMBOLS }, (_, n) =>
  instrumentFrom({ symbol: `S${n}`, exchange: 'NSE', currency: 'INR', tick: '0.05', decimals: 2 }),
)
const at = instant(Date.UTC(2026, 10, 23, 4))
const limit = price('100')
const size = quantity('10')

function tellAccount(account: Account, body: Input['body']): void {
  const events = decide(account, { at, cause: 'bench', key: undefined, body })
  const seq = account.seq + 1
  evolve(account, { account: account.id, seq, at, cause: 'bench', command: undefined, events })
}

function place(account: Account, n: number): void {
  const instrument = instruments[n % SYMBOLS]!
  tellAccount(account, {
    type: 'PlaceOrder',
    ticket: {
      instrument: instrument.id,
      side: 'buy',
      size,
      type: 'limit',
      price: limit,
      owner: 'strategy:bench' as Owner,
      by: 'bench',
      ...USUAL,
    },
    instrument,
    last: limit,
    turn: true,
    policy: NO_POLICY,
    refused: undefined,
  })
}

function opened(): Account {
  const account = newAccount('bench')
  const plan = 'none'
  tellAccount(account, { type: 'OpenAccount', number: 1, broker: 'none', mode: 'paper', plan })
  tellAccount(account, { type: 'Started', epoch: epoch('BENCH') })
  const failed = { ok: false, reason: '' } as const
  const rows = [{ currency: instruments[0]!.currency, cash: money('100000000000') }]
  const rest = {
    agreesSince: undefined,
    lapseAfterMs: 1,
    reportsKeptMs: 1,
    spareEpoch: epoch('SPARE'),
    tagsMayBeLost: false,
  }
  const parts = { orders: failed, trades: failed, positions: failed }
  const funds = { ok: true, rows, proven: true } as const
  tellAccount(account, { type: 'BookRead', askedAt: at, ...parts, funds, ...rest })
  for (let n = 0; n < HELD; n++) {
    const orderId = `bench-${account.seq + 1}` as OrderId
    place(account, n)
    const answer = { is: 'accepted', brokerOrderId: `b${n}` as BrokerOrderId } as const
    tellAccount(account, { type: 'Answered', orderId, request: 'place', answer })
  }
  return account
}

/** The least any such program does: an object for the order and an entry in a map. */
function bare(): number {
  const orders = new Map<string, object>()
  const started = performance.now()
  for (let n = 0; n < BARE; n++) {
    const id = `bench-${n}`
    orders.set(id, { id, symbol: `S${n % SYMBOLS}`, size: 10, price: 100, status: 'pending', at })
  }
  return (BARE * 1_000) / (performance.now() - started)
}

function ours(): number {
  const account = opened()
  const started = performance.now()
  for (let n = 0; n < ORDERS; n++) place(account, n)
  const rate = (ORDERS * 1_000) / (performance.now() - started)
  assert.equal(account.working, HELD + ORDERS)
  return rate
}

ours()
tell({
  name: 'Core: place orders (decide and evolve) with 10,000 working',
  unit: 'orders/s',
  against: 'an object and a map entry each',
  rounds: await rounds(ROUNDS, () => ({ figure: ours(), yardstick: bare() })),
  goal: 'figure >= 250,000 orders/s',
})
