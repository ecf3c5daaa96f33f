import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Account } from '../src/core/account.ts'
import { newAccount } from '../src/core/account.ts'
import { decide } from '../src/core/decide.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Input, Report } from '../src/core/input.ts'
import type { OrderStatus } from '../src/core/order.ts'
import { fromText, toText } from '../src/core/plain.ts'
import { epoch } from '../src/core/tag.ts'
import { later, SECOND } from '../src/core/time.ts'
import { checkBooks } from '../sim/books.ts'
import { bodyOf, book, episode, START } from './totality-steps.ts'

/**
 * Whatever the outside may say, in whatever order, about orders we know and orders we never heard
 * of: the core answers, its books still add up, and folding the journal gives the same account.
 */

class Trial {
  readonly account: Account = newAccount('paper')
  readonly #replayed: Account = newAccount('paper')
  readonly happened = new Set<string>()
  #now = START

  constructor() {
    this.tell({ type: 'OpenAccount', number: 1, broker: 'paper', mode: 'paper', plan: 'zerodha' })
    this.tell({ type: 'Started', epoch: epoch('00TST') })
    this.tell({ type: 'BookRead', ...book({ cash: true }) })
  }

  tell(told: Input['body']): void {
    this.#now = later(this.#now, SECOND)
    const { account } = this
    const at = this.#now
    const body = told.type === 'BookRead' ? { ...told, askedAt: at } : told
    const events = decide(account, { at, cause: 'trial', key: undefined, body })
    if (events.length === 0) return
    for (const event of events) {
      this.happened.add(event.type === 'Amended' ? `Amended by ${event.by}` : event.type)
    }
    const seq = account.seq + 1
    const entry = { account: account.id, seq, at, cause: 'trial', command: undefined, events }
    evolve(account, entry)
    evolve(this.#replayed, entry)
    checkBooks(account)
  }

  /** A fold over the journal, and one that began from a saved account, are the same account. */
  check(): void {
    assert.equal(toText(this.#replayed), toText(this.account))
    assert.equal(toText(fromText(toText(this.account))), toText(this.account))
  }
}

const RUNS = 3_000
const SIZE = { minLength: 5, maxLength: 40 } as const

test('no report, and no order of reports, meets a state that has no answer', () => {
  const seen = new Set<string>()
  const happened = new Set<string>()
  fc.assert(
    fc.property(fc.array(episode, SIZE), (steps) => {
      const trial = new Trial()
      for (const each of steps.flat()) {
        const body = bodyOf(trial.account, each)
        for (const status of statuses(trial.account, body)) seen.add(status)
        trial.tell(body)
      }
      for (const each of trial.happened) happened.add(each)
      trial.check()
    }),
    { numRuns: RUNS },
  )
  // The generator must really have met what it is for, or its silence means nothing.
  const all: OrderStatus[] = [
    'pending',
    'unknown',
    'open',
    'complete',
    'cancelled',
    'rejected',
    'expired',
    'lapsed',
  ]
  const reports = ['Answered', 'OrderSeen', 'TradeSeen', 'BookRead']
  const pairs = all.flatMap((status) => reports.map((report) => `${status} ${report}`))
  const missed = pairs.filter((pair) => !seen.has(pair))
  assert.deepEqual(missed, [])
  const amends = ['answer', 'book', 'unsent', 'broker'].map((by) => `Amended by ${by}`)
  const rare = [
    ...amends,
    'AmendRejected',
    'AmendUnknown',
    'FillBusted',
    'OrderLapsed',
    'AnomalySeen',
  ]
  assert.deepEqual(
    rare.filter((each) => !happened.has(each)),
    [],
  )
})

/** Which (status, report) pairs an input makes. */
function statuses(account: Account, body: Input['body']): string[] {
  const named = (body as Partial<Extract<Report, { type: 'Answered' }>>).orderId
  if (body.type === 'Answered') {
    const order = named && account.orders.get(named)
    return order ? [`${order.status} Answered`] : []
  }
  if (!['OrderSeen', 'TradeSeen', 'BookRead'].includes(body.type)) return []
  return [...account.orders.values()].map(({ status }) => `${status} ${body.type}`)
}
