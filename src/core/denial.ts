import type { GuardDenialCode } from './guard-denial.ts'
import { GUARD_DENIALS } from './guard-denial.ts'

export type DenialCode =
  | GuardDenialCode
  | 'ACCOUNT_CLOSED'
  | 'INSTRUMENT_NOT_FOUND'
  | 'QUANTITY_NOT_POSITIVE'
  | 'QUANTITY_NOT_A_LOT'
  | 'PRICE_MISSING'
  | 'PRICE_NOT_POSITIVE'
  | 'PRICE_NOT_ON_TICK'
  | 'PRICE_OUTSIDE_BAND'
  | 'TRIGGER_MISSING'
  | 'TRIGGER_NOT_ALLOWED'
  | 'TRIGGER_NOT_POSITIVE'
  | 'TRIGGER_NOT_ON_TICK'
  | 'TRIGGER_ALREADY_REACHED'
  | 'LIMIT_BEHIND_TRIGGER'
  | 'QUANTITY_MISSING'
  | 'QUANTITY_ABOVE_FREEZE'
  | 'DISCLOSED_OUT_OF_RANGE'
  | 'VALIDITY_NOT_POSSIBLE'
  | 'PRODUCT_NOT_OFFERED'
  | 'MARKET_CLOSED'
  | 'TRADING_HALTED'
  | 'ORDER_VALUE_TOO_LARGE'
  | 'TOO_MANY_ORDERS_A_SECOND'
  | 'TOO_MANY_ORDERS_A_DAY'
  | 'PORTFOLIO_FULL'
  | 'CAPITAL_PER_TRADE_EXCEEDED'
  | 'NOTHING_TO_REDUCE'
  | 'WOULD_NOT_REDUCE'
  | 'NO_PRICE_YET'
  | 'NOT_ENOUGH_CASH'
  | 'SYMBOL_IN_DOUBT'
  | 'SYMBOL_LOCKED'
  | 'TOO_MANY_WAITING'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_FINISHED'
  | 'ORDER_IN_DOUBT'
  | 'CHANGE_IN_PROGRESS'
  | 'CANCEL_IN_PROGRESS'
  | 'QUANTITY_BELOW_FILLED'
  | 'NOTHING_TO_CHANGE'
  | 'BREAK_NOT_FOUND'
  | 'NOT_A_SPLIT'
  | 'SYMBOL_NOT_TRACKED'
  | 'ORDER_NOT_UNKNOWN'

/** Why nothing came of a command. */
export type Refusal = { readonly code: DenialCode; readonly context: string }

/** Our refusals, each with the sentence a person reads and what they can do about it. */
type Denial = {
  /** The field of the command it is about, where it is about one. */
  readonly field: string | undefined
  readonly says: string
  readonly remedy: string
}

export const DENIALS: Readonly<Record<DenialCode, Denial>> = {
  ...GUARD_DENIALS,
  ACCOUNT_CLOSED: {
    field: 'account',
    says: 'The account is closed because its own books contradicted each other.',
    remedy: 'Cancels still pass. "tallyman accounts reopen" proves the journal, then lifts it.',
  },
  INSTRUMENT_NOT_FOUND: {
    field: 'symbol',
    says: 'No instrument of that name is known.',
    remedy: 'Look it up: GET /api/v1/instruments?search=…',
  },
  QUANTITY_NOT_POSITIVE: {
    field: 'quantity',
    says: 'The quantity is not above zero.',
    remedy: 'Give a positive quantity; the side says whether to buy or sell.',
  },
  QUANTITY_NOT_A_LOT: {
    field: 'quantity',
    says: 'The quantity is not a whole number of lots.',
    remedy: 'Give a multiple of the lot, in units.',
  },
  PRICE_MISSING: {
    field: 'price',
    says: 'An order of that type needs a price.',
    remedy: 'Give the limit price, or choose MARKET or SL-M.',
  },
  PRICE_NOT_POSITIVE: {
    field: 'price',
    says: 'The price is not above zero.',
    remedy: 'Give a positive price.',
  },
  PRICE_NOT_ON_TICK: {
    field: 'price',
    says: 'The price is not a multiple of the tick size.',
    remedy: 'Round the price to the tick.',
  },
  PRICE_OUTSIDE_BAND: {
    field: 'price',
    says: 'The exchange takes no price outside today’s band.',
    remedy: 'Give a price within the band.',
  },
  TRIGGER_MISSING: {
    field: 'trigger',
    says: 'An SL or SL-M order needs a trigger.',
    remedy: 'Give the trigger price.',
  },
  TRIGGER_NOT_ALLOWED: {
    field: 'trigger',
    says: 'Only SL and SL-M orders have a trigger.',
    remedy: 'Leave the trigger out, or make it an SL or SL-M order.',
  },
  TRIGGER_NOT_POSITIVE: {
    field: 'trigger',
    says: 'The trigger is not above zero.',
    remedy: 'Give a positive trigger.',
  },
  TRIGGER_NOT_ON_TICK: {
    field: 'trigger',
    says: 'The trigger is not a multiple of the tick size.',
    remedy: 'Round the trigger to the tick.',
  },
  TRIGGER_ALREADY_REACHED: {
    field: 'trigger',
    says: 'The market has reached the trigger: a buy waits above the last price, a sell below.',
    remedy: 'Move the trigger beyond the last price, or place a LIMIT or MARKET order.',
  },
  LIMIT_BEHIND_TRIGGER: {
    field: 'price',
    says: 'Once triggered it could not trade: the limit lies on the wrong side of the trigger.',
    remedy: 'A buy needs its limit at or above the trigger, a sell at or below it.',
  },
  QUANTITY_MISSING: {
    field: 'quantity',
    says: 'No quantity was given, and only a strategy’s entry is sized by CAPITAL_PER_TRADE.',
    remedy: 'Give the quantity.',
  },
  QUANTITY_ABOVE_FREEZE: {
    field: 'quantity',
    says: 'The exchange takes no single order of that size.',
    remedy: 'Send it with slice: true, or in parts of at most the freeze quantity.',
  },
  DISCLOSED_OUT_OF_RANGE: {
    field: 'disclosed',
    says: 'The disclosed quantity is not a part of the order, or not in whole lots.',
    remedy: 'Give a multiple of the lot, above zero and at most the quantity.',
  },
  VALIDITY_NOT_POSSIBLE: {
    field: 'validity',
    says: 'An order that waits for a trigger, or hides some of it, cannot be immediate-or-cancel.',
    remedy: 'Choose DAY or TTL, or leave trigger and disclosed quantity out.',
  },
  PRODUCT_NOT_OFFERED: {
    field: 'product',
    says: 'The instrument is not traded under that product.',
    remedy: 'Choose one of the products the instrument offers.',
  },
  NO_PRICE_YET: {
    field: 'price',
    says: 'No price of the instrument is known, so the value of the order is not known either.',
    remedy: 'Wait for a quote, or place a LIMIT order.',
  },
  MARKET_CLOSED: {
    field: 'symbol',
    says: 'The exchange takes no orders now.',
    remedy: 'Send it again when the market opens.',
  },
  TRADING_HALTED: {
    field: undefined,
    says: 'Trading is halted by hand.',
    remedy: 'Remove the file HALT from the data folder when you mean to trade again.',
  },
  ORDER_VALUE_TOO_LARGE: {
    field: 'quantity',
    says: 'The order is worth more than one order may be.',
    remedy: 'Send less, or raise MAX_ORDER_VALUE.',
  },
  TOO_MANY_ORDERS_A_SECOND: {
    field: undefined,
    says: 'As many orders as may be placed in a second have been.',
    remedy: 'Wait for the next second, or raise MAX_ORDERS_PER_SECOND.',
  },
  TOO_MANY_ORDERS_A_DAY: {
    field: undefined,
    says: 'As many orders as may be placed in a day have been.',
    remedy: 'Look for a program that loops, or raise MAX_ORDERS_PER_DAY.',
  },
  PORTFOLIO_FULL: {
    field: 'symbol',
    says: 'The account holds as many symbols as automatic entries may open.',
    remedy: 'Close one, or raise MAX_PORTFOLIO_SIZE.',
  },
  CAPITAL_PER_TRADE_EXCEEDED: {
    field: 'quantity',
    says: 'The entry would cost more than one automatic trade may.',
    remedy: 'Leave the quantity out to have it sized, send less, or raise CAPITAL_PER_TRADE.',
  },
  NOTHING_TO_REDUCE: {
    field: 'reduceOnly',
    says: 'There is no position that the order could reduce.',
    remedy: 'Place it without reduceOnly if it is meant to open one.',
  },
  WOULD_NOT_REDUCE: {
    field: 'quantity',
    says: 'The order, with what works already, is more than the position it is to reduce.',
    remedy: 'Send at most what is left to close.',
  },
  NOT_ENOUGH_CASH: {
    field: 'quantity',
    says: 'The order would cost more than is free.',
    remedy: 'Reduce the quantity, or cancel orders that hold cash.',
  },
  SYMBOL_IN_DOUBT: {
    field: 'symbol',
    says: 'An earlier order in this symbol is unknown: it may or may not have happened.',
    remedy: 'Wait until it is settled from the broker’s book; a close of the safe size passes.',
  },
  SYMBOL_LOCKED: {
    field: 'symbol',
    says: 'Our books and the broker’s differ in this symbol, so automatic orders wait.',
    remedy: 'Settle the break; a person may still trade it.',
  },
  TOO_MANY_WAITING: {
    field: undefined,
    says: 'As many orders as may wait for their turn at the broker are waiting already.',
    remedy: 'Send fewer orders, or cancel some that wait.',
  },
  ORDER_NOT_FOUND: {
    field: 'orderId',
    says: 'No such order.',
    remedy: 'List the orders: GET /api/v1/orders',
  },
  ORDER_FINISHED: {
    field: 'orderId',
    says: 'The order has ended already.',
    remedy: 'Nothing is left to change or cancel.',
  },
  ORDER_IN_DOUBT: {
    field: 'orderId',
    says: 'Nobody knows whether the order reached the broker, so it cannot be changed.',
    remedy: 'Wait until it is settled from the broker’s book, or cancel it.',
  },
  CHANGE_IN_PROGRESS: {
    field: 'orderId',
    says: 'An earlier change of the order is not settled yet.',
    remedy: 'Wait for it; the order shows amending: false then.',
  },
  CANCEL_IN_PROGRESS: {
    field: 'orderId',
    says: 'The order is being cancelled.',
    remedy: 'Place a new one once it has ended.',
  },
  QUANTITY_BELOW_FILLED: {
    field: 'quantity',
    says: 'That much of the order is filled already.',
    remedy: 'Give more than what is filled, or cancel the rest.',
  },
  NOTHING_TO_CHANGE: {
    field: undefined,
    says: 'The order is like that already.',
    remedy: 'Give a quantity, price, trigger, type or validity that differs.',
  },
  BREAK_NOT_FOUND: {
    field: 'symbol',
    says: 'There is no open break in that symbol.',
    remedy: 'List them: tallyman breaks list',
  },
  NOT_A_SPLIT: {
    field: 'as',
    says: 'No ratio of a split or bonus takes our quantity to the broker’s.',
    remedy: 'Settle it as manual, preexisting, external or a strategy’s.',
  },
  SYMBOL_NOT_TRACKED: {
    field: 'symbol',
    says: 'The symbol is not tracked.',
    remedy: 'List what is: tallyman tracking list',
  },
  ORDER_NOT_UNKNOWN: {
    field: 'orderId',
    says: 'What became of the order is known.',
    remedy: 'Only an unknown order is settled by hand; cancel one that works.',
  },
}

/** `tick=0.05 price=101.23` */
const contextOf = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

export const deny = (code: DenialCode, facts: Readonly<Record<string, string>>): Refusal => ({
  code,
  context: contextOf(facts),
})
