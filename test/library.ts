import { join } from 'node:path'
import type { Interval } from '../src/core/candle.ts'
import type { Instrument } from '../src/core/instrument.ts'
import { DAY, later } from '../src/core/time.ts'
import type { HistoryOptions } from '../src/market/candle-history.ts'
import { CandleHistory } from '../src/market/candle-history.ts'
import type { Remembered } from '../src/market/candle-shelf.ts'
import { finishedTo } from '../src/market/history.ts'
import { instrumentFrom } from '../src/market/instruments.ts'
import { VirtualClock } from '../src/worlds/virtual.ts'
import { NOON } from './house.ts'
import { barsOf, Vendor } from './past.ts'
import { tempFolder } from './temp.ts'

export const share = (symbol: string, exchange = 'NSE'): Instrument =>
  instrumentFrom({ symbol, exchange, currency: 'INR', tick: '0.05', decimals: 2 })
export const INFY: Instrument = share('INFY')

/** A history on virtual time and a real disk. */
export class Library {
  readonly clock: VirtualClock
  readonly vendor: Vendor
  readonly folder: string
  readonly said: string[] = []
  readonly history: CandleHistory

  constructor(over: Partial<HistoryOptions> & { readonly before?: Library } = {}) {
    const { before, ...options } = over
    this.clock = before?.clock ?? new VirtualClock(NOON)
    this.vendor = before?.vendor ?? new Vendor(() => this.clock.now())
    this.folder = before?.folder ?? tempFolder()
    this.history = new CandleHistory({
      source: this.vendor,
      clock: this.clock,
      folder: this.folder,
      say: (line) => this.said.push(line),
      ...options,
    })
  }

  /** The disk takes real time. */
  async done<T>(promise: Promise<T>): Promise<T> {
    const wait = { isOver: false }
    const over = (): void => {
      wait.isOver = true
    }
    promise.then(over, over)
    while (!wait.isOver) {
      await this.clock.settle()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    return promise
  }

  ask(interval: Interval, days: number, instrument = INFY): Promise<Remembered> {
    const now = this.clock.now()
    const range = { from: later(now, -days * DAY), to: later(now, 1) }
    return this.done(this.history.bars(instrument, interval, range))
  }

  /** All that was over by now, as the vendor would tell it. */
  finished(interval: Interval, days: number): unknown {
    const now = this.clock.now()
    const to = finishedTo(INFY, interval, now)
    return barsOf(INFY, interval, { from: later(now, -days * DAY), to })
  }

  async pass(milliseconds: number): Promise<void> {
    await this.clock.advance(later(this.clock.now(), milliseconds))
  }

  /** As after a restart; what was not on disk is, unless the desk was killed. */
  async again(): Promise<Library> {
    await this.done(this.history.close())
    return new Library({ before: this })
  }

  /** How many calls there were since the last look, and the days they were about. */
  asked(): number[] {
    const days = this.vendor.calls.map(({ from, to }) => Math.round(((to - from) / DAY) * 10) / 10)
    this.vendor.calls.length = 0
    return days
  }

  file(kind: 'csv' | 'json', interval = 'hour'): string {
    return join(this.folder, 'NSE', `INFY_${interval}.${kind}`)
  }
}
