import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf } from '../src/brokers/faults/plan.ts'
import type { Entry } from '../src/core/event.ts'
import { utc } from '../src/core/view.ts'
import type { Why } from '../src/core/why.ts'
import { why } from '../src/core/why.ts'
import { auditTrail, EVENT_TYPES } from '../src/store/audit.ts'
import type { Journal } from '../src/store/journal.ts'
import { MemoryJournal } from '../src/store/memory.ts'
import { House } from './house.ts'
import { tour } from './tour.ts'

function* entriesOf(journal: Journal): Iterable<Entry> {
  for (const { entries } of journal.read(0)) yield* entries
}

function ask(house: House, id: string): Why {
  const found = why(() => entriesOf(house.journal), id)
  assert.ok(found, `${id} has a reason`)
  return found
}

/** The story without its times, one sentence a line. */
const told = ({ about, steps, end }: Why): string =>
  [about, ...steps.map(({ text }) => text), end ?? ''].join('\n').trimEnd()

/** Lines that are indented further go on with the one before. */
const story = (text: string): string =>
  text
    .replaceAll(/\n {8,}/g, ' ')
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n')

const named = (house: House, type: string): string => {
  const [item] = auditTrail(house.journal, { type }, { show: utc })
  assert.ok(item, `there is an event ${type}`)
  return `${item.account}-${item.seq}`
}

test('why an order is complete: who asked, what was decided, what the broker did', async () => {
  const house = await House.open()
  await house.place('BUY 10 INFY 100', { id: 'morning-1', note: 'breakout', product: 'CNC' })
  await house.pass(1)
  house.feed.quote('INFY', 99.9, 99.95, 4)
  await house.pass(1)
  house.feed.quote('INFY', 99.85, 99.9)
  await house.pass(1)
  const id = named(house, 'OrderPlaced')
  const tag = [...house.account.orders.values()][0]!.tag
  assert.equal(
    told(ask(house, id)),
    story(`
      ${id}: BUY 10 INFY LIMIT 100, for manual.
      The key "me" under the id morning-1 asked for BUY 10 INFY LIMIT 100 CNC, for manual
        ("breakout"), with the market at ₹99.98. It passed every check. It is an entry: ₹1,000.00
        of cash was set aside.
      It was handed to the broker, attempt 1, under the tag ${tag}.
      It is at the broker as P1, recognised by its tag in a report of the broker.
      Bought 4 at ₹99.95 (trade T1): 4 of 10. It came with a report of the broker.
      Bought 6 at ₹99.90 (trade T2): 10 of 10. It came with a report of the broker.
      It is COMPLETE: 10 of 10 at ₹99.92 on average, charges ₹0.00, 2 s after it was asked for.`),
  )
})

test('why an order is lapsed: the doubt, and how hard it was looked for', async () => {
  const house = await House.open({ faults: [faultOf('lose-request', { times: 1 })] })
  await house.place('BUY 10 INFY 90')
  await house.pass(60)
  const text = told(ask(house, named(house, 'OrderUnknown')))
  assert.match(text, /^paper-\d+: BUY 10 INFY LIMIT 90, for manual\. paper-\d+ is a step of it\.\n/)
  assert.match(text, /\nNo proof either way: no answer within 5 s\. It is UNKNOWN: it is not sent/)
  assert.match(text, /\nThe broker’s book was read well and did not show it \(look 3\)\.\n/)
  assert.match(text, /\nAfter \d looks it is presumed never to have reached the broker: LAPSED\./)
  assert.match(text, /\nIt is LAPSED: 0 of 10.*\.$/)
})

test('why an order was cancelled: by whom, and with how much open', async () => {
  const house = await House.open()
  await house.place('BUY 10 INFY 90')
  await house.pass(1)
  await house.cancel(named(house, 'OrderPlaced'))
  await house.pass(1)
  const text = told(ask(house, named(house, 'OrderPlaced')))
  assert.match(text, /\nThe key "me" under the id c2 asked for it to be cancelled\.\n/)
  assert.match(text, /\nThe cancel was handed to the broker\.\n/)
  assert.match(text, /\nIt is CANCELLED: 0 of 10, 1 s after it was asked for\.$/)
  assert.match(text, /\nIt was cancelled \(.*\) with 10 open\.\n/)
})

test('why an order was denied: the code, its context and the remedy', async () => {
  const house = await House.open()
  await house.place('BUY 10 INFY 101.23', { id: 'x', strategy: 'meanrev' })
  assert.equal(
    told(ask(house, named(house, 'OrderDenied'))),
    story(`
      ${named(house, 'OrderDenied')}: BUY 10 INFY LIMIT 101.23 was denied.
      The key "me" under the id x asked for BUY 10 INFY LIMIT 101.23, for strategy:meanrev.
      It was denied: The price is not a multiple of the tick size. PRICE_NOT_ON_TICK tick=0.05
        price=101.23
      Nothing was sent to the broker.
      Round the price to the tick.`),
  )
})

test('why there is a break: the trades before it, and what each book says', async () => {
  const house = await House.open()
  await house.place('BUY 10 INFY')
  await house.pass(1)
  house.feed.quote('INFY', 99.95, 100)
  await house.pass(1)
  const { instrument } = [...house.account.legs.values()].flatMap((o) => [...o.values()])[0]!
  const product = 'CNC'
  const cause = 'book'
  const found = {
    type: 'BreakFound',
    instrument,
    product,
    ours: 10n,
    theirs: 0n,
    evidence: 'e',
  } as never
  const entry = { account: 'paper', seq: house.account.seq + 1, at: house.now(), cause }
  const entries = (): Iterable<Entry> => [
    ...entriesOf(house.journal),
    { ...entry, command: undefined, events: [found] },
  ]
  const answer = why(entries, `paper-${entry.seq}`)
  assert.ok(answer)
  const text = told(answer)
  assert.match(text, /^paper-\d+: BREAK in INFY CNC: we have .*, the broker 0; e\.\n/)
  assert.match(text, /\npaper-\d+: bought 10 INFY at 100 \(trade T1\)\. It came of a report/)
  assert.match(text, /\nIt is not settled: automatic orders in it wait\.$/)
})

test('what nothing is named after has no reason, and a strange name is no mistake', async () => {
  const house = await House.open()
  for (const id of ['paper-99999', 'nobody-1', 'paper', '', '-', 'paper-0', 'paper-x', 'a-1e3']) {
    assert.equal(
      why(() => entriesOf(house.journal), id),
      undefined,
      id,
    )
  }
  assert.match(told(ask(house, 'paper-1')), /The account was opened at paper, paper\..*the start/)
})

test('every event there is has a sentence, a plain form and a reason', async () => {
  const journal = new MemoryJournal()
  await journal.append({ n: 1, entries: tour() })
  const items = [...auditTrail(journal, {}, { show: utc })]
  assert.deepEqual(new Set(items.map(({ type }) => type)), new Set(EVENT_TYPES))
  for (const item of items) {
    assert.match(item.summary, /^\S.*[^ ]$/, item.type)
    assert.doesNotMatch(item.summary, /undefined|\[object|NaN/, item.type)
    assert.deepEqual(JSON.parse(JSON.stringify(item)), item, 'it survives JSON')
    const found = why(() => entriesOf(journal), `${item.account}-${item.seq}`)
    assert.ok(found && found.about !== '', `${item.type} has a reason`)
    assert.doesNotMatch(told(found), /undefined|\[object|NaN/, item.type)
  }
})
