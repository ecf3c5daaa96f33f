import { createHash, hash as hashOnce } from 'node:crypto'
import type { Entry } from '../core/event.ts'
import { entryText } from './codec.ts'
import { STREAM } from './journal.ts'

/**
 * The hash of a row covers the one before it, so that none can be changed, lost or moved unseen.
 */
export const rowHash = (before: string, n: number, format: number, body: string): string =>
  hashOnce('sha256', `${before}|${STREAM}|${n}|${format}|${body}`, 'hex')

/** Text is gathered up to here before it is hashed: a call for each entry would cost more. */
const GATHER = 32_768

type Stream = { readonly hash: ReturnType<typeof createHash>; text: string }

/**
 * One hash over all events in (account, seq) order: equal for two runs that decided the same,
 * however their events were batched.
 */
export class Digest {
  readonly #accounts = new Map<string, Stream>()
  #events = 0

  add(entry: Entry): void {
    this.addText(entry, entryText(entry))
  }

  /** For a caller that has the entry's text already. */
  addText({ account, events }: Entry, text: string): void {
    let stream = this.#accounts.get(account)
    if (!stream) this.#accounts.set(account, (stream = { hash: createHash('sha256'), text: '' }))
    stream.text += text
    if (stream.text.length > GATHER) flush(stream)
    this.#events += events.length
  }

  get events(): number {
    return this.#events
  }

  hex(): string {
    const whole = createHash('sha256')
    for (const account of [...this.#accounts.keys()].sort()) {
      const stream = this.#accounts.get(account)!
      flush(stream)
      whole.update(`${account}:`).update(stream.hash.copy().digest())
    }
    return whole.digest('hex')
  }
}

function flush(stream: Stream): void {
  stream.hash.update(stream.text)
  stream.text = ''
}
