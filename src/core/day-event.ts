import type { Price } from './amount.ts'
import type { InstrumentId } from './instrument.ts'
import type { OrderId } from './order.ts'
import type { Instant, TradingDate } from './time.ts'

/** What can happen at the end of a day, one group of exchanges each. */
export type DayEvent =
  /** It has worked for longer than a day order should, and the broker's book still has it. */
  | { readonly type: 'OrderWentStale'; readonly orderId: OrderId; readonly hours: number }
  /** Done once a day: what a run that died leaves is done by the next one. */
  | {
      readonly type: 'EndOfDayStepDone'
      readonly group: string
      readonly date: TradingDate
      /** 1 to 6. */
      readonly step: number
      readonly ok: boolean
      readonly milliseconds: number
      /** What it came to, or why it failed. */
      readonly detail: string
    }
  /** The last price of the day of what is held at its end: what equity is reckoned by. */
  | {
      readonly type: 'PositionMarked'
      readonly instrument: InstrumentId
      readonly date: TradingDate
      readonly price: Price
    }
  | {
      readonly type: 'EndOfDayDone'
      readonly group: string
      readonly date: TradingDate
      readonly stepsCompleted: number
      readonly stepsFailed: number
      readonly milliseconds: number
      /** What people are told of the day. */
      readonly summary: string
    }

type Of<Type extends DayEvent['type']> = Omit<Extract<DayEvent, { readonly type: Type }>, 'type'>

export type DayEnded = {
  readonly type: 'DayEnded'
  readonly exchange: string
  readonly date: TradingDate
  /** The broker's books show nothing that ended before this. */
  readonly before: Instant
}

export type RunDone = {
  readonly type: 'RunDone'
  readonly done: Of<'EndOfDayDone'>
  /** The last ones of the day, of what is held. */
  readonly prices: readonly Pick<Of<'PositionMarked'>, 'instrument' | 'price'>[]
}
