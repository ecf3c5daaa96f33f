/** Plain commands, as they arrive, become what the core takes. */
import { hash } from 'node:crypto'
import { formatPrice, formatQuantity, price, quantity } from '../core/amount.ts'
import type { Changes } from '../core/input.ts'
import type { InstrumentId } from '../core/instrument.ts'
import type { Pricing, Ticket, Validity } from '../core/order.ts'
import { MANUAL, strategyOwner } from '../core/owner.ts'
import type { PlainChanges, OrderCommand, PlainTicket, PlainType } from '../core/port.ts'

const TYPES: Readonly<Record<PlainType, Pricing['type']>> = {
  MARKET: 'market',
  LIMIT: 'limit',
  SL: 'sl',
  'SL-M': 'sl-m',
}

export function ticketOf(plain: PlainTicket, instrument: InstrumentId, by: string): Ticket {
  const {
    side,
    strategy,
    note,
    product,
    signalId,
    approvalId,
    reduceOnly = false,
    slice = false,
    reason,
    skipChecks = false,
  } = plain
  return {
    instrument,
    side: side === 'BUY' ? 'buy' : 'sell',
    size: maybe(plain.quantity, quantity),
    type: TYPES[plain.type],
    price: maybe(plain.price, price),
    trigger: maybe(plain.trigger, price),
    validity: validityOf(plain) ?? 'day',
    disclosed: maybe(plain.disclosed, quantity),
    product,
    owner: strategy === undefined ? MANUAL : strategyOwner(strategy),
    by,
    note,
    reduceOnly,
    slice,
    refs: { signalId, approvalId },
    reason,
    skipChecks,
  }
}

export const changesOf = (plain: PlainChanges): Changes => ({
  size: maybe(plain.quantity, quantity),
  type: maybe(plain.type, (type) => TYPES[type]),
  price: maybe(plain.price, price),
  trigger: maybe(plain.trigger, price),
  validity: validityOf(plain),
  disclosed: maybe(plain.disclosed, quantity),
})

function maybe<T, R>(given: T | undefined, read: (value: T) => R): R | undefined {
  return given === undefined ? undefined : read(given)
}

function validityOf({ validity, validityMinutes }: PlainChanges): Validity | undefined {
  if (validityMinutes !== undefined) return { minutes: validityMinutes }
  if (validity === 'IOC') return 'ioc'
  return validity === undefined ? undefined : 'day'
}

/** Of what the command asks, in a fixed order and form: the same wish has the same hash. */
export const hashOf = (command: OrderCommand): string => hash('sha256', canonical(command))

function canonical(command: OrderCommand): string {
  switch (command.type) {
    case 'PlaceOrder': {
      const { ticket } = command
      const { account, symbol, exchange, side, product, strategy, note } = ticket
      const { reduceOnly, slice, signalId, approvalId } = ticket
      const { reason, skipChecks } = ticket
      const who = [account, symbol, exchange, side, product, strategy, note, reason, skipChecks]
      return JSON.stringify([...who, reduceOnly, slice, signalId, approvalId, ...wordsOf(ticket)])
    }
    case 'AmendOrder':
      return JSON.stringify(['amend', command.orderId, ...wordsOf(command.changes)])
    case 'CancelOrder':
      return command.orderId
    case 'CancelAll': {
      const { account, symbol, exchange, strategy } = command.chosen
      return JSON.stringify(['cancel all', account, symbol, exchange, strategy])
    }
  }
}

/** "10.0" and "10" are the same wish. */
function wordsOf(plain: PlainChanges): readonly unknown[] {
  const { type, validity, validityMinutes } = plain
  const size = (text: string): string => formatQuantity(quantity(text))
  const at = (text: string): string => formatPrice(price(text))
  return [
    type,
    maybe(plain.quantity, size),
    maybe(plain.price, at),
    maybe(plain.trigger, at),
    validity,
    validityMinutes,
    maybe(plain.disclosed, size),
  ]
}
