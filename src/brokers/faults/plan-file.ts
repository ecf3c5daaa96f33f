import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Fault, FaultPlan } from './plan.ts'
import { CALLS, faultOf, FAULTS } from './plan.ts'

/** The plan cannot be used; the message names the file, the place and what is expected. */
export class BadFaultPlan extends Error {
  override readonly name = 'BadFaultPlan'
}

const seconds = z.number('a number of seconds is expected').min(0).max(86_400)
const fault = z.strictObject({
  fault: z.enum(FAULTS, `one of ${FAULTS.join(', ')} is expected`),
  chance: z.number('a number between 0 and 1 is expected').min(0).max(1).optional(),
  from: seconds.optional(),
  for: seconds.optional(),
  on: z
    .array(z.enum(CALLS, `some of ${CALLS.join(', ')} are expected`))
    .min(1)
    .optional(),
  seconds: seconds.optional(),
  times: z.number().int().min(1).optional(),
})
const plan = z.strictObject({
  seed: z.number().int().min(0).max(999_999_999).default(1),
  faults: z.array(fault, 'a list of faults is expected').min(1),
})

/** Reads a plan of faults, in YAML. Throws BadFaultPlan. */
export function readFaultPlan(file: string): FaultPlan {
  let written: unknown
  try {
    written = parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new BadFaultPlan(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`)
  }
  const parsed = plan.safeParse(written)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new BadFaultPlan(`${file}: ${issue?.path.join('.') || 'the plan'}: ${issue?.message}`)
  }
  const { seed, faults } = parsed.data
  return { seed, faults: faults.map(({ fault: name, ...over }) => faultOf(name, bare(over))) }
}

/** The short form: `lose-answer=0.1,late=0.2,seed=7`, names with their chances. */
export function shortFaultPlan(text: string): FaultPlan | undefined {
  if (text === '') return undefined
  const pairs = text.split(',').map((pair) => pair.split('=') as [string, string])
  const seed = Number(pairs.find(([name]) => name === 'seed')?.[1] ?? 1)
  const faults = pairs
    .filter(([name]) => name !== 'seed')
    .map(([name, chance]) => faultOf(name as Fault['fault'], { chance: Number(chance) }))
  return { seed, faults }
}

type Given = { readonly [K in keyof Fault]?: Fault[K] | undefined }

/** Only what was written: an absence must not cover a default. */
const bare = (given: Given): Partial<Fault> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
