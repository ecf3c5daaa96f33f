import type { Account, Leg } from '../core/account.ts'
import { newAccount } from '../core/account.ts'
import { foldOne, orderIdOf } from '../core/one-order.ts'
import type { OrderId } from '../core/order.ts'
import type { Batch, Journal } from './journal.ts'
import { legBefore } from './leg-rows.ts'
import type { Sql } from './sql.ts'

/** An event: its row in the journal, its account, and its place among the account's events. */
export type Moment = { readonly row: number; readonly account: string; readonly seq: number }

/** Orders are looked up in the same few rows when many were placed together. */
const ROWS_KEPT = 16

/** What orders and positions were before an event, from the screens' index into the journal. */
export class Past {
  readonly #journal: Journal
  /** The screens, once all rows up to that one are in them. */
  readonly #upTo: (row: number) => Sql
  readonly #kept = new Map<number, Batch>()

  constructor(journal: Journal, upTo: (row: number) => Sql) {
    this.#journal = journal
    this.#upTo = upTo
  }

  /** The order alone, in an account that is told of nothing else; undefined if there was none. */
  order(id: OrderId, before: Moment): Account | undefined {
    const rows = this.#upTo(before.row)
      .prepare('SELECT n FROM order_rows WHERE id = ? AND n <= ? ORDER BY n')
      .all(id, before.row) as { readonly n: number }[]
    const fold = newAccount(before.account)
    for (const { n } of rows) {
      for (const entry of this.#row(n)?.entries ?? []) {
        if (entry.account !== before.account) continue
        for (const [index, event] of entry.events.entries()) {
          if (entry.seq + index >= before.seq) break
          if (orderIdOf(event) === id) foldOne(fold, entry, index)
        }
      }
    }
    return fold.orders.has(id) ? fold : undefined
  }

  leg(name: string, { row, account, seq }: Moment): Leg | undefined {
    return legBefore(this.#upTo(row), account, { leg: name, seq })
  }

  #row(n: number): Batch | undefined {
    const known = this.#kept.get(n)
    if (known) return known
    const [batch] = firstOf(this.#journal.read(n - 1))
    if (!batch) return undefined
    this.#kept.set(n, batch)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= ROWS_KEPT) break
      this.#kept.delete(oldest)
    }
    return batch
  }
}

function firstOf<T>(all: Iterable<T>): readonly T[] {
  for (const each of all) return [each]
  return []
}
