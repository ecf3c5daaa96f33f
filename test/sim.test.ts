import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, newTally } from '../sim/batch.ts'
import { Disk } from '../sim/disk.ts'
import { Fates } from '../sim/fates.ts'
import { Life } from '../sim/life.ts'
import { reduce } from '../sim/reduce.ts'
import { regressions } from '../sim/regressions.ts'
import { run } from '../sim/run.ts'
import { Random } from '../src/market/random.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { NOON } from './house.ts'
import { journalExam } from './journal.exam.ts'

const SEEDS = 50

/** A disk on which nothing goes wrong, and a process that opens it. */
function quietDisk(): { disk: Disk; life: () => Life } {
  const clock = new VirtualClock(NOON)
  const fates = new Fates(1)
  fates.heal()
  const random = new Random(1)
  const onSafe = (): void => {}
  const disk = new Disk({ clock, fates, random, latencyMs: 0, onSafe, onSometimes: () => {} })
  const around = { clock, skew: () => 0, dies: () => false, onError: () => {} }
  return { disk, life: () => new Life(1, around) }
}

const disks = new WeakMap<object, ReturnType<typeof quietDisk>>()

journalExam({
  name: 'simulated disk',
  open: () => {
    const folder = quietDisk()
    const journal = folder.disk.open(folder.life(), () => false)
    disks.set(journal, folder)
    return journal
  },
  reopen: (before) => {
    const folder = disks.get(before)!
    folder.disk.crash()
    const journal = folder.disk.open(folder.life(), () => false)
    disks.set(journal, folder)
    return journal
  },
})

test('one seed is one world, to the last bit', async () => {
  for (const seed of [5, 11, 48]) {
    const [one, other] = [await run({ seed }), await run({ seed })]
    assert.equal(one.hash, other.hash)
    assert.deepEqual(one.faults, other.faults)
  }
  assert.notEqual((await run({ seed: 5 })).hash, (await run({ seed: 4 })).hash)
})

test(`in ${SEEDS} bad days every promise holds`, async () => {
  const tally = newTally()
  for (let seed = 1; seed <= SEEDS; seed++) count(tally, await run({ seed }))
  const told = tally.broken.map(({ seed, broken }) => `seed ${seed}: ${broken?.what}`)
  assert.deepEqual(told, [])
  assert.ok(tally.orders > 15 * SEEDS, `${tally.orders} orders`)
  assert.ok(tally.faults > 60 * SEEDS, `${tally.faults} faults`)
  assert.ok(tally.crashes > 2 * SEEDS, `${tally.crashes} crashes`)
})

test('a run without its faults is a good day', async () => {
  const { broken, faults, orders } = await run({ seed: 5, only: [] })
  assert.deepEqual([broken, faults], [undefined, []])
  assert.ok(orders > 0)
})

test('what broke a promise once does so no more', async () => {
  for (const { seed, days, faults, what } of regressions()) {
    const { broken } = await run({ seed, days, only: faults })
    assert.equal(broken, undefined, `${what}: it does again`)
  }
})

test('a broken run is reduced to the faults without which it would not break', async () => {
  const whole = await run({ seed: 2 })
  const guilty = [whole.faults[5]!, whole.faults[9]!]
  const broken = { ...whole, broken: { rule: 'r', what: 'w' } }
  const breaks = ({ only }: { readonly only?: readonly string[] | undefined }) =>
    Promise.resolve({
      ...whole,
      broken: guilty.every((each) => only?.includes(each)) ? broken.broken : undefined,
    })
  const { faults } = await reduce(broken, { seed: 2 }, breaks)
  assert.deepEqual(faults, guilty)
})
