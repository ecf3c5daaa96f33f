/** A vendor of past candles that does as the test says, and speaks in bytes. */
import type { Interval } from '../src/core/candle.ts'
import type { Instrument } from '../src/core/instrument.ts'
import type { Instant } from '../src/core/time.ts'
import { DAY, instant, isoTime, later, MINUTE } from '../src/core/time.ts'
import { SPANS } from '../src/market/candles.ts'
import { exchangeNamed } from '../src/market/exchange.ts'
import type { Bar } from '../src/market/feed.ts'
import type { HistorySource, Recalled } from '../src/market/history.ts'
import type { Range } from '../src/market/ranges.ts'
import { dateIn, momentOf } from '../src/market/zone.ts'

const HOURS = { open: '09:15', close: '15:30' }

/** A market of working days, whose prices are a function of the time. */
export function barsOf({ exchange }: Instrument, interval: Interval, range: Range): Bar[] {
  const { zone } = exchangeNamed(exchange)
  const bars: Bar[] = []
  const first = Math.floor(range.from / DAY) - 1
  for (let day = first; day * DAY <= range.to + DAY; day++) {
    const date = dateIn(zone, instant(day * DAY + DAY / 2))
    if ([0, 6].includes(new Date(date).getUTCDay())) continue
    const [open, close] = [HOURS.open, HOURS.close].map((time) => momentOf(zone, date, time))
    const begins: Instant[] = []
    if (interval === 'day') begins.push(momentOf(zone, date, '00:00'))
    else for (let at = open!; at < close!; at = later(at, SPANS[interval])) begins.push(at)
    for (const at of begins) if (at >= range.from && at < range.to) bars.push(barAt(at))
  }
  return bars
}

function barAt(at: Instant): Bar {
  const minute = Math.round(at / MINUTE)
  const open = 10_000 + (minute % 997)
  const close = open + ((minute * 7) % 50) - 25
  const [high, low] = [Math.max(open, close) + 5, Math.min(open, close) - 5]
  return { at, open, high, low, close, volume: minute % 1_000 }
}

type Answer = 'tells' | 'fails' | 'nothing' | 'never' | 'lies'

/** Asked over a wire: a path there, JSON back, as brokers do it. */
export class Vendor implements HistorySource {
  readonly name: string = 'a vendor'
  readonly calls: Range[] = []
  readonly #now: () => Instant
  answer: Answer = 'tells'
  /** What every price is divided by: after a split, all of the past. */
  split = 1
  longestDays = 1_000

  constructor(now: () => Instant) {
    this.#now = now
  }

  longestMs(): number {
    return this.longestDays * DAY
  }

  async bars(instrument: Instrument, interval: Interval, range: Range): Promise<Recalled> {
    this.calls.push(range)
    if (this.answer === 'never') await new Promise(() => {})
    const path = `/${instrument.id}/${interval}?from=${range.from}&to=${range.to}`
    return decode(this.#wire(path, instrument, interval), instrument.decimals)
  }

  /** The vendor’s end of the wire. */
  #wire(path: string, instrument: Instrument, interval: Interval): Uint8Array {
    const query = new URLSearchParams(path.slice(path.indexOf('?')))
    const [from, to] = ['from', 'to'].map((name) => instant(Number(query.get(name))))
    if (this.answer === 'fails') return bytes({ status: 'error', message: 'too many requests' })
    const isNothing = this.answer === 'nothing' || instrument.symbol === 'NONE'
    const end = instant(Math.min(to!, this.#now() + 1))
    const bars = isNothing ? [] : barsOf(instrument, interval, { from: from!, to: end })
    const rows = bars.map((bar) => this.#row(bar))
    if (this.answer === 'lies') rows.reverse()
    return bytes({ status: 'success', candles: rows })
  }

  #row(bar: Bar): unknown[] {
    const { at, volume } = bar
    // A candle moves as long as it forms.
    const isForming = at > this.#now() - MINUTE
    const prices = [bar.open, bar.high, bar.low, isForming ? bar.open : bar.close]
    const shown = prices.map((points) => Math.round(points / this.split) / 100)
    return [isoTime(at, 330), ...shown, volume]
  }
}

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

/** The adapter’s end: bytes to bars, and no more. */
function decode(answer: Uint8Array, decimals: number): Recalled {
  const told = JSON.parse(Buffer.from(answer).toString()) as
    | { readonly status: 'error'; readonly message: string }
    | { readonly status: 'success'; readonly candles: readonly (readonly [string, ...number[]])[] }
  if (told.status === 'error') return { ok: false, reason: told.message }
  const bars = told.candles.map(([time, ...numbers]) => {
    const points = numbers.slice(0, 4).map((price) => Math.round(price * 10 ** decimals))
    const [open, high, low, close] = points as [number, number, number, number]
    return { at: instant(Date.parse(time)), open, high, low, close, volume: numbers[4] }
  })
  return { ok: true, bars }
}
