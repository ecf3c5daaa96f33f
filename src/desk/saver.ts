import type { Account } from '../core/account.ts'
import { ACCOUNT_VERSION } from '../core/account.ts'
import type { Entry } from '../core/event.ts'
import { toText } from '../core/plain.ts'
import type { Journal } from '../store/journal.ts'
import { DiskFull } from '../store/journal.ts'

/** Events after which accounts are saved at the next quiet moment; after a day's end, sooner. */
const EVENTS = 10_000
const EVENTS_A_DAY = 5_000
/** A large account is saved less often, so that saving never costs more than trading. */
const BYTES_AN_EVENT = 100

/**
 * Saves accounts from time to time, so that a start need not fold the journal from its first row.
 */
export class Saver {
  readonly #journal: Journal
  readonly #accounts: ReadonlyMap<string, Account>
  /** Accounts that have changed since they were saved. */
  readonly #changed: Set<string>
  #events: number
  #due = EVENTS

  /** `events`: how many the accounts were folded from since they were last saved. */
  constructor(journal: Journal, accounts: ReadonlyMap<string, Account>, events: number) {
    this.#journal = journal
    this.#accounts = accounts
    this.#changed = new Set(accounts.keys())
    this.#events = events
  }

  committed(entries: readonly Entry[]): void {
    for (const { account, events } of entries) {
      this.#changed.add(account)
      this.#events += events.length
      if (events[0]?.type === 'DayClosed') this.#due = Math.min(this.#due, EVENTS_A_DAY)
    }
  }

  saveIfDue(n: number): void {
    if (this.#events >= this.#due) this.saveNow(n)
  }

  /** As of row `n`, which is the last one. Where it fails, it is tried again much later. */
  saveNow(n: number): void {
    if (this.#events === 0) return
    this.#due = this.#events + EVENTS
    const accounts = [...this.#changed].map((id) => {
      const account = this.#accounts.get(id)!
      return { account: id, seq: account.seq, body: toText(account) }
    })
    try {
      this.#journal.save({ n, accounts }, ACCOUNT_VERSION)
    } catch (cause) {
      if (cause instanceof DiskFull) return // whoever watches the disk has told of it
      throw new Error(`no snapshot could be saved: ${(cause as Error).message}`, { cause })
    }
    const size = accounts.reduce((sum, { body }) => sum + body.length, 0)
    this.#due = Math.max(EVENTS, Math.floor(size / BYTES_AN_EVENT))
    this.#changed.clear()
    this.#events = 0
  }
}
