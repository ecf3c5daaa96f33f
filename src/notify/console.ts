import type { Account } from '../core/account.ts'
import type { Entry } from '../core/event.ts'
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

  #tell({ account, at, events }: Entry): void {
    for (const event of events) {
      const id = 'orderId' in event ? event.orderId : undefined
      const order = id && this.#accounts(account).orders.get(id)
      const text = sentence(event, order)
      if (text !== undefined) this.#say(`${timeText(at)}  ${account}  ${text}`)
    }
  }
}

const timeText = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { hour12: false })
