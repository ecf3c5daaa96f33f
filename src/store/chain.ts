import { createHash, hash as hashOnce } from 'node:crypto'
import type { Entry } from '../core/event.ts'
import { encodeEntries } from './codec.ts'
import { STREAM } from './journal.ts'

/**
 * The hash of a row covers the one before it, so that none can be changed, lost or moved unseen.
 */
export const rowHash = (before: string, n: number, format: number, body: string): string =>
  hashOnce('sha256', `${before}|${STREAM}|${n}|${format}|${body}`, 'hex')

/**
 * One hash over all events in (account, seq) order: equal for two runs that decided the same,
 * however their events were batched.
 */
export class Digest {
  readonly #accounts = new Map<string, ReturnType<typeof createHash>>()
  #events = 0

  add(entry: Entry): void {
    let hash = this.#accounts.get(entry.account)
    if (!hash) this.#accounts.set(entry.account, (hash = createHash('sha256')))
    hash.update(encodeEntries([entry]))
    this.#events += entry.events.length
  }

  get events(): number {
    return this.#events
  }

  hex(): string {
    const whole = createHash('sha256')
    for (const account of [...this.#accounts.keys()].sort()) {
      whole.update(`${account}:`).update(this.#accounts.get(account)!.copy().digest())
    }
    return whole.digest('hex')
  }
}
