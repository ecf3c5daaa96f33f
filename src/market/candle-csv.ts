/** Candles as the text of a price file (docs/price-files.md), exact in both directions. */
import type { Interval } from '../core/candle.ts'
import type { Instrument } from '../core/instrument.ts'
import { instant, instantOf, isoTime } from '../core/time.ts'
import { exchangeNamed } from './exchange.ts'
import type { Bar } from './feed.ts'
import { dateIn, momentOf } from './zone.ts'

/** The file is not what was written; the message says what is wrong with it. */
export class NotCandles extends Error {
  override readonly name = 'NotCandles'
}

type Whose = Pick<Instrument, 'exchange' | 'decimals'>

const HEAD = 'time,open,high,low,close'
const ROWS_A_PIECE = 2_000

/**
 * In pieces, so that others can have their turn between them. A volume that is not known is an
 * empty cell, and where none is known there is no column.
 */
export function* candleText(
  { exchange, decimals }: Whose,
  interval: Interval,
  bars: readonly Bar[],
): Iterable<string> {
  const { zone } = exchangeNamed(exchange)
  const hasVolume = bars.some(({ volume }) => volume !== undefined)
  const price = (points: number): string => pointsText(points, decimals)
  let piece = hasVolume ? `${HEAD},volume\n` : `${HEAD}\n`
  for (const [row, { at, open, high, low, close, volume }] of bars.entries()) {
    const date = interval === 'day' ? dateIn(zone, at) : undefined
    const isDate = date !== undefined && momentOf(zone, date, '00:00') === at
    const time = isDate ? date : isoTime(at, zone(at))
    const line = `${time},${price(open)},${price(high)},${price(low)},${price(close)}`
    piece += hasVolume ? `${line},${volume ?? ''}\n` : `${line}\n`
    if (row % ROWS_A_PIECE !== ROWS_A_PIECE - 1) continue
    yield piece
    piece = ''
  }
  yield piece
}

const ROW = /^([\d:T.Z+-]+),([\d.-]+),([\d.-]+),([\d.-]+),([\d.-]+)(?:,([\d.]*))?$/

/** The bars of lines as `candleText` wrote them, heading aside. Throws NotCandles. */
export function barsOf({ exchange, decimals }: Whose, lines: readonly string[]): Bar[] {
  const { zone } = exchangeNamed(exchange)
  return lines.map((line) => {
    const [, time, ...cells] = ROW.exec(line) ?? []
    const isDate = /^\d{4}-\d{2}-\d{2}$/.test(time ?? '')
    const at = isDate ? momentOf(zone, time!, '00:00') : instantOf(time ?? '')
    const [open, high, low, close] = cells.slice(0, 4).map((cell) => pointsOf(cell ?? '', decimals))
    const volume = cells[4] ? Number(cells[4]) : undefined
    if (![at, open, high, low, close, volume ?? 0].every(Number.isFinite)) {
      throw new NotCandles(`"${line.slice(0, 60)}" is no candle`)
    }
    return { at: instant(at), open: open!, high: high!, low: low!, close: close!, volume }
  })
}

export const isHeading = (line: string | undefined): boolean =>
  line === HEAD || line === `${HEAD},volume`

function pointsText(points: number, decimals: number): string {
  if (decimals === 0) return String(points)
  const sign = points < 0 ? '-' : ''
  const digits = String(Math.abs(points)).padStart(decimals + 1, '0')
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** By its digits, never through a float; NaN for what is no price in such points. */
function pointsOf(text: string, decimals: number): number {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(text) ?? []
  if (sign === undefined || fraction.length > decimals) return NaN
  const points = Number(whole + fraction.padEnd(decimals, '0'))
  return sign === '' ? points : -points
}
