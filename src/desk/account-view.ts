import type { Account } from '../core/account.ts'
import { freeCash } from '../core/account.ts'
import { formatMoney } from '../core/amount.ts'
import type { AccountView } from '../core/asking.ts'

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
