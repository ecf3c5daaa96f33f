import type { Account } from '../core/account.ts'
import { nextWake } from '../core/rules/send.ts'
import type { Clock } from './clock.ts'

/** One timer an account: it is always set for whatever the account wants to do next. */
export class Alarms {
  readonly #clock: Clock
  readonly #ring: (account: string) => void
  readonly #disarm = new Map<string, () => void>()

  constructor(clock: Clock, ring: (account: string) => void) {
    this.#clock = clock
    this.#ring = ring
  }

  arm(account: Account): void {
    const { id } = account
    this.#disarm.get(id)?.()
    this.#disarm.delete(id)
    const due = nextWake(account)
    if (due === undefined) return
    this.#disarm.set(
      id,
      this.#clock.at(due, () => this.#ring(id)),
    )
  }

  stop(): void {
    for (const disarm of this.#disarm.values()) disarm()
    this.#disarm.clear()
  }
}
