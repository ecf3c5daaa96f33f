import type { NetKey } from '../src/core/instrument.ts'
import assert from 'node:assert/strict'
import type { Account } from '../src/core/account.ts'
import { exposureOf, requestsOf } from '../src/core/account.ts'
import { larger, NO_MONEY } from '../src/core/amount.ts'
import { netKey } from '../src/core/instrument.ts'
import { isWorking } from '../src/core/order.ts'

const size = (value: bigint): bigint => (value < 0n ? -value : value)

/**
 * What must hold of any account at any moment: the sums kept beside the orders and legs equal what
 * adding them up afresh gives, and every index points at something that points back.
 */
export function checkBooks(account: Account): void {
  const buying = new Map<NetKey, bigint>()
  const selling = new Map<NetKey, bigint>()
  const reserved = new Map<string, bigint>()
  for (const order of account.orders.values()) {
    const { instrument, product, quantity, currency } = order.terms
    const filled = order.fills.reduce((sum, fill) => sum + fill.quantity, 0n)
    assert.equal(order.filled, filled, `${order.id}: filled is the sum of its fills`)
    assert.equal(account.byTag.get(order.tag), order.id, `${order.id} is found by its tag`)
    assert.equal(account.unknown.has(order.id), order.status === 'unknown', `${order.id} unknown`)
    assert.equal(order.doubt !== undefined, order.status === 'unknown', `${order.id} in doubt`)
    if (order.status === 'complete')
      assert.ok(size(filled) >= size(quantity), `${order.id} is whole`)
    if (!isWorking(order.status)) {
      assert.equal(order.amending, undefined, `${order.id} has ended and changes no more`)
      assert.equal(order.reserve, 0n, `${order.id} has ended and reserves nothing`)
      continue
    }
    const side = quantity > 0n ? buying : selling
    const key = netKey(instrument, product)
    const after = size(order.amending?.to.quantity ?? 0n)
    const left = (after > size(quantity) ? after : size(quantity)) - size(filled)
    side.set(key, (side.get(key) ?? 0n) + (left > 0n ? left : 0n))
    const changed = order.amending?.reserve ?? NO_MONEY
    reserved.set(currency, (reserved.get(currency) ?? 0n) + larger(order.reserve, changed))
  }
  for (const key of account.exposures.keys()) {
    const exposure = exposureOf(account, key)
    assert.equal(exposure.buying, buying.get(key) ?? 0n, `${key}: working buys`)
    assert.equal(exposure.selling, selling.get(key) ?? 0n, `${key}: working sells`)
  }
  for (const [currency, sum] of account.reserved) {
    assert.equal(sum, reserved.get(currency) ?? 0n, `${currency} reserved`)
  }
  for (const request of requestsOf(account)) {
    assert.ok(account.orders.has(request.orderId), `a request is for an order: ${request.orderId}`)
  }
  const working = [...account.orders.values()].filter(({ status }) => isWorking(status))
  assert.equal(account.working, working.length, 'the number of working orders')
  checkCash(account)
}

/** What a position binds in per cent of its cost, where that is not the whole. */
const BOUND: Readonly<Record<string, bigint>> = {
  'futures 1': 20n,
  'futures -1': 20n,
  'options -1': 1000n,
}

const PAISA = 100_000_000_000_000n

/** So many per cent of what is never negative, to the nearest paisa. */
const percentOf = (size: bigint, percent: bigint): bigint =>
  (((2n * size * percent) / 100n / PAISA + 1n) / 2n) * PAISA

/** Cash is locked so that what is left free is less by what positions bind, and no more. */
function checkCash(account: Account): void {
  const locked = new Map<string, bigint>()
  for (const owners of account.legs.values()) {
    for (const { instrument, currency, position } of owners.values()) {
      const cost: bigint = position.cost
      const kind = `${account.groups.get(instrument)} ${cost < 0n ? -1 : 1}`
      const size = cost < 0n ? -cost : cost
      const percent = BOUND[kind]
      const behind = (percent === undefined ? size : percentOf(size, percent)) - cost
      locked.set(currency, (locked.get(currency) ?? 0n) + behind)
      assert.equal(position.realized, position.cash + position.cost, 'realized = cash + cost')
    }
  }
  for (const [currency, sum] of account.locked) {
    assert.equal(sum, locked.get(currency) ?? 0n, `${currency} locked`)
  }
}
