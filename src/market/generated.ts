import type { Instant } from '../core/time.ts'
import { instant, MINUTE } from '../core/time.ts'
import { instrumentFrom } from './instruments.ts'
import { Random } from './random.ts'
import type { BarColumns, Recording } from './recording.ts'

const TICK_POINTS = 5
const OPENING_TICKS = 5_000
const STEPS_A_BAR = 4
const VOLUME_MAX = 20_000

/** A day like any other, for a first look: 375 minutes from 09:15 Indian time. */
export const GENERATED_DAY = { bars: 375, start: instant(Date.UTC(2026, 10, 20, 3, 45)) } as const

export type GenerateOptions = {
  readonly seed: number
  readonly bars: number
  readonly start: Instant
}

/** Minute bars of a made-up share whose price wanders, with a drift that changes its mind. */
export function generateRecording({ seed, bars, start }: GenerateOptions): Recording {
  const instrument = instrumentFrom({
    symbol: 'ACME',
    exchange: 'SIM',
    name: 'Acme Anvils',
    currency: 'INR',
    tick: '0.05',
    products: ['CNC', 'MIS'],
    decimals: 2,
  })
  return {
    file: '(generated)',
    instrument,
    rows: bars,
    skips: [],
    notes: [`made up from seed ${seed}: no real prices`],
    offsetAt: () => 330,
    prices: generateBars(seed, bars, start),
  }
}

function generateBars(seed: number, count: number, start: Instant): BarColumns {
  const random = new Random(seed)
  const column = (): Float64Array => new Float64Array(count)
  const [at, open, high, low, close, volume] = [
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
  ] as const
  let ticks = OPENING_TICKS
  let drift = 0
  for (let index = 0; index < count; index++) {
    if (random.chance(0.02)) drift = (random.next() - 0.5) * 1.6
    // Pulled back gently, so that no price wanders to nothing however long the day.
    const pull = (OPENING_TICKS - ticks) * 0.0005
    let top = ticks
    let bottom = ticks
    at[index] = start + index * MINUTE
    open[index] = ticks * TICK_POINTS
    for (let step = 0; step < STEPS_A_BAR; step++) {
      const move = (random.next() - 0.5) * 6 + drift + pull
      ticks = Math.max(20, ticks + Math.round(move))
      if (ticks > top) top = ticks
      if (ticks < bottom) bottom = ticks
    }
    high[index] = top * TICK_POINTS
    low[index] = bottom * TICK_POINTS
    close[index] = ticks * TICK_POINTS
    volume[index] = random.integer(100, VOLUME_MAX)
  }
  return { kind: 'bars', count, at, open, high, low, close, volume, spanMs: MINUTE }
}
