import type { Account } from '../core/account.ts'
import { NO_MONEY, NO_QUANTITY, plus, times } from '../core/amount.ts'
import type { Entry, Event } from '../core/event.ts'
import { guardSentence } from '../core/guard-wording.ts'
import { orderIdOf } from '../core/one-order.ts'
import type { Order, OrderId } from '../core/order.ts'
import type { Instant } from '../core/time.ts'
import { sentence } from '../core/wording.ts'
import type { Journal } from '../store/journal.ts'

/** Read in one go; then whoever else waits has a turn. */
const ROWS_A_TURN = 200

/** An event that is on disk, with what people are told of it. */
export type Heard = {
  readonly account: string
  readonly seq: number
  readonly at: Instant
  readonly event: Event
  readonly orderId: OrderId | undefined
  /** Undefined for what people would not want to hear. */
  readonly text: string | undefined
}

export type TellerOptions = {
  readonly journal: Journal
  readonly accounts: (id: string) => Account
  /** Runs it when whoever waits for a commit has been answered. */
  readonly soon: (run: () => void) => void
  readonly hear: (heard: Heard) => void
  readonly onTrouble: (error: Error) => void
}

/**
 * Follows the journal from where it is now, and tells what happens in it: once each, in order, and
 * off the order path.
 */
export class Teller {
  readonly #options: TellerOptions
  #n: number
  #isComing = false
  #isClosed = false

  constructor(options: TellerOptions) {
    this.#options = options
    this.#n = options.journal.head().n
  }

  /** To be called after each commit. */
  wake(): void {
    if (this.#isComing || this.#isClosed) return
    this.#isComing = true
    this.#options.soon(() => {
      this.#isComing = false
      if (!this.#isClosed && this.#tell(ROWS_A_TURN)) this.wake()
    })
  }

  /** Tells what is left, while the journal can still be read. */
  close(): void {
    if (!this.#isClosed) this.#tell(Infinity)
    this.#isClosed = true
  }

  /** True if there is more. A journal that cannot be read is the desk's own trouble. */
  #tell(rows: number): boolean {
    const { journal, onTrouble } = this.#options
    let left = rows
    try {
      for (const { n, entries } of journal.read(this.#n)) {
        this.#n = n
        for (const entry of entries) this.#tellEntry(entry)
        if (--left <= 0) return true
      }
    } catch (error) {
      onTrouble(error as Error)
    }
    return false
  }

  #tellEntry(entry: Entry): void {
    const { accounts, hear } = this.#options
    for (const { order, ...heard } of heardIn(entry, accounts)) {
      hear({ ...heard, text: sentence(heard.event, order) ?? guardSentence(heard.event) })
    }
  }
}

/** The events of an entry, each with its order as it was right after it. */
export function* heardIn(
  { account, seq: first, at, events }: Entry,
  accounts: (id: string) => Account,
): Iterable<Omit<Heard, 'text'> & { readonly order: Order | undefined }> {
  for (const [index, event] of events.entries()) {
    const seq = first + index
    const orderId = orderIdOf(event)
    const order = orderId && accounts(account).orders.get(orderId)
    yield { account, seq, at, event, orderId, order: order && asOf(order, seq) }
  }
}

/** The order as filled by an event: those after it have not been told yet. */
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

/** As it is said on the terminal: `09:15:00  paper  Bought 10 INFY …`. */
export function spoken({ account, at, text }: Heard): string | undefined {
  if (text === undefined) return undefined
  return `${new Date(at).toLocaleTimeString('en-GB', { hour12: false })}  ${account}  ${text}`
}
