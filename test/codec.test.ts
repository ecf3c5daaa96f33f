import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { newAccount } from '../src/core/account.ts'
import type { Entry, Event } from '../src/core/event.ts'
import { evolve } from '../src/core/evolve.ts'
import { fromText, toText } from '../src/core/plain.ts'
import { rowHash } from '../src/store/chain.ts'
import type { Names } from '../src/store/codec.ts'
import { decodeEntries, encodeEntries, FORMAT, LAYOUT, reads } from '../src/store/codec.ts'
import { SHAPES } from '../src/store/shapes.ts'
import { tour } from './tour.ts'

const folder = new URL('../../test/golden/', import.meta.url)

/** A journal as a release wrote it, and what its accounts come to. */
type Golden = {
  readonly format: number
  readonly layout: Readonly<Record<string, Names>>
  readonly body: string
  readonly hash: string
  readonly state: string
}

test('the tour meets every kind of event there is', () => {
  const met = new Set(tour().flatMap(({ events }) => events.map(({ type }) => type)))
  const missing = Object.keys(SHAPES).filter((type) => !met.has(type as never))
  assert.deepEqual(missing, [])
})

test('events written and read again are the same events', () => {
  const entries = tour()
  assert.deepEqual(decodeEntries(encodeEntries(entries), FORMAT), entries)
})

test('what is written can be read by a person', () => {
  const text = encodeEntries(tour().slice(4, 5))
  assert.match(text, /\["OrderPlaced","paper-5","T00TST001000005",\["NSE:INFY","equity","INR"/)
  assert.match(text, /"MIS","10",\["limit","100"\],"day",null\]/)
})

test('a missing field, an unknown event and a newer format are refused by name', () => {
  const text = encodeEntries(tour().slice(4, 5))
  const lacking = text.replace('"T00TST001000005"', 'null')
  assert.throws(() => decodeEntries(lacking, FORMAT), /field tag is missing/)
  const strange = text.replace('OrderPlaced', 'OrderDreamt')
  assert.throws(() => decodeEntries(strange, FORMAT), /an event of type OrderDreamt/)
  assert.throws(() => decodeEntries('[]', FORMAT + 1), /a row of format 2/)
})

test('what could not be read back is not written', () => {
  const [entry] = tour().filter(({ events }) => events[0]?.type === 'OrderFilled')
  const [filled] = entry!.events
  const spoilt = (field: string, value: unknown): (() => string) => {
    const events = [{ ...filled, [field]: value } as Event]
    return () => encodeEntries([{ ...entry!, events }])
  }
  assert.throws(spoilt('tradedAt', NaN), /NaN is no number that can be read back/)
  assert.throws(spoilt('tradedAt', -Infinity), /-Infinity is no number/)
  assert.throws(spoilt('tradeId', undefined), /field tradeId is missing/)
  assert.throws(() => encodeEntries([{ ...entry!, at: NaN as Entry['at'] }]), /NaN is no/)
  assert.doesNotThrow(spoilt('exchangeOrderId', undefined))
})

test('a field may be added at the end of an event, and nowhere else', () => {
  assert.equal(reads(['a', ['b', ['c']]], ['a', ['b', ['c', 'd']], 'e']), true)
  assert.equal(reads(['a', 'b'], ['b', 'a']), false)
  assert.equal(reads(['a', 'b'], ['a']), false)
  assert.equal(reads(['a', ['b', ['c', 'd']]], ['a', ['b', ['d', 'c']]]), false)
})

test('an account saved and loaded is the same account', () => {
  const account = folded(tour())
  assert.equal(toText(fromText(toText(account))), toText(account))
})

for (const file of readdirSync(folder)) {
  test(`the journal of release ${file} still folds to what it folded to then`, () => {
    const golden = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden
    assert.equal(rowHash('0'.repeat(64), 1, golden.format, golden.body), golden.hash)
    assert.equal(stateOf(decodeEntries(golden.body, golden.format)), golden.state)
    for (const [type, names] of Object.entries(golden.layout)) {
      assert.ok(reads(names, LAYOUT.get(type) ?? []), `${type} is read as it was written`)
    }
  })
}

test('a kind of event is in the golden journal of the newest release', () => {
  const newest = readdirSync(folder).sort().at(-1)
  assert.ok(newest !== undefined)
  const { body } = JSON.parse(readFileSync(new URL(newest, folder), 'utf8')) as Golden
  const types = decodeEntries(body, FORMAT).flatMap(({ events }) => events.map(({ type }) => type))
  const missing = Object.keys(SHAPES).filter((type) => !types.includes(type as never))
  assert.deepEqual(missing, [], 'write a golden journal for this release: GOLDEN=0.x npm test')
})

/** What later releases must agree with: positions, cash and orders, not our own bookkeeping. */
function stateOf(entries: readonly Entry[]): string {
  const { orders, legs, cash, seq } = folded(entries)
  const told = [...orders.values()].map(({ id, status, filled, value }) => [
    id,
    status,
    filled,
    value,
  ])
  return createHash('sha256')
    .update(toText([seq, told, legs, cash]))
    .digest('hex')
}

function folded(entries: readonly Entry[]): ReturnType<typeof newAccount> {
  const account = newAccount('paper')
  for (const entry of entries) evolve(account, entry)
  return account
}

const release = process.env['GOLDEN']
if (release !== undefined && !existsSync(new URL(`${release}.json`, folder))) {
  const entries = tour()
  const body = encodeEntries(entries)
  const hash = rowHash('0'.repeat(64), 1, FORMAT, body)
  const layout = Object.fromEntries(LAYOUT)
  const golden: Golden = { format: FORMAT, layout, body, hash, state: stateOf(entries) }
  writeFileSync(new URL(`${release}.json`, folder), `${JSON.stringify(golden, undefined, 1)}\n`)
}
