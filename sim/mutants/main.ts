/** `npm run mutants`: plants mistakes, and asks who finds them. docs/simulator.md explains it. */
import { availableParallelism, getPriority, setPriority } from 'node:os'
import { parseArgs } from 'node:util'
import { MUTANTS } from './all.ts'
import { Copy } from './copy.ts'
import { huntBySeeds, passes } from './hunt.ts'
import type { Mutant } from './mutant.ts'
import type { Found, Told } from './record.ts'
import { keep, record } from './record.ts'

const USAGE = `npm run mutants [-- --only <part of a name>] [--new] [--seeds 1000]`
/** Of all mistakes, this part must be found. */
const GOAL = 0.95
/** It takes all processors for minutes: whoever else needs them goes first. */
const NICE = 10

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Returns the exit code: 0 where nearly all of them were found. */
export async function plantAll(args: string[]): Promise<number> {
  const options = optionsOf(args)
  if (typeof options === 'string') {
    say(`${options}\n\n${USAGE}`)
    return 2
  }
  const { only, seeds, isNew } = options
  const known = isNew ? record() : {}
  const chosen = MUTANTS.filter(({ name }) => name.includes(only) && !(name in known))
  if (chosen.length === 0) {
    say(isNew ? 'every mutant was found' : `no mutant has "${only}" in its name`)
    return isNew ? 0 : 2
  }
  if (getPriority() < NICE) setPriority(NICE)
  const began = performance.now()
  const told = await huntAll(chosen, seeds)
  for (const line of table(told)) say(line)
  say(`in ${Math.round((performance.now() - began) / 1_000)} s`)
  return shareOf(told) >= GOAL ? 0 : 1
}

type Options = { readonly only: string; readonly seeds: number; readonly isNew: boolean }

function optionsOf(args: string[]): Options | string {
  try {
    const options = {
      only: { type: 'string', default: '' },
      seeds: { type: 'string', default: '1000' },
      new: { type: 'boolean', default: false },
    } as const
    const { only, seeds, new: isNew } = parseArgs({ args, options }).values
    if (/^[1-9]\d{0,5}$/.test(seeds)) return { only, seeds: Number(seeds), isNew }
    return `--seeds "${seeds}" is no number from 1 on`
  } catch (error) {
    return (error as Error).message
  }
}

/** On all processors; each mutant is hunted by one of them, from the first seed on. */
async function huntAll(chosen: readonly Mutant[], seeds: number): Promise<Told[]> {
  const found = new Map<Mutant, Found | undefined>()
  const left = [...chosen]
  const work = async (): Promise<void> => {
    const copy = new Copy()
    try {
      for (let mutant = left.shift(); mutant; mutant = left.shift()) {
        const told = { mutant, found: await hunt(copy, mutant, seeds) }
        found.set(mutant, told.found)
        keep(told, seeds)
        progress(told, found.size, chosen.length)
      }
    } finally {
      copy.remove()
    }
  }
  await Promise.all(Array.from({ length: Math.min(left.length, availableParallelism()) }, work))
  return chosen.map((mutant) => ({ mutant, found: found.get(mutant) }))
}

async function hunt(copy: Copy, mutant: Mutant, seeds: number): Promise<Found | undefined> {
  const { test, name } = mutant
  copy.heal()
  if (test && !(await passes(copy.root, test))) {
    throw new Error(`${test.file}.test.ts fails without "${name}" too`)
  }
  copy.plant(mutant)
  if (!test) return huntBySeeds(copy.root, seeds)
  return (await passes(copy.root, test)) ? undefined : { by: `test/${test.file}.test.ts`, seeds: 0 }
}

function progress({ mutant: { name }, found }: Told, done: number, all: number): void {
  const seeds = found && found.seeds > 0 ? `, ${found.seeds} seeds` : ''
  const what = found ? `${found.by}${seeds}` : 'NOT FOUND'
  process.stderr.write(`${String(done).padStart(3)} of ${all}  ${name}: ${what}\n`)
}

function* table(told: readonly Told[]): Iterable<string> {
  const columns = (...cells: readonly string[]): string =>
    `${cells[0]!.padEnd(74)} ${cells[1]!.padEnd(8)} ${cells[2]!.padStart(5)}  ${cells[3]}`
  yield columns('mutant', 'rows', 'seeds', 'found by')
  for (const { mutant, found } of told) {
    const seeds = found && found.seeds > 0 ? String(found.seeds) : ''
    yield columns(mutant.name, mutant.rows.join(' '), seeds, found?.by ?? 'NOT FOUND')
  }
  const needed = told.flatMap(({ found }) => (found && found.seeds > 0 ? [found.seeds] : []))
  const median = needed.toSorted((a, b) => a - b)[Math.floor(needed.length / 2)]
  const rows = told.filter(({ mutant }) => mutant.rows.length > 0).length
  const met = told.filter(({ found }) => found).length
  yield ''
  yield `${told.length} mutants, ${rows} of them from rows of the fault catalogue`
  yield (
    `${met} found, ${(100 * shareOf(told)).toFixed(1)} %: ${needed.length} by the simulator` +
      ` in a median of ${median ?? 0} seeds, ${met - needed.length} by a test`
  )
}

const shareOf = (told: readonly Told[]): number =>
  told.filter(({ found }) => found).length / told.length
