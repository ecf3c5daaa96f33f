import type { Config } from '../config.ts'
import { MINUTE } from '../core/time.ts'
import type { Cadence } from '../desk/cadence.ts'

/** What a stream forgot to tell is found by a reading all the same. */
const STREAM_ALONE_MS = MINUTE

type Set = Pick<Config, 'monitoring' | 'cycle' | 'verifyMs' | 'matching' | 'tolerance' | 'rules'>

/** When the broker's book is read and how it is taken, as it was set. */
export function cadenceOf(set: Set): Cadence {
  const { verifyMs, matching, tolerance, rules, cycle } = set
  const { intervalMs, strategy } = set.monitoring
  return {
    workingMs: strategy === 'stream' ? Math.max(intervalMs, STREAM_ALONE_MS) : intervalMs,
    agreeMs: intervalMs,
    cycleMs: cycle.everyMs,
    atOnce: cycle.atOnce,
    verifyMs,
    streams: strategy !== 'poll',
    matching,
    tolerance,
    rules,
  }
}
