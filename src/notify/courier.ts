import type { Instant } from '../core/time.ts'
import { instant, later, MINUTE, SECOND } from '../core/time.ts'
import type { Letter } from '../store/letter-rows.ts'
import type { Outbox } from '../store/outbox.ts'
import type { Channel, Delivery } from './channel.ts'
import { digestOf, mergedOf } from './merging.ts'
import type { Recipient } from './recipient.ts'

/** More than these that wait for one person are merged: by kind, symbol and minute. */
const MERGE_FROM = 5
/** More than these are told as one count. */
const DIGEST_FROM = 60
const BACKOFF_FIRST_MS: number = 2 * SECOND
const BACKOFF_MAX_MS: number = 5 * MINUTE
/** Blocked, or no such address: a person has to do something first. */
const HOPELESS_MS: number = 10 * MINUTE
/** A critical message that has not arrived by then is told to somebody else as well. */
const ESCALATE_MS: number = MINUTE
const LOOK_MS: number = 15 * SECOND
const PRUNE_EVERY = 1_000

export type CourierParts = {
  readonly outbox: Outbox
  /** In the order in which they stand in for each other. */
  readonly recipients: () => readonly Recipient[]
  readonly channelOf: (recipient: Recipient) => Channel | undefined
  readonly now: () => Instant
  /** Runs it at that time; returns what prevents that. */
  readonly at: (due: Instant, run: () => void) => () => void
  readonly timeText: (at: Instant) => string
  /** A chat has another number from now on. */
  readonly onMoved: (recipient: Recipient, to: string) => void
  /** In words, for the log and the terminal. */
  readonly say: (level: 'info' | 'warn' | 'error', line: string) => void
}

/**
 * Carries letters from the outbox to people, one at a time for each of them, for as long as they
 * matter. What was handed over and not marked when the process died is sent once more.
 */
export class Courier {
  readonly #parts: CourierParts
  readonly #busy = new Set<string>()
  /** Failures in a row. */
  readonly #misses = new Map<string, number>()
  readonly #timers = new Map<string, () => void>()
  #isClosed = false
  #carried = 0
  #cancelLook: (() => void) | undefined

  constructor(parts: CourierParts) {
    this.#parts = parts
  }

  start(): void {
    this.wake()
    this.#look()
  }

  /** There may be letters for anybody. */
  wake(): void {
    if (this.#isClosed) return
    for (const recipient of this.#parts.recipients()) this.#turn(recipient.name)
  }

  /** Whatever it waits for, that is over. */
  hurry(name: string): void {
    this.#turn(name)
  }

  /** What is being sent is waited for by nobody: it is sent again, should it not arrive. */
  close(): void {
    this.#isClosed = true
    this.#cancelLook?.()
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  /** An outbox that cannot be read is told of, and stops nobody but itself. */
  #turn(name: string): void {
    if (this.#isClosed || this.#busy.has(name)) return
    try {
      this.#next(name)
    } catch (error) {
      this.#parts.say('error', `Messages for ${name} wait: ${(error as Error).message}`)
      this.#comeBack(name, later(this.#parts.now(), BACKOFF_MAX_MS))
    }
  }

  #next(name: string): void {
    const { outbox, now } = this.#parts
    const recipient = this.#parts.recipients().find((each) => each.name === name)
    const channel = recipient && this.#parts.channelOf(recipient)
    if (!recipient || !channel) return
    const letter = outbox.next(name, now())
    if (letter) {
      this.#busy.add(name)
      void this.#carry(recipient, channel, letter)
      return
    }
    const due = outbox.nextDue(name)
    if (due !== undefined) this.#comeBack(name, due)
  }

  #comeBack(name: string, due: Instant): void {
    this.#timers.get(name)?.()
    if (this.#isClosed) return
    const cancel = this.#parts.at(due, () => {
      this.#timers.delete(name)
      this.#turn(name)
    })
    this.#timers.set(name, cancel)
  }

  async #carry(recipient: Recipient, channel: Channel, letter: Letter): Promise<void> {
    const { now, say } = this.#parts
    const { name, address } = recipient
    let wait = channel.paceMs(address)
    try {
      const load = this.#load(letter)
      const delivery = await channel.send({
        address,
        message: load.message,
        silent: letter.silent,
        key: `${letter.key}/${name}`,
        again: letter.attempts > 0 && letter.reason !== undefined && isUnsure(letter.reason),
      })
      if (this.#isClosed) return
      wait = Math.max(wait, this.#settle(recipient, delivery, { letter, done: load.done }))
    } catch (error) {
      if (this.#isClosed) return
      say('error', `Messages for ${name} wait: ${(error as Error).message}`)
      wait = BACKOFF_MAX_MS
    } finally {
      this.#busy.delete(name)
    }
    if (++this.#carried % PRUNE_EVERY === 0) this.#parts.outbox.prune()
    this.#comeBack(name, later(now(), wait))
  }

  /** What goes out with one sending, and what is to be written once it has arrived. */
  #load(letter: Letter): { readonly message: Letter['message']; readonly done: () => void } {
    const { outbox, now, timeText } = this.#parts
    const single = { message: letter.message, done: () => outbox.sent(letter, now()) }
    if (letter.message.critical || letter.attempts > 0) return single
    const at = now()
    const { recipient } = letter
    const waiting = outbox.waiting(recipient, at)
    const count = waiting.reduce((sum, each) => sum + each.count, 0)
    if (count > DIGEST_FROM) {
      const upTo = outbox.lastWaiting(recipient, at)
      const message = digestOf(waiting, timeText)
      return { message, done: () => outbox.digested(recipient, upTo, now()) }
    }
    if (count <= MERGE_FROM) return single
    const minute = instant(Math.floor(letter.at / MINUTE) * MINUTE)
    const alike = outbox.alike(letter, [minute, later(minute, MINUTE)], at)
    if (alike.length < 2) return single
    return { message: mergedOf(alike), done: () => outbox.merged(alike, now()) }
  }

  /** Returns how long this one has to wait for the next. */
  #settle(
    recipient: Recipient,
    delivery: Delivery,
    { letter, done }: { readonly letter: Letter; readonly done: () => void },
  ): number {
    const { outbox, now, say, onMoved } = this.#parts
    const { name } = recipient
    switch (delivery.is) {
      case 'delivered':
        done()
        if (this.#misses.delete(name)) say('info', `Messages reach ${name} again.`)
        return 0
      case 'moved':
        onMoved(recipient, delivery.to)
        return 0
      case 'failed': {
        const misses = (this.#misses.get(name) ?? 0) + 1
        this.#misses.set(name, misses)
        const { hopeless, afterMs, unsure } = delivery
        const backoff = hopeless ? HOPELESS_MS : BACKOFF_FIRST_MS * 2 ** Math.min(misses - 1, 10)
        const wait = Math.max(
          afterMs ?? 0,
          Math.min(backoff, hopeless ? HOPELESS_MS : BACKOFF_MAX_MS),
        )
        const reason = unsure ? `${UNSURE}${delivery.reason}` : delivery.reason
        outbox.failed(letter, { reason, due: later(now(), wait), hopeless })
        if (misses === 1) {
          say('warn', `A message for ${name} did not arrive: ${delivery.reason}. It is kept.`)
        }
        if (hopeless) this.#escalate(later(now(), -ESCALATE_MS))
        return wait
      }
    }
  }

  /** Now and then: what is too old is given up, and what is urgent passed on. */
  #look(): void {
    if (this.#isClosed) return
    const { outbox, now, say } = this.#parts
    try {
      for (const { recipient, count } of outbox.giveUpOld(now())) {
        const what = count === 1 ? 'A message' : `${count} messages`
        say('warn', `${what} for ${recipient} could not be sent while it mattered.`)
      }
      this.#escalate(later(now(), -ESCALATE_MS))
    } catch (error) {
      say('error', `The outbox cannot be written: ${(error as Error).message}`)
    }
    this.#cancelLook = this.#parts.at(later(now(), LOOK_MS), () => this.#look())
  }

  /** To the next person who was not told yet; where there is none, it stays on the banner. */
  #escalate(before: Instant): void {
    const { outbox, recipients, now, say } = this.#parts
    for (const letter of outbox.look.overdue(before)) {
      const { key, recipient, message, at, reason } = letter
      const known = new Set(outbox.look.addressed(key))
      const next = recipients().find(({ name }) => !known.has(name))
      const why = reason === undefined ? 'no answer' : reason.replace(UNSURE, '')
      const closing = [message.closing, `${recipient} could not be reached: ${why}`]
        .filter((each) => each !== undefined)
        .join('\n')
      const until = later(now(), ESCALATED_MATTERS_MS)
      outbox.passOn(
        letter,
        next && {
          key,
          recipient: next.name,
          at,
          until,
          silent: false,
          due: now(),
          message: { ...message, closing },
        },
      )
      const on = next ? `It is told to ${next.name}.` : 'There is nobody else to tell.'
      say('error', `${message.title}: ${recipient} was not reached (${why}). ${on}`)
      if (next) this.#turn(next.name)
    }
  }
}

const ESCALATED_MATTERS_MS: number = 24 * 60 * MINUTE
/** Stands before the reason of an attempt that may have arrived. */
const UNSURE = 'perhaps arrived: '
const isUnsure = (reason: string): boolean => reason.startsWith(UNSURE)
