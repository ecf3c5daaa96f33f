import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newAccount } from '../src/core/account.ts'
import { decide } from '../src/core/decide.ts'
import type { Entry } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import type { Answer, Input } from '../src/core/input.ts'
import type { BrokerOrderId, Order, OrderId } from '../src/core/order.ts'
import { MANUAL, strategyOwner } from '../src/core/owner.ts'
import type { StatisticsView } from '../src/core/statistics.ts'
import { epoch } from '../src/core/tag.ts'
import { DAY, HOUR, later, SECOND } from '../src/core/time.ts'
import { orderView } from '../src/core/view.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import type { Counted } from './recount.ts'
import { recounted } from './recount.ts'
import { statistics, viewsOf } from './statistics-of.ts'
import type { Step } from './totality-steps.ts'
import { bodyOf, book, episode, START } from './totality-steps.ts'

const RUNS = 200
const LONG_MS = 60_000
const DAYS = [undefined, '2026-11-23', '2026-11-24', '2026-11-25']
const OWNERS = [MANUAL, strategyOwner('a'), strategyOwner('b')]

/** An account that hears what chance says, and everything that was ever true of its orders. */
class Trial {
  readonly account = newAccount('paper')
  readonly entries: Entry[] = []
  /** Those that left memory as well: they are folded in place, and change no more. */
  readonly orders = new Map<OrderId, Order>()
  #now = START

  constructor() {
    this.tell({ type: 'OpenAccount', number: 1, broker: 'paper', mode: 'paper', plan: 'zerodha' })
    this.tell({ type: 'Started', epoch: epoch('00TST') })
    this.tell({ type: 'BookRead', ...book({ cash: true }) })
  }

  step(step: Step): void {
    if (step.do === 'wait') this.#now = later(this.#now, 7 * HOUR)
    if (step.do === 'day') this.#now = later(this.#now, DAY)
    const body = bodyOf(this.account, step)
    if (body.type !== 'PlaceOrder') return this.tell(body)
    const owner = OWNERS[this.account.seq % OWNERS.length]!
    this.tell({ ...body, ticket: { ...body.ticket, owner } })
  }

  tell(told: Input['body']): void {
    this.#now = later(this.#now, SECOND)
    const { account } = this
    const at = this.#now
    const body = told.type === 'BookRead' ? { ...told, askedAt: at } : told
    const events = decide(account, { at, cause: 'trial', key: undefined, body })
    if (events.length === 0) return
    const seq = account.seq + 1
    const entry = { account: account.id, seq, at, cause: 'trial', command: undefined, events }
    evolve(account, entry)
    this.entries.push(entry)
    for (const [id, order] of account.orders) this.orders.set(id, order)
  }
}

const NUMBERS = fc.integer({ min: 1, max: 4 })
const ENDS = fc.constantFrom('cancelled', 'rejected', 'expired')
/** Chance alone seldom ends an order that has just been accepted, and then tells a trade of it. */
const ending: fc.Arbitrary<Step[]> = fc.tuple(NUMBERS, ENDS).map(([o, status]) => [
  { do: 'place', size: 5, turn: true },
  { do: 'answer', o, answer: ACCEPTED(o), request: 'place' },
  { do: 'row', o, status, filled: 0 },
  { do: 'trade', o, t: o, size: 5, busted: false },
])
const ACCEPTED = (o: number): Answer => ({
  is: 'accepted',
  brokerOrderId: `b${o}` as BrokerOrderId,
})

/** The screens are written in steps of `rows` journal rows, and asked at the end. */
async function check(steps: readonly Step[], rows: number): Promise<Counted> {
  const trial = new Trial()
  for (const each of steps) trial.step(each)
  const journal = new MemoryJournal()
  const views = viewsOf(journal)
  for (const [index, entry] of trial.entries.entries()) {
    await journal.append({ n: index + 1, entries: [entry] })
    if (index % rows === 0) views.catchUp(LONG_MS)
  }
  const { account, orders, entries } = trial
  const all = [...orders.values()].map((order) => orderView('paper', order))
  for (const owner of [undefined, ...OWNERS]) {
    for (const day of DAYS) {
      const asked = { owner, from: day, to: day }
      const found = await statistics({ views, account, asked })
      assert.deepEqual(countedIn(found), recounted(all, entries, asked))
    }
  }
  const whole = countedIn(await statistics({ views, account }))
  views.close()
  return whole
}

function countedIn(view: StatisticsView): Counted {
  const { account: _a, owner: _o, period: _p, from: _f, to: _t, ...figures } = view
  const { queueSize: _q, monitoredPositions: _m, vwap: _v, ...counted } = figures
  return counted
}

test('the counters are what counting every order anew gives, whatever happens', async () => {
  const episodes = fc.array(fc.oneof(episode, ending), { minLength: 5, maxLength: 40 })
  const met = new Set<string>()
  const property = fc.asyncProperty(
    episodes,
    fc.integer({ min: 1, max: 9 }),
    async (steps, rows) => {
      const whole = await check(steps.flat(), rows)
      for (const [name, count] of Object.entries(whole)) if (count !== 0) met.add(name)
    },
  )
  await fc.assert(property, { numRuns: RUNS })
  // A figure that is always zero would agree with anything.
  const names = Object.keys(recounted([], [], {}))
  assert.deepEqual(
    names.filter((name) => !met.has(name)),
    [],
  )
})
