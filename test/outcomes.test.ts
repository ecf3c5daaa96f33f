import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { delayOf, KINDS, MILLION } from '../sim/delays.ts'
import { addScore, facts, table } from '../sim/outcome-page.ts'
import type { Summed } from '../sim/outcome-page.ts'
import { OURS, POLICIES, session } from '../sim/outcomes.ts'

/** Seeds in whose ten minutes an order comes after all of which nothing was heard. */
const SEEDS = [1, 2, 3]

async function played(policy: string): Promise<Summed> {
  const sums = new Map<string, Summed>()
  for (const seed of SEEDS) addScore(sums, await session({ policy, seed }))
  return sums.get(policy)!
}

test('a call’s delay depends on its seed, its wish and its try alone', () => {
  assert.deepEqual(delayOf(7, 3, 1), delayOf(7, 3, 1))
  const kinds = Array.from({ length: 20_000 }, (_, n) => delayOf(1, n, 1).kind)
  for (const [kind, { share }] of Object.entries(KINDS)) {
    const found = kinds.filter((each) => each === kind).length
    const due = (share / MILLION) * kinds.length
    assert.ok(Math.abs(found - due) < 5 * Math.sqrt(due), `${kind}: ${found} of ${due}`)
  }
})

test('who sends again holds an order twice, and who gives up early is wrong', async () => {
  const retrying = await played('retry on error')
  assert.ok(retrying.duplicates > 0)
  const failing = await played('failed at the first error')
  assert.deepEqual([failing.duplicates, failing.falseEnds > 0], [0, true])
  const waiting = await played('rejected after 15 s')
  assert.ok(waiting.falseEnds > 0 && waiting.falseEnds < failing.falseEnds)
})

test('the desk sends nothing twice, and is right about each order in the end', async () => {
  const ours = await played(OURS)
  assert.deepEqual([ours.duplicates, ours.wrong], [0, 0])
  assert.ok(ours.doubts.length > 0)
  assert.ok(ours.doubts.every((ms) => ms < 5 * 60_000))
  assert.deepEqual(
    await session({ policy: OURS, seed: 1 }),
    await session({ policy: OURS, seed: 1 }),
  )
})

const NONE: Summed = { orders: 1, duplicates: 0, falseEnds: 0, doubts: [], keptBack: 0, wrong: 0 }

test('the page shows what the code plays', () => {
  const page = readFileSync(
    fileURLToPath(new URL('../../docs/outcomes.md', import.meta.url)),
    'utf8',
  )
  const head = table(new Map(POLICIES.map((policy) => [policy, NONE])), 1)[0]!
  for (const line of [...facts(), head]) assert.ok(page.includes(line), line)
  for (const policy of POLICIES) {
    assert.ok(page.includes(`${policy} |`) || page.includes(`**${policy}** |`), policy)
  }
})
