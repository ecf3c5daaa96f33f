import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantity } from '../src/core/amount.ts'
import { instrumentId } from '../src/core/instrument.ts'
import { elapsed, SECOND } from '../src/core/time.ts'
import { Crowd, SlowBroker } from './slow-broker.ts'

const eventsIn = ({ journal }: Crowd, type: string): number =>
  [...journal.read(0)]
    .flatMap(({ entries }) => entries)
    .flatMap(({ events }) => events)
    .filter((event) => event.type === type).length

test('twelve accounts each ten seconds, five at once, and one that fails hurts none', async () => {
  const crowd = await Crowd.of(12, '10')
  const [, , , lost, ...rest] = crowd.brokers
  lost!.fails = true
  const reads = await crowd.readsIn(300)
  for (const [index, count] of reads.entries()) {
    if (index !== 3) assert.ok(count >= 29 && count <= 31, `a${index + 1}: ${count} in 300 s`)
  }
  assert.ok(SlowBroker.mostAtOnce <= 5, `${SlowBroker.mostAtOnce} at once`)
  assert.deepEqual(crowd.skipped(), Array(12).fill(0))
  assert.equal(crowd.desk.account('a4').compared?.failed, 'orders,trades,positions,holdings,funds')
  assert.equal(crowd.desk.account('a5').compared?.failed, '')
  assert.equal(rest.length, 8)
  lost!.fails = false
  await crowd.pass(60)
  assert.equal(crowd.desk.account('a4').compared?.failed, '')
})

test('a cycle never overlaps itself: what falls due meanwhile is skipped and counted', async () => {
  const crowd = await Crowd.of(1, '10')
  const [broker] = crowd.brokers
  broker!.takesMs = 13 * SECOND
  await crowd.pass(20)
  const [before] = crowd.skipped()
  await crowd.readsIn(200)
  const gaps = broker!.begun.slice(-5).map((at, index, all) => elapsed(all[index - 1] ?? at, at))
  assert.deepEqual(gaps.slice(1), Array(4).fill(20 * SECOND))
  assert.equal(crowd.skipped()[0]! - before!, 10)
})

test('where there are too many, each is read in its turn and what is late counted', async () => {
  const crowd = await Crowd.of(30, '10')
  const reads = await crowd.readsIn(300)
  // Five at once, three seconds each: 500 readings, and 900 were due.
  const all = reads.reduce((sum, count) => sum + count, 0)
  assert.ok(all >= 480 && all <= 500, `${all} readings`)
  assert.ok(Math.min(...reads) >= 15, `the least was read ${Math.min(...reads)} times`)
  assert.ok(Math.min(...crowd.skipped()) >= 10, crowd.skipped().join())
})

test('an account that holds nothing is read as well, and journaled every half hour', async () => {
  const crowd = await Crowd.of(2, '0')
  const before = eventsIn(crowd, 'BookCompared')
  assert.deepEqual(await crowd.readsIn(3_600), [360, 360])
  assert.equal(eventsIn(crowd, 'BookCompared') - before, 4)
})

test('without a cycle an account is read every half hour', async () => {
  const crowd = await Crowd.of(2, '10', { cycleMs: undefined })
  assert.deepEqual(await crowd.readsIn(1_700), [0, 0])
  assert.deepEqual(await crowd.readsIn(1_800), [1, 1])
})

test('the very same rows are compared once, and journaled once a minute', async () => {
  const crowd = await Crowd.of(1, '10')
  const [broker] = crowd.brokers
  const before = eventsIn(crowd, 'BookCompared')
  assert.deepEqual(await crowd.readsIn(600), [60])
  const noted = eventsIn(crowd, 'BookCompared') - before
  assert.ok(noted === 10, `${noted} in ten minutes`)
  // Of the first two the cash and what is held are taken over: there is nothing to weigh yet.
  assert.equal(eventsIn(crowd, 'EquityMarked'), eventsIn(crowd, 'BookCompared') - 2)
  broker!.positions = []
  await crowd.pass(15)
  assert.equal(eventsIn(crowd, 'BreakFound'), 1)
})

test('an idle hour is 60 rows of the journal for 200 symbols, and two for none', async () => {
  const rows = async (held: number): Promise<number> => {
    const crowd = await Crowd.of(1, '0')
    const [broker] = crowd.brokers
    broker!.positions = Array.from({ length: held }, (_, n) => {
      const instrument = instrumentId('NSE', `SYM${n}`)
      return { instrument, product: 'CNC', quantity: quantity('10') }
    })
    await crowd.pass(120)
    assert.equal(crowd.desk.account('a1').held, held)
    const before = crowd.journal.head().n
    await crowd.pass(3_600)
    return crowd.journal.head().n - before
  }
  assert.deepEqual([await rows(200), await rows(0)], [60, 2])
})
