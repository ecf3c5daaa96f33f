/** `npm run sim`: the simulated world, from the command line. docs/simulator.md explains it. */
import { parseArgs } from 'node:util'
import { batch } from './batch.ts'
import { crash, crashes } from './crash-main.ts'
import { figures, faults, quiet, reached } from './print.ts'
import { Progress } from './progress.ts'
import { reduce } from './reduce.ts'
import { keep } from './regressions.ts'
import type { Outcome } from './run.ts'
import { run } from './run.ts'

const USAGE = `npm run sim -- [--seeds 1000] [--from 1] [--days 5]     a batch on all processors
npm run sim -- --seed 1234 [--days 5] [--trace]         one run, told line by line with --trace
npm run sim -- --crashes [--pairs]                      a death at every point, and at every two
npm run sim -- --story life:12:3                        one of these, line by line`

/** Broken runs that are reduced and kept; more would tell the same. */
const REDUCED_MAX = 3

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Returns the exit code: 0 where every promise held. */
export async function simulate(args: string[]): Promise<number> {
  const options = optionsOf(args)
  if (typeof options === 'string') {
    say(`${options}\n\n${USAGE}`)
    return 2
  }
  if (options.story !== undefined) return crash(options.story, say)
  if (options.crashes) return crashes(options.pairs, say)
  return options.seed === undefined ? many(options) : one({ ...options, seed: options.seed })
}

type Options = {
  readonly seed: number | undefined
  readonly seeds: number
  readonly from: number
  readonly days: number | undefined
  readonly trace: boolean
  readonly crashes: boolean
  readonly pairs: boolean
  readonly story: string | undefined
}

function optionsOf(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string', default: '1000' },
        from: { type: 'string', default: '1' },
        days: { type: 'string' },
        trace: { type: 'boolean', default: false },
        crashes: { type: 'boolean', default: false },
        pairs: { type: 'boolean', default: false },
        story: { type: 'string' },
      },
    })
    const whole = (name: 'seed' | 'seeds' | 'from' | 'days'): number | undefined => {
      const text = values[name]
      if (text === undefined) return undefined
      if (!/^[1-9]\d{0,8}$/.test(text))
        throw new Error(`--${name} "${text}" is no number from 1 on`)
      return Number(text)
    }
    const [seeds, from] = [whole('seeds')!, whole('from')!]
    const { trace, crashes: dying, pairs, story } = values
    return {
      seed: whole('seed'),
      seeds,
      from,
      days: whole('days'),
      trace,
      crashes: dying,
      pairs,
      story,
    }
  } catch (error) {
    return (error as Error).message
  }
}

async function one({ seed, days, trace }: Options & { readonly seed: number }): Promise<number> {
  const outcome = await run({ seed, days, say: trace ? say : undefined })
  const { orders, fills, crashes, hours, hash } = outcome
  say(
    `seed ${seed}: ${orders} orders, ${fills} fills, ${outcome.faults.length} faults, ` +
      `${crashes} crashes, ${hours.toFixed(2)} hours, trace ${hash}`,
  )
  if (!outcome.broken) return 0
  await tell(outcome, days)
  return 1
}

async function many({ seeds, from, days }: Options): Promise<number> {
  const progress = new Progress(`0 of ${seeds} runs …`)
  const tally = await batch({
    from,
    seeds,
    days,
    onRun: ({ runs, orders, faults: struck, broken }) =>
      progress.tell(
        runs,
        seeds,
        () => `runs, ${orders} orders, ${struck} faults, ${broken.length} broken`,
      ),
  })
  progress.end()
  for (const line of [
    ...figures(tally, progress.seconds),
    '',
    ...faults(tally),
    '',
    ...reached(tally),
  ]) {
    say(line)
  }
  const blind = quiet(tally)
  for (const line of blind) say(line)
  const { broken, runs } = tally
  for (const outcome of broken.slice(0, REDUCED_MAX)) await tell(outcome, days)
  say(`\n${runs} runs, ${broken.length} broken${broken.length > 0 ? `: ${seedsOf(broken)}` : ''}`)
  return broken.length > 0 || blind.length > 0 ? 1 : 0
}

const seedsOf = (broken: readonly Outcome[]): string =>
  broken.map(({ seed, broken: why }) => `${seed} (${why?.rule})`).join(', ')

/** What was broken, by which faults at least, and how to see it again. */
async function tell(outcome: Outcome, days: number | undefined): Promise<void> {
  const { seed, broken } = outcome
  say(`\nBROKEN   ${broken!.what}`)
  const { faults: fewest, trials } = await reduce(outcome, { seed, days })
  say(`  seed ${seed}, by ${fewest.length} of ${outcome.faults.length} faults (${trials} trials):`)
  for (const fault of fewest) say(`    ${fault}`)
  say(`  again: npm run sim -- --seed ${seed}${days ? ` --days ${days}` : ''} --trace`)
  keep({ seed, days, rule: broken!.rule, what: broken!.what.slice(0, 200), faults: fewest })
}
