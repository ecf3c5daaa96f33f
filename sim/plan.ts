import type { Traits } from '../src/brokers/broker.ts'
import { money } from '../src/core/amount.ts'
import type { ChargePlan } from '../src/core/charges.ts'
import type { Policy } from '../src/core/input.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, HOUR, instant, later, MINUTE, SECOND } from '../src/core/time.ts'
import type { Cadence } from '../src/desk/cadence.ts'
import { CADENCE } from '../src/desk/cadence.ts'
import type { Random } from '../src/market/random.ts'
import type { ActorName } from './actors.ts'
import { ACTORS } from './actors.ts'
import { stream } from './fates.ts'

/** A stretch in which people trade; between two of them nothing happens but what was begun. */
export type Stretch = {
  readonly from: Instant
  readonly to: Instant
  /** The broker is gone for so long, from then on. */
  readonly outage?: { readonly at: Instant; readonly ms: number } | undefined
}

/** All that a seed decides before the first moment of a run. */
export type Plan = {
  readonly seed: number
  readonly stretches: readonly Stretch[]
  readonly actors: readonly ActorName[]
  readonly traits: Traits
  readonly policy: Policy
  readonly charges: ChargePlan
  readonly latencyMs: number
  readonly diskMs: number
  readonly cadence: Pick<Cadence, 'workingMs' | 'cycleMs' | 'verifyMs'>
}

/** Through whole days with orders at work a reading each second would be nearly all of a run. */
const SHORT_STRETCHES = 2
const SELDOM_MS = 30 * SECOND

/** A Monday on which the exchange is open; its day begins at 09:15 in Kolkata. */
const MONDAY = Date.UTC(2026, 11, 7) - 5.5 * HOUR
const OPEN_MS = 9.25 * HOUR
const SQUARE_OFF_MS = 15 * HOUR + 20 * MINUTE
const CLOSE_MS: number = 15.5 * HOUR
const WEEK_DAYS = 5

/** `days` of trade, each with its opening and its close; undefined: mostly a few minutes. */
export function planOf(seed: number, days?: number): Plan {
  const random = stream(seed, 'plan')
  const lapseAfterMs = random.chance(0.5) ? 180 * SECOND : 30 * SECOND
  const stretches = days === undefined ? shortRun(random) : longRun(random, days)
  // Through a night it would do nothing else.
  const isOften = random.chance(0.5) && stretches.length === 1
  return {
    seed,
    stretches,
    actors: [...actorsOf(random), ...guardianOf(seed)],
    traits: {
      name: 'paper',
      lapseAfterMs,
      reportsKeptMs: 2 * DAY,
      tagsMayBeLost: false,
      timeoutMs: 5 * SECOND,
      limits: limitsOf(stream(seed, 'limits')),
    },
    policy: policyOf(random),
    charges: random.chance(0.3) ? 'zerodha' : 'none',
    latencyMs: random.integer(1, 120),
    diskMs: random.chance(0.3) ? 0 : random.integer(1, 12),
    cadence: {
      workingMs: stretches.length > SHORT_STRETCHES ? SELDOM_MS : CADENCE.workingMs,
      // A night of readings each ten seconds is nearly all of a run, and finds nothing.
      cycleMs: stretches.length > 1 ? MINUTE : CADENCE.cycleMs,
      verifyMs: isOften ? MINUTE : 30 * MINUTE,
    },
  }
}

/** Where the broker takes few calls, much waits for its turn. */
const limitsOf = (random: Random): Traits['limits'] =>
  random.chance(0.2)
    ? { windows: [{ ms: SECOND, max: 4 }], keptForExits: 1 }
    : { windows: [{ ms: SECOND, max: 10 }], keptForExits: 3 }

function actorsOf(random: Random): ActorName[] {
  const names = (Object.keys(ACTORS) as ActorName[]).filter((name) => name !== 'guardian')
  const chosen = names.filter((name) => name === 'sane' || random.chance(0.6))
  return chosen
}

/** By lots of its own: what was drawn before there was one stays as it was. */
const guardianOf = (seed: number): ActorName[] =>
  stream(seed, 'guardian').chance(0.5) ? ['guardian'] : []

function policyOf(random: Random): Policy {
  if (random.chance(0.6)) return NO_POLICY
  return {
    orderValueMax: random.chance(0.5) ? money('60000') : undefined,
    ordersPerSecondMax: random.chance(0.5) ? random.integer(4, 12) : undefined,
    ordersPerDayMax: random.chance(0.3) ? random.integer(20, 60) : undefined,
    portfolioSizeMax: random.chance(0.3) ? 2 : undefined,
    capitalPerTrade: random.chance(0.5) ? money('20000') : undefined,
  }
}

const stretch = (day: number, fromMs: number, lengthMs: number): Stretch => {
  const from = instant(MONDAY + day * DAY + fromMs)
  return { from, to: later(from, lengthMs) }
}

const openingOf = (random: Random, day: number): Stretch =>
  stretch(day, OPEN_MS - 10 * SECOND, random.integer(1, 3) * MINUTE)

/** Over the close, so that what works expires. */
const closeOf = (random: Random, day: number): Stretch => {
  const before = random.integer(60, 180) * SECOND
  return stretch(day, CLOSE_MS - before, before + 20 * SECOND)
}

/** When brokers close what is held for the day: gone for two minutes, or until 15:32. */
function squareOff(random: Random): Stretch {
  const around = stretch(0, SQUARE_OFF_MS - 90 * SECOND, 3 * MINUTE)
  const at = instant(MONDAY + SQUARE_OFF_MS - MINUTE)
  return { ...around, outage: { at, ms: (random.chance(0.5) ? 2 : 13) * MINUTE } }
}

function shortRun(random: Random): Stretch[] {
  const kind = random.next()
  if (kind < 0.15) return [openingOf(random, 0)]
  if (kind > 0.28 && kind < 0.3) return [squareOff(random), openingOf(random, 1)]
  if (kind < 0.3) return [closeOf(random, 0), openingOf(random, 1)]
  const at = OPEN_MS + random.integer(5, 300) * MINUTE
  return [stretch(0, at, random.integer(60, 240) * SECOND)]
}

function longRun(random: Random, days: number): Stretch[] {
  return Array.from({ length: days }, (_, n) => n)
    .map((n) => Math.floor(n / WEEK_DAYS) * 7 + (n % WEEK_DAYS))
    .flatMap((day) => [openingOf(random, day), closeOf(random, day)])
}
