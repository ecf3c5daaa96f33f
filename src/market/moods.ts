/**
 * What a made-up market does on request: prices that jump, spreads that open, trading that stops.
 * Each is a function of seed and time alone, as all of SIM is: nothing is remembered, so it is the
 * same after a restart, and the past can be asked for.
 */
import type { Instant } from '../core/time.ts'
import { MINUTE, SECOND } from '../core/time.ts'
import { scramble } from './random.ts'

const MOODS = [
  'gaps', // the price jumps, and is half an hour in coming back
  'spikes', // it leaps out and back within seconds
  'wide', // bid and ask move far apart for a while
  'halts', // nothing is quoted for a while
] as const
type Mood = (typeof MOODS)[number]

/** Chances from 0 to 1, a minute and instrument. */
export type Moods = Readonly<Record<Mood, number>>

export const CALM: Moods = { gaps: 0, spikes: 0, wide: 0, halts: 0 }

const CHANCE = /^(0(\.\d{1,6})?|1(\.0{1,6})?)$/
const EXAMPLE = '"gaps=0.01,spikes=0.01,wide=0.05,halts=0.005"'

/** What is wrong with a text such as `gaps=0.01,halts=0.005`; undefined where it can be read. */
export function whyNoMoods(text: string): string | undefined {
  const seen = new Set<string>()
  for (const pair of text === '' ? [] : text.split(',')) {
    const [name = '', chance = '', ...rest] = pair.split('=')
    if (!MOODS.some((mood) => mood === name)) {
      return `there is no mood "${name}": ${MOODS.join(', ')} are known, such as ${EXAMPLE}`
    }
    if (rest.length > 0 || !CHANCE.test(chance)) {
      return `"${pair}": a chance a minute, from 0 to 1, is expected, such as ${EXAMPLE}`
    }
    if (seen.has(name)) return `"${name}" stands there twice: give it once`
    seen.add(name)
  }
  return undefined
}

/** Of a text that `whyNoMoods` has nothing against. */
export function moodsOf(text: string): Moods {
  if (text === '') return CALM
  const pairs = text.split(',').map((pair) => pair.split('='))
  return { ...CALM, ...Object.fromEntries(pairs.map(([name, chance]) => [name, Number(chance)])) }
}

/** What the moods do to one instrument at one moment. */
export type Strain = {
  readonly isHalted: boolean
  /** Added to the logarithm of the price. */
  readonly shift: number
  /** Added to the spread, as a share of the price. */
  readonly widening: number
}

const NO_STRAIN: Strain = { isHalted: false, shift: 0, widening: 0 }

const GAP_FADES_MS = 30 * MINUTE
const GAP = [0.01, 0.03] as const
const SPIKE_MS = 4 * SECOND
const SPIKE = [0.005, 0.02] as const
const WIDE_MS = 20 * SECOND
const WIDE = [0.003, 0.015] as const
const HALT_MS = [15 * SECOND, 3 * MINUTE] as const

/** `salt` tells instruments and seeds apart. */
export function strainAt(moods: Moods, salt: number, at: Instant): Strain {
  if (moods === CALM) return NO_STRAIN
  const shift = gapAt(moods, salt, at) + spikeAt(moods, salt, at)
  return { isHalted: isHalted(moods, salt, at), shift, widening: wideAt(moods, salt, at) }
}

function isHalted(moods: Moods, salt: number, at: Instant): boolean {
  const last = Math.floor(at / MINUTE)
  for (let minute = last - HALT_MS[1] / MINUTE; minute <= last; minute++) {
    const strike = strikeIn(minute, 'halts', moods, salt)
    const age = strike ? at - beginOf(strike, 0) : -1
    if (strike && age >= 0 && age < between(HALT_MS, strike)) return true
  }
  return false
}

/** All that opened within half an hour, each closing evenly. */
function gapAt(moods: Moods, salt: number, at: Instant): number {
  const last = Math.floor(at / MINUTE)
  let shift = 0
  for (let minute = last - GAP_FADES_MS / MINUTE; minute <= last; minute++) {
    const strike = strikeIn(minute, 'gaps', moods, salt)
    const age = strike ? at - beginOf(strike, 0) : -1
    if (!strike || age < 0 || age >= GAP_FADES_MS) continue
    shift += signOf(strike) * between(GAP, strike) * (1 - age / GAP_FADES_MS)
  }
  return shift
}

function spikeAt(moods: Moods, salt: number, at: Instant): number {
  const strike = strikeIn(Math.floor(at / MINUTE), 'spikes', moods, salt)
  const age = strike ? at - beginOf(strike, SPIKE_MS) : -1
  if (!strike || age < 0 || age >= SPIKE_MS) return 0
  return signOf(strike) * between(SPIKE, strike) * (1 - Math.abs((2 * age) / SPIKE_MS - 1))
}

function wideAt(moods: Moods, salt: number, at: Instant): number {
  const strike = strikeIn(Math.floor(at / MINUTE), 'wide', moods, salt)
  const age = strike ? at - beginOf(strike, WIDE_MS) : -1
  return strike && age >= 0 && age < WIDE_MS ? between(WIDE, strike) : 0
}

type Strike = { readonly minute: number; readonly salt: number }

/** Beyond the salts of SIM's waves and sizes; each mood takes four. */
const SALTS: Moods = { gaps: 400, spikes: 404, wide: 408, halts: 412 }

function strikeIn(minute: number, mood: Mood, moods: Moods, salt: number): Strike | undefined {
  const own = salt + SALTS[mood]
  if (moods[mood] === 0 || scramble(own, minute) >= moods[mood]) return undefined
  return { minute, salt: own }
}

/** So that `lengthMs` of it fit into its minute. */
const beginOf = ({ minute, salt }: Strike, lengthMs: number): number =>
  minute * MINUTE + scramble(salt + 1, minute) * (MINUTE - lengthMs)

const signOf = ({ minute, salt }: Strike): 1 | -1 => (scramble(salt + 2, minute) < 0.5 ? -1 : 1)

const between = ([low, high]: readonly [number, number], { minute, salt }: Strike): number =>
  low + scramble(salt + 3, minute) * (high - low)
