import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Fault } from '../src/brokers/faults/plan.ts'
import { faultOf, FAULTS } from '../src/brokers/faults/plan.ts'
import { plannedText } from '../src/cli/faults.ts'
import { BadFaultPlan, readFaultPlan, shortFaultPlan } from '../src/brokers/faults/plan-file.ts'
import { netQuantity } from '../src/core/account.ts'
import { netKey } from '../src/core/instrument.ts'
import { DAY, later } from '../src/core/time.ts'
import { Random } from '../src/market/random.ts'
import { checkBooks } from '../sim/books.ts'
import { House } from './house.ts'
import { tempFolder } from './temp.ts'

const SYMBOLS = ['INFY', 'SBIN', 'TCS']
const STORM_SECONDS = 300
const CALM_SECONDS = 240

/** Each fault of all there are, at a chance of its own. */
function storm(seed: number): Fault[] {
  const random = new Random(seed)
  return FAULTS.map((fault) => {
    const rare = ['session-loss', 'restart', 'ghost', 'bust', 'reject-late', 'reject'].includes(
      fault,
    )
    const chance = random.next() * (rare ? 0.02 : 0.15)
    return faultOf(fault, { chance, for: STORM_SECONDS, seconds: random.integer(1, 40) })
  })
}

/** Somebody trades as wildly as the broker fails. */
async function trade(house: House, random: Random): Promise<void> {
  const symbol = SYMBOLS[random.integer(0, 2)]!
  const side = random.chance(0.5) ? 'BUY' : 'SELL'
  const at = random.chance(0.3) ? '' : ` ${98 + random.integer(0, 80) / 20}`
  const ids = [...house.account.orders.keys()]
  const id = ids[random.integer(0, Math.max(0, ids.length - 1))]
  const dice = random.next()
  if (dice < 0.6 || id === undefined) {
    const wish = `${side} ${random.integer(1, 9)} ${symbol}${at}`
    void house.submit(wish, { product: 'MIS' })
  } else if (dice < 0.8) void house.ask({ type: 'CancelOrder', orderId: id })
  else {
    const changes = { quantity: String(random.integer(1, 12)) }
    void house.ask({ type: 'AmendOrder', orderId: id, changes })
  }
  await house.pass(random.next() * 3)
}

for (let seed = 1; seed <= 20; seed++) {
  test(`storm ${seed}: nothing is sent twice, and when it is over both books agree`, async () => {
    const house = await House.open({ faults: storm(seed) })
    const random = new Random(seed + 1_000)
    const end = house.now() + STORM_SECONDS * 1_000
    while (house.now() < end) {
      const middle = 99 + random.integer(0, 40) / 20
      house.feed.quote(SYMBOLS[random.integer(0, 2)]!, middle - 0.05, middle, random.integer(1, 20))
      await trade(house, random)
      checkBooks(house.account)
    }
    await house.pass(CALM_SECONDS)
    const { orders, positions } = house.venue.books()
    const tags = orders.flatMap(({ tag }) => tag ?? [])
    assert.equal(new Set(tags).size, tags.length, 'no tag is used twice')
    for (const { instrument, product, quantity } of positions) {
      assert.equal(netQuantity(house.account, netKey(instrument, product)), quantity, instrument)
    }
    const working = orders.filter(({ status, tag }) => status === 'working' && tag !== undefined)
    const ours = [...house.account.orders.values()].filter(({ status }) => status === 'open')
    assert.deepEqual(new Set(ours.map(({ tag }) => tag)), new Set(working.map(({ tag }) => tag)))
    for (const { tag, quantity, pricing } of working) {
      const order = ours.find((each) => each.tag === tag)!
      assert.deepEqual([order.terms.quantity, order.terms.pricing], [quantity, pricing])
      assert.equal(order.amending, undefined)
    }
    assert.deepEqual([...house.account.unknown], [])
    assert.deepEqual([...house.account.breaks], [])
    checkBooks(house.account)
  })
}

test('what a plan has put off does not outlive the broker', async () => {
  const faults = [
    faultOf('late', { seconds: 3_600 }),
    faultOf('reject-late', { seconds: 3_600 }),
    faultOf('session-loss', { from: 5, times: 1, seconds: 3_600 }),
  ]
  const house = await House.open({ faults })
  await house.place('BUY 10 INFY 90')
  await house.pass(10)
  const stopping = house.firm.stop(0).then(() => house.desk.stop())
  await house.pass(1)
  await stopping
  assert.ok(house.clock.isQuietUntil(later(house.now(), DAY)))
})

const file = (text: string): string => {
  const path = join(tempFolder(), 'plan.yaml')
  writeFileSync(path, text)
  return path
}

test('a plan is read from YAML, and from the short form', () => {
  const plan = readFaultPlan(
    file('seed: 7\nfaults:\n  - fault: late\n    chance: 0.2\n    seconds: 90\n    on: [place]\n'),
  )
  const late = faultOf('late', { chance: 0.2, seconds: 90, on: ['place'] })
  assert.deepEqual(plan, { seed: 7, faults: [late] })
  const short = shortFaultPlan('lose-answer=0.1,late=0.2,seed=9')
  const faults = [faultOf('lose-answer', { chance: 0.1 }), faultOf('late', { chance: 0.2 })]
  assert.deepEqual(short, { seed: 9, faults })
})

test('a plan that makes no sense is refused by place, with what is expected', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /the plan: /],
    ['faults: []', /faults: /],
    ['faults:\n  - fault: explode', /faults\.0\.fault: one of lose-request, /],
    [
      'faults:\n  - {fault: late, chance: 2}',
      /faults\.0\.chance: a number between 0 and 1 .*\(it is 2\)/,
    ],
    [
      'faults:\n  - {fault: late, on: [sell]}',
      /faults\.0\.on\.0: one of place, amend, cancel .*sell/,
    ],
    ['faults:\n  - {fault: late, color: red}', /faults\.0: color is not known here/],
    ['faults: [', /plan\.yaml: it is no YAML: .*line 1/],
    ['\u0000\u0001: : :\n- x', /plan\.yaml: /],
    ['hello', /the plan: a plan with a list "faults:" is expected \(it is "hello"\)/],
    ['seed: 7\nfautls: []', /faults: a list of faults is expected.* \(it is missing\)/],
    ['seed: abc\nfaults: []', /seed: a whole number from 0 .* \(it is "abc"\)/],
    ['faults:\n  - late', /faults\.0: a fault, as in "- fault: late", .* \(it is "late"\)/],
    ['faults:\n  - {fault: late, times: 0.5}', /faults\.0\.times: a whole number .*0\.5/],
    ['faults:\n  - {fault: late, for: 1e99}', /faults\.0\.for: a number of seconds from 0 /],
    ['faults:\n  - {fault: late, on: place}', /faults\.0\.on: some of place, amend, cancel/],
    [
      'faults:\n  - fault: ghost',
      /faults\.0\.chance: it may begin once a second.* \(it is missing/,
    ],
    [
      'faults:\n  - {fault: ghost, chance: 0.1, on: [place]}',
      /faults\.0\.on: it is for faults of single/,
    ],
  ]
  for (const [text, expected] of wrong) {
    assert.throws(
      () => readFaultPlan(file(text)),
      (error: Error) => error instanceof BadFaultPlan && expected.test(error.message),
      text,
    )
  }
  assert.throws(() => readFaultPlan('/nowhere/plan.yaml'), /there is no such file/)
  assert.throws(() => readFaultPlan(tempFolder()), /it is a folder/)
})

test('the plan of the page about bad days is one, and a start says what is planned', () => {
  const page = readFileSync(new URL('../../docs/bad-day.md', import.meta.url), 'utf8')
  const plan = readFaultPlan(file(/```yaml\n([^]*?)```/.exec(page)![1]!))
  assert.equal(plan.faults.length, 7)
  assert.equal(
    plannedText(plan),
    'on purpose: lose-answer, late, repeat, silence, book-fails, ghost and 1 more; seed 7',
  )
})
