import type { Family } from './families.ts'
import { converge } from './healed.ts'
import type { Sometimes } from './sometimes.ts'
import { planOf } from './plan.ts'
import { Trace } from './trace.ts'
import { World } from './world.ts'
import { HOUR } from '../src/core/time.ts'

export type RunOptions = {
  readonly seed: number
  readonly days?: number | undefined
  /** Only these faults strike; undefined: all that the seed draws. */
  readonly only?: readonly string[] | undefined
  readonly say?: ((line: string) => void) | undefined
}

export type Outcome = {
  readonly seed: number
  readonly broken: { readonly rule: string; readonly what: string } | undefined
  readonly hash: string
  readonly orders: number
  readonly fills: number
  readonly crashes: number
  readonly hours: number
  readonly struck: readonly (readonly [Family, number])[]
  readonly sometimes: readonly (readonly [Sometimes, number])[]
  /** In the order in which they struck. */
  readonly faults: readonly string[]
}

/** One world from its first moment to the last, or until a promise is broken. */
export async function run({ seed, days, only, say }: RunOptions): Promise<Outcome> {
  // While a module is being loaded Node settles promises in another order than ever after.
  await new Promise((resolve) => setImmediate(resolve)) // tidy-ok: no time of the world passes
  const trace = new Trace(say)
  const world = new World(planOf(seed, days), trace, only)
  const begin = world.clock.now()
  const release = uncaughtBy(world)
  try {
    await world.play()
    if (!world.judge.broken) await converge(world)
  } finally {
    release()
  }
  const { judge, fates, exchange, machine, clock } = world
  const { broken } = judge
  if (broken) trace.add(clock.now(), 'broken', broken.message)
  return {
    seed,
    broken: broken && { rule: broken.rule, what: broken.message },
    hash: trace.hex(),
    orders: judge.placed,
    fills: exchange.truth.trades.size,
    crashes: machine.deaths,
    hours: (clock.now() - begin) / HOUR,
    struck: [...fates.struck],
    sometimes: [...world.sometimes],
    faults: fates.ids,
  }
}

/** Errors that reach nobody are the run's own: a process would have ended by them. */
export function uncaughtBy(world: World): () => void {
  const listener = (error: unknown): void => world.uncaught(error as Error)
  process.on('unhandledRejection', listener)
  return () => void process.off('unhandledRejection', listener)
}
