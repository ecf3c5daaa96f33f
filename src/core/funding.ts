import type { Money } from './amount.ts'
import { minus, NO_MONEY, plus } from './amount.ts'
import type { Books } from './draft.ts'
import { transferred } from './guard-evolve.ts'
import type { Currency } from './instrument.ts'

/**
 * What came to what strategies and people trade with, and what was taken from it, besides their own
 * trades and charges: cash, what other books bought and sold, and positions that changed hands.
 */
export type Funding = {
  readonly opening: Money
  readonly deposited: Money
  /** Above zero. */
  readonly withdrawn: Money
}

export const NOT_FUNDED: Funding = { opening: NO_MONEY, deposited: NO_MONEY, withdrawn: NO_MONEY }

/** Below zero where it went out. */
export function fund(books: Books, currency: Currency, amount: Money): void {
  transferred(books, currency, amount)
  funded(books, currency, amount)
}

/** The same, where the guards have their own mind of it. */
export function funded(books: Books, currency: Currency, amount: Money): void {
  const known = books.funding.get(currency) ?? NOT_FUNDED
  const { deposited, withdrawn } = known
  if (amount > 0n) books.funding.set(currency, { ...known, deposited: plus(deposited, amount) })
  if (amount < 0n) books.funding.set(currency, { ...known, withdrawn: minus(withdrawn, amount) })
}

/** What the account was opened with. */
export function openFund(books: Books, currency: Currency, amount: Money): void {
  const known = books.funding.get(currency) ?? NOT_FUNDED
  books.funding.set(currency, { ...known, opening: plus(known.opening, amount) })
}
