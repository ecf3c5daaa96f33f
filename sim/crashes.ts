/**
 * The exhaustive crash loop: small days are played once for each point at which the process can
 * die, and once for each pair of such points in two lives that follow each other.
 */
import type { Deaths, Told } from './dying.ts'
import { tell } from './dying.ts'
import { spread } from './spread.ts'
import type { Story } from './stories.ts'
import { STORIES } from './stories.ts'

/** A death, and whether each one of the life that follows is tried after it. */
export type CrashJob = {
  readonly story: string
  readonly deaths: Deaths
  readonly pairs: boolean
}

/** A day that did not end well: how to play it again, and what was wrong. */
export type Unwell = {
  readonly story: string
  readonly deaths: Deaths
  readonly died: readonly string[]
  readonly what: string
}

export type Found = {
  readonly story: string
  readonly singles: number
  readonly pairs: number
  readonly orders: number
  readonly arrived: number
  readonly unsent: number
  readonly unwell: readonly Unwell[]
}

const storyOf = (name: string) => STORIES.find((each) => each.name === name)!

/** One death, and if asked for each death of the life after it. */
export async function after({ story: name, deaths: first, pairs }: CrashJob): Promise<Found> {
  const story = storyOf(name)
  const told = [await tell(story, first)]
  const deaths: Deaths[] = [first]
  const seconds = pairs ? (told[0]!.points[first.length] ?? 0) : 0
  for (let second = 1; second <= seconds; second++) {
    deaths.push([...first, second])
    told.push(await tell(story, [...first, second]))
  }
  return {
    story: name,
    singles: 1,
    pairs: seconds,
    ...sums(told),
    unwell: told.flatMap(({ broken, died }, index) =>
      broken === undefined ? [] : [{ story: name, deaths: deaths[index]!, died, what: broken }],
    ),
  }
}

const sums = (told: readonly Told[]): Pick<Found, 'orders' | 'arrived' | 'unsent'> => ({
  orders: told.reduce((sum, { orders }) => sum + orders, 0),
  arrived: told.reduce((sum, { arrived }) => sum + arrived, 0),
  unsent: told.reduce((sum, { unsent }) => sum + unsent, 0),
})

export type CrashTally = { -readonly [K in keyof Omit<Found, 'story'>]: Found[K] }

const noDeaths = (): CrashTally => ({
  singles: 0,
  pairs: 0,
  orders: 0,
  arrived: 0,
  unsent: 0,
  unwell: [],
})

function addFound(tally: CrashTally, found: Found): void {
  tally.singles += found.singles
  tally.pairs += found.pairs
  tally.orders += found.orders
  tally.arrived += found.arrived
  tally.unsent += found.unsent
  tally.unwell = [...tally.unwell, ...found.unwell]
}

/** Every single death of a story, in whichever of its lives; it ends well without any. */
export async function singlesOf(story: Story): Promise<Deaths[]> {
  const { broken, points } = await tell(story, [])
  if (broken !== undefined) throw new Error(`${story.name} ends badly by itself: ${broken}`)
  return points.flatMap((count, life) =>
    Array.from({ length: count }, (_, n) => [...points.slice(0, life).map(() => 0), n + 1]),
  )
}

export type CrashLoop = {
  readonly pairs: boolean
  readonly onFirst: (soFar: CrashTally, done: number, of: number) => void
}

/** Every point of every story, on all processors. */
export async function crashEverywhere({ pairs, onFirst }: CrashLoop): Promise<{
  readonly tally: CrashTally
  readonly stories: ReadonlyMap<string, CrashTally>
}> {
  const jobs: CrashJob[] = []
  for (const story of STORIES) {
    const singles = await singlesOf(story)
    jobs.push(...singles.map((deaths) => ({ story: story.name, deaths, pairs })))
  }
  const tally = noDeaths()
  const stories = new Map(STORIES.map(({ name }) => [name, noDeaths()]))
  let done = 0
  const onResult = (found: Found): void => {
    addFound(tally, found)
    addFound(stories.get(found.story)!, found)
    onFirst(tally, ++done, jobs.length)
  }
  await spread<CrashJob, Found>({ file: 'crash-worker.js', jobs, onResult })
  return { tally, stories }
}
