import type { Account } from '../core/account.ts'
import { NO_MONEY, NO_QUANTITY, plus, times } from '../core/amount.ts'
import type { Entry } from '../core/event.ts'
import type { Order } from '../core/order.ts'
import { sentence } from '../core/wording.ts'
import type { Journal } from '../store/journal.ts'

/** Follows the journal and says on the terminal what people would want to hear. */
export class ConsoleFollower {
  readonly #journal: Journal
  readonly #accounts: (id: string) => Account
  readonly #say: (line: string) => void
  #n: number

  constructor(journal: Journal, accounts: (id: string) => Account, say: (line: string) => void) {
    this.#journal = journal
    this.#accounts = accounts
    this.#say = say
    this.#n = journal.head().n
  }

  /** To be called after each commit. */
  wake(): void {
    for (const { n, entries } of this.#journal.read(this.#n)) {
      this.#n = n
      for (const entry of entries) this.#tell(entry)
    }
  }

  #tell({ account, seq, at, events }: Entry): void {
    for (const [index, event] of events.entries()) {
      const id = 'orderId' in event ? event.orderId : undefined
      const order = id && this.#accounts(account).orders.get(id)
      const text = sentence(event, order && asOf(order, seq + index))
      if (text !== undefined) this.#say(`${timeText(at)}  ${account}  ${text}`)
    }
  }
}

const timeText = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { hour12: false })

/** The order as filled by an event: those after it, in the same commit, have not been said yet. */
function asOf(order: Order, seq: number): Order {
  const fills = order.fills.filter((fill) => fill.seq <= seq)
  if (fills.length === order.fills.length) return order
  let [filled, value] = [NO_QUANTITY, NO_MONEY]
  for (const fill of fills) {
    filled = plus(filled, fill.quantity)
    value = plus(value, times(fill.price, fill.quantity, order.terms.multiplier))
  }
  const status = filled === order.terms.quantity ? 'complete' : 'open'
  return { ...order, status, fills, filled, value }
}
