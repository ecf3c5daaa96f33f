/**
 * How long a call takes at a broker like Zerodha on days when something is wrong, by the delays
 * that its users and staff have written down; docs/outcomes.md names them. How often each happens
 * nobody has published, so the shares are ours.
 */
import type { Random } from '../src/market/random.ts'
import { MINUTE, SECOND } from '../src/core/time.ts'
import { stream } from './fates.ts'

/** What becomes of one call that places an order; milliseconds since it left. */
export type Delay = {
  readonly kind: string
  /** When the order is at the broker; undefined: never. */
  readonly arrivesMs: number | undefined
  /** When the caller hears of it; undefined: never. */
  readonly answersMs: number | undefined
  /** What it hears is an error that proves nothing. */
  readonly isError: boolean
}

type Kind = {
  readonly what: string
  /** Of a million calls. */
  readonly share: number
  readonly draw: (random: Random) => Omit<Delay, 'kind'>
}

const TIMED_OUT_MS = 3 * SECOND

/** Listed with the rarest last; what is left of the million goes well. */
export const KINDS: Readonly<Record<string, Kind>> = {
  'error-later': {
    what: 'an error “timed out”, and the order is placed 8 s later',
    share: 10_000,
    draw: (random) => {
      const answersMs = random.integer(TIMED_OUT_MS, 6 * SECOND)
      return { arrivesMs: answersMs + 8 * SECOND, answersMs, isError: true }
    },
  },
  'error-never': {
    what: 'the same error, and the order is never placed',
    share: 5_000,
    draw: (random) => ({
      arrivesMs: undefined,
      answersMs: random.integer(TIMED_OUT_MS, 6 * SECOND),
      isError: true,
    }),
  },
  'silence-placed': {
    what: 'placed at once, and no answer comes',
    share: 5_000,
    draw: (random) => ({
      arrivesMs: random.integer(20, 200),
      answersMs: undefined,
      isError: false,
    }),
  },
  'silence-never': {
    what: 'never placed, and no answer comes',
    share: 5_000,
    draw: () => ({ arrivesMs: undefined, answersMs: undefined, isError: false }),
  },
  'silence-later': {
    what: 'no answer, and the order is placed 60 to 90 s later',
    share: 4_000,
    draw: (random) => ({
      arrivesMs: random.integer(MINUTE, 90 * SECOND),
      answersMs: undefined,
      isError: false,
    }),
  },
  'silence-beyond': {
    what: 'no answer, and the order is placed 3 to 10 min later',
    share: 1_000,
    draw: (random) => ({
      arrivesMs: random.integer(3 * MINUTE + SECOND, 10 * MINUTE),
      answersMs: undefined,
      isError: false,
    }),
  },
}

export const MILLION = 1_000_000

/** The same for the same call, whoever makes it: each policy meets the same broker. */
export function delayOf(seed: number, intent: number, attempt: number): Delay {
  const random = stream(seed, `call ${intent} ${attempt}`)
  let lot = random.integer(0, MILLION - 1)
  for (const [kind, { share, draw }] of Object.entries(KINDS)) {
    if (lot < share) return { kind, ...draw(random) }
    lot -= share
  }
  const arrivesMs = random.integer(20, 200)
  return { kind: 'well', arrivesMs, answersMs: arrivesMs + random.integer(20, 200), isError: false }
}
