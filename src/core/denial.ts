export type DenialCode =
  | 'ACCOUNT_CLOSED'
  | 'INSTRUMENT_NOT_FOUND'
  | 'QUANTITY_NOT_POSITIVE'
  | 'QUANTITY_NOT_A_LOT'
  | 'PRICE_MISSING'
  | 'PRICE_NOT_POSITIVE'
  | 'PRICE_NOT_ON_TICK'
  | 'PRODUCT_NOT_OFFERED'
  | 'NO_PRICE_YET'
  | 'NOT_ENOUGH_CASH'
  | 'SYMBOL_IN_DOUBT'
  | 'SYMBOL_LOCKED'
  | 'TOO_MANY_WAITING'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_FINISHED'

/** Our refusals, each with the sentence a person reads and what they can do about it. */
type Denial = {
  /** The field of the command it is about, where it is about one. */
  readonly field: string | undefined
  readonly says: string
  readonly remedy: string
}

export const DENIALS: Readonly<Record<DenialCode, Denial>> = {
  ACCOUNT_CLOSED: {
    field: 'account',
    says: 'The account is closed because its own books contradicted each other.',
    remedy: 'Run "tallyman journal verify --full", then restart Tallyman.',
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
    says: 'A LIMIT order needs a price.',
    remedy: 'Give the price, or make it a MARKET order.',
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
    remedy: 'Nothing is left to cancel.',
  },
}

/** `tick=0.05 price=101.23` */
export const contextOf = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
