import type { Tallyman } from '../src/index.ts'

type Refused = readonly [
  what: string,
  /** Name, code, field and value of the error. */
  expected: string,
  call: (desk: Tallyman) => Promise<unknown>,
]
const bad = (value: unknown): never => value as never
const REST = { symbol: 'ACME', side: 'BUY', quantity: 1, type: 'LIMIT', price: 1 } as const
const NONE = 'paper-99999'

const firstOf = async (pieces: AsyncIterable<string>): Promise<unknown> => {
  for await (const piece of pieces) return piece
  return undefined
}

/** What a desk refuses, and what it says of it, in this process as over the network. */
export const REFUSALS: readonly Refused[] = [
  [
    'a price off the tick',
    'Denied PRICE_NOT_ON_TICK price 1.03',
    (desk) => desk.place({ ...REST, price: 1.03 }),
  ],
  [
    'a quantity of words',
    'BadRequest FIELD_NOT_READABLE quantity ten',
    (desk) => desk.place({ ...REST, quantity: 'ten' }),
  ],
  [
    'a quantity that is no number',
    'BadRequest FIELD_NOT_READABLE quantity null',
    (desk) => desk.place({ ...REST, quantity: NaN }),
  ],
  [
    'a sum of floats',
    'BadRequest FIELD_NOT_READABLE price 0.30000000000000004',
    (desk) => desk.place({ ...REST, price: 0.1 + 0.2 }),
  ],
  [
    'an order without a symbol',
    'BadRequest FIELD_MISSING symbol undefined',
    (desk) => desk.place({ ...REST, symbol: bad(undefined) }),
  ],
  [
    'a field nobody knows',
    'BadRequest FIELD_UNKNOWN leverage 2',
    (desk) => desk.place(bad({ ...REST, leverage: 2 })),
  ],
  [
    'a symbol nobody knows',
    'Denied INSTRUMENT_NOT_FOUND symbol NOPE',
    (desk) => desk.place({ ...REST, symbol: 'NOPE' }),
  ],
  [
    'an account nobody has',
    'NotFound ACCOUNT_NOT_FOUND account x',
    (desk) => desk.place({ ...REST, account: 'x' }),
  ],
  [
    'an id with a space in it',
    'BadRequest FIELD_NOT_READABLE idempotency-key a b',
    (desk) => desk.place(REST, { id: 'a b' }),
  ],
  [
    'a change of an order that is not there',
    `NotFound ORDER_NOT_FOUND orderId ${NONE}`,
    (desk) => desk.modify(NONE, { price: 2 }),
  ],
  [
    'a change to a price of words',
    'BadRequest FIELD_NOT_READABLE price x',
    (desk) => desk.modify('paper-1', { price: 'x' }),
  ],
  [
    'a cancel of an order that is not there',
    `NotFound ORDER_NOT_FOUND orderId ${NONE}`,
    (desk) => desk.cancel(NONE),
  ],
  ['a cancel of nothing at all', 'BadRequest FIELD_NOT_READABLE id ', (desk) => desk.cancel('')],
  [
    'a cancel of all of an account nobody has',
    'NotFound ACCOUNT_NOT_FOUND account x',
    (desk) => desk.cancelAll({ account: 'x' }),
  ],
  [
    'a path in place of an id',
    'BadRequest FIELD_NOT_READABLE id ../x',
    (desk) => desk.order('../x'),
  ],
  ['an order that is not there', `NotFound ORDER_NOT_FOUND id ${NONE}`, (desk) => desk.order(NONE)],
  [
    'a report on an order that is not there',
    `NotFound ORDER_NOT_FOUND id ${NONE}`,
    (desk) => desk.executionReport(NONE),
  ],
  [
    'a page that is too large',
    'BadRequest FIELD_NOT_READABLE limit 501',
    (desk) => desk.orders({ limit: 501 }),
  ],
  [
    'fills of an account nobody has',
    'NotFound ACCOUNT_NOT_FOUND account x',
    (desk) => desk.fills({ account: 'x' }),
  ],
  [
    'positions of an account nobody has',
    'NotFound ACCOUNT_NOT_FOUND account x',
    (desk) => desk.positions({ account: 'x' }),
  ],
  [
    'a time of words',
    'BadRequest FIELD_NOT_READABLE from yesterday',
    (desk) => desk.audit({ from: 'yesterday' }),
  ],
  [
    'a date that is none',
    'BadRequest FIELD_NOT_READABLE from Invalid Date',
    (desk) => desk.audit({ from: new Date(NaN) }),
  ],
  [
    'a quote of a symbol nobody knows',
    'NotFound INSTRUMENT_NOT_FOUND symbol NOPE',
    (desk) => desk.quote('NOPE'),
  ],
  [
    'candles of a symbol nobody knows',
    'NotFound INSTRUMENT_NOT_FOUND symbol NOPE',
    (desk) => desk.candles({ symbol: 'NOPE' }),
  ],
  [
    'the book of an account nobody has',
    'NotFound ACCOUNT_NOT_FOUND account x',
    (desk) => desk.verify('x'),
  ],
  [
    'statistics of a day that is none',
    'BadRequest FIELD_NOT_READABLE from monday',
    (desk) => desk.statistics({ from: 'monday' }),
  ],
  [
    'the end of a day that has not begun',
    'BadRequest DATE_NOT_OVER date 2099-01-01',
    (desk) => desk.runEndOfDay({ date: '2099-01-01' }),
  ],
  [
    'the end of a day of exchanges that are not there',
    'NotFound GROUP_NOT_FOUND group moon',
    (desk) => desk.runEndOfDay({ group: 'moon' }),
  ],
  [
    'charges on nothing',
    'BadRequest FIELD_NOT_READABLE quantity 0',
    (desk) => desk.charges({ side: 'BUY', quantity: 0, price: 1, symbol: 'ACME' }),
  ],
  [
    'a close of a symbol nobody knows',
    'Denied INSTRUMENT_NOT_FOUND symbol NOPE',
    (desk) => desk.close({ symbol: 'NOPE' }),
  ],
  [
    'an export of what there is not',
    'BadRequest FIELD_NOT_READABLE what leaves',
    (desk) => firstOf(desk.exportData({ what: bad('leaves') })),
  ],
  [
    'an export of an account nobody has',
    'NotFound ACCOUNT_NOT_FOUND account x',
    (desk) => firstOf(desk.exportData({ what: 'fills', account: 'x' })),
  ],
  [
    'a kind of news nobody tells',
    'BadRequest FIELD_NOT_READABLE kinds orders',
    async (desk) => desk.on(bad('orders'), () => {}),
  ],
  [
    'a place before the journal',
    'BadRequest FIELD_NOT_READABLE after -1',
    async (desk) => desk.on('order', () => {}, { after: -1 }),
  ],
  [
    'an unknown account to listen to',
    'BadRequest FIELD_NOT_READABLE account ../x',
    async (desk) => desk.on('order', () => {}, { account: '../x' }),
  ],
]
