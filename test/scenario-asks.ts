/** What people ask for, as the lines of a story say it. */
import type { Account } from '../src/core/account.ts'
import { absolute, money, price, quantity } from '../src/core/amount.ts'
import type { Changes, Input, Policy, Refused } from '../src/core/input.ts'
import { NO_POLICY } from '../src/core/input.ts'
import type { Instrument, Product } from '../src/core/instrument.ts'
import { currency, instrumentId } from '../src/core/instrument.ts'
import type { OrderId, Pricing, Reason, Ticket, Validity } from '../src/core/order.ts'
import type { Owner } from '../src/core/owner.ts'

export const inr = currency('INR')

const share = (symbol: string, lot = '1', more: Partial<Instrument> = {}): [string, Instrument] => [
  symbol,
  {
    id: instrumentId('NSE', symbol),
    symbol,
    exchange: 'NSE',
    name: symbol,
    group: 'equity',
    currency: inr,
    tick: price('0.05'),
    lot: quantity(lot),
    multiplier: 1n,
    products: ['CNC', 'MIS'],
    decimals: 2,
    freeze: undefined,
    band: undefined,
    sessions: 'cash',
    ...more,
  },
]

export const INSTRUMENTS: ReadonlyMap<string, Instrument> = new Map([
  share('INFY'),
  share('SBIN'),
  share('TCS'),
  share('LOTS', '75', { freeze: quantity('1800') }),
  share('FUT', '75', { group: 'futures', products: ['NRML', 'MIS'] }),
  share('CALL', '75', { group: 'options', products: ['NRML', 'MIS'] }),
  share('BAND', '1', { band: { low: price('90'), high: price('110') } }),
])

type After = (word: string) => string | undefined

export const wordAfter =
  (words: readonly string[]): After =>
  (word) =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined

const maybe = <T>(text: string | undefined, read: (text: string) => T): T | undefined =>
  text === undefined || text === '-' ? undefined : read(text)

/**
 * `place INFY -10 limit 100 [trigger 99] [ioc] [ttl 5] [show 5] [reduce] [queued] [MIS]
 * [by strategy:x] [for target] [unchecked] [last 99]`, and the limits of the account: `[capital
 * 5000] [symbols 2] [value 900] [a-second 2] [a-day 3] [halted] [closed]`. A size of `+?` or `-?`
 * is left out.
 */
export function placeFrom([symbol = '', size = '', type = '', ...rest]: string[]): Input['body'] {
  const after = wordAfter(rest)
  const hasLimit = type === 'limit' || type === 'sl'
  const instrument = INSTRUMENTS.get(symbol)
  const signed = size.endsWith('?') ? undefined : quantity(size)
  const ticket: Ticket = {
    instrument: instrument?.id ?? instrumentId('NSE', symbol),
    side: size.startsWith('-') ? 'sell' : 'buy',
    size: signed === undefined || rest.includes('raw') ? signed : absolute(signed),
    type: type as Pricing['type'],
    price: maybe(hasLimit ? rest[0] : after('price'), price),
    trigger: maybe(after('trigger'), price),
    validity: validityFrom(rest) ?? 'day',
    disclosed: maybe(after('show'), quantity),
    product: rest.find((word) => /^(CNC|MIS|NRML)$/.test(word)) as Product | undefined,
    owner: (after('by') ?? 'manual') as Owner,
    by: 'me',
    note: undefined,
    reduceOnly: rest.includes('reduce'),
    slice: rest.includes('slice'),
    refs: { signalId: undefined, approvalId: undefined },
    reason: after('for') as Reason | undefined,
    skipChecks: rest.includes('unchecked'),
  }
  return { type: 'PlaceOrder', ticket, instrument, ...worldFrom(rest) }
}

/** `amend o1 [quantity 5] [type market] [limit 99] [trigger 98] [ioc|day|ttl 5] [show 5]` */
export function amendFrom(
  orderId: OrderId,
  words: readonly string[],
  account: Account,
): Input['body'] {
  const after = wordAfter(words)
  const id = account.orders.get(orderId)?.terms.instrument
  const instrument = [...INSTRUMENTS.values()].find((each) => each.id === id)
  const changes: Changes = {
    size: maybe(after('quantity'), quantity),
    type: after('type') as Pricing['type'] | undefined,
    price: maybe(after('limit'), price),
    trigger: maybe(after('trigger'), price),
    validity: validityFrom(words),
    disclosed: maybe(after('show'), quantity),
  }
  return { type: 'AmendOrder', orderId, changes, by: 'me', instrument, ...worldFrom(words) }
}

/** `cancel-all [INFY] [by strategy:x]` */
export function cancelAllFrom(words: readonly string[]): Input['body'] {
  const owner = wordAfter(words)('by') as Owner | undefined
  const instrument = INSTRUMENTS.get(words[0] ?? '')?.id
  return { type: 'CancelAll', instrument, owner, by: 'me' }
}

function validityFrom(words: readonly string[]): Validity | undefined {
  const minutes = wordAfter(words)('ttl')
  if (minutes !== undefined) return { minutes: Number(minutes) }
  return words.includes('ioc') ? 'ioc' : words.includes('day') ? 'day' : undefined
}

type World = Pick<
  Extract<Input['body'], { type: 'PlaceOrder' }>,
  'last' | 'turn' | 'policy' | 'refused'
>

function worldFrom(words: readonly string[]): World {
  const after = wordAfter(words)
  const policy: Policy = {
    ...NO_POLICY,
    capitalPerTrade: maybe(after('capital'), money),
    portfolioSizeMax: maybe(after('symbols'), Number),
    orderValueMax: maybe(after('value'), money),
    ordersPerSecondMax: maybe(after('a-second'), Number),
    ordersPerDayMax: maybe(after('a-day'), Number),
  }
  const last = after('last') === undefined ? price('100') : maybe(after('last'), price)
  return { last, turn: !words.includes('queued'), policy, refused: refusedFrom(words) }
}

function refusedFrom(words: readonly string[]): Refused | undefined {
  if (words.includes('halted')) return { code: 'TRADING_HALTED', why: 'HALT' }
  return words.includes('closed') ? { code: 'MARKET_CLOSED', why: 'NSE opens 09:15' } : undefined
}
