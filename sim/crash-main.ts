/** `npm run sim -- --crashes [--pairs]`: the exhaustive crash loop, from the command line. */
import type { CrashTally, Unwell } from './crashes.ts'
import { crashEverywhere } from './crashes.ts'
import { tell } from './dying.ts'
import { Progress } from './progress.ts'
import { STORIES } from './stories.ts'

const SHOWN_MAX = 10

type Say = (line: string) => void

/** Returns the exit code: 0 where all was well again after each death. */
export async function crashes(pairs: boolean, say: Say): Promise<number> {
  const progress = new Progress('Every day is told once without a death …')
  const { tally, stories } = await crashEverywhere({
    pairs,
    onFirst: (soFar, done, of) =>
      progress.tell(done, of, () => {
        const tried = pairs ? `points, ${soFar.pairs} pairs` : 'points'
        return `${tried}, ${soFar.unwell.length} badly`
      }),
  })
  progress.end()
  const { seconds } = progress
  say(`${'day'.padEnd(10)}${HEADS.map((head) => head.padStart(9)).join('')}`)
  for (const [name, each] of stories) say(row(name, each))
  say(row('all', tally))
  say(`\n${tally.singles + tally.pairs} days with a death in ${seconds.toFixed(0)} s`)
  for (const each of tally.unwell.slice(0, SHOWN_MAX)) say(told(each))
  const more = tally.unwell.length - SHOWN_MAX
  if (more > 0) say(`and ${more} more`)
  say(tally.unwell.length === 0 ? 'all well again after each' : 'NOT all well again')
  return tally.unwell.length === 0 ? 0 : 1
}

const HEADS = ['points', 'pairs', 'orders', 'once', 'unsent', 'badly']

const row = (name: string, { singles, pairs, orders, arrived, unsent, unwell }: CrashTally) =>
  `${name.padEnd(10)}${[singles, pairs, orders, arrived, unsent, unwell.length]
    .map((count) => count.toLocaleString('en-US').padStart(9))
    .join('')}`

const told = ({ story, deaths, died, what }: Unwell): string =>
  `\nBADLY   ${what}\n  died ${died.join(', then ')}` +
  `\n  again: npm run sim -- --story ${story}:${deaths.join(':')}`

/** One day of the loop told line by line, as `--story life:12:3` names it. */
export async function crash(named: string, say: Say): Promise<number> {
  const [name, ...points] = named.split(':')
  const story = STORIES.find((each) => each.name === name)
  if (!story || points.some((point) => !/^\d{1,6}$/.test(point))) {
    const known = STORIES.map((each) => each.name).join(', ')
    say(`"${named}" is no day and its deaths, as in life:12:3; the days are ${known}`)
    return 2
  }
  const {
    broken,
    died,
    orders,
    arrived,
    points: crossed,
  } = await tell(story, points.map(Number), say)
  say(`\npoints of each life: ${crossed.join(', ')}; died ${died.join(', then ') || 'nowhere'}`)
  say(`${orders} orders, ${arrived} of them at the broker: ${broken ?? 'all well again'}`)
  return broken === undefined ? 0 : 1
}
