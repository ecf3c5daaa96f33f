/**
 * Reads recorded prices: minute or daily bars (`time,open,high,low,close[,volume]`) and quotes
 * (`time,bid,ask`), plain or gzipped. Rows that are no prices are skipped, counted and named.
 */
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { pointsOfPrice } from '../core/amount.ts'
import type { Product } from '../core/instrument.ts'
import { instant, MINUTE } from '../core/time.ts'
import { exchangeNamed } from './exchange.ts'
import { instrumentFrom } from './instruments.ts'
import type { BarColumns, Recording, SkipReason, TickColumns } from './recording.ts'
import type { Session } from './rows.ts'
import { Rows } from './rows.ts'
import { dateIn, momentOf } from './zone.ts'

/** What the reader could not guess, or guessed wrong; each is an option of `tallyman demo`. */
export type ReadOptions = {
  readonly exchange?: string | undefined
  readonly symbol?: string | undefined
  readonly currency?: string | undefined
  readonly tick?: string | undefined
  /**
   * Local opening and closing time: daily bars begin and end then, other rows outside are skipped.
   */
  readonly session?: readonly [open: string, close: string] | undefined
}

/** The file is none that can be played; the message says why and what to do. */
export class NotARecording extends Error {
  override readonly name = 'NotARecording'
}

const DECIMALS_MAX = 8
const SYMBOL = /^[\w&.-]{1,40}$/
/** What follows the symbol in a file's name. */
const SUFFIX = /(-(1m|5m|1d|ticks(-\d{8})?)|_(minute|5minute|15minute|hour|day))?(\.csv)?(\.gz)?$/i
/** Plain digits: what Number takes besides, such as "Infinity" or "0x10", is no volume. */
const VOLUME = /^\s*-?\d{1,15}(\.\d{1,8})?\s*$/
const TOO_FINE = /^\s*-?\d{1,12}\.\d{9,}\s*$/
const BARS = 'time,open,high,low,close'
const TICKS = 'time,bid,ask'

type Market = {
  readonly currency: string
  readonly tick: string
  readonly products: readonly [Product, ...Product[]]
}
const MARKETS: Readonly<Record<string, Market>> = {
  NSE: { currency: 'INR', tick: '0.05', products: ['CNC', 'MIS'] },
  US: { currency: 'USD', tick: '0.01', products: ['CNC', 'MIS'] },
  FX: { currency: 'USD', tick: '0.00001', products: ['NRML', 'MIS'] },
}

export function readRecording(file: string, options: ReadOptions = {}): Recording {
  const lines = textOf(file).split('\n')
  const heading = (lines[0] ?? '').trim().toLowerCase()
  const isTicks = heading === TICKS
  if (!isTicks && heading !== BARS && heading !== `${BARS},volume`) {
    throw new NotARecording(
      `${file}: the first line is "${heading.slice(0, 60)}"; ` +
        `"${BARS},volume" or "${TICKS}" is expected`,
    )
  }
  const daily = /^\d{4}-\d{2}-\d{2},/.test(lines[1] ?? '')
  const code = options.exchange ?? guessExchange(file, lines[1] ?? '', isTicks)
  const market = MARKETS[code] ?? MARKETS['NSE']!
  const tick = options.tick ?? market.tick
  const decimals = Math.max(decimalsOf(lines), tick.split('.')[1]?.length ?? 0)
  const exchange = exchangeNamed(code)
  const [open, close] = options.session ?? [exchange.open, exchange.close]
  const session = { zone: exchange.zone, open, close }
  const only = options.session && !daily ? session : undefined
  const rows = new Rows(lines, {
    daily: daily ? session : undefined,
    only,
    repeats: isTicks,
    decimals,
  })
  const hasVolume = heading.endsWith(',volume')
  const prices = isTicks
    ? readTicks(rows)
    : readBars(rows, { hasVolume, daily: daily ? session : undefined })
  if (prices.count === 0) throw new NotARecording(`${file}: ${whyNone(rows)}`)
  const symbol = options.symbol ?? symbolIn(file)
  const currency = options.currency ?? currencyOf(file, symbol, code)
  const instrument = instrumentFrom({
    symbol,
    exchange: code,
    group: code === 'FX' ? 'fx' : 'equity',
    currency,
    tick,
    products: market.products,
    decimals,
  })
  const step = pointsOfPrice(instrument.tick, decimals)
  const shown = prices.kind === 'bars' ? prices.close : prices.bid
  if (options.tick !== undefined && shown[0]! < step) {
    throw new NotARecording(
      `${file}: the tick size ${tick} is above its prices; give a smaller one`,
    )
  }
  const finer = shown.some((points) => points % step !== 0)
  const notes = finer ? [`the file's prices are finer than the tick size of ${tick}`] : []
  const { count, skips, offsetAt } = rows
  return { file, instrument, rows: count, skips: skips(), notes, offsetAt, prices }
}

function textOf(file: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message
    throw new NotARecording(`${file}: ${why}`)
  }
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  try {
    return (isZipped ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new NotARecording(`${file}: it cannot be unzipped (${(error as Error).message})`)
  }
}

function whyNone(rows: Rows): string {
  if (rows.count === 0) return 'there are no rows below its first line'
  const reasons = rows.skips().map(({ reason, count, lines }) => {
    return `${count} ${reason} (line ${lines.join(', ')}${count > lines.length ? ', …' : ''})`
  })
  return `none of its rows is a price: ${reasons.join('; ')}`
}

function symbolIn(file: string): string {
  const symbol = basename(file).replace(SUFFIX, '')
  if (SYMBOL.test(symbol)) return symbol
  throw new NotARecording(`${file}: "${symbol}" in its name is no symbol; give one with --symbol`)
}

/** Of FX, the second of the pair that the symbol names. */
function currencyOf(file: string, symbol: string, code: string): string {
  if (code !== 'FX') return (MARKETS[code] ?? MARKETS['NSE']!).currency
  if (/^[a-z]{6}$/i.test(symbol)) return symbol.slice(3).toUpperCase()
  throw new NotARecording(
    `${file}: "${symbol}" is no pair of currencies such as EURUSD; ` +
      'say with --currency in what its prices are, or name another --exchange',
  )
}

/** Quotes are taken for FX; else the file's own clock tells, and for daily bars its folder. */
function guessExchange(file: string, first: string, isTicks: boolean): string {
  if (isTicks) return 'FX'
  if (/\+05:30,/.test(first)) return 'NSE'
  if (/-0[45]:00,/.test(first)) return 'US'
  const folder = basename(dirname(file)).toUpperCase()
  return folder in MARKETS ? folder : 'NSE'
}

/** The finest step any price of the file takes. */
function decimalsOf(lines: readonly string[]): number {
  let most = 0
  for (let index = 1; index < lines.length; index++) {
    const cells = lines[index]!.split(',')
    for (let cell = 1; cell < Math.min(cells.length, 5); cell++) {
      const text = cells[cell]!.trim()
      const point = text.indexOf('.')
      if (point >= 0 && text.length - point - 1 > most) most = text.length - point - 1
    }
  }
  return Math.min(most, DECIMALS_MAX)
}

/** Whole points, or NaN: never through a float, whose last digit could be another. */
function pointsOf(text: string | undefined, decimals: number): number {
  const match = /^\s*(-?)(\d{1,12})(?:\.(\d*))?\s*$/.exec(text ?? '')
  if (!match) return NaN
  const [, sign, whole = '', fraction = ''] = match
  if (fraction.length > decimals) return NaN
  const points = Number(whole + fraction.padEnd(decimals, '0'))
  return sign ? -points : points
}

const unreadable = (cells: readonly (string | undefined)[]): SkipReason =>
  cells.some((cell) => TOO_FINE.test(cell ?? '')) ? 'more than 8 decimals' : 'not a number'

const volumeOf = (text: string | undefined): number =>
  VOLUME.test(text ?? '') ? Number(text) : NaN

type BarsAsked = { readonly hasVolume: boolean; readonly daily: Session | undefined }

function readBars(rows: Rows, { hasVolume, daily }: BarsAsked): BarColumns {
  const at: number[] = []
  const columns: number[][] = [[], [], [], [], []]
  let traded = false
  rows.each((time, cells) => {
    const [open = NaN, high = NaN, low = NaN, close = NaN] = [1, 2, 3, 4].map((cell) =>
      pointsOf(cells[cell], rows.decimals),
    )
    const volume = hasVolume ? volumeOf(cells[5]) : 0
    if ([open, high, low, close].some(Number.isNaN)) return unreadable(cells.slice(1, 5))
    if (Number.isNaN(volume)) return 'not a number'
    if (Math.min(open, high, low, close) <= 0 || volume < 0) return 'not above zero'
    if (high < Math.max(open, close, low) || low > Math.min(open, close)) return 'high below low'
    at.push(time)
    for (const [index, value] of [open, high, low, close, volume].entries()) {
      columns[index]!.push(value)
    }
    traded ||= volume > 0
    return undefined
  })
  const [open, high, low, close, volume] = columns.map((column) => Float64Array.from(column))
  return {
    kind: 'bars',
    count: at.length,
    at: Float64Array.from(at),
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: traded ? volume! : undefined,
    spanMs: daily ? sessionMs(daily, at) : spanOf(at),
  }
}

function sessionMs({ zone, open, close }: Session, [first = 0]: readonly number[]): number {
  const date = dateIn(zone, instant(first))
  return momentOf(zone, date, close) - momentOf(zone, date, open)
}

/** The usual distance between bars: gaps are longer, and nothing is shorter. */
function spanOf(at: readonly number[]): number {
  let shortest = Infinity
  for (let index = 1; index < at.length; index++) {
    shortest = Math.min(shortest, at[index]! - at[index - 1]!)
  }
  return Number.isFinite(shortest) ? shortest : MINUTE
}

function readTicks(rows: Rows): TickColumns {
  const at: number[] = []
  const bids: number[] = []
  const asks: number[] = []
  rows.each((time, cells) => {
    const bid = pointsOf(cells[1], rows.decimals)
    const ask = pointsOf(cells[2], rows.decimals)
    if (Number.isNaN(bid) || Number.isNaN(ask)) return unreadable(cells.slice(1, 3))
    if (bid <= 0 || ask <= 0) return 'not above zero'
    if (bid > ask) return 'crossed'
    at.push(time)
    bids.push(bid)
    asks.push(ask)
    return undefined
  })
  return {
    kind: 'ticks',
    count: at.length,
    at: Float64Array.from(at),
    bid: Float64Array.from(bids),
    ask: Float64Array.from(asks),
  }
}
