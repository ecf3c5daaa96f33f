import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Fault, FaultPlan } from './plan.ts'
import { CALL_FAULTS, CALLS, faultOf, FAULTS } from './plan.ts'

/** The plan cannot be used; the message names the file, the place and what is expected. */
export class BadFaultPlan extends Error {
  override readonly name = 'BadFaultPlan'
}

const SECONDS_MAX = 86_400
const SEED_MAX = 999_999_999
const A_TIME = `a number of seconds from 0 to ${SECONDS_MAX} is expected`
const A_CHANCE = 'a number between 0 and 1 is expected'
const A_COUNT = 'a whole number from 1 on is expected'
const A_SEED = `a whole number from 0 to ${SEED_MAX} is expected`
const SOME_CALLS = `some of ${CALLS.join(', ')} are expected, in brackets`
const A_LIST = 'a list of faults is expected, each as in "- fault: late"'

const seconds = z.number(A_TIME).min(0, A_TIME).max(SECONDS_MAX, A_TIME)
const fault = z
  .strictObject(
    {
      fault: z.enum(FAULTS, `one of ${FAULTS.join(', ')} is expected`),
      chance: z.number(A_CHANCE).min(0, A_CHANCE).max(1, A_CHANCE).optional(),
      from: seconds.optional(),
      for: seconds.optional(),
      on: z
        .array(z.enum(CALLS, `one of ${CALLS.join(', ')} is expected`), SOME_CALLS)
        .min(1, SOME_CALLS)
        .optional(),
      seconds: seconds.optional(),
      times: z.int(A_COUNT).min(1, A_COUNT).optional(),
    },
    { error: unexpected('a fault, as in "- fault: late", is expected') },
  )
  .refine(({ fault: name, on }) => on === undefined || isOf(CALL_FAULTS, name), {
    path: ['on'],
    error: `it is for faults of single calls: ${CALL_FAULTS.join(', ')}`,
  })
  .refine(
    ({ fault: name, chance, times }) =>
      !isOf(BEGINNINGS, name) || chance !== undefined || times !== undefined,
    { path: ['chance'], error: 'it may begin once a second: say how likely, or how many "times"' },
  )
const plan = z.strictObject(
  {
    seed: z.int(A_SEED).min(0, A_SEED).max(SEED_MAX, A_SEED).default(1),
    faults: z.array(fault, A_LIST).min(1, A_LIST),
  },
  { error: unexpected('a plan with a list "faults:" is expected') },
)

/** Each second they may begin: without a chance they would begin again and again. */
const BEGINNINGS = ['session-loss', 'restart', 'ghost', 'bust']

/** What an object that is none, or has keys of its own, is told. */
function unexpected(otherwise: string): (issue: { readonly code?: string }) => string {
  return (issue) => {
    const { keys = [] } = issue as { readonly keys?: readonly string[] }
    return keys.length === 0 ? otherwise : `${keys.join(', ')} is not known here`
  }
}

const isOf = (names: readonly string[], name: string): boolean => names.includes(name)

/** Reads a plan of faults, in YAML. Throws BadFaultPlan. */
export function readFaultPlan(file: string): FaultPlan {
  let written: unknown
  try {
    written = parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new BadFaultPlan(`${file}: ${whyUnread(error as NodeJS.ErrnoException)}`)
  }
  const parsed = plan.safeParse(written)
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues as [z.core.$ZodIssue]
    const given = path.reduce<unknown>((part, key) => (part as Plain | undefined)?.[key], written)
    const was = typeof given === 'object' ? '' : ` (it is ${shown(given)})`
    throw new BadFaultPlan(`${file}: ${path.join('.') || 'the plan'}: ${message}${was}`)
  }
  const { seed, faults } = parsed.data
  return { seed, faults: faults.map(({ fault: name, ...over }) => faultOf(name, bare(over))) }
}

type Plain = Readonly<Record<PropertyKey, unknown>>

const SHOWN_MAX = 40

const shown = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).slice(0, SHOWN_MAX)

/** A file that is no YAML is not shown: it may be long, or no text at all. */
function whyUnread({ code, syscall, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  return syscall === undefined
    ? `it is no YAML: ${message.split('\n')[0]?.replace(/:$/, '')}`
    : message
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
