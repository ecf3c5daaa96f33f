import { later, SECOND } from '../src/core/time.ts'
import { converge } from './healed.ts'
import { uncaughtBy } from './run.ts'
import { planOfStory, Teller } from './stories.ts'
import type { Story } from './stories.ts'
import { Trace } from './trace.ts'
import { World } from './world.ts'

/** At which point of each life, counted from 1; 0 and what is not named let it live. */
export type Deaths = readonly number[]

export type Told = {
  readonly broken: string | undefined
  /** How many points each life crossed. */
  readonly points: readonly number[]
  /** What was being done at the points where it died. */
  readonly died: readonly string[]
  readonly hash: string
  readonly orders: number
  /** Orders that reached the broker; each did so once, or the run is broken. */
  readonly arrived: number
  /** Orders that never did, and that the desk says so of. */
  readonly unsent: number
}

/** What holds a story up: a caller asks again for a while before it gives up. */
const PATIENCE_MS = 300 * SECOND

/** Long enough for an order of which nothing was heard to be given up. */
const AFTER_MS = 70 * SECOND

/** One story, with the process dying where it is told to; all must be well again afterwards. */
export async function tell(
  story: Story,
  deaths: Deaths,
  say?: (line: string) => void,
): Promise<Told> {
  const points: number[] = []
  const died: string[] = []
  const watched = { isHealed: false }
  const ends = (life: number, where: string): boolean => {
    if (watched.isHealed) return false
    const n = (points[life - 1] ?? 0) + 1
    points[life - 1] = n
    if (deaths[life - 1] !== n) return false
    died.push(`${where} of life ${life}`)
    return true
  }
  const trace = new Trace(say)
  const world = new World(planOfStory(story), trace, [], ends)
  const release = uncaughtBy(world)
  try {
    await play(world, story)
    watched.isHealed = true
    if (!world.judge.broken) await converge(world)
    if (!world.judge.broken) honest(world)
  } finally {
    release()
  }
  const { judge, exchange } = world
  const orders = [...judge.written.orders.values()]
  const arrived = orders.filter(({ tag }) => exchange.truth.arrivals.has(tag)).length
  return {
    broken: judge.broken?.message,
    points: points.map((count) => count),
    died,
    hash: trace.hex(),
    orders: orders.length,
    arrived,
    unsent: orders.length - arrived,
  }
}

async function play(world: World, story: Story): Promise<void> {
  const state = { isOver: false }
  void story.tell(new Teller(world)).then(() => {
    state.isOver = true
  })
  await world.play()
  const end = later(world.clock.now(), PATIENCE_MS)
  while (!state.isOver && world.clock.now() < end && !world.judge.broken) {
    await world.pass(later(world.clock.now(), SECOND))
  }
  await world.pass(later(world.clock.now(), AFTER_MS))
  if (!state.isOver) world.judge.complain('24 all is well again in time', 'the story goes on')
}

/** 1 and 8: each order was at the broker once, or never, and then the desk says that. */
function honest(world: World): void {
  const { judge, exchange } = world
  for (const { id, tag, status } of judge.written.orders.values()) {
    const times = exchange.truth.arrivals.get(tag)?.length ?? 0
    if (times > 1) judge.complain('1 an intent is sent once', `${id} arrived ${times} times`)
    if (status === 'pending' || status === 'unknown') {
      judge.complain('24 all is well again in time', `${id} is ${status} for ever`)
    }
    if (times === 0 && (status === 'open' || status === 'complete')) {
      judge.complain('8 no end without proof', `${id} is ${status}, and never arrived`)
    }
  }
}
