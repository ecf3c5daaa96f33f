import assert from 'node:assert/strict'
import { test } from 'node:test'
import { after, singlesOf } from '../sim/crashes.ts'
import { tell } from '../sim/dying.ts'
import { Progress } from '../sim/progress.ts'
import { STORIES } from '../sim/stories.ts'

const POINTS_AT_LEAST = 80
/** `npm run sim -- --crashes --pairs` tries them all. */
const PAIR_OF_EACH = 149

for (const story of STORIES) {
  test(`the day "${story.name}" ends well wherever the process dies`, async () => {
    const singles = await singlesOf(story)
    assert.ok(singles.length > POINTS_AT_LEAST, `${singles.length} points`)
    let pair = 0
    for (const deaths of singles) {
      const { broken, died, points } = await tell(story, deaths)
      assert.equal(broken, undefined, `${story.name}:${deaths.join(':')} died ${died[0]}`)
      assert.equal(died.length, 1)
      for (let second = 1; second <= (points[deaths.length] ?? 0); second++) {
        if (++pair % PAIR_OF_EACH !== 0) continue
        const twice = await tell(story, [...deaths, second])
        const again = [story.name, ...deaths, second].join(':')
        assert.equal(twice.broken, undefined, `${again} died ${twice.died.join(', ')}`)
        assert.equal(twice.died.length, 2)
      }
    }
  })
}

test('a death is one day, to the last bit, and the point of each life is told', async () => {
  const story = STORIES[0]!
  const [one, other] = [await tell(story, [30, 5]), await tell(story, [30, 5])]
  assert.equal(one.hash, other.hash)
  assert.deepEqual(one.died, other.died)
  assert.match(one.died[0]!, / of life 1$/)
  assert.match(one.died[1]!, / of life 2$/)
  assert.deepEqual(one.points.slice(0, 2), [30, 5])
})

test('all pairs that begin with one death are as many as the next life has points', async () => {
  const found = await after({ story: 'life', deaths: [101], pairs: true })
  const { points } = await tell(STORIES[0]!, [101])
  assert.deepEqual([found.singles, found.pairs], [1, points[1]])
  assert.equal(found.arrived + found.unsent, found.orders)
})

test('how far a command has come is one line on a terminal, and whole lines elsewhere', () => {
  const told = (isTTY: boolean): string => {
    let text = ''
    const out = { isTTY, write: (more: string) => ((text += more), true) }
    const progress = new Progress('0 of 3 runs', out)
    progress.tell(1, 3, () => 'runs') // too soon to be shown
    progress.end()
    return text
  }
  assert.equal(told(true), '\r\x1b[K0 of 3 runs\r\x1b[K')
  assert.equal(told(false), '0 of 3 runs\n')
})
