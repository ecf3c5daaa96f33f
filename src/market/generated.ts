import type { Instant } from '../core/time.ts'
import { instant, MINUTE } from '../core/time.ts'
import { instrumentFrom } from './instruments.ts'
import type { Moods } from './moods.ts'
import { CALM } from './moods.ts'
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
  readonly moods?: Moods | undefined
}

/** What the moods do to one bar. */
type Stir = {
  readonly isHalted: boolean
  /** The price jumps by so many ticks before it. */
  readonly jump: number
  /** It reaches so many ticks above what it was (below, where negative), and comes back. */
  readonly spike: number
}

/** Minute bars of a made-up share whose price wanders, with a drift that changes its mind. */
export function generateRecording(options: GenerateOptions): Recording {
  const { seed, moods = CALM } = options
  const prices = generateBars(options)
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
    rows: prices.count,
    skips: [],
    notes: [`made up from seed ${seed}: no real prices`, ...(moods.wide > 0 ? [NO_SPREADS] : [])],
    offsetAt: () => 330,
    prices,
  }
}

const NO_SPREADS = 'wide spreads leave no trace: bars have no bid and ask'

function generateBars({ seed, bars, start, moods = CALM }: GenerateOptions): BarColumns {
  const random = new Random(seed)
  const column = (): Float64Array => new Float64Array(bars)
  const columns = [column(), column(), column(), column(), column(), column()] as const
  const [at, open, high, low, close, volume] = columns
  let ticks = OPENING_TICKS
  let drift = 0
  let count = 0
  const stirring = stirs(seed, moods)
  for (let minute = 0; minute < bars; minute++) {
    const { isHalted, jump, spike } = stirring(ticks)
    ticks = Math.max(20, ticks + jump)
    if (random.chance(0.02)) drift = (random.next() - 0.5) * 1.6
    // Pulled back gently, so that no price wanders to nothing however long the day.
    const pull = (OPENING_TICKS - ticks) * 0.0005
    let top = Math.max(ticks, ticks + spike)
    let bottom = Math.max(20, Math.min(ticks, ticks + spike))
    at[count] = start + minute * MINUTE
    open[count] = ticks * TICK_POINTS
    for (let step = 0; step < STEPS_A_BAR; step++) {
      const move = (random.next() - 0.5) * 6 + drift + pull
      ticks = Math.max(20, ticks + Math.round(move))
      if (ticks > top) top = ticks
      if (ticks < bottom) bottom = ticks
    }
    high[count] = top * TICK_POINTS
    low[count] = bottom * TICK_POINTS
    close[count] = ticks * TICK_POINTS
    volume[count] = random.integer(100, VOLUME_MAX)
    if (!isHalted || count === 0) count++ // a day has one price at least
  }
  return barsOf(columns, count)
}

type Column = Float64Array
type Columns = readonly [Column, Column, Column, Column, Column, Column]

/** Cut to what was written: nothing stands behind the last bar. */
function barsOf([at, open, high, low, close, volume]: Columns, count: number): BarColumns {
  const cut = (column: Column): Column => column.subarray(0, count)
  return {
    kind: 'bars',
    count,
    at: cut(at),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
    spanMs: MINUTE,
  }
}

/** Halts of that many minutes. */
const HALT = [2, 15] as const
/** Shares of the price. */
const JUMP = [0.01, 0.03] as const
const REACH = [0.005, 0.02] as const

/** Drawn apart from the prices: a day without moods is the same day, whatever they could do. */
function stirs(seed: number, { gaps, spikes, halts }: Moods): (ticks: number) => Stir {
  const random = new Random(~seed)
  const move = (chance: number, ticks: number, [low, high]: readonly [number, number]): number => {
    const struck = random.chance(chance)
    const share = low + random.next() * (high - low)
    const way = random.chance(0.5) ? 1 : -1
    return struck ? way * Math.round(ticks * share) : 0
  }
  let haltedFor = 0
  return (ticks) => {
    const length = random.integer(HALT[0], HALT[1])
    haltedFor = random.chance(halts) ? Math.max(haltedFor, length) : Math.max(0, haltedFor - 1)
    const jump = move(gaps, ticks, JUMP)
    return { isHalted: haltedFor > 0, jump, spike: move(spikes, ticks, REACH) }
  }
}
