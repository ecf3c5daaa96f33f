/**
 * Who goes first, and who stops first: what the journal says is due, held against what leaves, and
 * how much of anything there is.
 */
import type { Event } from '../src/core/event.ts'
import type { OrderId, Tag } from '../src/core/order.ts'
import { netKey } from '../src/core/instrument.ts'
import type { Batch } from '../src/store/journal.ts'
import type { Complain } from './known.ts'
import type { Written } from './written.ts'

export type PrecedenceParts = {
  readonly complain: Complain
  readonly written: () => Written
  /** Whether the room kept for the last cancels and closes is still held. */
  readonly isReserveHeld: () => boolean
}

/** An order by the rows that told of it; a call that was made once may wait for its next try. */
type Rows = {
  readonly placed: number
  readonly isExit: boolean
  sent: boolean
  accepted: number | undefined
  cancelAsked: number | undefined
  cancelSent: boolean
}

/** One row gives the reserve up, and one more may hold what was asked for before. */
const ROWS_WITHOUT_RESERVE = 2

export class Precedence {
  readonly #parts: PrecedenceParts
  #orders = new Map<OrderId, Rows>()
  #row = 0
  #withoutReserve = 0

  constructor(parts: PrecedenceParts) {
    this.#parts = parts
  }

  /** An older journal was put back: what is in it has a past that was not seen. */
  forget(): void {
    this.#orders = new Map()
  }

  row({ entries }: Batch): void {
    this.#row++
    this.#withoutReserve = this.#parts.isReserveHeld() ? 0 : this.#withoutReserve + 1
    for (const { events } of entries) for (const event of events) this.#take(event)
  }

  #take(event: Event): void {
    if (event.type === 'OrderPlaced') return this.#placed(event)
    const order = 'orderId' in event ? this.#orders.get(event.orderId) : undefined
    if (!order) return
    if (event.type === 'OrderAccepted') order.accepted ??= this.#row
    if (event.type === 'CancelAsked') order.cancelAsked ??= this.#row
    if (event.type === 'OrderSending' && event.request === 'place') order.sent = true
    if (event.type === 'OrderSending' && event.request === 'cancel') order.cancelSent = true
    if (event.type === 'CancelRejected') order.cancelAsked = undefined
  }

  /** 33: without the reserve only what reduces is taken, be it from somebody else’s book. */
  #placed({ orderId, intent, terms }: Extract<Event, { readonly type: 'OrderPlaced' }>): void {
    const isExit = intent === 'exit'
    this.#orders.set(orderId, {
      placed: this.#row,
      isExit,
      sent: false,
      accepted: undefined,
      cancelAsked: undefined,
      cancelSent: false,
    })
    if (isExit || this.#withoutReserve <= ROWS_WITHOUT_RESERVE) return
    const held = this.#net(netKey(terms.instrument, terms.product))
    if (held !== 0n && held > 0n !== terms.quantity > 0n) return
    const rows = `${this.#withoutReserve} rows after the reserve was given up`
    this.#parts.complain('33 entries stop before closes do', `${orderId} was placed ${rows}`)
  }

  #net(key: string): bigint {
    let sum = 0n
    for (const [owned, quantity] of this.#parts.written().held) {
      if (owned.startsWith(`${key}|`)) sum += quantity
    }
    return sum
  }

  /** 30: when an entry leaves, no cancel and no close that was asked for before it waits. */
  leaves(tag: Tag): void {
    const written = this.#parts.written()
    const entry = written.byTag.get(tag)
    const own = entry && this.#orders.get(entry.id)
    if (!own || own.isExit) return
    for (const [id, order] of this.#orders) {
      const status = written.orders.get(id)?.status
      if (status !== 'open' && status !== 'pending') {
        if (status !== 'unknown') this.#orders.delete(id)
        continue
      }
      const isKnown = order.accepted !== undefined && order.accepted < own.placed
      const isCancel = order.cancelAsked !== undefined && order.cancelAsked < own.placed
      const what =
        isKnown && isCancel && !order.cancelSent
          ? 'cancel'
          : status === 'pending' && order.isExit && !order.sent && order.placed < own.placed
            ? 'close'
            : undefined
      if (!what) continue
      const late = `the ${what} of ${id} waits while ${entry.id} leaves`
      this.#parts.complain('30 cancels and closes do not wait behind entries', late)
    }
  }
}
