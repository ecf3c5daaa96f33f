import type { Account } from '../core/account.ts'
import type { Event, Mode } from '../core/event.ts'
import type { Message } from '../core/message.ts'
import { KINDS } from '../core/message.ts'
import { messageOf } from '../core/messages.ts'
import type { Instant } from '../core/time.ts'
import { later } from '../core/time.ts'
import type { Journal } from '../store/journal.ts'
import type { NewLetter } from '../store/letter-rows.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Recipient, ZoneOf } from './recipient.ts'
import { heardBy, quietUntil } from './recipient.ts'
import { heardIn } from './teller.ts'

/** Read and written in one go: one sync of the disk for all of them. */
const ROWS_A_TURN = 500
const FIRST_RETRY_MS = 1_000
const RETRY_MAX_MS = 60_000

export type LettersParts = {
  readonly outbox: Outbox
  readonly recipients: () => readonly Recipient[]
  readonly zoneOf: ZoneOf
  /** As people read a moment of an event of that account. */
  readonly timeText: (at: Instant) => string
  readonly after: (milliseconds: number, run: () => void) => void
  /** There may be something to send. */
  readonly onLetters: () => void
  readonly onTrouble: (error: Error) => void
}

/** The journal of a desk that is open, and what its accounts are now. */
export type Source = {
  readonly journal: Journal
  readonly accounts: (id: string) => Account
}

/**
 * Follows the journal and puts what people should hear into the outbox: letters and the place up
 * to which the journal was read are written as one, so that nothing is left out or told twice.
 */
export class Letters {
  readonly #parts: LettersParts
  #source: Source | undefined
  #n: number | undefined
  #isComing = false
  #retryMs = FIRST_RETRY_MS

  constructor(parts: LettersParts) {
    this.#parts = parts
  }

  /** Begins where it was; a journal that nobody followed before, at its end. */
  follow(source: Source): void {
    const head = source.journal.head().n
    const known = this.#parts.outbox.cursor()
    // An older journal may have been put back: what is told of it begins anew.
    this.#n = known === undefined ? head : Math.min(known, head)
    if (known !== this.#n) this.#parts.outbox.take([], this.#n)
    this.#source = source
    this.wake()
  }

  /** To be called after each commit; what comes within the next moment is taken together. */
  wake(): void {
    if (this.#source) this.#come(TOGETHER_MS)
  }

  #come(milliseconds: number): void {
    if (this.#isComing) return
    this.#isComing = true
    this.#parts.after(milliseconds, () => {
      this.#isComing = false
      this.#read()
    })
  }

  /** While the journal can still be read. */
  close(): void {
    while (this.#source && this.#turn());
    this.#source = undefined
  }

  #read(): void {
    if (!this.#source) return
    if (this.#turn()) this.#come(TOGETHER_MS)
  }

  /** True if there is more. What could not be written is read again later. */
  #turn(): boolean {
    const { outbox, onTrouble, onLetters } = this.#parts
    const { journal, accounts } = this.#source!
    const letters: NewLetter[] = []
    let n = this.#n!
    let rows = 0
    try {
      for (const batch of journal.read(n)) {
        for (const entry of batch.entries) {
          const { mode } = accounts(entry.account)
          for (const heard of heardIn(entry, accounts)) {
            letters.push(...this.#lettersOf({ ...heard, mode }))
          }
        }
        n = batch.n
        if (++rows >= ROWS_A_TURN) break
      }
      if (rows === 0) return false
      outbox.take(letters, n)
    } catch (error) {
      onTrouble(error as Error)
      this.#come(this.#retryMs)
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS)
      return false
    }
    this.#n = n
    this.#retryMs = FIRST_RETRY_MS
    if (letters.length > 0) onLetters()
    return rows >= ROWS_A_TURN
  }

  #lettersOf({ account, seq, at, event, order, mode }: Happened): NewLetter[] {
    const scene = { account, mode, time: this.#parts.timeText(at), order }
    const message = messageOf(event, scene)
    if (!message) return []
    return this.addressed({ key: `${account}-${seq}`, message, at, account })
  }

  /** A letter for each who wants to hear of it. */
  addressed({ key, message, at, account, to }: Addressing): NewLetter[] {
    const { recipients, zoneOf } = this.#parts
    const until = later(at, KINDS[message.kind].mattersMs)
    return recipients().flatMap((recipient) => {
      const isMeant = account === undefined || (recipient.accounts?.includes(account) ?? true)
      if (to !== undefined && to !== recipient.name) return []
      const wants = isMeant ? heardBy(recipient, message) : 'off'
      const noise = to !== undefined && wants === 'off' ? 'on' : wants
      if (noise === 'off') return []
      const due = message.critical ? at : (quietUntil(recipient, at, zoneOf) ?? at)
      return [
        { key, recipient: recipient.name, message, silent: noise === 'silent', at, until, due },
      ]
    })
  }
}

/** Long enough for what one cause brings about, short enough for nobody to notice. */
const TOGETHER_MS = 100

type Happened = {
  readonly account: string
  readonly seq: number
  readonly at: Instant
  readonly event: Event
  readonly order: Parameters<typeof messageOf>[1]['order']
  readonly mode: Mode
}

type Addressing = {
  readonly key: string
  readonly message: Message
  readonly at: Instant
  /** Undefined: of none. */
  readonly account: string | undefined
  /** Him alone, whatever he wants to hear. */
  readonly to?: string | undefined
}
