/** Instruments and accounts, as the desk lists them. */
import type { Account } from '../core/account.ts'
import { freeCash } from '../core/account.ts'
import type { Price } from '../core/amount.ts'
import { formatMoney, formatPrice, formatQuantity } from '../core/amount.ts'
import type { AccountView, InstrumentView } from '../core/asking.ts'
import type { Instrument } from '../core/instrument.ts'

export function instrumentView(instrument: Instrument, last: Price | undefined): InstrumentView {
  const { symbol, exchange, name, group, currency, products, sessions } = instrument
  const { tick, lot, multiplier, freeze, band } = instrument
  return {
    symbol,
    exchange,
    name,
    group,
    currency,
    tick: formatPrice(tick),
    lot: formatQuantity(lot),
    multiplier: String(multiplier),
    products,
    freeze: freeze === undefined ? null : formatQuantity(freeze),
    band: band ? { low: formatPrice(band.low), high: formatPrice(band.high) } : null,
    sessions,
    last: last === undefined ? null : formatPrice(last),
  }
}

export function accountView(account: Account): AccountView {
  const cash = [...account.cash].map(([currency, amount]) => ({
    currency,
    cash: formatMoney(amount),
    free: formatMoney(freeCash(account, currency)),
  }))
  return {
    account: account.id,
    broker: account.broker,
    mode: account.mode,
    connected: account.connected,
    closed: account.closed,
    cash,
    working: account.working,
    unknown: account.unknown.size,
    breaks: account.breaks.size,
  }
}
