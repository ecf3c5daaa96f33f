/**
 * What trading in India costs, as dated data: one version holds all rates and both brokers' price
 * lists from its day on. Rates are fractions of the turnover of one side; of options, of the
 * premium. docs/charges.md says where each was read, and what stays in doubt.
 */
import type { Money, Rate, Rounding } from './amount.ts'
import { money, rate } from './amount.ts'
import type { ChargeName } from './charges.ts'
import type { TradingDate } from './time.ts'

export const SEGMENTS = ['delivery', 'intraday', 'futures', 'options'] as const
export type Segment = (typeof SEGMENTS)[number]

/** What exchange and state take, whoever the broker is. */
export type Statutory = {
  readonly stt: { readonly buy: Rate; readonly sell: Rate }
  readonly exchange: { readonly NSE: Rate; readonly BSE: Rate }
  readonly stampBuy: Rate
}

/** A fraction of the turnover, at least `min` and at most `max`. */
export type Fee = {
  readonly fraction: Rate
  readonly min: Money
  readonly max: Money
  /** A fraction of the turnover that not even the minimum may exceed. */
  readonly ceiling: Rate | undefined
}

export type BrokerName = 'zerodha' | 'kotak'
export type PriceList = {
  /** An executed order, however many trades it took. */
  readonly carried: Readonly<Record<Segment, Fee>>
  /** The same for product MIS. */
  readonly intraday: Readonly<Record<Segment, Fee>>
  /** The day's first sale of a share out of the depository. */
  readonly dp: Fee
  /** Whether the broker's own page adds GST to it. */
  readonly gstOnDp: boolean
}

/** One table of rates and the day from which it holds. */
export type ChargeRule = {
  readonly version: string
  readonly from: TradingDate
  readonly statutory: Readonly<Record<Segment, Statutory>>
  /** Of turnover, either side. */
  readonly sebi: Rate
  /** Of brokerage, exchange charge and SEBI fee. */
  readonly gst: Rate
  readonly brokers: Readonly<Record<BrokerName, PriceList>>
  /** How each line of an order is rounded. */
  readonly rounding: Readonly<Record<ChargeName, Rounding>>
  /** How the contract note rounds the day's sum of a line. */
  readonly noteRounding: Readonly<Record<ChargeName, Rounding>>
}

const NO_LIMIT = money('999999999999999')
const fee = (fraction: string, limits: Partial<Record<'min' | 'max', string>> = {}): Fee => ({
  fraction: rate(fraction),
  min: money(limits.min ?? '0'),
  max: limits.max === undefined ? NO_LIMIT : money(limits.max),
  ceiling: undefined,
})
const flat = (amount: string): Fee => fee('0', { min: amount, max: amount })
const FREE = fee('0')

const statutory = (
  [sttBuy, sttSell]: readonly [string, string],
  [nse, bse]: readonly [string, string],
  stampBuy: string,
): Statutory => ({
  stt: { buy: rate(sttBuy), sell: rate(sttSell) },
  exchange: { NSE: rate(nse), BSE: rate(bse) },
  stampBuy: rate(stampBuy),
})

/** support.zerodha.com, "What is the brokerage at Zerodha for equity?" and "DP charges". */
const ZERODHA: PriceList = {
  carried: {
    delivery: FREE,
    intraday: fee('0.0003', { max: '20' }),
    futures: fee('0.0003', { max: '20' }),
    options: flat('20'),
  },
  intraday: {
    delivery: FREE,
    intraday: fee('0.0003', { max: '20' }),
    futures: fee('0.0003', { max: '20' }),
    options: flat('20'),
  },
  dp: flat('13'),
  gstOnDp: true,
}

/**
 * kotaksecurities.com, plan Trade Free. Copies of the page differ on delivery: an older one has a
 * minimum of 20, never above the 2.5 % that regulation allows; it is used, the dearer reading.
 */
const KOTAK: PriceList = {
  carried: {
    delivery: { ...fee('0.0025', { min: '20' }), ceiling: rate('0.025') },
    intraday: FREE,
    futures: flat('20'),
    options: flat('20'),
  },
  intraday: { delivery: FREE, intraday: FREE, futures: FREE, options: FREE },
  dp: fee('0.0004', { min: '20' }),
  gstOnDp: false,
}

/** To the paisa on an order. */
const BY_ORDER: ChargeRule['rounding'] = {
  brokerage: 'paisa',
  stt: 'paisa',
  exchange: 'paisa',
  sebi: 'paisa',
  stamp: 'paisa',
  dp: 'paisa',
  gst: 'paisa',
}

/** NSE/FA/73061 of 2026-02-27 moved the investor-protection part; these totals include it. */
const CASH: readonly [string, string] = ['0.0000307', '0.0000375']
const FUTURES: readonly [string, string] = ['0.0000183', '0']
const OPTIONS: readonly [string, string] = ['0.0003553', '0.000325']

const SHARED = {
  sebi: rate('0.000001'),
  gst: rate('0.18'),
  brokers: { zerodha: ZERODHA, kotak: KOTAK },
  rounding: BY_ORDER,
  noteRounding: { ...BY_ORDER, stt: 'rupee' },
} as const

/** Newest first. */
export const RULES: readonly [ChargeRule, ...ChargeRule[]] = [
  {
    // STT: NSE circular of 2026-03-31 (Finance Act 2026).
    version: 'india-2026-04',
    from: '2026-04-01' as TradingDate,
    statutory: {
      delivery: statutory(['0.001', '0.001'], CASH, '0.00015'),
      intraday: statutory(['0', '0.00025'], CASH, '0.00003'),
      futures: statutory(['0', '0.0005'], FUTURES, '0.00002'),
      options: statutory(['0', '0.0015'], OPTIONS, '0.00003'),
    },
    ...SHARED,
  },
  {
    version: 'india-2024-10',
    from: '2024-10-01' as TradingDate,
    statutory: {
      delivery: statutory(['0.001', '0.001'], CASH, '0.00015'),
      intraday: statutory(['0', '0.00025'], CASH, '0.00003'),
      futures: statutory(['0', '0.0002'], FUTURES, '0.00002'),
      options: statutory(['0', '0.001'], OPTIONS, '0.00003'),
    },
    ...SHARED,
  },
]
